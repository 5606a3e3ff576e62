"""What a seller promises for goods that nobody fetches, and for a stop that moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups.rules import GroupView
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView
from market.domain.orders.queries import StoredOrder
from market.domain.pickups import commands, queries
from market.domain.pickups.rules import CHOICES, PickupRule, SetPickupRule
from market.domain.truck_day import unfetched
from market.web import money
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
    """A promise; or doing as was promised; or giving back what was kept wrongly."""
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("merchant"))
    merchant = form.text("merchant", most=36)
    try:
        if form.raw("deed") == "carry":
            await run(unfetched.carry_out, merchant, by=permit.person, at=at)
            return onward("/unfetched#kept")
        if form.raw("deed") == "back":
            order = form.raw("order")[:36]
            await run(unfetched.give_back, order, merchant, by=permit.person, at=at)
            return onward("/unfetched")
        await _promise(form, merchant, permit.person, at)
    except Refusal as no:
        return await _shown(request, permit, at, form=form, no=no)
    return onward("/unfetched")


async def _promise(form: Form, merchant: str, by: str, at: datetime) -> None:
    absent, moved = form.choice("absent", CHOICES), form.choice("moved", CHOICES)
    days, kept = form.whole("hold_days", most=1_000), 0
    if form.raw("kept_percent").strip():
        kept = form.whole("kept_percent", most=1_000)
    cycle = form.raw("cycle") or None
    form.done()
    if cycle:
        await whose.cycle_of(cycle, merchant)
    asked = SetPickupRule(form.id(), merchant, absent, moved, days, cycle, kept)  # type: ignore[arg-type]
    deeds.ensure_storable(asked, asked.id)
    await run(commands.set_rule, asked, by=by, at=at)


class Seller(msgspec.Struct, frozen=True):
    of: GroupView
    rule: PickupRule | None
    rounds: list[tuple[CycleView, PickupRule]]
    """That promise something of their own."""
    left: list[Shown]
    ends: int
    """Of them, whose promise says that they end now."""
    kept: list[StoredOrder]


class Shown(unfetched.Left, frozen=True):
    ends: bool = False


async def _seller(of: GroupView, at: datetime, person: str) -> Seller:
    rule = await queries.rule_at(of.id, at)
    rounds = list[tuple[CycleView, PickupRule]]()
    for cycle in await _open_rounds(of.id, at):
        own = await queries.rule_at(of.id, at, cycle.id)
        if own and own != rule:
            rounds.append((cycle, own))
    left = [
        Shown(**msgspec.structs.asdict(one), ends=bool(one.due_at and one.due_at <= at))
        for one in await unfetched.waiting(of.id, at)
    ]
    ends = sum(one.ends and one.order.buyer != person for one in left)
    return Seller(of, rule, rounds, left, ends, await unfetched.kept(of.id))


async def _open_rounds(merchant: str, at: datetime) -> list[CycleView]:
    """In which something can still be ordered."""
    found = await offers.cycles(merchant)
    return [one for one in found if at < one.closes_at and not one.called_off]


async def _shown(
    request: Ask, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    sellers = [await _seller(of, at, permit.person) for of in await merchants(permit)]
    buyers = {one.order.buyer for seller in sellers for one in seller.left}
    buyers |= {one.buyer for seller in sellers for one in seller.kept}
    rounds = [one for seller in sellers for one in await _open_rounds(seller.of.id, at)]
    return page(
        request, "unfetched.html", no=no, typed=form.typed if form else {}, sellers=sellers,
        names=await money.people_called(buyers, say),
        merchants=[[one.of.id, say.name(one.of)] for one in sellers],
        cycles=[["", say("every round of which nothing else is said")],
                *([one.id, say.name(one)] for one in rounds)],
        picked=request.query_params.get("cycle", ""),
        choices=[[one, say(f"pickups.choice.{one}")] for one in CHOICES],
        of_moved=[[one, say(f"pickups.choice.{one}")] for one in MOVED],
    )  # fmt: skip


DOORS = [show, set_rule]
