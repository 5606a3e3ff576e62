"""What both engines promise, whichever is in use.

Piccolo's own engines lose a connection when BEGIN, COMMIT or ROLLBACK fails, and let a task that
was born inside a transaction write into it. Here whatever is taken is given back on every path,
and a transaction answers only to the task that opened it.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, NoReturn

from piccolo.engine.base import Engine
from piccolo.querystring import QueryString
from piccolo.table import Table

Row = dict[str, Any]
Look = Callable[[], Awaitable[None]]
"""At what is committed, before anything is begun; it may refuse."""


class StrayTask(RuntimeError):
    """A task uses a transaction that it inherited from the task that created it."""


class Doomed(RuntimeError):
    """The transaction cannot commit any more: something inside it failed."""


class UnsafeDatabase(RuntimeError):
    """The database does not promise what we rely on, so we do not start."""


class Transaction:
    """One open transaction: whose it is, on which connection, and why it may no longer commit."""

    def __init__(self, connection: Any, *, read_only: bool) -> None:
        self.connection = connection
        self.read_only = read_only
        self.owner = asyncio.current_task()
        self.fault: BaseException | None = None
        self.told: list[Any] = []
        """Events for the log, written just before the commit."""

    def doom(self, fault: BaseException) -> None:
        self.fault = self.fault or fault

    def ensure_sound(self) -> None:
        if self.fault is not None:
            raise Doomed("something inside this transaction failed; it rolls back") from self.fault


class Database(Engine[Any]):
    deeds = 0
    """Of this process, that were told to the log: whoever keeps what it read looks again."""

    @abstractmethod
    async def open(self) -> None: ...
    @abstractmethod
    async def close(self) -> None: ...
    def hasten(self) -> None:
        """For who works alone in its process, until it is closed: where the engine wakes a thread
        for a statement, that takes longer than most statements."""

    @abstractmethod
    async def _take(self, *, read_only: bool) -> Any: ...
    @abstractmethod
    async def _give_back(self, connection: Any, *, settled: bool) -> None: ...
    @abstractmethod
    async def _start(self, connection: Any, *, read_only: bool) -> None: ...
    @abstractmethod
    async def _commit(self, connection: Any) -> None: ...
    @abstractmethod
    async def _fetch_on(self, connection: Any, sql: str, args: Sequence[Any]) -> Any: ...

    def under_way(self) -> Transaction | None:
        """The transaction this very task has opened, if any."""
        tx: Transaction | None = self.current_transaction.get()
        if tx is None:
            return None
        if tx.owner is not asyncio.current_task():
            raise StrayTask(
                "this task inherited a transaction it did not open. Inside a transaction use no"
                " gather, create_task or wait_for; a task that outlives it is created with"
                " context=contextvars.Context()"
            )
        tx.ensure_sound()
        return tx

    @asynccontextmanager
    async def begin(
        self, *, read_only: bool = False, first: Look | None = None
    ) -> AsyncIterator[Transaction]:
        """Open the outermost transaction; commands use `transaction()`. Read-only is a snapshot."""
        assert self.under_way() is None, "a transaction is under way; join it by `transaction()`"
        connection = await self._take_after(first, read_only=read_only)
        settled = False
        try:
            await self._start(connection, read_only=read_only)
            tx = Transaction(connection, read_only=read_only)
            token = self.current_transaction.set(tx)
            try:
                yield tx
            finally:
                self.current_transaction.reset(token)
            tx.ensure_sound()
            try:
                await self._commit(connection)
            finally:  # also where nobody can say whether it is stored
                self.deeds += bool(tx.told)
            settled = True
        finally:
            # Shielded: a second cancellation must not leave the connection half given back.
            await asyncio.shield(self._give_back(connection, settled=settled))

    async def _take_after(self, first: Look | None, *, read_only: bool) -> Any:
        """It looks with a connection of its own, so nobody waits for one while having another."""
        if first is not None:
            await first()
        return await self._take(read_only=read_only)

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> Any:
        """One statement; in the transaction under way, if there is one.

        A failed statement dooms the transaction: PostgreSQL would refuse the next one and SQLite
        would go on, and no command may behave differently on the two. A snapshot stores nothing,
        so whoever reads what others may have spoilt may go on after a value that cannot be read.
        """
        tx = self.under_way()
        if tx is None:
            return await self._fetch_alone(sql, args)
        try:
            return await self._fetch_on(tx.connection, sql, args)
        except BaseException as fault:
            if not tx.read_only:
                tx.doom(fault)
            raise

    async def _fetch_alone(self, sql: str, args: Sequence[Any]) -> Any:
        connection = await self._take(read_only=sql.lstrip()[:6].upper() == "SELECT")
        try:
            return await self._fetch_on(connection, sql, args)
        finally:
            await self._give_back(connection, settled=True)

    async def each(self, statements: Sequence[str]) -> None:
        """Statements without values whose answers nobody wants, in their order: all or none. Over
        a network they are one message."""
        if (tx := self.under_way()) is not None:
            await self._each(tx, statements)
            return
        async with self.begin() as tx:
            await self._each(tx, statements)

    async def _each(self, _: Transaction, statements: Sequence[str]) -> None:
        for statement in statements:
            await self.fetch(statement)

    async def query(self, template: str, *args: Any) -> list[Row]:
        """Raw SQL for both engines; `{}` stands for a value."""
        found = await self.fetch(compiled(template, self.engine_type), args)
        return self.transform_response_to_dicts(found)

    async def look(self, template: str, *args: Any) -> Sequence[Sequence[Any]]:
        """A SELECT by key of what is committed: rows by place, as the driver gives them.

        The way of the public pages, which ask for one thing and wait for nothing else.
        """
        sql = compiled(template, self.engine_type)
        if self.under_way() is None:
            return await self._look(sql, args)
        return [[*row.values()] for row in await self.fetch(sql, args)]

    async def _look(self, sql: str, args: Sequence[Any]) -> Sequence[Sequence[Any]]:
        connection = await self._take(read_only=True)
        try:
            return [[*row.values()] for row in await self._fetch_on(connection, sql, args)]
        finally:
            await self._give_back(connection, settled=True)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        return await self.fetch(*querystring.compile_string(engine_type=self.engine_type))

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await self.fetch(ddl)

    def transaction(self, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError("there is one way: certification.basis.transaction.transaction()")

    atomic = transaction

    async def batch(self, *_: Any, **__: Any) -> NoReturn:
        raise NotImplementedError("read in pages, by key: Piccolo opens a bare connection here")

    async def check_version(self) -> None:
        """Nothing is asked of the server before `open`."""

    async def prep_database(self) -> None:
        """Extensions are not ours to create."""


@lru_cache(maxsize=1024)
def compiled(template: str, engine_type: str) -> str:
    """Each `{}` as the engine's own mark for a value."""
    parts = template.split("{}")
    if engine_type == "sqlite":
        return "?".join(parts)
    return "".join(f"{part}${n}" for n, part in enumerate(parts[:-1], 1)) + parts[-1]


_in_use: list[Database] = []


def use(db: Database, tables: Sequence[type[Table]]) -> None:
    """Point the process and its tables at one database: once, at start-up (tests: each time)."""
    _in_use[:] = [db]
    for table in tables:
        table._meta._db = db


def in_use() -> Database:
    assert _in_use, "use() comes first"
    return _in_use[0]


def nothing_under_way() -> None:
    """Before anybody outside is asked: meanwhile no row may be held."""
    under_way = _in_use and _in_use[0].under_way()
    assert not under_way, "the world is asked outside every transaction"
