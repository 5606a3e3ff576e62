"""Who is near to whom: told by oneself, said to be so by the other, seen by few.

A helper of the group tells it too, in the own name; the rules read it from the moment it is told.
"""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inspections.barred import Barred, barred
from certification.people import commands, queries
from certification.people.rules import KINDS, Relate, Related, RelationView
from certification.plots import queries as plots
from market.access import deeds, members
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask, Shown, plot_name, sort_key

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
DEGREES = range(1, 5)
JUDGES = frozenset({"inspector", "committee", "secretariat", "leader"})
"""Who looks at one's plots or decides on them: of these one must be able to say who is near."""


@get("/me/kin", opt={"op": "relation.tell"})
async def kin_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    return await _kin(request, await view.acting_for(request, permit, at), permit, at)


@post("/me/kin", opt={"op": "relation.tell"})
async def tell(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    person = await view.acting_for(request, permit, at, form.raw("of"))
    other, kind = form.text("other"), form.choice("kind", tuple(KINDS))
    degree = form.whole("degree", least=1, most=4) if form.raw("degree") else 1
    try:
        form.done()
        told = Relate(form.id(), person, other, kind, local_day(at), degree if kind == "kin" else 1)
        deeds.ensure_storable(told, other)
        await members.ensure_within(permit, [other], await _around(person, at), at)
        await deeds.once(commands.relate, told, Related, by=permit.person, at=at)
    except Refusal as no:
        return await _kin(request, person, permit, at, no=no, typed=form.typed)
    return onward(_address(permit, person, "told"))


@post("/me/kin/{relation:str}/confirm", opt={"op": "relation.confirm"})
async def confirm(relation: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    await members.relation_of_mine(permit, relation)
    await run(commands.confirm_relation, relation, by=permit.person, at=at)
    return onward(_address(permit, permit.person, "confirmed"))


def _address(permit: Permit, person: str, done: str) -> str:
    return f"/me/kin?{done}=1" + ("" if person == permit.person else f"&of={person}")


async def _kin(
    request: Ask,
    person: str,
    permit: Permit,
    at: datetime,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    told = await queries.relations(person, today)
    home = await queries.household(person, today)
    house = [one for one in home.persons if one != person] if home else []
    names = await queries.names([*_others(told, person), *house, *[one.by for one in told]])
    return page(
        request,
        "me_kin.html",
        no=no,
        typed=typed or {},
        of="" if person == permit.person else person,
        helped=await view.helped(permit, person),
        relations=await _shown(say, told, person, names, permit.person),
        house=sorted((names.get(one, "") for one in house), key=sort_key),
        neighbours=await _neighbours(person, at),
        kinds=[[one, say(f"admin.relation.{one}")] for one in KINDS],
        degrees=[[str(n), say(f"admin.degree.{n}")] for n in DEGREES],
        done=next((one for one in ("told", "confirmed") if one in request.query_params), ""),
    )


def _others(told: tuple[RelationView, ...], person: str) -> list[str]:
    return [one.other if one.person == person else one.person for one in told]


async def _shown(
    say: Words,
    told: tuple[RelationView, ...],
    person: str,
    names: dict[str, str],
    reader: str,
) -> list[Shown]:
    stands = await barred(told, reader)
    return [
        {
            "of": one,
            "name": names.get(other, ""),
            "kind": say(f"admin.degree.{one.degree}") if one.kind == "kin"
            else say(f"admin.relation.{one.kind}"),
            "confirmed": one.confirmed,
            "teller": names.get(one.by, "") if one.by != person else "",
            "asks": reader == person and person not in one.said,
            "bars": [await _visit(say, each) for each in stands if each.relation == one.id],
        }
        for one, other in zip(told, _others(told, person), strict=True)
    ]  # fmt: skip


async def _visit(say: Words, of: Barred) -> Shown:
    return {"plot": plot_name(say, await plots.plot(of.plot)), "on": of.planned_on}


async def _neighbours(person: str, at: datetime) -> list[list[str]]:
    """Members of the same groups, and who looks or decides there or in their network."""
    near: list[str] = []
    for group in await _around(person, at):
        network = (await groups.group(group)).network
        near += await groups.members(group, local_day(at))
        for place in filter(None, (group, network)):
            held = await groups.in_roles(place, at)
            near += [role.person for role in held if role.role in JUDGES]
    names = await queries.names(set(near) - {person})
    return sorted(([one, name] for one, name in names.items()), key=lambda of: sort_key(of[1]))


async def _around(person: str, at: datetime) -> tuple[str, ...]:
    """The groups one is of; of who has a role in a network, all of its groups."""
    held = [role.group for role in await groups.roles_of(person, at) if role.group]
    below = [one.id for place in held for one in await groups.networks_groups(place)]
    return tuple(dict.fromkeys([*await groups.groups_of(person, local_day(at)), *held, *below]))


DOORS = [kin_page, tell, confirm]
