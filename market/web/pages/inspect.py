"""The inspector's visits: what is asked of me, one visit with its chapters, check and sign."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.inspections import bound, commands, queries
from certification.inspections import sheets as inspections_sheets
from certification.inspections.rules import (
    NOTE_LETTERS_MAX,
    BeginInspection,
    FarmerSignature,
    FinishInspection,
    RefuseToSign,
)
from certification.inspections.views import InspectionView
from certification.plots.queries import PlotView
from certification.schemes import queries as schemes
from certification.schemes.rules import Content
from market.access import deeds, guarantee, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask, Shown
from market.web.pages.plot_map import beside, close_up

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
DONE_SHOWN = 20
SIGNATURES = get_args(FarmerSignature)


@get("/inspect", opt={"op": "inspection.read"})
async def inspect(request: Ask, permit: Mine) -> Response[bytes]:
    say, mine = words_for(request), await queries.of_inspector(permit.person)
    waiting = [one for one in reversed(mine) if one.state in ("assigned", "under_way")]
    done = [one for one in mine if one.state == "signed"]
    if sheets.kind(request):
        seen = [await view.visit(say, one) for one in [*waiting, *done]]
        heads = (
            "Planned day",
            "Kind of visit",
            "State",
            "Plot",
            "Farmer",
            "Where",
            "Left the plot",
        )
        return sheets.saved(request, "my-inspections", heads, map(_line, seen))
    return page(
        request,
        "inspect.html",
        waiting=[
            {**await view.visit(say, one), "progress": await inspections_sheets.progress(one.id)}
            for one in waiting
        ],
        done=[await view.visit(say, one) for one in done[:DONE_SHOWN]],
    )


def _line(one: Shown) -> tuple[object, ...]:
    of = one["visit"]
    return (
        of.planned_on, one["kind"], one["chip"]["words"], one["name"], one["farmer"], one["place"],
        of.ended_at,
    )  # fmt: skip


@get("/inspect/{id:str}", opt={"op": "inspection.read"})
async def visit_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    return await _visit(request, await guarantee.visit_seen(id, permit), permit, at)


@post("/inspect/{id:str}/begin", opt={"op": "inspection.do"})
async def begin(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """Pressed twice, or by two of them, it has begun once."""
    found = await guarantee.visit_done(id, permit)
    if found.state != "under_way":
        try:
            await run(commands.begin, BeginInspection(id, at), by=permit.person, at=at)
        except Refusal as no:
            return await _visit(request, found, permit, at, no=no)
    return onward(f"/inspect/{id}")


async def _visit(
    request: Ask, found: InspectionView, permit: Permit, at: datetime, *, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    content = (await schemes.version(found.scheme_version)).content
    asks = await inspections_sheets.asked(found, content)
    progress = await inspections_sheets.progress(found.id)
    listed = view.chapters(say, asks, await inspections_sheets.values(found.id), progress.missing)
    head = await view.visit(say, found)
    plot: PlotView = head["plot"]
    sees_near = may(request, "plot.read", await whose.of_group(plot.group, owner=head["applicant"]))
    near = await beside(plot) if sees_near else []
    before = [f for f in await queries.open_findings(found.plot) if f.inspection != found.id]
    return page(
        request,
        "inspect_visit.html",
        no=no,
        **head,
        map=close_up(say, plot, near) if plot.shape_source == "polygon" else None,
        sees_near=sees_near,
        chapters=listed,
        next=next((one for one in listed if one["missing"]), None),
        progress=progress,
        more=_more(say, content, asks),
        about=await view.about(say, found, permit.person),
        earlier=await view.findings(say, before, content),
        record=await view.record(say, found) if found.state == "signed" else None,
        findings=await view.findings(say, await queries.findings(found.id), content),
        photos=await queries.photos(found.id),
        scheme=say.name(content.name),
        assigned=permit.person in [member["person"] for member in head["members"]],
        me=permit.person,
        changed=await bound.changed(found, local_day(at)),
        paper=await queries.paper(found.id),
        against=await _against(say, found, head, at),
        saved=request.query_params.get("saved", ""),
    )


async def _against(
    say: Words, found: InspectionView, head: Shown, at: datetime
) -> list[tuple[str, str]]:
    """What has come to stand against whom of the panel, while the visit is still to be signed."""
    if found.state not in ("assigned", "under_way"):
        return []
    called = {one["person"]: one["name"] for one in head["members"]}
    standing = await bound.standing(found, at)
    return [(called.get(person, ""), say.refusal(why)) for person, why in standing.items()]


def _more(say: Words, content: Content, asks: Content) -> list[tuple[str, str]]:
    """Chapters of which this visit does not ask all: whatever is answered there is asked too."""
    if len(asks.checklist) == len(content.checklist):
        return []
    keys = dict.fromkeys(item.chapter for item in content.checklist)
    return [(key, view.chapter_name(say, key)) for key in keys]


@get("/inspect/{id:str}/check", opt={"op": "inspection.read"})
async def check_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _check(request, await guarantee.visit_seen(id, permit), permit)


@post("/inspect/{id:str}/sign", opt={"op": "inspection.do"})
async def sign(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await guarantee.visit_done(id, permit)
    try:
        await run(commands.sign, id, by=permit.person, at=at)
    except Refusal as no:
        return await _check(request, found, permit, no=no)
    return onward(f"/inspect/{id}/check?signed=1")


@post("/inspect/{id:str}/dissent", opt={"op": "inspection.do"})
async def refuse(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, form = await guarantee.visit_done(id, permit), await Form.of(request)
    why = form.text("dissent", most=NOTE_LETTERS_MAX)
    try:
        form.done()
        deeds.ensure_storable(why)
        await run(commands.refuse_to_sign, RefuseToSign(id, why), by=permit.person, at=at)
    except Refusal as no:
        return await _check(request, found, permit, no=no, typed=form.typed)
    return onward(f"/inspect/{id}/check")


@post("/inspect/{id:str}/finish", opt={"op": "inspection.do"})
async def finish(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await guarantee.visit_done(id, permit)
    form = await Form.of(request)
    said = form.choice("farmer_signature", SIGNATURES)
    try:
        reason = form.text("reason", most=NOTE_LETTERS_MAX, required=said != "signed") or None
        statement = form.text("statement", most=NOTE_LETTERS_MAX, required=False) or None
        form.done()
        deeds.ensure_storable([reason, statement])
        paper = await queries.paper(id)
        ended = paper.ended_at if paper else at
        end = FinishInspection(id, said, ended, reason, statement)  # type: ignore[arg-type]  # among SIGNATURES
        await run(commands.finish, end, by=permit.person, at=at)
    except Refusal as no:
        return await _check(request, found, permit, no=no, typed=form.typed)
    return onward(f"/inspect/{id}?saved=finished")


async def _check(
    request: Ask,
    found: InspectionView,
    permit: Permit,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    content = (await schemes.version(found.scheme_version)).content
    progress, head = await inspections_sheets.progress(found.id), await view.visit(say, found)
    mine = next((m for m in head["members"] if m["person"] == permit.person), None)
    signed = sum(member["signed_at"] is not None for member in head["members"])

    def lines(codes: tuple[str, ...]) -> list[Shown]:
        return [
            {"item": item, "words": say.name(item)}
            for item in content.checklist
            if item.code in codes
        ]

    return page(
        request,
        "inspect_check.html",
        no=no,
        typed=typed or {},
        **head,
        missing=lines(progress.missing),
        chapters=view.chapters(
            say,
            await inspections_sheets.asked(found, content),
            await inspections_sheets.values(found.id),
            progress.missing,
        ),
        bare=lines(progress.without_finding),
        unshown=lines(progress.without_evidence),
        progress=progress,
        mine=mine,
        signed=signed,
        needed=max(content.rules.min_inspectors - signed, 0),
        findings=await view.findings(say, await queries.findings(found.id), content),
        record=await view.record(say, found),
        just="signed" in request.query_params,
    )


DOORS = [inspect, visit_page, begin, check_page, sign, refuse, finish]
