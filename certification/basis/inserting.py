"""Rows of a table, written by a statement that is built once for so many of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from piccolo.table import Table


async def insert(*rows: Table) -> None:
    """As `Table.insert`, which builds its statement anew from each value and asks the keys back."""
    table = type(rows[0])
    names = [column._meta.name for column in table._meta.columns]
    values = [getattr(row, name) for row in rows for name in names]
    db: Any = table._meta.db  # a step of the migrations is not yet in use
    await db.query(_statement(table, len(rows)), *values)


@lru_cache(maxsize=1024)
def _statement(table: type[Table], count: int) -> str:
    columns = [f'"{column._meta.db_column_name}"' for column in table._meta.columns]
    one = f"({', '.join(['{}'] * len(columns))})"
    into = f'INSERT INTO "{table._meta.tablename}" ({", ".join(columns)})'
    return f"{into} VALUES {', '.join([one] * count)}"
