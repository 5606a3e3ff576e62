"""All that is held about one person, for that person (PDPA s.30): rows as they are stored.

Names that the person wrote on land papers are opened with the own key. Left out are secrets and
their fingerprints, and rows that a person only typed about others.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from piccolo.columns import Bytea, ForeignKey
from piccolo.columns.base import Column
from piccolo.table import Table

from certification.land import queries as land
from certification.people import queries as people
from certification.people.tables import Person
from market.db import all_tables
from market.domain.contacts import queries as contacts

NAMED = {"payout_line": ("payee",), "credit_repayment": ("buyer",), "wish": ("asker",)}
"""Where a person is meant by a column that is no foreign key."""
BELOW = {
    "planting": "plot",
    "pack": "plot",
    "conversion_shortened": "plot",
    "relation_word": "relation",
    "finding": "plot",
    "finding_step": "finding",
    "input_use_judged": "input_use",
    "input_use_struck": "input_use",
    "input_use_word": "input_use",
    "land_year": "plot",
    "land_side": "plot",
    "land_water": "plot",
    "inspection": "plot",
    "decision": "application",
    "hearing_step": "hearing",
    "hearing_ruling": "hearing",
    "preorder_line": "preorder",
    "standing_wish": "standing_order",
    "standing_turn": "standing_order",
    "shortage_share": "preorder",
    "payment_request": "preorder",
    "payment_slip": "payment_request",
    "pickup_pass": "preorder",
    "goods_complaint_answer": "goods_complaint",
    "weight_correction": "preorder",
    "provider_attempt": "payment_request",
    "provider_refund": "provider_attempt",
}
"""Rows that tell of a person through another row: of one's plots, applications and orders."""
SECRET_ENDS = ("_hash", "_index", "wrapped_key", "wrapped", "sealed", "salt")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A table program would reckon with a cell that begins so."""

Rows = list[dict[str, Any]]


async def gathered(person: str) -> dict[str, Rows]:
    """By table, those with something in them; `particulars` is what the vault holds."""
    found: dict[str, Rows] = {"particulars": [await _particulars(person)]}
    tables = {table._meta.tablename: table for table in all_tables()}
    for name, table in tables.items():
        if meant := columns(table):
            found[name] = await _rows(table, reduce(or_, (one == person for one in meant)))
    for name, above in BELOW.items():
        ids = [row["id"] for row in found.get(above, [])]
        [link, *_] = linked(tables[name], tables[above])
        found[name] = await _rows(tables[name], link.is_in(ids)) if ids else []
    found["inspection"] = [row for row in found["inspection"] if not _unannounced(row)]
    holders = await land.holders_told(person)
    for row in found.get("land_paper", []):
        row["holder"] = holders.get(row["id"], "")
    addresses = {one.id: one.address for one in await contacts.contacts_of(person)}
    for row in found.get("contact", []):
        row["address"] = addresses.get(row["id"], "")
    return {name: rows for name, rows in found.items() if rows}


def _unannounced(visit: Mapping[str, Any]) -> bool:
    """A random visit is no business of the farmer's until the inspectors stand there."""
    return bool(visit["kind"] == "random" and visit["started_at"] is None)


def columns(table: type[Table]) -> list[Column]:
    """Those that say of whom a row is."""
    named = NAMED.get(table._meta.tablename, ())
    return linked(table, Person) + [table._meta.get_column_by_name(name) for name in named]


def linked(table: type[Table], to: type[Table]) -> list[Column]:
    return [
        column
        for column in table._meta.foreign_key_columns
        if column._foreign_key_meta.resolved_references is to
    ]


async def _particulars(person: str) -> dict[str, Any]:
    held: dict[str, Any] = msgspec.to_builtins(await people.particulars(person))
    return held


async def _rows(table: type[Table], condition: Any) -> Rows:
    shown = [column for column in table._meta.columns if not _secret(column)]
    rows: Rows = await table.select(*shown).where(condition).order_by(*shown[:1])
    return rows


def _secret(column: Column) -> bool:
    hidden = isinstance(column, Bytea) or column._meta.name.endswith(SECRET_ENDS)
    return hidden and not isinstance(column, ForeignKey)


def packed(found: Mapping[str, Rows], about: str) -> bytes:
    """A zip: `about` in words, everything as JSON, and a table for each kind."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", about)
        file.writestr("everything.json", msgspec.json.format(msgspec.json.encode(found), indent=1))
        for name, rows in found.items():
            file.writestr(f"{name}.csv", "\ufeff" + _table(rows))
    return whole.getvalue()


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows[0])
    writer.writerows(_cells(row) for row in rows)
    return text.getvalue()


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    for value in row.values():
        cell = "" if value is None else str(value)
        yield f"'{cell}" if isinstance(value, str) and cell.startswith(FORMULA) else cell
