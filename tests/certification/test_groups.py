"""Groups and networks: who belongs to them, and what each may do where."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.areas.rules import UnknownArea
from certification.basis.database import in_use
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import commands, queries, rules
from certification.groups.rules import Found, Grants
from certification.people.refusals import NobodyKnown
from certification.people.rules import ROLES, Grant
from tests import cast
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    KRITS_GROUP,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    TOMORROW,
    WAN,
    YESTERDAY,
    YING,
    Village,
    later,
    log_faults,
    village,
)


@pytest.fixture
async def there(db) -> Village:
    return await village(db)


def new(number: int) -> str:
    return f"01930000-0000-7000-8000-00000000e{number:03}"


def a_group(number: int = 1, **other: str) -> Found:
    said = {"kind": "group", "name_th": "กลุ่มใหม่", "name_en": "New", "area": "900902"}
    return Found(new(number), **{**said, **other})


async def test_the_village_stands(there):
    assert (await queries.group(RATTAPHUM)).network == NETWORK
    assert [g.id for g in await queries.networks_groups(NETWORK)] == [RATTAPHUM, KRITS_GROUP]
    assert set(await queries.members(RATTAPHUM, TODAY)) == {MALEE, SOMCHAI, CHAN, YING}
    assert await queries.groups_of(KRIT, TODAY) == (KRITS_GROUP,)
    assert [n.id for n in await queries.networks()] == [NETWORK]


async def test_a_group_is_found_by_its_code_however_it_is_typed(there):
    code = there.codes[RATTAPHUM]
    found = await queries.by_code(f" {code[:4].lower()}-{code[4:]} ")
    assert found is not None
    assert found.id == RATTAPHUM
    assert await queries.by_code("ZZZZZZZZ") is None


async def test_a_stranger_group_is_missing(there):
    with pytest.raises(rules.NoSuchGroup):
        await queries.group(new(1))


NO_GROUPS = [
    (a_group(kind="village"), rules.UnknownGroupKind),
    (a_group(name_th="  "), rules.GroupNameMissing),
    (a_group(name_en="x" * 121), rules.GroupNameMissing),
    (a_group(area="90"), rules.WrongArea),
    (a_group(area="๙๐๐๙"), rules.WrongArea),
    (a_group(kind="network", area="900901"), rules.WrongArea),
    (a_group(area="909901"), UnknownArea),
    (a_group(network=RATTAPHUM), rules.NotANetwork),
    (a_group(kind="network", area="90", network=NETWORK), rules.NotANetwork),
    (a_group(network=new(9)), rules.NoSuchGroup),
]


async def test_what_is_no_group_is_not_founded(there):
    for asked, refusal in NO_GROUPS:
        with pytest.raises(refusal):
            await run(commands.found, asked, by=ADMIN, at=NOW)


async def test_founding_twice_is_refused_and_uses_up_no_second_code(there):
    await run(commands.found, a_group(), by=ADMIN, at=NOW)
    with pytest.raises(rules.FoundedOtherwise):
        await run(commands.found, a_group(name_th="อื่น"), by=ADMIN, at=NOW)
    bound = await in_use().query("SELECT code FROM public_code WHERE subject = {}", new(1))
    assert len(bound) == 1


async def test_nok_joins_and_leaves_and_comes_back(there):
    await run(commands.join, new(1), RATTAPHUM, NOK, since=YESTERDAY, by=YING, at=NOW)
    await run(commands.leave, RATTAPHUM, NOK, TODAY, by=YING, at=NOW)
    assert NOK in await queries.members(RATTAPHUM, TODAY)
    assert NOK not in await queries.members(RATTAPHUM, TOMORROW)
    await run(commands.join, new(2), RATTAPHUM, NOK, since=TOMORROW, by=YING, at=NOW)
    assert NOK in await queries.members(RATTAPHUM, TOMORROW)


async def test_who_holds_a_role_does_not_leave(there):
    with pytest.raises(rules.RolesHeld) as refused:
        await run(commands.leave, RATTAPHUM, YING, TODAY, by=WAN, at=NOW)
    assert refused.value.facts == {"roles": "farmer, inspector, leader"}
    assert YING in await queries.members(RATTAPHUM, TOMORROW)


async def test_who_has_left_cannot_leave_again(there):
    await run(commands.end_role, there.grants[MALEE, "farmer"], by=YING, at=NOW)
    await run(commands.leave, RATTAPHUM, MALEE, TODAY, by=YING, at=NOW)
    with pytest.raises(rules.NotInGroup):
        await run(commands.leave, RATTAPHUM, MALEE, TODAY, by=YING, at=NOW)


async def test_nobody_leaves_before_joining(there):
    await run(commands.end_role, there.grants[MALEE, "farmer"], by=YING, at=NOW)
    with pytest.raises(rules.EndsBeforeItBegan):
        await run(commands.leave, RATTAPHUM, MALEE, TODAY - timedelta(days=5000), by=YING, at=NOW)
    assert MALEE in await queries.members(RATTAPHUM, TODAY)


async def test_a_member_does_not_join_again(there):
    with pytest.raises(rules.AlreadyMember):
        await run(commands.join, new(1), RATTAPHUM, MALEE, since=TODAY, by=YING, at=NOW)


async def test_one_joins_a_group_not_a_network_and_not_nowhere(there):
    with pytest.raises(rules.OnlyGroupsHaveMembers):
        await run(commands.join, new(1), NETWORK, NOK, since=TODAY, by=YING, at=NOW)
    with pytest.raises(rules.NoSuchGroup):
        await run(commands.join, new(1), new(9), NOK, since=TODAY, by=YING, at=NOW)
    with pytest.raises(NobodyKnown):
        await run(commands.join, new(1), RATTAPHUM, new(9), since=TODAY, by=YING, at=NOW)


async def test_of_ten_who_enrol_nok_at_once_one_does(there):
    joining = [
        run(commands.join, new(n), RATTAPHUM, NOK, since=TODAY + timedelta(n), by=YING, at=NOW)
        for n in range(10)
    ]
    said = await asyncio.gather(*joining, return_exceptions=True)
    assert sum(isinstance(answer, rules.Joined) for answer in said) == 1
    assert sum(isinstance(answer, rules.AlreadyMember) for answer in said) == 9


async def test_a_grant_holds_from_its_moment_to_its_end(there):
    asked = Grants(new(1), NOK, "operator", RATTAPHUM)
    await run(commands.grant_role, asked, by=YING, at=NOW)
    assert await queries.grants_of(NOK, later(seconds=-1)) == ()
    assert await queries.grants_of(NOK, NOW) == (Grant("operator", RATTAPHUM, NETWORK),)
    await run(commands.end_role, new(1), by=YING, at=later(hours=1))
    assert await queries.grants_of(NOK, later(minutes=59)) != ()
    assert await queries.grants_of(NOK, later(hours=1)) == ()


async def test_a_role_that_ended_cannot_end_again_and_can_be_granted_anew(there):
    grant = there.grants[SOMCHAI, "inspector"]
    await run(commands.end_role, grant, by=WAN, at=NOW)
    with pytest.raises(rules.NoSuchGrant):
        await run(commands.end_role, grant, by=WAN, at=later(hours=1))
    asked = Grants(new(1), SOMCHAI, "inspector", RATTAPHUM)
    await run(commands.grant_role, asked, by=WAN, at=later(hours=1))
    assert SOMCHAI in await queries.holders_of("inspector", RATTAPHUM, later(hours=1))


async def test_a_grant_on_the_network_covers_its_groups(there):
    [committee, _] = await queries.grants_of(WAN, NOW)
    assert committee == Grant("committee", NETWORK, NETWORK)
    assert committee.covers(RATTAPHUM, NETWORK)
    assert committee.covers(NETWORK)
    assert set(await queries.holders_of("treasurer", RATTAPHUM, NOW)) == {PRASERT, DAO}


async def test_krits_grants_reach_nothing_of_rattaphum(there):
    assert await queries.grants_of(KRIT, NOW) != ()
    assert not any(g.covers(RATTAPHUM, NETWORK) for g in await queries.grants_of(KRIT, NOW))
    assert await queries.holders_of("inspector", KRITS_GROUP, NOW) == ()


def test_a_grant_without_a_place_covers_no_place():
    assert not Grant("admin").covers("", "")
    assert not Grant("admin").covers_area("900901")
    assert Grant("officer", area="9009").covers_area("900901")
    assert not Grant("officer", area="9009").covers_area("90")


NO_GRANTS = [
    (Grants(new(1), NOK, "king", RATTAPHUM), rules.UnknownRole),
    (Grants(new(1), NOK, "buyer", RATTAPHUM), rules.UnknownRole),
    (Grants(new(1), NOK, "farmer", RATTAPHUM), rules.MembershipNeeded),
    (Grants(new(1), NOK, "farmer", NETWORK), rules.WrongPlace),
    (Grants(new(1), NOK, "treasurer"), rules.WrongPlace),
    (Grants(new(1), NOK, "treasurer", RATTAPHUM, "90"), rules.WrongPlace),
    (Grants(new(1), NOK, "officer"), rules.WrongPlace),
    (Grants(new(1), NOK, "officer", area="9"), rules.WrongPlace),
    (Grants(new(1), NOK, "officer", area="9099"), UnknownArea),
    (Grants(new(1), NOK, "admin", RATTAPHUM), rules.WrongPlace),
    (Grants(new(1), NOK, "leader", new(9)), rules.NoSuchGroup),
    (Grants(new(1), new(9), "leader", RATTAPHUM), NobodyKnown),
    (Grants(new(1), MALEE, "farmer", RATTAPHUM), rules.AlreadyGranted),
    (Grants(new(1), YING, "treasurer", RATTAPHUM), rules.NotToOneself),
]


async def test_a_role_is_not_granted_where_it_cannot_stand(there):
    for asked, refusal in NO_GRANTS:
        with pytest.raises(refusal):
            await run(commands.grant_role, asked, by=YING, at=NOW)


@given(st.sampled_from(sorted(ROLES)), st.sampled_from([None, "group", "network"]), st.booleans())
def test_every_role_has_one_shape_of_place(role, kind, with_area):
    asked = Grants("id", NOK, role, "somewhere" if kind else None, "90" if with_area else None)
    try:
        rules.grant(asked, kind, by=ADMIN)
    except Refusal:
        return
    assert (role == "officer") == (with_area and not kind)
    assert (role == "admin") == (not with_area and not kind)
    assert role != "farmer" or kind == "group"
    assert role != "buyer"


async def test_an_officer_sees_an_area(there):
    await run(commands.grant_role, Grants(new(1), NOK, "officer", area="9009"), by=WAN, at=NOW)
    [officer] = await queries.grants_of(NOK, NOW)
    assert officer == Grant("officer", area="9009")
    assert not officer.covers(RATTAPHUM, NETWORK)


async def test_of_ten_equal_grants_at_once_one_is_made(there):
    granting = [
        run(commands.grant_role, Grants(new(n), NOK, "operator", RATTAPHUM), by=YING, at=NOW)
        for n in range(10)
    ]
    said = await asyncio.gather(*granting, return_exceptions=True)
    assert sum(isinstance(answer, rules.RoleGranted) for answer in said) == 1
    assert len(await queries.grants_of(NOK, NOW)) == 1


async def test_the_first_administrator_is_named_once(there):
    with pytest.raises(rules.AdminExists):
        await run(commands.grant_first_admin, KRIT, by=KRIT, at=NOW)


async def test_of_five_first_administrators_at_once_one_is_named(db):
    cast.use_a_vault()
    for person in cast.EVERYBODY[:5]:
        await run(cast.people.register, person, cast.PARTICULARS[person], by=person, at=NOW)
    naming = [run(commands.grant_first_admin, p, by=p, at=NOW) for p in cast.EVERYBODY[:5]]
    said = await asyncio.gather(*naming, return_exceptions=True)
    assert sum(isinstance(answer, rules.RoleGranted) for answer in said) == 1
    assert sum(isinstance(answer, rules.AdminExists) for answer in said) == 4


async def test_the_log_vouches_for_every_row(there):
    await run(commands.end_role, there.grants[SOMCHAI, "inspector"], by=WAN, at=NOW)
    await run(commands.end_role, there.grants[SOMCHAI, "farmer"], by=WAN, at=NOW)
    await run(commands.leave, RATTAPHUM, SOMCHAI, TODAY, by=WAN, at=NOW)
    assert await log_faults() == []
