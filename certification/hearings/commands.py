"""To bring a certificate before a meeting, to hear, to vote by name and to rule."""

from __future__ import annotations

import secrets
from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates.history import latest_state
from certification.certificates.queries import CertificateView
from certification.certificates.refusals import NotByTheHolder, NotFromThisState
from certification.certificates.rules import CertificateSuspended, ChangeCertificate
from certification.decisions.votes import Tally
from certification.groups import queries as groups
from certification.hearings import effects, queries, refusals, rules
from certification.hearings.queries import HearingView
from certification.hearings.rules import (
    CastVote,
    Concluded,
    HearingOpened,
    HearingVoted,
    NoteStep,
    OpenHearing,
    Rule,
    Ruled,
    StepNoted,
)
from certification.hearings.tables import Hearing, HearingRuling, HearingStep, HearingVote
from certification.meetings import commands as meetings
from certification.meetings import queries as met
from certification.meetings.queries import MeetingView
from certification.meetings.rules import OffTheAgenda, ensure_in_time


async def open_(data: OpenHearing, *, by: str, at: datetime) -> HearingOpened:
    """Not by the holder, and the same once at a time."""
    async with transaction():
        view = await held.certificate(data.certificate)
        if by == view.holder:
            raise NotByTheHolder
        rules.ensure_may_open(data, latest_state(await held.history(view.id)))
        return await _open(data, view, None, by=by, at=at)


async def suspend(data: ChangeCertificate, *, by: str, at: datetime) -> CertificateSuspended:
    """At once, by one person; the next meeting of the body that decides confirms it, else it
    lapses there (`lapse`)."""
    async with transaction():
        done = await certificates.suspend(data, by=by, at=at)
        view = await held.certificate(data.certificate)
        wanted = OpenHearing(
            following(data.id, "confirm"), view.id, "confirm", data.because, data.from_on
        )
        await _open(wanted, view, data.id, by=by, at=at)
    return done


async def note_step(data: NoteStep, *, by: str, at: datetime) -> StepNoted:
    """Invited, heard, or not come: by somebody else than the holder, once each."""
    event = StepNoted(data.hearing, data.kind, str(data.day_on))
    async with transaction():
        found = await _open_still(data.hearing)
        if by == found.holder:
            raise NotByTheHolder
        noted = await queries.noted(found.id)
        rules.ensure_step(data, noted, local_day(found.at), local_day(at))
        written = await in_use().query(
            "INSERT INTO hearing_step (id, hearing, kind, day_on, note, by, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (hearing, kind) DO NOTHING RETURNING id",
            data.id, found.id, data.kind, data.day_on, data.note, by, at, secrets.token_bytes(16),
        )  # fmt: skip
        if not written:
            raise refusals.NotedAlready(hearing=found.id, kind=data.kind)
        log.append(event, (HearingStep, data.id), subject=found.id, by=by, at=at)
    return event


async def vote(data: CastVote, *, by: str, at: datetime) -> HearingVoted:
    """By name and once. `by` is the voter, or the secretary who counted hands."""
    event, id = HearingVoted(data.meeting, data.hearing, data.person, data.value), new_id()
    async with transaction():
        view = await meetings.under_way(data.meeting)
        found = await in_hand(view, data.hearing)
        cause, judged = await queries.cause(found, view.held_on)
        here = (await queries.assembly(view, found.id)).present
        rules.ensure_may_vote(data, here, cause.recused - judged, judged)
        new = await in_use().query(
            "INSERT INTO hearing_vote (id, meeting, hearing, person, value, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (meeting, hearing, person) DO NOTHING RETURNING id",
            id, data.meeting, data.hearing, data.person, data.value, by, at,
        )  # fmt: skip
        if not new:
            raise refusals.VotedAlready(person=data.person)
        log.append(event, (HearingVote, id), subject=data.meeting, by=by, at=at)
    return event


async def rule(data: Rule, *, by: str, at: datetime) -> Ruled:
    """What the votes say, and what follows from it on the certificate, in one deed."""
    async with transaction():
        view = await meetings.under_way(data.meeting)
        found = await in_hand(view, data.hearing)
        settings = await queries.settings(found)
        days = settings.meeting_typed_late_days
        ensure_in_time(view.held_on, local_day(view.opened_at), days=days)
        rules.ensure_heard(found.matter, await queries.noted(found.id), view.held_on)
        if data.modify and (found.matter != "appeal" or found.certificate is None):
            raise refusals.NothingToModify
        cause, _ = await queries.cause(found, view.held_on)
        assembly = await queries.assembly(view, found.id)
        made = rules.conclude(data, found.matter, cause, assembly, settings)
        data = msgspec.structs.replace(data, from_on=data.from_on or found.from_on or view.held_on)
        event = await _write(data, found, made, by=by, at=at)
        await effects.follow(data, found, made.outcome, view.held_on, by=by, at=at)
    return event


