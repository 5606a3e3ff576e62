"""All land that a farmer holds, declared once and again when it changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.land import commands, queries, rules
from certification.land.rules import DeclareHolding, HoldingDeclared
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/farm/holding", opt={"op": "land.tell"})
async def holding_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _holding(request, await view.acting_for(request, permit, at), permit, at)


@post("/farm/holding", opt={"op": "land.tell"})
async def declare(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    person = await view.acting_for(request, permit, at, form.raw("of"))
    try:
        wanted = _declared(form, person, local_day(at))
        reached = await whose.ensure_member(permit, person, local_day(at))
        whom = deeds.For(person, reached[0], person) if reached else None
        await deeds.once(
            commands.declare_holding, wanted, HoldingDeclared, by=permit.person, at=at, whom=whom
        )
    except Refusal as no:
        return await _holding(request, person, permit, at, no=no, typed=form.typed)
    of = "" if person == permit.person else f"&of={person}"
    return onward(f"/farm/holding?saved=1{of}")


def _declared(form: Form, person: str, today: date) -> DeclareHolding:
    m2, pieces = form.area_m2("area"), form.whole("pieces", least=1, most=rules.PIECES_MAX)
    other = form.area_m2("other") if form.raw("other") else 0
    parallel = form.choice("parallel", get_args(rules.Parallel))
    whole_by = form.day("whole_by", near=today) if form.raw("whole_by") else None
    note = form.text("note", most=rules.NOTE_MAX, required=False)
    form.done()
    return DeclareHolding(
        id=form.id(), person=person, area_m2=m2, pieces=pieces, other_m2=other,
        parallel=parallel, whole_by=whole_by, note=note, on_behalf_of=person,  # type: ignore[arg-type]  # among them
    )  # fmt: skip


async def _holding(
    request: Ask,
    person: str,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    return page(
        request,
        "farm_holding.html",
        no=no,
        typed=typed or {},
        saved="saved" in request.query_params and no is None,
        of="" if person == permit.person else person,
        helped=await view.helped(permit, person),
        held=await queries.holding(person, today),
        registered_m2=await queries.registered_m2(person, today),
        parallels=[[one, say(f"land.parallel.{one}")] for one in get_args(rules.Parallel)],
    )


DOORS = [holding_page, declare]
