"""A forgotten PIN: two people, nobody near, three days, and a day in which no money moves away."""

import asyncio

import pytest

from certification.basis import log
from certification.basis.asked import AskedOtherwise
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.people import commands as people
from certification.people.rules import Relate
from market.domain.accounts import queries as accounts
from market.domain.accounts import rules as accounts_rules
from market.domain.accounts.commands import enrol, issue_code, sign_in
from market.domain.accounts.rules import Browser, LetIn
from market.domain.notices import commands as notices
from market.domain.notices import queries as told
from market.domain.payments import commands as payments
from market.domain.payments.rules import SetAccount
from market.domain.recovery import queries, rules
from market.domain.recovery.commands import begin, confirm, stop
from tests.cast import (
    CHAN,
    DAO,
    MALEE,
    NETWORK,
    NOW,
    PRASERT,
    RATTAPHUM,
    TODAY,
    WAN,
    YING,
    cheap_pins,
    later,
    log_faults,
    village,
)  # fmt: skip

PIN, ANEW, HOME = "739152", "840275", "203.0.113.7"


@pytest.fixture
async def malee(db):
    with cheap_pins():
        await village(db)
        yield await let_in(MALEE)


async def let_in(person: str) -> LetIn:
    code = await run(issue_code, person, by=YING, at=NOW)
    return await enrol(code, PIN, address=HOME, at=NOW)


async def begun(person: str = MALEE, by: str = YING, at=NOW) -> str:
    return (await run(begin, new_id(), person, RATTAPHUM, by=by, at=at)).recovery


async def test_two_people_make_malee_a_new_code_and_her_old_phone_ends(malee):
    code = await run(confirm, await begun(), by=PRASERT, at=later(hours=71))
    assert await accounts.actor(malee.session_secret, later(hours=71)) is None
    with pytest.raises(accounts_rules.DeviceUnknown):
        await sign_in(Browser(malee.device_secret), PIN, address=HOME, at=later(hours=71))
    again = await enrol(code, ANEW, address=HOME, at=later(hours=72))
    assert again.person == MALEE
    assert await log_faults() == []
    told = [(entry.event["type"], entry.by) for entry in await log.events_of(MALEE)]
    for deed in (("recovery.begun", YING), ("recovery.confirmed", PRASERT)):
        assert deed in told
    assert code not in str(await log.after(0, limit=1000))


async def test_one_leader_alone_gives_a_first_code_and_never_a_second(malee):
    with pytest.raises(accounts_rules.HasAPin):
        await run(issue_code, MALEE, by=YING, at=NOW)
    with pytest.raises(rules.NoPinYet):
        await begun(CHAN)
    with pytest.raises(rules.SameHands):
        await run(confirm, await begun(), by=YING, at=NOW)
    assert await accounts.actor(malee.session_secret, NOW) is not None


async def test_after_a_recovery_one_leader_still_cannot_make_another_code(malee):
    await run(confirm, await begun(), by=PRASERT, at=NOW)
    with pytest.raises(accounts_rules.HasAPin):
        await run(issue_code, MALEE, by=YING, at=later(days=20))


async def test_nobody_confirms_for_oneself(malee):
    with pytest.raises(rules.SameHands):
        await run(confirm, await begun(), by=MALEE, at=NOW)
    with pytest.raises(rules.SameHands):
        await begun(by=MALEE)


@pytest.mark.parametrize("near", [MALEE, YING])
async def test_kin_of_either_does_not_confirm(malee, near):
    told = Relate(new_id(), PRASERT, near, "kin", TODAY, 2)
    await run(people.relate, told, by=WAN, at=NOW)
    with pytest.raises(rules.TooNear):
        await run(confirm, await begun(), by=PRASERT, at=NOW)


async def test_who_lives_in_the_same_house_does_not_confirm(malee):
    await run(people.house, new_id(), [DAO, YING], since=TODAY, by=WAN, at=NOW)
    id = await begun()
    with pytest.raises(rules.TooNear):
        await run(confirm, id, by=DAO, at=NOW)
    assert await run(confirm, id, by=PRASERT, at=NOW)


