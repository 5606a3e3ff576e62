"""Members of one's groups: registering them, and the card with the code to sign in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
from certification.groups.rules import NETWORK, Admit, Found, Founded, GroupView, RoleView
from certification.people import queries as people
from market.access import deeds, finding, members, recoveries, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.accounts import commands as accounts
from market.domain.accounts import queries as accounts_queries
from market.domain.accounts.rules import CODE_LASTS
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.farm_view import Ask, Shown, sort_key
from market.web.pages.first_steps import first_steps

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LOOKS = {
    "never": ("off", "flag"), "waiting": ("info", "clock"), "enrolled": ("ok", "check"),
    "locked": ("warn", "warn"), "shut_out": ("warn", "flag"),
}  # fmt: skip


@get("/admin", opt={"op": "person.read"})
async def admin(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _members(request, permit, at)


@post("/admin/found", opt={"op": "person.read"})
async def find(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    """By a form: a telephone number has no place in an address that is logged and kept."""
    form = await Form.of(request)
    group, text = form.raw("group"), form.raw("q").strip()
    try:
        persons = await finding.found(permit, text, group, at) if text else []
    except finding.WhichGroup as no:
        return await _members(request, permit, at, no=no, typed=form.typed)
    names = await people.names(persons)
    found = [{"person": one, "name": names[one]} for one in persons if one in names]
    return await _members(request, permit, at, typed=form.typed, found=found if text else None)


async def _members(
    request: Ask, permit: Permit, at: datetime, *,
    no: Refusal | None = None, typed: dict[str, str] | None = None,
    found: Sequence[Shown] | None = None,
) -> Response[bytes]:  # fmt: skip
    say, reached = words_for(request), await _groups(permit)
    shown = []
    for group in reached:
        held = await groups.in_roles(group.id, at)
        persons = [*await groups.members(group.id, local_day(at)), *[role.person for role in held]]
        listed = await _listed(say, persons, held, at)
        shown.append({"code": group.code, "name": say.name(group), "persons": listed})
    everywhere = permit.everywhere()
    if everywhere and reached:
        held = await groups.in_roles_of_no_group(at)
        office = await _listed(say, [role.person for role in held], held, at)
        shown.append({"code": "", "name": say("In no group"), "persons": office})
    if gone := await members.left_behind(permit, at):
        listed = await _listed(say, gone, [], at)
        shown.append({"code": "", "name": say("In no group any more"), "persons": listed})
    return page(
        request, "admin.html", no=no, typed=typed or {}, found=found, groups=shown,
        among=[["", "–"], *([one.id, say.name(one)] for one in reached)], everywhere=everywhere,
        steps=await first_steps(say, reached, at) if everywhere else [],
        recoveries=len(await recoveries.waiting(permit, at)),
    )  # fmt: skip


async def _listed(
    say: Words, persons: Collection[str], held: Collection[RoleView], at: datetime
) -> list[Shown]:
    names = await people.names(persons)
    roles: dict[str, list[str]] = {}
    for role in held:
        roles.setdefault(role.person, []).append(say(f"admin.role.{role.role}"))
    states = await accounts_queries.states(names, at)
    listed: list[Shown] = [
        {
            "person": person,
            "name": name,
            "roles": roles.get(person, []),
            "state": standing_chip(say, states[person]),
        }
        for person, name in names.items()
    ]
    return sorted(listed, key=lambda one: sort_key(str(one["name"])))


def standing_chip(say: Words, state: str) -> Shown:
    """How somebody stands with signing in."""
    kind, icon = LOOKS[state]
    return {"kind": kind, "icon": icon, "words": say(f"admin.standing.{state}")}


async def _groups(permit: Permit) -> list[GroupView]:
    """Those in reach, a network before its groups."""
    every = await groups.every()
    if permit.everywhere():
        return sorted(every, key=lambda one: (one.network or one.id, one.kind != NETWORK))
    reached = permit.groups() | set(await whose.groups_reached(permit))
    return [one for one in every if one.id in reached]


@get("/admin/people/new", opt={"op": "person.register"})
async def register_page(request: Ask, permit: Mine) -> Response[bytes]:
    return await _register_form(request, permit)


@post("/admin/people/new", opt={"op": "person.register"})
async def register(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    try:
        wanted = _new_person(form)
        if wanted.group is not None or not permit.everywhere():
            permit.check(await whose.of_group(wanted.group or ""))
        deeds.ensure_storable(wanted)
        await run(group_commands.admit, wanted, by=permit.person, at=at)
    except Refusal as no:
        return await _register_form(request, permit, no=no, typed=form.typed)
    where = "?new=1" if wanted.group else "/roles"  # the office is nowhere listed without a role
    return onward(f"/admin/people/{wanted.id}{where}")


def _new_person(form: Form) -> Admit:
    name, group = form.text("name", most=120), form.raw("group")
    texts = {key: form.text(key, most=300, required=False) or None
             for key in ("phone", "member_number", "address")}  # fmt: skip
    form.done()
    return Admit(
        form.id(), name, group if is_id(group) else None, texts["phone"],
        texts["member_number"], texts["address"],
    )  # fmt: skip


async def _register_form(
    request: Ask, permit: Permit, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say = words_for(request)
    choice = [[g.id, say.name(g)] for g in await _groups(permit) if g.kind != NETWORK]
    if permit.everywhere():
        choice.append(["", say("In no group: somebody of the office")])
    first = {"group": request.query_params.get("group", "")}
    return page(request, "admin_person_new.html", no=no, typed=typed or first, groups=choice)


@post("/admin/people/{id:str}/code", opt={"op": "person.enrol"})
async def issue_code(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """For who has no PIN yet. Shown on this answer and nowhere else; the next one is another."""
    await members.reached(permit, id, at)
    await members.ensure_may_give_all(permit, await groups.roles_of(id, at))
    code = await run(accounts.issue_code, id, by=permit.person, at=at)
    answer = page(
        request,
        "admin_card.html",
        back=f"/admin/people/{id}",
        name=(await people.particulars(id)).name,
        code=code,
        until=local_day(at + CODE_LASTS),
    )
    answer.headers["cache-control"] = "no-store"
    return answer


@get("/admin/groups/new", opt={"op": "group.found"})
async def found_page(request: Ask) -> Response[bytes]:
    return await _found_form(request)


@post("/admin/groups/new", opt={"op": "group.found"})
async def found(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    kind = form.choice("kind", ("group", NETWORK))
    name_th, name_en = form.text("name_th", most=120), form.text("name_en", most=120)
    area, network = form.text("area", most=8), form.raw("network")
    try:
        form.done()
        wanted = Found(
            form.id(), kind, name_th, name_en, area, network if is_id(network) else None
        )  # fmt: skip
        await deeds.once(group_commands.found, wanted, Founded, by=permit.person, at=at)
    except Refusal as no:
        return await _found_form(request, no=no, typed=form.typed)
    return onward("/admin")


async def _found_form(
    request: Ask, *, no: Refusal | None = None, typed: dict[str, str] | None = None
) -> Response[bytes]:
    say = words_for(request)
    networks = [[one.id, say.name(one)] for one in await groups.networks()]
    return page(
        request,
        "admin_group_new.html",
        no=no,
        typed=typed or {},
        networks=[["", say("In no network")], *networks],
        kinds=[["group", say("Producer group")], [NETWORK, say("Network of groups")]],
    )


DOORS = [admin, find, register_page, register, issue_code, found_page, found]
