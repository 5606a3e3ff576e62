"""The committee's desk for complaints: read, decide what is done, answer, close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import queries as applications
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.grievances import commands, queries, rules
from certification.grievances.queries import GrievanceView
from certification.grievances.rules import StepTaken, TakeStep
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.inspections.rules import GRAVE
from certification.meetings import queries as meetings
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import deeds, grievances
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
FILTERS = ("open", "all", *rules.STATES)
LISTED = 200
OFFERED = ("look", "visit", "group", "agenda", "find", "concern", "tell", "dismiss", "answer",
           "close")  # fmt: skip


@get("/grievances", opt={"op": "grievance.read"})
async def desk(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    say, chosen = words_for(request), request.query_params.get("state", "open")
    kind = request.query_params.get("kind", "")

    def wanted(one: GrievanceView) -> bool:
        return _wanted_by(chosen, one) and kind in ("", one.kind)

    found = await grievances.listed(permit, at, wanted)
    if asked := sheets.kind(request):
        return await _table(say, found, asked)
    return page(
        request,
        "grievances.html",
        grievances=[await _line(say, one, at) for one in found[:LISTED]],
        states=[[one, say(f"grievances.filter.{one}")] for one in FILTERS],
        kinds=[
            ["", say("All kinds")],
            *[[one, say(f"grievances.kind.{one}")] for one in rules.KINDS],
        ],
        chosen={"state": chosen, "kind": kind},
        more=len(found) > LISTED,
    )


def _wanted_by(chosen: str, one: GrievanceView) -> bool:
    return chosen == "all" or one.state == chosen or (chosen == "open" and one.state in rules.OPEN)


async def _line(say: Words, of: GrievanceView, at: datetime) -> Shown:
    late = of.state in rules.OPEN and of.due_on is not None and of.due_on < local_day(at)
    return {
        "of": of,
        "late": late,
        "group": say.name(await groups.group(of.organ)) if of.organ else "",
        "plot": plot_name(say, await plots.plot(of.plot)) if of.plot else "",
    }


async def _table(say: Words, found: Sequence[GrievanceView], kind: str) -> Response[bytes]:
    """Without words and without anybody's name."""
    heads = [
        say("Number"), say("Received"), say("About"), say("Code"), say("Producer group"),
        say("Answer promised by"), say("State"),
    ]  # fmt: skip
    rows = [
        (one.code[:4], local_day(one.at), say(f"grievances.kind.{one.kind}"), one.scanned or "",
         say.name(await groups.group(one.organ)) if one.organ else "", one.due_on,
         say(f"grievances.state.{one.state}"))
        for one in found
    ]  # fmt: skip
    return (sheets.book if kind == "xlsx" else sheets.sheet)("grievances", heads, rows)


@get("/grievances/{id:str}", opt={"op": "grievance.read"})
async def one_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    return await _shown(request, await grievances.read(id, permit, at), permit, at)