async def lapse(meeting: str, *, at: datetime) -> None:
    """When a meeting has ended that might have confirmed a suspension and did not: it is lifted
    from the day of that meeting. As long as something grave is open it stays, and what was taken
    off the agenda waits for the next."""
    async with transaction():
        view = await met.meeting(meeting)
        off = await met.withdrawn(meeting, "hearing")
        for one in await queries.waiting(view.organ, view.body):
            known = local_day(one.at) <= view.held_on and one.at < view.opened_at
            if one.matter != "confirm" or one.id in off or not known:
                continue
            if await effects.may_lapse(one):
                by = rules.CLOCK
                wanted = Rule(following(one.id, meeting), meeting, one.id, from_on=view.held_on)
                await _write(wanted, one, None, by=by, at=at)
                await effects.lift(wanted, one, by=by, at=at)


async def _open(
    data: OpenHearing, view: CertificateView, about: str | None, *, by: str, at: datetime
) -> HearingOpened:
    application = await held.application_of(view)
    settings = await effects.settings_of(application)
    event = HearingOpened(data.id, data.matter, application, view.id, view.group, view.holder)
    written = await in_use().query(
        'INSERT INTO hearing (id, matter, certificate, application, "group", holder, body, about,'
        " because, from_on, crops, note, open_for, by, at, salt)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (open_for) DO NOTHING RETURNING id",
        data.id, data.matter, view.id, application, view.group, view.holder,
        settings.decision_stages[-1].organ, about, data.because, data.from_on,
        " ".join(sorted(data.crops)), data.note, f"{data.matter}:{about or view.id}", by, at,
        secrets.token_bytes(16),
    )  # fmt: skip
    if not written:
        raise refusals.OpenAlready(matter=data.matter)
    log.append(event, (Hearing, data.id), subject=data.id, by=by, at=at)
    return event


async def _write(
    data: Rule, found: HearingView, made: Concluded | None, *, by: str, at: datetime
) -> Ruled:
    """The hearing is claimed: of two who rule at once one finds it closed. `made` is None where
    nobody ruled in time."""
    claimed = await in_use().query(
        "UPDATE hearing SET open_for = NULL WHERE id = {} AND open_for IS NOT NULL RETURNING id",
        found.id,
    )
    if not claimed:
        raise refusals.RuledAlready(hearing=found.id)
    outcome: rules.Outcome = made.outcome if made else "lapsed"
    count = made.count if made else Tally(0, 0, 0, 0)
    present, needed = (made.present, made.needed) if made else (0, 0)
    await insert(HearingRuling(
        id=data.id, hearing=found.id, meeting=data.meeting, outcome=outcome, from_on=data.from_on,
        present=present, quorum_needed=needed, votes_for=count.votes_for,
        votes_against=count.votes_against, abstained=count.abstained, recused=count.recused,
        share=f"{made.share.part}/{made.share.of}" if made else "",
        snapshot=msgspec.json.encode(made.snapshot if made else None).decode(),
        reason=data.reason.strip() or None, by=by, at=at, salt=secrets.token_bytes(16),
    ))  # fmt: skip
    event = Ruled(
        found.id, data.meeting, found.matter, outcome, found.application, found.certificate or "",
        str(data.from_on or ""), present, needed, count.votes_for, count.votes_against,
        count.abstained, count.recused,
    )  # fmt: skip
    rows = (HearingRuling, data.id), (Hearing, found.id)
    log.append(event, *rows, subject=found.id, by=by, at=at)
    return event


async def _open_still(id: str) -> HearingView:
    found = await queries.hearing(id)
    if not found.open:
        raise refusals.RuledAlready(hearing=id)
    return found


async def in_hand(view: MeetingView, id: str) -> HearingView:
    """Of this organ and body, asked for by the day of the meeting, not ruled, with its object, and
    not taken off the agenda."""
    found = await _open_still(id)
    network = (await groups.group(found.group)).network
    organs = (found.group, network)
    if view.organ not in organs or (found.body not in ("", view.body)):
        raise refusals.OtherBody(body=found.body)
    if not found.body and network and view.organ != network:
        raise refusals.OtherBody(body="committee")
    if local_day(found.at) > view.held_on:
        raise refusals.AskedAfterTheMeeting(asked_on=str(local_day(found.at)))
    if id in await met.withdrawn(view.id, "hearing"):
        raise OffTheAgenda(of=id)
    if found.certificate and await queries.moot(found):
        raise NotFromThisState(state=latest_state(await held.history(found.certificate)))
    return found
