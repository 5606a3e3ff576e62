"""How each baht of a sale is shared: a new version for the rounds to come."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import arabic
from certification.groups.rules import GroupView
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldWrong
from market.domain.offers import commands, queries
from market.domain.offers.rules import BASIS_POINTS, DefineRule, NoSuchRule, ensure_rule
from market.domain.settlement import queries as settlement
from market.domain.settlement.rules import summed, tally
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.cycles import merchants

Ask = Request[Any, Any, Any]
Mine = NamedDependency[Permit]
PARTS = ("merchant", "truck", "fund", "group")
ALL_PARTS = ("farmer", "group", "truck", "fund", "merchant")
FIELDS = ("share", "truck", "fund", "group")
"""`merchant` is the field that says who sells."""
PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


@get("/shares/new", opt={"op": "rule.define"})
async def new_page(request: Ask, permit: Mine, merchant: FromQuery[str] = "") -> Response[bytes]:
    return await _shown(request, permit, merchant)


@post("/shares/new", opt={"op": "rule.define"})
async def define(request: Ask, permit: Mine, at: NamedDependency[datetime]) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("merchant"))
    try:
        points = {name: _points(form, name) for name in FIELDS}
        asked = DefineRule(
            form.id(), form.text("merchant"), points["share"], points["truck"],
            points["fund"], points["group"],
        )  # fmt: skip
        form.done()
        if form.raw("try"):
            ensure_rule(asked)
            return await _shown(request, permit, asked.merchant, form=form, tried=asked)
        deeds.ensure_storable(asked, asked.id)
        await run(commands.define_rule, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, form.raw("merchant"), form=form, no=no)
    return onward("/shares/new")


def _points(form: Form, name: str) -> int:
    """`2.5` per cent is 250 basis points."""
    said = PERCENT.fullmatch(arabic(form.text(name)))
    if said is None:
        form.wrong.setdefault(name, FieldWrong(field=name))
        return 0
    return int(said[1]) * 100 + int((said[2] or "").ljust(2, "0"))


async def _shown(
    request: Ask, permit: Permit, merchant: str, *, form: Form | None = None,
    no: Refusal | None = None, tried: DefineRule | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    sellers = await merchants(permit)
    meant = [seller for seller in sellers if merchant in ("", seller.id)]
    examples = [example for seller in meant for example in await _example(seller, tried)]
    return page(
        request, "shares.html", no=no, typed=form.typed if form else {}, chosen=merchant,
        merchants=[[seller.id, say.name(seller)] for seller in sellers],
        example=examples[0] if examples else None,
        now=[shares for seller in sellers for shares in await _now(seller)],
    )  # fmt: skip


async def _now(seller: GroupView) -> list[dict[str, object]]:
    """The newest version in per cent, the farmer's rest first; nothing where there is none."""
    try:
        rule = await queries.split_rule(seller.id)
    except NoSuchRule:
        return []
    points = {part: getattr(rule, f"{part}_bp") for part in PARTS}
    shown = {part: _percent(bp) for part, bp in points.items()}
    return [{"seller": seller, "farmer": _percent(BASIS_POINTS - sum(points.values())), **shown}]


async def _example(seller: GroupView, tried: DefineRule | None) -> list[dict[str, object]]:
    """The last round that was divided: by its own rule, and by these shares or today's."""
    done = await settlement.settlements(merchant=seller.id)
    if not done:
        return []
    last = done[-1]
    sold = await settlement.sales(last.cycle)
    was = await queries.rule_of(last.cycle)
    then, would = (
        summed(tally(sale, rule) for sale in sold)
        for rule in (was, tried or await queries.split_rule(seller.id))
    )
    rows = [(part, getattr(then.parts, part), getattr(would.parts, part)) for part in ALL_PARTS]
    name = {"th": last.cycle_th, "en": last.cycle_en}
    return [{"seller": seller, "name": name, "whole": then, "rows": rows, "tried": bool(tried)}]


def _percent(points: int) -> str:
    return f"{points / 100:.2f}".rstrip("0").rstrip(".")


DOORS = [new_page, define]
