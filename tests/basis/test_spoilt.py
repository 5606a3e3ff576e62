"""Tables, columns and values that are gone or cannot be read: faults with names, no crash."""

import pytest

from certification.basis import log
from certification.basis.database import Database
from certification.basis.proof import faults, verify
from tests.basis.village import PROVEN, story
from tests.databases import only_postgres, only_sqlite


@only_sqlite  # PostgreSQL cannot hold one
async def test_a_cell_of_the_wrong_kind_is_found(
    village_db: Database, village_url: str, by_hand
) -> None:
    await story()
    await by_hand("UPDATE plot SET area_m2 = 'abc' WHERE id = 'plot-1'")
    fault = await verify(PROVEN)
    assert fault
    assert (fault.table, fault.row, fault.column) == ("plot", "plot-1", "area_m2")


GONE = [
    ("DROP TABLE vow", "vow", None),
    ("DROP TABLE log_entry", "log_entry", None),
    ("DROP TABLE log_head", "log_head", None),
    ("ALTER TABLE log_entry RENAME COLUMN prev TO was_prev", "log_entry", "prev"),
    ("ALTER TABLE log_head RENAME COLUMN leaf TO was_leaf", "log_head", "leaf"),
    ("ALTER TABLE plot RENAME COLUMN note TO was_note", "plot", "note"),
    ("ALTER TABLE plot RENAME COLUMN area_m2 TO area", "plot", "area_m2"),
    ("ALTER TABLE plot RENAME TO land", "plot", None),
    ("ALTER TABLE plot RENAME COLUMN id TO key", "plot", "id"),
]


@pytest.mark.parametrize(("statement", "table", "column"), GONE)
async def test_a_table_or_column_that_is_gone_is_named(
    village_db, by_hand, statement: str, table: str, column: str | None
) -> None:
    """By hand, while the program keeps running: a fault with a name, and nothing else."""
    await story()
    await by_hand("DROP TABLE visit", statement)
    found = [(fault.table, fault.row, fault.column) for fault in await faults(PROVEN)]
    assert found == [(table, "", column)]


async def test_beside_a_column_that_is_gone_the_other_cells_are_still_held(
    village_db, by_hand
) -> None:
    await story()
    await by_hand(
        "ALTER TABLE plot RENAME COLUMN note TO was_note",
        "UPDATE plot SET area_m2 = 7 WHERE id = 'plot-2'",
    )
    found = [(fault.row, fault.column) for fault in await faults(PROVEN)]
    assert found == [("", "note"), ("plot-2", "area_m2")]


async def test_cells_of_the_wrong_kind_are_each_named(village_db, village_url, by_hand) -> None:
    """What the driver cannot read: SQLite holds anything, PostgreSQL times beyond Python's."""
    await story()
    spoilt = {"sqlite": "'spoilt'", "postgres": "'20000-01-01'"}[village_db.engine_type]
    await by_hand(
        f"UPDATE plot SET seen_at = {spoilt} WHERE id IN ('plot-0', 'plot-2')",
        "UPDATE plot SET area_m2 = 7 WHERE id = 'plot-1'",
    )
    found = [(fault.row, fault.column) for fault in await faults(PROVEN)]
    assert found == [("plot-0", "seen_at"), ("plot-1", "area_m2"), ("plot-2", "seen_at")]


@only_postgres  # SQLite cannot change a column's type
async def test_a_column_of_another_type_is_a_fault(village_db, by_hand) -> None:
    await story(1)
    await by_hand("ALTER TABLE plot ALTER COLUMN area_m2 TYPE numeric")
    [fault] = await faults(PROVEN)
    assert (fault.table, fault.row) == ("plot", "plot-0")
    assert "Decimal has no place" in fault.why


BODIES = [b"\xff", b"[]", b'{"seq": 1}', log.canonical({
    "seq": 2, "at": "", "by": "p", "subject": "x", "event": {}, "rows": [], "prev": "ff",
})]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
async def test_a_body_that_is_no_entry_is_a_fault(village_db, by_hand, body: bytes) -> None:
    """Its leaf recomputed, as a careful forger would."""
    await story()
    quoted = "x'{}'" if village_db.engine_type == "sqlite" else "'\\x{}'"
    leaf = quoted.format(log.leaf_hash(body).hex())
    await by_hand(
        f"UPDATE log_entry SET body = {quoted.format(body.hex())}, leaf = {leaf} WHERE seq = 2"
    )
    fault = await verify(PROVEN)
    assert fault
    assert (fault.table, fault.row, fault.column) == ("log_entry", "2", "body")
    assert fault.why.startswith("cannot be read")
