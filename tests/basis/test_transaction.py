import asyncio
import contextlib
import contextvars
import sqlite3

import asyncpg
import pytest

from certification.basis import log, transaction
from certification.basis.database import Database, Doomed, StrayTask
from certification.basis.transaction import TooContended, run
from market.db import Postgres, SQLite
from tests.basis.village import Plot, Stock, map_plot, opened, plot, take
from tests.databases import nothing_is_taken, only_postgres, only_sqlite


async def ids() -> list[str]:
    return [row["id"] for row in await Plot.select(Plot.id).order_by(Plot.id)]


async def test_an_inner_transaction_joins_the_outer(village_db: Database) -> None:
    async with transaction.transaction():
        await Plot.insert(plot("a"))
        async with transaction.transaction():
            await Plot.insert(plot("b"))
    assert await ids() == ["a", "b"]


async def test_an_inner_failure_dooms_the_outer_even_when_swallowed(village_db: Database) -> None:
    with pytest.raises(Doomed) as doomed:
        async with transaction.transaction():
            await map_plot("a")
            try:
                async with transaction.transaction():
                    await map_plot("b")
                    raise ValueError("inner")
            except ValueError:
                pass
    assert isinstance(doomed.value.__cause__, ValueError)
    assert await ids() == []
    assert await log.after(0) == []
    await nothing_is_taken(village_db)


async def test_a_failed_statement_dooms_alike_on_both_engines(village_db: Database) -> None:
    with pytest.raises(Doomed):
        async with transaction.transaction():
            await Plot.insert(plot("a"))
            with pytest.raises((sqlite3.IntegrityError, asyncpg.UniqueViolationError)):
                await Plot.insert(plot("a"))
            with pytest.raises(Doomed):
                await ids()
    assert await ids() == []


async def test_of_several_statements_all_stand_or_none(village_db: Database) -> None:
    """Alone, and as part of a deed that swallows the failure."""
    one, nonsense = "UPDATE log_head SET seq = 7", "UPDATE nowhere SET seq = 8"
    seq = "SELECT seq FROM log_head"
    await village_db.each([])
    with pytest.raises((sqlite3.Error, asyncpg.PostgresError)):
        await village_db.each([one, nonsense])
    assert await village_db.query(seq) == [{"seq": 0}]
    with pytest.raises(Doomed):
        async with transaction.transaction():
            with contextlib.suppress(sqlite3.Error, asyncpg.PostgresError):
                await village_db.each([one, nonsense])
    assert await village_db.query(seq) == [{"seq": 0}]
    await village_db.each([one, "UPDATE log_head SET seq = seq + 1"])
    assert await village_db.query(seq) == [{"seq": 8}]
    await nothing_is_taken(village_db)


async def test_an_outer_failure_takes_the_inner_and_its_event_along(village_db: Database) -> None:
    with pytest.raises(ValueError, match="outer"):
        async with transaction.transaction():
            await run(map_plot, "a")
            raise ValueError("outer")
    assert await ids() == []
    assert await log.after(0) == []


async def gathered() -> None:
    await asyncio.gather(Plot.insert(plot("b")).run(), Plot.insert(plot("c")).run())


async def spawned() -> None:
    await asyncio.create_task(map_plot("b"))


async def begun() -> None:
    async def deed() -> None:
        async with transaction.transaction():
            pass

    await asyncio.create_task(deed())


async def told() -> None:
    async def deed() -> None:
        log.append(log.Told, subject="x", by="y", at=None)  # type: ignore[arg-type]

    await asyncio.create_task(deed())


async def waited_for() -> None:
    await asyncio.wait_for(Plot.insert(plot("b")).run(), 5)


@pytest.mark.parametrize("misuse", [gathered, spawned, begun, told, waited_for])
async def test_a_task_that_inherited_a_transaction_is_refused(village_db: Database, misuse) -> None:
    with pytest.raises(StrayTask, match=r"gather, create_task or wait_for"):
        async with transaction.transaction():
            await Plot.insert(plot("a"))
            await misuse()
    assert await ids() == []
    await nothing_is_taken(village_db)


async def test_a_task_that_outlives_its_transaction_is_refused_too(village_db: Database) -> None:
    async def later() -> None:
        await asyncio.sleep(0.05)
        await ids()

    async with transaction.transaction():
        bad = asyncio.create_task(later())
        good = asyncio.create_task(later(), context=contextvars.Context())
    await good
    with pytest.raises(StrayTask):
        await bad


async def test_timeout_is_allowed_inside(village_db: Database) -> None:
    async with transaction.transaction(), asyncio.timeout(5):
        await Plot.insert(plot("a"))
    assert await ids() == ["a"]


async def test_forty_takers_of_one_stock(village_db: Database) -> None:
    await asyncio.gather(*(run(take, 100) for _ in range(40)))
    assert [row["grams"] for row in await Stock.select()] == [6_000]


