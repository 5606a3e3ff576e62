"""Lots go aboard by reverse stop order, and the truck leaves with all that is wanted or decided."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.labels import queries as labels
from market.domain.lots import commands as pours
from market.domain.lots import queries as lots
from market.domain.lots.queries import Lot
from market.domain.offers import queries as offers
from market.domain.offers.rules import Goods as Known
from market.domain.offers.rules import MakeOffer, ensure_offer
from market.domain.orders import commands as orders
from market.domain.orders.rules import CancelOrder
from market.domain.trips import commands as trips
from market.domain.truck_day import manifest, queries, refusals, rules
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import WALKUP, Load, Loaded
from market.domain.truck_day.tables import CashCount, Departure, LeftBehind, Loading
from market.domain.walkup import commands as walkup
from market.domain.walkup.rules import Goods

OFFERED = (
    "SELECT f.product, f.cycle, f.satang_per_kg, f.step_grams FROM offer f"
    " JOIN cycle c ON c.id = f.cycle WHERE f.lot = {} AND c.merchant = {}"
    " AND f.withdrawn_at IS NULL ORDER BY c.closes_at DESC, f.id DESC LIMIT 1"
)
LAST_ROUND = (
    "SELECT id FROM cycle WHERE merchant = {} AND opens_at <= {}"
    " ORDER BY opens_at DESC, id DESC LIMIT 1"
)


async def load(wanted: Load, *, by: str, at: datetime, told_later: bool = False) -> Loaded:
    """Refused: a suspended or recalled lot, one that is aboard already, too heavy, more than was
    ordered. What is `told_later`, typed from paper, went along before anybody recalled it."""
    do = partial(_load, wanted, by=by, at=at, told_later=told_later)
    return await asked.once(wanted.id, "truck_day.load", wanted, do, Loaded, by=by, at=at)


async def _load(wanted: Load, *, by: str, at: datetime, told_later: bool) -> Loaded:
    truck = await claim(wanted.truck)
    lot = await lots.lot(wanted.lot)
    if not told_later:
        await pours.ensure_free(lot.stock)
    if not await labels.claim_stands(lot):
        raise refusals.LotSuspended(lots=[lot.code])
    if await _is_aboard(wanted):
        raise refusals.AlreadyLoaded(lot=lot.code)
    if wanted.goes_to != WALKUP:
        await _ensure_ordered(truck, wanted)
    lease = await _lease(truck, lot, wanted, by=by, at=at, told_later=told_later)
    [row] = await in_use().query(
        'INSERT INTO truck_loading (id, truck, goes_to, lot, grams, lease, unloaded_at, "by", at)'
        " VALUES ({}, {}, {}, {}, {}, {}, NULL, {}, {}) ON CONFLICT (truck, goes_to, lot)"
        " DO UPDATE SET grams = excluded.grams, lease = excluded.lease, unloaded_at = NULL"
        " RETURNING id",
        wanted.id, truck.id, wanted.goes_to, lot.id, wanted.grams, lease, by, at,
    )  # fmt: skip
    await _carry(truck, wanted.grams)
    id = str(row["id"])
    loaded = Loaded(id, truck.id, lot.id, wanted.goes_to, wanted.grams)
    log.append(loaded, (Loading, id), subject=truck.id, by=by, at=at)
    return loaded


async def _is_aboard(wanted: Load) -> bool:
    rows = await in_use().query(
        "SELECT id FROM truck_loading WHERE truck = {} AND goes_to = {} AND lot = {}"
        " AND unloaded_at IS NULL",
        wanted.truck, wanted.goes_to, wanted.lot,
    )  # fmt: skip
    return bool(rows)


async def claim(id: str) -> TruckView:
    """The truck's row is held until the deed ends: nobody closes it meanwhile. DayIsClosed."""
    await queries.truck(id)
    await in_use().query(
        "INSERT INTO truck_aboard (truck, grams, closed) VALUES ({}, 0, FALSE)"
        " ON CONFLICT (truck) DO NOTHING",
        id,
    )
    if not await in_use().query(
        "UPDATE truck_aboard SET closed = closed WHERE truck = {} AND NOT closed RETURNING truck",
        id,
    ):
        raise refusals.DayIsClosed()
    return await queries.truck(id)  # as whoever held the row before has left it


