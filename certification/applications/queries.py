"""Applications of a person, a group, a plot; personal texts are for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from certification.applications.refusals import ApplicationMissing, NotByTheApplicant, TooNear
from certification.applications.rules import (
    CLOSED,
    DraftView,
    Said,
    absent,
    ensure_above,
    too_few,
    unanswered,
    untrained,
)
from certification.applications.tables import (
    Application,
    ApplicationDraft,
    CompletenessCheck,
    Pledge,
    SelfAnswer,
)
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inputs import queries as inputs
from certification.land import complete
from certification.land import queries as land
from certification.land.complete import Lack
from certification.meetings import queries as meetings
from certification.people import queries as people
from certification.people.rules import too_near
from certification.schemes import queries as schemes
from certification.schemes.rules import NotInForce, RuleSet, Version
from certification.trainings import queries as trainings


class ApplicationView(msgspec.Struct, frozen=True):
    id: str
    plot: str
    group: str
    applicant: str
    scheme_version: str
    state: str
    farm_plan: str
    return_reason: str | None
    no_prohibited_since: date
    submitted_at: datetime
    by: str
    lapses_on: date | None = None


class PledgeView(msgspec.Struct, frozen=True):
    person: str
    text_digest: str
    typed_by: str
    at: datetime


class SelfView(msgspec.Struct, frozen=True):
    """The farmer's own layer of one question."""

    item: str
    value: str
    note: str | None
    by: str
    at: datetime


class CheckView(msgspec.Struct, frozen=True):
    missing: str
    despite: str | None
    by: str
    at: datetime


async def households(group: str, on: date) -> int:
    """Of the group's members."""
    return await people.households(await groups.members(group, on), on)


async def attendance(person: str, group: str, on: date) -> tuple[int, int]:
    """Meetings of the group in the year before at which somebody of the household was, of all."""
    home = await people.household(person, on)
    since = on - timedelta(days=365)
    return await meetings.attended(group, home.persons if home else (person,), since, on)


async def ensure_may_accept(asked: ApplicationView, *, by: str, at: datetime) -> None:
    """One tier above the group, as the charter orders its bodies, and near to nobody it is for."""
    settings = (await schemes.version(asked.scheme_version)).content.rules
    await ensure_not_near(asked, settings, by=by, at=at)
    held = [(one.role, one.group) for one in await groups.roles_of(by, at)]
    network = (await groups.group(asked.group)).network
    ensure_above(held, asked.group, network, settings)


async def ensure_not_near(
    asked: ApplicationView, settings: RuleSet, *, by: str, at: datetime
) -> None:
    """By another than the applicant, and not by somebody of the household or kin."""
    if asked.applicant == by:
        raise NotByTheApplicant(application=asked.id)
    near = await people.related(asked.applicant, local_day(at))
    if by in too_near(near, kin_degree=settings.kin_degree):
        raise TooNear(setting="kin_degree")


async def application(id: str) -> ApplicationView:
    found = await _where(Application.id == id)
    if not found:
        raise ApplicationMissing(application=id)
    return found[0]


async def of_plot(plot: str) -> list[ApplicationView]:
    """The newest first."""
    return await _where(Application.plot == plot)


async def of_person(person: str) -> list[ApplicationView]:
    return await _where(Application.applicant == person)


async def of_group(group: str, states: Sequence[str] = ()) -> list[ApplicationView]:
    """The newest first; all of them where no state is named."""
    mine = Application.group == group
    return await _where(mine & Application.state.is_in(list(states)) if states else mine)


async def charter(plot: str, on: date) -> Version | None:
    """What the plot is asked by: the version of an open application, else a scheme in force."""
    for one in await of_plot(plot):
        if one.state not in CLOSED:
            return await schemes.version(one.scheme_version)
    for scheme in await schemes.schemes():
        try:
            return await schemes.in_force(scheme, on)
        except NotInForce:  # adopted for a later day
            continue
    return None


