"""To vote on a case and to decide it, in a meeting that every deed claims first."""

from __future__ import annotations

import secrets
from datetime import datetime

import msgspec

from certification.applications import commands as applications
from certification.applications import queries as application_queries
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.conversion import commands as conversion
from certification.conversion.rules import Shorten, Shortened
from certification.decisions import ballots, queries, rules, votes
from certification.decisions.queries import Case
from certification.decisions.rules import Concluded, Decide, Decided
from certification.decisions.tables import Decision, DecisionCrop, HandCount, Vote, VoteStruck
from certification.decisions.votes import (
    CastVote,
    CountHands,
    Hands,
    HandsWereCounted,
    Voted,
    VoteWasStruck,
)
from certification.inspections import layers
from certification.inspections import queries as inspections
from certification.meetings import commands as meetings
from certification.meetings import queries as held
from certification.meetings.queries import MeetingView
from certification.meetings.rules import AgendaChanged, OffTheAgenda, Withdraw, ensure_in_time


async def vote(data: CastVote, *, by: str, at: datetime) -> Voted:
    """Once, by somebody present; who is too near to the farmer may only stand back. Whoever stands
    back after voting has the vote struck, as long as nothing is decided.

    `by` is the voter, or the secretary who counted hands.
    """
    event, id = Voted(data.meeting, data.application, data.person, data.value), new_id()
    async with transaction():
        view = await meetings.under_way(data.meeting)
        if data.value == "recused" and await _struck(data, by=by, at=at):
            return event
        case = await _in_hand(view, data.application)
        _, too_near = await queries.recused(data.application, view.held_on)
        assembly = await queries.assembly(view.id, data.application)
        barred = await queries.voted_before(case) if case.one_vote else {}
        votes.ensure_may_vote(data, assembly.present, too_near, barred)
        if assembly.hands is not None and data.value != "recused":
            raise votes.HandsCounted(application=data.application)
        new = await in_use().query(
            "INSERT INTO vote (id, meeting, application, person, value, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (meeting, application, person) DO NOTHING RETURNING id",
            id, data.meeting, data.application, data.person, data.value, by, at,
        )  # fmt: skip
        if not new:
            raise votes.VotedAlready(person=data.person)
        log.append(event, (Vote, id), subject=data.meeting, by=by, at=at)
    return event


async def count_hands(data: CountHands, *, by: str, at: datetime) -> HandsWereCounted:
    """Instead of votes by name; it holds while nobody comes, goes or stands back."""
    event = HandsWereCounted(
        data.meeting, data.application, data.votes_for, data.votes_against, data.abstained
    )
    async with transaction():
        view = await meetings.under_way(data.meeting)
        await _in_hand(view, data.application)
        cause, _ = await queries.cause(data.application, view.held_on)
        assembly = await queries.assembly(view.id, data.application)
        may = votes.judges(cause, assembly)
        if any(value != "recused" for value in assembly.votes.values()):
            raise votes.HandsCounted(application=data.application)
        hands = Hands(data.votes_for, data.votes_against, data.abstained, votes.digest(may))
        votes.ensure_hands(hands, may)
        await insert(HandCount(
            id=data.id, meeting=view.id, application=data.application,
            votes_for=data.votes_for, votes_against=data.votes_against,
            abstained=data.abstained, judges=hands.judges, by=by, at=at,
            seq=await ballots.counts(view.id, data.application) + 1,
        ))  # fmt: skip
        log.append(event, (HandCount, data.id), subject=data.meeting, by=by, at=at)
    return event


async def decide(data: Decide, *, by: str, at: datetime) -> Decided:
    """What the votes and the dates say. Approved by the last body and rejected are final."""
    async with transaction():
        view = await meetings.under_way(data.meeting)
        case = await _in_hand(view, data.application)
        cause, settings = await queries.cause(data.application, view.held_on)
        days = settings.meeting_typed_late_days
        ensure_in_time(view.held_on, local_day(view.opened_at), days=days)
        assembly = await queries.assembly(view.id, data.application)
        houses = await application_queries.households(case.group, view.held_on)
        rules.ensure_large_enough(houses, settings)
        made = rules.decide(data, cause, assembly, settings, case.step)
        rows = await _write(data, made, turn=len(case.decided) + 1, by=by, at=at)
        log.append(made.event, *rows, subject=data.application, by=by, at=at)
        if not made.event.then:
            await applications.mark_decided(data.application, by=by, at=at)
    return made.event


