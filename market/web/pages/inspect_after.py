"""Once the sheet is signed: correct an answer, sign a correction, remark on it, screen it."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import run
from certification.inspections import layers, refusals, reviewing, rules, sheets
from certification.inspections.afterwards import (
    Correct,
    Corrected,
    Outcome,
    Remarked,
    Review,
    Screen,
    Screened,
)
from certification.inspections.views import AnswerView, InspectionView
from certification.schemes import queries as schemes
from certification.schemes.rules import Item
from market.access import deeds, guarantee
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask
from market.web.pages.inspect_sheet import field, value_of

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
OUTCOMES = get_args(Outcome)


@get("/inspect/{id:str}/corrections", opt={"op": "inspection.do"})
async def correction_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    """`?item=` chooses the question; `?late=` takes over what came too late."""
    found = await guarantee.visit_done(id, permit)
    return await _shown(request, found, permit, "corrections")


@post("/inspect/{id:str}/corrections", opt={"op": "inspection.do"})
async def correct(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, form = await guarantee.visit_done(id, permit), await Form.of(request)
    item = await _item(found, form.raw("item"))
    reason = form.text("reason", most=rules.NOTE_LETTERS_MAX)
    try:
        note = form.raw(f"n.{item.code}")
        value = _value(form, item, note, at)
        if not value:
            form.wrong_is(item.code, FieldMissing(field=item.code))
        form.done()
        wanted = Correct(form.id(), id, item.code, value, reason, note or None)
        await deeds.once(reviewing.correct, wanted, Corrected, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, permit, "corrections", form=form, no=no)
    return onward(f"/inspect/{id}?saved=corrected#corrections")


@post("/inspect/{id:str}/countersign", opt={"op": "inspection.do"})
async def countersign(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, form = await guarantee.visit_done(id, permit), await Form.of(request)
    try:
        await run(reviewing.countersign, id, form.raw("correction"), by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, permit, "corrections", form=form, no=no)
    return onward(f"/inspect/{id}?saved=corrected#corrections")


@get("/inspect/{id:str}/review", opt={"op": "sheet.review"})
async def review_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await guarantee.visit(id, permit)
    permit.check(place)
    return await _shown(request, found, permit, "review")


@post("/inspect/{id:str}/review", opt={"op": "sheet.review"})
async def review(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.visit(id, permit)
    permit.check(place)
    form = await Form.of(request)
    item = await _item(found, form.raw("item"))
    note = form.text("reason", most=rules.NOTE_LETTERS_MAX)
    try:
        value = _value(form, item, note, at)
        form.done()
        said = Review(form.id(), id, item.code, note, value or None)
        await deeds.once(reviewing.review, said, Remarked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, permit, "review", form=form, no=no)
    return onward(f"/inspect/{id}/review?saved=1#said")


@post("/inspect/{id:str}/screening", opt={"op": "sheet.review"})
async def screen(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.visit(id, permit)
    permit.check(place)
    form = await Form.of(request)
    outcome = form.choice("outcome", OUTCOMES)
    why = form.text("why", most=rules.NOTE_LETTERS_MAX, required=outcome == "sent_back") or None
    try:
        form.done()
        said = Screen(form.id(), id, outcome, why)  # type: ignore[arg-type]  # among OUTCOMES
        await deeds.once(reviewing.screen, said, Screened, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, permit, "review", form=form, no=no)
    return onward(f"/inspect/{id}/review?saved=1")


async def _item(found: InspectionView, code: str) -> Item:
    item = (await schemes.version(found.scheme_version)).content.item(code)
    if item is None:
        raise refusals.UnknownItem(field="item", item=code[:20])
    return item


def _value(form: Form, item: Item, note: str, at: datetime) -> str:
    try:
        return value_of(form, item, note, at)
    except Invalid as why:
        form.wrong_is(item.code, why)
        return ""


async def _shown(
    request: Ask,
    found: InspectionView,
    permit: Permit,
    which: str,
    *,
    form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:
    say = words_for(request)
    content = (await schemes.version(found.scheme_version)).content
    asked = form.raw("item") if form else request.query_params.get("item", "")
    came = await layers.late(found.id)
    late = next((one for one in came if one.id == request.query_params.get("late")), None)
    item = content.item(late.item if late else asked)
    held = next((a for a in await sheets.answers(found.id) if item and a.item == item.code), None)
    typed = form.typed if form else {}
    return page(
        request,
        "inspect_after.html",
        no=no,
        typed=typed,
        **await view.visit(say, found),
        which=which,
        item=item,
        one=field(say, item, _first(which, held, late), form) if item else None,
        held=view.said(say, item, held) if item and held else "",
        items=[
            ["", say("Choose")],
            *[[one.code, f"{one.code} {say.name(one)}"] for one in content.checklist],
        ],
        record=await view.record(say, found),
        screens=any(stage.organ == "screening" for stage in content.rules.decision_stages),
        outcomes=[[one, say(f"inspect.screened.{one}")] for one in OUTCOMES],
        saved="saved" in request.query_params,
        me=permit.person,
    )


def _first(
    which: str, held: AnswerView | None, late: layers.LateView | None
) -> AnswerView | layers.LateView | None:
    """What the form begins with: the late answer, the signed one; a reviewer's begins empty."""
    return late or (held if which == "corrections" else None)


DOORS = [correction_page, correct, countersign, review_page, review, screen]
