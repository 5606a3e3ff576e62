"""At a plot: come, weigh what there is, go on; every gram finds the stop that ordered it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.lots import queries as lots
from market.domain.trips import queries as trips
from market.domain.trips.gathered import lot_of
from market.domain.truck_day import driven, loading, manifest, queries, refusals, rules
from market.domain.truck_day.manifest import LoadLine
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import WALKUP, Collect, Collected, Load
from market.domain.truck_day.stops import ensure_nowhere
from market.domain.truck_day.tables import PlotVisit


class LotThere(msgspec.Struct, frozen=True):
    """What of a lot this truck is to collect, and has."""

    lot: str
    lot_code: str
    name_th: str
    name_en: str
    ordered_grams: int
    planned_grams: int
    """With what the plan takes along for passers-by."""
    loaded_grams: int

    @property
    def is_short(self) -> bool:
        return rules.is_short(self.planned_grams, self.loaded_grams)


class PlotCall(msgspec.Struct, frozen=True):
    """A plot on the truck's way; `seq` among all its visits, times in minutes after midnight."""

    plot: str
    seq: int
    planned_minute: int | None
    arrived_at: datetime | None
    left_at: datetime | None
    lots: list[LotThere]

    @property
    def is_here(self) -> bool:
        return self.arrived_at is not None and self.left_at is None

    @property
    def is_ahead(self) -> bool:
        return self.arrived_at is None

    @property
    def is_short(self) -> bool:
        return any(one.is_short for one in self.lots)

    @property
    def loaded_grams(self) -> int:
        return sum(one.loaded_grams for one in self.lots)


VISITS = "SELECT plot, arrived_at, left_at FROM plot_visit WHERE truck = {}"
LEAVE = (
    "UPDATE plot_visit SET left_at = {}, left_by = {}, grams = {} WHERE truck = {} AND plot = {}"
    " AND left_at IS NULL RETURNING id"
)


async def calls(of: TruckView) -> list[PlotCall]:
    """In the order of the published plan."""
    plan = await trips.published_plan(of.day)
    lines, pressed = await manifest.load_list(of), {
        row["plot"]: row for row in await in_use().query(VISITS, of.id)
    }  # fmt: skip
    found: dict[str, PlotCall] = {}
    for visit in queries.route(of, plan):
        if visit.kind == "plot" and not visit.id.startswith(driven.AT_BASE):
            planned = {lot_of(key): grams for key, grams in visit.goods.items()}
            if known := found.get(visit.id):  # it is passed twice: all is collected the first time
                more = {one.lot_code: one.planned_grams for one in known.lots}
                planned = {code: planned.get(code, 0) + more.get(code, 0) for code in
                           {*planned, *more}}  # fmt: skip
            first, seen = known or visit, pressed.get(visit.id, {})
            minute = known.planned_minute if known else visit.arrive_s // 60
            found[visit.id] = PlotCall(
                visit.id, first.seq, minute, seen.get("arrived_at"), seen.get("left_at"),
                await _there(visit.id, planned, lines),
            )  # fmt: skip
    return list(found.values())


async def _there(plot: str, planned: dict[str, int], lines: list[LoadLine]) -> list[LotThere]:
    """Lots of the plan, and those that were ordered or loaded since."""
    found = {code: [line for line in lines if line.lot_code == code] for code in planned}
    for line in lines:
        if line.lot_code not in found and (await lots.lot(line.lot)).plot == plot:
            found[line.lot_code] = [one for one in lines if one.lot == line.lot]
    return [await _lot(code, planned.get(code, 0), mine) for code, mine in sorted(found.items())]


async def _lot(code: str, planned: int, lines: list[LoadLine]) -> LotThere:
    lot = await lots.by_code(code)
    name = await manifest.name_of(lot.id)
    ordered = sum(line.wanted_grams for line in lines if line.goes_to != WALKUP)
    loaded = sum(line.loaded_grams for line in lines)
    return LotThere(lot.id, code, *name, ordered, max(planned, ordered), loaded)


