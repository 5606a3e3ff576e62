"""A SQLite file that a test is done with, made for the next what its template was.

Each connection to a new copy parses some 1,700 lines of schema; those that stay open need not.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

FILLED = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM \"{0}\")"

_files: dict[str, "File"] = {}


@contextmanager
def connected(path: str) -> Iterator[sqlite3.Connection]:
    """One transaction beside the product, over the connection that knows the file if one does."""
    if known := _files.get(path):
        with known.connection as connection:
            yield connection
        return
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


class File:
    def __init__(self, template: str, path: Path) -> None:
        shutil.copyfile(template, path)
        self.path, self.url = path, f"sqlite:///{path}"
        self.connection = sqlite3.connect(path, timeout=0)
        self.connection.set_authorizer(_no_trigger_objects)
        self.connection.execute("PRAGMA synchronous = OFF")
        tables = self.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        self._filled = " UNION ALL ".join(FILLED.format(name) for (name,) in tables)
        self._schema = self._stands()
        self._rows = {name: self._all(name) for name in self._names()}
        _files[str(path)] = self

    def restored(self) -> bool:
        """False where somebody still holds it, or changed more than rows: drop it."""
        with suppress(sqlite3.Error), self.connection:
            self.connection.execute("BEGIN IMMEDIATE")
            if self._stands() != self._schema:
                return False
            for name in self._names():
                self.connection.execute(f'DELETE FROM "{name}"')
            for name, rows in self._rows.items():
                marks = ", ".join("?" * len(rows[0]))
                self.connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
            return True
        return False

    def dropped(self) -> None:
        del _files[str(self.path)]
        self.connection.close()
        for name in ("", "-wal", "-shm"):
            Path(f"{self.path}{name}").unlink(missing_ok=True)

    def _stands(self) -> list[int | str]:
        """The first counts every change of the schema."""
        told = ("schema_version", "user_version", "application_id", "journal_mode")
        return [self.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in told]

    def _names(self) -> list[str]:
        return [name for (name,) in self.connection.execute(self._filled).fetchall()]

    def _all(self, name: str) -> list[tuple[object, ...]]:
        return self.connection.execute(f'SELECT * FROM "{name}"').fetchall()


def _no_trigger_objects(action: int, _a: object, _b: object, _db: object, by: str | None) -> int:
    """Nothing is read for a trigger, so append-only lets rows go, in this connection alone."""
    return sqlite3.SQLITE_IGNORE if by and action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_OK
