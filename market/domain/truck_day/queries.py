"""A truck's day as it stands: which stops, what must be aboard, what is, and who still waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from certification.basis.database import Row, in_use
from certification.basis.units import THAILAND
from market.domain.places import queries as places
from market.domain.trips import queries as trips
from market.domain.trips.queries import PlannedVisit, Published
from market.domain.truck_day.refusals import NoSuchStop, NoSuchTruckDay


class TruckView(msgspec.Struct, frozen=True):
    """One truck on one day; its id is the day truck's."""

    id: str
    day: str
    operator: str
    on: date
    day_state: str
    truck: str
    name: str
    capacity_grams: int
    driver: str | None
    state: str
    departed_at: datetime | None
    closed_at: datetime | None

    def at(self, minute: int) -> datetime:
        """That minute after midnight of the day, Bangkok."""
        midnight = datetime(self.on.year, self.on.month, self.on.day, tzinfo=THAILAND)
        return midnight + timedelta(minutes=minute)


class Stop(msgspec.Struct, frozen=True):
    """`seq` in the order of the published plan; times in minutes after midnight."""

    place: str
    name_th: str
    name_en: str
    seq: int
    windows: list[tuple[int, int]]
    planned_minute: int | None
    earliest_minute: int | None
    """Since the last mishap; before it the planned minute and a little more."""
    latest_minute: int | None
    told_at: datetime | None
    """When that was said: by a plan, or since."""
    cancelled: bool
    arrived_at: datetime | None
    left_at: datetime | None

    @property
    def is_here(self) -> bool:
        return self.arrived_at is not None and self.left_at is None

    @property
    def is_ahead(self) -> bool:
        return self.arrived_at is None and not self.cancelled

    @property
    def misses_window(self) -> bool:
        """By what was said last."""
        late = self.latest_minute
        return late is not None and not any(a <= late <= b for a, b in self.windows)


TRUCK = (
    'SELECT d.id, d.day, t.operator, t."on", t.state AS day_state, d.truck, k.name,'
    " k.capacity_grams, d.driver, d.state, p.at AS departed_at, c.at AS closed_at FROM day_truck d"
    " JOIN truck_day t ON t.id = d.day JOIN truck k ON k.id = d.truck"
    " LEFT JOIN truck_departure p ON p.truck = d.id LEFT JOIN truck_closed c ON c.truck = d.id"
)
ETAS = (
    "SELECT e.place, e.earliest_minute, e.latest_minute, e.at FROM stop_eta e"
    " WHERE e.truck = {} ORDER BY e.at DESC, e.id DESC"
)


async def truck(id: str) -> TruckView:
    """By its own id; NoSuchTruckDay."""
    rows = await in_use().query(f"{TRUCK} WHERE d.id = {{}}", id)
    if not rows:
        raise NoSuchTruckDay()
    return msgspec.convert(rows[0], TruckView, strict=False)


async def trucks_of(day: str) -> list[TruckView]:
    rows = await in_use().query(f"{TRUCK} WHERE d.day = {{}} ORDER BY d.at, d.id", day)
    return [msgspec.convert(row, TruckView, strict=False) for row in rows]


async def trucks_since(operator: str, since: date) -> list[TruckView]:
    """The newest day first."""
    rows = await in_use().query(
        f'{TRUCK} WHERE t.operator = {{}} AND t."on" >= {{}} ORDER BY t."on" DESC, d.at, d.id',
        operator, since,
    )  # fmt: skip
    return [msgspec.convert(row, TruckView, strict=False) for row in rows]


async def stops(of: TruckView) -> list[Stop]:
    """Of this truck, in the order of the plan; those cancelled or added since at the end."""
    day, plan = await trips.day(of.day), await trips.published_plan(of.day)
    planned = {v.id: v for v in (*await _inherited(of, plan), *route(of, plan))}
    elsewhere = {v.id for v in plan.visits} - planned.keys() if plan else set()
    mine = [
        row for row in day.stops
        if row.place in planned
        or (row.place not in elsewhere and row.on_truck in (None, of.truck))
    ]  # fmt: skip
    said_at = plan.version.published_at if plan else None
    visits = {row["place"]: row for row in await in_use().query(
        "SELECT place, arrived_at, left_at FROM stop_visit WHERE truck = {}", of.id
    )}  # fmt: skip
    etas: dict[str, Row] = {}
    for row in await in_use().query(ETAS, of.id):
        etas.setdefault(row["place"], row)
    found = []
    for place in dict.fromkeys(row.place for row in mine):
        windows = sorted((r.opens_minute, r.closes_minute) for r in mine if r.place == place)
        cancelled = all(r.state == "cancelled" for r in mine if r.place == place)
        known = await places.place(place)
        visit, eta, seen = planned.get(place), etas.get(place, {}), visits.get(place, {})
        minute = visit.start_s // 60 if visit else None
        first = _first(minute, windows)
        found.append(Stop(
            place, known.name_th, known.name_en, visit.seq if visit else 0, windows, minute,
            eta.get("earliest_minute", minute), eta.get("latest_minute", first),
            eta.get("at", said_at), cancelled, seen.get("arrived_at"), seen.get("left_at"),
        ))  # fmt: skip
    found.sort(key=lambda stop: (stop.seq == 0, stop.seq, stop.windows))
    return [msgspec.structs.replace(stop, seq=at) for at, stop in enumerate(found, 1)]


ETA_SPREAD_MINUTES = 10
"""Nobody is told a false exact minute."""


def _first(minute: int | None, windows: list[tuple[int, int]]) -> int | None:
    """The end of the range in which buyers may expect it: never after the window closes."""
    if minute is None:
        return None
    closes = [b for a, b in windows if a <= minute <= b]
    return min([minute + ETA_SPREAD_MINUTES, *closes])


def route(of: TruckView, plan: Published | None) -> list[PlannedVisit]:
    if plan is None:
        return []
    return sorted((v for v in plan.visits if v.truck == of.truck), key=lambda v: v.seq)


async def _inherited(of: TruckView, plan: Published | None) -> list[PlannedVisit]:
    """Stops follow the goods: of trucks that handed theirs on to this one."""
    rows = await in_use().query(
        "SELECT DISTINCT d.truck FROM truck_handed_on h JOIN day_truck d ON d.id = h.truck"
        " WHERE h.to_truck = {}",
        of.id,
    )
    given = {row["truck"] for row in rows}
    return [visit for visit in plan.visits if visit.truck in given] if plan else []


async def stop(of: TruckView, place: str) -> Stop:
    """NoSuchStop."""
    for one in await stops(of):
        if one.place == place:
            return one
    raise NoSuchStop()


async def moved(day: str) -> dict[str, str]:
    """By order, the stop where it waits now."""
    rows = await in_use().query(
        'SELECT n."order", n.to_place FROM no_show n JOIN day_truck d ON d.id = n.truck'
        " WHERE d.day = {} AND n.decision = 'move' ORDER BY n.at, n.id",
        day,
    )
    return {row["order"]: row["to_place"] for row in rows}


async def visit(truck: str, place: str) -> str | None:
    """The id of the truck's stay there, under way or over."""
    rows = await in_use().query(
        "SELECT id FROM stop_visit WHERE truck = {} AND place = {}", truck, place
    )
    return str(rows[0]["id"]) if rows else None
