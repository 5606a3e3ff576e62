"""Lists as CSV that opens in a spreadsheet as it is (UTF-8 with its mark), and as XLSX: no cell of
either computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from litestar import Response

from certification.basis.text import NBSP
from market.web.page import Ask

COMPUTES = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is run as a formula by spreadsheets (OWASP, CSV injection)."""


class Baht(int):
    """Satang, written as baht: `12.50`, to be added up."""


class Kilos(int):
    """Grams, written as kilos: `1.500`."""


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOOKS: dict[type, str] = {Baht: "0.00", Kilos: "0.000", date: "yyyy-mm-dd"}
PARTS: dict[type, int] = {Baht: 100, Kilos: 1000}


def wanted(request: Ask) -> bool:
    """`?as=csv` on a page that is also a list; `?csv` and `?format=csv` do as well."""
    asked = request.query_params
    return "csv" in asked or "csv" in (asked.get("as"), asked.get("format"), asked.get("sheet"))


def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[bytes]:
    """To be saved as `name`.csv; None is an empty cell."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([_plain(head) for head in heads])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return Response(
        written.getvalue().encode("utf-8-sig"),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )


def kind(request: Ask) -> str:
    """`?as=csv`, `?as=xlsx`; empty where the page itself is wanted."""
    said = request.query_params.get("as", "")
    return "csv" if wanted(request) else "xlsx" if said == "xlsx" else ""


def book(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[bytes]:
    """To be saved as `name`.xlsx: sums and days are such, every text is a text."""
    return Response(
        written(heads, rows),
        media_type=XLSX,
        headers={"content-disposition": f'attachment; filename="{name}.xlsx"'},
    )


def written(
    heads: Sequence[str], rows: Iterable[Sequence[object]], at: datetime | None = None
) -> bytes:
    """The bytes of a book; the same for the same rows where `at` is said."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        if at is not None:
            workbook.set_properties({"created": at.replace(tzinfo=None)})
        page = workbook.add_worksheet()
        page.freeze_panes(1, 0)
        looks = {look: workbook.add_format({"num_format": look}) for look in LOOKS.values()}
        bold = workbook.add_format({"bold": True})
        for at_column, head in enumerate(heads):
            page.write_string(0, at_column, head, bold)
            page.set_column(at_column, at_column, min(max(len(head) + 2, 12), 40))
        for line, row in enumerate(rows, start=1):
            for at_column, cell in enumerate(row):
                _write(page, line, at_column, cell, looks)
    return content.getvalue()


def _write(page: Any, line: int, at: int, cell: object, looks: dict[str, Any]) -> None:
    match cell:
        case Baht() | Kilos():
            of = type(cell)
            page.write_number(line, at, cell / PARTS[of], looks[LOOKS[of]])
        case bool() | None:
            page.write_string(line, at, "" if cell is None else str(cell))
        case int():
            page.write_number(line, at, cell)
        case datetime():
            page.write_string(line, at, cell.isoformat())
        case date():
            page.write_datetime(line, at, cell, looks[LOOKS[date]])
        case _:
            page.write_string(line, at, str(cell).replace(NBSP, " "))


def _plain(cell: object) -> object:
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
