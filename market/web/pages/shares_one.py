"""A split that one proposed: another approves it or sends it back, the proposer takes it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.access import books, deeds
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.splits import commands, queries
from market.domain.splits.rules import Decide, Proposal, hindrance
from market.web import money
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.shares_view import example, held, in_percent

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/shares/{id:str}", opt={"op": "split.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await books.split(id)
    permit.check(place)
    return await _shown(request, permit, found, at)


@post("/shares/{id:str}/decision", opt={"op": "split.decide"})
async def decide(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await books.split(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        approve = form.choice("decision", ("approve", "return")) == "approve"
        reason = form.text("reason", most=500, required=not approve)
        form.done()
        said = Decide(id, found.merchant, approve, "" if approve else reason)
        deeds.ensure_storable(said)
        await run(commands.decide, said, by=permit.person, at=at)
    except Refusal as no:
        again, _ = await books.split(id)
        return await _shown(request, permit, again, at, form=form, no=no)
    return onward(f"/shares/{id}")


@post("/shares/{id:str}/withdrawal", opt={"op": "split.propose"})
async def withdraw(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await books.split(id)
    permit.check(place)
    try:
        await run(commands.withdraw, id, found.merchant, by=permit.person, at=at)
    except Refusal as no:
        again, _ = await books.split(id)
        return await _shown(request, permit, again, at, no=no)
    return onward(f"/shares/{id}")


async def _shown(
    request: Ask, permit: Permit, found: Proposal, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    seller = await groups.group(found.merchant)
    waits = found.state == "proposed"
    in_office = await queries.in_office(found.merchant, at) if waits else set()
    last = await queries.last_version(found.merchant)
    hindered = hindrance(found, in_office, last, today) if waits else None
    others = in_office - {found.by}
    hands = {found.by, *others, *([found.decided_by] if found.decided_by else [])}
    people = await money.people_called(hands, say)
    now = await held(found.merchant, today)
    return page(
        request, "shares_one.html", no=no, typed=form.typed if form else {}, one=found,
        seller=seller, shares=in_percent(found), now=in_percent(now) if now else None,
        example=await example(seller, found), people=people,
        version=await queries.version_of(found.id), mine=found.by == permit.person,
        hindered=say.refusal(hindered) if hindered else "",
        others=[people[id] for id in sorted(others)],
    )  # fmt: skip


DOORS = [one, decide, withdraw]
