import asyncio
import contextvars
import os
import signal
import sqlite3
from pathlib import Path

import asyncpg
import pytest

from certification.basis.database import Database, UnsafeDatabase
from market.db import Postgres, SQLite, engine_for, is_away
from tests.basis.village import Plot, Stock, opened, plot
from tests.databases import no_thread_is_left, nothing_is_taken, only_postgres, threads_of_sqlite

ROUNDS = 50


async def test_the_safety_of_sqlite_is_asserted_on_every_connection(tmp_path: Path) -> None:
    async with opened(SQLite(str(tmp_path / "a.sqlite"))) as db:
        assert isinstance(db, SQLite)
        for connection in db._connections:
            wanted = db._of_writer if connection is db._writer else db._of_readers
            for name, value in wanted.items():
                [row] = await connection.execute_fetchall(f"PRAGMA {name}")
                assert next(iter(row.values())) == value


async def test_a_database_that_cannot_be_safe_is_refused_and_leaves_no_thread(tmp_path) -> None:
    with pytest.raises(UnsafeDatabase, match="journal_mode is memory"):
        await SQLite(":memory:").open()
    await no_thread_is_left()
    before = {*threads_of_sqlite()}
    async with opened(SQLite(str(tmp_path / "a.sqlite"))):
        assert len({*threads_of_sqlite()} - before) == 3  # so the right threads are counted above


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("fsync", "off", "fsync is off"),
        ("server_encoding", "LATIN1", "server_encoding is LATIN1"),
        ("server_version_num", "130014", "must be 14 or newer"),
    ],
)
async def test_a_postgres_that_is_not_safe_is_refused(
    server, monkeypatch, setting: str, value: str, said: str
) -> None:
    honest = Postgres.fetch

    async def fetch(self: Postgres, sql: str, args: object = ()) -> object:
        return [(value,)] if setting in sql else await honest(self, sql)

    monkeypatch.setattr(Postgres, "fetch", fetch)
    db = Postgres(server("postgres"))
    with pytest.raises(UnsafeDatabase, match=said):
        await db.open()
    assert db.pool is None


async def test_an_old_sqlite_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(UnsafeDatabase, match=r"3\.35 or newer"):
        await SQLite(str(tmp_path / "a.sqlite")).open()


async def test_readers_do_not_wait_for_the_writer_and_see_what_was_committed(
    village_db: Database,
) -> None:
    inside, seen = asyncio.Event(), asyncio.Event()

    async def writer() -> None:
        async with village_db.begin():
            await Plot.insert(plot("a"))
            inside.set()
            await seen.wait()

    task = asyncio.create_task(writer())
    await inside.wait()
    assert await Plot.count() == 0
    seen.set()
    await task
    assert await Plot.count() == 1


async def test_a_snapshot_does_not_move_and_does_not_write(village_db: Database) -> None:
    async with village_db.begin(read_only=True):
        assert await Plot.count() == 0
        task = asyncio.create_task(_insert_apart(), context=contextvars.Context())
        await task
        assert await Plot.count() == 0
    assert await Plot.count() == 1
    with pytest.raises((sqlite3.OperationalError, asyncpg.ReadOnlySQLTransactionError)):
        async with village_db.begin(read_only=True):
            await Plot.insert(plot("b"))


async def _insert_apart() -> None:
    await Plot.insert(plot("a"))


async def test_a_begin_that_fails_gives_the_turn_back(tmp_path, another_process) -> None:
    path = str(tmp_path / "market.sqlite")
    async with opened(SQLite(path, busy_timeout_ms=100)) as db:
        other = another_process(f"sqlite:///{path}", "hold")
        assert other.stdout.readline() == "held\n"
        for _ in range(5):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                async with db.begin():
                    raise AssertionError("never reached")
            await nothing_is_taken(db)
        other.communicate("enough\n")
        async with db.begin():
            await db.fetch("CREATE TABLE t (n)")


@pytest.mark.parametrize("cancellations", [1, 2])
async def test_cancelled_while_begin_waits_for_another_process(
    tmp_path, another_process, cancellations: int
) -> None:
    path = str(tmp_path / "market.sqlite")
    async with opened(SQLite(path, busy_timeout_ms=3_000)) as db:
        other = another_process(f"sqlite:///{path}", "hold")
        other.stdout.readline()
        task = asyncio.create_task(_nothing(db))
        for _ in range(cancellations):
            await asyncio.sleep(0.1)
            task.cancel()
        await asyncio.sleep(0.1)
        other.communicate("enough\n")  # now the forgotten BEGIN succeeds, in its thread
        with pytest.raises(asyncio.CancelledError):
            await task
        async with db.begin():  # had it been left open, this would fail
            await db.fetch("CREATE TABLE t (n)")


async def _nothing(db: Database) -> None:
    async with db.begin():
        pass


async def test_cancelled_while_waiting_for_a_turn(url: str) -> None:
    one = Postgres(url, size=1) if url.startswith("postgres") else engine_for(url)
    async with opened(one) as db, asyncio.timeout(10):
        async with db.begin():
            waiting = [asyncio.create_task(_apart(db)) for _ in range(5)]
            await asyncio.sleep(0.05)
            for task in waiting[:3]:
                task.cancel()
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(x).__name__ for x in done] == ["CancelledError"] * 3 + ["NoneType"] * 2


async def _apart(db: Database) -> None:
    db.current_transaction.set(None)  # as if created with context=contextvars.Context()
    await _nothing(db)


