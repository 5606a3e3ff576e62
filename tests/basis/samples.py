"""One row of any Table, made from the kinds of its columns, and the rows it refers to."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from piccolo.columns import Column, ForeignKey
from piccolo.table import Table

from tests.basis.village import TODAY as NOW

TODAY = NOW.date()

SAMPLES: dict[str, dict[str, Any]] = {
    "stock": {
        "capacity_grams": 15_500, "available_grams": 5_000, "held_grams": 4_000,
        "leased_grams": 3_000, "sold_grams": 2_000, "waste_grams": 1_000,
        "used_grams": 500,
    },
    "bundle_part": {"pieces": None},
    "preorder": {"deposit_satang": None},
    "cycle_template": {"opens_before_minutes": 9},
    "cycle_template_place": {"until_minute": 9},
    "standing_order": {"every_weeks": 1},
    "label_run": {"reason": None, "reprint_of": None},
    "truck_shift": {"weekday": 1, "starts_minute": 360, "ends_minute": 720},
    "day_truck": {"starts_minute": 360, "ends_minute": 720},
    "day_stop": {"opens_minute": 360, "closes_minute": 720},
    "place_window": {"weekday": 1, "opens_minute": 360, "closes_minute": 720},
    "lease": {"taken_grams": 9, "left_grams": 4, "sold_grams": 3},
    "custody_difference": {"sent_grams": 9},
    "shortage": {"given_grams": 3, "there_grams": 5, "ordered_grams": 9},
    "truck_handed_on": {"to_person": None, "leased_grams": 3},
    "settlement": {
        "gross_satang": 1_500, "merchant_satang": 100, "truck_satang": 200, "fund_satang": 300,
        "group_satang": 400, "farmers_satang": 500,
    },
}  # fmt: skip
"""By table and column, where a Check wants more than a value of the right kind."""

Made = dict[tuple[str, int], Any]
"""The keys of the rows that were made, by table and by which of its rows it is."""


async def make(table: type[Table], made: Made, which: int = 0) -> Any:
    """Insert row number `which` of the table, unless it is there; tells its key."""
    name = table._meta.tablename
    if (name, which) not in made:
        values = {}
        for at, column in enumerate(table._meta.columns):
            if isinstance(column, ForeignKey):
                values[column._meta.name] = await _refer(table, column, made, which)
            else:
                values[column._meta.name] = _value(name, column, at, which)
        await table.insert(table(**{**values, **SAMPLES.get(name, {})}))
        made[name, which] = values[table._meta.primary_key._meta.name]
    return made[name, which]


async def _refer(table: type[Table], column: ForeignKey, made: Made, which: int) -> Any:
    """Two columns that refer to one table refer to two of its rows: a Check may want that."""
    target = column._foreign_key_meta.resolved_references
    if target is table:
        return None
    alike = [
        other._meta.name
        for other in table._meta.foreign_key_columns
        if other._foreign_key_meta.resolved_references is target
    ]
    return await make(target, made, which + alike.index(column._meta.name))


def _value(table: str, column: Column, at: int, which: int) -> Any:
    """Times rise from column to column, as `since` and `until` want it."""
    kind = column.value_type
    if kind is str:
        said = hashlib.sha256(f"{table}.{column._meta.name}.{which}".encode()).hexdigest()
        return said[: min(getattr(column, "length", None) or 36, 36)]
    values = {
        bool: True,
        int: 7 + which,
        bytes: b"0123456789abcdef",
        date: TODAY + timedelta(days=at),
        datetime: NOW + timedelta(hours=at),
    }
    return values[kind]


def other(value: Any, column: Column) -> Any:
    """A value of the same kind that is not this one."""
    if value is None:
        kind = column.value_type if not isinstance(column, ForeignKey) else str
        value = {str: "a", int: 1, bytes: b"a", date: TODAY, datetime: NOW, bool: False}[kind]
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return ("b" if value.startswith("a") else "a") + value[1:]
        case bytes():
            return value[:-1] + b"\0"
        case datetime():
            return value + timedelta(microseconds=1)
        case date():
            return value + timedelta(days=1)
    raise AssertionError(f"{value!r} has no other")


def literal(value: Any, engine_type: str) -> str:
    """The value in SQL as somebody would type it by hand."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower() if engine_type == "postgres" else str(int(value))
        case int():
            return str(value)
        case bytes():
            return f"'\\x{value.hex()}'" if engine_type == "postgres" else f"x'{value.hex()}'"
        case datetime():
            return f"'{value.astimezone(UTC).isoformat(' ')}'"
    return "'" + str(value).replace("'", "''") + "'"