async def test_after_three_days_it_is_over(malee):
    id = await begun()
    with pytest.raises(rules.Over):
        await run(confirm, id, by=PRASERT, at=later(hours=72))
    assert await queries.waiting(later(hours=72)) == []
    assert await begun(at=later(hours=72)) != id


async def test_malee_stops_it_herself(malee):
    id = await begun()
    await run(stop, id, by=MALEE, at=NOW)
    with pytest.raises(rules.Over):
        await run(confirm, id, by=PRASERT, at=NOW)
    assert await accounts.actor(malee.session_secret, NOW) is not None


async def test_confirmed_by_two_at_once_it_makes_one_code(malee):
    id = await begun()
    said = await asyncio.gather(
        *(run(confirm, id, by=by, at=NOW) for by in (PRASERT, DAO, WAN)), return_exceptions=True
    )
    assert sum(isinstance(one, str) for one in said) == 1
    assert sum(isinstance(one, rules.Over) for one in said) == 2


async def test_begun_twice_is_begun_once_and_another_waits(malee):
    id = await begun()
    assert (await run(begin, id, MALEE, RATTAPHUM, by=YING, at=NOW)).recovery == id
    with pytest.raises(rules.Waiting):
        await begun(by=WAN)
    assert len(await queries.waiting(NOW)) == 1


async def test_a_recovered_treasurer_moves_no_money_elsewhere_for_a_day(malee):
    await let_in(PRASERT)

    async def account(at) -> None:
        wished = SetAccount(new_id(), NETWORK, "phone", "0891234567")
        await run(payments.set_account, wished, by=PRASERT, at=at)

    await account(NOW)
    id = (await run(begin, new_id(), PRASERT, NETWORK, by=WAN, at=NOW)).recovery
    code = await run(confirm, id, by=DAO, at=later(hours=1))
    await enrol(code, ANEW, address=HOME, at=later(days=3))
    with pytest.raises(rules.Resting) as no:
        await account(later(days=3, hours=23))
    assert no.value.facts["until_at"] == later(days=4).isoformat()
    await account(later(days=4))


async def test_malee_and_the_secretariat_are_told(malee):
    await run(confirm, await begun(), by=PRASERT, at=NOW)
    for entry in await log.after(0, limit=1000):
        await notices.tell(entry, at=NOW)
    assert {n.kind for n in await told.of_person(MALEE)} >= {"recovery.begun", "recovery.confirmed"}
    assert "recovery.begun" in {n.kind for n in await told.of_person(WAN)}


async def test_the_desk_knows_how_everybody_stands(malee):
    await run(issue_code, CHAN, by=YING, at=NOW)
    await let_in(WAN)
    for _ in range(5):
        with pytest.raises(accounts_rules.WrongPin):
            await sign_in(Browser(malee.device_secret), "604817", address=HOME, at=NOW)
    await let_in(DAO)
    await run(confirm, await begun(DAO, by=WAN), by=PRASERT, at=NOW)
    people_here = (MALEE, CHAN, WAN, DAO, PRASERT)
    stand = await accounts.states(people_here, NOW)
    assert [stand[one] for one in people_here] == [
        "locked", "waiting", "enrolled", "waiting", "never"
    ]  # fmt: skip
    assert (await accounts.states([DAO, MALEE], later(days=20))) == {
        DAO: "shut_out", MALEE: "enrolled"
    }  # fmt: skip


async def test_of_two_who_begin_at_once_one_is_told_that_it_waits(malee):
    said = await asyncio.gather(
        *(run(begin, new_id(), MALEE, RATTAPHUM, by=who, at=NOW) for who in (YING, PRASERT)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, rules.Begun) for one in said) == 1
    assert sum(isinstance(one, rules.Waiting) for one in said) == 1


async def test_an_id_that_was_used_for_another_begins_nothing(malee):
    await let_in(WAN)
    id = await begun()
    with pytest.raises(AskedOtherwise):
        await run(begin, id, WAN, RATTAPHUM, by=YING, at=NOW)