async def test_cancelled_within_a_statement_rolls_back(village_db: Database) -> None:
    slow = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000)"
        " SELECT count(*) FROM n"
    )

    async def deed() -> None:
        async with village_db.begin():
            await Plot.insert(plot("a"))
            await village_db.fetch(
                "SELECT pg_sleep(5)" if isinstance(village_db, Postgres) else slow
            )

    task = asyncio.create_task(deed())
    await asyncio.sleep(0.15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await nothing_is_taken(village_db)
    assert await Plot.count() == 0


async def test_fifty_commits_that_fail_on_a_deferred_key_leak_nothing(village_db: Database) -> None:
    await village_db.fetch(
        'CREATE TABLE leaf (id int primary key, plot varchar(40) REFERENCES "plot" (id)'
        " DEFERRABLE INITIALLY DEFERRED)"
    )
    for number in range(ROUNDS):
        with pytest.raises((sqlite3.IntegrityError, asyncpg.ForeignKeyViolationError)):
            async with village_db.begin():
                await village_db.query("INSERT INTO leaf VALUES ({}, 'nowhere')", number)
        assert not village_db.transaction_exists()
        await nothing_is_taken(village_db)
    assert await village_db.query("SELECT * FROM leaf") == []


@only_postgres  # SQLite's writers come one after another
async def test_fifty_serialization_failures_leak_nothing(server, url: str) -> None:
    async with opened(Postgres(url, size=3, isolation="SERIALIZABLE")) as db:
        await db.fetch("CREATE TABLE stock (id int primary key, grams bigint)")
        failures = 0
        for round in range(ROUNDS):
            failures += await _skew(db, round)
            await nothing_is_taken(db)
        assert failures == ROUNDS


async def _skew(db: Database, round: int) -> int:
    """Both read what the other is about to write; one of them fails, mostly at COMMIT."""
    both = asyncio.Barrier(2)

    async def one(id: int) -> None:
        async with db.begin():
            count = await Stock.count()
            await both.wait()
            await Stock.insert(Stock(id=id, grams=count))
            await both.wait()

    done = await asyncio.gather(one(2 * round), one(2 * round + 1), return_exceptions=True)
    return sum(isinstance(x, asyncpg.SerializationError) for x in done)


@only_postgres  # no server
async def test_a_connection_cut_by_the_server_is_not_handed_on(url: str) -> None:
    async with opened(Postgres(url, size=2)) as db:
        with pytest.raises(Exception) as met:  # noqa: PT011  (which one depends on the moment)
            async with db.begin() as tx:
                pid = tx.connection.get_server_pid()
                killer = await asyncpg.connect(url)
                await killer.execute("SELECT pg_terminate_backend($1)", pid)
                await killer.close()
                await db.fetch("SELECT 1")
        assert is_away(met.value), repr(met.value)
        for _ in range(3):
            assert [tuple(row) for row in await db.fetch("SELECT 1")] == [(1,)]


@pytest.mark.parametrize(
    ("said", "away"),
    [("connection is closed", True), ("connection has been released back to the pool", True),
     ("another operation is in progress", False)],
)  # fmt: skip
def test_a_lost_connection_is_told_from_one_used_by_two(said: str, away: bool) -> None:
    fault = asyncpg.InterfaceError(f"cannot perform operation: {said}")
    assert is_away(fault) == away


@only_postgres  # no server
async def test_a_connection_lost_while_it_is_given_back_spoils_no_deed(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(Postgres(url, size=1)) as db:
        async with db.begin() as tx:
            lost, loop = tx.connection._con, asyncio.get_running_loop()
            monkeypatch.setattr(lost, "_on_release", lambda: loop.call_soon(lost.terminate))
            await db.fetch("SELECT 1")
        assert lost.is_closed()
        assert [tuple(row) for row in await db.fetch("SELECT 1")] == [(1,)]


@only_postgres  # no server
async def test_a_server_that_hangs_does_not_keep_its_connection(url: str) -> None:
    """Even ROLLBACK gets no answer, so the connection is cut and the pool makes another."""
    async with opened(Postgres(url, size=1)) as db, asyncio.timeout(10):
        db.UNDO_TIMEOUT_S = 0.3
        hanging: list[int] = []

        async def deed() -> None:
            async with db.begin() as tx:
                hanging.append(tx.connection.get_server_pid())
                os.kill(hanging[0], signal.SIGSTOP)
                await db.fetch("SELECT 1")

        task = asyncio.create_task(deed())
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [tuple(row) for row in await db.fetch("SELECT 1")] == [(1,)]
        os.kill(hanging[0], signal.SIGCONT)
        await asyncio.sleep(0.3)


@only_postgres  # busy_timeout is tested above
async def test_statements_and_locks_do_not_wait_for_ever(url: str) -> None:
    limits = {"statement_timeout": 300, "lock_timeout": 100}
    async with opened(Postgres(url, **limits)) as db, asyncio.timeout(10):
        await db.fetch("CREATE TABLE t (n int)")
        with pytest.raises(asyncpg.QueryCanceledError):
            await db.fetch("SELECT pg_sleep(5)")
        holder = await asyncpg.connect(url)
        async with holder.transaction():
            await holder.execute("LOCK TABLE t")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await db.fetch("SELECT * FROM t")
        await holder.close()


async def test_piccolos_own_ways_are_closed(village_db: Database) -> None:
    for way in (village_db.transaction, village_db.atomic):
        with pytest.raises(NotImplementedError):
            way()
    with pytest.raises(NotImplementedError):
        await Plot.select().batch()


async def test_types_come_back_the_same_even_from_returning(village_db: Database) -> None:
    await Plot.insert(plot("a"))
    [row] = await Plot.select()
    assert row == {c._meta.name: getattr(plot("a"), c._meta.name) for c in Plot._meta.columns}
    [told] = (
        await Plot.update({Plot.organic: False})
        .where(Plot.id == "a")
        .returning(*Plot.all_columns())
    )
    assert told == {**row, "organic": False}
