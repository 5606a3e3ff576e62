"""Asking inspectors to a plot: who may, and in words why the others may not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications.queries import ApplicationView
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.calls import commands as calls
from certification.calls.queries import CallView
from certification.calls.rules import SendCalled
from certification.certificates import queries as certificates
from certification.inspections import assigning, bound, queries
from certification.inspections.kinds import FROM, NARROW, WORDS_MAX, About, Kind
from certification.inspections.panel import Assigned
from certification.inspections.rules import AssignInspection, InspectionAssigned
from certification.inspections.views import FindingView
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask, place_of, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS = get_args(Kind)


@get("/board/assign/{id:str}", opt={"op": "inspection.assign"})
async def assign_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    called = await _called(request.query_params.get("call", ""), found, permit, at)
    return await _form(request, found, at, called=called)


@post("/board/assign/{id:str}", opt={"op": "inspection.assign"})
async def assign(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    form = await Form.of(request)
    called = await _called(form.raw("call"), found, permit, at)
    try:
        wanted = _wanted(form, id, at)
        named = [one.person for one in wanted.members]
        await members.ensure_within(permit, named, [found.group], at)
        if called:
            sent = SendCalled(wanted.id, called.id, wanted.members, wanted.planned_on, wanted.about)
            await deeds.once(calls.send, sent, InspectionAssigned, by=permit.person, at=at)
        else:
            await deeds.once(assigning.assign, wanted, InspectionAssigned, by=permit.person, at=at)
    except Refusal as no:
        kept = {**form.typed, "finding": " ".join(form.all("finding"))}
        return await _form(request, found, at, called=called, no=no, typed=kept)
    return onward("/board?assigned=1#visits")


async def _called(id: str, asked: ApplicationView, permit: Permit, at: datetime) -> CallView | None:
    """The committee's call that is answered here."""
    if not id:
        return None
    found, _ = await guarantee.visit_call(id, permit, at)
    if found.application != asked.id:
        raise NotThere
    return found


def _wanted(form: Form, application: str, at: datetime) -> AssignInspection:
    panel = tuple(
        Assigned(name.removeprefix("seat."), seat)
        for name, seat in form.typed.items()
        if name.startswith("seat.") and seat
    )
    kind = form.choice("kind", KINDS)
    planned_on = form.day("planned_on", near=local_day(at))
    about = [About("finding", id) for id in form.all("finding")]
    if complaint := form.raw("complaint"):
        about.append(About("complaint", complaint))
    reason = form.text("reason", most=WORDS_MAX, required=False) or None
    form.done()
    return AssignInspection(
        form.id(), application, panel, planned_on, kind, tuple(about), reason  # type: ignore[arg-type]  # among KINDS
    )  # fmt: skip


async def _form(
    request: Ask,
    asked: ApplicationView,
    at: datetime,
    *,
    called: CallView | None = None,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, plot = words_for(request), await plots.plot(asked.plot)
    settings = (await schemes.version(asked.scheme_version)).content.rules
    carries, today = asked.state == "accepted", local_day(at)
    farmer = await bound.farmer(asked, carries=carries, on=today)
    ties = await bound.tied(asked.plot, farmer, settings, on=today)
    found = await bound.candidates(asked.group, ties, settings, at=at)
    names = await people.names([farmer, *[one.person for one in found]])
    wanted = request.query_params.get("kind", "")
    may = [called.kind] if called else [kind for kind in KINDS if asked.state in FROM[kind]]
    opened = await queries.open_findings(asked.plot)
    first = wanted if wanted in may else await _usual(asked, opened)
    return page(
        request,
        "board_assign.html",
        no=no,
        typed=typed or {"kind": first, "complaint": request.query_params.get("complaint", "")},
        application=asked,
        called=called,
        name=plot_name(say, plot),
        place=place_of(say, plot),
        farmer=names.get(farmer, ""),
        eligible=[
            {"person": one.person, "name": names.get(one.person, ""), "seat": one.seat}
            for one in found
            if one.against is None
        ],
        excluded=[
            {"name": names.get(one.person, ""), "why": say.refusal(one.against)}
            for one in found
            if one.against is not None
        ],
        kinds=[[one, say(f"inspect.kind.{one}")] for one in may],
        again=[one for one in may if one in NARROW],
        findings=await view.findings(say, opened, None),
        seats=[[one.code, say.name(one.name)] for one in settings.panel_seats],
        needed=settings.min_inspectors,
        wanted=[
            (say.name(seat.name), seat.minimum) for seat in settings.panel_seats if seat.minimum
        ],
    )


async def _usual(asked: ApplicationView, opened: Sequence[FindingView]) -> str:
    if asked.state != "accepted":
        return "follow_up" if opened else "annual"
    return "annual" if await certificates.of_plot(asked.plot) else "initial"


DOORS = [assign_page, assign]
