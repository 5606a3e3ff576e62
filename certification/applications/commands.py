"""The steps of an application; each claims the state it leaves, so that none is taken twice."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from certification.applications import queries, refusals, rules
from certification.applications.queries import ApplicationView
from certification.applications.rules import (
    ApplicationAccepted,
    ApplicationDecided,
    ApplicationInspected,
    ApplicationLapsed,
    ApplicationReopened,
    ApplicationResubmitted,
    ApplicationReturned,
    ApplicationSubmitted,
    ApplicationWithdrawn,
    Resubmit,
    ReturnApplication,
    SaveDraft,
    SubmitApplication,
    Withdraw,
)
from certification.applications.tables import (
    Application,
    CompletenessCheck,
    Pledge,
    SelfAnswer,
)
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inputs import queries as inputs
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import NotAdopted, RuleSet, Version

CLOCK = "clock"
"""Who does what nobody has to decide."""


async def submit(data: SubmitApplication, *, by: str, at: datetime) -> ApplicationSubmitted:
    """With the pledge in the words of the version in force on that day, which is frozen here."""
    today = local_day(at)
    rules.ensure_complete(data.farm_plan, data.no_prohibited_since, today=today)
    async with transaction():
        plot = await plots.plot(data.plot)
        applicant = await _applicant(data, plot, by=by, at=at)
        if plot.replaced_by:
            raise refusals.PlotReplaced(plot=plot.id)
        scheme = await schemes.in_force(data.scheme, today)
        seen = await inputs.clean_since(plot.id, scheme.scheme)
        rules.ensure_clean(data.no_prohibited_since, seen)
        await _ensure_used(scheme.scheme, plot.group)
        rules.ensure_land(await queries.land_lacks(plot.id, scheme, today))
        rules.ensure_pledged(data.pledge_digest, scheme.content.pledge.digest)
        event = ApplicationSubmitted(
            data.id, plot.id, plot.group, applicant, scheme.id, str(data.no_prohibited_since)
        )
        pledge = await _write(data, event, scheme, by=by, at=at)
        said = await _send_draft(data.id, plot.id, scheme.scheme, by=by, at=at)
        rows = (Application, data.id), (Pledge, pledge)
        log.append(event, *rows, *said, subject=data.id, by=by, at=at)
    return event


async def _ensure_used(scheme: str, group: str) -> None:
    """A group certifies by the schemes that its network owns or has adopted."""
    network = (await groups.group(group)).network
    if network and scheme not in await schemes.used_by(network):
        raise NotAdopted(scheme=scheme)


async def resubmit(data: Resubmit, *, by: str, at: datetime) -> ApplicationResubmitted:
    rules.ensure_complete(data.farm_plan, data.no_prohibited_since, today=local_day(at))
    event = ApplicationResubmitted(data.application, str(data.no_prohibited_since))
    async with transaction():
        await _ensure_speaks(data, by=by, at=at)
        asked = await queries.application(data.application)
        scheme = await schemes.version(asked.scheme_version)
        seen = await inputs.clean_since(asked.plot, scheme.scheme)
        rules.ensure_clean(data.no_prohibited_since, seen)
        await _move(data.application, "submitted")
        await Application.update({
            Application.farm_plan: data.farm_plan,
            Application.no_prohibited_since: data.no_prohibited_since,
        }).where(Application.id == data.application)  # fmt: skip
        _tell(event, by=by, at=at)
    return event


async def return_(data: ReturnApplication, *, by: str, at: datetime) -> ApplicationReturned:
    """To the farmer, to be completed; by another person than the applicant."""
    rules.ensure_reason(data.reason)
    event = ApplicationReturned(data.application)
    async with transaction():
        asked = await queries.application(data.application)
        settings = (await schemes.version(asked.scheme_version)).content.rules
        await queries.ensure_not_near(asked, settings, by=by, at=at)
        await _move(data.application, "returned", _lapses_on(settings, at))
        await Application.update({Application.return_reason: data.reason}).where(
            Application.id == data.application
        )
        _tell(event, by=by, at=at)
    return event


async def accept(
    application: str, despite: str = "", *, by: str, at: datetime
) -> ApplicationAccepted:
    """Looked through one tier above the group, by nobody near to the applicant. What is missing is
    written down, and whoever takes it on all the same says why."""
    event = ApplicationAccepted(application)
    async with transaction():
        asked = await queries.application(application)
        settings = (await schemes.version(asked.scheme_version)).content.rules
        await queries.ensure_may_accept(asked, by=by, at=at)
        lacks = [one for one in await queries.lacking(asked, local_day(at)) if one.step != "look"]
        rules.ensure_now("accepted", asked.state, application)
        rules.ensure_checked(lacks, despite)
        await _move(application, "accepted", _lapses_on(settings, at))
        check = new_id()
        await insert(CompletenessCheck(
            id=check, application=application, missing="\n".join(map(rules.named, lacks)),
            despite=(despite.strip() or None) if lacks else None, by=by, at=at,
            salt=secrets.token_bytes(16),
        ))  # fmt: skip
        rows = (Application, application), (CompletenessCheck, check)
        log.append(event, *rows, subject=application, by=by, at=at)
    return event


async def save_draft(data: SaveDraft, *, by: str, at: datetime) -> None:
    """So far as it has come; the row is claimed, so that two phones do not forget one another."""
    async with transaction():
        plot = await plots.plot(data.plot)
        holder = await plots.holder(plot.id, local_day(at))
        same = by != holder and await groups.belongs(by, plot.group, at)
        farmer = rules.applicant(holder, data.on_behalf_of, by=by, same_group=same, plot=plot.id)
        scheme = await schemes.in_force(data.scheme, local_day(at))
        first = await queries.draft(plot.id, data.scheme)
        await in_use().query(
            "INSERT INTO application_draft (id, plot, scheme, farmer, farm_plan,"
            " no_prohibited_since, answers, by, at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (plot, scheme) DO UPDATE SET at = excluded.at",
            new_id(), plot.id, data.scheme, farmer, first.farm_plan, first.no_prohibited_since,
            msgspec.json.encode(first.answers).decode(), by, at,
        )  # fmt: skip
        held = await queries.draft(plot.id, data.scheme)
        answers = rules.merged(held.answers, data.answers, scheme.content)
        plan = held.farm_plan if data.farm_plan is None else data.farm_plan
        if len(plan) > rules.PLAN_LETTERS_MAX:
            raise refusals.PlanMissing(field="farm_plan", most=rules.PLAN_LETTERS_MAX)
        await in_use().query(
            "UPDATE application_draft SET farm_plan = {}, no_prohibited_since = {}, answers = {}"
            " WHERE plot = {} AND scheme = {}",
            plan, data.no_prohibited_since or held.no_prohibited_since,
            msgspec.json.encode(answers).decode(), plot.id, data.scheme,
        )  # fmt: skip


async def _send_draft(
    application: str, plot: str, scheme: str, *, by: str, at: datetime
) -> list[tuple[type[SelfAnswer], str]]:
    """The self-review goes with the application; last year's too, where nothing was changed."""
    said = (await queries.draft(plot, scheme)).answers
    rows = [
        SelfAnswer(
            id=new_id(), application=application, item=item, value=one.value,
            note=one.note or None, by=by, at=at, salt=secrets.token_bytes(16),
        )
        for item, one in said.items()
    ]  # fmt: skip
    if rows:
        await insert(*rows)
    await in_use().query(
        "DELETE FROM application_draft WHERE plot = {} AND scheme = {}", plot, scheme
    )
    return [(SelfAnswer, row.id) for row in rows]


