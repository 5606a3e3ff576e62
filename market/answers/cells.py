"""Cells of a list as CSV that opens in a spreadsheet as it is (UTF-8 with its mark) and as XLSX; no
cell of either computes. A long list is written as it grows."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from certification.basis.text import NBSP

COMPUTES = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is run as a formula by spreadsheets (OWASP, CSV injection)."""


class Baht(int):
    """Satang, written as baht: `12.50`, to be added up."""


class Kilos(int):
    """Grams, written as kilos: `1.500`."""


BOM = "\ufeff"
"""By which Excel knows that it is UTF-8."""
HELD = 64_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS: dict[type, str] = {Baht: "0.00", Kilos: "0.000", date: "yyyy-mm-dd"}
PARTS: dict[type, int] = {Baht: 100, Kilos: 1000}


async def lines(
    heads: Sequence[str], rows: AsyncIterable[Sequence[object]]
) -> AsyncIterator[bytes]:
    """A sheet as it grows: some hundred lines are held, however many there are."""
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    held.write(BOM)
    writer.writerow([plain(head) for head in heads])
    async for row in rows:
        writer.writerow([plain(cell) for cell in row])
        if held.tell() > HELD:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


async def large_book(
    heads: Sequence[str], rows: AsyncIterable[Sequence[object]]
) -> AsyncIterator[bytes]:
    """The same as XLSX: it grows in a file of its own, a row at a time, and is sent from there."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "book.xlsx"
        workbook = xlsxwriter.Workbook(str(file), {"constant_memory": True})
        page, looks = _begun(workbook, heads)
        line = 0
        async for row in rows:
            line += 1
            for at_column, cell in enumerate(row):
                _write(page, line, at_column, cell, looks)
        page.autofilter(0, 0, max(line, 1), len(heads) - 1)
        await asyncio.to_thread(workbook.close)
        with file.open("rb") as written_book:
            while part := written_book.read(HELD):
                yield part


def written(
    heads: Sequence[str], rows: Iterable[Sequence[object]], at: datetime | None = None
) -> bytes:
    """The bytes of a book; the same for the same rows where `at` is said."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        if at is not None:
            workbook.set_properties({"created": at.replace(tzinfo=None)})
        page, looks = _begun(workbook, heads)
        for line, row in enumerate(rows, start=1):
            for at_column, cell in enumerate(row):
                _write(page, line, at_column, cell, looks)
    return content.getvalue()


def _begun(workbook: Any, heads: Sequence[str]) -> tuple[Any, dict[str, Any]]:
    page = workbook.add_worksheet()
    page.freeze_panes(1, 0)
    looks = {look: workbook.add_format({"num_format": look}) for look in LOOKS.values()}
    bold = workbook.add_format({"bold": True})
    for at_column, head in enumerate(heads):
        page.write_string(0, at_column, head, bold)
        page.set_column(at_column, at_column, min(max(len(head) + 2, 12), 40))
    return page, looks


def _write(page: Any, line: int, at: int, cell: object, looks: dict[str, Any]) -> None:
    match cell:
        case Baht() | Kilos():
            of = type(cell)
            page.write_number(line, at, cell / PARTS[of], looks[LOOKS[of]])
        case bool() | None:
            page.write_string(line, at, "" if cell is None else str(cell))
        case int() | float():
            page.write_number(line, at, cell)
        case datetime():
            page.write_string(line, at, cell.isoformat())
        case date():
            page.write_datetime(line, at, cell, looks[LOOKS[date]])
        case _:
            page.write_string(line, at, str(cell).replace(NBSP, " "))


def plain(cell: object) -> object:
    match cell:
        case Baht():
            return _decimal(cell, 2)
        case Kilos():
            return _decimal(cell, 3)
        case str() if cell.startswith(COMPUTES):
            return f"'{cell}"
        case str():
            return cell.replace(NBSP, " ")
    return cell


def _decimal(value: int, places: int) -> str:
    whole, rest = divmod(abs(value), 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{rest:0{places}}"
