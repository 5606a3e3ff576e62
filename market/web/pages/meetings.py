"""A meeting: opened, who is there, what stands on the agenda, ended."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run, transaction
from certification.basis.units import local_day
from certification.decisions import queries as decisions
from certification.decisions import votes
from certification.groups import queries as groups
from certification.groups.rules import NETWORK, GroupView
from certification.inspections import queries as inspections
from certification.meetings import commands, queries, rules
from certification.meetings.queries import MeetingView
from certification.meetings.rules import PARTS, Attend, MeetingOpened, OpenMeeting
from certification.organs import queries as organs_of
from certification.organs.rules import BODIES, MEETS
from certification.people import queries as people
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing, Mistyped
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import hearing_view
from market.web.pages import meeting_view as view
from market.web.pages.farm_view import Ask, Shown, sort_key

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/meetings/new", opt={"op": "meeting.hold"})
async def new_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _new(request, permit, at)


@post("/meetings/new", opt={"op": "meeting.hold"})
async def open_meeting(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    await whose.ensure_named(permit, form.raw("organ"))
    organ, place = form.text("organ"), form.text("place", most=rules.PLACE_LETTERS_MAX)
    body = form.choice("body", BODIES) if form.raw("body") else None
    held_on = form.day("held_on", near=local_day(at))
    try:
        form.done()
        wanted = OpenMeeting(form.id(), organ, held_on, place, body)  # type: ignore[arg-type]  # among BODIES
        await deeds.once(commands.open_meeting, wanted, MeetingOpened, by=permit.person, at=at)
    except Refusal as no:
        return await _new(request, permit, at, no=no, typed=form.typed)
    return onward(f"/meetings/{wanted.id}")


async def _new(
    request: Ask,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    organs = [await groups.group(one) for one in sorted(permit.groups())]
    organs.sort(key=lambda one: one.kind != NETWORK)
    return page(
        request,
        "meeting_new.html",
        no=no,
        typed=typed or {},
        organs=[[one.id, say.name(one)] for one in organs],
        bodies=[[one, say(f"body.{one}")] for one in _bodies(organs)],
        today=say.day(local_day(at)),
    )


def _bodies(organs: list[GroupView]) -> list[str]:
    """Of all in reach, the likeliest first."""
    return list(dict.fromkeys(body for one in organs for body in MEETS[one.kind]))


@get("/meetings/{id:str}", opt={"op": "meeting.read"})
async def meeting_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.meeting(id)
    permit.check(place)
    return await shown(request, found, at)


@post("/meetings/{id:str}/attendance", opt={"op": "meeting.hold"})
async def attend(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """All who are ticked with a seat, or none of them."""
    found, place = await guarantee.meeting(id)
    permit.check(place)
    form = await Form.of(request)
    seats = {
        name.removeprefix("seat."): seat
        for name, seat in form.typed.items()
        if name.startswith("seat.") and seat
    }

    async def all_of_them() -> None:
        async with transaction():
            for person, seat in seats.items():
                one = Attend(id, person, seat, late=form.ticked("late"))
                await commands.attend(one, by=permit.person, at=at)

    try:
        if not seats or not all(map(is_id, seats)):
            raise FieldMissing(field="seat")
        await members.ensure_within(permit, seats, [found.organ], at)
        await run(all_of_them)
    except rules.NotOfThisOrgan as why:
        wrong = Mistyped({f"seat.{why.facts['person']}": why})
        return await shown(request, found, at, no=wrong, typed=form.typed)
    except Refusal as no:
        return await shown(request, found, at, no=no, typed=form.typed)
    return onward(f"/meetings/{id}")


@post("/meetings/{id:str}/end", opt={"op": "meeting.hold"})
async def end(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.meeting(id)
    permit.check(place)
    if found.closed_at is None:
        try:
            await run(commands.close_meeting, id, by=permit.person, at=at)
        except Refusal as no:
            return await shown(request, found, at, no=no)
    return onward(f"/meetings/{id}")


async def shown(
    request: Ask,
    found: MeetingView,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    there = await view.present(say, found)
    today = local_day(at)
    return page(
        request,
        "meeting.html",
        no=no,
        typed=typed or {},
        **await view.head(say, found),
        present=there,
        legs=view.legs(say, there),
        parts=await view.agenda(say, found, today),
        cases=await _cases(say, found) if found.closed_at is None else [],
        before=await view.before(say, found, today) if found.closed_at is None else [],
        actions=await view.actions(await queries.actions(found.id), today),
        part_names=[[one, say(f"agenda.{one}")] for one in PARTS],
        owners=[[one["person"], one["name"]] for one in there],
        decided=await view.decided(say, found),
        hearings=await hearing_view.before(say, found) if found.closed_at is None else [],
        ruled=await hearing_view.ruled(say, found),
        on_findings=await view.on_findings(say, found, today),
        expected=await _expected(say, found, {one["person"] for one in there}),
        seats=await view.seats(say, found.organ),
        adopted=(await queries.adoptions([found.id])).get(found.id),
    )


async def _cases(say: Words, found: MeetingView) -> list[Shown]:
    done = {one.application for one in await decisions.of_meeting(found.id)}
    done |= set(await queries.withdrawn(found.id, "case"))
    return [
        {
            "waiting": one,
            **await view.case(say, one.application),
            "quorum": await quorum(say, found, one.application),
        }
        for one in await decisions.waiting(found.organ, found.body)
        if one.application not in done
    ]


async def quorum(say: Words, found: MeetingView, application: str) -> Shown:
    """Whether those who are there may decide this case; else what is missing, in words."""
    cause, settings = await decisions.cause(application, found.held_on)
    assembly = await decisions.assembly(found.id, application)
    shown: Shown = {
        "present": len(votes.judges(cause, assembly)), "needed": settings.quorum_count,
        "recused": len(assembly.present & votes.stood_back(cause, assembly)), "why": "",
    }  # fmt: skip
    try:
        votes.ensure_quorum(cause, assembly, settings)
    except Refusal as why:
        shown["why"] = say.refusal(why)
    return shown


async def _expected(say: Words, found: MeetingView, there: set[str]) -> list[Shown]:
    """Who may come, by where they belong, the nearest first."""
    under = [found.organ, *[one.id for one in await groups.networks_groups(found.organ)]]
    own = await organs_of.people_of(found.organ, found.body, found.held_on, found.opened_at)
    holders = await groups.holders_of("committee", found.organ, found.opened_at)
    circles: list[tuple[str, tuple[str, ...]]] = [
        (say(f"body.{found.body}"), tuple(own) if found.body != "group" else ()),
        (say("Committee"), holders),
    ]
    for one in under:
        belong = await groups.members(one, found.held_on)
        if belong:
            circles.append((say.name(await groups.group(one)), belong))
    guests = await groups.holders_of("inspector", found.organ, found.opened_at)
    panels = [
        member.person
        for waiting in await decisions.waiting(found.organ, found.body)
        if waiting.inspection
        for member in await inspections.members(waiting.inspection)
    ]
    circles.append((say("Inspectors and guests"), (*guests, *panels)))
    return await _circles(circles, there)


async def _circles(circles: list[tuple[str, tuple[str, ...]]], there: set[str]) -> list[Shown]:
    shown, known = [], set(there)
    for name, persons in circles:
        new = [person for person in dict.fromkeys(persons) if person not in known]
        known |= set(new)
        names = await people.names(new)
        listed = sorted(((names[p], p) for p in new if p in names), key=lambda of: sort_key(of[0]))
        if listed:
            shown.append({"name": name, "persons": listed})
    return shown


DOORS = [new_page, open_meeting, meeting_page, attend, end]