async def withdraw(data: Withdraw, *, by: str, at: datetime) -> ApplicationWithdrawn:
    event = ApplicationWithdrawn(data.application)
    async with transaction():
        await _ensure_speaks(data, by=by, at=at)
        await _move(data.application, "withdrawn")
        _tell(event, by=by, at=at)
    return event


async def lapse(application: str, *, at: datetime) -> ApplicationLapsed:
    """Nobody has followed it for the charter's time; it can be asked for anew. By the clock."""
    async with transaction():
        asked = await queries.application(application)
        if asked.lapses_on is None or local_day(at) < asked.lapses_on:
            raise refusals.NotNow(application=application, state=asked.state)
        event = ApplicationLapsed(application, asked.group, asked.state)
        await _move(application, "lapsed")
        _tell(event, by=CLOCK, at=at)
    return event


async def mark_inspected(application: str, *, by: str, at: datetime) -> ApplicationInspected:
    """For `inspections`, when the visit is signed."""
    event = ApplicationInspected(application)
    async with transaction():
        await _move(application, "inspected")
        _tell(event, by=by, at=at)
    return event


async def mark_decided(application: str, *, by: str, at: datetime) -> ApplicationDecided:
    """For `decisions`, when the meeting has approved or rejected."""
    event = ApplicationDecided(application)
    async with transaction():
        await _move(application, "decided")
        _tell(event, by=by, at=at)
    return event


