"""The evening: costs, the drawer by notes and coins, every kilo explained; then nothing changes."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial

import msgspec
from piccolo.table import Table

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from market.domain.ledger import commands as ledger
from market.domain.lots import commands as pours
from market.domain.lots import queries as lots
from market.domain.trips import commands as trips
from market.domain.truck_day import (
    balance,
    drawer,
    elsewhere,
    manifest,
    queries,
    refusals,
    rules,
    waiting,
)
from market.domain.truck_day.loading import claim, keep_count
from market.domain.truck_day.manifest import LotAboard
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import Close, Closed, Cost, CostTold, LotLeft
from market.domain.truck_day.stops import ensure_nowhere
from market.domain.truck_day.tables import DayClosed, DayCost, Leftover
from market.domain.walkup import commands as walkup
from market.domain.walkup import queries as walked
from market.domain.walkup.rules import NoSuchLease, Sell

Rows = list[tuple[type[Table], str]]


async def tell_cost(cost: Cost, *, by: str, at: datetime) -> CostTold:
    """Paid out of the drawer, or by the bank."""
    do = partial(_tell_cost, cost, by=by, at=at)
    return await asked.once(cost.id, "truck_day.tell_cost", cost, do, CostTold, by=by, at=at)


async def _tell_cost(cost: Cost, *, by: str, at: datetime) -> CostTold:
    truck = await claim(cost.truck)
    await insert(
        DayCost(
            id=cost.id, truck=truck.id, kind=cost.kind, satang=cost.satang,
            paid_from=cost.paid_from, by=by, at=at,
        )
    )  # fmt: skip
    moved = rules.cost_postings(truck.operator, cost)
    await ledger.post(cost.id, "truck_cost", truck.id, moved, by=by, at=at)
    told = CostTold(cost.id, truck.id, cost.kind, cost.satang)
    log.append(told, (DayCost, cost.id), subject=truck.id, by=by, at=at)
    return told


async def close(wanted: Close, *, by: str, at: datetime) -> Closed:
    """Once. Refused: a stop under way, orders nobody decided on, a lot that does not balance, a
    drawer that differs without a reason."""
    do = partial(_close, wanted, by=by, at=at)
    return await asked.once(wanted.id, "truck_day.close", wanted, do, Closed, by=by, at=at)


async def _close(wanted: Close, *, by: str, at: datetime) -> Closed:
    truck = await claim(wanted.truck)
    if not truck.departed_at:
        raise refusals.NotDeparted()
    await _ensure_over(truck)
    aboard = await manifest.aboard(truck.id)
    balance.ensure_balanced(
        {one.lot: one.left_grams for one in aboard}, wanted.leftovers,
        {one.lot: one.lot_code for one in aboard},
    )  # fmt: skip
    expected = await drawer.of(truck.id)
    closed = Closed(
        truck.id, expected.cash_satang, rules.counted(wanted.cash), expected.promptpay_satang,
        wanted.promptpay_seen_satang, expected.credit_satang, expected.cost_satang,
    )  # fmt: skip
    cash = closed.counted_satang - closed.expected_satang
    bank = closed.promptpay_seen_satang - closed.promptpay_satang
    rules.ensure_explained(cash, wanted.reason)
    rules.ensure_explained(bank, wanted.reason)
    rows: Rows = [*await keep_count(truck.id, "close", wanted.cash, by=by, at=at)]
    for told in wanted.leftovers:
        rows += await _put_away(truck, told, aboard, by=by, at=at)
    if moved := rules.difference_postings(truck.operator, cash, bank):
        await ledger.post(wanted.id, "till_difference", truck.id, moved, by=by, at=at)
    await _end(truck, wanted, closed, by=by, at=at)
    log.append(closed, (DayClosed, wanted.id), *rows, subject=truck.id, by=by, at=at)
    return closed


async def _ensure_over(truck: TruckView) -> None:
    await ensure_nowhere(truck)
    if codes := await waiting.undecided(truck):
        raise refusals.NoShowsUndecided(orders=codes)
    if there := await elsewhere.unexplained(truck):
        raise refusals.HandedAtStall(orders=[one.code for one in there])


async def _put_away(
    truck: TruckView, told: LotLeft, aboard: list[LotAboard], *, by: str, at: datetime
) -> Rows:
    """First out of what was for sale, the rest out of what orders did not take."""
    [of] = [one for one in aboard if one.lot == told.lot]
    stock = (await lots.lot(told.lot)).stock
    pour = balance.pours(told, of.lease_grams)
    if of.lease:
        await walkup.bring_back(
            of.lease, returned=pour.returned, wasted=pour.wasted, given=pour.given, by=by, at=at
        )
    if pour.waste_of_orders:
        await pours.waste(stock, pour.waste_of_orders, subject=truck.id, by=by, at=at)
    if pour.given_of_orders:
        lease = await _leased(truck, told.lot, pour.given_of_orders, by=by, at=at)
        await walkup.bring_back(lease, given=pour.given_of_orders, by=by, at=at)
    kinds = {
        "returned": told.returned_grams, "donated": told.donated_grams,
        "wasted": told.wasted_grams, "shrink": told.shrink_grams,
    }  # fmt: skip
    return [
        await _leftover(truck.id, told.lot, kind, grams, by=by, at=at)
        for kind, grams in kinds.items()
        if grams
    ]


async def _leftover(
    truck: str, lot: str, kind: str, grams: int, *, by: str, at: datetime
) -> tuple[type[Table], str]:
    id = new_id()
    await insert(Leftover(id=id, truck=truck, lot=lot, kind=kind, grams=grams, by=by, at=at))
    return Leftover, id


async def _leased(truck: TruckView, lot: str, grams: int, *, by: str, at: datetime) -> str:
    """What orders did not take is given away through a lease, like all that leaves the truck."""
    goods = await manifest.goods(truck, lot)
    return (await walkup.take(truck.id, goods, grams, by=by, at=at)).lease


async def _end(truck: TruckView, wanted: Close, closed: Closed, *, by: str, at: datetime) -> None:
    await insert(
        DayClosed(
            id=wanted.id, truck=truck.id, expected_satang=closed.expected_satang,
            counted_satang=closed.counted_satang, promptpay_satang=closed.promptpay_satang,
            promptpay_seen_satang=closed.promptpay_seen_satang,
            credit_satang=closed.credit_satang, cost_satang=closed.cost_satang,
            reason=wanted.reason.strip() or None, salt=secrets.token_bytes(16), by=by, at=at,
        )
    )  # fmt: skip
    await in_use().query("UPDATE truck_aboard SET closed = TRUE WHERE truck = {}", truck.id)
    await trips.truck_is(truck.day, truck.truck, "home", by=by, at=at)
    if all(one.closed_at for one in await queries.trucks_of(truck.day)):
        await trips.close(truck.day, by=by, at=at)


async def enter_late(sale: Sell, *, by: str, at: datetime) -> rules.EnteredLate:
    """Found on paper after closing: grams that came back were sold, and money that was over, or
    comes only now (`rail`: counted, or cash)."""
    do = partial(_enter_late, sale, by=by, at=at)
    return await asked.once(
        sale.id, "truck_day.enter_late", sale, do, rules.EnteredLate, by=by, at=at
    )


async def _enter_late(sale: Sell, *, by: str, at: datetime) -> rules.EnteredLate:
    truck = await queries.truck(sale.holder)
    if truck.operator != sale.merchant:
        raise refusals.NoSuchTruckDay()
    if not truck.closed_at:
        raise refusals.NotClosed()
    leases, rows = await walked.leased(truck.id), Rows()
    for line in sale.lines:
        of = leases.get(line.lease)
        if of is None:
            raise NoSuchLease()
        grams = line.grams if line.unit == "kg" else line.count * (of.pack_grams or 0)
        goods = await manifest.goods(truck, of.lot)
        if grams:
            await _ensure_came_back(truck, of.lot, grams)
            await walkup.take(truck.id, goods, grams, by=by, at=at, told_later=True)
            rows.append(await _leftover(truck.id, of.lot, "returned", -grams, by=by, at=at))
    inner = msgspec.structs.replace(sale, id=new_id())
    sold = await walkup.sell(inner, late=True, by=by, at=at)
    entered = rules.EnteredLate(truck.id, sold.sale, sold.satang)
    log.append(entered, *rows, subject=truck.id, by=by, at=at)
    return entered


async def _ensure_came_back(truck: TruckView, lot: str, grams: int) -> None:
    """Nothing is sold afterwards that was thrown away, or sold before."""
    [row] = await in_use().query(
        "SELECT CAST(COALESCE(SUM(grams), 0) AS BIGINT) AS grams FROM truck_leftover"
        " WHERE truck = {} AND lot = {} AND kind = 'returned'",
        truck.id, lot,
    )  # fmt: skip
    if row["grams"] < grams:
        code = (await lots.lot(lot)).code
        raise refusals.NotAboard(lot=code, grams_left=max(row["grams"], 0))
