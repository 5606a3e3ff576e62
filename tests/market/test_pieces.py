"""Pumpkins differ: Nok orders two, pays at most two heavy ones, and gets back what was lighter."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.offers import commands as offers
from market.domain.offers import queries as offers_seen
from market.domain.offers.refusals import PieceWrong, StepWrong
from market.domain.offers.rules import Goods, MakeOffer, OpenCycle, Terms, ensure_offer, price
from market.domain.orders import commands, queries, refusals, rules
from market.domain.orders.refusals import NotByThePiece
from market.domain.orders.rules import Line, PlaceOrder
from tests.cast import DAO, NETWORK, NOK, NOW, later
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, faults, stall
from tests.market.test_offers import a_product, goods


def a_dozen(**how: int | None) -> tuple[MakeOffer, Goods]:
    made = MakeOffer("", "", "", "", 2_500, 3_000, piece_grams=2_400, piece_grams_max=3_000)
    return msgspec.structs.replace(made, **how), goods()


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"piece_grams": 0, "piece_grams_max": None}, PieceWrong),
        ({"piece_grams": -1, "piece_grams_max": None}, PieceWrong),
        ({"piece_grams": None}, PieceWrong),
        ({"piece_grams_max": 2_399}, PieceWrong),
        ({"piece_grams_max": 7_201, "step_grams": 7_201}, PieceWrong),
        ({"piece_grams_max": 2_900}, StepWrong),
    ],
)
def test_a_piece_has_a_likely_weight_and_a_heaviest(wrong, refusal) -> None:
    ensure_offer(*a_dozen())
    with pytest.raises(refusal):
        ensure_offer(*a_dozen(**wrong))


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 20), st.integers(100, 5_000), st.integers(0, 5_000), st.integers(1, 30_000),
    st.data(),
)  # fmt: skip
def test_whatever_the_pieces_weigh_nobody_pays_more_than_was_said(
    pieces: int, expected: int, over: int, satang_per_kg: int, data: st.DataObject
) -> None:
    """What is paid is what it costs and what comes back, at one price per kilo, to the satang."""
    most = min(expected + over, 3 * expected)
    terms = Terms("offer", "round", "stock", satang_per_kg, most, None, expected, most)
    order = PlaceOrder("", "round", NOK, "promptpay", (Line("line", "offer", pieces=pieces),))
    times = rules.Times(NOW, CLOSES)
    if not price(pieces * most, satang_per_kg):
        return
    [line] = rules.priced(order, {"offer": terms}, times, NOW)
    assert (line.grams, line.pieces, line.satang_per_kg) == (pieces * most, pieces, satang_per_kg)
    ordered = rules.OrderedLine("line", "group", line.grams, line.satang_per_kg, "kept", "stock")
    grams = data.draw(st.integers(0, line.grams))
    [weighed] = rules.weigh([ordered], [rules.Weighed("line", grams)])
    discount = data.draw(st.integers(0, min(99, line.satang)))
    to_credit, discount_back = rules.given_back(line.satang, discount, weighed.satang)
    assert weighed.satang == grams * satang_per_kg // 1000 <= line.satang
    assert line.satang == weighed.satang + to_credit + discount_back
    paid = line.satang - discount
    assert paid == max(weighed.satang - discount, 0) + to_credit


async def pumpkins(there: Stall) -> None:
    """The same lot, in another round, by the piece."""
    there.cycle = new_id()
    opening = OpenCycle(
        there.cycle, NETWORK, "รอบ", "Round", there.place, opens_at=later(hours=-1),
        closes_at=CLOSES, pickup_from=PICKUP, pickup_until=OVER,
    )  # fmt: skip
    await run(offers.open_cycle, opening, by=DAO, at=NOW)
    there.offer = new_id()
    made, _ = a_dozen(satang_per_kg=4_000)
    made = msgspec.structs.replace(
        made, id=there.offer, cycle=there.cycle, stock=there.stock, product=await a_product()
    )
    await run(offers.offer, made, by=DAO, at=NOW)


async def test_two_pumpkins_are_kept_at_their_heaviest_and_paid_as_they_weigh(
    db: Database,
) -> None:
    there = await stall(db)
    by_weight = there.cycle, there.offer
    await pumpkins(there)
    [line] = await offers_seen.shop(there.cycle)
    assert (line.piece_grams, line.piece_grams_max, line.step_grams) == (2_400, 3_000, 3_000)
    wanted = PlaceOrder(
        new_id(), there.cycle, NOK, "promptpay", (Line(new_id(), there.offer, pieces=2),)
    )
    both = msgspec.structs.replace(
        wanted, id=new_id(), lines=(Line(new_id(), there.offer, 3_000, 1),)
    )
    by_kilo = PlaceOrder(
        new_id(), by_weight[0], NOK, "cash", (Line(new_id(), by_weight[1], pieces=2),)
    )
    for no in (both, by_kilo):
        with pytest.raises(NotByThePiece):
            await run(commands.place, no, by=NOK, at=NOW)
    placed = await run(commands.place, wanted, by=NOK, at=NOW)
    assert placed == await run(commands.place, wanted, by=NOK, at=NOW)
    assert placed.satang == 2 * 12_000
    await there.pay(placed.order)
    [kept] = (await queries.own(placed.order, NOK)).lines
    assert (kept.pieces, kept.grams, kept.piece_grams) == (2, 6_000, 2_400)
    [brought] = await queries.harvest_list(there.cycle)
    assert (brought.pieces, brought.grams) == (2, 6_000)
    with pytest.raises(refusals.MoreThanOrdered):
        await there.hand_over(placed.order, 6_001)
    handed = await there.hand_over(placed.order, 4_900)
    assert handed.final_satang == 19_600
    assert (await there.buckets())[0] == 10_000 - 4_900
    assert not await faults()
