"""To appeal against a refusal, a suspension or a revocation. The calendar admits or rejects it;
in time it comes before a meeting of people who did not vote on it (`queries.judged_before`)."""

from __future__ import annotations

import secrets
from datetime import date, datetime

import msgspec

from certification.applications import queries as applications
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.certificates import queries as held
from certification.decisions import queries as decisions
from certification.decisions.rules import DecisionMissing
from certification.groups import queries as groups
from certification.hearings import effects, queries, refusals, rules
from certification.hearings.rules import AppealFiled, FileAppeal, HearingOpened
from certification.hearings.tables import Appeal, Hearing


class Appealable(msgspec.Struct, frozen=True):
    """What an appeal may be against."""

    id: str
    kind: str
    certificate: str | None
    application: str
    holder: str
    group: str
    decided_on: date
    last: bool = False
    """Nothing else has happened to the certificate since."""


async def file(data: FileAppeal, *, by: str, at: datetime) -> AppealFiled:
    """By the holder, or by a helper of the group with the holder's word."""
    rules.ensure_grounds(data.grounds)
    async with transaction():
        of = await appealable(data.against)
        same = by != of.holder and await groups.belongs(by, of.group, at)
        if by != of.holder and not (data.on_behalf_of == of.holder and same):
            raise refusals.OnlyTheHolder
        settings = await effects.settings_of(of.application)
        last_on, today = rules.last_day(of.decided_on, settings), local_day(at)
        event = AppealFiled(
            data.id, of.id, of.kind, of.application, of.certificate or "", str(last_on),
            "rejected_late" if today > last_on else "admitted",
        )  # fmt: skip
        hearing = None if today > last_on else following(data.id, "hearing")
        if hearing:
            await _open(hearing, of, by=by, at=at)
        await _write(data, of, event, hearing, by=by, at=at)
        rests = settings.appeal_lifts_suspension and of.kind == "suspended" and of.last
        if hearing and rests:
            await effects.rest(await queries.hearing(hearing), today, by=by, at=at)
    return event


async def appealable(id: str) -> Appealable:
    """NothingToAppeal where it is something else."""
    rows = await in_use().query("SELECT certificate FROM certificate_event WHERE id = {}", id)
    if rows:
        view = await held.certificate(rows[0]["certificate"])
        events = await held.events(view.id)
        one = next(event for event in events if event.id == id)
        if one.kind not in ("suspended", "revoked"):
            raise refusals.NothingToAppeal
        application = await held.application_of(view)
        return Appealable(
            id, one.kind, view.id, application, view.holder, view.group, local_day(one.at),
            events[-1].id == id,
        )  # fmt: skip
    try:
        made = await decisions.decision(id)
    except DecisionMissing:
        raise refusals.NothingToAppeal from None
    if made.outcome != "rejected":
        raise refusals.NothingToAppeal
    asked = await applications.application(made.application)
    return Appealable(
        id, "refused", None, asked.id, asked.applicant, asked.group, local_day(made.at)
    )


async def _open(id: str, of: Appealable, *, by: str, at: datetime) -> None:
    event = HearingOpened(id, "appeal", of.application, of.certificate or "", of.group, of.holder)
    written = await in_use().query(
        'INSERT INTO hearing (id, matter, certificate, application, "group", holder, body, about,'
        " because, crops, open_for, by, at, salt)"
        " VALUES ({}, 'appeal', {}, {}, {}, {}, '', {}, {}, '', {}, {}, {}, {})"
        " ON CONFLICT (open_for) DO NOTHING RETURNING id",
        id, of.certificate, of.application, of.group, of.holder, of.id, of.kind,
        f"appeal:{of.id}", by, at, secrets.token_bytes(16),
    )  # fmt: skip
    if not written:
        raise refusals.AppealedAlready(against=of.kind)
    log.append(event, (Hearing, id), subject=id, by=by, at=at)


async def _write(
    data: FileAppeal, of: Appealable, event: AppealFiled, hearing: str | None, *, by: str,
    at: datetime,
) -> None:  # fmt: skip
    written = await in_use().query(
        "INSERT INTO appeal (id, against, kind, certificate, application, holder, grounds,"
        " last_on, late, hearing, by, at, salt)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (against) DO NOTHING RETURNING id",
        data.id, of.id, of.kind, of.certificate, of.application, of.holder, data.grounds.strip(),
        date.fromisoformat(event.last_on), hearing is None, hearing, by, at,
        secrets.token_bytes(16),
    )  # fmt: skip
    if not written:
        raise refusals.AppealedAlready(against=of.kind)
    log.append(event, (Appeal, data.id), subject=data.id, by=by, at=at)
