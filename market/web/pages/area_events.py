"""Floods, storms and heat: what an officer enters, whose land it is, and what it asks of people."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis.ids import following
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.plots import queries as plots
from market.access import area_events, deeds, whose
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.area_events import commands, moving, queries, rules
from market.domain.area_events.moving import MoveStop, Standing
from market.domain.area_events.queries import Hit
from market.domain.area_events.rules import EnterEvent, EventEntered, EventView, ProposalView
from market.domain.fleet import queries as fleet
from market.domain.places import queries as places
from market.domain.trips import queries as trips
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
DAYS_SHOWN = 8


@get("/area-events", opt={"op": "area_event.read"})
async def events_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _shown(request, permit, at)


@post("/area-events", opt={"op": "area_event.enter"})
async def enter(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    tambons = tuple(dict.fromkeys(form.all("tambon")))
    if tambons:
        area_events.ensure_within(permit, tambons)
    corrects = form.raw("corrects")
    if corrects:
        await area_events.one(permit, corrects)
    try:
        data = _read(form, tambons, corrects, local_day(at))
        await deeds.once(commands.enter, data, EventEntered, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, no, form.typed)
    return onward("/area-events")


def _read(form: Form, tambons: tuple[str, ...], corrects: str, today: date) -> EnterEvent:
    kind, from_on = form.choice("kind", rules.KINDS), form.day("from_on", near=today)
    until_on = form.day("until_on", near=today) if form.raw("until_on") else None
    less = form.whole("less_percent", most=100)
    form.done()
    return EnterEvent(form.id(), kind, tambons, from_on, until_on, less, corrects)


@post("/area-events/{id:str}", opt={"op": "area_event.enter"})
async def settle(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """It is so, it has ended, or it was a mistake: the button that was pressed says which."""
    await area_events.one(permit, id)
    form, by = await Form.of(request), permit.person
    try:
        said = form.choice("said", ("confirm", "end", "strike"))
        if said == "end":
            until_on = form.day("until_on", near=local_day(at))
            form.done()
            await run(commands.end, id, until_on, by=by, at=at)
        else:
            form.done()
            do = commands.confirm if said == "confirm" else commands.strike
            await run(do, id, by=by, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, no)
    return onward("/area-events")


@post("/area-proposals/{id:str}", opt={"op": "area_event.answer"})
async def answer(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await area_events.proposal(permit, id, stop=False)
    return await _answered(request, id, permit, at)


@post("/area-stops/{id:str}", opt={"op": "area_event.move_stop"})
async def answer_stop(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await area_events.proposal(permit, id, stop=True)
    if (await Form.of(request)).raw("said") != "move":
        return await _answered(request, id, permit, at)
    form = await Form.of(request)
    try:
        place, day = form.text("place"), form.text("day")
        because = form.text("because", most=200)
        form.done()
        asked = MoveStop(id, place, day, because)
        deeds.ensure_storable(asked, place, day)
        await run(moving.move, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, no, form.typed)
    return onward("/area-events")


async def _answered(request: Ask, id: str, permit: Permit, at: datetime) -> Response[bytes]:
    form = await Form.of(request)
    try:
        yes = form.choice("said", ("yes", "no")) == "yes"
        form.done()
        await run(commands.answer, id, yes=yes, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, permit, at, no)
    return onward("/area-events")


async def _shown(
    request: Ask, permit: Permit, at: datetime, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    say, enters = words_for(request), _enters(permit)
    found = await area_events.listed(permit, at)
    asked = await queries.proposals(permit.person, permit.groups())
    return page(
        request, "area_events.html", no=no, typed=typed or {}, today=local_day(at),
        enters=bool(enters), kinds=[[one, say(f"area_event.{one}")] for one in rules.KINDS],
        districts=_by_district(say, enters),
        events=[_event(request, say, event, hits) for event, hits in found],
        proposals=[await _proposal(request, say, one, at) for one in asked],
    )  # fmt: skip


def _enters(permit: Permit) -> list[str]:
    """The tambons of an officer's areas."""
    found = list[str]()
    for reach in permit.reaches:
        if reach.scope == "area":
            found += _tambons(reach.value)
    return sorted(set(found))


def _by_district(say: Words, tambons: list[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """A province has more than a hundred of them: one opens the district first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in tambons:
        found.setdefault(one[:4], []).append((one, say.name(areas.area(one).name)))
    return [(say.name(areas.area(code).name), inside) for code, inside in found.items()]


def _tambons(code: str) -> list[str]:
    if len(code) >= 6:
        return [code[:6]]
    return [one for child in areas.children(code) for one in _tambons(child.code)]


def _event(request: Ask, say: Words, event: EventView, hits: list[Hit]) -> Shown:
    return {
        "of": event,
        "words": say(f"area_event.{event.kind}"),
        "where": ", ".join(say.name(areas.area(one).name) for one in event.tambons),
        "plots": [hit.name or hit.code for hit in hits],
        "settles": all(
            may(request, "area_event.enter", Place(area=one)) for one in event.tambons
        ),
    }  # fmt: skip


async def _proposal(request: Ask, say: Words, one: ProposalView, at: datetime) -> Shown:
    event = await queries.event(one.event)
    stop = one.kind == "stop"
    operation = "area_event.move_stop" if stop else "area_event.answer"
    place = await whose.of_group(one.organ) if stop else Place(owner=one.person or "")
    answers = one.state == "open" and may(request, operation, place)
    return {
        "of": one,
        "event": say(f"area_event.{event.kind}"),
        "from_on": event.from_on,
        "words": say(
            f"area_proposal.{one.kind}", grams=one.grams or 0, due_on=one.due_on,
            percent=event.less_percent,
        ),
        "answers": answers,
        "state": say(f"area_proposal.state.{one.state}"),
        "plot": plot_name(say, await plots.plot(one.subject)) if one.kind == "soil" else "",
        **(await _stop(say, one, event, at, answers=answers) if stop else {}),
    }  # fmt: skip


async def _stop(
    say: Words, one: ProposalView, event: EventView, at: datetime, *, answers: bool
) -> Shown:
    """Which stop it is, where it went, and where it may go: dry places, days that are ahead."""
    is_at = await moving.standing(one.subject)
    went = await moving.standing(following(one.id, "moved"))
    found: Shown = {"stop": await _named(say, is_at), "went": await _named(say, went)}
    found["went_day"] = went.day if went else ""
    if not (answers and is_at):
        return found
    own = await fleet.networks_of(one.organ)
    dry = [
        [place.id, say.name(place)] for place in await places.all_places()
        if place.network in own and place.kind != "base" and place.id != is_at.place
        and place.tambon not in event.tambons
    ]  # fmt: skip
    ahead = [
        [day.id, say.day(day.on)] for day in reversed(await trips.days(one.organ, local_day(at)))
        if day.state in ("planning", "published")
    ]  # fmt: skip
    because = say("{event}: it cannot stand there", event=say(f"area_event.{event.kind}"))
    return {**found, "dry": dry, "ahead": ahead[:DAYS_SHOWN], "day": is_at.day, "because": because}


async def _named(say: Words, stop: Standing | None) -> str:
    if stop is None:
        return ""
    return f"{say.name(await places.place(stop.place))} {say.day(stop.on)}"


DOORS = [events_page, enter, settle, answer, answer_stop]
