"""Nok asks for okra that nobody offers; farmers see how much, and she is told once it is there."""

import asyncio
from datetime import timedelta

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.demand import commands, queries, rules
from market.domain.demand.rules import Ask
from tests.cast import DAO, KRIT, MALEE, NOK, NOW, TODAY, log_faults
from tests.market.stall import PICKUP, Stall, harvest_and_offer, stall


async def ask(there: Stall, asker: str = NOK, *, guest: bool = False, **how: object) -> rules.Asked:
    wanted = {"crop": "okra", "week": PICKUP.date(), "grams": 2_000, **how}
    asked = Ask(new_id(), place=there.place, **wanted)  # type: ignore[arg-type]
    return await run(commands.ask, asked, asker, is_guest=guest, by=asker, at=NOW)


async def test_what_is_asked_for_is_a_sum_without_names(db: Database) -> None:
    there = await stall(db)
    first = await ask(there)
    again = await ask(there, grams=3_000, week=rules.monday(PICKUP.date()))
    assert again.wish == first.wish  # once a person, crop and week: the newer amount
    await ask(there, commands.guest("a secret of twenty-two letters"), guest=True, grams=500)
    await asyncio.gather(*(ask(there, KRIT, grams=g) for g in (700, 900)))
    [sum_] = await queries.wanted(TODAY)
    assert (sum_.crop, sum_.asked, sum_.guests) == ("okra", 3, 1)
    assert sum_.grams - 3_500 in (700, 900)
    assert await queries.wanted(TODAY, "kale") == []
    assert await queries.wanted(TODAY + timedelta(weeks=2)) == []
    with pytest.raises(rules.NoSuchWish):
        await run(commands.withdraw, first.wish, KRIT, by=KRIT, at=NOW)
    for _ in range(2):
        await run(commands.withdraw, first.wish, NOK, by=NOK, at=NOW)
    assert (await queries.wanted(TODAY))[0].asked == 2
    assert await queries.of_asker(NOK, TODAY) == []
    for wrong, refusal in (
        ({"grams": 99}, rules.GramsWrong), ({"grams": 500_001}, rules.GramsWrong),
        ({"week": TODAY - timedelta(days=7)}, rules.WeekWrong),
        ({"week": TODAY + timedelta(weeks=28)}, rules.WeekWrong),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await ask(there, **wrong)
    assert [one for one in await log_faults() if one.table == "wish"] == []


async def test_whoever_asked_is_told_of_the_first_offer_of_it(db: Database) -> None:
    there = await stall(db)
    await ask(there, crop="kale")
    await ask(there, commands.guest("another secret of letters"), guest=True, crop="kale")
    later_week = await ask(there, KRIT, crop="kale", week=PICKUP.date() + timedelta(weeks=1))
    offer = await harvest_and_offer(there, 5_000, 4_000)
    met = await run(commands.meet, offer, at=NOW)
    assert met is not None
    assert (met.offer, met.askers) == (offer, (NOK,))
    assert await run(commands.meet, offer, at=NOW) is None  # twice is once
    other = await harvest_and_offer(there, 5_000, 4_000)
    assert await run(commands.meet, other, at=NOW) is None
    [mine] = await queries.of_asker(NOK, TODAY)
    assert (mine.offer, mine.cycle) == (offer, there.cycle)
    [waits] = await queries.of_asker(KRIT, TODAY)
    assert (waits.id, waits.offer) == (later_week.wish, None)
    assert MALEE != DAO
