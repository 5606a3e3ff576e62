"""Lists to be saved: as CSV, and as XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from litestar import Response

from market.answers.cells import XLSX, plain
from market.answers.cells import Baht as Baht
from market.answers.cells import Kilos as Kilos
from market.answers.cells import written as written
from market.answers.language import words_for
from market.web.page import Ask


def wanted(request: Ask) -> bool:
    """`?as=csv` on a page that is also a list; `?csv` and `?format=csv` do as well."""
    asked = request.query_params
    return "csv" in asked or "csv" in (asked.get("as"), asked.get("format"), asked.get("sheet"))


def sheet(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response[bytes]:
    """To be saved as `name`.csv; None is an empty cell."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([plain(head) for head in heads])
    writer.writerows([plain(cell) for cell in row] for row in rows)
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


def saved(
    request: Ask, name: str, heads: Iterable[str], rows: Iterable[Sequence[object]]
) -> Response[bytes]:
    """As `kind` says; the heads in the reader's language."""
    say = words_for(request)
    made = book if kind(request) == "xlsx" else sheet
    return made(name, [say(head) for head in heads], rows)
