"""The meeting on the wall: one case at a time in large letters, who may vote, the count as it
stands. The same page with `?wall=1` fetches itself anew and offers nothing to press."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.decisions import commands
from certification.decisions import queries as decisions
from certification.decisions.votes import CountHands, HandsOutdated, HandsWereCounted, tally
from certification.inspections import queries as inspections
from certification.meetings import queries as meetings
from certification.meetings.queries import MeetingView
from market.access import deeds, guarantee, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view
from market.web.pages import meeting_view as view
from market.web.pages.farm_view import Ask, Shown
from market.web.pages.meetings import quorum

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SECONDS = 5
"""How often the wall looks again."""
HANDS_MAX = 10_000


@get("/meetings/{id:str}/table", opt={"op": "meeting.read"})
async def table_page(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    """`?case=` is the application on the table; the first that waits where none is named."""
    found, place = await guarantee.meeting(id)
    permit.check(place)
    return await _shown(request, found, request.query_params.get("case", ""))


@post("/decide/{id:str}/count", opt={"op": "vote.count"})
async def count(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """Raised hands, without names."""
    form = await Form.of(request)
    found, place = await guarantee.meeting(form.raw("meeting"))
    permit.check(place)
    _, stands = await whose.application(id)
    permit.check(stands)
    yes, against, neither = (
        form.whole(name, most=HANDS_MAX) for name in ("votes_for", "votes_against", "abstained")
    )
    try:
        form.done()
        wanted = CountHands(form.id(), found.id, id, yes, against, neither)
        told = HandsWereCounted
        await deeds.once(commands.count_hands, wanted, told, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, id, no=no, typed=form.typed)
    return onward(f"/meetings/{found.id}/table?case={id}")


async def _shown(
    request: Ask,
    found: MeetingView,
    wanted: str,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    off = await meetings.withdrawn(found.id, "case")
    before = await decisions.waiting(found.organ, found.body)
    waiting = [one.application for one in before if one.application not in off]
    done = [one.application for one in await decisions.of_meeting(found.id)]
    order = [*done, *(one for one in waiting if one not in done)]
    on_table = wanted if wanted in order else next((o for o in order if o not in done), "")
    at = order.index(on_table) if on_table else 0
    there = await view.present(say, found)
    return page(
        request,
        "meeting_table.html",
        no=no,
        typed=typed or {},
        **await view.head(say, found),
        case=await _case(say, found, on_table) if on_table else None,
        earlier=order[at - 1] if on_table and at else "",
        later=order[at + 1] if on_table and at + 1 < len(order) else "",
        number=at + 1,
        of=len(order),
        there=sum(one["here"] for one in there),
        legs=view.legs(say, there),
        wall="wall" in request.query_params,
        seconds=SECONDS,
    )


async def _case(say: Words, found: MeetingView, application: str) -> Shown:
    head = await view.case(say, application)
    cause, _ = await decisions.cause(application, found.held_on)
    assembly = await decisions.assembly(found.id, application)
    visit = await inspections.finished(application)
    made = [one for one in await decisions.of_application(application) if one.meeting == found.id]
    opened = await inspections.open_findings(head["plot"].id)
    shown: Shown = {
        **head,
        "visit": await inspect_view.visit(say, visit) if visit else None,
        "record": await inspect_view.record(say, visit) if visit else None,
        "photos": [one.id for one in await inspections.photos(visit.id)][:6] if visit else [],
        "findings": await inspect_view.findings(say, opened, None),
        "quorum": await quorum(say, found, application),
        "crops": view.crops(say, tuple(sorted(cause.crops))),
        "hands": assembly.hands,
        "stale": False,
        "made": made[-1] if made else None,
        "chip": view.outcome_chip(say, made[-1].outcome) if made else None,
    }
    try:
        shown["tally"] = tally(cause, assembly)
    except HandsOutdated:
        shown["tally"], shown["stale"] = None, True
    return shown


DOORS: list[Any] = [table_page, count]
