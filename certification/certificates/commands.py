"""Issuing a certificate, and all that may happen to it afterwards."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import TypeVar

import msgspec

from certification.applications import queries as applications
from certification.applications.queries import ApplicationView
from certification.basis import codes, log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.certificates import history as certificates_history
from certification.certificates import queries, refusals, rules
from certification.certificates.history import Kind
from certification.certificates.rules import (
    CertificateIssued,
    CertificateReinstated,
    CertificateRevoked,
    CertificateSuperseded,
    CertificateSurrendered,
    CertificateSuspended,
    ChangeCertificate,
    Changed,
    IssueCertificate,
    Rescope,
)
from certification.certificates.tables import Certificate, CertificateCrop, CertificateEvent
from certification.conversion import queries as conversion
from certification.crops import queries as crops
from certification.decisions import queries as decisions
from certification.decisions.rules import stage
from certification.findings import queries as findings
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.inspections.rules import grave as gravity
from certification.meetings import queries as meetings
from certification.plots import queries as plots
from certification.schemes import numbers
from certification.schemes import queries as schemes
from certification.schemes.rules import Version

T = TypeVar("T", bound=Changed)


async def issue(data: IssueCertificate, *, by: str, at: datetime) -> CertificateIssued:
    """From the day of the meeting that approved. An older one of the same plot and scheme is
    superseded from that day on; what was harvested under it before stays as it was."""
    async with transaction():
        decision = await decisions.decision(data.decision)
        if decision.outcome != "approved" or not decision.final:
            raise refusals.NotApproved(outcome=decision.outcome)
        asked = await applications.application(decision.application)
        if by == asked.applicant:
            raise refusals.NotByTheHolder
        if await plots.holder(asked.plot, local_day(at)) != asked.applicant:
            raise refusals.HolderChanged(plot=asked.plot)
        if await queries.of_decision(decision.id):
            raise refusals.IssuedAlready(decision=decision.id)
        await _ensure_not_revoked(asked.plot, decision.at)
        held_on = (await meetings.meeting(decision.meeting)).held_on
        scheme = await schemes.version(asked.scheme_version)
        event = await _terms(data, asked, scheme, decision.crops, held_on, at=at)
        older = await _older(asked.plot, scheme.scheme, held_on)
        rows = await _write(event, asked, scheme, 1, by=by, at=at)
        log.append(event, *rows, subject=data.id, by=by, at=at)
        for one in older:
            renewal = ChangeCertificate(new_id(), one.id, "renewal", held_on)
            await _change("superseded", CertificateSuperseded, renewal, by=by, at=at)
    return event


async def suspend(data: ChangeCertificate, *, by: str, at: datetime) -> CertificateSuspended:
    """Lots harvested from `from_on` on lose their claim; `from_on` may be a past day."""
    rules.ensure_ruled("suspended", data)
    async with transaction():
        if data.because == "major_overdue":
            plot = (await queries.certificate(data.certificate)).plot
            if not await findings.is_long_overdue(plot, local_day(at)):
                raise refusals.NothingOverdue
        return await _change("suspended", CertificateSuspended, data, by=by, at=at)


async def reinstate(data: ChangeCertificate, *, by: str, at: datetime) -> CertificateReinstated:
    """As a meeting ruled, or a mistake with its reference, by somebody else than the holder; from
    the suspension's own first day where it was wrong. Never while a grave finding is open."""
    rules.ensure_ruled("reinstated", data)
    async with transaction():
        await _ensure_mended(await queries.certificate(data.certificate))
        return await _change("reinstated", CertificateReinstated, data, by=by, at=at)


async def revoke(data: ChangeCertificate, *, by: str, at: datetime) -> CertificateRevoked:
    """As a meeting ruled. Final, but for an appeal."""
    rules.ensure_ruled("revoked", data)
    return await _change("revoked", CertificateRevoked, data, by=by, at=at)


