"""Rounds by the seed, in which everything goes wrong, and after each step every invariant.

One again: `MARKET_SEED=71 ./run test tests/simulation` tells its steps where it fails.
"""

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from certification.basis.database import Database
from market.db import all_tables
from market.domain.lots import commands as lots
from market.domain.orders import commands as orders
from market.domain.orders import queries as orders_seen
from market.domain.payments import queries as payments_seen
from tests.databases import Build, build, only_sqlite
from tests.market.stall import faults, harvest_and_offer, stall
from tests.simulation.engine import COMMITS, POINTS, Dying
from tests.simulation.world import Morning, World, morning

STEPS, GRAMS = 14, 2_000
ONE = os.environ.get("MARKET_SEED")
FIRST = int(os.environ.get("MARKET_LONG", "20261126"))
Url = Callable[[], str]


class Lost(AssertionError):
    """What an invariant says, in which schedule, after which steps."""

    def __init__(self, seed: int, world: World, found: object) -> None:
        steps = "\n  ".join(world.told)
        super().__init__(f"MARKET_SEED={seed}: {found}\n  {steps}")


BEGUN: dict[str, Morning] = {}
"""By engine: how the morning stands in what each of them copies."""


async def stand(db: Database) -> None:
    await build(db, all_tables())
    there = await stall(db, GRAMS, 3_333)
    first = there.offer
    other = await harvest_and_offer(there, GRAMS, 4_000)
    there.offer = first
    BEGUN[db.engine_type] = await morning(there, other)


async def schedule(seed: int, url: str, met: Counter[str]) -> Counter[str]:
    """What people were answered in it, by how often."""
    world = World(seed, url, BEGUN["sqlite" if url.startswith("sqlite") else "postgres"], met)
    await world.open()
    try:
        for _ in range(STEPS):
            before = world.commits
            await world.step()
            if world.commits != before and (found := await broken()):
                raise Lost(seed, world, found)
        await world.settle_down()
        if found := await broken():
            raise Lost(seed, world, found)
        await world.nothing_is_lost()
    except (AssertionError, Exception) as fault:
        if isinstance(fault, Lost):
            raise
        raise Lost(seed, world, repr(fault)) from fault
    finally:
        await world.close()
    return Counter(world.told)


async def broken() -> list[tuple[str, str, str, str]]:
    """The invariants of `market verify`, as far as they are of stock, orders and money."""
    return [*await faults(), *await payments_seen.payment_faults()]


@pytest.fixture
def fresh(url_of: Callable[[str, Build], str], engine: str, tmp_path: Path) -> Url:
    """Where the stall stands and nobody has ordered yet."""
    if engine == "postgres":
        return lambda: url_of("simulation", stand)
    first = url_of("simulation", stand).removeprefix("sqlite:///")

    def copied() -> str:
        for old in tmp_path.glob("now.sqlite*"):
            old.unlink()
        return f"sqlite:///{shutil.copyfile(first, tmp_path / 'now.sqlite')}"

    return copied


def schedules(seeds: range, fresh: Url) -> tuple[Counter[str], Counter[str]]:
    met, told = Counter[str](), Counter[str]()
    for seed in seeds:
        told += asyncio.run(schedule(seed, fresh(), met))
    return met, told


def seeds(count: int) -> range:
    return range(int(ONE), int(ONE) + 1) if ONE else range(FIRST, FIRST + count)


def test_nothing_is_lost_in_sixty_rounds(fresh: Url, engine: str) -> None:
    """Mostly on SQLite, which is quicker; PostgreSQL differs where things meet (test_races)."""
    count = {"sqlite": 60, "postgres": 4}[engine]
    met, told = schedules(seeds(count), fresh)
    if not ONE and engine == "sqlite":  # the world is as rough as it says
        assert met.keys() - {COMMITS} == POINTS.keys()
        assert told.keys() > {
            "place: ok", "place: lots.sold_out", "confirm statement: confirmed",
            "confirm statement: paid_unfulfillable", "extra: ok", "hand over: ok",
            "pay credit back: ok", "ask: payments.nothing_asked",
        }  # fmt: skip


@pytest.mark.long
def test_nothing_is_lost_in_a_thousand_rounds(fresh: Url, engine: str, record_property) -> None:
    count = {"sqlite": 1_000, "postgres": 100}[engine]
    met, told = schedules(seeds(count), fresh)
    crashes = sum(met.values()) - met[COMMITS]
    record_property(
        "figure",
        f"{engine}: {count} rounds from seed {FIRST}, {sum(told.values())} answers,"
        f" {crashes} crashes at {len(met) - 1} points, {met[COMMITS]} commits, nothing lost",
    )


WRONG = {
    "unpaid orders expire whatever their state": (
        "WHERE state = 'held' AND id IN (SELECT id FROM preorder WHERE state = 'held' AND",
        "WHERE id IN (SELECT id FROM preorder WHERE",
    ),
    "stock is taken that is not there": ("AND available_grams >= ?", "AND available_grams > -?"),
    "a reservation keeps its state": (
        "UPDATE reservation SET state = ?",
        "UPDATE reservation SET state = CASE WHEN ? = '' THEN '' ELSE state END",
    ),
    "an id is not remembered": (
        "ON CONFLICT (id) DO NOTHING RETURNING id",
        "ON CONFLICT (id) DO UPDATE SET at = excluded.at RETURNING id",
    ),
    "credit is spent that is not there": (
        "credits_satang - debits_satang >= ?", "credits_satang >= -?"
    ),
    "money comes in and the buyer has nothing of it": (
        "SET debits_satang = debits_satang + ?, credits_satang = credits_satang + ?",
        "SET debits_satang = debits_satang + ?, credits_satang = credits_satang + 0 * ?",
    ),
    "a slip counts twice": (
        "ON CONFLICT (bank, trans_ref) DO NOTHING", "ON CONFLICT (id) DO NOTHING"
    ),
}  # fmt: skip


async def stock_first(order: str, *, by: str, at: datetime) -> bool:
    """As `_retake`, but it takes the stock before it claims the order."""
    for line in await orders_seen.ordered_lines(order):
        taken = await lots.take_if_left(
            line.stock, line.grams, subject=line.reservation, by=by, at=at
        )
        if not taken:
            return False
    return await orders._claim(order, "expired", "confirmed")


@only_sqlite
def test_an_engine_that_is_broken_on_purpose_is_noticed(fresh: Url, monkeypatch) -> None:
    unnoticed = []
    for name, wrong in WRONG.items():
        monkeypatch.setattr(Dying, "broken", wrong)
        unnoticed += [] if noticed(fresh) else [name]
    monkeypatch.setattr(Dying, "broken", None)
    monkeypatch.setattr(orders, "_retake", stock_first)
    assert noticed(fresh)
    assert unnoticed == []


def noticed(fresh: Url) -> bool:
    try:
        schedules(range(FIRST, FIRST + 400), fresh)  # it ends at the first that is noticed
    except Lost:
        return True
    return False
