"""The meeting on the wall: one matter at a time in large letters, who may vote, the count as it
stands. The same page with `?wall=1` fetches itself anew and offers nothing to press."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.decisions import commands
from certification.decisions.votes import CountHands, HandsWereCounted
from certification.meetings.queries import MeetingView
from market.access import deeds, guarantee, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import meeting_view as view
from market.web.pages import meeting_wall as wall
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SECONDS = 5
"""How often the wall looks again."""
HANDS_MAX = 10_000


@get("/meetings/{id:str}/table", opt={"op": "meeting.read"})
async def table_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """`?case=` is what lies on the table: an application, a hearing, a finding, an item of the
    part to decide. The first that waits where none is named."""
    found, place = await guarantee.meeting(id)
    permit.check(place)
    return await _shown(request, found, request.query_params.get("case", ""), at)


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
        return await _shown(request, found, id, at, no=no, typed=form.typed)
    return onward(f"/meetings/{found.id}/table?case={id}")


async def _shown(
    request: Ask,
    found: MeetingView,
    wanted: str,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    order, done = await wall.order(found, today)
    on_table = next(
        (one for one in order if one.of == wanted),
        next((one for one in order if one.of not in done), None),
    )
    place = order.index(on_table) if on_table else 0
    there = await view.present(say, found)
    return page(
        request,
        "meeting_table.html",
        no=no,
        typed=typed or {},
        **await view.head(say, found),
        kind=on_table.what if on_table else "",
        case=await wall.shown(say, found, on_table, today) if on_table else None,
        earlier=order[place - 1].of if on_table and place else "",
        later=order[place + 1].of if on_table and place + 1 < len(order) else "",
        on_table=on_table.of if on_table else "",
        number=place + 1,
        of=len(order),
        there=sum(one["here"] for one in there),
        legs=view.legs(say, there),
        wall="wall" in request.query_params,
        seconds=SECONDS,
    )


DOORS: list[Any] = [table_page, count]
