"""At a stop: come, hand over, sell to who comes by, decide on who did not come, leave."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from piccolo.table import Table

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.labels import queries as labels
from market.domain.lineage import queries as lineage
from market.domain.lots import queries as lots
from market.domain.offers import commands as offers
from market.domain.offers import queries as offered
from market.domain.orders import commands as orders
from market.domain.orders import queries as ordered
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import CancelOrder, HandedOver, HandOver
from market.domain.pickups import queries as pickups
from market.domain.settlement import queries as settlement
from market.domain.settlement.rules import Sale, pieces
from market.domain.truck_day import driven, manifest, queries, refusals, rules, waiting
from market.domain.truck_day.loading import claim
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import DecideNoShow, NoShowDecided
from market.domain.truck_day.tables import Leftover, NoShow, StopVisit, TruckHandover
from market.domain.walkup import commands as walkup
from market.domain.walkup import queries as walked
from market.domain.walkup.rules import Goods, Leased, NoSuchSale, Sell, Sold, Voided


async def arrive(truck_id: str, place: str, *, by: str, at: datetime) -> rules.Arrived:
    """Twice is once. Refused: not departed, another stop not left, a cancelled stop."""
    async with transaction():
        truck = await claim(truck_id)
        if not truck.departed_at:
            raise refusals.NotDeparted()
        known = await queries.visit(truck.id, place)
        if known:
            return rules.Arrived(known, truck.id, place)
        await ensure_nowhere(truck)
        stop = await queries.stop(truck, place)
        if stop.cancelled:
            raise refusals.StopIsCancelled()
        leg = await driven.keep(truck, place, by=by, at=at)
        id, minute = new_id(), stop.planned_minute
        await insert(
            StopVisit(
                id=id, truck=truck.id, place=place, arrived_at=at, arrived_by=by, left_at=None,
                left_by=None, planned_at=None if minute is None else truck.at(minute),
            )
        )  # fmt: skip
        arrived = rules.Arrived(id, truck.id, place)
        log.append(arrived, (StopVisit, id), *leg, subject=truck.id, by=by, at=at)
    return arrived


async def ensure_nowhere(truck: TruckView) -> None:
    """A truck is at one stop or plot at a time."""
    for one in await driven.visited(truck.id):
        if one.left_at is None:
            raise refusals.StopUnderWay(place=one.id)


async def _ensure_here(truck: TruckView, place: str) -> None:
    if not await in_use().query(
        "SELECT id FROM stop_visit WHERE truck = {} AND place = {} AND left_at IS NULL",
        truck.id, place,
    ):  # fmt: skip
        raise refusals.NotThere()


async def hand_over(
    given: HandOver, truck_id: str, place: str, *, by: str, at: datetime, told_later: bool = False
) -> HandedOver:
    """By the orders' own command, with what this truck can still have of each lot.

    Twice is once. Refused besides: a suspended lot, more than is aboard.
    """
    async with transaction():
        order = await ordered.stored(given.order)
        if order.state == "confirmed":  # else the order's own command says what is the matter
            truck = await claim(truck_id)
            if order.merchant != truck.operator:
                raise NoSuchOrder()
            await _ensure_here(truck, place)
            await _ensure_can_give(truck, given)
        handed = await orders.hand_over(given, by=by, at=at, told_later=told_later)
        id = new_id()
        if await in_use().query(
            'INSERT INTO truck_handover (id, truck, place, "order", cash_satang, bank_satang, "by",'
            ' at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT ("order") DO NOTHING'
            " RETURNING id",
            id, truck_id, place, given.order, handed.cash_satang, handed.bank_satang, by, at,
        ):  # fmt: skip
            there = rules.HandedOverThere(truck_id, place, given.order, handed.cash_satang)
            log.append(there, (TruckHandover, id), subject=truck_id, by=by, at=at)
    return handed


async def _ensure_can_give(truck: TruckView, given: HandOver) -> None:
    left = {one.lot: one.left_grams for one in await manifest.aboard(truck.id)}
    wanted: dict[str, int] = {}
    grams = {line.line: line.grams for line in given.lines}
    for line in (await ordered.merchants(given.order, truck.operator)).lines:
        wanted[line.lot] = wanted.get(line.lot, 0) + grams.get(line.id, 0)
    given_lots = [lot for lot, many in wanted.items() if lot and many]
    if bad := await manifest.suspended(given_lots):
        raise refusals.LotSuspended(lots=bad)
    for lot in given_lots:
        if wanted[lot] > left.get(lot, 0):
            code = (await lots.lot(lot)).code
            raise refusals.NotAboard(lot=code, grams_left=max(left.get(lot, 0), 0))


async def sell(sale: Sell, *, by: str, at: datetime, told_later: bool = False) -> Sold:
    """To who comes by. Refused: not departed, closed, a suspended lot, more than is for sale."""
    async with transaction():
        truck = await claim(sale.holder)
        if truck.operator != sale.merchant:
            raise refusals.NoSuchTruckDay()
        if not truck.departed_at:
            raise refusals.NotDeparted()
        if sale.place:
            await _ensure_here(truck, sale.place)
        leases = await walked.leased(truck.id)
        named = [leases[line.lease].lot for line in sale.lines if line.lease in leases]
        if bad := await manifest.suspended(named):
            raise refusals.LotSuspended(lots=bad)
        return await walkup.sell(sale, told_later=told_later, by=by, at=at)


async def void(id: str, sale: str, truck_id: str, *, by: str, at: datetime) -> Voided:
    """Until the day is closed and the round divided: goods and money go back."""
    async with transaction():
        truck = await claim(truck_id)
        known = await walked.sale(sale)
        if known.holder != truck.id:
            raise NoSuchSale()
        if not known.void:
            await _ensure_not_divided(known)
        return await walkup.void(id, sale, truck.operator, by=by, at=at)


async def _ensure_not_divided(sale: walked.SaleView) -> None:
    """Who divides the round at the same moment waits, or has divided it."""
    leases = await walked.leased(sale.holder)
    sold: dict[tuple[str, str, str], int] = {}
    for line in sale.lines:
        of = leases[line.lease]
        for farmer, satang in (await _owed(of, line)).items():
            key = of.cycle, of.group, farmer
            sold[key] = sold.get(key, 0) + satang
    for cycle in sorted({cycle for cycle, _, _ in sold}):
        await offers.claim(cycle)
    for (cycle, group, farmer), satang in sold.items():
        if (await settlement.undivided(cycle, group)).get(farmer, 0) < satang:
            raise refusals.Settled()


async def _owed(of: Leased, line: walked.LineView) -> dict[str, int]:
    """By farmer, of whom the lot is."""
    farmer, grown = (await lots.lot(of.lot)).farmer, await lineage.farmers_of(of.lot)
    sale = Sale(of.group, farmer, of.lot, line.grams, line.satang, of.satang_per_kg, grown)
    dealt = pieces(sale, await offered.rule_of(of.cycle))
    return {farmer: piece.satang for farmer, piece in dealt.items()}


async def decide(decided: DecideNoShow, *, by: str, at: datetime) -> NoShowDecided:
    """Hold it, move it to a later stop, or end the order: what was paid is the buyer's credit,
    and its goods are sold from the truck or given away."""
    do = partial(_decide, decided, by=by, at=at)
    return await asked.once(
        decided.id, "truck_day.decide", decided, do, NoShowDecided, by=by, at=at
    )


async def _decide(decided: DecideNoShow, *, by: str, at: datetime) -> NoShowDecided:
    truck = await claim(decided.truck)
    here = {one.order.id: one for one in await waiting.at_stop(truck, decided.place)}
    if decided.order not in here:
        raise refusals.NotWaiting()
    if here[decided.order].decision:
        raise refusals.AlreadyDecided()
    to_place = decided.to_place if decided.decision == "move" else None
    if decided.decision == "move":
        await _ensure_later(truck, decided)
    order = here[decided.order].order
    rule = await pickups.rule_at(order.merchant, order.placed_at, order.cycle)
    moved = await waiting.moved_since(truck.day, decided.place, order.placed_at)
    keeps = 0
    if rule and decided.by_promise and not moved and decided.decision in ("sell", "donate"):
        keeps = rule.kept_percent
    rows: list[tuple[type[Table], str]] = [(NoShow, decided.id)]
    await insert(
        NoShow(
            id=decided.id, truck=truck.id, place=decided.place, order=decided.order,
            decision=decided.decision, to_place=to_place, by=by, at=at,
        )
    )  # fmt: skip
    if decided.decision in ("sell", "refund", "donate"):
        rows += await _free(truck, decided, keeps, by=by, at=at)
    days = rule.hold_days if rule and decided.decision == "hold" else 0
    event = NoShowDecided(
        truck.id, decided.place, order.id, order.code, order.buyer, decided.decision,
        to_place or "", "hold_days" if days else "kept" if keeps else decided.decision, days,
    )  # fmt: skip
    log.append(event, *rows, subject=order.id, by=by, at=at)
    return event


async def _ensure_later(truck: TruckView, decided: DecideNoShow) -> None:
    ahead = {stop.place for stop in await queries.stops(truck) if stop.is_ahead}
    if decided.to_place not in ahead - {decided.place}:
        raise refusals.NoLaterStop()


async def _free(
    truck: TruckView, decided: DecideNoShow, keeps: int, *, by: str, at: datetime
) -> list[tuple[type[Table], str]]:
    """The order ends, and what of it is aboard is the truck's to sell or to give."""
    lines = (await ordered.merchants(decided.order, truck.operator)).lines
    cycle = (await ordered.stored(decided.order)).cycle
    gone = CancelOrder(decided.order, truck.operator)
    await orders.cancel(gone, by=by, at=at, kept_percent=keeps)
    left = {one.lot: one.left_grams - one.lease_grams for one in await manifest.aboard(truck.id)}
    rows: list[tuple[type[Table], str]] = []
    for line in sorted((one for one in lines if one.lot), key=lambda line: line.lot):
        lot = await lots.lot(line.lot)
        grams = min(line.grams, max(left.get(line.lot, 0), 0))
        if not grams or not await labels.claim_stands(lot):
            continue
        if (await lots.stock(lot.stock)).frozen:
            continue
        left[line.lot] -= grams
        goods = Goods(
            lot.stock, lot.id, line.product, cycle, line.group, line.farmer, line.satang_per_kg
        )
        lease = await _joined(truck.id, goods, grams, by=by, at=at)
        if decided.decision == "donate":
            await walkup.bring_back(lease, given=grams, by=by, at=at)
            id = new_id()
            await insert(
                Leftover(
                    id=id, truck=truck.id, lot=lot.id, kind="donated", grams=grams, by=by, at=at
                )
            )
            rows.append((Leftover, id))
    return rows


