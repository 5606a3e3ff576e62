"""Applications of a person, a group, a plot; personal texts are for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from certification.applications.rules import ApplicationMissing
from certification.applications.tables import Application, Pledge
from certification.inputs import queries as inputs
from certification.schemes import queries as schemes


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


class PledgeView(msgspec.Struct, frozen=True):
    person: str
    text_digest: str
    typed_by: str
    at: datetime


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