async def call(of: TruckView, plot: str) -> PlotCall:
    """NoSuchStop."""
    for one in await calls(of):
        if one.plot == plot:
            return one
    raise refusals.NoSuchStop()


async def arrive(truck_id: str, plot: str, *, by: str, at: datetime) -> rules.ArrivedAtPlot:
    """Twice is once. Refused: not departed, a stop or plot before not left."""
    arrived = rules.ArrivedAtPlot(truck_id, plot)
    async with transaction():
        truck = await loading.claim(truck_id)
        if not truck.departed_at:
            raise refusals.NotDeparted()
        there = await call(truck, plot)
        if there.arrived_at:
            return arrived
        await ensure_nowhere(truck)
        leg = await driven.keep(truck, plot, by=by, at=at)
        id, minute = new_id(), there.planned_minute
        await insert(
            PlotVisit(
                id=id, truck=truck.id, plot=plot, arrived_at=at, arrived_by=by, left_at=None,
                left_by=None, grams=None,
                planned_at=None if minute is None else truck.at(minute),
            )
        )  # fmt: skip
        log.append(arrived, (PlotVisit, id), *leg, subject=truck.id, by=by, at=at)
    return arrived


async def collect(wanted: Collect, *, by: str, at: datetime) -> Collected:
    """By the scales, each lot as a whole; said again it is weighed again.

    Orders of the first stop come first, what is over goes along for sale. Refused: not there, a
    suspended lot, too heavy, more than the lot has left.
    """
    do = partial(_collect, wanted, by=by, at=at)
    return await asked.once(wanted.id, "truck_day.collect", wanted, do, Collected, by=by, at=at)


async def _collect(wanted: Collect, *, by: str, at: datetime) -> Collected:
    truck = await loading.claim(wanted.truck)
    there = await call(truck, wanted.plot)
    if not there.is_here:
        raise refusals.NotThere()
    known = {one.lot for one in there.lots}
    for one in wanted.lots:
        if one.lot not in known:
            raise refusals.NotOrderedThere()
        await _weighed(truck, one, by=by, at=at)
    grams = sum(one.grams for one in wanted.lots)
    collected = Collected(truck.id, wanted.plot, len(wanted.lots), grams)
    rows = await in_use().query(
        "SELECT id FROM plot_visit WHERE truck = {} AND plot = {}", truck.id, wanted.plot
    )
    log.append(collected, (PlotVisit, rows[0]["id"]), subject=truck.id, by=by, at=at)
    return collected


async def _weighed(truck: TruckView, one: rules.LotCollected, *, by: str, at: datetime) -> None:
    lines = [line for line in await manifest.load_list(truck) if line.lot == one.lot]
    for line in lines:
        if line.loading:
            await loading.unload(line.loading, truck.id, by=by, at=at)
    left = one.grams
    for line in reversed(lines):  # the list begins with the last stop
        if line.goes_to != WALKUP and (grams := min(left, line.wanted_grams)):
            left -= grams
            await loading.load(Load(new_id(), truck.id, one.lot, line.goes_to, grams), by=by, at=at)
    if left:
        await loading.load(Load(new_id(), truck.id, one.lot, WALKUP, left), by=by, at=at)


async def leave(truck_id: str, plot: str, *, by: str, at: datetime) -> rules.LeftPlot:
    """With what is aboard of its lots, be it nothing. Twice is once."""
    async with transaction():
        truck = await loading.claim(truck_id)
        there = await call(truck, plot)
        if not there.arrived_at:
            raise refusals.NotThere()
        left = rules.LeftPlot(truck.id, plot, there.loaded_grams)
        for row in await in_use().query(LEAVE, at, by, there.loaded_grams, truck.id, plot):
            log.append(left, (PlotVisit, row["id"]), subject=truck.id, by=by, at=at)
    return left
