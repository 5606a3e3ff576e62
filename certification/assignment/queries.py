"""A season's plan as it stands, with what has come to stand against it since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from certification.assignment import explain, gathered, plans
from certification.assignment.explain import Excluded
from certification.assignment.rules import Place
from certification.assignment.seating import Seating
from certification.assignment.tables import (
    InspectorCard,
    SeasonPlan,
    SeasonSeat,
    SeatOverride,
    SeatSaid,
    SeatSwap,
)
from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.inspections.tables import Inspection
from certification.people.tables import HouseholdMember
from certification.schemes import queries as schemes


class PlanView(msgspec.Struct, frozen=True):
    id: str
    organ: str
    season: int
    scheme_version: str
    seed: int
    state: str
    revision: int
    digest: str
    by: str
    at: datetime
    adopted_by: str | None
    adopted_at: datetime | None


class SeatView(msgspec.Struct, frozen=True):
    id: str
    plan: str
    plot: str
    application: str
    seat: str
    number: int
    person: str | None
    state: str
    inspection: str | None
    at: datetime


class SaidView(msgspec.Struct, frozen=True):
    seat: str
    person: str
    word: str
    reason: str | None
    by: str
    at: datetime


class SwapView(msgspec.Struct, frozen=True):
    id: str
    mine: str
    theirs: str
    by: str
    other: str
    state: str


class OverrideView(msgspec.Struct, frozen=True):
    id: str
    seat: str
    person: str
    why: str
    reason: str
    observer: str
    by: str
    at: datetime
    signed_by: str | None
    signed_at: datetime | None


class CardView(msgspec.Struct, frozen=True):
    person: str
    seats: str
    most: int | None
    employer: str | None


async def plan(id: str) -> PlanView:
    row = await SeasonPlan.select().where(SeasonPlan.id == id).first()
    if row is None:
        raise plans.PlanMissing(plan=id)
    return as_view(PlanView, row)


async def of_organ(organ: str) -> list[PlanView]:
    """The newest season first."""
    rows = await (
        SeasonPlan.select()
        .where(SeasonPlan.organ == organ)
        .order_by(SeasonPlan.season, ascending=False)
    )
    return [as_view(PlanView, row) for row in rows]


async def seats(plan: str) -> list[SeatView]:
    return await _seats(SeasonSeat.plan == plan)


async def seat(id: str) -> SeatView:
    found = await _seats(SeasonSeat.id == id)
    if not found:
        raise plans.SeatMissing(seat=id)
    return found[0]


async def asked(person: str) -> list[SeatView]:
    """Where somebody is asked or has agreed, in plans that were adopted."""
    return await _seats(
        (SeasonSeat.person == person) & SeasonSeat.state.is_in(["asked", "accepted"])
    )


async def said(seats: Iterable[str]) -> list[SaidView]:
    """The oldest first."""
    if not (ids := [*seats]):
        return []
    rows = (
        await SeatSaid.select().where(SeatSaid.seat.is_in(ids)).order_by(SeatSaid.at, SeatSaid.id)
    )
    return [as_view(SaidView, row) for row in rows]


async def swap(id: str) -> SwapView:
    row = await SeatSwap.select().where(SeatSwap.id == id).first()
    if row is None:
        raise plans.SwapGone
    return as_view(SwapView, row)


async def swaps_of(person: str) -> list[SwapView]:
    """Offered to or by somebody, and not answered."""
    rows = await (
        SeatSwap.select()
        .where(
            ((SeatSwap.by == person) | (SeatSwap.other == person)) & (SeatSwap.state == "offered")
        )
        .order_by(SeatSwap.at, SeatSwap.id)
    )
    return [as_view(SwapView, row) for row in rows]


async def override(id: str) -> OverrideView:
    row = await SeatOverride.select().where(SeatOverride.id == id).first()
    if row is None:
        raise plans.SeatMissing(seat=id)
    return as_view(OverrideView, row)


async def overrides(seats: Iterable[str]) -> list[OverrideView]:
    if not (ids := [*seats]):
        return []
    rows = await SeatOverride.select().where(SeatOverride.seat.is_in(ids)).order_by(SeatOverride.at)
    return [as_view(OverrideView, row) for row in rows]


async def signed_on_plot(plot: str) -> list[OverrideView]:
    """For the public page of the plot and its certificates: the newest first."""
    rows = await in_use().query(
        "SELECT o.* FROM season_seat_override o JOIN season_seat s ON s.id = o.seat"
        " WHERE s.plot = {} AND o.signed_at IS NOT NULL ORDER BY o.signed_at DESC, o.id",
        plot,
    )
    return [as_view(OverrideView, row) for row in rows]


async def card(person: str) -> CardView | None:
    row = await InspectorCard.select().where(InspectorCard.person == person).first()
    return as_view(CardView, row) if row else None


async def who_lives(homes: Iterable[str]) -> dict[str, list[str]]:
    """Of a household all who ever lived there; a home that is a person is that person."""
    wanted = list(dict.fromkeys(homes))
    if not wanted:
        return {}
    rows = await HouseholdMember.select().where(HouseholdMember.household.is_in(wanted))
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["household"], []).append(row["person"])
    return {home: found.get(home, [home]) for home in wanted}


class Standing(msgspec.Struct, frozen=True):
    """A plan's seats with what stands against who sits there now."""

    seating: Seating
    places: dict[str, int]
    """By seat's id, its number in the seating."""
    against: dict[str, Excluded]
    """By seat's id; an override that was signed is left out."""


