"""Buyers' credit, and giving it back to whoever would rather have the money."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.asked import for_good
from certification.basis.refusal import Refusal
from market.access import books, deeds
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.domain.complaints import queries as complaints
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit as credit_of
from market.domain.orders.queries import StoredOrder
from market.domain.payments import commands, queries
from market.domain.payments.rules import IN_CASH, PayBackCredit
from market.domain.truck_day import absent
from market.web import money
from market.web.form import Form
from market.web.money import Shelf
from market.web.page import onward, page
from market.web.sheets import Baht, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/till/credit", opt={"op": "credit.read"})
async def credits(request: Ask, permit: Mine) -> Response[bytes]:
    of = await money.shelf(request, permit)
    found = await books.credits(of.book.id)
    names = await money.people_called(found, words_for(request))
    left = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    promised = await absent.to_be_paid_back(of.book.id)
    promised |= await complaints.to_be_paid_back(of.book.id)
    if wanted(request):
        say = words_for(request)
        rows = [(names[buyer], Baht(satang)) for buyer, satang in left]
        return sheet("credit", [say("Buyer"), say("Credit left")], rows)
    return page(
        request, "till_credit.html", shelf=of, sum=sum(found.values()),
        left=[{"buyer": buyer, "name": names[buyer], "satang": satang, "back": buyer in promised}
              for buyer, satang in left],
    )  # fmt: skip


@get("/till/credit/{buyer:str}", opt={"op": "credit.pay_back"})
async def pay_back_page(request: Ask, buyer: FromPath[str], permit: Mine) -> Response[bytes]:
    of = await money.shelf(request, permit)
    permit.check(await books.credit(of.book.id, buyer))
    order = await _order(request.query_params.get("order", ""), of, buyer)
    return await _shown(request, of, buyer, order)


@post("/till/credit/{buyer:str}", opt={"op": "credit.pay_back"})
async def pay_back(request: Ask, buyer: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    of = await money.shelf(request, permit, form.raw("of"))
    permit.check(await books.credit(of.book.id, buyer))
    order = await _order(form.raw("order"), of, buyer)
    try:
        given = _given(form, of.book.id, buyer, order)
        deeds.ensure_storable(given)
        await for_good(commands.pay_back_credit, given, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, of, buyer, order, no, form.typed)
    return onward(f"/till/{order.id}" if order else f"/till/credit?of={of.book.id}")


async def _order(said: str, of: Shelf, buyer: str) -> StoredOrder | None:
    """For which it is paid back; its payment's address is its own."""
    if not said:
        return None
    order, _ = await books.order(said)
    if (order.merchant, order.buyer) != (of.book.id, buyer):
        raise NotThere
    return order


def _given(form: Form, merchant: str, buyer: str, order: StoredOrder | None) -> PayBackCredit:
    """Each button of the form says how it was given."""
    satang, ref = form.satang("satang"), form.text("trans_ref", most=40)
    bank = IN_CASH if form.raw("how") == IN_CASH else form.text("bank", most=10)
    form.done()
    of = order.id if order else None
    return PayBackCredit(form.id(), merchant, buyer, satang, bank, ref, of)


async def _shown(
    request: Ask,
    of: Shelf,
    buyer: str,
    order: StoredOrder | None,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    names = await money.people_called([buyer], words_for(request))
    return page(
        request, "till_credit_back.html", no=no, typed=typed or {}, shelf=of, buyer=buyer,
        name=names[buyer], left=await balance(credit_of(of.book.id, buyer)),
        own=buyer == request.state.permit.person, order=order,
        of_order=await queries.to_pay_back(order.id) if order else 0,
    )  # fmt: skip


DOORS = [credits, pay_back_page, pay_back]
