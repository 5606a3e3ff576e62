"""Nok's vegetables of every week: ordered once a round, never dearer or more than she said."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.offers import commands as offers
from market.domain.offers.rules import OpenCycle
from market.domain.orders import queries as orders
from market.domain.standing import commands, queries, rules
from market.domain.standing.rules import Begin, Offered, Pause, Wish
from market.jobs import standing as clock
from tests.cast import DAO, MALEE, NETWORK, NOK, NOW, later
from tests.market.stall import Stall, faults, harvest_and_offer, stall

WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("offered", "most", "lines", "why"),
    [
        ([], 9_000, [], "not_offered"),
        ([(4_000, 0)], 9_000, [], "sold_out"),
        ([(4_100, 9_000)], 9_000, [], "dearer"),
        ([(4_000, 1_040)], 9_000, [("0", 1_000)], "less"),
        ([(4_000, 9_000)], 7_999, [], "over_most"),
        ([(4_000, 1_000), (3_900, 500), (3_950, 9_000)], 9_000, [("2", 2_000)], None),
    ],
)
def test_what_a_round_gives_of_two_kilos_at_forty_baht_at_most(offered, most, lines, why) -> None:
    shelf = [Offered(str(at), "kale", price, 100, left) for at, (price, left) in enumerate(offered)]
    found = rules.basket([Wish("kale", 2_000, 4_000)], shelf, most)
    assert [(line.offer, line.grams) for line in found.lines] == lines
    assert [miss.why for miss in found.misses] == ([why] if why else [])


def test_every_second_week_is_every_second_round() -> None:
    first = date(2026, 11, 2)
    assert rules.is_due(2, None, first)
    assert not rules.is_due(2, first, first + timedelta(days=7))
    assert rules.is_due(2, first, first + timedelta(days=13))
    assert not rules.is_due(1, first, first + timedelta(days=3))


async def test_a_round_is_ordered_once_by_clocks_at_once_after_a_day_of_sleep(
    db: Database,
) -> None:
    there = await stall(db)
    mine = await wished(there, "promptpay", grams=1_000)
    await clock.take_turns(later(hours=1))
    assert await orders.orders_of(NOK) == []  # this round was open before she said so
    next_ = await next_round(there, WEEK)
    at = NOW + WEEK + timedelta(hours=20)  # the worker slept
    await asyncio.gather(*(clock.take_turns(at) for _ in range(3)))
    [order] = await orders.orders_of(NOK)
    assert (order.cycle, order.state, order.total_satang) == (next_.cycle, "held", 4_000)
    assert order.expires_at == at + rules.HOLD
    [turn] = (await queries.view(mine, NOK)).turns
    assert (turn.outcome, turn.code, turn.misses) == ("ordered", order.code, [])
    await clock.take_turns(at + timedelta(hours=1))
    assert len(await orders.orders_of(NOK)) == 1
    assert await faults() == []


async def test_what_could_not_be_had_is_told_and_nothing_is_bought_for_it(db: Database) -> None:
    there = await stall(db)
    dear = await wished(there, "cash", grams=1_000, per_kg=3_999)
    poor = await wished(there, "credit", grams=1_000)
    much = await wished(there, "cash", grams=20_000, most=90_000)
    next_ = await next_round(there, WEEK)
    await clock.take_turns(NOW + WEEK)
    [order] = await orders.orders_of(NOK)
    assert order.total_satang == 40_000  # all ten kilos that there are
    assert order.cycle == next_.cycle
    told = {
        id: [(turn.outcome, [miss.why for miss in turn.misses]) for turn in found.turns]
        for id in (dear, poor, much)
        for found in [await queries.view(id, NOK)]
    }
    assert told == {
        dear: [("nothing", ["dearer"])],
        poor: [("nothing", ["no_credit"])],
        much: [("part", ["less"])],
    }
    assert await balance(credit(NETWORK, NOK)) == 0
    assert await faults() == []


async def test_it_can_be_skipped_once_paused_and_ended_by_nok_alone(db: Database) -> None:
    there = await stall(db)
    mine = await wished(there, "cash", grams=1_000)
    for deed in (
        commands.skip(mine, next_round=True, by=MALEE),
        commands.pause(mine, None, by=MALEE, at=NOW),
        commands.end(mine, by=MALEE, at=NOW),
    ):
        with pytest.raises(rules.NoSuchStanding):
            await deed
    await run(commands.skip, mine, next_round=True, by=NOK)
    outcomes = []
    pickup = (NOW + WEEK * 2 + timedelta(days=3)).date()
    with pytest.raises(rules.PauseWrong):
        await commands.pause(mine, Pause(pickup, pickup - WEEK), by=NOK, at=NOW)
    await run(commands.pause, mine, Pause(pickup - timedelta(2), pickup), by=NOK, at=NOW)
    for week in (1, 2, 3):
        await next_round(there, WEEK * week)
        await clock.take_turns(NOW + WEEK * week)
        outcomes = [turn.outcome for turn in (await queries.view(mine, NOK)).turns]
    assert outcomes == ["ordered", "paused", "skipped"]
    await run(commands.end, mine, by=NOK, at=NOW)
    await run(commands.end, mine, by=NOK, at=NOW)
    with pytest.raises(rules.HasEnded):
        await commands.skip(mine, next_round=True, by=NOK)
    await next_round(there, WEEK * 4)
    await clock.take_turns(NOW + WEEK * 4)
    assert len(await orders.orders_of(NOK)) == 1


async def wished(
    there: Stall, rail: str, *, grams: int, per_kg: int = 4_000, most: int = 50_000
) -> str:
    [product] = await orders_products(there)
    wish = Wish(product, grams, per_kg)
    begin = Begin(new_id(), NETWORK, there.place, rail, 1, most, (wish,))
    assert await run(commands.begin, begin, by=NOK, at=NOW) == await run(
        commands.begin, begin, by=NOK, at=NOW
    )
    return begin.id


async def orders_products(there: Stall) -> list[str]:
    from certification.basis.database import in_use  # noqa: PLC0415

    rows = await in_use().query("SELECT product FROM offer WHERE id = {}", there.offer)
    return [row["product"] for row in rows]


async def next_round(there: Stall, since: timedelta) -> Stall:
    """With ten kilos of the same product."""
    at = NOW + since
    cycle = OpenCycle(
        new_id(), NETWORK, "รอบถัดไป", "Next round", there.place, opens_at=at,
        closes_at=at + timedelta(days=2), pickup_from=at + timedelta(days=3),
        pickup_until=at + timedelta(days=4), hold_minutes=60,
    )  # fmt: skip
    await run(offers.open_cycle, cycle, by=DAO, at=at)
    new = msgspec.structs.replace(there, cycle=cycle.id)
    await harvest_and_offer(new, 10_000, 4_000)
    from certification.basis.database import in_use  # noqa: PLC0415

    [product] = await orders_products(there)
    await in_use().query("UPDATE offer SET product = {} WHERE id = {}", product, new.offer)
    return new
