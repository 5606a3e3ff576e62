"""Databases for tests: made once, copied for each test, and looked at when the test is over."""

import asyncio
import contextlib
import re
import shutil
import sqlite3
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from piccolo.table import Table

from certification.basis import log
from certification.basis.database import Database, use
from certification.basis.schema import create, in_order
from market.db import Postgres, SQLite, engine_for
from tests import beside, warm
from tests.recycled import TIMES, Contents, contents, restored
from tests.recycled_sqlite import File

Build = Callable[[Database], Awaitable[None]]
Fill = Callable[[str], Coroutine[Any, Any, None]]
"""Makes what the empty database at that URL is to hold."""
Server = Callable[[str], str]
"""From the name of a database to its URL."""


only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True)
"""For the few faults that one of the two cannot have; say which beside it."""
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.long)]
mostly_sqlite = pytest.mark.parametrize("engine", ENGINES, indirect=True)
"""What asks nothing of PostgreSQL that is not asked beside it: there by `./run test --long`."""


def alone(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a loop of its own, whatever loop the test has."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, coroutine).result()


async def admin(server: Server, sql: str) -> None:
    connection = await asyncpg.connect(server("postgres"))
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


class Templates:
    """One built database for each engine and each set of tables, for the whole session."""

    def __init__(self, folder: Path, server: Callable[[], Server]) -> None:
        self._folder, self._server, self._made = folder, server, dict[tuple[str, str], str]()
        self._contents: dict[str, Contents | None] = {}
        self._copies: dict[str, tuple[str, Contents | None, int]] = {}
        """By URL: of which template, what it held at first, and how often it was used."""
        self._files: dict[str, tuple[str, File]] = {}
        self._free: dict[str, list[str]] = {}

    def sqlite(self, name: str, fill: Fill, to: Path) -> str:
        shutil.copyfile(self._template_file(name, fill), to)
        return f"sqlite:///{to}"

    def sqlite_again(self, name: str, fill: Fill) -> str:
        """A file that may have served a test before."""
        if self._free.get(f"{name}.sqlite"):
            return self._free[f"{name}.sqlite"].pop()
        path = self._folder / f"{name}{uuid4().hex[:10]}.sqlite"
        file = File(self._template_file(name, fill), path)
        self._files[file.url] = (name, file)
        return file.url

    def _template_file(self, name: str, fill: Fill) -> str:
        if ("sqlite", name) not in self._made:
            path = self._folder / f"{name}.sqlite"
            alone(fill(f"sqlite:///{path}"))
            self._made["sqlite", name] = str(path)
        return self._made["sqlite", name]

    def postgres(self, name: str, fill: Fill) -> str:
        server = self._server()
        if ("postgres", name) not in self._made:
            template = f"template_{name}"
            alone(admin(server, f"CREATE DATABASE {template}"))
            alone(fill(server(template)))
            self._made["postgres", name] = template
            self._contents[name] = alone(contents(server(template)))
        if self._free.get(name):
            return self._free[name].pop()
        copy = f"t{uuid4().hex[:10]}"
        template = self._made["postgres", name]
        beside.run(beside.asked(server("postgres"), f"CREATE DATABASE {copy} TEMPLATE {template}"))
        self._copies[server(copy)] = (name, self._contents[name], 0)
        return server(copy)

    def drop(self, url: str) -> None:
        """Or keep it for the next that asks for the same."""
        if url in self._files:
            name, file = self._files[url]
            if file.restored():
                self._free.setdefault(f"{name}.sqlite", []).append(url)
                return
            warm.left(url)
            file.dropped()
            del self._files[url]
        if url not in self._copies:
            return
        name, was, used = self._copies.pop(url)
        if was and used < TIMES and (now := beside.run(restored(url, was, warm.pids(url)))):
            if now is not was:
                warm.left(url)
            self._copies[url] = (name, now, used + 1)
            self._free.setdefault(name, []).append(url)
            return
        database = url.split("?")[0].rsplit("/", 1)[1]
        warm.left(url)
        gone = f"DROP DATABASE {database} WITH (FORCE)"
        beside.run(beside.left(url))
        beside.run(beside.asked(self._server()("postgres"), gone))


async def built(url: str, build: Build) -> None:
    """In one transaction."""
    db = engine_for(url)
    await db.open()
    try:
        async with db.begin():
            await build(db)
    finally:
        await db.close()


async def build(db: Database, tables: Sequence[type[Table]]) -> None:
    """Create the tables, each after those it refers to, and lay the head of the log."""
    use(db, tables)
    for table in in_order(tables):
        await create(db, table)
    await log.lay_head(db)


@contextlib.asynccontextmanager
async def opened(
    db: Database, tables: Sequence[type[Table]], *, again: bool = False
) -> AsyncIterator[Database]:
    """Open and use it; afterwards nothing is still taken and no thread of it is left.

    `again`: its connections may have served a test before, and serve the next.
    """
    before = {*threads_of_sqlite()}
    kept = False
    if not (again and warm.given(db)):
        await db.open()
        if again:
            db.hasten()
    use(db, tables)
    try:
        yield db
        await nothing_is_taken(db)
        kept = again and await warm.keep(db)
    finally:
        if not kept:
            await db.close()
    await no_thread_is_left(before)


def threads_of_sqlite() -> list[threading.Thread]:
    """Each connection is one."""
    return [
        thread
        for thread in threading.enumerate()
        if getattr(getattr(thread, "_target", None), "__module__", "") == "aiosqlite.core"
    ]


async def no_thread_is_left(before: Collection[threading.Thread] = ()) -> None:
    async with asyncio.timeout(5):  # a thread ends a moment after it has said so
        while {*threads_of_sqlite()} - {*before} - warm.threads():
            await asyncio.sleep(0.01)


async def nothing_is_taken(db: Database) -> None:
    if isinstance(db, SQLite):
        assert not db._turn.locked()
        assert not any(connection.in_transaction for connection in db._connections)
        assert db._readers.qsize() == db._readers_count
    if isinstance(db, Postgres):
        assert db.pool
        assert db.pool.get_idle_size() == db.pool.get_size()
        [row] = await db.query(
            "SELECT count(*) AS n FROM pg_stat_activity"
            " WHERE datname = current_database() AND state LIKE 'idle in%'"
        )
        assert row["n"] == 0


async def edit_by_hand(url: str, *statements: str) -> None:
    """SQL from somebody who has the database and not the program: triggers are off, and the checks
    of the tables that it names."""
    if url.startswith("sqlite"):
        _edit_sqlite(url.removeprefix("sqlite:///"), statements)
    else:
        await _edit_postgres(url, statements)


def _edit_sqlite(path: str, statements: Sequence[str]) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        of = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (trigger,) in of.fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("PRAGMA ignore_check_constraints = 1")
        for statement in statements:
            connection.execute(statement)


async def _edit_postgres(url: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET session_replication_role = replica")
        named = set(re.findall(r"\w+", " ".join(statements)))
        for table, check in await connection.fetch(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
            " AND connamespace = current_schema()::regnamespace"
        ):
            if table.strip('"') not in named:
                continue
            await connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{check}"')
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
