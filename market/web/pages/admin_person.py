"""One person as those see it who keep the members' list: roles, and who is too near to whom."""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import commands as group_commands
from certification.groups import queries as groups
from certification.groups.rules import PLACES, Grants, NoSuchGrant, RoleGranted
from certification.people import commands, queries
from certification.people.refusals import LivesWithNobody
from certification.people.rules import KINDS, Relate, Related
from market.access import deeds, members, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.accounts import queries as accounts
from market.domain.recovery import queries as recoveries
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.admin import standing_chip
from market.web.pages.farm_view import Ask, Shown, attendance, sort_key

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/admin/people/{id:str}", opt={"op": "person.read"})
async def person_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await members.reached_or_left(permit, id, at)
    return await _person(request, id, at)


@post("/admin/people/{id:str}/relations", opt={"op": "relation.tell"})
async def relate(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    belongs = await members.reached(permit, id, at)
    form = await Form.of(request)
    other, kind = form.text("other"), form.choice("kind", tuple(KINDS))
    degree = form.whole("degree", least=1, most=4) if form.raw("degree") else 1
    try:
        form.done()
        degree = degree if kind == "kin" else 1
        told = Relate(form.id(), id, other, kind, local_day(at), degree)
        deeds.ensure_storable(told, other)
        await members.ensure_within(permit, [other], belongs, at)
        await deeds.once(commands.relate, told, Related, by=permit.person, at=at)
    except Refusal as no:
        return await _person(request, id, at, no=no, typed=form.typed)
    return onward(f"/admin/people/{id}#near")


@post("/admin/relations/{id:str}/end", opt={"op": "relation.end"})
async def unrelate(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found = await members.relation_judged(permit, id, at)
    form = await Form.of(request)
    try:
        why = form.raw("reason")
        deeds.ensure_storable(why)
        await run(commands.unrelate, id, local_day(at), why, by=permit.person, at=at)
    except Refusal as no:
        return await _person(request, found.person, at, no=no, typed=form.typed)
    return onward(f"/admin/people/{found.person}#near")


@post("/admin/people/{id:str}/household/end", opt={"op": "household.leave"})
async def leave_house(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    try:
        household = await members.household_judged(permit, id, at)
        await run(commands.unhouse, household, id, local_day(at), by=permit.person, at=at)
    except LivesWithNobody as no:
        return await _person(request, id, at, no=no)
    return onward(f"/admin/people/{id}#near")


async def _person(
    request: Ask,
    id: str,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    belongs, home = await groups.groups_of(id, today), await queries.household(id, today)
    return page(
        request,
        "admin_person.html",
        no=no,
        typed=typed or {},
        person=id,
        who=await queries.particulars(id),
        groups=[say.name(await groups.group(one)) for one in belongs],
        attendance=[await attendance(say, id, one, at) for one in belongs],
        held=await _roles(say, id, at),
        relations=await _relations(say, id, at),
        housed=home is not None and home.until is None,
        neighbours=await _neighbours(id, belongs, at),
        kinds=[[one, say(f"admin.relation.{one}")] for one in KINDS],
        degrees=[[str(n), say(f"admin.degree.{n}")] for n in range(1, 5)],
        new="new" in request.query_params,
        state=standing_chip(say, (await accounts.states([id], at))[id]),
        has_pin=await accounts.has_pin(id),
        recovery=next(iter(await recoveries.waiting(at, [id])), None),
    )


async def _roles(say: Words, person: str, at: datetime) -> list[Shown]:
    return [
        {
            "of": one,
            "name": say(f"admin.role.{one.role}"),
            "place": say.name(await groups.group(one.group)) if one.group else one.area,
        }
        for one in await groups.roles_of(person, at)
    ]


async def _relations(say: Words, person: str, at: datetime) -> list[Shown]:
    found = await queries.relations(person, local_day(at))
    others = [one.other if one.person == person else one.person for one in found]
    home = await queries.household(person, local_day(at))
    house = [one for one in home.persons if one != person] if home else []
    names = await queries.names([*others, *house])
    told: list[Shown] = [
        {
            "id": one.id, "name": names.get(other, ""), "confirmed": one.confirmed,
            "kind": say(f"admin.degree.{one.degree}") if one.kind == "kin"
            else say(f"admin.relation.{one.kind}"), "until": one.until,
        }
        for one, other in zip(found, others, strict=True)
    ]  # fmt: skip
    return told + [
        {
            "id": "",
            "name": names.get(one, ""),
            "kind": say("admin.relation.household"),
            "until": home.until if home else None,
        }
        for one in house
    ]


async def _neighbours(person: str, belongs: tuple[str, ...], at: datetime) -> list[list[str]]:
    """Of the same groups: whom a relation may be with."""
    near = [p for one in belongs for p in await groups.members(one, local_day(at)) if p != person]
    names = await queries.names(near)
    return sorted(([p, name] for p, name in names.items()), key=lambda of: sort_key(of[1]))


@get("/admin/people/{id:str}/roles", opt={"op": "role.grant"})
async def role_page(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await members.reached_or_left(permit, id, at)
    return await _role_form(request, id, permit, at)


@post("/admin/people/{id:str}/roles", opt={"op": "role.grant"})
async def grant(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await members.reached_or_left(permit, id, at)
    form = await Form.of(request)
    role, place = form.choice("role", tuple(PLACES)), form.raw("place")
    try:
        form.done()
        group = place if is_id(place) else None
        if group:
            permit.check(await whose.of_group(group))
        await members.ensure_may_give(permit, role, group or "")
        area = form.raw("area") or None if role == "officer" else None
        wanted = Grants(form.id(), id, role, None if role in ("officer", "admin") else group, area)
        by = permit.person
        await deeds.once(group_commands.grant_role, wanted, RoleGranted, by=by, at=at)
    except Refusal as no:
        return await _role_form(request, id, permit, at, no=no, typed=form.typed)
    return onward(f"/admin/people/{id}/roles")


@post("/admin/roles/{id:str}/end", opt={"op": "role.grant"})
async def end(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    try:
        held = await groups.role(id, at)
    except NoSuchGrant:
        raise NotThere from None
    await members.reached(permit, held.person, at)
    await members.ensure_may_give(permit, held.role, held.group)
    await run(group_commands.end_role, id, by=permit.person, at=at)
    return onward(f"/admin/people/{held.person}/roles")


async def _role_form(
    request: Ask,
    person: str,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say = words_for(request)
    every = [g for g in await groups.every() if permit.sees(await whose.of_group(g.id))]
    places = [await whose.of_group(group.id) for group in every]
    may = frozenset().union(*[members.givable(permit, place) for place in places])
    names = [[role, say(f"admin.role.{role}")] for role in PLACES if role in may]
    return page(
        request,
        "admin_roles.html",
        no=no,
        typed=typed or {},
        person=person,
        name=(await queries.particulars(person)).name,
        held=await _roles(say, person, at),
        may=may,
        roles_to_give=names,
        places=[[group.id, say.name(group)] for group in every],
    )


DOORS = [person_page, relate, unrelate, leave_house, role_page, grant, end]
