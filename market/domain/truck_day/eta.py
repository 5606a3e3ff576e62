"""When buyers may expect the truck: from where it was last, by what trucks really took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from certification.basis.units import THAILAND
from market.domain.fleet import queries as fleet
from market.domain.trips import queries as trips
from market.domain.trips.check import check
from market.domain.trips.learned_legs import (
    LEGS_MIN,
    Factor,
    Learned,
    Range,
    Step,
    eta_range,
    today,
)
from market.domain.trips.parts import place_of
from market.domain.trips.problem import BASE, BREAK, Visit
from market.domain.trips.queries import Published
from market.domain.trips.ways import is_corrected
from market.domain.truck_day import driven, queries
from market.domain.truck_day.driven import Visited
from market.domain.truck_day.queries import ETA_SPREAD_MINUTES, Stop, TruckView

TAUGHT_BY = timedelta(weeks=8)
"""How old a leg may be to tell how long one takes."""
FIVE_MINUTES = 300


class Told(msgspec.Struct, frozen=True):
    """Minutes after midnight between which it comes eight times of ten, and by when that is so."""

    earliest: int
    latest: int
    at: datetime


async def stops(of: TruckView, at: datetime) -> list[Stop]:
    """With what is known now; before enough was driven, with what was planned."""
    known = await ranges(of, at)
    return [
        msgspec.structs.replace(
            one, earliest_minute=known[one.place].earliest, latest_minute=known[one.place].latest,
            told_at=known[one.place].at,
        )
        if one.is_ahead and one.place in known else one
        for one in await queries.stops(of)
    ]  # fmt: skip


async def expected(at: datetime) -> dict[str, Stop]:
    """Of all operators' trucks today, by place: what buyers may know."""
    found, on = dict[str, Stop](), at.astimezone(THAILAND).date()
    for day in await trips.told_days(on):
        if day.on == on and day.state != "cancelled":
            for ride in await queries.trucks_of(day.id):
                for one in await stops(ride, at):
                    if one.planned_minute is not None or one.arrived_at or one.cancelled:
                        found.setdefault(one.place, one)
    return found


async def ranges(of: TruckView, at: datetime) -> dict[str, Told]:
    """Of the stops ahead; empty where fewer than eight legs were driven so far."""
    plan = await trips.published_plan(of.day)
    number = _number(plan, of.truck)
    if plan is None or number is None or of.closed_at or of.state == "broken_down":
        return {}
    alike = is_corrected(plan.problem.roads)
    learned = Learned(await driven.taught(of.operator, of.on - TAUGHT_BY, corrected=alike))
    if learned.legs < LEGS_MIN:
        return {}
    base = (await fleet.truck(of.truck)).base
    way = _Way(plan, number, base, learned, await driven.visited(of.id), of)
    legs = [
        (round(planned * way.factor(start, end, metres, hour).middle), took)
        for start, end, metres, planned, took, hour in await driven.of_truck(of.id)
    ]
    found = eta_range(way.leaves_s, way.steps, today(legs))
    now_s = _second(at, of.on)
    return {
        id: _told(range_, now_s, at if range_.late < now_s else way.said_at)
        for id, range_ in zip(way.ids, found, strict=True)
        if id in way.stops
    }


def _number(plan: Published | None, truck: str) -> int | None:
    trucks = [one.id for one in plan.problem.trucks] if plan else []
    return trucks.index(truck) if truck in trucks else None


def _told(found: Range, now_s: int, at: datetime) -> Told:
    """To five minutes, never so narrow that it is false, and never over already."""
    early = max(found.early, now_s if found.late < now_s else 0) // FIVE_MINUTES * 5
    late = -(-max(found.late, now_s) // FIVE_MINUTES) * 5
    return Told(early, max(late, early + ETA_SPREAD_MINUTES), at)


def _second(at: datetime, on: date) -> int:
    """Of the day, Bangkok; before the day 0."""
    local = at.astimezone(THAILAND)
    return local.hour * 3600 + local.minute * 60 + local.second if local.date() == on else 0


class _Way:
    """What is ahead of a truck, from its last visit or from the base."""

    def __init__(
        self, plan: Published, number: int, base: str, learned: Learned, seen: Sequence[Visited],
        of: TruckView,
    ) -> None:  # fmt: skip
        self.problem, self.base, self.learned, self.on = plan.problem, base, learned, of.on
        self.truck = plan.problem.trucks[number]
        self.visit = {visit.id: visit for visit in plan.problem.visits}
        self.place = {visit.id: n for n, visit in enumerate(plan.problem.visits, start=1)}
        self.stops = {id for id, visit in self.visit.items() if visit.kind == "stop"}
        self.begins = {one.id: one.start_s for one in plan.visits}
        self.leaves_s, self.said_at = _leaves(plan, number, seen, of, self.visit)
        known = [one.id for one in seen if one.id in self.visit]
        self.start = known[-1] if known else ""
        ids = plan.plan.routes[number]
        done = {*self.truck.made, *(id for id in ids if place_of(id) in known)}
        past = max((at for at, id in enumerate(ids) if id in done), default=-1)
        self.ids: list[str] = []
        self.steps: list[Step] = []
        self._ahead(id for id in ids[past + 1 :] if id not in done)

    def factor(self, start: str, end: str, metres: int, hour: int) -> Factor:
        return self.learned.factor(start, end, metres, self.on.weekday(), hour)

    def _ahead(self, ids: Iterable[str]) -> None:
        here, name = self.place.get(self.start, self.truck.start), self.start or self.base
        for id in ids:
            if id == BREAK and self.truck.rest:
                self._rests(self.truck.rest.seconds)
                continue
            there = self.place.get(id, self.truck.start)
            metres = self.problem.metres[here][there]
            hour = self.begins.get(id, self.leaves_s) // 3600
            factor = self.factor(name, self.base if id == BASE else place_of(id), metres, hour)
            stays, opens = self._stays(id)
            self.ids.append(id)
            self.steps.append(Step(self.problem.seconds[here][there], factor, stays, opens))
            here, name = there, self.base if id == BASE else place_of(id)

    def _rests(self, seconds: int) -> None:
        if self.steps:
            last = self.steps[-1]
            self.steps[-1] = msgspec.structs.replace(last, stays_s=last.stays_s + seconds)
        else:
            self.leaves_s += seconds

    def _stays(self, id: str) -> tuple[int, int]:
        if id == BASE:
            reload = self.truck.reload
            return (reload.service_s, reload.open[0]) if reload else (0, 0)
        visit, begins = self.visit[id], self.begins.get(id, 0)
        opens = [window[0] for window in visit.windows if window[0] <= begins <= window[1]]
        promised = visit.promised[0] if visit.promised else 0
        return visit.service_s, max([visit.ready_s, promised, *opens[:1]])


def _leaves(
    plan: Published, number: int, seen: Sequence[Visited], of: TruckView, visits: dict[str, Visit]
) -> tuple[int, datetime]:
    """When it drives on, and by what was pressed or published last."""
    last = seen[-1] if seen else None
    if last and last.left_at:
        return _second(last.left_at, of.on), last.left_at
    if last:
        stays = visits[last.id].service_s if last.id in visits else 0
        return _second(last.arrived_at, of.on) + stays, last.arrived_at
    if of.departed_at:
        return _second(of.departed_at, of.on), of.departed_at
    published = plan.version.published_at or plan.version.at
    return check(plan.problem, plan.plan).leave_base[number], published
