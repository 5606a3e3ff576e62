"""The files of `market/domain/exchange`, as pages, the API and the command line hand them out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

from market.answers import cells
from market.answers.growing import Growing, zipped_as_they_grow
from market.domain.exchange import acfs, fsma
from market.domain.exchange.rules import Grams, NoSuchSheet, Row, Scope

ALL_SIX, SORTABLE = "acfs.zip", "fsma204"
KINDS = {"csv": "text/csv", "xlsx": cells.XLSX, "zip": "application/zip"}


class File(NamedTuple):
    name: str
    kind: str
    content: AsyncIterator[bytes]


def file(name: str, scope: Scope, origin: str, at: datetime) -> File:
    """`acfs.zip`, one of its tables (`farmer.csv`), `fsma204.csv`, `fsma204.xlsx`; NoSuchSheet."""
    stem, _, end = name.rpartition(".")
    if name == ALL_SIX:
        each = ((f"{one.name}.csv", _table(one, scope, origin)) for one in acfs.SHEETS)
        return File(name, KINDS["zip"], zipped_as_they_grow(each, at))
    if stem == SORTABLE and end in ("csv", "xlsx"):
        made = cells.lines if end == "csv" else cells.large_book
        heads = [head.name for head in fsma.HEADS]
        return File(name, KINDS[end], made(heads, _cells(fsma.rows(scope, origin))))
    if end != "csv":
        raise NoSuchSheet(sheet=name[:40])
    return File(name, KINDS["csv"], _table(acfs.sheet(stem), scope, origin))


def sent(of: File, prefix: str) -> Growing:
    """Never kept by anything between: farmers may stand in it."""
    return Growing(
        of.content,
        media_type=of.kind,
        headers={
            "content-disposition": f'attachment; filename="{prefix}-{of.name}"',
            "cache-control": "no-store",
        },
    )


def _table(one: acfs.Sheet, scope: Scope, origin: str) -> AsyncIterator[bytes]:
    heads = [head.name for head in one.heads]
    return cells.lines(heads, _cells(acfs.rows(one, scope, origin)))


async def _cells(rows: AsyncIterator[Row]) -> AsyncIterator[list[object]]:
    async for row in rows:
        yield [cells.Kilos(cell) if isinstance(cell, Grams) else cell for cell in row]