async def reopen(application: str, *, by: str, at: datetime) -> ApplicationReopened:
    """For `hearings`, when an appeal against a refusal is upheld: it is decided on anew. Not while
    the plot has another application open."""
    event = ApplicationReopened(application)
    async with transaction():
        asked = await queries.application(application)
        rules.ensure_now("reopened", asked.state, application)
        open_for = f"{asked.plot}:{(await schemes.version(asked.scheme_version)).scheme}"
        moved = await in_use().query(
            "UPDATE application SET state = 'inspected', open_for = {} WHERE id = {}"
            " AND state = 'decided'"
            " AND NOT EXISTS (SELECT 1 FROM application o WHERE o.open_for = {}) RETURNING id",
            open_for, application, open_for,
        )  # fmt: skip
        if not moved:
            raise refusals.AppliedAlready(plot=asked.plot, scheme=open_for.split(":")[1])
        _tell(event, by=by, at=at)
    return event


async def _applicant(
    data: SubmitApplication, plot: plots.PlotView, *, by: str, at: datetime
) -> str:
    holder = await plots.holder(plot.id, local_day(at))
    same_group = by != holder and await groups.belongs(by, plot.group, at)
    return rules.applicant(holder, data.on_behalf_of, by=by, same_group=same_group, plot=plot.id)


async def _write(
    data: SubmitApplication, event: ApplicationSubmitted, scheme: Version, *, by: str, at: datetime
) -> str:
    written = await in_use().query(
        'INSERT INTO application (id, plot, "group", applicant, scheme_version, state, farm_plan,'
        " no_prohibited_since, open_for, submitted_at, by, salt)"
        " VALUES ({}, {}, {}, {}, {}, 'submitted', {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (open_for) DO NOTHING RETURNING id",
        data.id, event.plot, event.group, event.applicant, scheme.id, data.farm_plan,
        data.no_prohibited_since, f"{event.plot}:{scheme.scheme}", at, by, secrets.token_bytes(16),
    )  # fmt: skip
    if not written:
        raise refusals.AppliedAlready(plot=event.plot, scheme=scheme.scheme)
    pledge = new_id()
    await insert(Pledge(
        id=pledge, application=data.id, person=event.applicant,
        text_digest=data.pledge_digest, typed_by=by, at=at,
    ))  # fmt: skip
    return pledge


async def hold(application: str) -> ApplicationView:
    """The application, its row held until the end of the deed."""
    await in_use().query("UPDATE application SET state = state WHERE id = {}", application)
    return await queries.application(application)


async def _move(application: str, to: rules.State, lapses_on: date | None = None) -> None:
    """Claims the row; who comes second finds the state gone."""
    values: dict[Any, Any] = {Application.state: to, Application.lapses_on: lapses_on}
    if to in rules.CLOSED:
        values[Application.open_for] = None
    moved = await (
        Application.update(values)
        .where(Application.id == application, Application.state.is_in(list(rules.FROM[to])))
        .returning(Application.id)
    )
    if not moved:
        found: ApplicationView = await queries.application(application)
        raise refusals.NotNow(application=application, state=found.state)


async def _ensure_speaks(data: Resubmit | Withdraw, *, by: str, at: datetime) -> None:
    found = await queries.application(data.application)
    rules.ensure_speaks(
        found.applicant, data.on_behalf_of, by=by, application=data.application,
        same_group=by != found.applicant and await groups.belongs(by, found.group, at),
    )  # fmt: skip


def _lapses_on(settings: RuleSet, at: datetime) -> date:
    return local_day(at) + timedelta(days=settings.application_lapse_days)


def _tell(
    event: ApplicationResubmitted
    | ApplicationReturned
    | ApplicationAccepted
    | ApplicationWithdrawn
    | ApplicationLapsed
    | ApplicationInspected
    | ApplicationDecided
    | ApplicationReopened,
    *,
    by: str,
    at: datetime,
) -> None:
    id = event.application
    log.append(event, (Application, id), subject=id, by=by, at=at)