@only_postgres  # SQLite's writers come one after another
async def test_a_deadlock_is_done_again(village_url: str, village_db: Database) -> None:
    """One of the two is the victim (40P01) and does its whole deed again."""
    await Stock.insert(Stock(id=2, grams=10_000))
    both, attempts = asyncio.Barrier(2), 0

    async def deed(first: int, second: int) -> None:
        nonlocal attempts
        attempts += 1
        await Stock.update({Stock.grams: Stock.grams - 1}).where(Stock.id == first)
        if attempts <= 2:
            await both.wait()
        await Stock.update({Stock.grams: Stock.grams - 1}).where(Stock.id == second)
        await map_plot(f"a{first}")

    await asyncio.gather(run(deed, 1, 2), run(deed, 2, 1))
    assert attempts == 3
    assert [row["grams"] for row in await Stock.select()] == [9_998, 9_998]
    assert [entry.seq for entry in await log.after(0)] == [1, 2]


@only_postgres  # SQLite's writers come one after another
async def test_a_serialization_failure_is_done_again_whole(
    village_url: str, village_db: Database
) -> None:
    async with opened(Postgres(village_url, isolation="SERIALIZABLE")):

        async def naive() -> None:
            [row] = await Stock.select()
            await Stock.update({Stock.grams: row["grams"] - 1}).where(Stock.id == 1)

        await asyncio.gather(*(run(naive) for _ in range(6)))
        assert [row["grams"] for row in await Stock.select()] == [9_994]


@only_sqlite  # SQLite only
async def test_a_busy_sqlite_is_tried_again(
    village_url: str, village_db: Database, another_process
) -> None:
    async with opened(SQLite(village_db.path, busy_timeout_ms=20)):
        other = another_process(village_url, "hold")
        other.stdout.readline()
        deed = asyncio.create_task(run(map_plot, "a"))
        await asyncio.sleep(0.1)
        other.communicate("enough\n")
        await deed
        assert await ids() == ["a"]


async def test_trying_again_has_an_end_and_then_nothing_is_stored(village_db: Database) -> None:
    attempts = 0

    async def deed() -> None:
        nonlocal attempts
        attempts += 1
        await map_plot("a")
        if isinstance(village_db, SQLite):
            fault = sqlite3.OperationalError("database is locked")
            fault.sqlite_errorcode = sqlite3.SQLITE_BUSY_SNAPSHOT
            raise fault
        await village_db.fetch("DO $$ BEGIN RAISE serialization_failure; END $$")

    with pytest.raises(TooContended):
        await run(deed)
    assert attempts == transaction.ATTEMPTS_MAX
    assert await ids() == []


async def test_only_the_outermost_tries_again(village_db: Database) -> None:
    calls = {"outer": 0, "inner": 0}

    async def inner() -> None:
        calls["inner"] += 1
        if calls["inner"] < 3:
            fault = asyncpg.SerializationError("collided")
            raise fault

    async def outer() -> None:
        calls["outer"] += 1
        await map_plot("a")
        try:
            await run(inner)
        except asyncpg.SerializationError:
            pass  # swallowed, and yet the outer begins anew: the doom remembers why

    await run(outer)
    assert calls == {"outer": 3, "inner": 3}
    assert len(await log.after(0)) == 1


async def test_what_is_simply_wrong_is_not_tried_again(village_db: Database) -> None:
    calls = 0

    async def deed() -> None:
        nonlocal calls
        calls += 1
        await Stock.update({Stock.grams: -1}).where(Stock.id == 1)

    with pytest.raises((sqlite3.IntegrityError, asyncpg.CheckViolationError)):
        await run(deed)
    assert calls == 1


async def test_who_is_overtaken_looks_once_more_and_refuses_in_words(village_db: Database) -> None:
    """Both looked before either wrote; so it happens on PostgreSQL, and comes out alike on both."""
    looked = 0

    async def deed() -> str:
        nonlocal looked
        looked += 1
        if "a" in await ids():
            return "taken"
        while looked < 2 and isinstance(village_db, Postgres):
            await asyncio.sleep(0.01)
        await Plot.insert(plot("a"))
        return "mine"

    said = await asyncio.gather(run(deed), run(deed))
    assert sorted(said) == ["mine", "taken"]


async def test_who_meets_the_same_again_is_told_of_it(village_db: Database) -> None:
    calls = 0

    async def deed() -> None:
        nonlocal calls
        calls += 1
        await Plot.insert(plot("a"))
        await Plot.insert(plot("a"))

    with pytest.raises((sqlite3.IntegrityError, asyncpg.UniqueViolationError)):
        await run(deed)
    assert calls == (2 if isinstance(village_db, Postgres) else 1)
    assert await ids() == []