async def restore(
    certificate: str, event: str, ruling: str, because: str, *, by: str, at: datetime
) -> None:
    """Every day stands as if `event` had never been: an appeal was upheld, or a suspension was not
    confirmed; the latter not while a grave finding is open."""
    async with transaction():
        if because != "appeal":
            await _ensure_mended(await queries.certificate(certificate))
        events = await queries.events(certificate)
        undone = next(number for number, one in enumerate(events) if one.id == event)
        history = await queries.history(certificate)
        for number, one in enumerate(certificates_history.restoring(history, undone, because)):
            data = ChangeCertificate(
                following(ruling, f"{number}"), certificate, one.because, one.from_on, ruling=ruling
            )  # fmt: skip
            await _add(one.kind, rules.TOLD[one.kind], data, len(events) + number + 1, by=by, at=at)


async def lift(
    id: str, certificate: str, on: date, because: str, ruling: str | None, *, by: str, at: datetime
) -> None:
    """Without a vote: it rests during an appeal, or no meeting confirmed it."""
    async with transaction():
        events = await queries.history(certificate)
        if certificates_history.latest_state(events) != "suspended":
            raise refusals.NotFromThisState(state=certificates_history.latest_state(events))
        data = ChangeCertificate(id, certificate, because, on, ruling=ruling)
        await _add("reinstated", CertificateReinstated, data, len(events) + 1, by=by, at=at)


async def drawn_anew(plot: str, instead: str, on: date, *, by: str, at: datetime) -> None:
    """`plot` has another outline since that day, which nobody has looked at: what is harvested
    later carries no claim until `instead` is certified. Told twice it changes nothing."""
    async with transaction():
        for one in await queries.of_plot(plot):
            ended = certificates_history.latest_state(await queries.history(one.id)) in rules.FINAL
            if not ended and one.valid_until > on:
                since = max(on + timedelta(days=1), one.valid_from)
                change = ChangeCertificate(
                    following(instead, one.id), one.id, "land_changed", since
                )
                await _change("superseded", CertificateSuperseded, change, by=by, at=at)


async def rescope(data: Rescope, *, by: str, at: datetime) -> CertificateIssued:
    """As a meeting ruled: a new certificate until the same last day takes the old one's place."""
    async with transaction():
        old = await queries.certificate(data.certificate)
        today = await queries.standing(old, None, data.on)
        if not today.held:
            raise refusals.NotFromThisState(state=today.state)
        await _ensure_mended(old)
        growing = {one.crop for one in await plots.growing(old.plot, data.on)}
        crops_now = rules.scope(data.crops, old.crops, growing)
        asked = await applications.application(await queries.application_of(old))
        if await plots.holder(old.plot, data.on) != old.holder:
            raise refusals.HolderChanged(plot=old.plot)
        scheme = await schemes.version(old.scheme_version)
        wanted = IssueCertificate(data.id, old.decision, crops_now)
        event = await _terms(wanted, asked, scheme, crops_now, data.on, at=at)
        event = msgspec.structs.replace(event, valid_until=str(old.valid_until))
        rows = await _write(event, asked, scheme, old.turn + 1, by=by, at=at)
        log.append(event, *rows, subject=data.id, by=by, at=at)
        change = ChangeCertificate(
            following(data.id, "old"), old.id, "scope", data.on, ruling=data.ruling
        )
        await _change("superseded", CertificateSuperseded, change, by=by, at=at)
    return event


async def surrender(data: ChangeCertificate, *, by: str, at: datetime) -> CertificateSurrendered:
    """Given back by its holder, from today on. Final, so the door asks for the holder's word first
    where a helper types it."""
    async with transaction():
        found = await queries.certificate(data.certificate)
        same = by != found.holder and await groups.belongs(by, found.group, at)
        speaks = rules.speaks(found.holder, data.on_behalf_of, by=by, same_group=same)
        return await _change(
            "surrendered", CertificateSurrendered, data, by=by, at=at, speaks=speaks
        )


async def _terms(
    data: IssueCertificate,
    asked: ApplicationView,
    scheme: Version,
    approved: tuple[str, ...],
    held_on: date,
    *,
    at: datetime,
) -> CertificateIssued:
    covered = rules.covered(data.crops, approved)
    settings = scheme.content.rules
    classes = {crops.crop(crop).crop_class for crop in covered}
    courses = await conversion.courses(asked.plot, scheme)
    province = (await plots.plot(asked.plot)).tambon[:2]
    running = await _next_number(rules.series(settings.number_prefix, province, held_on))
    return CertificateIssued(
        data.id,
        await codes.issue("certificate", data.id, at=at),
        numbers.number(settings.number_format, settings.number_prefix, province, held_on, running),
        data.decision,
        asked.plot,
        covered,
        stage({of: course.on(held_on).kind for of, course in courses.items()}, classes),
        str(held_on),
        str(rules.valid_until(held_on, settings)),
    )


