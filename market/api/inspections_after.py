"""What is said of a signed sheet: corrections by who was there, remarks and screening by others."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.transaction import run
from certification.inspections import reviewing
from certification.inspections.afterwards import (
    Correct,
    Corrected,
    CorrectionCountersigned,
    Outcome,
    Remarked,
    Review,
    Screen,
    Screened,
)
from market.access import deeds, guarantee
from market.access.permit import Permit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class NewCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    item: str
    value: str
    reason: str
    note: str | None = None


class Countersignature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    correction: str


class NewRemark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`value` where the reviewer would have answered otherwise."""

    id: str
    item: str
    note: str
    value: str | None = None


class NewScreening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    outcome: Outcome
    reason: str | None = None


@post(
    "/api/v1/inspections/{id:str}/corrections",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="A signed answer was wrong; it holds when as many have signed as the sheet needs",
)
async def correct(
    id: FromPath[str], data: JSONBody[NewCorrection], permit: Mine, at: Now
) -> Corrected:
    await guarantee.visit_done(id, permit)
    wanted = Correct(data.id, id, data.item, data.value, data.reason, data.note)
    return await deeds.once(reviewing.correct, wanted, Corrected, by=permit.person, at=at)


@post(
    "/api/v1/inspections/{id:str}/countersignatures",
    opt={"op": "inspection.do"},
    tags=["inspections"],
    summary="I was there too, and the correction is right",
)
async def countersign(
    id: FromPath[str], data: JSONBody[Countersignature], permit: Mine, at: Now
) -> CorrectionCountersigned:
    await guarantee.visit_done(id, permit)
    deeds.ensure_storable(data)
    return await run(reviewing.countersign, id, data.correction, by=permit.person, at=at)


@post(
    "/api/v1/inspections/{id:str}/remarks",
    opt={"op": "sheet.review"},
    tags=["inspections"],
    summary="The reviewer's own layer of one question; the inspectors' answer stays",
)
async def review(id: FromPath[str], data: JSONBody[NewRemark], permit: Mine, at: Now) -> Remarked:
    _, place = await guarantee.visit(id, permit)
    permit.check(place)
    said = Review(data.id, id, data.item, data.note, data.value)
    return await deeds.once(reviewing.review, said, Remarked, by=permit.person, at=at)


@post(
    "/api/v1/inspections/{id:str}/screenings",
    opt={"op": "sheet.review"},
    tags=["inspections"],
    summary="The screening team accepts a signed sheet, or sends it back with a reason",
)
async def screen(
    id: FromPath[str], data: JSONBody[NewScreening], permit: Mine, at: Now
) -> Screened:
    _, place = await guarantee.visit(id, permit)
    permit.check(place)
    said = Screen(data.id, id, data.outcome, data.reason)
    return await deeds.once(reviewing.screen, said, Screened, by=permit.person, at=at)


DOORS = [correct, countersign, review, screen]
