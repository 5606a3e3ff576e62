"""What was found wrong, photos of the visit, and seeing later that it is mended."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import pictures
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.inspections import commands, queries
from certification.inspections.rules import (
    GRAVE,
    AttachPhoto,
    FindingMade,
    MakeFinding,
    PhotoAttached,
)
from certification.inspections.views import InspectionView
from certification.schemes import queries as schemes
from certification.schemes.rules import Content
from market.access import deeds, guarantee
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/inspect/{id:str}/findings", opt={"op": "inspection.do"})
async def finding_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _finding_form(request, await guarantee.visit_done(id, permit))


@post("/inspect/{id:str}/findings", opt={"op": "inspection.do"})
async def find(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await guarantee.visit_done(id, permit)
    content = (await schemes.version(found.scheme_version)).content
    form = await Form.of(request)
    try:
        made = _finding(form, id, content, at)
        await deeds.once(commands.find, made, FindingMade, by=permit.person, at=at)
    except Refusal as no:
        return await _finding_form(request, found, no=no, typed=form.typed)
    item = content.item(made.item)
    assert item is not None  # a choice of the form
    return onward(f"/inspect/{id}/{item.chapter}?found=1#i-{item.code}")


def _finding(form: Form, visit: str, content: Content, at: datetime) -> MakeFinding:
    item = form.choice("item", [item.code for item in content.checklist])
    severity, what = form.choice("severity", GRAVE), form.text("what", most=4_000)
    action = form.text("action", most=4_000, required=False) or None
    due_on = form.day("due_on", near=local_day(at)) if form.raw("due_on") else None
    form.done()
    return MakeFinding(form.id(), visit, item, severity, what, action, due_on)  # type: ignore[arg-type]  # among GRAVE


async def _finding_form(
    request: Ask,
    found: InspectionView,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    content = (await schemes.version(found.scheme_version)).content
    item = content.item(request.query_params.get("item", ""))
    first = {"item": item.code, "severity": item.severity} if item else {}
    return page(
        request,
        "inspect_finding.html",
        no=no,
        typed=typed or first,
        **await view.visit(say, found),
        items=[["", say("Choose")], *_items(say, content)],
        severities=[["", say("Choose")]] + [[one, say(f"inspect.severity.{one}")] for one in GRAVE],
        days=content.rules.severity_deadline_days,
    )


def _items(say: Words, content: Content) -> list[list[str]]:
    return [[item.code, f"{item.code} {say.name(item)}"] for item in content.checklist]


@get("/inspect/{id:str}/photos", opt={"op": "inspection.read"})
async def photo_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _photos(request, await guarantee.visit_seen(id, permit), permit)


@post("/inspect/{id:str}/photos", opt={"op": "inspection.do"})
async def attach(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await guarantee.visit_done(id, permit)
    content = (await schemes.version(found.scheme_version)).content
    form = await Form.of(request)
    item = form.choice("item", [i.code for i in content.checklist]) if form.raw("item") else None
    try:
        if not form.file("photo"):
            form.wrong_is("photo", FieldMissing(field="photo"))
        form.done()
        digest = await pictures.keep(form.file("photo"), by=permit.person, at=at)
        photo = AttachPhoto(form.id(), id, digest, item)
        await deeds.once(commands.attach_photo, photo, PhotoAttached, by=permit.person, at=at)
    except Refusal as no:
        return await _photos(request, found, permit, no=no, typed=form.typed)
    return onward(f"/inspect/{id}/photos?saved=1")


async def _photos(
    request: Ask,
    found: InspectionView,
    permit: Permit,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    content = (await schemes.version(found.scheme_version)).content
    head = await view.visit(say, found)
    shown = [
        {"of": one, "item": say.name(item) if (item := content.item(one.item or "")) else ""}
        for one in await queries.photos(found.id)
    ]
    mine = permit.person in [member["person"] for member in head["members"]]
    return page(
        request,
        "inspect_photos.html",
        no=no,
        typed=typed or {"item": request.query_params.get("item", "")},
        **head,
        photos=shown,
        items=[["", say("The plot as a whole")], *_items(say, content)],
        may_add=mine and found.state == "under_way",
        saved="saved" in request.query_params,
    )


DOORS = [finding_page, find, photo_page, attach]
