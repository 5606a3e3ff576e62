"""Lists as CSV that opens in a spreadsheet as it is: UTF-8 with its mark, no cell that computes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

from certification.basis.text import NBSP
from market.web.page import Ask

COMPUTES = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is run as a formula by spreadsheets (OWASP, CSV injection)."""


class Baht(int):
    """Satang, written as baht: `12.50`, to be added up."""


class Kilos(int):
    """Grams, written as kilos: `1.500`."""


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
