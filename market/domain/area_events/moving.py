"""A stop of the truck that would stand in the water goes to another place: on its day or another of
the same operator, and with it the places of the operator's own rounds that are fetched there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import transaction
from certification.basis.units import THAILAND
from market.domain.area_events import queries, rules
from market.domain.area_events.rules import ProposalAnswered, ProposalView
from market.domain.area_events.tables import AreaProposal
from market.domain.offers import editing
from market.domain.offers.editing import MovePlace, ReasonNeeded
from market.domain.places import queries as places
from market.domain.trips import commands as trips
from market.domain.trips import queries as days
from market.domain.trips.rules import NoSuchDay, SetDayStop


class StopOver(Refusal):
    """Its hours are over, or somebody took it out of the day."""

    code = "area_events.stop_over"


class InItToo(Invalid):
    """The other place lies in the same event, or is the same."""

    code = "area_events.in_it_too"


class MoveStop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    proposal: str
    place: str
    day: str
    """Of the truck; its own, or another that is planned or published."""
    because: str


class Standing(msgspec.Struct, frozen=True):
    """A stop of a day as it is now."""

    day: str
    on: date
    place: str
    opens_minute: int
    closes_minute: int
    required: bool
    state: str


async def move(asked: MoveStop, *, by: str, at: datetime) -> ProposalAnswered:
    """By one press, and once: the buyers are told by the deed that closes a place of a round."""
    async with transaction():
        known = await queries.proposal(asked.proposal)
        event, made = ProposalAnswered(known.id, known.kind, "done"), following(known.id, "moved")
        if not await in_use().query(
            "UPDATE area_proposal SET state = 'done', answered_by = {}, answered_at = {}"
            " WHERE id = {} AND state = 'open' RETURNING id",
            by, at, known.id,
        ):  # fmt: skip
            if await _goes_there(made, asked):
                return event
            raise rules.AnsweredAlready
        stop = await _ahead(known.subject, at)
        await _ensure_dry(known, stop, asked)
        to = await days.head(asked.day)
        if to.operator != known.organ:
            raise NoSuchDay()
        if _ends(to.on, stop.closes_minute) <= at:
            raise StopOver
        wished = SetDayStop(
            made, to.id, asked.place, stop.opens_minute, stop.closes_minute, stop.required
        )
        await trips.set_stop(wished, by=by, at=at)
        await trips.cancel_stop(stop.day, known.subject, asked.because, by=by, at=at)
        for cycle, place in await _rounds(known.organ, stop, at):
            there = MovePlace(cycle, place, asked.place, (to.on - stop.on).days, asked.because)
            await editing.move_place(there, by=by, at=at)
        log.append(event, (AreaProposal, known.id), subject=known.event, by=by, at=at)
    return event


async def standing(id: str) -> Standing | None:
    """None where it was taken out while the day was being planned."""
    rows = await in_use().query(
        'SELECT s.day, t."on", s.place, s.opens_minute, s.closes_minute, s.required, s.state'
        " FROM day_stop s JOIN truck_day t ON t.id = s.day WHERE s.id = {}",
        id,
    )
    return Standing(**{**rows[0], "required": bool(rows[0]["required"])}) if rows else None


async def _ahead(id: str, at: datetime) -> Standing:
    stop = await standing(id)
    if stop is None or stop.state != "planned" or _ends(stop.on, stop.closes_minute) <= at:
        raise StopOver
    return stop


def _ends(on: date, minute: int) -> datetime:
    return datetime.combine(on, time(), THAILAND) + timedelta(minutes=minute)


async def _goes_there(made: str, asked: MoveStop) -> bool:
    there = await standing(made)
    return there is not None and (there.place, there.day) == (asked.place, asked.day)


async def _ensure_dry(known: ProposalView, stop: Standing, asked: MoveStop) -> None:
    if not asked.because.strip():
        raise ReasonNeeded(field="because")
    tambons = (await queries.event(known.event)).tambons
    if asked.place == stop.place or (await places.public_place(asked.place)).tambon in tambons:
        raise InItToo(field="place")


async def _rounds(operator: str, stop: Standing, at: datetime) -> list[tuple[str, str]]:
    """Of the operator's own, those that are fetched there on that day and not over."""
    begins = datetime.combine(stop.on, time(), THAILAND)
    rows = await in_use().query(
        "SELECT c.id AS cycle, p.id AS stop FROM cycle_place p JOIN cycle c ON c.id = p.cycle"
        " WHERE p.place = {} AND p.closed_at IS NULL AND p.pickup_from >= {} AND p.pickup_from < {}"
        " AND p.pickup_until > {} AND c.merchant = {}"
        " AND c.state NOT IN ('cancelling', 'cancelled') ORDER BY c.id, p.id",
        stop.place, begins, begins + timedelta(days=1), at, operator,
    )  # fmt: skip
    return [(row["cycle"], row["stop"]) for row in rows]
