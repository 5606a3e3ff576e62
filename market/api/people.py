"""Members: registering them, their code to sign in, and who is too near to whom."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.transaction import run, transaction
from certification.basis.units import local_day
from certification.groups import commands as groups_commands
from certification.groups import queries as groups
from certification.groups.rules import Admit, RoleView
from certification.inspections.barred import Barred, barred
from certification.people import commands, queries
from certification.people.rules import (
    Housed,
    Particulars,
    ParticularsChanged,
    PersonErased,
    Registered,
    Relate,
    Related,
    RelationConfirmed,
    RelationView,
    Unhoused,
    Unrelated,
)
from market.access import deeds, members, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.refusals import FieldWrong
from market.domain.accounts import commands as accounts
from market.domain.accounts import sessions
from market.domain.contacts import commands as contacts

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Changed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    phone: str | None = None
    member_number: str | None = None
    address: str | None = None


class Erasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name as it is registered, so that nobody is erased by a wrong id."""

    name: str


class EnrolmentCode(msgspec.Struct, frozen=True):
    """Told once; an older one of the same person stops working. It lasts 14 days."""

    person: str
    code: str


class NewHousehold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    persons: list[str]
    since: date | None = None


class Until(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last day; today where none is named."""

    until: date | None = None


class Struck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it holds no more; its last day, today where none is named."""

    reason: str
    until: date | None = None


class Near(msgspec.Struct, frozen=True):
    """What was told of oneself and another, and the planned visits that it stands against."""

    relation: RelationView
    confirmed: bool
    """By both."""
    bars: list[Barred]


class MemberListed(msgspec.Struct, frozen=True):
    person: str
    name: str
    member_number: str | None


class PersonShown(msgspec.Struct, frozen=True):
    person: str
    name: str
    phone: str | None
    member_number: str | None
    address: str | None
    groups: tuple[str, ...]
    roles: tuple[RoleView, ...]
    relations: tuple[RelationView, ...]


@post(
    "/api/v1/people",
    opt={"op": "person.register"},
    tags=["people"],
    summary="A new person; with a group also its member, and its farmer unless said otherwise",
)
async def register(data: JSONBody[Admit], permit: Mine, at: Now) -> Registered:
    await _ensure_may_admit(data, permit)
    deeds.ensure_storable(data, data.id)
    return await run(groups_commands.admit, data, by=permit.person, at=at)


async def _ensure_may_admit(data: Admit, permit: Permit) -> None:
    """Somebody of no group is registered only by who reaches everybody."""
    if data.group is not None:
        permit.check(await whose.of_group(data.group))
    elif not permit.everywhere():
        raise NotThere


@get("/api/v1/people", opt={"op": "person.read"}, tags=["people"], summary="Members of a group")
async def list_members(permit: Mine, at: Now, group: FromQuery[str]) -> list[MemberListed]:
    permit.check(await whose.of_group(group))
    found = await groups.members(group, local_day(at))
    told = await queries.particulars_of(found)
    return [
        MemberListed(person, told[person].name, told[person].member_number)
        for person in found
        if person in told
    ]


@get("/api/v1/people/{id:str}", opt={"op": "person.read"}, tags=["people"], summary="One person")
async def read_person(id: FromPath[str], permit: Mine, at: Now) -> PersonShown:
    await members.reached(permit, id, at)
    today, told = local_day(at), await queries.particulars(id)
    return PersonShown(
        id, told.name, told.phone, told.member_number, told.address,
        await groups.groups_of(id, today), await groups.roles_of(id, at),
        await queries.relations(id, today),
    )  # fmt: skip


@put(
    "/api/v1/people/{id:str}/particulars",
    opt={"op": "person.register"},
    tags=["people"],
    summary="Name, phone, member number and address anew",
)
async def change(
    id: FromPath[str], data: JSONBody[Changed], permit: Mine, at: Now
) -> ParticularsChanged:
    await members.reached(permit, id, at)
    deeds.ensure_storable(data)
    kept = (await queries.particulars(id)).national_id
    said = Particulars(data.name, data.phone, data.member_number, kept, data.address)
    return await run(commands.change_particulars, id, said, by=permit.person, at=at)


@put(
    "/api/v1/people/{id:str}/erasure",
    opt={"op": "person.erase"},
    tags=["people"],
    summary="Forget who this is, for good, and shut out all their phones; the deeds stay",
)
async def erase(id: FromPath[str], data: JSONBody[Erasure], permit: Mine, at: Now) -> PersonErased:
    await members.reached(permit, id, at)
    if data.name.strip() != (await queries.particulars(id)).name:
        raise FieldWrong(field="name")

    async def both() -> PersonErased:
        async with transaction():
            await sessions.close(id, by=permit.person, at=at)
            await contacts.forget(id, by=permit.person, at=at)
            return await commands.erase(id, by=permit.person, at=at)

    return await run(both)


@post(
    "/api/v1/people/{id:str}/enrolment-codes",
    opt={"op": "person.enrol"},
    tags=["people"],
    summary="A new code to sign in on a phone, told once",
)
async def issue_code(id: FromPath[str], permit: Mine, at: Now) -> EnrolmentCode:
    await members.reached(permit, id, at)
    await members.ensure_may_give_all(permit, await groups.roles_of(id, at))
    return EnrolmentCode(id, await run(accounts.issue_code, id, by=permit.person, at=at))


@post(
    "/api/v1/relations",
    opt={"op": "relation.tell"},
    tags=["people"],
    summary="Kin, spouse, employer, buyer or veto: neither then judges the other's land",
)
async def relate(data: JSONBody[Relate], permit: Mine, at: Now) -> Related:
    belongs = await members.reached(permit, data.person, at)
    await members.ensure_within(permit, [data.other], belongs, at)
    return await deeds.once(commands.relate, data, Related, by=permit.person, at=at)


@get(
    "/api/v1/relations",
    opt={"op": "relation.tell"},
    tags=["people"],
    summary="Mine that hold today, told by me or by others, with the planned visits they bar",
)
async def list_relations(permit: Mine, at: Now) -> list[Near]:
    mine, found = permit.person, await queries.relations(permit.person, local_day(at))
    return [Near(one, one.confirmed, await barred([one], mine)) for one in found]


@put(
    "/api/v1/relations/{id:str}/confirmation",
    opt={"op": "relation.confirm"},
    tags=["people"],
    summary="It is so: said by one of the two of whom somebody else told it",
)
async def confirm(id: FromPath[str], permit: Mine, at: Now) -> RelationConfirmed:
    await members.relation_of_mine(permit, id)
    return await run(commands.confirm_relation, id, by=permit.person, at=at)


@put(
    "/api/v1/relations/{id:str}/end",
    opt={"op": "relation.end"},
    tags=["people"],
    summary="It holds no more, and why; never said by one of the two",
)
async def unrelate(id: FromPath[str], data: JSONBody[Struck], permit: Mine, at: Now) -> Unrelated:
    await members.relation_judged(permit, id, at)
    deeds.ensure_storable(data.reason)
    until = data.until or local_day(at)
    return await run(commands.unrelate, id, until, data.reason, by=permit.person, at=at)


@post(
    "/api/v1/households",
    opt={"op": "household.tell"},
    tags=["people"],
    summary="Those who live under one roof: none of them judges another's land",
)
async def house(data: JSONBody[NewHousehold], permit: Mine, at: Now) -> Housed:
    for person in data.persons:
        await members.reached(permit, person, at)
    deeds.ensure_storable(data, data.id)
    since = data.since or local_day(at)
    return await run(commands.house, data.id, data.persons, since=since, by=permit.person, at=at)


@put(
    "/api/v1/people/{id:str}/household/end",
    opt={"op": "household.leave"},
    tags=["people"],
    summary="The person lives there no more; never said by one of the house",
)
async def unhouse(id: FromPath[str], data: JSONBody[Until], permit: Mine, at: Now) -> Unhoused:
    household = await members.household_judged(permit, id, at)
    until = data.until or local_day(at)
    return await run(commands.unhouse, household, id, until, by=permit.person, at=at)


DOORS = [
    register,
    list_members,
    read_person,
    change,
    erase,
    issue_code,
    relate,
    list_relations,
    confirm,
    unrelate,
    house,
    unhouse,
]
