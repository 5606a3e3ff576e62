"""Where a restored database is made beside the one in use, and the one step that puts it there.

SQLite: another file, renamed over the old one, of which a copy stays. PostgreSQL: another schema,
whose tables change places with the old ones in one transaction.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Protocol

from certification.basis.database import Database
from market.backup.refusals import StillServed
from market.backup.written import settle_folder
from market.db import Postgres, SQLite

SCRATCH, DRILL, GOING = "market_restoring", "market_drill", "market_going"
OURS = "market restore"
TABLES = """
SELECT quote_ident(c.relname) AS name FROM pg_class c
 WHERE c.relnamespace = {}::regnamespace AND c.relkind = 'r'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
 ORDER BY c.relname"""
FUNCTIONS = """
SELECT quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name
  FROM pg_proc p WHERE p.pronamespace = {}::regnamespace
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
OTHERS = (
    "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND application_name <> {}"
)


class Place(Protocol):
    async def ensure_alone(self) -> None: ...
    async def holds_something(self) -> bool: ...
    async def scratch(self) -> Database:
        """Empty, beside the one in use; what an earlier attempt left there goes."""

    async def swap(self, kept: str) -> None:
        """In one step; what was there goes on under the name `kept`, or, without one, ends."""

    def way_out(self, kept: str) -> str:
        """What somebody types who is sure that the old state is not needed any more."""

    async def clear(self) -> None: ...


def place_of(url: str, *, drill: bool) -> Place:
    name = DRILL if drill else SCRATCH
    if url.startswith("sqlite:///"):
        return InFile(Path(url.removeprefix("sqlite:///")), name)
    return InSchema(url, name)


class InFile:
    def __init__(self, path: Path, name: str) -> None:
        self.path, self.folder = path, path.parent / name

    async def ensure_alone(self) -> None:
        """The data folder's lock says who serves; the file itself is asked at the swap."""

    async def holds_something(self) -> bool:
        if not self.path.exists():
            return False
        try:
            with closing(sqlite3.connect(self.path, timeout=1)) as asking:
                return _told_anything(asking)
        except sqlite3.DatabaseError:
            return True  # what, nobody can say any more: it is kept as it is

    async def scratch(self) -> Database:
        await self.clear()
        self.folder.mkdir(mode=0o700, parents=True)
        return SQLite(str(self.folder / "market.sqlite"))

    async def swap(self, kept: str) -> None:
        """The old file copied aside, then the new one over its name: one rename."""
        new = self.folder / "market.sqlite"
        _whole_in_one_file(new)
        settle_folder(self.folder)
        if self.path.exists():
            with suppress(sqlite3.DatabaseError):  # too broken for that: it is kept as it lies
                _whole_in_one_file(self.path)
            self._keep_old(self.kept_as(kept) if kept else None)
        new.replace(self.path)
        settle_folder(self.path.parent)

    def way_out(self, kept: str) -> str:
        return f"rm {self.kept_as(kept)}"

    def kept_as(self, kept: str) -> Path:
        return self.path.with_name(f"{self.path.stem}.{kept}{self.path.suffix}")

    def _keep_old(self, beside: Path | None) -> None:
        if beside:
            _copy(self.path, beside)
        for tail in ("-wal", "-shm"):  # of a broken file: never let it be read into the new one
            left = self.path.with_name(self.path.name + tail)
            if left.exists() and beside:
                left.replace(beside.with_name(beside.name + tail))
            left.unlink(missing_ok=True)
        settle_folder(self.path.parent)

    async def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _whole_in_one_file(path: Path) -> None:
    """Its WAL written into it; refused while anybody else has it open."""
    with closing(sqlite3.connect(path, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StillServed() from None
            raise


def _told_anything(asking: sqlite3.Connection) -> bool:
    [(tables,)] = asking.execute("SELECT count(*) FROM sqlite_master WHERE name = 'log_head'")
    if not tables:
        [(others,)] = asking.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
        return bool(others)
    return bool(asking.execute("SELECT 1 FROM log_head WHERE seq > 0").fetchone())


def _copy(path: Path, beside: Path) -> None:
    """A copy and not a second name: SQLite must never find one file under two."""
    part = beside.with_name(f"{beside.name}.part")
    shutil.copy2(path, part)
    with part.open("rb") as copied:
        os.fsync(copied.fileno())
    part.replace(beside)


class InSchema:
    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name
        session = {"application_name": OURS}
        self.home = Postgres(url, size=1, session=session)
        self.made = Postgres(url, size=4, session={**session, "search_path": name})

    async def holds_something(self) -> bool:
        async with _opened(self.home):
            [row] = await self.home.query(
                "SELECT current_schema() AS home, to_regclass('log_head')::text AS head"
            )
            if row["head"] is None:
                return bool(await self.home.query(TABLES, row["home"]))
            return bool(await self.home.query("SELECT 1 AS one FROM log_head WHERE seq > 0"))

    async def ensure_alone(self) -> None:
        async with _opened(self.home):
            await self._nobody_else()

    async def _nobody_else(self) -> None:
        [row] = await self.home.query(OTHERS, OURS)
        if row["n"]:
            raise StillServed()

    async def scratch(self) -> Database:
        await self.clear()
        async with _opened(self.home):
            await self.home.fetch(f"CREATE SCHEMA {self.name}")
        return self.made

    async def swap(self, kept: str) -> None:
        """Nobody writes from here on: the old tables are locked, and whoever asks waits."""
        old = _schema_of(kept) or GOING
        async with _opened(self.home) as db, db.begin():
            await db.fetch("SET LOCAL statement_timeout = 0")
            [row] = await db.query("SELECT quote_ident(current_schema()) AS home")
            await db.fetch(f"CREATE SCHEMA {old}")
            await self._move(row["home"], old)
            await self._nobody_else()
            await self._move(self.name, row["home"])
            await db.fetch(f"DROP SCHEMA {self.name}")
            if not kept:
                await db.fetch(f"DROP SCHEMA {old} CASCADE")

    def way_out(self, kept: str) -> str:
        return f"DROP SCHEMA {_schema_of(kept)} CASCADE"

    async def _move(self, here: str, there: str) -> None:
        tables = await self.home.query(TABLES, here)
        functions = await self.home.query(FUNCTIONS, here)
        await self.home.each(
            [
                *(f"ALTER TABLE {here}.{table['name']} SET SCHEMA {there}" for table in tables),
                *(f"ALTER FUNCTION {here}.{one['name']} SET SCHEMA {there}" for one in functions),
            ]
        )

    async def clear(self) -> None:
        async with _opened(self.home):
            await self.home.fetch(f"DROP SCHEMA IF EXISTS {self.name} CASCADE")


def _schema_of(kept: str) -> str:
    return kept.lower().replace("-", "_")


@asynccontextmanager
async def _opened(db: Database) -> AsyncIterator[Database]:
    await db.open()
    try:
        yield db
    finally:
        await db.close()
