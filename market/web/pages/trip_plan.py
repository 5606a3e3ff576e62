"""The planner's page: the day on the map, each truck's way with times and loads, and what breaks.

An order put by hand travels in the form itself: nothing is stored before it is kept, and whoever
comes second finds the own order still in the form.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import deeds, trucks
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.fleet import queries as fleet
from market.domain.trips import queries, rows, rules, versions
from market.domain.trips.by_hand import Arranged, tried
from market.domain.trips.estimate import Spot
from market.domain.trips.evaluate import Move, diff, told
from market.domain.trips.gathered import lot_of, problem_of, spots_of
from market.domain.trips.problem import BASE, BREAK
from market.domain.trips.rules import BEFORE_IT_BEGINS, KeepVersion
from market.domain.trips.since import Changed, changed
from market.domain.trips.views import DayHead
from market.domain.trips.ways import is_corrected
from market.gateways import planner
from market.gateways.roads import ways as roads
from market.settings import Settings
from market.web import trip_map, trip_roads, trip_view
from market.web.by_hand import number, of_form
from market.web.form import Form
from market.web.hours import clock
from market.web.page import Ask, onward, page, render
from market.web.trip_view import Names

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SECONDS = (5, 10, 30)


@get("/truck/{day:str}/plan", opt={"op": "trip.read"})
async def one(
    request: Ask, day: FromPath[str], permit: Mine, at: At, version: FromQuery[str] = "",
    against: FromQuery[str] = "",
) -> Response[bytes]:  # fmt: skip
    head, place = await trucks.day(day)
    permit.check(place)
    return await _shown(request, head, at, version=number(version), against=number(against))


@post("/truck/{day:str}/plan", opt={"op": "plan.make"})
async def plan(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Begin planning, or call it off."""
    head, place = await trucks.day(day)
    permit.check(place)
    form = await Form.of(request)
    try:
        if form.raw("do") == "stop":
            await run(versions.call_off, day, form.text("run", most=36), at=at)
            return onward(f"/truck/{day}/plan")
        seconds = form.whole("seconds", least=1, most=rules.SECONDS_MAX)
        form.done()
        said, clocks = request.app.state.settings, request.app.state.clock
        await planner.start(said, day, seconds, by=permit.person, clock=clocks)
    except Refusal as no:
        return await _shown(request, head, at, no=no)
    return onward(f"/truck/{day}/plan")


