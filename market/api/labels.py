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
from market.domain.labels import commands, drawing, queries
from market.domain.labels.rules import LABELS_MAX, LabelsPrinted, PrintLabels, Run, Sheet

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
        id, data.sheet, data.packet_grams, data.labels, data.start_at, data.reprint_of
    )
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
    summary="The sheet of a run, `{run}.pdf`, or empty outlines, `outlines-{sheet}.pdf`",
    media_type="application/pdf",
)
async def read_sheet(
    request: Request[Any, Any, Any], id: FromPath[str], file: FromPath[str], permit: Mine
) -> Response[bytes]:
    _, place = await whose.lot(id)
    permit.check(place)
    return Response(await drawing.file(id, file, request.app.state.settings.origin))


DOORS = [print_labels, list_runs, read_sheet]
