"""A day of the green truck: loaded, sold from, handed over, counted, closed; and every "no"."""

import asyncio
import time
from datetime import datetime, timedelta

import msgspec
import pytest

from certification.basis import log
from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.rules import ChangeCertificate
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, own
from market.domain.lots import commands as lots_done
from market.domain.lots import queries as lots
from market.domain.lots.rules import HarvestLot
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import Settle
from market.domain.trips import queries as trips
from market.domain.truck_day import (
    closing,
    elsewhere,
    eta,
    loading,
    manifest,
    mishaps,
    queries,
    rules,
    stops,
    waiting,
)
from market.domain.truck_day.rules import Cost, LeaveBehind, LotLeft, Pieces
from market.domain.walkup.rules import AlreadyVoid, NotSoMuchAboard, Sell, SoldLine
from tests.cast import DAO, MALEE, NETWORK, NOK, NOW, PRASERT, RATTAPHUM, TODAY, WAN, later
from tests.guarantee import certified, published
from tests.market.truck import MORNING, NOON, TEN, TruckDay, clean, offered_products, truck_day

LATER = later(days=5)


@pytest.fixture
async def there(db: Database) -> TruckDay:
    return await truck_day(db)


async def refused(code: str, deed: object) -> Refusal:
    with pytest.raises(Refusal) as no:
        await deed  # type: ignore[misc]
    assert no.value.code == code, no.value
    return no.value


async def test_a_whole_day_balances_to_the_gram_and_the_satang(there: TruckDay) -> None:
    paid, cash = await there.stall.paid(2_000), await there.stall.order(1_000, rail="cash")
    absent = await there.order_for_last(500)
    lines = await manifest.load_list(await queries.truck(there.id))
    assert [line.goes_to for line in lines] == [there.last, there.first]  # unloaded last, in first
    assert [line.wanted_grams for line in lines] == [500, 3_000]
    missing = await refused("truck_day.not_all_loaded", there.depart())
    assert len(missing.facts["lots"]) == 1  # type: ignore[arg-type]
    await run(loading.count_float, there.id, (Pieces(2_000, 25),), by=DAO, at=MORNING)
    await there.load_all(walkup=3_000, pack="bag", pack_grams=250, pack_satang=1_500)
    await there.depart()
    await there.depart()  # twice is once
    await there.arrive(there.first)
    await there.arrive(there.first)
    await there.hand_over(paid.order, there.first, 1_900)
    assert (await there.hand_over(cash.order, there.first)).cash_satang == 4_000
    await there.sell(1_000, place=there.first)
    await there.sell(unit="bag", packs=2, rail="promptpay", place=there.first)
    await there.leave(there.first)
    await there.arrive(there.last, NOON)
    undecided = await refused("truck_day.no_shows_undecided", there.leave(there.last, NOON))
    assert undecided.facts["orders"] == [absent.code]
    await there.decide(absent.order, there.last, "sell")
    await there.sell(500, place=there.last, at=NOON)
    await there.leave(there.last, NOON)
    cost = Cost(new_id(), there.id, "ice", 5_000)
    await run(closing.tell_cost, cost, by=DAO, at=NOON)
    lot = there.stall.lot
    assert await there.left() == {lot: 1_600}  # 6.5 kg less 2.9 handed over and 2.0 sold
    left = LotLeft(lot, returned_grams=1_200, donated_grams=200, wasted_grams=150)
    no = await refused("truck_day.not_balanced", there.close(550, left, promptpay=3_000))
    assert no.facts["grams"] == 50
    left = LotLeft(lot, 1_200, 200, 150, shrink_grams=50)
    # 500 float + 40 of the order + 40 and 20 sold - 50 for ice
    done = await there.close(550, left, promptpay=3_000)
    assert (done.expected_satang, done.counted_satang) == (55_000, 55_000)
    assert await clean()
    for cycle in (there.stall.cycle, there.cycle):
        await run(settlement.settle, Settle(new_id(), cycle, NETWORK), by=PRASERT, at=LATER)
    # 1.9 and 1 kg ordered, 1.5 kg and two bags of 15 baht sold to who came by
    shared = await settled.settlements(merchant=NETWORK)
    assert [one.gross_satang for one in shared] == [11_600, 9_000]
    assert await clean()