async def land_lacks(plot: str, version: Version, on: date) -> tuple[Lack, ...]:
    found = await land.land(plot, on)
    return complete.lacking(found, version.content.rules, today=on)


async def lacking(of: ApplicationView, on: date) -> list[Lack]:
    """What whoever takes it on finds missing, and what the visit is to look at."""
    version = await schemes.version(of.scheme_version)
    lacks = await land_lacks(of.plot, version, on)
    settings = version.content.rules
    trained = untrained(await trainings.hours(of.applicant, on), settings)
    few = too_few(await households(of.group, on), settings)
    away = absent(*await attendance(of.applicant, of.group, on), settings)
    return [*lacks, *few, *trained, *away, *unanswered(version.content, await self_answers(of.id))]


async def self_answers(application: str) -> dict[str, Said]:
    rows = await (
        SelfAnswer.select()
        .where(SelfAnswer.application == application)
        .order_by(SelfAnswer.at, SelfAnswer.id)
    )
    return {row["item"]: Said(row["value"], row["note"] or "") for row in rows}


async def self_layer(application: str) -> list[SelfView]:
    """Of each item the newest, with who said it and when."""
    rows = await (
        SelfAnswer.select()
        .where(SelfAnswer.application == application)
        .order_by(SelfAnswer.at, SelfAnswer.id)
    )
    names = SelfView.__struct_fields__
    newest = {row["item"]: SelfView(**{name: row[name] for name in names}) for row in rows}
    return list(newest.values())


async def before(
    plot: str, scheme: str, but: str = "", ended: Sequence[str] = ("decided",)
) -> ApplicationView | None:
    """The last application of the plot under this scheme that a meeting decided on."""
    for one in await of_plot(plot):
        there = one.state in ended and one.id != but
        if there and (await schemes.version(one.scheme_version)).scheme == scheme:
            return one
    return None


async def last_time(of: ApplicationView) -> dict[str, Said]:
    """The self-review of the application that a meeting decided on before this one."""
    scheme = (await schemes.version(of.scheme_version)).scheme
    last = await before(of.plot, scheme, but=of.id)
    return await self_answers(last.id) if last else {}


async def draft(plot: str, scheme: str) -> DraftView:
    """What was saved; else what was said last time, to be looked through and changed."""
    row = await _draft(plot, scheme)
    if row is not None:
        answers = msgspec.json.decode(row["answers"], type=dict[str, Said])
        return DraftView(row["farm_plan"] or "", row["no_prohibited_since"], answers)
    last = await before(plot, scheme, ended=("decided", "lapsed"))
    if last is None:
        return DraftView("", None, {})
    said = await self_answers(last.id)
    return DraftView(last.farm_plan, last.no_prohibited_since, said, copied=True)


async def check(application: str) -> CheckView | None:
    row = (
        await CompletenessCheck.select().where(CompletenessCheck.application == application).first()
    )
    return CheckView(row["missing"], row["despite"], row["by"], row["at"]) if row else None


async def _draft(plot: str, scheme: str) -> dict[str, Any] | None:
    found = ApplicationDraft.plot == plot
    return await ApplicationDraft.select().where(found, ApplicationDraft.scheme == scheme).first()


async def clean_since(of: ApplicationView) -> date:
    """As was said, or later by the diary: conversion counts from here."""
    version = await schemes.version(of.scheme_version)
    seen = await inputs.clean_since(of.plot, version.scheme)
    return max(of.no_prohibited_since, seen or date.min)


async def pledge(application: str) -> PledgeView:
    row = await Pledge.select().where(Pledge.application == application).first()
    if row is None:
        raise ApplicationMissing(application=application)
    return PledgeView(row["person"], row["text_digest"], row["typed_by"], row["at"])


async def _where(condition: Any) -> list[ApplicationView]:
    rows = await (
        Application.select()
        .where(condition)
        .order_by(Application.submitted_at, Application.id, ascending=False)
    )
    names = ApplicationView.__struct_fields__
    return [ApplicationView(**{name: row[name] for name in names}) for row in rows]
