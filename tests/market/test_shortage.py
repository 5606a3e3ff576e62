"""Malee brings 12 of 20 kilos: it is shared out as was said before, and everybody is told why."""

import msgspec
import pytest
from msgspec.structs import replace

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer
from market.domain.orders import commands as orders
from market.domain.orders import less
from market.domain.orders import queries as orders_seen
from market.domain.orders.refusals import AlreadyHandedOver, LeastWrong, SubstituteWrong
from market.domain.orders.rules import Line, PlaceOrder
from market.domain.shortage import commands, queries, refusals, rules
from market.domain.shortage.rules import ServeFirst, ShareOut, TellShort
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, NOW, RATTAPHUM
from tests.market.stall import PICKUP, Stall, faults, harvested, minutes, stall
from tests.market.test_offers import a_product


async def the_offer(there: Stall, shared_by: str = "pro_rata", price: int = 4_000) -> str:
    """20 kilos of Malee's, in steps of 500 g."""
    _, there.stock = await run(harvested, 20_000, MALEE, RATTAPHUM)
    there.offer = new_id()
    made = MakeOffer(there.offer, there.cycle, there.stock, await a_product(), price, 500,
                     shared_by=shared_by)  # fmt: skip
    await run(offers.offer, made, by=DAO, at=NOW)
    return there.offer


async def wants(
    there: Stall, grams: int, rail: str = "cash", buyer: str = NOK, turn: int = 0, **how
) -> str:
    line = Line(new_id(), there.offer, grams, **how)
    asked = PlaceOrder(new_id(), there.cycle, buyer, rail, (line,))
    placed = await run(orders.place, asked, by=buyer, at=minutes(turn))
    if rail == "promptpay":
        await there.pay(placed.order, at=minutes(turn))
    return placed.order


async def shared(there: Stall, grams: int, at=PICKUP) -> rules.SharedOut:
    seen = (await queries.preview(there.offer, grams)).seen
    asked = ShareOut(new_id(), there.offer, grams, seen)
    done = await run(commands.share_out, asked, by=DAO, at=at)
    assert await run(commands.share_out, asked, by=DAO, at=at) == done
    return done


async def credit_of(buyer: str = NOK) -> int:
    return await ledger.balance(credit(NETWORK, buyer))


async def everything_adds_up() -> None:
    assert [*await faults(), *await queries.shortage_faults()] == []


async def test_less_comes_and_what_was_paid_for_the_rest_is_credit_at_once(db: Database) -> None:
    there = await stall(db)
    await the_offer(there)
    paid, cash = await wants(there, 12_000, "promptpay"), await wants(there, 8_000, buyer=KRIT)
    told = TellShort(new_id(), there.offer, 12_000)
    await run(commands.tell, told, by=MALEE, at=PICKUP)
    [short] = [one for one in await queries.of_cycle(there.cycle) if one.told_grams]
    assert (short.offer, short.told_grams, short.ordered_grams) == (there.offer, 12_000, 20_000)
    before = await credit_of()
    done = await shared(there, 12_000)
    assert (done.given_grams, sorted(done.orders)) == (12_000, sorted([paid, cash]))
    [line], [other] = [(await orders_seen.merchants(o, NETWORK)).lines for o in (paid, cash)]
    assert (line.grams, other.grams) == (7_000, 5_000)
    assert await credit_of() - before == done.credited_satang == 5_000 * 4
    [why] = await queries.reasons(paid)
    assert (why.because, why.there_grams, why.all_grams) == ("pro_rata", 12_000, 20_000)
    assert (why.ordered_grams, why.given_grams) == (12_000, 7_000)
    assert await there.buckets() == (0, 0, 12_000)
    assert (await queries.short(there.offer)).told_grams is None
    handed = await there.hand_over(paid, 6_900)
    assert handed.final_satang == 6_900 * 4
    assert (await there.hand_over(cash)).cash_satang == 5_000 * 4
    transferred = await orders_paid(paid)
    less_for_the_amount = 12_000 * 4 - transferred
    back = await credit_of() - before
    assert transferred == handed.final_satang - less_for_the_amount + back
    await everything_adds_up()


async def orders_paid(order: str) -> int:
    [row] = await in_use().query("SELECT satang FROM payment_request WHERE id = {}", order)
    return row["satang"]