async def test_what_may_not_go_aboard_is_said_with_what_could(there: TruckDay) -> None:
    await there.stall.order(1_000, rail="cash")
    over = await refused("truck_day.more_than_wanted", there.load(there.first, 1_100))
    assert over.facts["grams_max"] == 1_000
    await refused("truck_day.not_ordered_there", there.load(there.last, 100))
    await refused("lots.sold_out", there.load(grams=9_001))
    id = new_id()
    assert await there.load(grams=9_000, id=id) == await there.load(grams=9_000, id=id)
    await refused("truck_day.already_loaded", there.load(grams=1))
    await there.load(there.first, 1_000)
    truck = await queries.truck(there.id)
    assert not [line for line in await manifest.load_list(truck) if line.is_missing]
    for _ in range(2):
        await run(loading.unload, id, there.id, by=DAO, at=MORNING)
    assert (await there.stall.buckets())[0] == 9_000
    await there.load(grams=2_000)  # off and on again
    assert await there.left() == {there.stall.lot: 3_000}
    await there.depart()
    await refused("truck_day.has_departed", run(
        loading.count_float, there.id, (Pieces(2_000, 1),), by=DAO, at=TEN
    ))  # fmt: skip
    await clean()


async def test_a_truck_carries_no_more_than_it_can(db: Database) -> None:
    there = await truck_day(db, grams=80_000)
    await there.load(grams=50_000)
    await there.stall.order(1_000, rail="cash")
    no = await refused("truck_day.too_heavy", there.load(there.first, 1_000))
    assert no.facts["grams_free"] == 0
    await clean()


async def test_without_a_line_its_orders_are_short_or_end_with_credit(there: TruckDay) -> None:
    paid, short = await there.stall.paid(1_000), await there.order_for_last(500)
    await there.load(grams=1_000)

    async def behind(place: str, decision: str) -> None:
        asked = LeaveBehind(new_id(), there.id, place, there.stall.lot, decision)  # type: ignore[arg-type]
        await run(loading.leave_behind, asked, by=DAO, at=MORNING)

    await behind(there.first, "call_off")
    assert await there.stall.state(paid.order) == "cancelled"
    assert await balance(credit(NETWORK, NOK)) == 3_999
    await refused("truck_day.not_missing", behind(there.first, "short"))
    await behind(there.last, "short")
    await there.depart()
    await there.arrive(there.last)
    await there.hand_over(short.order, there.last, 0)
    await clean()


async def test_of_two_sellers_at_once_one_takes_the_last_kilo(there: TruckDay) -> None:
    await there.load_all(walkup=1_000)
    await refused("truck_day.not_departed", there.sell(100))
    await there.depart()
    both = await asyncio.gather(there.sell(1_000), there.sell(1_000), return_exceptions=True)
    lost = [one for one in both if isinstance(one, Refusal)]
    assert [no.facts["grams_left"] for no in lost] == [0]
    assert isinstance(lost[0], NotSoMuchAboard)
    assert await balance(own("cash", NETWORK)) == 4_000
    [sold] = [one for one in both if not isinstance(one, BaseException)]
    void = new_id()
    for _ in range(2):
        await run(stops.void, void, sold.sale, there.id, by=DAO, at=TEN)
    with pytest.raises(AlreadyVoid):
        await run(stops.void, new_id(), sold.sale, there.id, by=DAO, at=TEN)
    assert await balance(own("cash", NETWORK)) == 0
    await refused("ledger.not_enough", there.sell(1_000, rail="credit", buyer=NOK))
    await refused("walkup.whose_credit", there.sell(1_000, rail="credit"))
    await refused("walkup.nothing_sold", there.sell(0))
    await refused("walkup.not_sold_so", there.sell(unit="bunch"))
    again = new_id()
    assert await there.sell(500, id=again) == await there.sell(500, id=again)
    await clean()
    await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=LATER)
    await refused("truck_day.settled", run(
        stops.void, new_id(), again, there.id, by=DAO, at=LATER
    ))  # fmt: skip
    await clean()


