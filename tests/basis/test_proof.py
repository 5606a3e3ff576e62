"""Holding the tables against the log: whatever was changed by hand is found and named."""

import asyncio
import hashlib

import pytest
from piccolo import columns as column
from piccolo.table import Table

from certification.basis import log
from certification.basis.database import Database, in_use
from certification.basis.log import LogEntry, LogHead, commitment
from certification.basis.proof import faults, verify
from certification.basis.transaction import run, transaction
from tests.basis.village import (
    PROVEN,
    TODAY,
    Plot,
    PlotMapped,
    in_words_of,
    map_plot,
    remap,
    story,
    tell,
)

EDITS = {
    "code": "'ZZZ'", "area_m2": "1601", "organic": "{false}", "since": "'2026-11-23'",
    "seen_at": "'2026-11-22 07:30:15.123457+00:00'", "photo": "{bytes}", "farmer": "'Krit'",
    "note": "'เขียนใหม่'", "salt": "{bytes}",
}  # fmt: skip
EMPTIED = ["since", "seen_at", "photo", "farmer", "note", "salt"]
CELLS = [*EDITS.items(), *((name, "NULL") for name in EMPTIED)]


@pytest.mark.parametrize(("column", "value"), CELLS)
async def test_every_edited_cell_is_named(
    village_db, village_url, by_hand, column: str, value: str
) -> None:
    await story()
    await by_hand(
        in_words_of(village_url, f"UPDATE plot SET {column} = {value} WHERE id = 'plot-1'")
    )
    fault = await verify(PROVEN)
    assert fault
    assert (fault.table, fault.row, fault.column) == ("plot", "plot-1", column)


def test_every_column_is_edited_above() -> None:
    assert {*EDITS, "id"} == {c._meta.name for c in Plot._meta.columns}


INSERTED = "INSERT INTO plot (id, code, area_m2) VALUES ('plot-9', 'x', 5)"
SWAPPED = [
    "UPDATE plot SET id = 'away' WHERE id = 'plot-0'",
    "UPDATE plot SET id = 'plot-0' WHERE id = 'plot-1'",
    "UPDATE plot SET id = 'plot-1' WHERE id = 'away'",
]
ROWS = [
    (["UPDATE plot SET id = 'plot-15' WHERE id = 'plot-1'"], "plot-15", None),
    (["DELETE FROM plot WHERE id = 'plot-1'"], "plot-1", None),
    ([INSERTED], "plot-9", None),
    (SWAPPED, "plot-0", "code"),
    (["UPDATE plot SET area_m2 = area_m2 + 1"], "plot-0", "area_m2"),
]


@pytest.mark.parametrize(("statements", "row", "column"), ROWS)
async def test_rows_renamed_deleted_inserted_and_swapped(
    village_db, by_hand, statements: list[str], row: str, column: str | None
) -> None:
    await story()
    await by_hand(*statements)
    fault = await verify(PROVEN)
    assert fault
    assert (fault.table, fault.row, fault.column) == ("plot", row, column)


async def test_a_change_that_was_not_told_is_found(village_db: Database) -> None:
    await story()
    await Plot.update({Plot.area_m2: 5}).where(Plot.id == "plot-2")
    fault = await verify(PROVEN)
    assert fault
    assert (fault.row, fault.column) == ("plot-2", "area_m2")


async def test_a_deletion_that_was_told_is_in_order(village_db: Database) -> None:
    await story()
    async with transaction():
        await Plot.delete().where(Plot.id == "plot-2")
        tell("plot-2")
    assert await verify(PROVEN) is None


LOG_EDITS = {
    "seq": "seq + 100", "at": "'2020-01-01 00:00:00+00:00'", "tag": "'other'", "subject": "'x'",
    "actor": "'p-krit'", "prev": "{bytes}", "leaf": "{bytes}", "body": "{bytes}",
}  # fmt: skip


@pytest.mark.parametrize("column", LOG_EDITS)
@pytest.mark.parametrize("seq", [1, 2, 3])
async def test_every_edited_cell_of_the_log_is_found(
    village_db, village_url, by_hand, column, seq: int
) -> None:
    await story()
    value = in_words_of(village_url, LOG_EDITS[column])
    await by_hand(f"UPDATE log_entry SET {column} = {value} WHERE seq = {seq}")
    fault = await verify(PROVEN)
    assert fault
    expected = {"leaf": "body", "seq": None}.get(column, column)
    if (column, seq) == ("seq", 3):
        assert (fault.row, fault.column) == ("3", None)
    assert (fault.table, fault.row, fault.column) == ("log_entry", str(seq), expected)


@pytest.mark.parametrize(
    ("statement", "table", "row"),
    [
        ("DELETE FROM log_entry WHERE seq = 1", "log_entry", "1"),
        ("DELETE FROM log_entry WHERE seq = 2", "log_entry", "2"),
        ("DELETE FROM log_entry WHERE seq = 3", "log_head", "1"),
        ("UPDATE log_head SET seq = 2", "log_head", "1"),
        ("UPDATE log_head SET leaf = {bytes}", "log_head", "1"),
        ("UPDATE log_head SET id = 2", "log_head", "1"),
        ("DELETE FROM log_head", "log_head", "1"),
    ],
)
async def test_a_log_cut_or_beheaded_is_found(
    village_db, village_url, by_hand, statement, table, row
) -> None:
    await story()
    await by_hand(in_words_of(village_url, statement))
    fault = await verify(PROVEN)
    assert fault
    assert (fault.table, fault.row) == (table, row)


