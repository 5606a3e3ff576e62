"""Slips: the buyer shows one for an order, the treasurer looks at those that wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from certification.basis import blobs
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import books, deeds
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.picture import picture
from market.domain.orders.queries import OrderView
from market.domain.payments import queries as paying
from market.domain.payments.banks import bank_name
from market.domain.payments.rules import NothingAsked
from market.domain.slips import commands, queries
from market.domain.slips.queries import SlipView
from market.domain.slips.rules import REASONS, AcceptSlip, RefuseSlip, ShowSlip
from market.gateways import slip_checks, slip_photo
from market.web import money
from market.web.form import Form
from market.web.money import Shelf
from market.web.page import onward, page
from market.web.pages.order import address, found_for
from market.web.sheets import Baht, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/order/{code:str}/slips", opt={"op": "order.read"})
async def slip_page(
    request: Ask, code: FromPath[str], permit: Mine, key: FromQuery[str] = ""
) -> Response[bytes]:
    return await _slip_shown(request, await found_for(code, key, permit), key)


@post("/order/{code:str}/slips", opt={"op": "order.change"})
async def show_slip(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    found = await found_for(code, form.raw("key"), permit)
    try:
        await run(
            commands.show, await _shown(form, found, at), checker=slip_checks.in_use() is not None,
            by=found.order.buyer, at=at,
        )  # fmt: skip
    except Refusal as no:
        return await _slip_shown(request, found, form.raw("key"), no, form.typed)
    return onward(address(found, form.raw("key"), "/slips"))


async def _shown(form: Form, found: OrderView, at: datetime) -> ShowSlip:
    """What is typed counts before what was read from the photo."""
    text = form.text("text", required=False, most=200)
    form.done()
    if await paying.requested(found.order.id) is None:
        raise NothingAsked()
    photo, read = None, ""
    if content := form.file("photo"):
        photo, read = await slip_photo.kept(content, by=found.order.buyer, at=at)
    shown = ShowSlip(form.id(), found.order.id, text or read, photo)
    deeds.ensure_storable(shown)
    return shown


async def _slip_shown(
    request: Ask,
    found: OrderView,
    key: str,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    return page(
        request, "slip.html", no=no, typed=typed or {}, order=found.order, key=key,
        asked=await paying.request_of(found.order.id),
        slips=await queries.of_order(found.order.id), bank=bank_name,
    )  # fmt: skip


@get("/till/slips", opt={"op": "payment.read"})
async def slips(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """The oldest first, with what to do about each."""
    of = await money.shelf(request, permit)
    if wanted(request):
        return await _csv(request, of)
    return await _queue(request, of, at)


async def _queue(
    request: Ask, of: Shelf, at: datetime, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    waiting = await queries.waiting(of.book.id)
    names = await money.people_called({one.buyer for one in waiting}, words_for(request))
    return page(
        request, "till_slips.html", no=no, typed=typed or {}, shelf=of, waiting=waiting,
        names=names, hours={one.slip: (at - one.at) // timedelta(hours=1) for one in waiting},
        bank=bank_name, reasons=[[r, words_for(request)(f"slips.reason.{r}")] for r in REASONS],
        me=request.state.permit.person,
    )  # fmt: skip


async def _csv(request: Ask, of: Shelf) -> Response[bytes]:
    say, found = words_for(request), await queries.waiting(of.book.id, 100_000)
    names = await money.people_called({one.buyer for one in found}, say)
    heads = [say("Order code"), say("Buyer"), say("Exact amount"), say("Shown at"), say("Bank"),
             say("Reference on the slip"), say("Why it waits")]  # fmt: skip
    rows = [
        (one.order_code, names[one.buyer], Baht(one.asked_satang), say.moment(one.at),
         bank_name(one.bank or ""), one.trans_ref, say(f"slips.because.{one.because}"))
        for one in found
    ]  # fmt: skip
    return sheet("slips", heads, rows)


@get("/till/slips/{slip:str}/photo", opt={"op": "payment.read"})
async def photo(slip: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await books.slip(slip)
    permit.check(place)
    if not (digest := await queries.photo(found.slip)):
        raise NotThere
    kind, content = await blobs.fetch(digest)
    return picture(kind, content, f"slip-{found.order_code}")


@post("/till/slips/{slip:str}", opt={"op": "payment.confirm"})
async def answer(request: Ask, slip: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Each button says what it does."""
    found, place = await books.slip(slip)
    permit.check(place)
    form = await Form.of(request)
    try:
        await _answered(form, found, by=permit.person, at=at)
    except Refusal as no:
        of = await money.shelf(request, permit, found.merchant)
        return await _queue(request, of, at, no, {**form.typed, "slip": slip})
    return onward(f"/till/slips?of={found.merchant}")


async def _answered(form: Form, found: SlipView, *, by: str, at: datetime) -> None:
    if form.raw("do") == "refuse":
        because = form.choice("because", REASONS)
        form.done()
        no = RefuseSlip(form.id(), found.slip, because)  # type: ignore[arg-type]  # among REASONS
        await run(commands.refuse, no, by=by, at=at)
        return
    satang = form.satang("came")
    bank = form.text("bank", required=False, most=10)
    ref = form.text("trans_ref", required=False, most=40)
    form.done()
    yes = AcceptSlip(form.id(), found.slip, satang, bank, ref, form.ticked("part"))
    deeds.ensure_storable(yes)
    await run(commands.accept, yes, by=by, at=at)


DOORS = [slip_page, show_slip, slips, photo, answer]