async def _next_number(series: str) -> int:
    """The row stays claimed until the commit: who comes second waits, and a number that was given
    in vain is given back with the whole deed. So there is no gap."""
    [row] = await in_use().query(
        "INSERT INTO certificate_number (id, last) VALUES ({}, 1)"
        " ON CONFLICT (id) DO UPDATE SET last = certificate_number.last + 1 RETURNING last",
        series,
    )
    return int(row["last"])


async def _write(
    event: CertificateIssued,
    asked: ApplicationView,
    scheme: Version,
    turn: int,
    *,
    by: str,
    at: datetime,
) -> list[tuple[type[Certificate] | type[CertificateCrop], str]]:
    written = await in_use().query(
        'INSERT INTO certificate (id, code, number, scheme, scheme_version, plot, "group",'
        " holder, decision, turn, stage, valid_from, valid_until, by, at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (decision, turn) DO NOTHING RETURNING id",
        event.certificate, event.code, event.number, scheme.scheme, scheme.id, asked.plot,
        asked.group, asked.applicant, event.decision, turn, event.stage,
        date.fromisoformat(event.valid_from), date.fromisoformat(event.valid_until), by, at,
    )  # fmt: skip
    if not written:
        raise refusals.IssuedAlready(decision=event.decision)
    covered = [
        CertificateCrop(id=new_id(), certificate=event.certificate, crop=crop)
        for crop in event.crops
    ]
    await insert(*covered)
    return [(Certificate, event.certificate), *((CertificateCrop, one.id) for one in covered)]


async def _older(plot: str, scheme: str, on: date) -> list[queries.CertificateView]:
    """Of the same scheme, and not yet ended on that day."""
    return [
        one
        for one in await queries.of_plot(plot)
        if one.scheme == scheme
        and one.valid_until >= on
        and certificates_history.latest_state(await queries.history(one.id)) not in rules.FINAL
    ]


async def _change(
    kind: Kind,
    told: type[T],
    data: ChangeCertificate,
    *,
    by: str,
    at: datetime,
    speaks: str | None = None,
) -> T:
    async with transaction():
        view = await queries.certificate(data.certificate)
        events = await queries.history(view.id)
        speaks, today = speaks or by, local_day(at)
        rules.ensure_change(kind, data, view.terms, events, by=speaks, today=today)
        return await _add(kind, told, data, len(events) + 1, by=by, at=at)


async def _add(
    kind: Kind, told: type[T], data: ChangeCertificate, seq: int, *, by: str, at: datetime
) -> T:
    """Of two at the same moment one finds the number taken."""
    written = await in_use().query(
        "INSERT INTO certificate_event"
        " (id, certificate, kind, from_on, because, ruling, note, by, at, seq, salt)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (certificate, seq) DO NOTHING RETURNING id",
        data.id, data.certificate, kind, data.from_on, data.because, data.ruling, data.note, by,
        at, seq, secrets.token_bytes(16),
    )  # fmt: skip
    if not written:
        raise refusals.ChangedMeanwhile(certificate=data.certificate)
    event = told(data.certificate, data.because, str(data.from_on))
    log.append(event, (CertificateEvent, data.id), subject=data.certificate, by=by, at=at)
    return event


async def _ensure_mended(held: queries.CertificateView) -> None:
    settings = (await schemes.version(held.scheme_version)).content.rules
    if grave := gravity(await inspections.open_count(held.plot), settings):
        raise refusals.FindingsOpen(grave=grave)


async def _ensure_not_revoked(plot: str, since: datetime) -> None:
    for one in await queries.of_plot(plot):
        last = (await queries.events(one.id))[-1:]
        if last and last[0].kind == "revoked" and last[0].at >= since:
            raise refusals.RevokedSince(number=one.number)
