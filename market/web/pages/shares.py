"""How each baht of a sale is shared: what holds, what waits, and a new split to propose."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import arabic, local_day
from certification.groups.rules import GroupView
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldWrong
from market.answers.words import Words
from market.domain.splits import commands, queries
from market.domain.splits.rules import Proposal, Propose, ensure_shares
from market.web import money
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.cycles import merchants
from market.web.pages.shares_view import ALL_PARTS, example, held, in_percent
from market.web.sheets import sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
FIELDS = ("share", "truck", "fund", "group")
"""`merchant` is the field that says who sells."""
PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


@get("/shares", opt={"op": "split.read"})
async def all_shares(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say = words_for(request)
    sellers = await merchants(permit)
    found = [(seller, one) for seller in sellers for one in await queries.proposals(seller.id)]
    hands = {hand for _, one in found for hand in (one.by, one.decided_by) if hand}
    people = await money.people_called(hands, say)
    if wanted(request):
        return _csv(say, found, people)
    return page(
        request, "shares.html", people=people,
        now=[shares for seller in sellers for shares in await _now(seller, at)],
        waiting=[pair for pair in found if pair[1].state == "proposed"],
        done=[pair for pair in found if pair[1].state != "proposed"],
    )  # fmt: skip


async def _now(seller: GroupView, at: datetime) -> list[dict[str, object]]:
    """What holds today in per cent; nothing where there is none."""
    rule = await held(seller.id, local_day(at))
    return [{"seller": seller, **in_percent(rule)}] if rule else []


def _csv(
    say: Words, found: list[tuple[GroupView, Proposal]], people: dict[str, str]
) -> Response[bytes]:
    head = [say("Seller"), say("State"), say("Decided at the meeting of"), say("Holds from"),
            *(f"{say(f'shares.{part}')} %" for part in ALL_PARTS),
            say("Proposed by"), say("When"), say("Decided by"), say("When"),
            say("Reason")]  # fmt: skip
    rows = []
    for seller, one in found:
        shares = in_percent(one)
        rows.append((
            say.name(seller), say(f"shares.state.{one.state}"), say.day(one.decided_on),
            say.day(one.holds_from), *(shares[part] for part in ALL_PARTS),
            people[one.by], say.moment(one.at), people.get(one.decided_by or ""),
            say.moment(one.decided_at) if one.decided_at else None, one.reason,
        ))  # fmt: skip
    return sheet("shares", head, rows)


@get("/shares/new", opt={"op": "split.propose"})
async def new_page(
    request: Ask, permit: Mine, at: At, merchant: FromQuery[str] = ""
) -> Response[bytes]:
    return await _new_shown(request, permit, at, merchant)


@post("/shares/new", opt={"op": "split.propose"})
async def propose(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("merchant"))
    try:
        asked = _read(form, at)
        if form.raw("try"):
            ensure_shares(asked)
            merchant = asked.merchant
            return await _new_shown(request, permit, at, merchant, form=form, tried=asked)
        deeds.ensure_storable(asked, asked.id)
        await run(commands.propose, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _new_shown(request, permit, at, form.raw("merchant"), form=form, no=no)
    return onward(f"/shares/{asked.id}")


def _read(form: Form, at: datetime) -> Propose:
    """To try shares on the last round, no meeting needs to have decided them."""
    today = local_day(at)
    points = {name: _points(form, name) for name in FIELDS}
    trying = bool(form.raw("try"))
    decided_on = today if trying else form.day("decided_on", near=today)
    holds_from = today if trying else form.day("holds_from", near=today)
    asked = Propose(
        form.id(), form.text("merchant"), points["share"], points["truck"], points["fund"],
        points["group"], decided_on, holds_from,
    )  # fmt: skip
    form.done()
    return asked


def _points(form: Form, name: str) -> int:
    """`2.5` per cent is 250 basis points."""
    said = PERCENT.fullmatch(arabic(form.text(name)))
    if said is None:
        form.wrong.setdefault(name, FieldWrong(field=name))
        return 0
    return int(said[1]) * 100 + int((said[2] or "").ljust(2, "0"))


async def _new_shown(
    request: Ask, permit: Permit, at: datetime, merchant: str, *, form: Form | None = None,
    no: Refusal | None = None, tried: Propose | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    sellers, today = await merchants(permit), local_day(at)
    meant = next((one for one in sellers if merchant in ("", one.id)), None)
    rule = await held(meant.id, today) if meant else None
    return page(
        request, "shares_new.html", no=no, typed=form.typed if form else {}, chosen=merchant,
        merchants=[[seller.id, say.name(seller)] for seller in sellers],
        example=await example(meant, tried) if meant else None,
        shares=in_percent(rule) if rule else None, today=today.isoformat(),
    )  # fmt: skip


DOORS = [all_shares, new_page, propose]
