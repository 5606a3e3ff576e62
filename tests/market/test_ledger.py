"""Money is neither made nor lost, is never moved twice, and nobody spends what he does not have."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger import commands, queries, rules
from market.domain.ledger.rules import Posting, own, share
from tests.cast import NOK, NOW, WAN, later
from tests.databases import edit_by_hand

NETWORK = "01930000-0000-7000-8000-0000000000n1"
BANK = own("bank", NETWORK)
CREDIT = rules.credit(NETWORK, NOK)

ids = st.text("abcdef", min_size=1, max_size=4)
weights = st.dictionaries(ids, st.integers(0, 10**7), min_size=1, max_size=40)


@given(st.integers(0, 10**12), weights)
def test_a_division_loses_nothing_and_is_fair_to_the_satang(total, weights) -> None:
    parts, whole = share(total, weights, odd_to="zz"), sum(weights.values())
    assert sum(parts.values()) == total
    if not whole:
        assert parts["zz"] == total
        return
    assert all(abs(parts[id] * whole - total * weight) < whole for id, weight in weights.items())
    assert all(parts[id] == 0 for id, weight in weights.items() if weight == 0)
    by_weight = sorted(weights, key=lambda name: weights[name])
    assert all(parts[a] <= parts[b] or weights[a] == weights[b] for a, b in pairwise(by_weight))


@given(st.integers(0, 10**9), weights)
def test_the_order_in_which_they_stand_changes_nothing(total, weights) -> None:
    backwards = dict(reversed(weights.items()))
    assert share(total, weights, odd_to="zz") == share(total, backwards, odd_to="zz")


def test_the_odd_satang_goes_to_the_first_by_id() -> None:
    assert share(100, {"b": 1, "a": 1, "c": 1}, odd_to="a") == {"a": 34, "b": 33, "c": 33}


async def give_credit(satang: int, id: str | None = None) -> rules.EntryPosted:
    given = [Posting(BANK, CREDIT, satang)]
    return await run(commands.post, id or new_id(), "gift", NOK, given, by=WAN, at=NOW)


async def spend(satang: int) -> rules.EntryPosted:
    spent = [Posting(CREDIT, own("fund", NETWORK), satang)]
    return await run(commands.post, new_id(), "spent", NOK, spent, by=NOK, at=NOW)


async def test_what_is_posted_stands_on_both_sides(db: Database) -> None:
    await give_credit(10_050)
    assert await queries.balance(BANK) == await queries.balance(CREDIT) == 10_050
    [line] = await queries.statement(NETWORK, NOK)
    assert (line.at, line.kind, line.account, line.satang) == (NOW, "gift", "credit", 10_050)
    assert await queries.ledger_faults() == []


async def test_asking_twice_is_one_entry(db: Database) -> None:
    id = new_id()
    first, second = await give_credit(500, id), await give_credit(500, id)
    assert first == second
    assert await queries.balance(CREDIT) == 500
    with pytest.raises(rules.PostedOtherwise):
        await give_credit(501, id)
    assert await queries.balance(CREDIT) == 500


async def test_twenty_at_the_same_moment_are_one_entry(db: Database) -> None:
    id = new_id()
    await asyncio.gather(*(give_credit(500, id) for _ in range(20)))
    assert await queries.balance(CREDIT) == 500
    assert await queries.ledger_faults() == []


async def test_credit_is_spent_by_who_comes_first_and_never_twice(db: Database) -> None:
    await give_credit(1_000)
    results = await asyncio.gather(*(spend(300) for _ in range(10)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, rules.NotEnough)]
    assert len(refused) == 7
    assert {tuple(r.facts.items()) for r in refused} == {
        (("account", "credit"), ("satang_left", 100))
    }
    assert await queries.balance(CREDIT) == 100
    assert await queries.ledger_faults() == []


@pytest.mark.parametrize("satang", [0, -1])
async def test_a_posting_moves_something(db: Database, satang: int) -> None:
    with pytest.raises(rules.NotAPosting):
        await give_credit(satang)
    with pytest.raises(rules.NotAPosting):
        await run(commands.post, new_id(), "gift", NOK, [], by=WAN, at=NOW)


async def test_a_mistake_is_answered_once_by_its_opposite(db: Database) -> None:
    id, answer = new_id(), new_id()
    await give_credit(500, id)
    for _ in range(2):
        await run(commands.reverse, answer, id, by=WAN, at=later(days=1))
    assert await queries.balance(CREDIT) == 0
    with pytest.raises(rules.AlreadyReversed):
        await run(commands.reverse, new_id(), id, by=WAN, at=NOW)
    assert [line.satang for line in await queries.statement(NETWORK, NOK)] == [500, -500]
    assert await queries.ledger_faults() == []


async def test_what_is_spent_cannot_be_taken_back(db: Database) -> None:
    id = new_id()
    await give_credit(500, id)
    await spend(400)
    with pytest.raises(rules.NotEnough):
        await run(commands.reverse, new_id(), id, by=WAN, at=NOW)
    with pytest.raises(rules.NoSuchEntry):
        await run(commands.reverse, new_id(), new_id(), by=WAN, at=NOW)
    assert await queries.balance(CREDIT) == 100


@pytest.mark.parametrize(
    ("edit", "table"),
    [
        ("UPDATE ledger_balance SET credits_satang = credits_satang + 1", "ledger_balance"),
        ("UPDATE ledger_transfer SET satang = satang - 1", "ledger_balance"),
        ("DELETE FROM ledger_transfer", "ledger_entry"),
        ("DELETE FROM ledger_balance", "ledger_balance"),
        ("UPDATE ledger_account SET kind = 'purse'", "ledger_account"),
        ("UPDATE ledger_account SET book = id", "ledger_transfer"),
    ],
)
async def test_a_ledger_edited_by_hand_is_named(
    db: Database, market_url: str, edit: str, table: str
) -> None:
    await give_credit(500)
    await edit_by_hand(market_url, edit)
    assert table in {table for table, *_ in await queries.ledger_faults()}
