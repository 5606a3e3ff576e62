"""The panel of a visit in the field: what has come to stand against whom, who goes instead, and
whose signature counts all the same because two say so in public."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import queries as applications
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.inspections import bound, replacing
from certification.inspections import queries as inspections
from certification.inspections.panel import Assigned
from certification.inspections.replacing import Excuse, ExcuseAsked, Replace
from certification.inspections.views import InspectionView
from certification.people import queries as people
from certification.schemes import queries as schemes
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
REASON_LETTERS_MAX = 500


@get("/board/visits/{id:str}", opt={"op": "inspection.assign"})
async def panel_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    return await _panel(request, await _reached(id, permit), permit, at)


@post("/board/visits/{id:str}/replace", opt={"op": "inspection.assign"})
async def replace(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, form = await _reached(id, permit), await Form.of(request)
    was, other = form.text("person", most=36), form.text("other", most=36)
    seat = form.text("seat", most=40)
    try:
        form.done()
        _, place = await whose.application(found.application)
        await members.ensure_within(permit, [other], [place.group], at)
        wanted = Replace(id, was, Assigned(other, seat))
        await run(replacing.replace, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _panel(request, found, permit, at, no=no, typed=form.typed)
    return onward(f"/board/visits/{id}?saved=1")


@post("/board/visits/{id:str}/excuse", opt={"op": "inspection.assign"})
async def excuse(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, form = await _reached(id, permit), await Form.of(request)
    person, reason = form.text("excused", most=36), form.text("reason", most=REASON_LETTERS_MAX)
    try:
        form.done()
        wanted = Excuse(form.id(), id, person, reason)
        await deeds.once(replacing.excuse, wanted, ExcuseAsked, by=permit.person, at=at)
    except Refusal as no:
        return await _panel(request, found, permit, at, no=no, typed=form.typed)
    return onward(f"/board/visits/{id}?saved=1")


@post("/board/visits/{id:str}/excuse-signature", opt={"op": "inspection.assign"})
async def sign(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, form = await _reached(id, permit), await Form.of(request)
    try:
        await run(replacing.sign_excuse, id, form.raw("excuse"), by=permit.person, at=at)
    except Refusal as no:
        return await _panel(request, found, permit, at, no=no, typed=form.typed)
    return onward(f"/board/visits/{id}?saved=1")


async def _reached(id: str, permit: Permit) -> InspectionView:
    found, place = await guarantee.visit(id, permit)
    permit.check(place)
    return found


async def _panel(
    request: Ask,
    found: InspectionView,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, head = words_for(request), await view.visit(words_for(request), found)
    settings = (await schemes.version(found.scheme_version)).content.rules
    going = found.state in ("assigned", "under_way")
    against = await bound.standing(found, at) if going else {}
    asked = await applications.application(found.application)
    farmer = await bound.farmer(asked, carries=found.carries, on=local_day(at))
    ties = await bound.tied(found.plot, farmer, settings, on=local_day(at))
    free = [c.person for c in await bound.candidates(asked.group, ties, settings, at=at)
            if c.against is None]  # fmt: skip
    sit = {one["person"] for one in head["members"]}
    excuses = await inspections.excuses(found.id)
    names = await people.names([*free, *(one.by for one in excuses)])
    called = {one["person"]: one["name"] for one in head["members"]}
    return page(
        request,
        "board_panel.html",
        no=no,
        typed=typed or {},
        **head,
        going=going,
        against=[(p, called.get(p, ""), say.refusal(why)) for p, why in against.items()],
        open_seats=[
            ["", say("Choose")],
            *[
                [m["person"], m["name"]]
                for m in head["members"]
                if not m["signed_at"] and not m["left_at"]
            ],
        ],
        others=[["", say("Choose")], *[[p, names.get(p, "")] for p in free if p not in sit]],
        seats=[[one.code, say.name(one.name)] for one in settings.panel_seats],
        excuses=[
            {
                "of": one,
                "name": called.get(one.person, ""),
                "by": names.get(one.by, ""),
                "mine": permit.person in (one.by, one.person),
            }
            for one in excuses
        ],
        saved="saved" in request.query_params,
    )


DOORS = [panel_page, replace, excuse, sign]
