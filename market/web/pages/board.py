"""What waits for the group: to accept, to visit, to decide, to issue, to mend."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import commands as application_commands
from certification.applications import queries as applications
from certification.applications.queries import ApplicationView
from certification.applications.rules import ReturnApplication
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.decisions import queries as decisions
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.inspections import sheets as inspections_sheets
from certification.meetings import queries as meetings
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import deeds, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.complaints import queries as complaints
from market.domain.spoken import queries as spoken
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import board_lists
from market.web.pages import inspect_view as view
from market.web.pages.board_visits import lacking_shown
from market.web.pages.events import may_take
from market.web.pages.farm_land import lack_words
from market.web.pages.farm_review import told
from market.web.pages.farm_standing import SOON_DAYS
from market.web.pages.farm_view import Ask, Shown, crop_name, place_of, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
COLUMNS = ("accept", "assign", "visit", "decide", "issue")
ON_THE_WAY = ("submitted", "accepted", "inspected", "decided")


@get("/board", opt={"op": "board.read"})
async def board(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv`, `?as=xlsx`: what waits; `&of=meetings`, `&of=unseen` the other lists."""
    say, reached = words_for(request), await whose.groups_reached(permit)
    asked = [a for one in reached for a in await applications.of_group(one, ON_THE_WAY)]
    names = await people.names([a.applicant for a in asked])
    lists: dict[str, list[Shown]] = {name: [] for name in COLUMNS}
    for one in reversed(asked):
        column, more = await _column(say, one)
        if column:
            lists[column].append({**await _card(say, one, names), **more})
    unseen = await lacking_shown(say, reached, local_day(at))
    if sheets.kind(request):
        return await board_lists.asked_for(request, permit, lists, unseen)
    return page(
        request,
        "board.html",
        to=lists,
        findings=await _open_findings(say, asked),
        ending=await _ending(say, reached, local_day(at)),
        unseen=unseen,
        meetings=await _meetings(say, permit),
        organs=[(one, say.name(await groups.group(one))) for one in sorted(permit.groups())],
        tells=[one for one in permit.groups() if await may_take(request, one)],
        denied=len(await spoken.denied_in(reached)),
        late_complaints=await complaints.overdue(sorted(permit.groups()), at),
        groups=[(one, say.name(await groups.group(one))) for one in reached],
    )


async def _column(say: Words, asked: ApplicationView) -> tuple[str, Shown]:
    """Where an application stands on the board; nowhere when all is done."""
    if asked.state == "submitted":
        return "accept", {}
    if asked.state == "accepted":
        visits = await inspections.of_application(asked.id)
        under_way = next((v for v in visits if v.state in ("assigned", "under_way")), None)
        if under_way is None:
            return "assign", {}
        return "visit", {
            "visit": await view.visit(say, under_way),
            "progress": await inspections_sheets.progress(under_way.id),
        }
    if asked.state == "inspected":
        return "decide", {}
    made = await decisions.of_application(asked.id)
    last = made[-1] if made else None
    if last and last.outcome == "approved" and not await certificates.of_decision(last.id):
        return "issue", {"decision": last}
    return "", {}


async def _card(say: Words, asked: ApplicationView, names: dict[str, str]) -> Shown:
    plot = await plots.plot(asked.plot)
    return {
        "application": asked,
        "name": plot_name(say, plot),
        "farmer": names.get(asked.applicant, ""),
        "place": place_of(say, plot),
        "m2": plot.area_m2,
    }


async def _open_findings(say: Words, asked: list[ApplicationView]) -> list[Shown]:
    found: list[Shown] = []
    for plot in dict.fromkeys(a.plot for a in asked):
        listed = await inspections.open_findings(plot)
        if listed:
            name = plot_name(say, await plots.plot(plot))
            found += [{**one, "plot": name} for one in await view.findings(say, listed, None)]
    return sorted(found, key=lambda one: one["due_on"])


async def _ending(say: Words, reached: tuple[str, ...], on: date) -> list[Shown]:
    """Certificates that hold today and end soon, the first to end first."""
    found = [c for group in reached for c in await certificates.of_group(group)]
    ending = [c for c in found if on <= c.valid_until <= on + timedelta(days=SOON_DAYS)]
    held = [c for c in ending if (await certificates.standing(c, None, on)).held]
    names = await people.names([one.holder for one in held])
    return [
        {
            "of": one,
            "holder": names.get(one.holder, ""),
            "name": plot_name(say, await plots.plot(one.plot)),
        }
        for one in sorted(held, key=lambda one: one.valid_until)
    ]


async def _meetings(say: Words, permit: Permit) -> list[Shown]:
    """Those under way, and the last one held, of every organ one sits in."""
    found: list[Shown] = []
    for organ in sorted(permit.groups()):
        held, group = await meetings.of_organ(organ), await groups.group(organ)
        shown = [one for one in held if one.closed_at is None] or held[:1]
        found += [{"of": one, "organ": group, "body": say(f"body.{one.body}")} for one in shown]
    return found


@get("/board/applications/{id:str}", opt={"op": "application.accept"})
async def application_page(
    request: Ask, id: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    return await _application(request, found, permit, at=at)


@post("/board/applications/{id:str}/accept", opt={"op": "application.accept"})
async def accept(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    form = await Form.of(request)
    despite = form.text("despite", required=False)
    try:
        form.done()
        deeds.ensure_storable(despite)
        await run(application_commands.accept, id, despite, by=permit.person, at=at)
    except Refusal as no:
        return await _application(request, found, permit, no=no, typed=form.typed, at=at)
    return onward(f"/board?accepted={id}")


@post("/board/applications/{id:str}/return", opt={"op": "application.accept"})
async def return_(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await whose.application(id)
    permit.check(place)
    form = await Form.of(request)
    reason = form.text("reason")
    try:
        form.done()
        deeds.ensure_storable(reason)
        back = ReturnApplication(id, reason)
        await run(application_commands.return_, back, by=permit.person, at=at)
    except Refusal as no:
        return await _application(request, found, permit, no=no, typed=form.typed, at=at)
    return onward("/board")


async def _application(
    request: Ask,
    found: ApplicationView,
    permit: Permit,
    *,
    at: datetime,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, pledge = words_for(request), await applications.pledge(found.id)
    names = await people.names([found.applicant, pledge.typed_by])
    scheme = await schemes.version(found.scheme_version)
    lacks = await applications.lacking(found, local_day(at))
    shown = [lack_words(say, one) for one in lacks]
    missing = [one for one in shown if one["step"] != "look"]
    return page(
        request,
        "board_application.html",
        no=no,
        typed=typed or {},
        **await _card(say, found, names),
        typist=names.get(pledge.typed_by, "") if pledge.typed_by != found.applicant else "",
        scheme=scheme,
        missing=missing,
        look=[one for one in shown if one["step"] == "look"],
        suggested="\n".join(str(one["words"]) for one in missing),
        review=told(
            say,
            scheme.content,
            await applications.self_answers(found.id),
            await applications.last_time(found),
        ),
        clean_since=await applications.clean_since(found),
        grown=[(crop_name(say, one.crop), one) for one in await plots.plantings(found.plot)],
        overlaps=len(await plots.overlaps(found.plot)),
        not_mine=await _not_mine(say, found, permit, at),
    )


async def _not_mine(say: Words, found: ApplicationView, permit: Permit, at: datetime) -> str:
    """Why the reader may not take it on; empty for who may."""
    try:
        await applications.ensure_may_accept(found, by=permit.person, at=at)
    except Refusal as no:
        return say.refusal(no)
    return ""


DOORS = [board, application_page, accept, return_]