@post("/grievances/{id:str}", opt={"op": "grievance.decide"})
async def step(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await grievances.read(id, permit, at)
    form = await Form.of(request)
    return await _taken(request, form, found, form.choice("step", OFFERED), permit, at)


@post("/grievances/{id:str}/reply", opt={"op": "grievance.reply"})
async def reply(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await grievances.read(id, permit, at)
    return await _taken(request, await Form.of(request), found, "reply", permit, at)


async def _taken(
    request: Ask, form: Form, found: GrievanceView, kind: str, permit: Permit, at: datetime
) -> Response[bytes]:
    try:
        spoken = kind in rules.SPOKEN
        words = form.text("words", most=rules.WORDS_MAX, required=spoken)
        outcome = form.choice("outcome", rules.OUTCOMES) if kind == "answer" else None
        seen = form.whole("seen", most=10_000)
        if kind == "find" and not form.raw("about"):
            form.text("words", most=rules.WORDS_MAX)
            form.choice("severity", GRAVE)
        form.done()
        data = TakeStep(
            id=form.id(), grievance=found.id, kind=cast("Any", kind), seen=seen, words=words,
            about=form.raw("about") or None, outcome=cast("Any", outcome),
            organ=grievances.own_network(permit), item=form.raw("item") or None,
            severity=cast("Any", form.choice("severity", GRAVE) if form.raw("severity") else None),
        )  # fmt: skip
        await deeds.once(commands.take, data, StepTaken, by=permit.person, at=at)
    except Refusal as no:
        now = await queries.grievance(found.id)
        return await _shown(request, now, permit, at, no=no, typed=form.typed)
    return onward(f"/grievances/{found.id}?done=1")


@get("/farm/grievances", opt={"op": "grievance.told"})
async def told(request: Ask, permit: Mine) -> Response[bytes]:
    """What the committee told this farmer; of who complained nothing, unless that was allowed."""
    say, told = words_for(request), await queries.told_to(permit.person)
    if sheets.kind(request):
        heads = ("Day", "About", "State", "Words", "Who said so")
        rows = [
            (local_day(one.at), say(f"grievances.kind.{one.kind}"),
             say(f"grievances.state.{one.state}"), one.words, one.by_whom)
            for one in told
        ]  # fmt: skip
        return sheets.saved(request, "what-buyers-said", heads, rows)
    return page(request, "farm_grievances.html", told=told)


async def _shown(
    request: Ask,
    of: GrievanceView,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    at_desk = permit.person in await queries.desk(of.id, at, local_day(at))
    steps, concerns = await grievances.steps(of.id), await queries.concerns(of.id)
    names = await people.names([one.by for one in steps] + [one.person for one in concerns])
    taken = rules.may_take(of.state)
    return page(
        request,
        "grievance_desk.html",
        no=no,
        typed=typed or {},
        **await _line(say, of, at),
        steps=[{"of": one, "by": names.get(one.by, "")} for one in steps],
        concerns=[{"name": names.get(one.person, ""), "why": one.why} for one in concerns],
        photos=await queries.photos(of.id),
        at_desk=at_desk,
        offered=[one for one in OFFERED if one in taken] if at_desk else [],
        replies="reply" in taken and not at_desk,
        complainant=await queries.complainants_name(of) if at_desk else "",
        reach=await queries.reach(of.id) if at_desk else "",
        outcomes=[
            ["", say("Choose")],
            *[[o, say(f"grievances.outcome.{o}")] for o in rules.OUTCOMES],
        ],
        **(await _choices(say, of, at) if at_desk else {}),
        done="done" in request.query_params and no is None,
    )


async def _choices(say: Words, of: GrievanceView, at: datetime) -> Shown:
    """Meetings under way, complaint visits and findings of the plot, members who may be named."""
    network = None
    if of.organ:
        network = (await groups.group(of.organ)).network
    open_meetings = [
        [one.id, f"{say.day(one.held_on)} · {one.place}"]
        for organ in filter(None, (of.organ, network))
        for one in await meetings.of_organ(organ)
        if one.closed_at is None
    ]
    members = await groups.members(of.organ, local_day(at)) if of.organ else ()
    names = await people.names(members)
    return {
        "meetings": open_meetings,
        "members": sorted([[p, names[p]] for p in members if p in names], key=lambda pair: pair[1]),
        **(await _of_plot(say, of.plot) if of.plot else {"visits": [], "findings": []}),
        **(await _checklist(say, of.scheme_version) if of.scheme_version else {"items": []}),
    }


async def _checklist(say: Words, version: str) -> Shown:
    content = (await schemes.version(version)).content
    return {
        "items": [[one.code, f"{one.code} {say.name(one)}"] for one in content.checklist],
        "severities": [[one, say(f"inspect.severity.{one}")] for one in GRAVE],
    }


async def _of_plot(say: Words, plot: str) -> Shown:
    asked = await applications.of_plot(plot)
    visits = [one for one in await inspections.of_plot(plot) if one.kind == "complaint"]
    return {
        "application": asked[-1].id if asked else "",
        "visits": [
            [one.id, f"{say.day(one.planned_on)} · {say(f'inspect.state.{one.state}')}"]
            for one in visits
        ],
        "findings": [
            [one.id, f"{one.item} · {one.what}"] for one in await inspections.open_findings(plot)
        ],
    }


DOORS = [desk, one_page, step, reply, told]
