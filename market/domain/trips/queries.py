"""Days of the truck, what is to be collected and handed over on each, and their plans."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

import msgspec

from certification.basis.database import Row, in_use
from certification.basis.units import THAILAND
from market.domain.orders.queries import DUE
from market.domain.trips import rules
from market.domain.trips.check import check
from market.domain.trips.check_drive import Seen
from market.domain.trips.parts import place_of
from market.domain.trips.problem import Plan, Problem
from market.domain.trips.views import (
    DayHead,
    DayLotView,
    DayStopView,
    DayTruckView,
    DayView,
    PreOrder,
    RunView,
    VersionHead,
)

T = TypeVar("T")
DAY = 'SELECT id, operator, "on", state, template FROM truck_day'
TOLD_DAYS = (
    'SELECT d.id, d.operator, d."on", d.state, d.template FROM truck_day d WHERE d."on" >= {}'
    " AND EXISTS (SELECT 1 FROM plan_version v JOIN plan_published p ON p.version = v.id"
    ' WHERE v.day = d.id) ORDER BY d."on", d.id'
)
TRUCKS = (
    "SELECT id, truck, driver, starts_minute, ends_minute, break_minutes, break_from_minute,"
    " break_until_minute, state, cold FROM day_truck WHERE day = {} ORDER BY at, id"
)
STOPS = (
    "SELECT id, place, opens_minute, closes_minute, required, on_truck, state, cause FROM day_stop"
    " WHERE day = {} ORDER BY opens_minute, at, id"
)
LOTS = "SELECT lot, at_base, walk_up_grams FROM day_lot WHERE day = {} ORDER BY at, id"
PRE_ORDERS = (
    f"SELECT c.place, o.id AS order_id, o.code, o.buyer, o.rail, {DUE} AS due_satang, o.state,"  # noqa: S608  (constants)
    " pl.id AS line, p.id AS"
    " product, p.name_th, p.name_en, l.id AS lot, l.code AS lot_code, l.crop,"
    " COALESCE(l.plot, '') AS plot, COALESCE(l.farmer, '') AS farmer,"
    " pl.grams, pl.satang, o.placed_at, c.pickup_from, c.pickup_until, p.cold,"
    " p.crate_grams, p.shelf_life_days, l.harvested_on FROM cycle y"
    " JOIN cycle_place c ON c.cycle = y.id"
    ' JOIN preorder o ON o.stop = c.id JOIN preorder_line pl ON pl."order" = o.id'
    " JOIN offer f ON f.id = pl.offer JOIN lot l ON l.id = f.lot JOIN product p ON p.id = f.product"
    " WHERE y.merchant = {} AND c.pickup_from < {} AND c.pickup_until > {} AND o.state IN"
    " ('confirmed', 'handed_over') AND pl.grams > 0 ORDER BY c.place, o.code, l.code, pl.id"
)
VERSION = (
    "SELECT v.id, v.day, v.version, v.engine, v.seed, v.roads, v.cost_satang, v.proved, v.faults,"
    ' v.because, v."by", v.at, p.at AS published_at FROM plan_version v'
    " LEFT JOIN plan_published p ON p.version = v.id"
)


class Version(msgspec.Struct, frozen=True):
    head: VersionHead
    problem: Problem
    plan: Plan


class PlannedVisit(msgspec.Struct, frozen=True):
    """One visit of a plan as the checker drove it: seconds after midnight, Bangkok."""

    truck: str
    seq: int
    id: str
    """As in the problem: the plot's or the place's id, or a word that begins with `base`."""
    kind: str
    """plot, stop"""
    arrive_s: int
    start_s: int
    leave_s: int
    goods: dict[str, int]
    """Grams by `crop:LOTCODE` (`gathered.goods_key`): loaded at a plot, handed over at a stop."""
    load: dict[str, int]
    """What is aboard when leaving."""


class Published(msgspec.Struct, frozen=True):
    version: VersionHead
    problem: Problem
    plan: Plan
    visits: tuple[PlannedVisit, ...]


async def head(id: str) -> DayHead:
    """NoSuchDay."""
    rows = await in_use().query(f"{DAY} WHERE id = {{}}", id)
    if not rows:
        raise rules.NoSuchDay()
    return _head(rows[0])


async def day(id: str) -> DayView:
    """NoSuchDay."""
    found = await head(id)
    trucks = [_as(DayTruckView, row) for row in await in_use().query(TRUCKS, id)]
    stops = [_as(DayStopView, row) for row in await in_use().query(STOPS, id)]
    lots = [_as(DayLotView, row) for row in await in_use().query(LOTS, id)]
    said = msgspec.structs.asdict(found)
    return DayView(**said, trucks=tuple(trucks), stops=tuple(stops), lots=tuple(lots))


async def day_on(operator: str, on: date) -> DayHead | None:
    rows = await in_use().query(f'{DAY} WHERE operator = {{}} AND "on" = {{}}', operator, on)
    return _head(rows[0]) if rows else None


async def days(operator: str, since: date) -> list[DayHead]:
    """The newest first."""
    rows = await in_use().query(
        f'{DAY} WHERE operator = {{}} AND "on" >= {{}} ORDER BY "on" DESC, id', operator, since
    )
    return [_head(row) for row in rows]


async def told_days(since: date) -> list[DayHead]:
    """Of all operators, those of which a plan was published, cancelled ones too."""
    rows = await in_use().query(TOLD_DAYS, since)
    return [_head(row) for row in rows]


def _head(row: Row) -> DayHead:
    return _as(DayHead, row)


def _as(kind: type[T], row: Row) -> T:
    return msgspec.convert(row, kind, strict=False)


async def pre_orders(day: DayHead, places: tuple[str, ...]) -> list[PreOrder]:
    """Lines to be fetched at these stops that day; those handed over stay in the list."""
    begins = datetime(day.on.year, day.on.month, day.on.day, tzinfo=THAILAND)
    rows = await in_use().query(PRE_ORDERS, day.operator, begins + timedelta(days=1), begins)
    here = [row for row in rows if row["place"] in set(places)]
    return [_as(PreOrder, {"order": row["order_id"], **row}) for row in here]


async def orders_of_stop(day: str, place: str) -> list[PreOrder]:
    """The lines of each order in the order of their codes."""
    return await pre_orders(await head(day), (place,))


async def newest(day: str) -> int:
    """The number of the newest version; 0 where there is none."""
    [row] = await in_use().query(
        "SELECT COALESCE(MAX(version), 0) AS version FROM plan_version WHERE day = {}", day
    )
    return int(row["version"])


async def versions(day: str) -> list[VersionHead]:
    """The newest first."""
    rows = await in_use().query(f"{VERSION} WHERE v.day = {{}} ORDER BY v.version DESC", day)
    return [_as(VersionHead, row) for row in rows]


async def version(id: str) -> Version:
    """NoSuchVersion."""
    return await _version("v.id = {}", id)


async def version_of(day: str, number: int) -> Version:
    """NoSuchVersion."""
    return await _version("v.day = {} AND v.version = {}", day, number)


async def _version(where: str, *values: object) -> Version:
    rows = await in_use().query(f"{VERSION} WHERE {where}", *values)
    if not rows:
        raise rules.NoSuchVersion()
    [texts] = await in_use().query(
        "SELECT problem, plan FROM plan_version WHERE id = {}", rows[0]["id"]
    )
    return Version(
        _as(VersionHead, rows[0]),
        msgspec.json.decode(texts["problem"], type=Problem),
        msgspec.json.decode(texts["plan"], type=Plan),
    )


async def published_plan(day: str) -> Published | None:
    """The one that was published last; None before."""
    rows = await in_use().query(
        f"{VERSION} WHERE v.day = {{}} AND p.at IS NOT NULL ORDER BY v.version DESC LIMIT 1", day
    )
    if not rows:
        return None
    found = await version(rows[0]["id"])
    return Published(found.head, found.problem, found.plan, visits(found.problem, found.plan))


def visits(problem: Problem, plan: Plan) -> tuple[PlannedVisit, ...]:
    """As the checker drives them, truck by truck; parts of a plot that follow one another are one
    visit of it."""
    known = {visit.id: visit for visit in problem.visits}
    seen = check(problem, plan).days
    found: list[PlannedVisit] = []
    for truck, driven in zip(problem.trucks, seen, strict=True):
        mine: list[PlannedVisit] = []
        for one in (step for step in driven if step.visit in known):
            id, goods = place_of(one.visit), known[one.visit].goods
            if mine and mine[-1].id == id:
                mine[-1] = _with_part(mine[-1], goods, one)
            else:
                mine.append(PlannedVisit(
                    truck.id, len(mine) + 1, id, known[one.visit].kind, one.arrive, one.begin,
                    one.leave, goods, one.aboard,
                ))  # fmt: skip
        found += mine
    return tuple(found)


def _with_part(of: PlannedVisit, goods: dict[str, int], part: Seen) -> PlannedVisit:
    whole = dict(of.goods)
    for key, grams in goods.items():
        whole[key] = whole.get(key, 0) + grams
    return msgspec.structs.replace(of, goods=whole, leave_s=part.leave, load=part.aboard)


async def last_run(day: str) -> RunView | None:
    rows = await in_use().query(
        'SELECT id, day, seconds, found, cost_satang, outcome, version, "by", at, ended_at'
        " FROM plan_run WHERE day = {} ORDER BY at DESC, id DESC LIMIT 1",
        day,
    )
    return _as(RunView, rows[0]) if rows else None
