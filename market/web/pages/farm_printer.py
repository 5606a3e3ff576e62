"""A farmer's or helper's own printer: a page to measure, and what its sheets are moved by."""

from __future__ import annotations

import asyncio
from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from market.access import deeds
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.labels import commands, queries, sheets
from market.domain.labels.layouts import LAYOUTS, SHIFT_MOST, is_paper
from market.domain.labels.rules import NoRun, SetShift, ShiftSet
from market.web.form import Form
from market.web.page import Ask, onward, page

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
PAPER = tuple(sheet for sheet in LAYOUTS if is_paper(sheet))


@get("/farm/printer", opt={"op": "label.align"})
async def printer_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, permit)


@post("/farm/printer", opt={"op": "label.align"})
async def move_sheet(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    try:
        sheet = form.choice("sheet", PAPER)
        right, down = (form.tenths(name, most=SHIFT_MOST) for name in ("right", "down"))
        form.done()
        wanted = SetShift(form.id(), sheet, right, down)  # type: ignore[arg-type]  # among PAPER
        await deeds.once(commands.set_shift, wanted, ShiftSet, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, no=no, typed=form.typed)
    return onward(f"/farm/printer?done={sheet}#{sheet}")


@get("/farm/printer/{sheet:str}", opt={"op": "label.align"})
async def trial(sheet: FromPath[str], permit: Mine) -> Response[bytes]:
    known = next((one for one in LAYOUTS if one == sheet.removesuffix(".pdf")), None)
    if known is None:
        raise NoRun(run=sheet[:36])
    shift = await queries.shift(permit.person, known)
    drawn = await asyncio.to_thread(sheets.trial_pdf, known, shift)
    headers = {"content-disposition": f'inline; filename="{known}.pdf"'}
    return Response(drawn, media_type="application/pdf", headers=headers)


async def _shown(
    request: Ask, permit: Permit, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say = words_for(request)
    moved = await queries.shifts(permit.person)
    return page(
        request, "farm_printer.html", no=no, typed=typed or {},
        done=request.query_params.get("done", "") in PAPER,
        sheets=[
            {"id": one, "words": say(f"farm.sheet.{one}"), "paper": is_paper(one),
             "right": _mm(moved[one].right) if one in moved else "",
             "down": _mm(moved[one].down) if one in moved else ""}
            for one in LAYOUTS
        ],
    )  # fmt: skip


def _mm(tenths: int) -> str:
    return f"{tenths / 10:g}"


DOORS = [printer_page, move_sheet, trial]
