"""A test finds the database and the connections of the one before it as if they were new."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import asyncpg
import pytest

from certification.basis.database import Database
from market.db import SQLite, all_tables, engine_for
from tests import databases, warm
from tests.cast import village
from tests.databases import Templates, edit_by_hand, only_postgres, only_sqlite, opened
from tests.loops import One

Deed = Callable[[Database], Awaitable[Any]]


class Worker:
    """Runs one test after another over a database with every table of the product."""

    def __init__(self, engine: str, templates: Templates, runner: asyncio.Runner) -> None:
        self._engine, self._templates, self.runner = engine, templates, runner
        self._fill = partial(databases.built, build=partial(databases.build, tables=all_tables()))
        self.url, self._own = "", set[str]()
        self.connections: list[object] = []

    def test(self, deed: Deed) -> Any:
        self.url = self._asked()
        if self.url not in self._own:
            warm.left(self.url)  # of the loop of all others
            self._own.add(self.url)
        try:
            return self.runner.run(self._done(deed))
        finally:
            self._templates.drop(self.url)

    def _asked(self) -> str:
        if self._engine == "sqlite":
            return self._templates.sqlite_again("market", self._fill)
        return self._templates.postgres("market", self._fill)

    async def _done(self, deed: Deed) -> Any:
        async with opened(engine_for(self.url), all_tables(), again=True) as db:
            self.connections = connections(db)
            return await deed(db)


def connections(db: Any) -> list[object]:
    if isinstance(db, SQLite):
        return [*db._connections, db._here]
    return [holder._con for holder in db.pool._holders if holder._con]


@pytest.fixture
def worker(engine: str, templates: Templates, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """Whose database is not worn out by the tests before."""
    monkeypatch.setattr(databases, "TIMES", 1_000_000)
    with asyncio.Runner() as runner:
        made = Worker(engine, templates, runner)
        yield made
        warm.left(made.url)  # while their loop lives


async def nothing(db: Database) -> None: ...


async def filled(db: Database) -> list[str]:
    every = [table._meta.tablename for table in all_tables()]
    return [name for name in every if await db.query(f'SELECT 1 FROM "{name}" LIMIT 1')]


def test_the_next_finds_the_connections_and_no_row(worker: Worker) -> None:
    for _ in range(3):
        assert worker.test(filled) == ["log_head"]
        url, known = worker.url, worker.connections
        worker.test(village)  # the second time as rows
        assert worker.test(heads) == [(1, 0)]
        assert (worker.url, worker.connections) == (url, known)


async def heads(db: Database) -> list[tuple[int, int]]:
    return [(row["id"], row["seq"]) for row in await db.query("SELECT id, seq FROM log_head")]


@only_postgres  # whose driver does not understand that nothing was asked
def test_what_is_empty_and_stayed_so_is_given_on(engine: str, templates: Templates) -> None:
    fill = partial(databases.built, build=nothing)
    url = templates.postgres("empty", fill)
    templates.drop(url)
    assert templates.postgres("empty", fill) == url
    templates.drop(url)


def test_what_is_append_only_is_so_for_the_next(worker: Worker) -> None:
    worker.test(village)

    async def take_away(db: Database) -> None:
        await village(db)
        with pytest.raises((sqlite3.IntegrityError, asyncpg.RaiseError), match="append-only"):
            await db.query("DELETE FROM log_entry")

    worker.test(take_away)


@pytest.mark.parametrize(
    "statement", ["SET statement_timeout = 1", "SET timezone = 'Asia/Bangkok'", "LISTEN a"]
)
@only_postgres  # below
def test_a_setting_ends_with_its_test(worker: Worker, statement: str) -> None:
    async def stand(db: Database) -> list[Any]:
        every = "SELECT name, setting FROM pg_settings WHERE source = 'client' OR name = 'TimeZone'"
        return [*await db.query(every), *await db.query("SELECT pg_listening_channels()")]

    before = worker.test(stand)
    worker.test(lambda db: db.fetch(statement))
    assert worker.test(stand) == before


@pytest.mark.parametrize("statement", ["PRAGMA foreign_keys = 0", "CREATE TEMP TABLE own (id int)"])
@only_sqlite  # above
def test_a_connection_that_was_changed_is_not_handed_on(worker: Worker, statement: str) -> None:
    worker.test(nothing)
    known = worker.connections
    worker.test(lambda db: db.fetch(statement))
    worker.test(nothing)
    assert not {*worker.connections} & {*known}


def test_a_task_that_is_left_keeps_its_connections(worker: Worker) -> None:
    tasks: list[asyncio.Task[None]] = []

    async def late(db: Database) -> None:
        await asyncio.sleep(0.01)
        await village(db)

    async def leave(db: Database) -> None:
        tasks.append(asyncio.create_task(late(db)))

    worker.test(leave)
    known = worker.connections
    assert worker.test(filled) == ["log_head"]
    assert not {*worker.connections} & {*known}
    worker.runner.run(asyncio.sleep(0.05))
    [task] = tasks
    assert task.exception()
    assert worker.test(filled) == ["log_head"]


def test_what_runs_ends_with_its_test() -> None:
    with asyncio.Runner() as runner:
        one = One(runner.get_loop())
        ended: list[str] = []

        async def stay() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                ended.append("told")

        async def leave() -> None:
            asyncio.create_task(stay())  # noqa: RUF006
            await asyncio.sleep(0)

        runner.run(leave())
        assert one.end_what_runs()
        assert ended == ["told"]
        assert not one.end_what_runs()
        assert runner.run(asyncio.to_thread(lambda: "again")) == "again"


def test_a_trigger_that_is_gone_is_not_missed_by_the_next(worker: Worker) -> None:
    async def edit(db: Database) -> None:
        if isinstance(db, SQLite):
            await edit_by_hand(worker.url)  # every trigger
        else:
            await db.fetch("ALTER TABLE log_entry DISABLE TRIGGER USER")

    worker.test(edit)
    url = worker.url
    worker.test(nothing)
    assert worker.url != url


@only_postgres  # it has to make its file anew
def test_a_check_that_was_dropped_bites_again(worker: Worker) -> None:
    drop = "ALTER TABLE log_head DROP CONSTRAINT log_head_is_one"
    worker.test(lambda db: db.fetch(drop))
    url, known = worker.url, worker.connections

    async def second_head(db: Database) -> None:
        with pytest.raises(asyncpg.CheckViolationError):
            await db.fetch("UPDATE log_head SET id = 2")

    worker.test(second_head)
    assert worker.url == url
    assert not {*worker.connections} & {*known}


def test_a_database_with_somebody_in_it_is_dropped(worker: Worker) -> None:
    with contextlib.ExitStack() as still:

        async def stay(db: Database) -> None:
            if isinstance(db, SQLite):
                one = sqlite3.connect(db.path)
                still.callback(one.close)
                one.execute("BEGIN IMMEDIATE")
            else:
                there = await asyncpg.connect(worker.url)
                still.callback(there.terminate)

        worker.test(stay)
        url = worker.url
        worker.test(nothing)
        assert worker.url != url


@only_postgres  # no server
def test_a_connection_that_was_cut_is_not_handed_on(worker: Worker) -> None:
    async def cut(db: Any) -> None:
        killer = await asyncpg.connect(worker.url)
        await killer.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid != pg_backend_pid()"
        )
        await killer.close()
        await asyncio.sleep(0.1)

    worker.test(cut)
    assert worker.test(filled) == ["log_head"]