async def _ensure_ordered(truck: TruckView, wanted: Load) -> None:
    lines = [
        line for line in await manifest.load_list(truck)
        if (line.goes_to, line.lot) == (wanted.goes_to, wanted.lot)
    ]  # fmt: skip
    if not lines or not lines[0].wanted_grams:
        raise refusals.NotOrderedThere()
    if wanted.grams > lines[0].wanted_grams:
        raise refusals.MoreThanWanted(grams_max=lines[0].wanted_grams)


async def _lease(
    truck: TruckView, lot: Lot, wanted: Load, *, by: str, at: datetime, told_later: bool
) -> str | None:
    """What is for sale on the way is taken from what anybody could order."""
    if wanted.goes_to != WALKUP:
        return None
    goods = await _goods(truck.operator, lot, wanted, at)
    took = await walkup.take(truck.id, goods, wanted.grams, by=by, at=at, told_later=told_later)
    return took.lease


async def _goods(merchant: str, lot: Lot, wanted: Load, at: datetime) -> Goods:
    """At the price and by the split rule of the round in which it is offered; else as is said."""
    rows = await in_use().query(OFFERED, lot.id, merchant)
    product = wanted.product or (rows[0]["product"] if rows else None)
    price = wanted.satang_per_kg or (rows[0]["satang_per_kg"] if rows else None)
    if product is None or price is None:
        raise refusals.NoPrice(lot=lot.code)
    cycle = rows[0]["cycle"] if rows else await _last_round(merchant, at)
    known = await offers.goods(lot.stock, product, merchant)
    _ensure_ours(known, lot, product, price)
    pack = wanted.pack, wanted.pack_grams, wanted.pack_satang
    return Goods(lot.stock, lot.id, product, cycle, lot.group, lot.farmer, price, *pack)


def _ensure_ours(known: Known, lot: Lot, product: str, satang_per_kg: int) -> None:
    """As whoever offers it in a round is asked."""
    step = known.piece_grams or 1
    ensure_offer(MakeOffer("", "", lot.stock, product, satang_per_kg, step), known)


async def _last_round(merchant: str, at: datetime) -> str:
    rows = await in_use().query(LAST_ROUND, merchant, at)
    if not rows:
        raise refusals.NoRound()
    return str(rows[0]["id"])


async def _carry(truck: TruckView, grams: int) -> None:
    if not await in_use().query(
        "UPDATE truck_aboard SET grams = grams + {} WHERE truck = {} AND grams + {} <= {}"
        " RETURNING grams",
        grams, truck.id, grams, truck.capacity_grams,
    ):  # fmt: skip
        [row] = await in_use().query("SELECT grams FROM truck_aboard WHERE truck = {}", truck.id)
        raise refusals.TooHeavy(grams_free=max(truck.capacity_grams - row["grams"], 0))


async def unload(loading: str, truck_id: str, *, by: str, at: datetime) -> rules.Unloaded:
    """Taken off again, before anything of it was sold. Again changes nothing."""
    async with transaction():
        truck = await claim(truck_id)
        rows = await in_use().query(
            "SELECT lot, grams, lease, unloaded_at FROM truck_loading WHERE id = {} AND truck = {}",
            loading, truck.id,
        )  # fmt: skip
        if not rows:
            raise refusals.NothingLoaded(field="loading")
        unloaded = rules.Unloaded(loading, truck.id, rows[0]["lot"])
        if rows[0]["unloaded_at"] is not None:
            return unloaded
        await in_use().query("UPDATE truck_loading SET unloaded_at = {} WHERE id = {}", at, loading)
        grams = rows[0]["grams"]
        if rows[0]["lease"]:
            await walkup.bring_back(rows[0]["lease"], returned=grams, by=by, at=at)
        await in_use().query(
            "UPDATE truck_aboard SET grams = grams - {} WHERE truck = {}", grams, truck.id
        )
        log.append(unloaded, (Loading, loading), subject=truck.id, by=by, at=at)
    return unloaded


