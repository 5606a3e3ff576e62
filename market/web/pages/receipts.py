"""Receipts by book, their numbers without a gap, and each to print."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.groups.rules import GroupView
from market.access import books
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.receipts import queries, rules
from market.domain.receipts.rules import NoReceipt, Receipt
from market.web.page import Ask, page
from market.web.papers import press, receipt
from market.web.sheets import Baht, sheet, wanted

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/receipts", opt={"op": "receipt.read"})
async def receipts(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say = words_for(request)
    found = [(one, await queries.receipts(one.id)) for one in await books.reached(permit)]
    held = [(merchant, run) for merchant, run in found if run]
    if wanted(request):
        return _csv(say, held)
    this_year = rules.thai_year(local_day(at))
    sums = {
        merchant.id: sum(one.now_satang for one in run if one.year == this_year)
        for merchant, run in held
    }
    return page(request, "receipts.html", books=held, sums=sums, year=this_year)


def _csv(say: Words, held: list[tuple[GroupView, list[Receipt]]]) -> Response[bytes]:
    heads = [say("Seller"), say("Book"), say("Receipt no."), say("When"), say("Order"),
             say("Discount"), say("Paid"), say("After a corrected weight")]  # fmt: skip
    rows = [
        (say.name(merchant), one.year, one.number, say.moment(one.at), one.order_code,
         Baht(one.discount_satang), Baht(one.satang), Baht(one.now_satang))
        for merchant, run in held
        for one in reversed(run)
    ]  # fmt: skip
    return sheet("receipts", heads, rows)


@get("/receipts/{id:str}/{file:str}", opt={"op": "receipt.read"})
async def receipt_paper(
    request: Ask, id: FromPath[str], file: FromPath[str], permit: Mine
) -> Response[bytes]:
    """`a5.pdf`, `80.pdf` and `58.pdf`: for a sheet, and for the rolls of the stall's printers."""
    found, place = await books.receipt(id)
    permit.check(place)
    return await drawn(request, found, file.removesuffix(".pdf"))


async def drawn(request: Ask, found: Receipt, size: str) -> Response[bytes]:
    if size not in receipt.WIDTHS:
        raise NoReceipt
    written = await receipt.content(found, request.app.state.settings.origin, size)
    name = f"{(await groups.group(found.merchant)).code}-{found.year}-{found.number:05}"
    return await press.pdf("receipt", name, written)


DOORS: list[Any] = [receipts, receipt_paper]
