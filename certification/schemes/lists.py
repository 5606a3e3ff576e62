"""Checklist and input list as tables to carry elsewhere and bring back: one row each. Pure.

Several values of one cell (choices, evidence) stand apart by `|`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from certification.schemes.content import Content, Input, Item
from certification.schemes.refusals import ListUnreadable

T = TypeVar("T")
ITEM = (
    "code", "chapter", "section", "th", "en", "answer_type", "severity", "criterion", "source",
    "source_level", "applies_to", "options", "evidence",
)  # fmt: skip
INPUT = (
    "code", "name_th", "name_en", "kind", "substance", "status", "from_on", "until",
    "restriction_th", "restriction_en", "source", "source_level",
)  # fmt: skip
MANY = frozenset({"options", "evidence"})
NESTED = ("name", "restriction")


def item_rows(items: Iterable[Item]) -> list[list[str]]:
    return [
        ["|".join(value) if name in MANY else str(value)
         for name in ITEM for value in [getattr(item, name)]]
        for item in items
    ]  # fmt: skip


def input_rows(inputs: Iterable[Input]) -> list[list[str]]:
    found = []
    for one in inputs:
        said = one.restriction
        found.append([
            one.code, one.name.th, one.name.en, one.kind, one.substance, one.status,
            str(one.from_on or ""), str(one.until or ""), said.th if said else "",
            said.en if said else "", one.source, one.source_level,
        ])  # fmt: skip
    return found


def columns(which: str) -> tuple[str, ...]:
    return ITEM if which == "items" else INPUT


def rows(which: str, content: Content) -> list[list[str]]:
    return item_rows(content.checklist) if which == "items" else input_rows(content.inputs)


def written(which: str, content: Content) -> bytes:
    """A file that any table programme opens, and that is read back as it was."""
    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(columns(which))
    table.writerows([_marked(cell) for cell in row] for row in rows(which, content))
    return file.getvalue().encode("utf-8-sig")


def read_items(file: bytes) -> tuple[Item, ...]:
    return tuple(item(row, line) for line, row in _rows(file, ITEM))


def read_inputs(file: bytes) -> tuple[Input, ...]:
    return tuple(an_input(row, line) for line, row in _rows(file, INPUT))


def item(row: dict[str, str], line: int = 0) -> Item:
    cells: dict[str, Any] = {name: row.get(name, "").strip() for name in ITEM}
    for name in MANY:
        cells[name] = [one.strip() for one in cells[name].split("|") if one.strip()]
    return _made(cells, Item, line)


def an_input(row: dict[str, str], line: int = 0) -> Input:
    cells: dict[str, Any] = {name: row.get(name, "").strip() for name in INPUT}
    for name in NESTED:
        th, en = cells.pop(f"{name}_th"), cells.pop(f"{name}_en")
        cells[name] = {"th": th, "en": en} if th or en or name == "name" else None
    for day in ("from_on", "until"):
        cells[day] = cells[day] or None
    return _made(cells, Input, line)


def _rows(file: bytes, wanted: tuple[str, ...]) -> Iterable[tuple[int, dict[str, str]]]:
    try:
        text = file.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        if set(wanted) - set(reader.fieldnames or ()):
            raise ListUnreadable(field="file", line=1)
        for line, row in enumerate(reader, 2):
            yield line, {name: _plain(row.get(name) or "") for name in wanted}
    except (UnicodeDecodeError, csv.Error):
        raise ListUnreadable(field="file", line=1) from None


def _marked(cell: str) -> str:
    """With a mark that keeps a table programme from reckoning with a text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell


def _plain(cell: str) -> str:
    """Without it."""
    return cell[1:] if cell[:2] in ("'=", "'+", "'-", "'@") else cell


def _made(cells: dict[str, Any], kind: type[T], line: int) -> T:
    try:
        return msgspec.convert(cells, kind)
    except msgspec.ValidationError as why:
        field = str(why).rpartition("$.")[2].strip("`") if "$." in str(why) else "file"
        raise ListUnreadable(field=field if line == 0 else "file", line=line) from None
