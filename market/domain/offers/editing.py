"""A round is changed: freely until it opens, after that only where no promise is broken."""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_bytes

import msgspec
from msgspec.structs import replace
from piccolo.table import Table

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import transaction
from certification.basis.units import Instant
from market.domain.offers import queries, refusals, room, rules
from market.domain.offers.commands import stop_row
from market.domain.offers.queries import CycleView
from market.domain.offers.refusals import NoSuchStop, OtherPlace
from market.domain.offers.rules import PickUp
from market.domain.offers.tables import Cycle, CyclePlace, CycleReason
from market.domain.places.queries import public_place

CHANGE = (
    "UPDATE cycle SET name_th = {}, name_en = {}, opens_at = {}, closes_at = {}, hold_minutes = {},"
    " deposit_percent = {}"
    " WHERE id = {} AND opens_at = {} AND closes_at = {} AND state IN ('planned', 'open')"
    " RETURNING id"
)


class PromiseBroken(Refusal):
    """So many orders rest on what was said."""

    code = "offers.promise_broken"


class ReasonNeeded(Invalid):
    code = "offers.reason_needed"


class ChangeCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cycle: str
    name_th: str
    name_en: str
    opens_at: Instant
    closes_at: Instant
    hold_minutes: int
    because: str = ""
    """Needed where ordering closes later than was said."""
    deposit_percent: int | None = None
    """Of orders from now on; None: no deposit."""


class ChangePlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cycle: str
    stop: str
    pickup_from: Instant
    pickup_until: Instant
    capacity_orders: int | None = None
    capacity_grams: int | None = None


class AddPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    """Of the place in the round."""
    cycle: str
    where: PickUp


class ClosePlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cycle: str
    stop: str
    because: str


class MovePlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To `place`, at the same hours, so many days `later`."""

    cycle: str
    stop: str
    place: str
    days_later: int
    because: str


class CycleChanged(msgspec.Struct, frozen=True, tag="offers.cycle_changed"):
    cycle: str
    opens_at: datetime
    closes_at: datetime


class PlaceChanged(msgspec.Struct, frozen=True, tag="offers.place_changed"):
    cycle: str
    stop: str
    orders: int


class PlaceShut(msgspec.Struct, frozen=True, tag="offers.place_shut"):
    """Nobody is served there; `orders` choose another place or get credit."""

    cycle: str
    stop: str
    orders: int
    instead: str = ""
    """The place of the round that takes its place."""


async def change(asked: ChangeCycle, *, by: str, at: datetime) -> CycleChanged:
    """PromiseBroken where it was to close, and orders stand, or to open, and it is open."""
    async with transaction():
        cycle = await queries.cycle(asked.cycle)
        rules.ensure_before_closing(cycle.times, at)
        orders = sum(one.orders for one in await room.rooms(cycle.id))
        ensure_kept(asked, cycle, orders, at)
        rules.ensure_cycle(_as_asked(asked, cycle), at)
        new = await in_use().query(
            CHANGE, asked.name_th, asked.name_en, asked.opens_at, asked.closes_at,
            asked.hold_minutes, asked.deposit_percent, cycle.id, cycle.opens_at, cycle.closes_at,
        )  # fmt: skip
        if not new:  # somebody changed it, or it closed, at this moment
            raise PromiseBroken(field="closes_at", orders=orders)
        changed = CycleChanged(cycle.id, asked.opens_at, asked.closes_at)
        rows: list[tuple[type[Table], str]] = [(Cycle, cycle.id)]
        if at >= cycle.opens_at and asked.closes_at > cycle.closes_at:
            later = f"later {log.instant(asked.closes_at)}"
            rows.append(await _why(cycle.id, None, asked.because, later, by=by, at=at))
        log.append(changed, *rows, subject=cycle.id, by=by, at=at)
    return changed


async def _why(
    cycle: str, stop: str | None, because: str, what: str, *, by: str, at: datetime
) -> tuple[type[Table], str]:
    row = CycleReason(
        id=following(stop or cycle, what), cycle=cycle, stop=stop, because=because.strip(),
        salt=token_bytes(log.SALT_BYTES_MIN), by=by, at=at,
    )  # fmt: skip
    await insert(row)
    return CycleReason, row.id


def ensure_kept(asked: ChangeCycle, cycle: CycleView, orders: int, at: datetime) -> None:
    if at < cycle.opens_at:
        return
    if asked.opens_at != cycle.opens_at:
        raise PromiseBroken(field="opens_at", orders=orders)
    if asked.closes_at < cycle.closes_at:
        raise PromiseBroken(field="closes_at", orders=orders)
    if asked.closes_at > cycle.closes_at and not asked.because.strip():
        raise ReasonNeeded(field="because")


def _as_asked(asked: ChangeCycle, cycle: CycleView) -> rules.OpenCycle:
    first, *more = [one.as_asked() for one in cycle.stops]
    return rules.OpenCycle(
        cycle.id, cycle.merchant, asked.name_th, asked.name_en, first.place, asked.opens_at,
        asked.closes_at, first.pickup_from, first.pickup_until, asked.hold_minutes, None,
        first.capacity_orders, first.capacity_grams, tuple(more), asked.deposit_percent,
    )  # fmt: skip


async def change_place(asked: ChangePlace, *, by: str, at: datetime) -> PlaceChanged:
    """Other hours only while nobody has ordered for it; less room only down to what is taken."""
    async with transaction():
        cycle, stop = await _stop(asked.cycle, asked.stop)
        wished = PickUp(
            stop.place, asked.pickup_from, asked.pickup_until, asked.capacity_orders,
            asked.capacity_grams,
        )  # fmt: skip
        rules.ensure_stop(wished, cycle.opens_at, cycle.closes_at)
        [taken] = await in_use().query(
            "UPDATE cycle_room SET orders = orders WHERE stop = {} RETURNING orders, grams", stop.id
        )
        same = (stop.pickup_from, stop.pickup_until) == (wished.pickup_from, wished.pickup_until)
        if taken["orders"] and not same:
            raise PromiseBroken(field="pickup_from", orders=taken["orders"])
        for limit, said in (("orders", asked.capacity_orders), ("grams", asked.capacity_grams)):
            if said is not None and said < taken[limit]:
                raise PromiseBroken(field=f"capacity_{limit}", orders=taken["orders"])
        await in_use().query(
            "UPDATE cycle_room SET orders_max = {}, grams_max = {} WHERE stop = {}",
            asked.capacity_orders, asked.capacity_grams, stop.id,
        )  # fmt: skip
        await in_use().query(
            "UPDATE cycle_place SET pickup_from = {}, pickup_until = {}, capacity_orders = {},"
            " capacity_grams = {} WHERE id = {}",
            wished.pickup_from, wished.pickup_until, asked.capacity_orders, asked.capacity_grams,
            stop.id,
        )  # fmt: skip
        changed = PlaceChanged(cycle.id, stop.id, taken["orders"])
        log.append(changed, (CyclePlace, stop.id), subject=cycle.id, by=by, at=at)
    return changed


async def add_place(asked: AddPlace, *, by: str, at: datetime) -> PlaceChanged:
    """Until ordering closes."""
    async with transaction():
        cycle = await queries.cycle(asked.cycle)
        rules.ensure_before_closing(cycle.times, at)
        rules.ensure_stop(asked.where, cycle.opens_at, cycle.closes_at)
        if (await public_place(asked.where.place)).network not in await queries.selling_as(
            cycle.merchant
        ):
            raise OtherPlace(place=asked.where.place)
        if any(one.id == asked.id for one in cycle.stops):
            return PlaceChanged(cycle.id, asked.id, 0)
        begins = {(one.place, one.pickup_from) for one in cycle.stops}
        if (asked.where.place, asked.where.pickup_from) in begins:
            raise refusals.PlaceTwice(field="place")
        row = stop_row(asked.id, cycle.id, asked.where)
        await insert(row)
        await room.lay([row])
        changed = PlaceChanged(cycle.id, row.id, 0)
        log.append(changed, (CyclePlace, row.id), subject=cycle.id, by=by, at=at)
    return changed


async def close_place(asked: ClosePlace, *, by: str, at: datetime) -> PlaceShut:
    """Its orders are told: they choose another place, or get credit. Again changes nothing."""
    return await _shut(asked, "", by=by, at=at)


async def move_place(asked: MovePlace, *, by: str, at: datetime) -> PlaceShut:
    """After the cut-off too: whoever ordered for it is told where it is instead, and says yes by
    choosing it, or has credit. Again changes nothing."""
    async with transaction():
        cycle, stop = await _stop(asked.cycle, asked.stop)
        where = replace(stop.as_asked(timedelta(days=asked.days_later)), place=asked.place)
        rules.ensure_stop(where, cycle.opens_at, cycle.closes_at)
        begins = (where.place, where.pickup_from)
        there = [one.id for one in cycle.stops if (one.place, one.pickup_from) == begins]
        instead = there[0] if there else following(stop.id, f"to {where.place}")
        if not there:
            row = stop_row(instead, cycle.id, where)
            await insert(row)
            await room.lay([row])
            made = PlaceChanged(cycle.id, row.id, 0)
            log.append(made, (CyclePlace, row.id), subject=cycle.id, by=by, at=at)
        return await _shut(ClosePlace(cycle.id, stop.id, asked.because), instead, by=by, at=at)


async def _shut(asked: ClosePlace, instead: str, *, by: str, at: datetime) -> PlaceShut:
    async with transaction():
        cycle, stop = await _stop(asked.cycle, asked.stop)
        if not asked.because.strip():
            raise ReasonNeeded(field="because")
        rows = [one for one in await room.rooms(cycle.id) if one.stop == stop.id]
        shut = PlaceShut(cycle.id, stop.id, rows[0].orders, instead)
        if await room.shut(stop.id, at):
            why = await _why(cycle.id, stop.id, asked.because, "shut", by=by, at=at)
            log.append(shut, (CyclePlace, stop.id), why, subject=cycle.id, by=by, at=at)
    return shut


async def _stop(cycle: str, stop: str) -> tuple[CycleView, rules.CycleStop]:
    found = await queries.cycle(cycle)
    for one in found.stops:
        if one.id == stop:
            return found, one
    raise NoSuchStop()
