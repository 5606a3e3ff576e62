"""Asking inspectors to a plot: who may, and in words why the others may not."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications.queries import ApplicationView
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.inspections import commands, queries
from certification.inspections.panel import Assigned
from certification.inspections.rules import AssignInspection, InspectionAssigned, Kind
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import deeds, members, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, place_of, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS = get_args(Kind)


@get("/board/assign/{id:str}", opt={"op": "inspection.assign"})
async def assign_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    return await _form(request, found, at)


@post("/board/assign/{id:str}", opt={"op": "inspection.assign"})
async def assign(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        wanted = _wanted(form, id, at)
        named = [one.person for one in wanted.members]
        await members.ensure_within(permit, named, [found.group], at)
        await deeds.once(commands.assign, wanted, InspectionAssigned, by=permit.person, at=at)
    except Refusal as no:
        return await _form(request, found, at, no=no, typed=form.typed)
    return onward("/board?assigned=1#visits")


def _wanted(form: Form, application: str, at: datetime) -> AssignInspection:
    panel = tuple(
        Assigned(name.removeprefix("seat."), seat)
        for name, seat in form.typed.items()
        if name.startswith("seat.") and seat
    )
    kind = form.choice("kind", KINDS)
    planned_on = form.day("planned_on", near=local_day(at))
    form.done()
    return AssignInspection(form.id(), application, panel, planned_on, kind)  # type: ignore[arg-type]  # among KINDS


async def _form(
    request: Ask,
    asked: ApplicationView,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, plot = words_for(request), await plots.plot(asked.plot)
    settings = (await schemes.version(asked.scheme_version)).content.rules
    ties = await queries.tied(asked.plot, asked.applicant, settings, on=local_day(at))
    found = await queries.candidates(asked.group, ties, settings, at=at)
    names = await people.names([asked.applicant, *[one.person for one in found]])
    kind = "annual" if await certificates.of_plot(asked.plot) else "initial"
    return page(
        request,
        "board_assign.html",
        no=no,
        typed=typed or {"kind": kind},
        application=asked,
        name=plot_name(say, plot),
        place=place_of(say, plot),
        farmer=names.get(asked.applicant, ""),
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
        kinds=[[one, say(f"inspect.kind.{one}")] for one in KINDS],
        seats=[[one.code, say.name(one.name)] for one in settings.panel_seats],
        needed=settings.min_inspectors,
        wanted=[
            (say.name(seat.name), seat.minimum) for seat in settings.panel_seats if seat.minimum
        ],
    )


DOORS = [assign_page, assign]
