"""Paying by Stripe on the merchant's own account, and what its treasurer sets and sees of it."""

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
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import own
from market.domain.providers import calls, commands, queries, refunds
from market.domain.providers.rules import (
    METHODS,
    Begin,
    EndProvider,
    GiveBack,
    NoSuchAttempt,
    PaidOut,
    SetProvider,
)
from market.gateways import providers
from market.web import money
from market.web.form import Form
from market.web.money import Shelf
from market.web.page import onward, page
from market.web.pages.order import _pay_shown, address, found_for

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@post("/order/{code:str}/provider", opt={"op": "order.change"})
async def pay(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Asked for at once, so that the QR or Stripe's page is there; the worker does what is left."""
    form = await Form.of(request)
    key = form.raw("key")
    found = await found_for(code, key, permit)
    try:
        method, email = form.choice("method", METHODS), form.text("email", most=200)
        form.done()
        wished = Begin(form.id(), found.order.id, method, email)  # type: ignore[arg-type]  # among them
        deeds.ensure_storable(wished)
        begun = await run(commands.begin, wished, by=found.order.buyer, at=at)
    except Refusal as no:
        return await _pay_shown(request, found, key, at, no, form.typed)
    one = await queries.attempt(begun.attempt)
    if one.state == "created":
        await calls.call(one.attempt, await providers.of(one.provider), at=at)
    return onward(address(found, key, "/pay"))


@get("/till/provider", opt={"op": "account.set"})
async def provider(request: Ask, permit: Mine) -> Response[bytes]:
    return await _shown(request, await money.shelf(request, permit))


@post("/till/provider", opt={"op": "account.set"})
async def set_provider(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """Each button says what it does; secrets are never sent back."""
    form = await Form.of(request)
    of = await money.shelf(request, permit, form.raw("of"))
    try:
        await _done(form, of, by=permit.person, at=at)
    except Refusal as no:
        typed = {name: said for name, said in form.typed.items() if "secret" not in name}
        return await _shown(request, of, no, typed)
    return onward(f"/till/provider?of={of.book.id}")


async def _done(form: Form, of: Shelf, *, by: str, at: datetime) -> None:
    match form.raw("do"):
        case "end":
            await run(commands.end_provider, EndProvider(form.id(), of.book.id), by=by, at=at)
        case "paid_out":
            satang, fee = form.satang("satang"), form.satang("fee")
            form.done()
            came = PaidOut(form.id(), of.book.id, satang, fee)
            await run(commands.paid_out, came, by=by, at=at)
        case _:
            account = form.text("account", required=False, most=40)
            secret, hook = form.text("secret", most=300), form.text("hook_secret", most=300)
            form.done()
            wished = SetProvider(form.id(), of.book.id, account, secret, hook)
            deeds.ensure_storable(wished)
            await run(commands.set_provider, wished, by=by, at=at)


async def _shown(
    request: Ask, of: Shelf, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    return page(
        request, "till_provider.html", no=no, typed=typed or {}, shelf=of,
        provider=await queries.account_of(of.book.id),
        strange=await queries.quarantined(of.book.id),
        there=await balance(own("clearing", of.book.id)),
    )  # fmt: skip


@post("/till/{id:str}/give-back", opt={"op": "payment.confirm"})
async def give_back(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Of an order called off whole, through the provider by which it came."""
    _, place = await books.payment(id)
    permit.check(place)
    form = await Form.of(request)
    attempt, satang = form.raw("attempt"), form.satang("satang")
    form.done()
    if not is_id(attempt) or (await queries.attempt(attempt)).order != id:
        raise NoSuchAttempt()
    await for_good(refunds.begin, GiveBack(form.id(), attempt, satang), by=permit.person, at=at)
    return onward(f"/till/{id}#provider")


DOORS = [pay, provider, set_provider, give_back]
