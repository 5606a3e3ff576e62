"""A season's inspectors: plans, their panels, and what who was asked answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.assignment import answers, commands, plans, queries
from certification.assignment.plans import (
    Adopted,
    Arrange,
    AskOverride,
    Decline,
    Move,
    OfferSwap,
    OverrideAsked,
    OverrideSigned,
    Proposed,
    SeatAccepted,
    SeatDeclined,
    SeatMoved,
    SwapAnswered,
    SwapOffered,
)
from certification.assignment.queries import OverrideView, PlanView, SeatView
from certification.basis.transaction import run
from certification.inspections.rules import InspectionAssigned
from market.access import deeds, members, seasons, whose
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Reason = Annotated[str, msgspec.Meta(max_length=plans.REASON_LETTERS_MAX)]


class Propose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    season: int
    """The year of the common era."""
    scheme: str


class Seat(msgspec.Struct, frozen=True):
    seat: SeatView
    against: list[str]
    """What has come to stand against who sits there."""
    overrides: list[OverrideView]


class Plan(msgspec.Struct, frozen=True):
    plan: PlanView
    seats: list[Seat]


class Revision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    revision: int


class Sit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    revision: int
    person: str = ""
    """Empty: nobody."""


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    person: str
    observer: str
    reason: Reason


class Day(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    """Becomes the visit's."""
    plot: str
    planned_on: date
    kind: Literal["initial", "annual"]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accept: bool
    reason: Reason = ""


class Swap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    theirs: str


class SwapWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agreed: bool


@get(
    "/api/v1/groups/{id:str}/season-plans",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="Plans of inspectors of a group or network, the newest season first",
)
async def read_plans(id: FromPath[str], permit: Mine) -> list[PlanView]:
    permit.check(await whose.of_group(id))
    return await queries.of_organ(id)


@post(
    "/api/v1/season-plans",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="Propose inspectors for all plots that wait; proposed again, the newer one stands",
)
async def propose(data: JSONBody[Propose], permit: Mine, at: Now) -> Proposed:
    permit.check(await whose.of_group(data.organ))
    deeds.ensure_storable(data, data.id)
    kept = await seasons.proposed(data.id, data.organ, data.season, data.scheme, at)
    return await run(commands.keep, kept, by=permit.person, at=at)


@get(
    "/api/v1/season-plans/{id:str}",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="A plan with every seat, who sits there, and what stands against it by now",
)
async def read_plan(id: FromPath[str], permit: Mine, at: Now) -> Plan:
    found, place = await seasons.plan(id)
    permit.check(place)
    standing = await queries.standing(found, at)
    seats = await queries.seats(id)
    over: dict[str, list[OverrideView]] = {}
    for one in await queries.overrides(seat.id for seat in seats):
        over.setdefault(one.seat, []).append(one)
    return Plan(found, [
        Seat(
            one,
            list(standing.against[one.id].why) if one.id in standing.against else [],
            over.get(one.id, []),
        )
        for one in seats
    ])  # fmt: skip


@put(
    "/api/v1/season-plans/{id:str}/adoption",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="Adopt a plan as it was read: everybody on it is asked",
)
async def adopt(id: FromPath[str], data: JSONBody[Revision], permit: Mine, at: Now) -> Adopted:
    _, place = await seasons.plan(id)
    permit.check(place)
    return await run(commands.adopt, id, data.revision, by=permit.person, at=at)


@post(
    "/api/v1/season-plans/{id:str}/days",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="A day for a panel that has agreed: it becomes a visit",
)
async def set_day(
    id: FromPath[str], data: JSONBody[Day], permit: Mine, at: Now
) -> InspectionAssigned:
    _, place = await seasons.plan(id)
    permit.check(place)
    asked = Arrange(data.id, id, data.plot, data.planned_on, data.kind)
    return await deeds.once(commands.arrange, asked, InspectionAssigned, by=permit.person, at=at)


@put(
    "/api/v1/season-seats/{id:str}",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="Somebody else, or nobody, on a seat",
)
async def move(id: FromPath[str], data: JSONBody[Sit], permit: Mine, at: Now) -> SeatMoved:
    found, place = await seasons.seat(id)
    permit.check(place)
    if data.person:
        plan = await queries.plan(found.plan)
        await members.ensure_within(permit, [data.person], [plan.organ], at)
    wanted = Move(id, data.person, data.revision)
    return await run(commands.move, wanted, by=permit.person, at=at)


@post(
    "/api/v1/season-seats/{id:str}/overrides",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="Ask that somebody sits there against a rule: a second signs, somebody observes",
)
async def ask(id: FromPath[str], data: JSONBody[Override], permit: Mine, at: Now) -> OverrideAsked:
    found, place = await seasons.seat(id)
    permit.check(place)
    plan = await queries.plan(found.plan)
    await members.ensure_within(permit, [data.person, data.observer], [plan.organ], at)
    asked = AskOverride(data.id, id, data.person, data.reason, data.observer)
    return await deeds.once(commands.ask_override, asked, OverrideAsked, by=permit.person, at=at)


@put(
    "/api/v1/season-overrides/{id:str}/signature",
    opt={"op": "inspection.assign"},
    tags=["seasons"],
    summary="Sign an override as the second",
)
async def sign(id: FromPath[str], permit: Mine, at: Now) -> OverrideSigned:
    _, place = await seasons.override(id)
    permit.check(place)
    return await run(commands.sign_override, id, by=permit.person, at=at)


@get(
    "/api/v1/season-seats",
    opt={"op": "inspection.do"},
    tags=["seasons"],
    summary="Where you are asked to inspect, or have agreed to",
)
async def read_mine(permit: Mine) -> list[SeatView]:
    return await queries.asked(permit.person)


@put(
    "/api/v1/season-seats/{id:str}/answer",
    opt={"op": "inspection.do"},
    tags=["seasons"],
    summary="Yes; or no, with a reason for who keeps the plan",
)
async def answer(
    id: FromPath[str], data: JSONBody[Answer], permit: Mine, at: Now
) -> SeatAccepted | SeatDeclined:
    await seasons.seat_mine(id, permit)
    deeds.ensure_storable(data)
    if data.accept:
        return await run(answers.accept, id, by=permit.person, at=at)
    return await run(answers.decline, Decline(id, data.reason), by=permit.person, at=at)


@post(
    "/api/v1/season-seats/{id:str}/swaps",
    opt={"op": "inspection.do"},
    tags=["seasons"],
    summary="Offer your seat for another's",
)
async def offer(id: FromPath[str], data: JSONBody[Swap], permit: Mine, at: Now) -> SwapOffered:
    found = await seasons.seat_mine(id, permit)
    near = [one.id for one in await queries.seats(found.plan)]
    asked = OfferSwap(data.id, id, data.theirs if data.theirs in near else id)
    return await deeds.once(answers.offer, asked, SwapOffered, by=permit.person, at=at)


@put(
    "/api/v1/season-swaps/{id:str}",
    opt={"op": "inspection.do"},
    tags=["seasons"],
    summary="Agree to a swap, or refuse it",
)
async def answer_swap(
    id: FromPath[str], data: JSONBody[SwapWord], permit: Mine, at: Now
) -> SwapAnswered:
    await seasons.swap_mine(id, permit)
    return await run(answers.answer, id, agreed=data.agreed, by=permit.person, at=at)


DOORS = [
    read_plans, propose, read_plan, adopt, set_day, move, ask, sign, read_mine, answer, offer,
    answer_swap,
]  # fmt: skip