async def standing(plan: PlanView, at: datetime) -> Standing:
    """Facts of now: relations told since, roles ended, visits planned otherwise."""
    found = await seats(plan.id)
    version = await schemes.version(plan.scheme_version)
    land = [*dict.fromkeys(one.plot for one in found)]
    season = await gathered.season(
        plan.organ, plan.season, version, land, seed=plan.seed, at=at,
        but=[one.inspection for one in found if one.inspection],
    )  # fmt: skip
    seating = explain.seated(season, ())
    places = _numbered(found, seating)
    number = {person.person: at for at, person in enumerate(seating.people)}
    for one in found:
        if one.person in number:
            seating.sit(places[one.id], number[one.person])
    signed = {(o.seat, o.person): o.why for o in await overrides(places) if o.signed_at}
    against = {
        one.id: why
        for one in found
        if one.person and (why := _against(seating, places[one.id], one.person, number)).why
        if not {*why.why} <= {*signed.get((one.id, one.person), "").split()}
    }
    return Standing(seating, places, against)


def _against(seating: Seating, seat: int, person: str, number: dict[str, int]) -> Excluded:
    """Who has left the role is named so."""
    if person not in number:
        return Excluded(person, ("left",))
    seating.rise(seat)
    found = explain.against(seating, seat, number[person])
    seating.sit(seat, number[person])
    return found


def _numbered(found: list[SeatView], seating: Seating) -> dict[str, int]:
    lands = {land.plot: at for at, land in enumerate(seating.lands)}
    return {one.id: seating.of_land[lands[one.plot]][one.number] for one in found}


def placed(found: Iterable[SeatView]) -> list[Place]:
    return [Place(one.plot, one.seat, one.person) for one in found]


async def _seats(condition: Any) -> list[SeatView]:
    rows = await (
        SeasonSeat.select()
        .where(condition)
        .order_by(SeasonSeat.plan, SeasonSeat.plot, SeasonSeat.number)
    )
    return await _without_cancelled([as_view(SeatView, row) for row in rows])


async def _without_cancelled(found: list[SeatView]) -> list[SeatView]:
    """A visit that was called off leaves its panel free for another day."""
    visits = sorted({one.inspection for one in found if one.inspection})
    if not visits:
        return found
    rows = await Inspection.select(Inspection.id).where(
        Inspection.id.is_in(visits) & (Inspection.state == "cancelled")
    )
    off = {row["id"] for row in rows}
    return [
        msgspec.structs.replace(one, inspection=None) if one.inspection in off else one
        for one in found
    ]


async def service(person: str, first: date, last: date) -> list[dict[str, Any]]:
    """Visits that somebody signed within these days, with when they began and ended."""
    return await in_use().query(
        "SELECT i.id, i.plot, i.planned_on, i.started_at, i.ended_at, m.seat FROM inspection i"
        " JOIN inspection_member m ON m.inspection = i.id"
        " WHERE m.person = {} AND m.signed_at IS NOT NULL AND i.state = 'signed'"
        " AND i.planned_on >= {} AND i.planned_on <= {} ORDER BY i.started_at, i.id",
        person, first, last,
    )  # fmt: skip
