"""What a seller promises for goods that nobody fetches, and for a stop that moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.pickups import commands, queries
from market.domain.pickups.rules import CHOICES, SetPickupRule
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.cycles import merchants

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
At = NamedDependency[datetime]
MOVED = tuple(choice for choice in CHOICES if choice != "donate")


@get("/unfetched", opt={"op": "rule.define"})
async def show(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    return await _shown(request, permit, at)


@post("/unfetched", opt={"op": "rule.define"})
async def set_rule(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("merchant"))
    try:
        absent, moved = form.choice("absent", CHOICES), form.choice("moved", CHOICES)
        merchant, days = form.text("merchant", most=36), form.whole("hold_days", most=1_000)
        form.done()
        asked = SetPickupRule(form.id(), merchant, absent, moved, days)  # type: ignore[arg-type]
        deeds.ensure_storable(asked, asked.id)
        await run(commands.set_rule, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, form=form, no=no)
    return onward("/unfetched")


async def _shown(
    request: Ask, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    sellers = await merchants(permit)
    return page(
        request, "unfetched.html", no=no, typed=form.typed if form else {},
        merchants=[[seller.id, say.name(seller)] for seller in sellers],
        now=[(seller, await queries.rule_at(seller.id, at)) for seller in sellers],
        choices=[[one, say(f"pickups.choice.{one}")] for one in CHOICES],
        of_moved=[[one, say(f"pickups.choice.{one}")] for one in MOVED],
    )  # fmt: skip


DOORS = [show, set_rule]