async def test_a_preview_changes_nothing_and_an_old_one_is_refused(db: Database) -> None:
    there = await stall(db)
    await the_offer(there)
    first, second = await wants(there, 10_000), await wants(there, 10_000)
    seen = (await queries.preview(there.offer, 12_000)).seen
    assert await there.buckets() == (0, 0, 20_000)
    for grams, refusal in ((20_000, refusals.NothingShort), (-1, refusals.NotWhole)):
        with pytest.raises(refusal):
            await queries.preview(there.offer, grams)
    await there.cancel(second, by=DAO)
    asked = ShareOut(new_id(), there.offer, 9_000, seen)
    with pytest.raises(refusals.Stale):
        await run(commands.share_out, asked, by=DAO, at=PICKUP)
    held = await there.order(1_000)
    with pytest.raises(refusals.StillHeld):
        await queries.preview(there.offer, 9_000)
    await there.cancel(held.order)
    await shared(there, 9_000)
    await there.hand_over(first)
    with pytest.raises(refusals.NothingShort):
        await queries.preview(there.offer, 0)
    with pytest.raises(AlreadyHandedOver):
        await run(less.lessen, first, [], by=DAO, at=PICKUP)
    await everything_adds_up()


async def test_who_wants_other_goods_gets_them_and_who_wants_none_is_paid_back(
    db: Database,
) -> None:
    there = await stall(db)
    other, dear = there.offer, await the_offer(there, "first_come", price=9_000)
    await the_offer(there, "first_come", price=5_000)
    for wrong, refusal in (
        ({"if_short": "substitute"}, SubstituteWrong),
        ({"if_short": "substitute", "instead": there.offer}, SubstituteWrong),
        ({"if_short": "substitute", "instead": dear}, SubstituteWrong),
        ({"instead": other}, SubstituteWrong),
        ({"least_grams": 3_001}, LeastWrong),
        ({"least_grams": 0}, LeastWrong),
    ):
        with pytest.raises(refusal):
            await wants(there, 3_000, **wrong)
    await wants(there, 9_000)
    swaps = await wants(there, 4_000, "promptpay", turn=1, if_short="substitute", instead=other)
    leaves = await wants(there, 4_000, "promptpay", turn=2, if_short="leave_out")
    before = await credit_of()
    done = await shared(there, 10_000)
    lines = {line.offer: line for line in (await orders_seen.merchants(swaps, NETWORK)).lines}
    assert (lines[there.offer].grams, lines[other].grams) == (1_000, 3_000)
    assert lines[other].satang_per_kg == 4_000
    assert await there.state(leaves) == "cancelled"
    assert [why.because for why in await queries.reasons(leaves)] == ["left_out"]
    assert done.credited_satang == await credit_of() - before
    left_out = await orders_paid(leaves)
    assert done.credited_satang == left_out + 3_000 * (5 - 4)
    await there.hand_over(swaps)
    await everything_adds_up()


async def test_the_hospital_is_first_and_who_went_short_is_remembered(db: Database) -> None:
    there = await stall(db)
    await the_offer(there, "priority")
    hospital, krit = await wants(there, 6_000), await wants(there, 6_000, buyer=KRIT)
    code = (await orders_seen.stored(hospital)).code
    with pytest.raises(refusals.NotInThisRound):
        await run(commands.serve_first, ServeFirst(new_id(), NETWORK, "22222222", "need"),
                  by=DAO, at=NOW)  # fmt: skip
    asked = ServeFirst(new_id(), NETWORK, code, "hospital")
    await run(commands.serve_first, asked, by=DAO, at=NOW)
    looked = await queries.preview(there.offer, 8_000)
    assert looked.first_grams == 6_000
    await shared(there, 8_000)
    assert [why.because for why in await queries.reasons(krit)] == ["priority"]
    assert (await queries.gone_short(NETWORK))[KRIT] == (6_000, 4_000)
    await run(commands.serve_first, replace(asked, id=new_id(), kind=None), by=DAO, at=PICKUP)
    await the_offer(there, "priority")
    await wants(there, 4_000), await wants(there, 4_000, buyer=KRIT)
    case, _ = await queries.case(await queries.short(there.offer), 5_000)
    assert sorted((want.first, want.more) for want in case.wants) == [(False, 0), (False, 500)]
    of = {want.line: want.more for want in case.wants}
    grams = {of[share.line]: share.grams for share in rules.allocate(case)}
    assert grams == {0: 2_000, 500: 3_000}
    assert rules.said(case) == rules.said(replace(case, wants=case.wants[::-1]))
    assert msgspec.json.decode(rules.said(case), type=rules.Case).there_grams == 5_000
    await everything_adds_up()
