"""How each baht is shared: decided by a meeting, written down by Dao, approved by Prasert."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from certification.basis.asked import AskedOtherwise
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from market.domain.splits import commands, queries, rules
from market.domain.splits.rules import Decide
from tests.cast import (
    ADMIN,
    DAO,
    KRIT,
    KRITS_GROUP,
    LONG_AGO,
    NETWORK,
    NOW,
    PRASERT,
    TODAY,
    TOMORROW,
    WAN,
    YESTERDAY,
    later,
    log_faults,
    village,
)
from tests.market.stall import SHARES, shared


async def proposed(*, by: str = DAO, **changed: object) -> str:
    asked = msgspec.structs.replace(SHARES, id=new_id(), **changed)
    return (await run(commands.propose, asked, by=by, at=NOW)).proposal


async def approve(id: str, *, by: str = PRASERT, at=NOW, merchant: str = NETWORK) -> object:
    return await run(commands.decide, Decide(id, merchant, approve=True), by=by, at=at)


async def outcome(deed) -> str:
    try:
        return type(await deed).__name__
    except Refusal as no:
        return no.code


@pytest.mark.parametrize(("wrong", "refusal"), [
    ({"merchant_bp": -1}, rules.SharesWrong),
    ({"merchant_bp": 5_000, "truck_bp": 5_001}, rules.SharesWrong),
    ({"decided_on": TOMORROW}, rules.MeetingToCome),
    ({"decided_on": TODAY - timedelta(days=367)}, rules.MeetingLongAgo),
    ({"holds_from": YESTERDAY}, rules.FromWrong),
    ({"holds_from": TODAY + timedelta(days=367)}, rules.FromWrong),
])  # fmt: skip
def test_a_proposal_that_cannot_be(wrong, refusal) -> None:
    with pytest.raises(refusal):
        rules.ensure_proposal(msgspec.structs.replace(SHARES, **wrong), TODAY)


async def test_nothing_follows_a_proposal_before_another_approves_it(db: Database) -> None:
    await village(db)
    waits = await proposed()
    with pytest.raises(rules.NoSuchRule):
        await queries.in_force(NETWORK, TODAY)
    for approve_it in (True, False):
        with pytest.raises(rules.SameHands):
            said = Decide(waits, NETWORK, approve_it, "because")
            await run(commands.decide, said, by=DAO, at=NOW)
    with pytest.raises(rules.NoSuchProposal):
        await approve(waits, by=KRIT, merchant=KRITS_GROUP)
    for _ in range(2):  # twice is once
        assert await approve(waits) == rules.Approved(waits, NETWORK, 1, TODAY, DAO)
    assert (await queries.in_force(NETWORK, TODAY)).id == waits
    assert await queries.last_version(NETWORK) == 1
    for late in (approve(waits, by=WAN), run(commands.withdraw, waits, NETWORK, by=DAO, at=NOW)):
        assert await outcome(late) == "splits.already_decided"
    assert await log_faults() == []


async def test_shares_hold_from_their_day_and_the_later_decision_wins(db: Database) -> None:
    await village(db)
    first = await run(shared, new_id())
    coming = await run(shared, new_id(), holds_from=TODAY + timedelta(days=10))
    assert (await queries.in_force(NETWORK, TODAY)).id == first.rule
    assert (await queries.in_force(NETWORK, TODAY + timedelta(days=10))).id == coming.rule
    sooner = await run(shared, new_id(), holds_from=TOMORROW)
    assert (await queries.in_force(NETWORK, TODAY)).id == first.rule
    assert (await queries.in_force(NETWORK, TODAY + timedelta(days=10))).id == sooner.rule


async def test_one_that_was_overtaken_or_comes_late_is_not_approved(db: Database) -> None:
    await village(db)
    older, newer, late = await proposed(), await proposed(truck_bp=500), await proposed()
    assert await outcome(approve(late, at=later(days=1))) == "splits.day_passed"
    await approve(newer)
    for by in (PRASERT, WAN):
        assert await outcome(approve(older, by=by)) == "splits.overtaken"
    await run(commands.withdraw, older, NETWORK, by=DAO, at=NOW)  # it can still be cleared away
    sent = await run(commands.decide, Decide(late, NETWORK, False, "late"), by=WAN, at=NOW)
    assert isinstance(sent, rules.Returned)
    assert (await queries.in_force(NETWORK, TODAY)).truck_bp == 500


async def test_it_is_sent_back_with_a_reason_or_taken_back_by_who_proposed_it(
    db: Database,
) -> None:
    await village(db)
    id = await proposed()
    with pytest.raises(rules.ReasonMissing):
        await run(commands.decide, Decide(id, NETWORK, False, " "), by=PRASERT, at=NOW)
    with pytest.raises(rules.NotYours):
        await run(commands.withdraw, id, NETWORK, by=PRASERT, at=NOW)
    for _ in range(2):
        said = Decide(id, NETWORK, False, "The minutes say 4 per cent.")
        await run(commands.decide, said, by=PRASERT, at=NOW)
    assert await outcome(approve(id)) == "splits.already_decided"
    [known] = await queries.proposals(NETWORK)
    assert (known.state, known.reason) == ("returned", "The minutes say 4 per cent.")
    other = await proposed()
    for _ in range(2):
        await run(commands.withdraw, other, NETWORK, by=DAO, at=NOW)
    assert await outcome(approve(other)) == "splits.already_decided"
    assert await log_faults() == []


async def test_the_same_id_again_is_the_same_proposal(db: Database) -> None:
    await village(db)
    asked = msgspec.structs.replace(SHARES, id=new_id())
    twice = [await run(commands.propose, asked, by=DAO, at=NOW) for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(await queries.proposals(NETWORK)) == 1
    with pytest.raises(AskedOtherwise):
        otherwise = msgspec.structs.replace(asked, truck_bp=1)
        await run(commands.propose, otherwise, by=DAO, at=NOW)


async def test_who_proposed_it_must_still_be_in_office(db: Database) -> None:
    there = await village(db)
    grant = Grants(new_id(), DAO, "secretariat", NETWORK)
    id = await proposed()
    await run(groups.end_role, there.grants[DAO, "treasurer"], by=ADMIN, at=NOW)
    assert await outcome(approve(id, at=later(hours=1))) == "splits.proposer_left"
    await run(groups.grant_role, grant, by=ADMIN, at=later(hours=2))
    assert await outcome(approve(id, at=later(hours=3))) == "Approved"


async def test_of_two_at_once_one_decides(db: Database) -> None:
    await village(db)
    for first, second in ((True, True), (True, False)):
        id = await proposed()
        said = await asyncio.gather(*(
            outcome(run(commands.decide, Decide(id, NETWORK, yes, "no"), by=by, at=NOW))
            for by, yes in ((PRASERT, first), (WAN, second))
        ))  # fmt: skip
        assert sorted(said)[1] == "splits.already_decided"
    before = await queries.last_version(NETWORK)
    rivals = [await proposed() for _ in range(3)]
    said = await asyncio.gather(*(outcome(approve(id)) for id in rivals))
    assert sorted(said) == ["Approved", "splits.overtaken", "splits.overtaken"]
    assert await queries.last_version(NETWORK) == before + 1
    assert await log_faults() == []


async def test_a_network_s_people_approve_for_its_groups(db: Database) -> None:
    await village(db)
    id = await proposed(by=KRIT, merchant=KRITS_GROUP)
    assert await outcome(approve(id, merchant=KRITS_GROUP)) == "Approved"
    assert await queries.in_office(KRITS_GROUP, LONG_AGO) >= {KRIT, PRASERT}
