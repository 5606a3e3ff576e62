"""Drawing plots for unannounced visits: the list is fixed, then drawn, then somebody is sent.

Only for the secretariat; what everybody may know of a draw stands on `/draws/{id}`.
"""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.assignment import explain, gathered
from certification.assignment.explain import Excluded
from certification.basis import checkpoints
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.draws import commands, queries, rules
from certification.draws.queries import DrawnView, DrawView
from certification.draws.rules import (
    DrawPrepared,
    LetGo,
    PlotLetGo,
    PrepareDraw,
    SendInspectors,
)
from certification.groups import queries as groups
from certification.inspections.panel import Assigned
from certification.inspections.rules import InspectionAssigned
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import deeds, members, seasons, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, place_of, plot_name, sort_key
from market.web.pages.season import BUDDHIST, why_words

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/season/draws", opt={"op": "draw.make"})
async def draw_list(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _list(request, permit, at)


async def _list(
    request: Ask, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    organs = [await groups.group(one) for one in sorted(permit.groups())]
    named = {organ.id: say.name(organ) for organ in organs}
    draws: list[Shown] = [
        {"of": await queries.told(one, at), "organ": named[one.organ], "year": year(say, one)}
        for one in await queries.of_organs(named)
    ]
    if form is None and sheets.kind(request):
        heads = ("Year", "Number", "Group", "Charter", "State", "Plots", "Done")
        return sheets.saved(request, "draws", heads, [_line(say, one) for one in draws])
    return page(
        request,
        "season_draws.html",
        no=no,
        typed=form.typed if form else {},
        draws=draws,
        organs=[[id, name] for id, name in named.items()],
        charters=[[one, one] for one in await schemes.schemes()],
    )


def _line(say: Words, one: Shown) -> tuple[object, ...]:
    of = one["of"]
    state = say("To be drawn") if of.state == "prepared" else ""
    return one["year"], of.number, one["organ"], of.scheme, state, of.count, of.done


@post("/season/draws", opt={"op": "draw.make"})
async def prepare(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("organ"))
    organ, charter = form.text("organ"), form.choice("scheme", await schemes.schemes())
    reason = form.text("reason", most=rules.REASON_LETTERS_MAX, required=False)
    count = form.whole("count", most=9_999) if form.raw("count") else None
    try:
        form.done()
        asked = PrepareDraw(form.id(), organ, charter, count, reason)
        event = await deeds.once(commands.prepare, asked, DrawPrepared, by=permit.person, at=at)
    except Refusal as no:
        return await _list(request, permit, at, form=form, no=no)
    return onward(f"/season/draws/{event.draw}")


@get("/season/draws/{id:str}", opt={"op": "draw.make"})
async def draw_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv` and `?as=xlsx` are the plots with their visits."""
    found, place = await seasons.draw(id)
    permit.check(place)
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        name = f"draw-{found.season}-{found.number}"
        return made(name, *await _rows(words_for(request), found, permit, at))
    return await _draw(request, found, permit, at)


@post("/season/draws/{id:str}/draw", opt={"op": "draw.make"})
async def draw(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await seasons.draw(id)
    permit.check(place)
    try:
        await run(commands.draw, id, by=permit.person, at=at)
    except Refusal as no:
        return await _draw(request, found, permit, at, no=no)
    return onward(f"/season/draws/{id}")


async def _draw(
    request: Ask, found: DrawView, permit: Permit, at: datetime, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say, seen = words_for(request), await queries.followed(found.id, permit.person, at)
    signed = await checkpoints.latest(1)
    return page(
        request,
        "season_draw.html",
        no=no,
        typed=typed or {},
        draw=await queries.told(found, at),
        year=year(say, found),
        organ=say.name(await groups.group(found.organ)),
        rows=[await _row(say, one) for one in seen],
        signed=await checkpoints.first_over(await commands.announced(found.id)) is not None,
        next=checkpoints.next_after(signed[0].at) if signed else None,
    )


async def _row(say: Words, one: DrawnView) -> Shown:
    """Of the own land nothing but that it is among them."""
    if not one.plot:
        return {"of": one, "name": "", "place": ""}
    plot = await plots.plot(one.plot)
    return {"of": one, "name": plot_name(say, plot), "place": place_of(say, plot)}


async def _rows(
    say: Words, found: DrawView, permit: Permit, at: datetime
) -> tuple[list[str], list[tuple[object, ...]]]:
    head = [say("Turn"), say("Plot"), say("Where"), say("State"), say("Planned for"), say("Reason")]
    seen = await queries.followed(found.id, permit.person, at)
    return head, [
        (one.turn, one.code, (await _row(say, one))["place"],
         say(f"draws.visit.{one.state or 'nobody'}"), one.planned_on,
         one.reason)
        for one in seen
    ]  # fmt: skip


def year(say: Words, found: DrawView) -> str:
    return str(found.season + (BUDDHIST if say.language == "th" else 0))


# ── who is sent ──────────────────────────────────────────────────────────────────────────────


@get("/season/draws/{id:str}/plots/{code:str}", opt={"op": "draw.make"})
async def send_page(
    request: Ask, id: FromPath[str], code: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found, place = await seasons.draw(id)
    permit.check(place)
    return await _send(request, found, await _drawn(found, code, permit, at), at)


@post("/season/draws/{id:str}/plots/{code:str}", opt={"op": "draw.make"})
async def send(
    request: Ask, id: FromPath[str], code: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found, place = await seasons.draw(id)
    permit.check(place)
    one = await _drawn(found, code, permit, at)
    form = await Form.of(request)
    panel = tuple(
        Assigned(name.removeprefix("seat."), seat)
        for name, seat in form.typed.items()
        if name.startswith("seat.") and seat
    )
    on = form.day("planned_on", near=local_day(at))
    try:
        form.done()
        await members.ensure_within(permit, [m.person for m in panel], [found.organ], at)
        asked = SendInspectors(form.id(), id, code, panel, on)
        await deeds.once(commands.send, asked, InspectionAssigned, by=permit.person, at=at)
    except Refusal as no:
        return await _send(request, found, one, at, no=no, form=form)
    return onward(f"/season/draws/{id}")


@post("/season/draws/{id:str}/plots/{code:str}/let-go", opt={"op": "draw.make"})
async def let_go(
    request: Ask, id: FromPath[str], code: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    """Its certificate ended meanwhile."""
    found, place = await seasons.draw(id)
    permit.check(place)
    form = await Form.of(request)
    reason = form.text("reason", most=rules.REASON_LETTERS_MAX)
    try:
        form.done()
        asked = LetGo(form.id(), id, code, reason)
        await deeds.once(commands.let_go, asked, PlotLetGo, by=permit.person, at=at)
    except Refusal as no:
        return await _draw(request, found, permit, at, no=no, typed={**form.typed, "of": code})
    return onward(f"/season/draws/{id}")


async def _drawn(found: DrawView, code: str, permit: Permit, at: datetime) -> DrawnView:
    seen = await queries.followed(found.id, permit.person, at)
    one = next((one for one in seen if one.code and one.code == code), None)
    if one is None:
        raise rules.NotDrawn
    return one


async def _send(
    request: Ask, found: DrawView, one: DrawnView, at: datetime, *,
    no: Refusal | None = None, form: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    say, version = words_for(request), await schemes.version(found.scheme_version)
    charter, on = version.content.rules, local_day(at)
    season = await gathered.season(
        found.organ, on.year, version, [one.plot], seed=0, at=at, untold=True
    )
    names = await people.names({who.person for who in season.inspectors})
    listed = list[Shown]()
    for who in season.inspectors:
        judged = [explain.sent(season, who.person, seat) for seat in sorted(who.seats)]
        best = min(judged, key=lambda x: len(x.why), default=Excluded(who.person, ("left",)))
        seats = [seat for seat, x in zip(sorted(who.seats), judged, strict=True) if not x.why]
        listed.append({
            "person": who.person, "name": names.get(who.person, ""), "seats": seats,
            "why": why_words(say, best.why),
        })  # fmt: skip
    listed.sort(key=lambda x: sort_key(x["name"]))
    return page(
        request,
        "season_draw_send.html",
        no=no,
        typed=form.typed if form else {},
        draw=found,
        year=year(say, found),
        code=one.code,
        **{name: value for name, value in (await _row(say, one)).items() if name != "of"},
        free=[x for x in listed if x["seats"]],
        barred=[x for x in listed if not x["seats"]],
        seats={seat.code: say.name(seat.name) for seat in charter.panel_seats},
        needed=charter.min_inspectors,
        asks=[(say.name(s.name), s.minimum) for s in charter.panel_seats if s.minimum],
        sent=one.inspection is not None,
    )


DOORS = [draw_list, prepare, draw_page, draw, send_page, send, let_go]
