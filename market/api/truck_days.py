"""Days of the truck: made, filled, planned, put in order, published; for their operators."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run
from market.access import deeds, trucks, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.domain.trips import by_hand, commands, queries, rules, versions
from market.domain.trips.check import Checked
from market.domain.trips.evaluate import evaluate
from market.domain.trips.problem import Plan
from market.domain.trips.rules import (
    DayCancelled,
    DayLotSet,
    DayMade,
    DayStopSet,
    DayTruckSet,
    KeepVersion,
    MakeDay,
    PlanTold,
    SetDayLot,
    SetDayStop,
    SetDayTruck,
    VersionKept,
)
from market.domain.trips.views import DayHead, DayView, RunView, VersionHead
from market.gateways import planner

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]
Ask = Request[Any, Any, Any]


class Effort(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seconds: Annotated[int, msgspec.Meta(ge=1, le=rules.SECONDS_MAX)] = 10
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**31)] = 0


class Begun(msgspec.Struct, frozen=True):
    run: str


class PlanOfDay(msgspec.Struct, frozen=True):
    head: VersionHead
    plan: Plan
    visits: tuple[queries.PlannedVisit, ...]


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For each truck of the plan the ids in the order of visiting."""

    routes: Annotated[
        tuple[Annotated[tuple[str, ...], msgspec.Meta(max_length=500)], ...],
        msgspec.Meta(max_length=40),
    ]


class Kept(Order, frozen=True, forbid_unknown_fields=True):
    id: str


@get("/api/v1/truck-days", opt={"op": "trip.read"}, tags=["truck days"], summary="From a day on")
async def list_days(
    permit: Mine, operator: FromQuery[str], since: FromQuery[date]
) -> list[DayHead]:
    permit.check(await whose.of_group(operator))
    return await queries.days(operator, since)


@post("/api/v1/truck-days", opt={"op": "trip.keep"}, tags=["truck days"], summary="Make a day")
async def make_day(data: JSONBody[MakeDay], permit: Mine, at: At) -> DayMade:
    permit.check(await whose.of_group(data.operator))
    deeds.ensure_storable(data, data.id)
    return await run(commands.make_day, data, by=permit.person, at=at)


@get("/api/v1/truck-days/{day:str}", opt={"op": "trip.read"}, tags=["truck days"],
     summary="Its trucks, stops and lots")  # fmt: skip
async def read_day(day: FromPath[str], permit: Mine) -> DayView:
    _, place = await trucks.day(day)
    permit.check(place)
    return await queries.day(day)


@put("/api/v1/truck-days/{day:str}/trucks", opt={"op": "trip.keep"}, tags=["truck days"],
     summary="A truck takes part, with hours and driver")  # fmt: skip
async def set_truck(
    day: FromPath[str], data: JSONBody[SetDayTruck], permit: Mine, at: At
) -> DayTruckSet:
    _, place = await trucks.day(day)
    permit.check(place)
    deeds.ensure_storable(data)
    asked = msgspec.structs.replace(data, day=day)
    return await run(commands.set_truck, asked, by=permit.person, at=at)


@put("/api/v1/truck-days/{day:str}/stops", opt={"op": "trip.keep"}, tags=["truck days"],
     summary="A stop with one window")  # fmt: skip
async def set_stop(
    day: FromPath[str], data: JSONBody[SetDayStop], permit: Mine, at: At
) -> DayStopSet:
    _, place = await trucks.day(day)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    asked = msgspec.structs.replace(data, day=day)
    return await run(commands.set_stop, asked, by=permit.person, at=at)


@put("/api/v1/truck-days/{day:str}/lots", opt={"op": "trip.keep"}, tags=["truck days"],
     summary="What is taken along for passers-by")  # fmt: skip
async def set_lot(day: FromPath[str], data: JSONBody[SetDayLot], permit: Mine, at: At) -> DayLotSet:
    _, place = await trucks.day(day)
    permit.check(place)
    deeds.ensure_storable(data)
    asked = msgspec.structs.replace(data, day=day)
    return await run(commands.set_lot, asked, by=permit.person, at=at)


@put("/api/v1/truck-days/{day:str}/cancellation", opt={"op": "trip.keep"}, tags=["truck days"],
     summary="Call the day off")  # fmt: skip
async def cancel_day(day: FromPath[str], permit: Mine, at: At) -> DayCancelled:
    _, place = await trucks.day(day)
    permit.check(place)
    return await run(commands.cancel_day, day, by=permit.person, at=at)


