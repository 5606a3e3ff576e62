"""SQLite for the village, PostgreSQL for the province: each opened with its safety checked."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import pkgutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import aiosqlite
import asyncpg
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine, dict_factory
from piccolo.table import Table

import certification
from certification.basis import log, schema
from certification.basis.database import Database, Look, Transaction, UnsafeDatabase, use
from market import domain

T = TypeVar("T")

MIGRATIONS = Path(__file__).parent / "migrations"

SQLITE_VERSION_MIN = (3, 35)
POOL_SIZE = 10
"""Connections of each process, at most; besides those that look."""

PREPARED = 256
"""Statements that a connection knows by heart; an order by page alone takes a hundred."""

MAPPED_BYTES = 1 << 30
"""Of SQLite's file, at most, that whoever looks reads where it lies instead of copying pages."""

LOOKERS = 2
BY_KEY = dict.fromkeys(
    ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_memoize", "jit"], "off"
) | {"plan_cache_mode": "force_generic_plan"}
"""Of a connection that only finds rows by key: planned once, and nothing is built that one row does
not need. PostgreSQL would read a table that is small today as a whole."""

POSTGRES_VERSION_MIN = 14
"""The first with UPDATE … RETURNING, and the oldest still mended when this was written."""


SQLITE_IOERR_WRITES = frozenset(
    [
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    ]
)
FILE_TOO_LARGE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DatabaseAway(ConnectionError):
    """The database does not answer; it is asked anew at the next deed, nobody need do anything."""


def is_full(fault: BaseException | None) -> bool:
    """Whether the disk has no room, whoever met it: this program, SQLite or PostgreSQL."""
    if isinstance(fault, sqlite3.Error):
        return getattr(fault, "sqlite_errorcode", 0) in SQLITE_IOERR_WRITES
    if isinstance(fault, OSError):
        return fault.errno in FILE_TOO_LARGE
    return isinstance(fault, asyncpg.DiskFullError)


def is_away(fault: BaseException | None) -> bool:
    """Whether PostgreSQL went in the middle, or is not yet back; what was asked may be stored."""
    if isinstance(fault, asyncpg.InterfaceError):
        # The connection, or all of them; or the pool took it back from who used it, for it is lost.
        return "clos" in str(fault) or "released back to the pool" in str(fault)
    return isinstance(
        fault,
        DatabaseAway
        | asyncpg.InternalClientError  # between the server's last word and the end of the line
        | asyncpg.PostgresConnectionError
        | asyncpg.AdminShutdownError
        | asyncpg.CrashShutdownError
        | asyncpg.CannotConnectNowError
        | asyncpg.TooManyConnectionsError,
    )


def _names_its_rows(sql: str) -> bool:
    """So it is done sooner than another thread wakes, once the turn to write has come."""
    return sql.startswith(("INSERT", "UPDATE")) and "SELECT" not in sql


async def _in_this_thread(do: Callable[..., T], *args: Any, **more: Any) -> T:
    """In the loop's own thread; after it whoever else waits has a turn, as they would have had."""
    done = do(*args, **more)
    await asyncio.sleep(0)
    return done


