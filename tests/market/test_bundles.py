"""A bundle is reserved whole or not at all, and its price goes to its growers to the satang."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.bundles import commands, queries, rules
from market.domain.bundles.rules import Choice, Filled, MakeBundle, Part, Wanted, packed
from market.domain.floors import commands as floors
from market.domain.floors.rules import BelowMinimum, SetFloor
from market.domain.offers import queries as offers
from market.domain.orders import changing
from market.domain.orders import commands as orders
from market.domain.orders import queries as seen
from market.domain.orders.refusals import PartOfBundle
from market.domain.orders.rules import OrderPlaced, PlaceOrder, Weighed
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import Sale, Settle, tally
from market.domain.splits.rules import Split
from tests.cast import DAO, MALEE, NETWORK, NOK, NOW, PRASERT, SOMCHAI, later
from tests.market.stall import Stall, faults, harvest_and_offer, stall

CHOICES = st.builds(
    Choice, st.uuids().map(str), st.sampled_from("xyz"), st.integers(1, 50_000), st.none(),
    st.just(10**9),
)  # fmt: skip
PARTS = st.lists(
    st.builds(
        Filled, st.just("kale"), st.integers(1, 5_000), st.none(), st.tuples(CHOICES)
    ),
    min_size=2, max_size=6,
)  # fmt: skip
bps = st.integers(0, 2_500)


@given(st.integers(1, 200_000), PARTS, st.integers(1, 9), st.builds(
    Split, st.just(""), st.just(""), bps, bps, bps, bps
))  # fmt: skip
def test_its_lines_sum_to_its_price_and_each_can_be_divided(satang, parts, count, rule) -> None:
    lines = packed(satang, parts, count)
    assert sum(line.satang for line in lines) == satang * count
    for line in lines:
        sale = Sale("g", "f", "", line.grams, line.satang, line.satang_per_kg)
        assert tally(sale, rule).parts.whole == line.satang


async def boxed(db: Database, satang: int = 9_999) -> tuple[Stall, MakeBundle]:
    """One kilo of Malee's and half a kilo of Somchai's, whose goods have names of their own."""
    there = await stall(db)
    products = []
    for farmer in (MALEE, SOMCHAI):
        await harvest_and_offer(there, 3_000, 4_000, farmer=farmer)
        products.append(next(
            one.product for one in await offers.shop(there.cycle) if one.offer == there.offer
        ))  # fmt: skip
    parts = (Part((products[0],), grams=1_000), Part((products[1],), grams=500))
    box = MakeBundle(new_id(), there.cycle, "ชุดผัก", "Greens", satang, parts)
    await run(commands.make, box, by=DAO, at=NOW)
    return there, box


async def order(there: Stall, box: MakeBundle, count: int = 1, **how: object) -> OrderPlaced:
    asked = PlaceOrder(
        new_id(), there.cycle, NOK, "cash", (), bundles=(Wanted(new_id(), box.id, count),)
    )
    return await run(orders.place, asked, by=NOK, at=NOW)


async def test_it_is_ordered_weighed_and_settled_to_the_satang(db: Database) -> None:
    there, box = await boxed(db)
    placed = await order(there, box, 2)
    assert placed.satang == 2 * box.satang
    lines = (await seen.own(placed.order, NOK)).lines
    assert {(one.farmer, one.grams) for one in lines} == {(MALEE, 2_000), (SOMCHAI, 1_000)}
    assert {one.bundle_en for one in lines} == {"Greens"}
    change = changing.Change(new_id(), placed.order, (Weighed(lines[0].id, 100),))
    with pytest.raises(PartOfBundle):
        await run(changing.change, change, by=NOK, at=NOW)
    handed = await there.hand_over(placed.order)
    assert handed.final_satang == 2 * box.satang  # weighed in full: to the satang
    less = await order(there, box)
    weights = [one.grams - 10 for one in (await seen.own(less.order, NOK)).lines]
    assert (await there.hand_over(less.order, *weights)).final_satang < box.satang
    at = later(days=5)
    done = await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=at)
    assert done.gross_satang == sum(one.sales_satang for one in await of_farmers(there))
    assert [*await faults(), *await settled.settlement_faults()] == []


async def of_farmers(there: Stall) -> list[settled.LotLine]:
    return [
        line for farmer in (MALEE, SOMCHAI)
        for line in await settled.farmer_lots(farmer, there.cycle)
    ]  # fmt: skip


async def test_all_or_nothing_and_what_is_missing_is_named(db: Database) -> None:
    there, box = await boxed(db)
    with pytest.raises(rules.SoldOut) as no:
        await order(there, box, 4)  # three kilos of each are there
    assert no.value.facts == {"part": "คะน้า"}
    assert sum(one.grams_left for one in await offers.shop(there.cycle)) == 10_000 + 6_000
    done = await asyncio.gather(*(order(there, box) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, OrderPlaced) for one in done) == 3
    assert (await queries.of_cycle(there.cycle))[0].sold_out == "คะน้า"
    assert await faults() == []
    for _ in range(2):
        await run(commands.withdraw, box.id, by=DAO, at=NOW)
    with pytest.raises(rules.Withdrawn):
        await order(there, box)


async def test_what_cannot_be_a_bundle(db: Database) -> None:
    there, box = await boxed(db)
    one = box.parts[0]
    for wrong, refusal in (
        ({"parts": (one,)}, rules.PartWrong), ({"satang": 0}, rules.PriceWrong),
        ({"parts": (one, Part(one.products))}, rules.PartWrong),
        ({"name_th": " "}, rules.NameMissing),
    ):  # fmt: skip
        asked = MakeBundle(**{**{f: getattr(box, f) for f in box.__struct_fields__}, **wrong})
        with pytest.raises(refusal):
            rules.ensure_bundle(asked)
    await run(floors.set_floor, SetFloor(new_id(), "kale", 7_000), MALEE, by=MALEE, at=NOW)
    cheap = MakeBundle(new_id(), there.cycle, "ชุด", "Box", 5_000, box.parts)
    with pytest.raises(BelowMinimum):
        await run(commands.make, cheap, by=DAO, at=NOW)
    with pytest.raises(rules.SoldOut):  # made before: the buyer is told that there is none
        await order(there, box)