async def withdraw(data: Withdraw, *, by: str, at: datetime) -> AgendaChanged:
    """Off the agenda of this meeting. The votes on a case count for nothing then, and it waits as
    before; also where its land or its sheet is not as it should be."""
    async with transaction():
        if data.what == "case":
            await _on_the_agenda(await meetings.under_way(data.meeting), data.of)
        return await meetings.withdraw(data, by=by, at=at)


async def shorten(data: Shorten, *, by: str, at: datetime) -> Shortened:
    """A conversion made shorter on evidence: by the body that decides last, with its quorum, while
    the case is before it and nothing is decided yet."""
    async with transaction():
        view = await meetings.under_way(data.meeting)
        case = await _in_hand(view, data.application)
        cause, settings = await queries.cause(data.application, view.held_on)
        days = settings.meeting_typed_late_days
        ensure_in_time(view.held_on, local_day(view.opened_at), days=days)
        assembly = await queries.assembly(view.id, data.application)
        rules.ensure_shortens(data, cause, assembly, settings, case.step)
        return await conversion.shorten(data, by=by, at=at)


async def _struck(data: CastVote, *, by: str, at: datetime) -> bool:
    """Whether there was a vote that standing back takes away; said twice is said once."""
    made = await queries.of_meeting(data.meeting)
    if any(one.application == data.application for one in made):
        raise votes.RecusedTooLate(application=data.application)
    cast, id = await ballots.vote_of(data.meeting, data.application, data.person), new_id()
    if cast is None:
        return False
    event = VoteWasStruck(data.meeting, data.application, data.person)
    struck = await in_use().query(
        "INSERT INTO vote_struck (id, vote, by, at) VALUES ({}, {}, {}, {})"
        " ON CONFLICT (vote) DO NOTHING RETURNING id",
        id, cast, by, at,
    )  # fmt: skip
    if struck:
        log.append(event, (VoteStruck, id), subject=data.meeting, by=by, at=at)
    return True


async def _write(
    data: Decide, made: Concluded, *, turn: int, by: str, at: datetime
) -> list[tuple[type[Decision] | type[DecisionCrop], str]]:
    event = made.event
    await insert(Decision(
        id=data.id, meeting=data.meeting, application=data.application, turn=turn,
        body=event.body, final=not event.then, outcome=event.outcome, stage=event.stage or None,
        present=event.present, quorum_needed=event.quorum_needed,
        votes_for=event.votes_for, votes_against=event.votes_against,
        abstained=event.abstained, recused=event.recused,
        snapshot=msgspec.json.encode(made.snapshot).decode(), reason=data.reason,
        by=by, at=at, salt=secrets.token_bytes(16),
    ))  # fmt: skip
    scope = [(crop, True) for crop in event.crops] + [(crop, False) for crop in made.left_out]
    crops = [
        DecisionCrop(id=new_id(), decision=data.id, crop=crop, approved=passed)
        for crop, passed in scope
    ]
    if crops:
        await insert(*crops)
    return [(Decision, data.id), *((DecisionCrop, str(one.id)) for one in crops)]


async def _in_hand(view: MeetingView, application: str) -> Case:
    """On the agenda, inspected by the day of the meeting, and the land as it was seen."""
    case = await _on_the_agenda(view, application)
    if case.seen_on is None or case.seen_on > view.held_on:
        raise rules.InspectedAfterTheMeeting(inspected_on=str(case.seen_on))
    if changed := await queries.land_changed(case, view.held_on):
        raise changed(plot=case.plot)
    await _ensure_not_sent_back(case)
    return case


async def _on_the_agenda(view: MeetingView, application: str) -> Case:
    """Of this organ, this body's turn, inspected, neither decided here nor taken off."""
    case = await queries.case(application)
    if view.organ not in (case.group, case.network):
        raise rules.OtherOrgan(application=application)
    if any(one.meeting == view.id for one in case.decided):
        raise rules.DecidedAlready(application=application)
    if case.state != "inspected" or case.seen_on is None:
        raise rules.NotInspected(state=case.state)
    if view.body != case.step.body:
        raise rules.OtherBody(body=case.step.body)
    if application in await held.withdrawn(view.id):
        raise OffTheAgenda(of=application)
    return case


async def _ensure_not_sent_back(case: Case) -> None:
    """The screening team waits for a correction of the sheet, or for another visit."""
    visit = await inspections.finished(case.application)
    if visit and await layers.screened(visit.id) == "sent_back":
        raise rules.SheetSentBack(inspection=visit.id)
