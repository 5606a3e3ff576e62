"""Minutes: to read and print, as PDF, and the lists of who was there and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from certification.meetings import queries
from certification.meetings.queries import MeetingView
from market.access import guarantee
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.page import page
from market.web.pages import hearing_view
from market.web.pages import meeting_view as view
from market.web.pages.farm_view import Ask
from market.web.papers import minutes, press

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Sheet = tuple[str, list[str], list[list[object]]]


@get("/meetings/{id:str}/minutes", opt={"op": "meeting.read"})
async def minutes_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv` and `?as=xlsx` are what was decided; with `&of=attendance` who was there."""
    found, place = await guarantee.meeting(id)
    permit.check(place)
    say = words_for(request)
    if kind := sheets.kind(request):
        of = _attendance if request.query_params.get("of") == "attendance" else _decisions
        name, heads, rows = await of(say, found, local_day(at))
        made = sheets.book if kind == "xlsx" else sheets.sheet
        return made(f"{name}-{found.held_on}", heads, rows)
    there, today = await view.present(say, found), local_day(at)
    return page(
        request,
        "minutes.html",
        **await view.head(say, found),
        present=there,
        legs=view.legs(say, there),
        parts=await view.agenda(say, found, today),
        decided=await view.decided(say, found),
        ruled=await hearing_view.ruled(say, found),
        on_findings=await view.on_findings(say, found, today),
        actions=await view.actions(await queries.actions(found.id), today),
        adopted=(await queries.adoptions([id])).get(id),
    )


@get("/meetings/{id:str}/minutes.pdf", opt={"op": "meeting.read"})
async def minutes_paper(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.meeting(id)
    permit.check(place)
    written = await minutes.content(found, at)
    return await press.pdf("minutes", f"minutes-{found.held_on}", written)


async def _attendance(say: Words, found: MeetingView, _: date) -> Sheet:
    heads = ["Name", "Seat", "Leg", "Came late", "Left at"]
    rows: list[list[object]] = [
        [
            one["name"], one["seat"], one["leg"], say("yes") if one["of"].late else "",
            say.moment(one["of"].gone_at),
        ]
        for one in await view.present(say, found)
    ]  # fmt: skip
    return "attendance", [say(head) for head in heads], rows


async def _decisions(say: Words, found: MeetingView, today: date) -> Sheet:
    """What the meeting said of plots, certificates and findings, of its own items, and what it took
    off its agenda."""
    heads = [
        "Plot", "Farmer", "Decision", "Crops", "Left out", "Present", "Needed", "For", "Against",
        "Abstained", "Stood back", "Reason",
    ]  # fmt: skip
    rows: list[list[object]] = [
        [
            one["name"], one["farmer"], one["chip"]["words"], one["covers"], one["left_out"],
            one["of"].present, one["of"].quorum_needed, one["of"].votes_for,
            one["of"].votes_against, one["of"].abstained, one["of"].recused, one["of"].reason,
        ]
        for one in await view.decided(say, found)
    ]  # fmt: skip
    for one in await hearing_view.ruled(say, found):
        made = one["ruling"]
        what = f"{one['matter']}: {one['outcome']['words']}"
        rows.append([
            one["name"], one["farmer"], what, one["wants"], "", made.present, made.quorum_needed,
            made.votes_for, made.votes_against, made.abstained, made.recused, made.reason,
        ])  # fmt: skip
    counted: list[object] = [None] * 6
    for one in await view.on_findings(say, found, today):
        what = f"{say('Finding')}: {one['outcome']['words']}"
        rows.append([one["plot"], one["farmer"], what, "", "", *counted, one["step"].words])
    for item in await queries.items(found.id):
        if item.part == "decide" and item.off is None:
            said = "\n".join(note.text for note in item.notes)
            rows.append([item.title, "", say("Noted"), "", "", *counted, said])
    off = [(one.title, "", one.off) for one in await queries.items(found.id) if one.off is not None]
    off += [
        (one["name"], one["farmer"], one["reason"])
        for one in await view.taken_off(say, found, today)
    ]
    rows += [
        [name, farmer, say("Taken off the agenda"), "", "", *counted, why]
        for name, farmer, why in off
    ]
    return "decisions", [say(head) for head in heads], rows


DOORS: list[Any] = [minutes_page, minutes_paper]
