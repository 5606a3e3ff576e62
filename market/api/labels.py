"""Labels counted against a lot's grams, and their sheets as PDF."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.access import deeds, whose
from market.access.permit import Permit
from market.domain.labels import commands, files, queries
from market.domain.labels.layouts import SHIFT_MOST, Level, Sheet, Shift
from market.domain.labels.rules import (
    LABELS_MAX,
    Again,
    LabelsPrinted,
    PrintLabels,
    Run,
    SetShift,
    ShiftSet,
)

Mine = NamedDependency[Permit]
Grams = Annotated[int, msgspec.Meta(ge=1, le=10**9)]


class NewRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`start_at`: the first free place of the first sheet."""

    id: str
    sheet: Sheet
    packet_grams: Grams
    labels: Annotated[int, msgspec.Meta(ge=1, le=LABELS_MAX)]
    start_at: Annotated[int, msgspec.Meta(ge=1, le=LABELS_MAX)] = 1
    reprint_of: str | None = None
    level: Level = "M"
    reason: Again | None = None
    """Of a reprint."""


@post(
    "/api/v1/lots/{id:str}/labels",
    opt={"op": "label.print"},
    tags=["labels"],
    summary="Count labels for a lot; refused beyond its grams",
)
async def print_labels(
    id: FromPath[str], data: JSONBody[NewRun], permit: Mine, at: NamedDependency[datetime]
) -> LabelsPrinted:
    _, place = await whose.lot(id)
    permit.check(place)
    wanted = PrintLabels(
        id, data.sheet, data.packet_grams, data.labels, data.start_at, data.reprint_of,
        data.level, data.reason,
    )  # fmt: skip
    by, whom = permit.person, deeds.For(place.owner, place.group, id)
    return await deeds.helped(commands.print_run, data.id, wanted, by=by, at=at, whom=whom)


@get(
    "/api/v1/lots/{id:str}/labels",
    opt={"op": "label.print"},
    tags=["labels"],
    summary="The runs of a lot",
)
async def list_runs(id: FromPath[str], permit: Mine) -> list[Run]:
    _, place = await whose.lot(id)
    permit.check(place)
    return await queries.runs(id)


@get(
    "/api/v1/lots/{id:str}/labels/{file:str}",
    opt={"op": "label.print"},
    tags=["labels"],
    summary="The labels of a run as a file: `{run}.pdf`; thermal ones as `{run}-203.escpos`, `.zpl`"
    " or `.png`, and at 300 dpi; the page to try a printer with, `outlines-{sheet}.pdf`; how one"
    " label would look, `look-{sheet}-{level}-{grams}.png`",
    media_type="application/pdf",
)
async def read_sheet(
    request: Request[Any, Any, Any], id: FromPath[str], file: FromPath[str], permit: Mine
) -> Response[bytes]:
    _, place = await whose.lot(id)
    permit.check(place)
    origin = request.app.state.settings.origin
    made = await files.file(id, file, origin, reader=permit.person)
    return Response(made.content, media_type=made.media_type)


Tenths = Annotated[int, msgspec.Meta(ge=-SHIFT_MOST, le=SHIFT_MOST)]


class NewShift(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tenths of a millimetre to the right and down; of paper, a thermal roll is not moved."""

    id: str
    sheet: Sheet
    right: Tenths
    down: Tenths


@post(
    "/api/v1/label-shifts",
    opt={"op": "label.align"},
    tags=["labels"],
    summary="Put your own printer right, from the next sheet on",
)
async def set_shift(
    data: JSONBody[NewShift], permit: Mine, at: NamedDependency[datetime]
) -> ShiftSet:
    wanted = SetShift(data.id, data.sheet, data.right, data.down)
    return await deeds.once(commands.set_shift, wanted, ShiftSet, by=permit.person, at=at)


@get(
    "/api/v1/label-shifts",
    opt={"op": "label.align"},
    tags=["labels"],
    summary="What your sheets are moved by",
)
async def list_shifts(permit: Mine) -> dict[str, Shift]:
    return await queries.shifts(permit.person)


DOORS = [print_labels, list_runs, read_sheet, set_shift, list_shifts]