async def test_at_a_stop_things_happen_once_and_in_order(there: TruckDay) -> None:
    placed = await there.stall.order(1_000, rail="cash")
    elsewhere = await there.order_for_last(500)
    await refused("truck_day.not_departed", there.arrive(there.first))
    await there.load_all(walkup=0)
    await there.depart()
    await refused("truck_day.not_there", there.hand_over(placed.order, there.first))
    await refused("truck_day.not_there", there.leave(there.first))
    await there.arrive(there.first)
    await refused("truck_day.stop_under_way", there.arrive(there.last))
    id = new_id()
    given = [await there.hand_over(placed.order, there.first, id=id) for _ in range(2)]
    assert given[0] == given[1]
    await refused("orders.already_handed_over", there.hand_over(placed.order, there.first))
    # who comes to another stop than said is served: the lot is aboard
    await there.hand_over(elsewhere.order, there.first)
    assert await waiting.undecided(await queries.truck(there.id)) == []
    await there.leave(there.first)
    await there.leave(there.first)
    await refused("truck_day.not_there", there.sell_at(there.first))
    assert await balance(own("cash", NETWORK)) == 6_000
    await clean()


async def test_who_did_not_come_is_held_moved_or_given_away(there: TruckDay) -> None:
    held, moved, given = [await there.stall.paid(1_000) for _ in range(3)]
    await there.load_all(walkup=0)
    await there.depart()
    await there.arrive(there.first)
    await there.decide(held.order, there.first, "hold")
    await refused("truck_day.already_decided", there.decide(held.order, there.first, "sell"))
    await refused("truck_day.no_later_stop", there.decide(moved.order, there.first, "move"))
    await there.decide(moved.order, there.first, "move", there.last)
    await there.decide(given.order, there.first, "donate")
    await refused("truck_day.not_waiting", there.decide(given.order, there.first, "sell"))
    await there.leave(there.first)
    await refused("truck_day.no_shows_undecided", there.close(0))
    await there.arrive(there.last, NOON)
    await there.hand_over(moved.order, there.last)
    await there.leave(there.last, NOON)
    assert await there.left() == {there.stall.lot: 1_000}  # what is held comes home
    await there.close(0, LotLeft(there.stall.lot, returned_grams=1_000))
    assert await there.stall.state(held.order) == "confirmed"
    assert await balance(credit(NETWORK, NOK)) == 3_997  # of the order that was given away
    await clean()


async def test_a_drawer_that_differs_is_explained_and_never_hidden(there: TruckDay) -> None:
    lot = there.stall.lot
    await there.load_all(walkup=3_000)
    await refused("truck_day.not_departed", there.close(0))
    await there.depart()
    await there.sell(1_000)
    await there.arrive(there.first)
    left = LotLeft(lot, returned_grams=2_000)
    await refused("truck_day.stop_under_way", there.close(40, left))
    await there.leave(there.first)
    no = await refused("truck_day.reason_needed", there.close(61, left))
    assert no.facts["satang"] == 2_100
    await refused("truck_day.reason_needed", there.close(40, left, promptpay=2_001))
    id = new_id()
    done = await there.close(80, left, reason="ขายแล้วลืมจด", id=id)
    assert done == await there.close(80, left, reason="ขายแล้วลืมจด", id=id)
    await refused("truck_day.closed", there.close(80, left))
    await refused("truck_day.closed", there.sell(100))
    await refused("truck_day.closed", there.load(grams=100))
    assert await balance(own("till_difference", NETWORK)) == -4_000  # 40 baht over
    assert await balance(own("cash", NETWORK)) == 8_000
    await clean()
    # the paper says: another kilo was sold, and its money was in the drawer that was counted
    line = SoldLine(await there.lease(), grams=1_000)
    late = Sell(new_id(), NETWORK, there.id, (line,), "counted")
    for _ in range(2):
        await run(closing.enter_late, late, by=DAO, at=LATER)
    assert await balance(own("till_difference", NETWORK)) == 0
    line = SoldLine(line.lease, grams=1_001)
    more = Sell(new_id(), NETWORK, there.id, (line,), "cash")
    await refused("truck_day.not_aboard", run(closing.enter_late, more, by=DAO, at=LATER))
    await clean()


async def went_wrong(there: TruckDay, at: datetime, **how: object) -> rules.WentWrong:
    wrong = msgspec.structs.replace(rules.GoWrong(new_id(), there.id, "delay"), **how)
    made = await mishaps.answer(wrong, clock=time.monotonic, at=at)
    newest = await trips.newest(there.day)
    return await run(mishaps.tell, wrong, made, newest, by=DAO, at=at)