async def test_two_entries_swapped_are_found(village_db, by_hand) -> None:
    await story()
    await by_hand(*(f"UPDATE log_entry SET seq = {a} WHERE seq = {b}"
                    for a, b in ((9, 1), (1, 2), (2, 9))))  # fmt: skip
    fault = await verify(PROVEN)
    assert fault
    assert (fault.table, fault.row, fault.column) == ("log_entry", "1", "seq")


async def test_a_log_put_back_to_an_older_day_is_found_by_a_witness_only(
    village_db, by_hand
) -> None:
    await story()
    [head] = await LogHead.select()
    [second] = await LogEntry.select().where(LogEntry.seq == 2)
    hexed = second["leaf"].hex()
    await by_hand(
        "DELETE FROM log_entry WHERE seq = 3", "DELETE FROM plot WHERE id = 'plot-2'",
        "UPDATE log_head SET seq = 2, leaf = "
        + (f"x'{hexed}'" if village_db.engine_type == "sqlite" else f"'\\x{hexed}'"),
    )  # fmt: skip
    assert await verify(PROVEN) is None
    fault = await verify(PROVEN, witnessed=(head["seq"], head["leaf"]))
    assert fault
    assert (fault.row, fault.why) == ("3", "was witnessed, and is gone")
    await run(map_plot, "another")
    fault = await verify(PROVEN, witnessed=(head["seq"], head["leaf"]))
    assert fault
    assert (fault.row, fault.column) == ("3", "leaf")


async def test_after_erasure_the_proof_stays_and_says_nothing_by_itself(
    village_db: Database,
) -> None:
    await story(1)
    [before] = await Plot.select()
    async with transaction():
        await remap("plot-0", farmer=None, note=None, salt=None)
    assert await verify(PROVEN) is None
    cells = (await log.after(0))[0].rows[0]["cells"]
    content = log.canonical(["plot", "plot-0", "farmer", before["farmer"]])
    assert cells["farmer"] == commitment(before["salt"], "farmer", content)  # whoever kept both
    assert cells["farmer"] != commitment(b"", "farmer", content)
    assert cells["farmer"] != hashlib.sha256(content).hexdigest()


async def test_verifying_looks_at_one_moment_while_others_write(village_db: Database) -> None:
    await story(20)
    stop = asyncio.Event()

    async def writers() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            await run(map_plot, f"more-{number}")

    writing = asyncio.create_task(writers())
    for _ in range(5):
        assert await verify(PROVEN) is None
    stop.set()
    await writing
    assert await in_use().query("SELECT count(*) AS n FROM plot") != [{"n": 20}]


async def test_entries_inserted_before_the_first_and_after_the_last(
    village_db, village_url, by_hand
) -> None:
    await story()
    for seq in (4, 0):
        await by_hand(in_words_of(
            village_url,
            "INSERT INTO log_entry (seq, at, tag, subject, actor, body, prev, leaf)"
            f" SELECT {seq}, at, tag, subject, actor, body, prev, leaf FROM log_entry"
            " WHERE seq = 1",
        ))  # fmt: skip
        fault = await verify(PROVEN)
        assert fault
        assert (fault.table, fault.row) == ("log_entry", "1" if seq == 0 else "4")


class Coloured(Table, tablename="plot"):
    """`plot` after a migration has added a column."""

    id = column.Varchar(length=40, primary_key=True)
    colour = column.Varchar()


async def test_a_new_column_is_unproven_until_its_rows_are_told_again(village_db: Database) -> None:
    await story(1)
    Coloured._meta._db = village_db
    await village_db.fetch("ALTER TABLE plot ADD COLUMN colour varchar NOT NULL DEFAULT ''")
    fault = await verify([Coloured])
    assert fault
    assert (fault.row, fault.column) == ("plot-0", "colour")
    async with transaction():
        log.append(PlotMapped("plot-0", 1), (Coloured, "plot-0"), subject="x", by="p", at=TODAY)
    assert await verify([Coloured]) is None


async def test_all_faults_are_told_the_log_first_and_no_more_than_asked(
    village_db, village_url, by_hand
) -> None:
    await story(5)
    await by_hand(
        in_words_of(village_url, "UPDATE log_entry SET actor = 'p-krit' WHERE seq IN (2, 4)"),
        "UPDATE plot SET area_m2 = 1601 WHERE id IN ('plot-0', 'plot-3')",
        in_words_of(village_url, "UPDATE plot SET organic = {false} WHERE id = 'plot-3'"),
        "DELETE FROM plot WHERE id = 'plot-4'",
    )
    found = [(fault.table, fault.row, fault.column) for fault in await faults(PROVEN)]
    assert found == [
        ("log_entry", "2", "actor"), ("log_entry", "4", "actor"), ("plot", "plot-0", "area_m2"),
        ("plot", "plot-3", "area_m2"), ("plot", "plot-3", "organic"), ("plot", "plot-4", None),
    ]  # fmt: skip
    assert len(await faults(PROVEN, most=3)) == 3
