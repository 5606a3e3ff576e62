"""The treasurer looks at the bank and says which payments have come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.asked import for_good
from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import books, deeds
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.payments import commands, queries
from market.domain.payments.queries import Account, RequestView
from market.domain.payments.rules import (
    TARGETS,
    Confirm,
    CreditExtra,
    NoAccount,
    SetAccount,
    with_slip,
)
from market.domain.providers import queries as elsewhere
from market.domain.slips import queries as slips
from market.web import money
from market.web.form import Form
from market.web.money import Shelf
from market.web.page import onward, page
from market.web.sheets import Baht, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LATE_SHOWN = 20
LINES_MAX = 100_000
"""Of the table."""
KINDS = (*TARGETS, "biller")


@get("/till", opt={"op": "payment.read"})
async def till(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """What is awaited whole; what came to nothing, the newest first and a page at a time."""
    say, of = words_for(request), await money.shelf(request, permit)
    if wanted(request):
        every = await queries.to_confirm(of.book.id, LINES_MAX)
        return _csv(say, every, await money.people_called({one.buyer for one in every}, say))
    before = request.query_params.get("before", "")[:36]
    asked = await queries.awaited(of.book.id)
    ended = await queries.late(of.book.id, before if is_id(before) else "", LATE_SHOWN + 1)
    waiting = [one for one in asked if _waits(one, at)]
    ran_out = [] if before else [one for one in asked if not _waits(one, at)]
    late = ran_out + ended[:LATE_SHOWN]
    names = await money.people_called({one.buyer for one in waiting + late}, say)
    return page(
        request, "till.html", shelf=of, names=names, waiting=waiting, late=late, before=before,
        older=ended[LATE_SHOWN - 1].request if len(ended) > LATE_SHOWN else "",
        sum=sum(one.satang for one in waiting), account=await _account(of.book.id),
        slips=await slips.count_waiting(of.book.id),
        refunds=await elsewhere.refunds(of.book.id, LATE_SHOWN),
    )  # fmt: skip


def _waits(asked: RequestView, at: datetime) -> bool:
    """Still held for its buyer; the others are late."""
    return asked.order_state == "held" and (asked.expires_at is None or at < asked.expires_at)


def _csv(say: Words, asked: list[RequestView], names: dict[str, str]) -> Response[bytes]:
    head = [say("Order code"), say("Buyer"), say("Exact amount"), say("Asked at"), say("State")]
    rows = [
        (one.order_code, names[one.buyer], Baht(one.satang), say.moment(one.at),
         say(f"orders.state.{one.order_state}"))
        for one in asked
    ]  # fmt: skip
    return sheet("payments", head, rows)


async def _account(merchant: str) -> Account | None:
    try:
        return await queries.account(merchant)
    except NoAccount:
        return None


@get("/till/account", opt={"op": "account.set"})
async def account_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _account_shown(request, await money.shelf(request, permit))


@post("/till/account", opt={"op": "account.set"})
async def set_account(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    of = await money.shelf(request, permit, form.raw("of"))
    try:
        kind, number = form.choice("kind", KINDS), form.text("number", most=30)
        form.done()
        wished = SetAccount(form.id(), of.book.id, kind, number)  # type: ignore[arg-type]  # among KINDS
        deeds.ensure_storable(wished)
        await run(commands.set_account, wished, by=permit.person, at=at)
    except Refusal as no:
        return await _account_shown(request, of, no, form.typed)
    return onward(f"/till?of={of.book.id}")


async def _account_shown(
    request: Ask, of: Shelf, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say = words_for(request)
    return page(
        request, "till_account.html", no=no, typed=typed or {}, shelf=of,
        account=await _account(of.book.id),
        kinds=[[kind, say(f"payments.account.{kind}")] for kind in KINDS],
    )  # fmt: skip


@get("/till/{id:str}", opt={"op": "payment.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    asked, place = await books.payment(id)
    permit.check(place)
    return await _shown(request, asked, at)


@post("/till/{id:str}", opt={"op": "payment.confirm"})
async def confirm(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    asked, place = await books.payment(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        given = _confirmed(form, asked)
        deeds.ensure_storable(given)
        await for_good(commands.confirm, given, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, asked, at, no, form.typed)
    return onward(f"/till/{id}")


@post("/till/{id:str}/extra", opt={"op": "payment.confirm"})
async def credit_extra(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    asked, place = await books.payment(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        satang, bank = form.satang("extra_came"), form.text("extra_bank", most=10)
        ref = form.text("extra_ref", most=40)
        form.done()
        extra = CreditExtra(form.id("extra"), id, asked.merchant, satang, bank, ref)
        deeds.ensure_storable(extra)
        await for_good(commands.credit_extra, extra, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, asked, at, no, form.typed)
    return onward(f"/till/{id}#extra")


def _confirmed(form: Form, asked: RequestView) -> Confirm:
    satang, scanned = form.satang("came"), form.text("slip", required=False, most=600)
    bank = form.text("bank", required=False, most=10)
    ref = form.text("trans_ref", required=False, most=40)
    form.done()
    given = Confirm(
        form.id(),
        asked.request,
        asked.merchant,
        satang,
        bank=bank or None,
        trans_ref=ref or None,
        part=form.ticked("part"),
    )
    return with_slip(given, scanned) if scanned else given


async def _shown(
    request: Ask,
    asked: RequestView,
    at: datetime,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    names = await money.people_called([asked.buyer], words_for(request))
    return page(
        request, "till_payment.html", no=no, typed=typed or {}, asked=asked,
        name=names[asked.buyer], waits=_waits(asked, at),
        extras=await queries.extras(asked.request),
        to_pay_back=await queries.to_pay_back(asked.order),
        attempts=await elsewhere.attempts_of(asked.order),
        refunds=await elsewhere.refunds_of(asked.order),
        secured=asked.order_state in ("confirmed", "handed_over"),
        own=asked.buyer == request.state.permit.person,
    )  # fmt: skip


DOORS = [till, account_page, set_account, one, confirm, credit_extra]