async def read(at: datetime) -> None:
    """Twice: a reader may be handed an entry again."""
    for entry in 2 * await log.after(0, limit=10_000):
        await mishaps.follow(entry, at=at)


async def test_buyers_of_a_stop_that_moves_are_told_once_it_is_published(there: TruckDay) -> None:
    waits = await there.order_for_last(500)
    await there.load_all(walkup=1_000)
    await there.depart()
    await there.arrive(there.first)
    await there.leave(there.first)
    late = TEN + timedelta(minutes=40)
    told = await went_wrong(there, late, minutes=150)
    assert told.version == 2
    answer = await mishaps.waiting_answer(there.day)
    assert answer
    [move] = answer.moves
    assert (move.visit, move.tell) == (there.last, True)
    ride = await queries.truck(there.id)
    assert (await queries.stop(ride, there.last)).told_at == NOW  # only once it is published
    for _ in range(2):
        await run(mishaps.publish, answer.version, there.id, by=DAO, at=late)
        await read(late)
    [told_of] = [
        one for one in await log.events_of(there.last) if "stop_moved" in one.event["type"]
    ]
    assert told_of.event["buyers"] == [NOK]
    stop = await queries.stop(ride, there.last)
    assert stop.told_at == late
    assert stop.latest_minute - stop.earliest_minute == 10  # type: ignore[operator]
    assert (await eta.expected(late))[there.last].told_at == late
    off = await went_wrong(there, late, kind="stop_cancelled", visit=there.last)
    assert off.version == 3
    answer = await mishaps.waiting_answer(there.day)
    assert answer
    await run(mishaps.publish, answer.version, there.id, by=DAO, at=late)
    await read(late)
    assert "dropped" in (await log.events_of(there.last))[-1].event["type"]
    assert (await queries.stop(ride, there.last)).cancelled
    await refused("truck_day.stop_cancelled", there.arrive(there.last, NOON))
    assert await waiting.undecided(ride) == [waits.code]
    await refused("truck_day.not_a_mishap", went_wrong(there, late, minutes=0))
    await clean()


async def test_a_truck_that_breaks_down_hands_its_goods_on(there: TruckDay) -> None:
    placed = await there.order_for_last(500)
    await there.load_all(walkup=2_000)
    await there.depart()
    await there.sell(500)
    other = await there.another_truck()
    await refused("truck_day.one_receiver", run(
        mishaps.hand_on, rules.HandOn(new_id(), there.id), by=DAO, at=TEN
    ))  # fmt: skip
    asked = rules.HandOn(new_id(), there.id, to_truck=other.id)
    for _ in range(2):
        went = await run(mishaps.hand_on, asked, by=DAO, at=TEN)
    assert (went.lots, went.grams) == (1, 2_000)  # half a kilo ordered, one and a half to sell
    assert await there.left() == {there.stall.lot: 0}
    assert [one.handed_on_grams for one in await manifest.aboard(there.id)] == [2_000]
    await refused("walkup.not_so_much_aboard", there.sell(100))
    await other.depart()
    await other.sell(1_500)
    await other.arrive(there.last)
    await other.hand_over(placed.order, there.last)
    await other.leave(there.last)
    await other.close(80)
    await there.close(20)
    await clean()


async def test_a_lot_that_is_suspended_is_named_wherever_it_is_touched(there: TruckDay) -> None:
    await published()
    paper = await certified()
    there.stall.lot = lot = await organic(there)
    ordered = await there.stall.order(1_000, rail="cash")
    await there.load(there.first, 1_000)
    aside = await there.load(grams=1_000)
    stop = ChangeCertificate(new_id(), paper.certificate, "complaint", TODAY)
    await run(certificates.suspend, stop, by=WAN, at=NOW)
    code = (await lots.lot(lot)).code
    no = await refused("truck_day.lot_suspended", there.depart())
    assert no.facts["lots"] == [code]
    await run(loading.unload, aside.loading, there.id, by=DAO, at=MORNING)
    await refused("truck_day.lot_suspended", there.load(grams=500))
    line = (await manifest.load_list(await queries.truck(there.id)))[0]
    assert (line.lot_code, line.stands) == (code, False)
    await run(loading.unload, str(line.loading), there.id, by=DAO, at=MORNING)
    asked = LeaveBehind(new_id(), there.id, there.first, lot, "short")
    await run(loading.leave_behind, asked, by=DAO, at=MORNING)
    await there.depart()
    await there.arrive(there.first)
    await refused("truck_day.lot_suspended", there.hand_over(ordered.order, there.first))
    await there.hand_over(ordered.order, there.first, 0)
    await clean()


