"""Who sits in the bodies of a group or network; to give a seat and to end a term."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.organs import commands, queries, rules
from certification.organs.rules import BODIES, LEGS, MEETS, Appoint, Dismiss, Sitting, balance
from certification.people import queries as people
from market.access import deeds, guarantee, members, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import meeting_view as view
from market.web.pages.events import may_take
from market.web.pages.farm_view import Ask, Shown, sort_key

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/organs/{group:str}", opt={"op": "organ.read"})
async def organ_page(request: Ask, group: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """`?as=csv` and `?as=xlsx` are all terms there ever were."""
    permit.check(await whose.of_group(group))
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        return made("seats", *await _terms(words_for(request), group))
    return await _shown(request, group, at)


@post("/organs/{group:str}/seats", opt={"op": "organ.appoint"})
async def appoint(request: Ask, group: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    permit.check(await whose.of_group(group))
    form, today = await Form.of(request), local_day(at)
    body, person = form.choice("body", BODIES), form.text("person")
    seat, leg = form.text("seat"), form.choice("leg", LEGS)
    since = form.day("since", near=today)
    until = form.day("until", near=today) if form.raw("until") else None
    chosen_by = form.text("chosen_by", most=rules.REFERENCE_LETTERS_MAX)
    try:
        form.done()
        wanted = Appoint(form.id(), group, body, person, seat, leg, since, chosen_by, until)  # type: ignore[arg-type]  # among BODIES and LEGS
        await members.ensure_within(permit, [person], [group], at)
        told = rules.Appointed
        await deeds.once(commands.appoint, wanted, told, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, group, at, no=no, typed=form.typed)
    return onward(f"/organs/{group}#{body}")


@post("/organs/seats/{seat:str}/end", opt={"op": "organ.appoint"})
async def dismiss(request: Ask, seat: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    place = await guarantee.seat(seat)
    permit.check(place)
    found = await queries.appointment(seat)
    form = await Form.of(request)
    until = form.day("last_day", near=local_day(at))
    try:
        form.done()
        if found.ended_by is None or found.until != until:
            await run(commands.dismiss, Dismiss(seat, until), by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found.organ, at, no=no, typed=form.typed)
    return onward(f"/organs/{found.organ}#{found.body}")


async def _shown(
    request: Ask,
    group: str,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, organ = words_for(request), await groups.group(group)
    listed = await queries.of_organ(group)
    return page(
        request,
        "organs.html",
        no=no,
        typed=typed or {},
        organ=organ,
        name=say.name(organ),
        bodies=[await _body(say, group, body, listed, at) for body in MEETS[organ.kind]],
        body_names=[[one, say(f"body.{one}")] for one in MEETS[organ.kind] if one != "group"],
        seats=await view.seats(say, group),
        legs=[[one, say(f"leg.{one}")] for one in LEGS],
        persons=await _persons(group, at),
        today=say.day(local_day(at)),
        tells=await may_take(request, group),
    )


async def _body(say: Words, group: str, body: str, listed: list[Sitting], at: datetime) -> Shown:
    today, known = local_day(at), dict(await view.seats(say, group))
    mine = [one for one in listed if one.body == body]
    own = await queries.people_of(group, body, today, at)
    names = await people.names([*own, *(one.person for one in mine)])
    now = [one for one in mine if one.holds(today)]
    sitting = [
        {"of": one, "name": names.get(one.person, ""), "seat": known.get(one.seat, one.seat),
         "leg": say(f"leg.{one.leg}")}
        for one in now
    ]  # fmt: skip
    count = balance(one.leg for one in now)
    return {
        "body": body, "name": say(f"body.{body}"), "sitting": sitting,
        "legs": [(say(f"leg.{leg}"), number) for leg, number in count.items()] if now else [],
        "by_role": [] if now else sorted((names.get(one, "") for one in own), key=sort_key),
        "past": [
            {"of": one, "name": names.get(one.person, "")} for one in mine if not one.holds(today)
        ],
    }  # fmt: skip


async def _persons(group: str, at: datetime) -> list[list[str]]:
    """Who belongs to the organ or holds a role in it."""
    under = [group, *[one.id for one in await groups.networks_groups(group)]]
    found = [p for one in under for p in await groups.members(one, local_day(at))]
    found += [role.person for one in under for role in await groups.in_roles(one, at)]
    names = await people.names(dict.fromkeys(found))
    return [[one, names[one]] for one in sorted(names, key=lambda one: sort_key(names[one]))]


async def _terms(say: Words, group: str) -> tuple[list[str], list[list[object]]]:
    listed, known = await queries.of_organ(group), dict(await view.seats(say, group))
    names = await people.names([one.person for one in listed])
    heads = ["Body", "Name", "Seat", "Leg", "Since", "Until", "Chosen by"]
    rows: list[list[object]] = [
        [
            say(f"body.{one.body}"), names.get(one.person, ""), known.get(one.seat, one.seat),
            say(f"leg.{one.leg}"), one.since, one.until, one.chosen_by,
        ]
        for one in listed
    ]  # fmt: skip
    return [say(head) for head in heads], rows


DOORS: list[Any] = [organ_page, appoint, dismiss]
