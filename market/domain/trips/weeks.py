"""A week as it was planned: how far it is, what came of it, and the days that are made of it."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import Instant
from market.domain.fleet import queries as fleet
from market.domain.places import queries as places
from market.domain.trips import commands, rules
from market.domain.trips.problem import Plan, Problem
from market.domain.trips.rules import GRACE_S, MakeDay, SetDayStop, SetDayTruck
from market.domain.trips.tables import WeekRun

RUN = (
    'SELECT id, operator, begins, seconds, days, done, outcome, adopted_at, "by", at, ended_at'
    " FROM week_run"
)


class WeekDay(msgspec.Struct, frozen=True):
    on: date
    there: bool
    """It was made before, and stays as it is."""
    problem: Problem
    plan: Plan


class WeekAnswer(msgspec.Struct, frozen=True):
    days: tuple[WeekDay, ...]
    visits: dict[str, tuple[int, ...]]
    """Of each stop the days, by their place in `days`."""
    wishes: dict[str, int]
    lacking: dict[str, int]


class WeekView(msgspec.Struct, frozen=True):
    id: str
    operator: str
    begins: date
    seconds: int
    days: int
    done: int
    outcome: str | None
    adopted_at: Instant | None
    by: str
    at: Instant
    ended_at: Instant | None

    def is_under_way(self, at: Instant) -> bool:
        """A planning whose process went with its machine is over when its time is."""
        return self.outcome is None and (at - self.at).total_seconds() < self.limit_s + GRACE_S

    @property
    def limit_s(self) -> int:
        """Of wall time: each day its seconds, and some to begin."""
        return self.seconds * self.days + 10


async def week(id: str) -> WeekView:
    """NoSuchWeek."""
    rows = await in_use().query(f"{RUN} WHERE id = {{}}", id)
    if not rows:
        raise rules.NoSuchWeek()
    return msgspec.convert(rows[0], WeekView, strict=False)


async def last(operator: str) -> WeekView | None:
    rows = await in_use().query(
        f"{RUN} WHERE operator = {{}} ORDER BY at DESC, id DESC LIMIT 1", operator
    )
    return msgspec.convert(rows[0], WeekView, strict=False) if rows else None


async def answer(id: str) -> WeekAnswer | None:
    """None before it is done."""
    rows = await in_use().query("SELECT answer FROM week_run WHERE id = {}", id)
    said = rows[0]["answer"] if rows else None
    return msgspec.json.decode(said, type=WeekAnswer) if said else None


async def begin(
    id: str, operator: str, begins: date, seconds: int, days: int, *, by: str, at: datetime
) -> None:
    """One at a time of an operator: UnderPlanning."""
    async with transaction():
        before = await last(operator)
        if before and before.is_under_way(at):
            raise rules.UnderPlanning(day=before.id)
        await insert(
            WeekRun(
                id=id, operator=operator, begins=begins, seconds=seconds, days=days, done=0,
                outcome=None, answer=None, adopted_at=None, by=by, at=at, ended_at=None,
            )
        )  # fmt: skip


async def tell(id: str, done: int) -> bool:
    """How many days are planned; false where it was called off meanwhile."""
    rows = await in_use().query(
        "UPDATE week_run SET done = {} WHERE id = {} AND outcome IS NULL RETURNING id", done, id
    )
    return bool(rows)


async def end(id: str, outcome: str, found: WeekAnswer | None = None, *, at: datetime) -> bool:
    """False where it had ended already: its first outcome stays."""
    written = msgspec.json.encode(found, order="deterministic").decode() if found else None
    rows = await in_use().query(
        "UPDATE week_run SET outcome = {}, answer = {}, ended_at = {} WHERE id = {}"
        " AND outcome IS NULL RETURNING id",
        outcome, written, at, id,
    )  # fmt: skip
    return bool(rows)


async def adopt(id: str, *, by: str, at: datetime) -> list[str]:
    """A day for each that is not there yet, with the trucks that drive and the stops they visit.

    Again changes nothing. WeekNotPlanned before that; DayThere where somebody made one of the
    days meanwhile: then none is made.
    """
    async with transaction():
        found, of = await week(id), await answer(id)
        if of is None:
            raise rules.WeekNotPlanned()
        new = [day for day in of.days if not day.there and any(day.plan.routes)]
        ids = [following(id, str(day.on)) for day in new]
        if await in_use().query(
            "UPDATE week_run SET adopted_at = {} WHERE id = {} AND adopted_at IS NULL RETURNING id",
            at, id,
        ):  # fmt: skip
            for day, made in zip(new, ids, strict=True):
                await _make(day, made, found.operator, by=by, at=at)
    return ids


async def _make(day: WeekDay, id: str, operator: str, *, by: str, at: datetime) -> None:
    await commands.make_day(MakeDay(id, operator, day.on), by=by, at=at)
    for truck, ids in zip(day.problem.trucks, day.plan.routes, strict=True):
        shift = (await fleet.truck(truck.id)).shift_on(day.on)
        if ids and shift:
            said = msgspec.structs.asdict(shift)
            said.pop("weekday")
            await commands.set_truck(SetDayTruck(day=id, truck=truck.id, **said), by=by, at=at)
    kinds = {visit.id: visit for visit in day.problem.visits}
    for place in [one for ids in day.plan.routes for one in ids if one in kinds]:
        if kinds[place].kind == "stop":
            for window in (await places.place(place)).windows:
                if window.weekday == day.on.isoweekday():
                    stop = SetDayStop(
                        following(id, f"{place} {window.opens_minute}"), id, place,
                        window.opens_minute, window.closes_minute, kinds[place].required,
                    )  # fmt: skip
                    await commands.set_stop(stop, by=by, at=at)