async def test_suspended_on_the_way_it_is_not_sold_any_more(there: TruckDay) -> None:
    await published()
    paper = await certified()
    there.stall.lot = await organic(there)
    await there.load(grams=1_000)
    await there.depart()
    await there.sell(300)
    stop = ChangeCertificate(new_id(), paper.certificate, "complaint", TODAY)
    await run(certificates.suspend, stop, by=WAN, at=NOW)
    await refused("truck_day.lot_suspended", there.sell(300))
    await there.close(12, LotLeft(there.stall.lot, wasted_grams=700))
    await clean()


async def organic(there: TruckDay) -> str:
    """Malee's kale of a certified plot, offered where the other is."""
    [planting] = await in_use().query("SELECT id, plot FROM planting ORDER BY id LIMIT 1")
    harvest = HarvestLot(planting["plot"], "kale", TODAY, 5_000, planting["id"])
    cut = await run(lots_done.harvest, new_id(), harvest, by=MALEE, at=NOW)
    [known] = (await offered_products(there.stall.offer)).values()
    there.stall.offer = new_id()
    made = MakeOffer(there.stall.offer, there.stall.cycle, cut.stock, known, 4_000, 100)
    await run(offers.offer, made, by=DAO, at=NOW)
    return cut.lot


async def test_a_sale_is_divided_or_undone_and_never_both(there: TruckDay) -> None:
    """At the same moment, many times over: whoever comes second finds what the first has done."""
    await there.load_all(walkup=3_000)
    await there.depart()
    for _ in range(6):
        sold = await there.sell(200, at=LATER)  # later than the settlement by the clocks
        void, settle = await asyncio.gather(
            run(stops.void, new_id(), sold.sale, there.id, by=DAO, at=LATER),
            run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=NOON),
            return_exceptions=True,
        )
        undone, divided = (not isinstance(one, BaseException) for one in (void, settle))
        assert undone != divided, (void, settle)
        assert [one.code for one in (void, settle) if isinstance(one, Refusal)] == [
            "settlement.nothing_to_settle" if undone else "truck_day.settled"
        ]
        assert set((await settled.undivided(there.cycle, RATTAPHUM)).values()) <= {0}
    await clean()


async def test_what_was_handed_over_at_the_stall_is_explained_before_closing(
    there: TruckDay,
) -> None:
    """Three orders were aboard: one went off the truck, one was of other goods, one was hers."""
    ours, other, ridden = [await there.stall.order(1_000, rail="cash") for _ in range(3)]
    await there.load_all(walkup=0)
    await there.depart()
    await there.arrive(there.first)
    for order in (ours, other):
        await there.stall.hand_over(order.order, at=TEN)
    await there.hand_over(ridden.order, there.first)
    await there.leave(there.first)
    waits = await elsewhere.unexplained(await queries.truck(there.id))
    assert {one.order: (one.grams, one.cash_satang) for one in waits} == {
        ours.order: (1_000, 4_000), other.order: (1_000, 4_000),
    }  # fmt: skip
    no = await refused("truck_day.handed_at_stall", there.close(80))
    assert set(no.facts["orders"]) == {ours.code, other.code}

    async def explain(order: str, *, ours: bool) -> None:
        told = rules.ExplainElsewhere(new_id(), there.id, order, ours, cash_here=ours)
        for _ in range(2):
            await run(elsewhere.explain, told, by=DAO, at=NOON)

    await explain(ours.order, ours=True)
    await explain(other.order, ours=False)
    await refused("truck_day.not_waiting", run(
        elsewhere.explain, rules.ExplainElsewhere(new_id(), there.id, ridden.order, True), by=DAO,
        at=NOON,
    ))  # fmt: skip
    no = await refused("truck_day.not_balanced", there.close(80))
    assert no.facts["grams"] == 1_000, "what the other order was not given is still aboard"
    closed = await there.close(80, LotLeft(there.stall.lot, returned_grams=1_000))
    assert (closed.expected_satang, closed.counted_satang) == (8_000, 8_000)
    await clean()