@post("/api/v1/truck-days/{day:str}/plans", opt={"op": "plan.make"}, tags=["truck days"],
      summary="Begin planning; ask for the run how far it is")  # fmt: skip
async def plan_day(request: Ask, day: FromPath[str], data: JSONBody[Effort], permit: Mine) -> Begun:
    _, place = await trucks.day(day)
    permit.check(place)
    state = request.app.state
    begun = await planner.start(
        state.settings, day, data.seconds, by=permit.person, clock=state.clock, seed=data.seed
    )
    return Begun(begun)


@get("/api/v1/truck-days/{day:str}/run", opt={"op": "trip.read"}, tags=["truck days"],
     summary="The last planning: under way, or what came of it")  # fmt: skip
async def read_run(day: FromPath[str], permit: Mine) -> RunView:
    _, place = await trucks.day(day)
    permit.check(place)
    found = await queries.last_run(day)
    if found is None:
        raise NotThere
    return found


@put("/api/v1/truck-days/{day:str}/run/{run_id:str}/cancellation", opt={"op": "plan.make"},
     tags=["truck days"], summary="Call it off; what it found so far is kept")  # fmt: skip
async def call_off(day: FromPath[str], run_id: FromPath[str], permit: Mine, at: At) -> RunView:
    _, place = await trucks.day(day)
    permit.check(place)
    found = await queries.last_run(day)
    if found is None or found.id != run_id:
        raise NotThere
    await run(versions.call_off, day, found.id, at=at)
    return await queries.last_run(day) or found


@get("/api/v1/truck-days/{day:str}/plans", opt={"op": "trip.read"}, tags=["truck days"],
     summary="Versions, the newest first")  # fmt: skip
async def list_plans(day: FromPath[str], permit: Mine) -> list[VersionHead]:
    _, place = await trucks.day(day)
    permit.check(place)
    return await queries.versions(day)


@get("/api/v1/truck-days/{day:str}/plans/{version:str}", opt={"op": "trip.read"},
     tags=["truck days"], summary="One version with its visits")  # fmt: skip
async def read_plan(day: FromPath[str], version: FromPath[str], permit: Mine) -> PlanOfDay:
    _, place = await trucks.day(day)
    permit.check(place)
    found = await queries.version_of(day, _number(version))
    return PlanOfDay(found.head, found.plan, queries.visits(found.problem, found.plan))


@post("/api/v1/truck-days/{day:str}/plans/{version:str}/evaluation", opt={"op": "plan.make"},
      tags=["truck days"], summary="What another order would break; nothing is stored")  # fmt: skip
async def evaluate_order(
    day: FromPath[str], version: FromPath[str], data: JSONBody[Order], permit: Mine
) -> Checked:
    _, place = await trucks.day(day)
    permit.check(place)
    found = await queries.version_of(day, _number(version))
    return evaluate(found.problem, data.routes)


@post("/api/v1/truck-days/{day:str}/plans/{version:str}/order", opt={"op": "plan.make"},
      tags=["truck days"], summary="Keep that order as a version, whatever it breaks")  # fmt: skip
async def keep_order(
    day: FromPath[str], version: FromPath[str], data: JSONBody[Kept], permit: Mine, at: At
) -> VersionKept:
    """409 where somebody kept another version meanwhile; only one that breaks nothing can be
    published."""
    head, place = await trucks.day(day)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    rules.ensure_not_begun(head.state)
    arranged = await by_hand.arranged(day, _number(version), data.routes)
    of = arranged.version
    asked = KeepVersion(data.id, day, of.head.version, "reordered", of.head.seed)
    return await run(versions.keep, asked, of.problem, arranged.plan, by=permit.person, at=at)


@put("/api/v1/truck-days/{day:str}/plans/{version:str}/publication", opt={"op": "plan.publish"},
     tags=["truck days"], summary="Publish the newest version")  # fmt: skip
async def publish_plan(
    day: FromPath[str], version: FromPath[str], permit: Mine, at: At
) -> PlanTold:
    _, place = await trucks.day(day)
    permit.check(place)
    found = await queries.version_of(day, _number(version))
    return await run(versions.publish, found.head.id, by=permit.person, at=at)


def _number(version: str) -> int:
    if not (version.isascii() and version.isdecimal() and len(version) < 7):
        raise NotThere
    return int(version)


DOORS: list[Any] = [
    list_days, make_day, read_day, set_truck, set_stop, set_lot, cancel_day, plan_day, read_run,
    call_off, list_plans, read_plan, evaluate_order, keep_order, publish_plan,
]  # fmt: skip