async def leave_behind(decided: rules.LeaveBehind, *, by: str, at: datetime) -> rules.LeftWithout:
    """A line that is missing: handed over without it, or its orders end and the money is credit."""
    do = partial(_leave_behind, decided, by=by, at=at)
    return await asked.once(
        decided.id, "truck_day.leave_behind", decided, do, rules.LeftWithout, by=by, at=at
    )


async def _leave_behind(decided: rules.LeaveBehind, *, by: str, at: datetime) -> rules.LeftWithout:
    truck = await claim(decided.truck)
    here = [
        line for line in await manifest.load_list(truck)
        if (line.goes_to, line.lot) == (decided.place, decided.lot) and line.is_missing
    ]  # fmt: skip
    if not here:
        raise refusals.NotMissing()
    ended: list[str] = []
    if decided.decision == "call_off":
        ended = await manifest.orders_with(truck, decided.place, decided.lot)
        for order in ended:
            await orders.cancel(CancelOrder(order, truck.operator), by=by, at=at)
    await insert(
        LeftBehind(
            id=decided.id, truck=truck.id, place=decided.place, lot=decided.lot,
            decision=decided.decision, cause=decided.cause, by=by, at=at,
        )
    )  # fmt: skip
    without = rules.LeftWithout(
        truck.id, decided.place, decided.lot, decided.decision, ended, decided.cause
    )
    log.append(without, (LeftBehind, decided.id), subject=truck.id, by=by, at=at)
    return without


async def count_float(
    truck_id: str, cash: tuple[rules.Pieces, ...], *, by: str, at: datetime
) -> rules.CashCounted:
    """What is in the drawer in the morning; counted anew until the truck departs."""
    satang = rules.counted(cash)
    async with transaction():
        truck = await claim(truck_id)
        if truck.departed_at:
            raise refusals.HasDeparted()
        counted = rules.CashCounted(truck.id, "float", satang)
        rows = await keep_count(truck.id, "float", cash, by=by, at=at)
        log.append(counted, *rows, subject=truck.id, by=by, at=at)
    return counted


async def keep_count(
    truck: str, moment: str, cash: tuple[rules.Pieces, ...], *, by: str, at: datetime
) -> list[tuple[type[CashCount], str]]:
    rows = []
    pieces = dict.fromkeys(rules.CASH_KINDS, 0) | {c.satang_each: c.pieces for c in cash}
    for each, many in pieces.items():
        [row] = await in_use().query(
            'INSERT INTO cash_count (id, truck, moment, satang_each, pieces, "by", at)'
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (truck, moment, satang_each)"
            " DO UPDATE SET pieces = excluded.pieces RETURNING id",
            new_id(), truck, moment, each, many, by, at,
        )  # fmt: skip
        rows.append((CashCount, str(row["id"])))
    return rows


async def depart(truck_id: str, *, by: str, at: datetime) -> rules.Departed:
    """With all that is wanted, or was decided to stay. Again changes nothing.

    Refused: `NotAllLoaded` with what is missing, `LotSuspended` with what must be taken off.
    """
    async with transaction():
        truck = await claim(truck_id)
        [row] = await in_use().query("SELECT grams FROM truck_aboard WHERE truck = {}", truck.id)
        departed = rules.Departed(truck.id, row["grams"])
        if truck.departed_at:
            return departed
        lines = await manifest.load_list(truck)
        if bad := sorted({line.lot_code for line in lines if line.loading and not line.stands}):
            raise refusals.LotSuspended(lots=bad)
        if missing := [line for line in lines if line.is_missing and not line.on_the_way]:
            raise refusals.NotAllLoaded(lots=sorted({line.lot_code for line in missing}))
        id = new_id()
        await insert(Departure(id=id, truck=truck.id, grams=row["grams"], by=by, at=at))
        await trips.begin(truck.day, by=by, at=at)
        await trips.truck_is(truck.day, truck.truck, "departed", by=by, at=at)
        log.append(departed, (Departure, id), subject=truck.id, by=by, at=at)
    return departed
