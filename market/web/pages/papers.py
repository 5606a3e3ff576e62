"""What is printed and signed: certificates, statements, posters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from market.access import books, guarantee
from market.access.permit import Permit
from market.domain.places import queries as places
from market.web.page import Ask
from market.web.papers import certificate, poster, press, statement, voucher

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/certs/{id:str}/paper.pdf", opt={"op": "certificate.read"})
async def certificate_paper(
    request: Ask, id: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    written = await certificate.content(found, _origin(request), local_day(at))
    return await press.pdf("certificate", found.number, written)


@get("/statements/{farmer:str}/paper.pdf", opt={"op": "statement.read"})
async def statement_paper(
    request: Ask, farmer: FromPath[str], permit: Mine, at: At
) -> Response[bytes]:
    today = local_day(at)
    found = await books.statement(farmer, permit, today)
    written = await statement.content(farmer, found, _origin(request), today)
    return await press.pdf("statement", f"statement-{today}", written)


@get("/payout/{id:str}/vouchers.pdf", opt={"op": "payout.read"})
async def vouchers_paper(id: FromPath[str], permit: Mine) -> Response[bytes]:
    run, place = await books.run(id)
    permit.check(place)
    return await press.pdf("voucher", f"vouchers-{run.number}", await voucher.content(run))


@get("/stops/{place:str}/poster.pdf", opt={"op": "stop.read"})
async def stop_poster(request: Ask, place: FromPath[str], at: At) -> Response[bytes]:
    found = await places.public_place(place[:36])
    return await press.pdf("poster", "poster", await poster.content(found, _origin(request), at))


def _origin(request: Ask) -> str:
    return str(request.app.state.settings.origin)


DOORS: list[Any] = [certificate_paper, statement_paper, vouchers_paper, stop_poster]
