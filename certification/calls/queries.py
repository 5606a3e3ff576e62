"""Calls as they stand, and who must not learn of them yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from certification.applications import queries as applications
from certification.basis.database import in_use
from certification.calls.rules import CallMissing
from certification.inspections import kinds, panel
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes

_CALLS = (
    "SELECT c.id, c.application, a.plot, c.kind, c.reason, i.id AS inspection,"
    " coalesce(i.state, '') AS visit, i.started_at AS begun_at, c.taken_back_at,"
    " c.taken_back_because, c.by, c.at FROM visit_call c"
    " JOIN application a ON a.id = c.application JOIN plot p ON p.id = a.plot"
    " LEFT JOIN inspection i ON i.id = c.inspection AND i.state <> 'cancelled' WHERE "
)
_ORDER = " ORDER BY c.at DESC, c.id"


class CallView(msgspec.Struct, frozen=True):
    id: str
    application: str
    plot: str
    kind: str
    reason: str
    inspection: str | None
    """None where nobody is sent, or the visit was called off."""
    visit: str
    """Its state: assigned, under_way, signed; empty where there is none."""
    begun_at: datetime | None
    taken_back_at: datetime | None
    taken_back_because: str | None
    by: str
    at: datetime

    @property
    def waits(self) -> bool:
        return self.inspection is None and self.taken_back_at is None


async def call(id: str) -> CallView:
    found = await _calls("c.id = {}", id)
    if not found:
        raise CallMissing(call=id)
    return found[0]


async def of_groups(groups: Iterable[str]) -> list[CallView]:
    """The newest first."""
    return [one for group in groups for one in await _calls('p."group" = {}', group)]


async def waiting(application: str, kind: str) -> bool:
    found = await _calls("c.application = {}", application)
    return any(one.waits and one.kind == kind for one in found)


async def kept_from(of: CallView, on: date) -> frozenset[str]:
    """As of the visit itself: of an unannounced one the farmers, and whoever is too near."""
    if not kinds.hidden(of.kind, of.begun_at):
        return frozenset()
    return await concerned(of.application, on)


async def concerned(application: str, on: date) -> frozenset[str]:
    """Who asked, who farms there, and whoever is too near to them to call a visit or end a call."""
    asked = await applications.application(application)
    farms = frozenset({asked.applicant, await farmer(application, on)})
    degree = (await schemes.version(asked.scheme_version)).content.rules.kin_degree
    bound = [panel.too_near(await people.related(p, on), kin_degree=degree) for p in farms]
    return farms.union(*bound)


async def shown(found: Iterable[CallView], person: str, on: date) -> list[CallView]:
    return [one for one in found if person not in await kept_from(one, on)]


async def farmer(application: str, on: date) -> str:
    asked = await applications.application(application)
    return await plots.holder(asked.plot, on) or asked.applicant


async def _calls(condition: str, value: str) -> list[CallView]:
    rows: list[dict[str, Any]] = await in_use().query(_CALLS + condition + _ORDER, value)
    return [CallView(**row) for row in rows]
