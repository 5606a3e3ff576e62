"""What was found wrong on a plot, until somebody has seen that it is mended."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.ids import is_id
from certification.inspections import commands, queries
from certification.inspections.queries import FindingView
from certification.inspections.rules import (
    CloseFinding,
    FindingMade,
    FindingVerifiedClosed,
    MakeFinding,
)
from certification.schemes.rules import Severity
from market.access import deeds, guarantee, whose
from market.access.permit import Permit
from market.access.refusals import NotThere

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    item: str
    severity: Severity
    what: str
    action: str | None = None
    due_on: date | None = None


class Closure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    note: str


@post(
    "/api/v1/inspections/{id:str}/findings",
    opt={"op": "inspection.do"},
    tags=["findings"],
    summary="Something is not as the charter asks, and what is to be done about it",
)
async def find(id: FromPath[str], data: JSONBody[NewFinding], permit: Mine, at: Now) -> FindingMade:
    await guarantee.visit_done(id, permit)
    made = MakeFinding(
        data.id, id, data.item, data.severity, data.what, data.action, data.due_on
    )  # fmt: skip
    return await deeds.once(commands.find, made, FindingMade, by=permit.person, at=at)


@get(
    "/api/v1/findings",
    opt={"op": "inspection.read"},
    tags=["findings"],
    summary="What is open on a plot, of all visits",
)
async def list_findings(permit: Mine, at: Now, plot: FromQuery[str]) -> tuple[FindingView, ...]:
    if not is_id(plot):
        raise NotThere
    _, place = await whose.plot(plot, at)
    permit.check(place)
    return await queries.open_findings(plot)


@put(
    "/api/v1/findings/{id:str}/closure",
    opt={"op": "finding.close"},
    tags=["findings"],
    summary="Somebody went to see: it is mended. Never said by who farms there",
)
async def close(
    id: FromPath[str], data: JSONBody[Closure], permit: Mine, at: Now
) -> FindingVerifiedClosed:
    _, place = await guarantee.finding(id)
    permit.check(place)
    closed = CloseFinding(data.id, id, data.note)
    return await deeds.once(
        commands.close_finding, closed, FindingVerifiedClosed, by=permit.person, at=at
    )


DOORS = [find, list_findings, close]
