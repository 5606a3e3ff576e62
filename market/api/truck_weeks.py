"""A week of the truck planned at once, by how often each stop wishes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from market.access import trucks, whose
from market.access.permit import Permit
from market.domain.trips import weeks
from market.domain.trips.problem import Plan
from market.domain.trips.weeks import WeekView
from market.gateways import week_planner

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]
Ask = Request[Any, Any, Any]
TAGS = ["truck days"]
AT = "/api/v1/truck-weeks"
SECONDS_MAX = 30


class Wished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    operator: str
    begins: date
    seconds: Annotated[int, msgspec.Meta(ge=1, le=SECONDS_MAX)] = 5
    """For each day."""


class Begun(msgspec.Struct, frozen=True):
    week: str


class DayOfWeek(msgspec.Struct, frozen=True):
    on: date
    there: bool
    trucks: tuple[str, ...]
    plan: Plan


class WeekPlan(msgspec.Struct, frozen=True):
    run: WeekView
    days: tuple[DayOfWeek, ...]
    """Empty before it is planned."""
    visits: dict[str, tuple[date, ...]]
    lacking: dict[str, int]


class Adopted(msgspec.Struct, frozen=True):
    days: list[str]


@post(AT, opt={"op": "plan.make"}, tags=TAGS, summary="Begin to plan seven days")
async def plan_week(request: Ask, data: JSONBody[Wished], permit: Mine) -> Begun:
    permit.check(await whose.of_group(data.operator))
    state = request.app.state
    begun = await week_planner.start(
        state.settings, data.operator, data.begins, data.seconds, by=permit.person,
        clock=state.clock,
    )  # fmt: skip
    return Begun(begun)


@get(f"{AT}/{{week:str}}", opt={"op": "trip.read"}, tags=TAGS, summary="How far it is, or its plan")
async def read_week(week: FromPath[str], permit: Mine) -> WeekPlan:
    found, place = await trucks.week(week)
    permit.check(place)
    made = await weeks.answer(found.id)
    if made is None:
        return WeekPlan(found, (), {}, {})
    days = tuple(
        DayOfWeek(one.on, one.there, tuple(truck.id for truck in one.problem.trucks), one.plan)
        for one in made.days
    )
    visits = {id: tuple(days[n].on for n in each) for id, each in made.visits.items()}
    return WeekPlan(found, days, visits, made.lacking)


@put(f"{AT}/{{week:str}}/cancellation", opt={"op": "plan.make"}, tags=TAGS, summary="Call it off")
async def call_off(week: FromPath[str], permit: Mine, at: At) -> WeekView:
    found, place = await trucks.week(week)
    permit.check(place)
    await run(weeks.end, found.id, "cancelled", at=at)
    return await weeks.week(found.id)


@put(f"{AT}/{{week:str}}/adoption", opt={"op": "trip.keep"}, tags=TAGS,
     summary="Make its days, with their trucks and stops")  # fmt: skip
async def adopt(week: FromPath[str], permit: Mine, at: At) -> Adopted:
    found, place = await trucks.week(week)
    permit.check(place)
    return Adopted(await run(weeks.adopt, found.id, by=permit.person, at=at))


DOORS: list[Any] = [plan_week, read_week, call_off, adopt]