@post("/truck/{day:str}/plan/order", opt={"op": "plan.make"})
async def order(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """Put in another order: looked at, or kept as a new version."""
    head, place = await trucks.day(day)
    permit.check(place)
    form = await Form.of(request)
    arranged = await of_form(form, day)
    if form.raw("do") != "keep":
        return await _shown(request, head, at, arranged=arranged)
    try:
        rules.ensure_not_begun(head.state)
        after = form.whole("after")
        form.done()
        asked = KeepVersion(form.id(), day, after, "reordered", arranged.version.head.seed)
        deeds.ensure_storable(asked, asked.id)
        kept = versions.keep
        await run(kept, asked, arranged.version.problem, arranged.plan, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, head, at, arranged=arranged, no=no)
    return onward(f"/truck/{day}/plan")


@post("/truck/{day:str}/plan/evaluate", opt={"op": "plan.make"})
async def evaluate(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    """The same without storing or drawing: the part of the page that an order changes."""
    head, place = await trucks.day(day)
    permit.check(place)
    say, arranged = words_for(request), await of_form(await Form.of(request), day)
    names = await Names.of(say, arranged.version.problem, await _trucks(head))
    values = _routes(names, arranged) | {"head": head, "changeable": True}
    body = render(request, "trip_routes.html", values)
    return Response(body.encode(), status_code=200, media_type="text/html")


@post("/truck/{day:str}/plan/publish", opt={"op": "plan.publish"})
async def publish(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    head, place = await trucks.day(day)
    permit.check(place)
    form = await Form.of(request)
    try:
        found = await queries.version_of(day, form.whole("version"))
        form.done()
        await run(versions.publish, found.head.id, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, head, at, no=no)
    return onward(f"/truck/{day}/plan")


async def _trucks(head: DayHead) -> dict[str, str]:
    return {t.id: t.name for t in await fleet.trucks(head.operator, retired=True)}


def _routes(names: Names, arranged: Arranged) -> dict[str, object]:
    problem, plan = arranged.version.problem, arranged.plan
    shown = trip_view.shown(names, problem, plan.routes, arranged.checked, plan.unserved)
    return {
        "shown": shown, "arranged": arranged, "broken": shown.broken,
        "dropped": [one for one in shown.out if one.promised],
    }  # fmt: skip


async def _shown(
    request: Ask, head: DayHead, at: datetime, *, version: int = 0, against: int = 0,
    arranged: Arranged | None = None, no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say, all_versions = words_for(request), await queries.versions(head.id)
    newest = all_versions[0].version if all_versions else 0
    if arranged is None and newest:
        wanted = version if any(one.version == version for one in all_versions) else newest
        found = await queries.version_of(head.id, wanted)
        arranged = tried(found, found.plan.routes)
    last = await queries.last_run(head.id)
    under_way = bool(last and last.is_under_way(at))
    values: dict[str, object] = {
        "head": head, "weekday": say(f"weekday.{head.on.isoweekday()}"), "versions": all_versions,
        "newest": newest, "run": last, "under_way": under_way,
        "changeable": head.state in BEFORE_IT_BEGINS,
        "since_s": int((at - last.at).total_seconds()) if last else 0, "seconds": SECONDS,
        "arranged": None,
    }  # fmt: skip
    if arranged:
        told_before = [one.version for one in all_versions if one.published_at]
        against = against or next(iter(told_before), 0)
        values |= await _looked_at(request.app.state.settings, say, head, arranged)
        values |= await _against(say, head, arranged, against)
    return page(request, "trip_plan.html", no=no, **values)


async def _looked_at(
    said: Settings, say: Words, head: DayHead, arranged: Arranged
) -> dict[str, object]:
    problem = arranged.version.problem
    names = await Names.of(say, problem, await _trucks(head))
    try:
        now = await rows.rows(await queries.day(head.id))
        moved = changed(problem, problem_of(now, rows.estimated(spots_of(now))))
        late = {o.order for o in now.orders if o.placed_at > arranged.version.head.at}
        held = await rows.suspended(now)
        too_old = [key for key, kept in now.lots if kept.too_old(head.on)]
        left_cold = [key for key, _ in now.lots if not now.rides(lot_of(key))]
    except rules.NothingToPlan:
        moved, late, held, too_old, left_cold = [], set[str](), [], [], []
    return _routes(names, arranged) | {
        "moved": [_since(names, one) for one in moved], "orders_since": len(late), "held": held,
        "too_old": [names.goods(key) for key in too_old],
        "left_cold": [names.goods(key) for key in left_cold], "fades": problem.fresh,
        **await _map(said, say, names, arranged),
        "estimate": trip_roads.source(problem.roads) == trip_roads.ESTIMATE,
        "roads": trip_roads.told(say, problem.roads),
        "corrected": is_corrected(problem.roads),
        "road_notes": [trip_view.road_note(names, note) for note in problem.road_notes],
        "better_roads": trip_roads.source(problem.roads) not in (roads.best(said), "osrm"),
    }  # fmt: skip


def _since(names: Names, one: Changed) -> str:
    name = names.of_visit(one.visit) if one.visit else ""
    return names.say(f"plan.since.{one.kind}", name=name, grams=one.grams)


async def _map(said: Settings, say: Words, names: Names, arranged: Arranged) -> dict[str, object]:
    """From each truck's base along its visits and back; a plot lies where its gate is."""
    problem, plan = arranged.version.problem, arranged.plan
    pins, calls, tambons = list[trip_map.Pin](), list[list[Spot]](), list[str]()
    kinds = {visit.id: visit.kind for visit in problem.visits}
    bases = {t.id: (await fleet.truck(t.id)).base for t in problem.trucks}
    known = await rows.named(list(bases.values())) | dict(names.known)
    for at, (truck, ids) in enumerate(zip(problem.trucks, plan.routes, strict=True)):
        letter = chr(65 + at) if len(problem.trucks) > 1 else ""
        visits = [id for id in ids if id not in (BASE, BREAK)]
        numbered = [(n, id) for n, id in enumerate(visits, 1) if id in known]
        pins += [trip_map.Pin(known[id].spot, f"{letter}{n}", kinds[id]) for n, id in numbered]
        way = [bases[truck.id], *(id for _, id in numbered), bases[truck.id]] if ids else []
        calls.append([known[id].spot for id in way])
        tambons += [known[id].tambon for id in way]
    pins = [trip_map.Pin(known[id].spot, "", "base") for id in dict.fromkeys(bases.values())] + pins
    drawn = await trip_roads.drawn(said, problem.roads, calls)
    title = say("The truck's way, by straight lines") if drawn.straight else say("The truck's way")
    made = trip_map.drawn(title, say.language, tambons, pins, drawn.ways) if tambons else ""
    return {"map": made, "straight": drawn.straight, "credit": drawn.credit}


async def _against(
    say: Words, head: DayHead, arranged: Arranged, against: int
) -> dict[str, object]:
    """What moved since another version: asked for, or where an order was put by hand its own."""
    own = arranged.version.head.version
    other = own if arranged.changed else against
    if not other or (other == own and not arranged.changed):
        return {"moves": [], "against": 0}
    try:
        before = await queries.version_of(head.id, other)
    except rules.NoSuchVersion:
        return {"moves": [], "against": 0}
    problem = arranged.version.problem
    moves = diff(problem, told(before.problem, before.plan), told(problem, arranged.plan))
    names = await Names.of(say, problem, await _trucks(head))
    return {"moves": [_move(say, names, move) for move in moves], "against": other}


def _move(say: Words, names: Names, move: Move) -> dict[str, object]:
    how = "later" if move.minutes > 0 else "earlier"
    key = how if move.kind == "moved" else move.kind
    said = say(
        f"plan.move.{key}", name=names.of_visit(move.visit), minutes=abs(move.minutes),
        truck=names.trucks.get(move.after_truck or "", ""),
    )  # fmt: skip
    before = clock(say, move.before_s) if move.before_s is not None else "–"
    after = clock(say, move.after_s) if move.after_s is not None else "–"
    return {"said": said, "before": before, "after": after, "tell": move.tell}


DOORS: list[Any] = [one, plan, order, evaluate, publish]
