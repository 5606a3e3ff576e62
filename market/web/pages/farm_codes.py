"""Codes beforehand: blank labels for crates, bound when the harvest is reported."""

from __future__ import annotations

import asyncio
from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis import codes
from certification.basis.refusal import Refusal
from market.access import deeds
from market.access.permit import Permit
from market.domain.accounts import queries as accounts
from market.domain.labels import commands, queries, sheets
from market.domain.labels.rules import CODES_MAX, CodesIssued, IssueCodes, blank
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
SHEET_FULL = 24
"""Places on the sheet of blank labels."""


@get("/farm/codes", opt={"op": "code.issue"})
async def codes_page(request: Ask, at: Now) -> Response[bytes]:
    return await _shown(request, at)


@post("/farm/codes", opt={"op": "code.issue"})
async def take_codes(request: Ask, permit: NamedDependency[Permit], at: Now) -> Response[bytes]:
    form = await Form.of(request)
    try:
        id, count = form.id(), form.whole("count", least=1, most=CODES_MAX)
        form.done()
        wanted = IssueCodes(id, await _device(request, at), count)
        await deeds.once(commands.issue_codes, wanted, CodesIssued, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, at, no=no, typed=form.typed)
    return onward("/farm/codes")


@get("/farm/codes/sheet.pdf", opt={"op": "code.issue"})
async def sheet(request: Ask, permit: NamedDependency[Permit], at: Now) -> Response[bytes]:
    """Every code that waits on this phone, on A4 3×8; to be written on and stuck to crates."""
    origin = request.app.state.settings.origin
    labels = [blank(code, origin) for code in await _waiting(request, at)]
    shift = await queries.shift(permit.person, "a4-3x8")
    drawn = await asyncio.to_thread(sheets.pdf, labels, "a4-3x8", shift=shift)
    headers = {"content-disposition": 'inline; filename="codes.pdf"'}
    return Response(drawn, media_type="application/pdf", headers=headers)


async def _device(request: Ask, at: datetime) -> str:
    return await accounts.device_of(request.state.session, at)


async def _waiting(request: Ask, at: datetime) -> list[str]:
    return await codes.waiting("lot", await _device(request, at))


async def _shown(
    request: Ask,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    waiting = await _waiting(request, at)
    return page(
        request, "farm_codes.html", no=no, typed=typed or {"count": str(SHEET_FULL)},
        codes=waiting, full=len(waiting) >= CODES_MAX,
    )  # fmt: skip


DOORS = [codes_page, take_codes, sheet]
