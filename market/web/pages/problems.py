"""What was wrong with goods: told by the buyer, answered by the treasurer, looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from certification.basis import blobs, pictures
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import books, deeds
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.picture import picture
from market.domain.complaints import commands, queries
from market.domain.complaints.queries import ComplaintView
from market.domain.complaints.rules import (
    APPEAL_WITHIN,
    BEARERS,
    KINDS,
    OUTCOMES,
    Answer,
    Appeal,
    Complain,
    NoSuchComplaint,
)
from market.domain.orders.queries import OrderView
from market.web import money
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.order import address, found_for
from market.web.sheets import Baht, kind, saved

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
HEADS = ("Order code", "Buyer", "Goods", "Paid", "What is wrong", "State", "Told at", "Answer by",
         "Given")  # fmt: skip


@get("/order/{code:str}/problem", opt={"op": "order.read"})
async def problem(
    request: Ask, code: FromPath[str], permit: Mine, at: At, key: FromQuery[str] = ""
) -> Response[bytes]:
    return await _told(request, await found_for(code, key, permit), key, at)


@post("/order/{code:str}/problem", opt={"op": "order.change"})
async def tell(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    key = form.raw("key")
    found = await found_for(code, key, permit)
    try:
        if form.raw("do") == "appeal":
            await _appealed(form, found, at)
        else:
            await _complained(request, form, found, at)
    except Refusal as no:
        return await _told(request, found, key, at, no, form.typed)
    return onward(address(found, key, "/problem"))


async def _complained(request: Ask, form: Form, found: OrderView, at: datetime) -> None:
    line = form.choice("line", [one.id for one in found.lines])
    what, words = form.choice("kind", KINDS), form.text("words", most=1_000)
    form.done()
    photo = None
    if content := form.file("photo"):
        photo = await pictures.keep(content, by=found.order.buyer, at=at)
    told = Complain(form.id(), found.order.id, line, what, words, photo)  # type: ignore[arg-type]  # among KINDS
    deeds.ensure_storable(told)
    hours = request.app.state.settings.complaint_hours
    await run(commands.complain, told, hours=hours, by=found.order.buyer, at=at)


async def _appealed(form: Form, found: OrderView, at: datetime) -> None:
    words = form.text("words", most=1_000)
    form.done()
    mine = {one.complaint for one in await queries.of_order(found.order.id)}
    if form.raw("complaint") not in mine:
        raise NoSuchComplaint()
    await run(
        commands.appeal, Appeal(form.id(), form.raw("complaint"), words), by=found.order.buyer,
        at=at,
    )  # fmt: skip


async def _told(
    request: Ask,
    found: OrderView,
    key: str,
    at: datetime,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, told = words_for(request), await queries.of_order(found.order.id)
    hours = request.app.state.settings.complaint_hours
    handed = await queries.handed_over_at(found.order.id)
    until = handed and handed + timedelta(hours=hours)
    known = {one.line for one in told}
    return page(
        request, "problem.html", no=no, typed=typed or {}, order=found.order, key=key, told=told,
        hours=hours, until=until, in_time=bool(until and at <= until),
        goods=[[one.id, say.name(one)] for one in found.lines if one.id not in known],
        kinds=[[one, say(f"complaints.kind.{one}")] for one in KINDS],
        may_appeal=[one.complaint for one in told if _may_appeal(one, at)],
    )  # fmt: skip


def _may_appeal(one: ComplaintView, at: datetime) -> bool:
    return one.state == "answered" and at <= one.answers[-1].at + APPEAL_WITHIN


@get("/problems", opt={"op": "complaint.read"})
async def problems(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    """What waits first; late ones are marked."""
    of = await money.shelf(request, permit)
    found = await queries.of_merchant(of.book.id)
    names = await money.people_called({one.buyer for one in found}, words_for(request))
    if kind(request):
        say = words_for(request)
        rows = (
            (one.order_code, names[one.buyer], say.name(one), Baht(one.paid_satang),
             say(f"complaints.kind.{one.kind}"), say(f"complaints.state.{one.state}"),
             say.moment(one.at), say.moment(one.due_at), Baht(one.given))
            for one in found
        )  # fmt: skip
        return saved(request, "problems", HEADS, rows)
    return page(
        request, "problems.html", shelf=of, found=found, names=names,
        late={one.complaint for one in found if _waits(one) and at > one.due_at},
    )  # fmt: skip


def _waits(one: ComplaintView) -> bool:
    return one.state in ("open", "appealed")


@get("/problems/{id:str}", opt={"op": "complaint.read"})
async def one_problem(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await books.complaint(id)
    permit.check(place)
    return await _shown(request, found, at)


@get("/problems/{id:str}/photo", opt={"op": "complaint.read"})
async def photo(id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await books.complaint(id)
    permit.check(place)
    if not (digest := await queries.photo(found.complaint)):
        raise NotThere
    what, content = await blobs.fetch(digest)
    return picture(what, content, f"problem-{found.order_code}")


@post("/problems/{id:str}", opt={"op": "complaint.answer"})
async def answer(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _answered(request, id, permit, at, ruling=False)


@post("/problems/{id:str}/ruling", opt={"op": "complaint.rule"})
async def rule(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    return await _answered(request, id, permit, at, ruling=True)


async def _answered(
    request: Ask, id: str, permit: Permit, at: datetime, *, ruling: bool
) -> Response[bytes]:
    found, place = await books.complaint(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        outcome = form.choice("outcome", OUTCOMES)
        refused = outcome == "refused"
        satang = 0 if refused else form.satang("satang")
        bearer = None if refused else form.choice("bearer", BEARERS)
        reason = form.text("reason", most=1_000)
        form.done()
        said = Answer(form.id(), id, outcome, satang, bearer, reason)  # type: ignore[arg-type]  # among them
        deeds.ensure_storable(said)
        await run(commands.rule if ruling else commands.answer, said, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, at, no, form.typed)
    return onward(f"/problems/{id}")


async def _shown(
    request: Ask,
    found: ComplaintView,
    at: datetime,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, permit = words_for(request), request.state.permit
    people = {found.buyer, *(one.by for one in found.answers)}
    names = await money.people_called(people | ({found.farmer} if found.farmer else set()), say)
    return page(
        request, "problem_one.html", no=no, typed=typed or {}, one=found, names=names,
        late=_waits(found) and at > found.due_at,
        own=permit.person in {found.buyer, found.farmer, *(a.by for a in found.answers)},
        outcomes=[[one, say(f"complaints.outcome.{one}")] for one in OUTCOMES],
        bearers=[[one, say(f"complaints.bearer.{one}")] for one in BEARERS
                 if one != "farmer" or found.farmer],
    )  # fmt: skip


DOORS = [problem, tell, problems, one_problem, photo, answer, rule]
