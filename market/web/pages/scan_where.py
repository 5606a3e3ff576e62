"""Who holds a packet may say in which district: of their own will, no finer, and nothing of who."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis import codes
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.answers.language import words_for
from market.domain.scans import commands, queries
from market.domain.trace import past
from market.web.form import Form
from market.web.page import Ask, onward, page

At = NamedDependency[datetime]


@get("/L/{typed:str}/where", opt={"op": "scan.tell"})
async def where_page(request: Ask, typed: FromPath[str]) -> Response[bytes]:
    return await _shown(request, await _code(typed))


@post("/L/{typed:str}/where", opt={"op": "scan.tell"})
async def tell(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    code = await _code(typed)
    form = await Form.of(request)
    try:
        area = form.text("area", most=10)
        form.done()
        await run(commands.tell_area, code, area, at=at)
    except Refusal as no:
        return await _shown(request, code, no=no, typed=form.typed)
    return onward(f"/L/{code}/where?told=1")


async def _code(typed: str) -> str:
    """Of a lot that was reported; Misread, UnknownCode, NotYetReported."""
    await past.subject(typed, "lot")
    return codes.read(typed)


async def _shown(
    request: Ask, code: str, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say = words_for(request)
    choices = [[one, say.name(areas.area(one).name)] for one in queries.areas_to_choose()]
    return page(
        request, "scan_where.html", no=no, typed=typed or {}, code=code,
        told="told" in request.query_params, areas=[["", say("Choose")], *choices],
    )  # fmt: skip


DOORS: list[Any] = [where_page, tell]