async def _joined(truck: str, goods: Goods, grams: int, *, by: str, at: datetime) -> str:
    """At the price at which the truck sells that lot already, if it does."""
    for known in (await walked.leased(truck)).values():
        if known.stock == goods.stock:
            goods = Goods(
                goods.stock, goods.lot, goods.product, known.cycle, goods.group, goods.farmer,
                known.satang_per_kg,
            )  # fmt: skip
    return (await walkup.take(truck, goods, grams, by=by, at=at)).lease


async def leave(truck_id: str, place: str, *, by: str, at: datetime) -> rules.Left:
    """Only with each who did not come decided. Twice is once."""
    async with transaction():
        truck = await claim(truck_id)
        known = await queries.visit(truck.id, place)
        if not known:
            raise refusals.NotThere()
        left = rules.Left(known, truck.id, place)
        undecided = [one for one in await waiting.at_stop(truck, place) if not one.decision]
        if undecided:
            raise refusals.NoShowsUndecided(orders=[one.order.code for one in undecided])
        if await in_use().query(
            "UPDATE stop_visit SET left_at = {}, left_by = {} WHERE id = {} AND left_at IS NULL"
            " RETURNING id",
            at, by, known,
        ):  # fmt: skip
            log.append(left, (StopVisit, known), subject=truck.id, by=by, at=at)
    return left
