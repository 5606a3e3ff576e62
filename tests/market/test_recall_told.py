"""Who is told of a recall: buyers, drivers and whoever bought of it since, each of them once."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.findings import retested
from certification.inputs import commands as inputs
from certification.inputs.rules import NoteUse
from certification.inspections import queries as findings
from certification.residues import commands as residues
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import queries as lots_seen
from market.domain.lots.refusals import LotRecalled
from market.domain.lots.tables import Stock
from market.domain.notices import queries as notices
from market.domain.notices.queries import NoticeView
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer
from market.domain.orders import queries as ordered
from market.domain.orders.rules import HandOver, Weighed
from market.domain.recalls import balance, commands, queries, rules
from market.domain.recalls.rules import Clear, Open, Opened
from market.domain.truck_day import stops
from market.domain.walkup.rules import Sell, SoldLine
from market.jobs import readers
from tests.cast import (
    DAO,
    KRIT,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YESTERDAY,
    YING,
)
from tests.certification.test_residues import CLEAN, SAFE, UNSAFE, by_kit, by_lab
from tests.guarantee import published
from tests.market.farm import farm
from tests.market.stall import PICKUP, Stall, faults, harvested, stall, stall_in_village
from tests.market.truck import TEN, offered_products, truck_day


async def recall(kind: str, subject: str, **changed: object) -> Opened:
    data = Open(new_id(), RATTAPHUM, kind, subject, "illness")  # type: ignore[arg-type]
    return await run(commands.open_recall, replace(data, **changed), by=YING, at=TEN)


async def told(person: str) -> list[NoticeView]:
    """Of recalls, the oldest first; read on twice."""
    for _ in range(2):
        await readers.read_on(TEN)
    heard = reversed(await notices.of_person(person, limit=200))
    return [one for one in heard if one.kind.startswith("recalls.")]


async def test_the_driver_is_told_and_who_bought_of_it_before_it_was_typed_in(
    db: Database,
) -> None:
    there = await truck_day(db)
    paid = await there.stall.paid(1_000)
    waits = await there.stall.order(700, rail="cash")
    await there.load_all()
    await there.depart()
    await there.arrive(there.first)
    await there.hand_over(paid.order, there.first, 500)  # the rest is Nok's credit
    lot = await lots_seen.lot(there.stall.lot)
    id = (await recall("lot", lot.id)).recall
    [driver] = await told(DAO)
    assert (driver.kind, driver.facts) == ("recalls.begun.aboard", {"code": lot.code})
    [buyer] = await told(NOK)
    assert buyer.kind == "recalls.begun.buyer"
    assert set(str(buyer.facts["code"]).split(", ")) == {paid.code, waits.code}
    assert await told(KRIT) == []

    [line] = (await ordered.merchants(waits.order, NETWORK)).lines
    given = HandOver(new_id(), waits.order, NETWORK, (Weighed(line.id, 700),))
    sold = SoldLine(await there.lease(), "kg", 400)
    sale = Sell(new_id(), NETWORK, there.id, (sold,), "credit", there.first, NOK)
    for no in (
        stops.hand_over(given, there.id, there.first, by=DAO, at=TEN),
        stops.sell(sale, by=DAO, at=TEN),
    ):
        with pytest.raises(LotRecalled):
            await no
    for _ in range(2):  # from paper: it is gone, whatever was decided since
        await run(stops.hand_over, given, there.id, there.first, by=DAO, at=TEN, told_later=True)
        await run(stops.sell, sale, by=DAO, at=TEN, told_later=True)
    await told(DAO)
    await run(commands.sold_since, sale.id, by="clock", at=TEN)
    assert [one.kind for one in await told(DAO)] == ["recalls.begun.aboard", "recalls.sold_since"]
    *_, since = await told(NOK)
    assert (since.kind, since.facts) == (
        "recalls.sold_since.buyer", {"code": lot.code, "grams": 400},
    )  # fmt: skip
    assert len(await told(NOK)) == 2
    totals = balance.totals(found := await queries.who_has_it(id))
    assert (totals.handed_over, totals.sold, totals.unexplained) == (1_200, 400, 0)
    assert balance.unlike(found) == []


async def test_of_a_harvest_that_joins_its_buyers_are_told_and_the_others_not_again(
    db: Database,
) -> None:
    there = await farm(db)
    shop = await stall_in_village()
    [product] = (await offered_products(shop.offer)).values()

    async def sold(stock: str) -> str:
        made = MakeOffer(new_id(), shop.cycle, stock, product, 4_000, 100)
        await run(offers.offer, made, by=DAO, at=NOW)
        return (await shop.paid(1_000, offer=made.id)).code

    first = await sold((await there.harvest(5_000)).stock)
    id = (await recall("plot", there.plot, from_on=TODAY)).recall
    assert [one.facts for one in await told(NOK)] == [{"code": first}]
    late = await there.harvest(2_000)
    then = await sold(late.stock)  # before anybody looked
    assert [(one.kind, one.facts) for one in await told(NOK)] == [
        ("recalls.begun.buyer", {"code": first}),
        ("recalls.lot_joined.buyer", {"code": then}),
    ]
    [leader] = [one for one in await told(YING) if one.kind.endswith(".leader")]
    assert (leader.kind, leader.facts) == ("recalls.lot_joined.leader", {"code": late.code})
    assert late.lot in {one.lot for one in await queries.lots_of(id)}
    await run(commands.clear, Clear(id, late.lot, "ผลตรวจปลอดภัย"), by=WAN, at=TEN)
    assert await run(commands.reported_late, late.lot, by="clock", at=TEN) == [], "cleared it stays"
    assert await queries.recall_of(late.lot) is None


async def test_a_recall_begins_from_an_input_and_from_a_stop(db: Database) -> None:
    """Of the input what was cut after it was used; of the stop what was fetched there, and when."""
    there = await farm(db)
    before = await there.harvest(1_000, harvested_on=YESTERDAY - timedelta(days=3))
    used = NoteUse(id=new_id(), plot=there.plot, code="compost", amount="2 กระสอบ",
                   used_on=YESTERDAY)  # fmt: skip
    await run(inputs.note_use, used, by=MALEE, at=NOW)
    after = await there.harvest(2_000)

    async def named(kind: str, subject: str, **changed: object) -> set[str]:
        opened = await recall(kind, subject, drill=True, **changed)
        return {one.lot for one in await queries.lots_of(opened.recall)}

    assert await named("input", "compost") == {after.lot}, f"not {before.lot}"
    with pytest.raises(rules.NothingFound):
        await named("input", "compost", from_on=TODAY)
    shop = await stall_in_village()
    kale = (await shop.paid(1_000)).order
    off = await shop.order(500)
    await shop.cancel(off.order)
    assert await named("stop", shop.place) == {shop.lot}
    await shop.hand_over(kale)
    day = local_day(PICKUP)
    assert await named("stop", shop.place, from_on=day, until_on=day) == {shop.lot}
    for elsewhere in (
        named("stop", shop.place, from_on=day + timedelta(days=1)),
        named("stop", new_id()),
    ):
        with pytest.raises(rules.NothingFound):
            await elsewhere


async def test_what_a_truck_hands_over_is_of_the_stop_where_it_did(db: Database) -> None:
    there = await truck_day(db)
    await there.order_for_last(600)
    await there.load_all()
    await there.depart()
    await there.arrive(there.first)
    await there.sell(300, place=there.first)
    day = local_day(TEN)
    for place, buyers in ((there.first, 0), (there.last, 1)):
        opened = await recall("stop", place, from_on=day, until_on=day, drill=True)
        assert [one.lot for one in await queries.lots_of(opened.recall)] == [there.stall.lot]
        found = await queries.who_has_it(opened.recall)
        assert len([one for one in found.orders if one.place == place]) == buyers
    with pytest.raises(rules.NothingFound):
        await recall("stop", there.first, from_on=day + timedelta(days=9), drill=True)


async def test_while_everybody_sells_it_no_gram_leaves_that_the_recall_does_not_know(
    db: Database,
) -> None:
    """Two open the same recall, and meanwhile an order, a sale and a handover; whoever is first."""
    there = await truck_day(db)
    order = await there.stall.paid(1_000)
    await there.load_all()
    await there.depart()
    await there.arrive(there.first)
    data = Open(new_id(), RATTAPHUM, "lot", there.stall.lot, "illness")
    done = await asyncio.gather(
        there.sell(400, place=there.first),
        run(commands.open_recall, data, by=YING, at=TEN),
        there.stall.order(500),
        run(commands.open_recall, data, by=YING, at=TEN),
        there.hand_over(order.order, there.first),
        return_exceptions=True,
    )
    assert {type(one) for one in done if isinstance(one, BaseException)} <= {LotRecalled}
    assert (await queries.recall(data.id)).lots == 1
    for door in (
        there.sell(100, place=there.first),
        there.stall.order(100),
        there.stall.paid(100, rail="cash"),
    ):
        with pytest.raises(Refusal):
            await door
    stock = await lots_seen.stock_of(there.stall.lot)
    totals = balance.totals(found := await queries.who_has_it(data.id))
    assert (stock.frozen, totals.unexplained, balance.unlike(found)) == (1, 0, [])
    assert await faults() == []
    assert await verify([Stock]) is None
    with pytest.raises(rules.SamePerson):
        await run(commands.clear, Clear(data.id, there.stall.lot, "ปลอดภัย"), by=YING, at=TEN)
    lift = Clear(data.id, there.stall.lot, "ผลตรวจปลอดภัย")
    both = await asyncio.gather(
        *(run(commands.clear, lift, by=who, at=TEN) for who in (WAN, PRASERT)),
        return_exceptions=True,
    )
    lost = [one for one in both if isinstance(one, BaseException)]
    assert len(lost) == 1
    assert isinstance(lost[0], rules.ClearedAlready | rules.NotInForce)
    assert (await lots_seen.stock_of(there.stall.lot)).frozen == 0
    assert await there.sell(100, place=there.first)


async def test_a_lot_found_unsafe_is_held_with_what_was_made_of_it_until_it_is_answered(
    db: Database,
) -> None:
    shop = await stall(db)
    await published()
    order = await shop.paid(1_000)
    other = await lots_seen.lot(await harvested_beside(shop))
    data = MakeLots(new_id(), "split", (Pick(shop.lot, 2_000),), (Parcel(2_000),))
    [made] = (await run(lineage.make_lots, data, by=YING, at=NOW)).lots
    lot = await lots_seen.lot(shop.lot)

    async def stopped() -> list[int]:
        return [(await lots_seen.stock_of(one)).frozen for one in (lot.id, made.lot, other.id)]

    safe = by_kit(SAFE, plot=lot.plot, lot=lot.id, lot_code=lot.code)
    await run(residues.note, safe, by=WAN, at=NOW)
    assert (await told(NOK), await stopped()) == ([], [0, 0, 0])
    bad = by_kit(UNSAFE, plot=lot.plot, lot=lot.id, lot_code=lot.code)
    await run(residues.note, bad, by=WAN, at=NOW)
    [buyer] = await told(NOK)
    assert (buyer.kind, buyer.facts) == ("recalls.held_back.buyer", {"code": order.code})
    [leader] = await told(YING)
    assert (leader.kind, leader.facts) == ("recalls.held_back.leader", {"code": lot.code})
    assert await stopped() == [1, 1, 0]
    for door in (shop.order(100), shop.hand_over(order.order)):
        with pytest.raises(LotRecalled):
            await door
    [held] = await queries.held([RATTAPHUM])
    assert (held.lot, await queries.held([NETWORK])) == (lot.id, [])
    id = (await recall("lot", lot.id)).recall  # people decide for themselves
    await run(residues.note, by_lab(confirms=bad.id), by=WAN, at=NOW)
    assert [one.kind for one in await told(NOK)][-1] == "recalls.let_go.buyer"
    assert (await stopped(), await queries.held([RATTAPHUM])) == ([1, 1, 0], [])
    for one in (lot.id, made.lot):
        await run(commands.clear, Clear(id, one, "ผลตรวจปลอดภัย"), by=WAN, at=TEN)
    assert await stopped() == [0, 0, 0]
    wrong = by_kit(UNSAFE, plot=lot.plot, lot=lot.id, lot_code=lot.code)
    await run(residues.note, wrong, by=WAN, at=NOW)
    await told(NOK)
    assert await stopped() == [1, 1, 0]
    right = by_kit(CLEAN, corrects=wrong.id, reason="อ่านแถบสีผิด")
    await run(retested.note, right, by=SOMCHAI, at=NOW)
    open_still = {one.about for one in await findings.open_findings(lot.plot)}
    assert wrong.id not in open_still, "judged anew, and let go of"
    assert len(await told(NOK)) == 5
    assert await stopped() == [0, 0, 0]
    assert await lots_seen.stock_faults() == []


async def harvested_beside(shop: Stall) -> str:
    lot, _ = await run(harvested, 5_000, MALEE, RATTAPHUM)
    assert lot != shop.lot
    return lot
