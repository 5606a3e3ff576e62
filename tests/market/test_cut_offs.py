"""A round that closes is told once, before and after, to whom it concerns, by a late worker too."""

from datetime import datetime, timedelta

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.answers import notices
from market.answers.words import LANGUAGES, words
from market.domain.accounts import commands as accounts
from market.domain.cycles import clockwork
from market.domain.notices import cut_offs, queries
from market.domain.offers import commands as offers
from market.domain.offers.rules import OpenCycle
from market.jobs import readers
from tests.cast import DAO, KRIT, MALEE, NETWORK, NOK, NOW, SOMCHAI, cheap_pins
from tests.market.stall import CLOSES, OVER, PICKUP, stall
from tests.market.test_shortage import shared, the_offer, wants


async def heard(person: str) -> list[tuple[str, object]]:
    return [
        (one.kind.removeprefix("notices."), one.facts.get("code") or one.facts.get("grams"))
        for one in await queries.of_person(person)
        if one.kind.startswith(("notices.", "cycles."))
    ]


async def clock(at: datetime) -> None:
    for _ in range(2):
        await cut_offs.remind(at)
        await clockwork.advance(at)
        await readers.read_on(at)


async def test_who_has_not_paid_hears_before_and_who_harvests_afterwards(db: Database) -> None:
    there = await stall(db)
    await clock(CLOSES - cut_offs.NEAR - timedelta(minutes=1))
    assert await heard(NOK) == []
    soon = CLOSES - timedelta(hours=1)
    placed = await there.order(1_000, at=soon)
    await there.paid(500, rail="cash", buyer=SOMCHAI)
    await clock(soon)
    assert await heard(NOK) == [("cut_off_near.unpaid", placed.code)]
    assert await heard(SOMCHAI) == await heard(KRIT) == []
    await clock(CLOSES + timedelta(minutes=1))
    assert await heard(MALEE) == [("cycles.closed", 500)]
    assert len(await heard(NOK)) == 1


@pytest.mark.parametrize(("minutes", "told"), [(-1, [("cycles.closed", 500)]), (1, [])])
async def test_a_worker_that_slept_says_late_what_to_harvest_and_not_when_it_is_fetched_already(
    db: Database, minutes: int, told: list[tuple[str, int]]
) -> None:
    there = await stall(db)
    placed = await there.paid(500, rail="cash")
    await clock(PICKUP + timedelta(minutes=minutes))
    assert await heard(MALEE) == told
    assert await heard(NOK) == ([] if told else [("cycles.pickup_begun", placed.code)])


async def test_regulars_hear_and_guests_do_not(db: Database) -> None:
    there = await stall(db)
    for buyer in (NOK, SOMCHAI):
        await there.paid(500, rail="cash", buyer=buyer)
    with cheap_pins():
        code = await run(accounts.issue_code, NOK, by=NOK, at=NOW)
        await accounts.enrol(code, "508294", address="127.0.0.1", at=NOW)
    assert await cut_offs.regulars(there.cycle, NOW) == []  # they have something in it
    later_on = OpenCycle(
        new_id(), NETWORK, "รอบถัดไป", "The next", there.place, opens_at=NOW,
        closes_at=NOW + timedelta(hours=3), pickup_from=PICKUP, pickup_until=OVER, hold_minutes=60,
    )  # fmt: skip
    await run(offers.open_cycle, later_on, by=DAO, at=NOW)
    await clock(NOW)
    assert ("cut_off_near", None) in await heard(NOK)
    assert await heard(SOMCHAI) == await heard(KRIT) == []


async def test_who_gets_less_hears_it_with_what_went_back(db: Database) -> None:
    there = await stall(db)
    await the_offer(there)
    await wants(there, 12_000, "promptpay")
    await wants(there, 8_000, buyer=KRIT)
    await shared(there, 12_000)
    await readers.read_on(PICKUP)
    told = {
        person: [
            one.facts["credited_satang"]
            for one in await queries.of_person(person)
            if one.kind == "orders.lessened"
        ]
        for person in (NOK, KRIT, SOMCHAI)
    }
    assert told == {NOK: [20_000], KRIT: [0], SOMCHAI: []}
    for language in LANGUAGES:
        for satang in (0, 20_000):
            facts = {"code": "ABC", "credited_satang": satang}
            assert "ABC" in notices.said(words(language), "orders.lessened", facts)
