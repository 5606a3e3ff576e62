"""A database that dies at a named point, as a process does: what was not committed is gone.

dying = Dying(engine_for(url))
dying.at = "stock taken"        # the next deed gets so far and no further
"""

from __future__ import annotations

import re
from collections import Counter
from types import MethodType
from typing import Any

from certification.basis.database import Database

POINTS = {
    "asked": r"INSERT INTO asked ",
    "order claimed": r"UPDATE preorder SET state",
    "order written": r'INSERT INTO "preorder" ',
    "stock taken": r"UPDATE stock SET \w+_grams = \w+_grams - ",
    "request claimed": r"UPDATE payment_request SET state = 'paid'",
    "amount taken": r"INSERT INTO open_amount ",
    "evidence kept": r"INSERT INTO payment_evidence ",
    "money moved": r'INSERT INTO "ledger_transfer" ',
    "told to the log": r'INSERT INTO "log_entry" ',
    "before commit": "",
    "committed, nobody was told": "",
}
"""By name, after which statement; the last two are of the commit itself."""
COMMITS = "commits"


class Crash(BaseException):
    """Power off: no handler of the program's own sees it coming."""


class Dying:
    """Stands over one engine; `at` is where the next crash is, `met` how often each point was.

    `broken` is a statement's part and what stands there instead, to see that it is noticed.
    """

    broken: tuple[str, str] | None = None

    def __init__(self, db: Database, met: Counter[str]) -> None:
        self.at, self.met = "", met
        self._fetch, self._commit = db._fetch_on, db._commit
        db._fetch_on = MethodType(self._fetched, self)  # type: ignore[method-assign]
        db._commit = MethodType(self._committed, self)  # type: ignore[method-assign]

    @staticmethod
    async def _fetched(self: Dying, connection: Any, sql: str, args: Any) -> Any:
        found = await self._fetch(connection, self._said(sql), args)
        if (pattern := POINTS.get(self.at)) and re.match(pattern, sql):
            self.die()
        return found

    def _said(self, sql: str) -> str:
        return sql.replace(*self.broken) if self.broken else sql

    @staticmethod
    async def _committed(self: Dying, connection: Any) -> None:
        if self.at == "before commit":
            self.die()
        await self._commit(connection)
        self.met[COMMITS] += 1
        if self.at == "committed, nobody was told":
            self.die()

    def die(self) -> None:
        self.met[self.at] += 1
        self.at = ""
        raise Crash