class SQLite(Database, SQLiteEngine):
    """One writer whose turn is taken, and readers that see what was last committed."""

    def __init__(self, path: str, *, readers: int = 2, busy_timeout_ms: int = 5_000) -> None:
        super().__init__(path=path)
        self._readers_count = readers
        self._here: sqlite3.Connection | None = None
        """In the loop's own thread: a row by its key is there sooner than another thread wakes."""
        self._of_writer = {
            "busy_timeout": busy_timeout_ms,  # first: even the switch to WAL may have to wait
            "journal_mode": "wal",
            "synchronous": 2,  # FULL: what was acknowledged survives a power cut
            "foreign_keys": 1,
            "recursive_triggers": 1,  # else INSERT OR REPLACE slips past the append-only trigger
        }
        self._of_readers = {"busy_timeout": busy_timeout_ms, "query_only": 1}
        """WAL is the file's own; one that never writes reads the schema when it is first asked."""

    async def open(self) -> None:
        if sqlite3.sqlite_version_info < SQLITE_VERSION_MIN:
            raise UnsafeDatabase(f"SQLite is {sqlite3.sqlite_version}; it must be 3.35 or newer")
        self._turn = asyncio.Lock()
        self._connections: list[aiosqlite.Connection] = []
        self._readers: asyncio.LifoQueue[aiosqlite.Connection] = asyncio.LifoQueue()
        try:
            self._writer = await self._connect(self._of_writer)
            for _ in range(self._readers_count):
                self._readers.put_nowait(await self._connect(self._of_readers))
            self._here = sqlite3.connect(self.path, isolation_level=None)
            self._here.execute("PRAGMA query_only = 1")
            self._here.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Every connection is a thread that would keep the process alive."""
        async with self._turn:
            while self._connections:
                await self._connections.pop().close()
            if self._here:
                self._here.close()
                self._here = None

    def hasten(self) -> None:
        for connection in self._connections:
            vars(connection)["_execute"] = _in_this_thread

    async def _connect(self, pragmas: dict[str, Any]) -> aiosqlite.Connection:
        """In one step of its thread, also when one of five was not obeyed."""
        connection = await aiosqlite.Connection(partial(self._connected, pragmas), 64)
        self._connections.append(connection)
        return connection

    def _connected(self, pragmas: dict[str, Any]) -> sqlite3.Connection:
        made: sqlite3.Connection = sqlite3.connect(
            **self.connection_kwargs, cached_statements=PREPARED, check_same_thread=False
        )
        try:
            for name, wanted in pragmas.items():
                made.execute(f"PRAGMA {name} = {wanted}").close()
                [(found,)] = made.execute(f"PRAGMA {name}").fetchall()
                if found != wanted:
                    raise UnsafeDatabase(f"{self.path}: {name} is {found}, not {wanted}")
        except BaseException:
            made.close()
            raise
        made.row_factory = dict_factory
        return made

    async def _look(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        assert self._here, "open() comes first"
        return self._here.execute(sql, args).fetchall()

    async def _take(self, *, read_only: bool) -> aiosqlite.Connection:
        if read_only:
            return await self._readers.get()
        await self._turn.acquire()
        return self._writer

    async def _take_after(self, first: Look | None, *, read_only: bool) -> aiosqlite.Connection:
        """When the turn has come, so that it sees what those before it have left."""
        connection = await self._take(read_only=read_only)
        try:
            if first is not None:
                await first()
        except BaseException:
            await self._give_back(connection, settled=True)
            raise
        return connection

    async def _give_back(self, connection: Any, *, settled: bool) -> None:
        try:
            if not settled:
                # The thread works in order, so this also waits for a BEGIN that is still waiting.
                with contextlib.suppress(sqlite3.Error):  # there may be nothing to roll back
                    await connection.execute("ROLLBACK")
        finally:
            if connection is self._writer:
                self._turn.release()
            else:
                self._readers.put_nowait(connection)

    async def _start(self, connection: Any, *, read_only: bool) -> None:
        await connection.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")

    async def _commit(self, connection: Any) -> None:
        await connection.execute("COMMIT")

    async def _fetch_on(self, connection: Any, sql: str, args: Sequence[Any]) -> Any:
        if connection is self._writer and connection.in_transaction and _names_its_rows(sql):
            return connection._conn.execute(sql, args).fetchall()
        return await connection.execute_fetchall(sql, args)


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """What is given back has ended its transaction, and no deed sets anything for the session: so
    there is nothing to reset, and each statement is spared a second way to the server."""

    def get_reset_query(self) -> str:
        return ""


async def _released(pool: Any, connection: Any) -> None:
    """The pool releases it a step later; one that is lost in between it has let go of by then."""
    with contextlib.suppress(asyncpg.InternalClientError):
        await pool.release(connection)


class Postgres(Database, PostgresEngine):
    """A pool. A connection whose state is in doubt is cut, never handed on."""

    TAKE_TIMEOUT_S = 10
    UNDO_TIMEOUT_S = 5.0

    def __init__(
        self,
        dsn: str,
        *,
        size: int = POOL_SIZE,
        isolation: str = "READ COMMITTED",
        session: Mapping[str, str] | None = None,
        **limits_ms: int,
    ) -> None:
        super().__init__(config={"dsn": dsn})
        self._size = size
        self._isolation = isolation
        limits = {
            "statement_timeout": 30_000,
            "lock_timeout": 4_000,
            "idle_in_transaction_session_timeout": 60_000,
            **limits_ms,
        }
        self._session = {name: str(ms) for name, ms in limits.items()}
        self._session |= {"timezone": "UTC", "synchronous_commit": "on", **(session or {})}

    async def open(self) -> None:
        self._lookers = asyncpg.create_pool(
            self.config["dsn"],
            min_size=0,
            max_size=LOOKERS,
            server_settings={**self._session, **BY_KEY},
            connection_class=_Connection,
        )
        await self._lookers
        await self.start_connection_pool(
            min_size=1,
            max_size=self._size,
            statement_cache_size=PREPARED,
            server_settings=self._session,
            connection_class=_Connection,
        )
        try:
            await self._ensure_safe()
        except BaseException:
            await self.close()
            raise

    async def _ensure_safe(self) -> None:
        for name, wanted in {"server_encoding": "UTF8", "fsync": "on"}.items():
            [(found,)] = await self.fetch(f"SHOW {name}")
            if found != wanted:
                raise UnsafeDatabase(f"{name} is {found}, not {wanted}")
        [(version,)] = await self.fetch("SHOW server_version_num")
        if int(version) < POSTGRES_VERSION_MIN * 10_000:
            raise UnsafeDatabase(f"PostgreSQL must be {POSTGRES_VERSION_MIN} or newer")

    async def close(self) -> None:
        await self._lookers.close()
        if self.pool:
            await self.close_connection_pool()

    async def _look(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        try:
            connection = await self._lookers.acquire(timeout=self.TAKE_TIMEOUT_S)
        except (OSError, TimeoutError) as fault:
            raise DatabaseAway("no connection") from fault
        try:
            found: Sequence[Sequence[Any]] = await connection.fetch(sql, *args)
            return found
        finally:
            await _released(self._lookers, connection)

    async def _take(self, *, read_only: bool) -> Any:
        assert self.pool, "open() comes first: without a pool every query would connect anew"
        try:
            free = self.pool.get_idle_size() > 0  # then without a timer, a task of its own
            return await self.pool.acquire(timeout=None if free else self.TAKE_TIMEOUT_S)
        except (OSError, TimeoutError) as fault:
            raise DatabaseAway("no connection") from fault

    async def _give_back(self, connection: Any, *, settled: bool) -> None:
        assert self.pool
        try:
            if not settled:
                await connection.execute("ROLLBACK", timeout=self.UNDO_TIMEOUT_S)
        except Exception:  # noqa: BLE001  (asyncpg has many; a connection in doubt is cut)
            with contextlib.suppress(asyncpg.InterfaceError):  # the pool may have let go of it
                connection.terminate()
        finally:
            await _released(self.pool, connection)

    async def _start(self, connection: Any, *, read_only: bool) -> None:
        mode = "REPEATABLE READ READ ONLY" if read_only else self._isolation
        await connection.execute(f"BEGIN ISOLATION LEVEL {mode}")

    async def _commit(self, connection: Any) -> None:
        answer = await connection.execute("COMMIT")
        assert answer == "COMMIT", f"PostgreSQL answered COMMIT with {answer}"

    async def _fetch_on(self, connection: Any, sql: str, args: Sequence[Any]) -> Any:
        return await connection.fetch(sql, *args)

    async def _each(self, tx: Transaction, statements: Sequence[str]) -> None:
        if not statements:
            return
        try:
            await tx.connection.execute(";\n".join(statements))
        except BaseException as fault:
            tx.doom(fault)
            raise


async def open_database(url: str) -> Database:
    """Opened, found safe, and in use by every Table."""
    db = engine_for(url)
    if isinstance(db, SQLite):
        Path(db.path).parent.mkdir(parents=True, exist_ok=True)
    await db.open()
    use(db, all_tables())
    return db


def draft() -> str:
    """A migration that makes every table from nothing; `market migrate --draft` prints it."""
    tables = [table for table in all_tables() if table is not schema.Migration]
    return schema.draft(tables, [SQLite(":memory:"), Postgres("")], log.head_statement)


def engine_for(url: str) -> Database:
    """`sqlite:///market.sqlite` or `postgresql://...`, as in DATABASE_URL."""
    if url.startswith("sqlite:///"):
        return SQLite(url.removeprefix("sqlite:///"))
    return Postgres(url)


@cache
def all_tables() -> tuple[type[Table], ...]:
    """Every Table of the product, found in the `tables` of each feature and in the basis."""
    found: dict[str, type[Table]] = {}
    for package in (certification, domain):
        for module in _modules(package):
            for thing in vars(importlib.import_module(module)).values():
                if isinstance(thing, type) and issubclass(thing, Table) and thing is not Table:
                    found[thing._meta.tablename] = thing
    return tuple(found[name] for name in sorted(found))


def _modules(package: ModuleType) -> list[str]:
    names = [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [name for name in names if name.endswith(".tables") or ".basis." in name]
