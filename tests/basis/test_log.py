import asyncio
import hashlib
from typing import Any

import asyncpg
import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from piccolo import columns as column
from piccolo.table import Table

from certification.basis import log
from certification.basis.database import Database, in_use
from certification.basis.log import LogCursor, LogEntry, LogHead, commitment
from certification.basis.proof import faults, verify
from certification.basis.transaction import run, transaction
from tests.basis.village import TODAY, Plot, PlotMapped, Vow, map_plot, tell
from tests.databases import only_postgres, only_sqlite

PROVEN = [Plot, Vow]


class VowTaken(msgspec.Struct, frozen=True, tag="vows.taken"):
    vow: int


class Loose(msgspec.Struct, frozen=True, tag="loose"):
    value: Any


async def story(count: int = 3) -> None:
    for number in range(count):
        await run(map_plot, f"plot-{number}")


async def remap(id: str, **values: object) -> None:
    await Plot.update({getattr(Plot, name): value for name, value in values.items()}).where(
        Plot.id == id
    )
    tell(id)


async def test_the_chain_can_be_recomputed_by_a_stranger(village_db: Database) -> None:
    """With nothing but SHA-256 and a JSON reader."""
    await story()
    prev = bytes(32)
    for seq, row in enumerate(await LogEntry.select().order_by(LogEntry.seq), start=1):
        body = msgspec.json.decode(row["body"])
        assert (row["seq"], row["prev"]) == (seq, prev)
        assert (body["seq"], body["prev"]) == (seq, prev.hex())
        assert rfc8785.dumps(body) == row["body"]
        prev = hashlib.sha256(b"\0" + row["body"]).digest()
        assert row["leaf"] == prev
    assert await LogHead.select() == [{"id": 1, "seq": 3, "leaf": prev}]
    assert await verify(PROVEN) is None


SAME = "dca59aea3e33fd497c865fa77159b132b00db91c7009a73124f99cae36b31f62"


async def test_the_same_deeds_give_the_same_bytes_on_both_engines(village_db: Database) -> None:
    await story()
    [head] = await LogHead.select()
    assert head["leaf"].hex() == SAME


async def test_an_event_says_who_what_and_when(village_db: Database) -> None:
    await story(1)
    [entry] = await log.after(0)
    assert entry.event == {"type": "plots.mapped", "plot": "plot-0", "area_m2": 1600}
    assert (entry.subject, entry.by) == ("plot-0", "p-malee")
    assert entry.at == "2026-11-22T07:30:15.123456Z"
    assert {told["id"]: sorted(told["cells"]) for told in entry.rows} == {
        "plot-0": sorted(c._meta.name for c in Plot._meta.columns)
    }


async def test_seq_is_the_order_of_commits_without_gaps(village_db: Database) -> None:
    async def failing(number: int) -> None:
        await map_plot(f"bad-{number}")
        raise ValueError

    deeds = [run(map_plot, f"plot-{n}") for n in range(20)] + [run(failing, n) for n in range(10)]
    done = await asyncio.gather(*deeds, return_exceptions=True)
    assert sum(isinstance(x, ValueError) for x in done) == 10
    assert [entry.seq for entry in await log.after(0)] == list(range(1, 21))
    assert await verify(PROVEN) is None


async def test_one_transaction_may_tell_several_events_of_one_row(village_db: Database) -> None:
    async with transaction():
        await map_plot("a")
        await remap("a", area_m2=900)
        await Vow.insert(Vow(id=1, words="no poison"))
        log.append(VowTaken(1), (Vow, 1), (Plot, "a"), subject="a", by="p", at=TODAY)
    assert [entry.seq for entry in await log.after(0)] == [1, 2, 3]
    assert await verify(PROVEN) is None


@only_postgres  # SQLite's writers come one after another
async def test_a_row_told_while_another_deed_changes_it_is_told_as_it_stays(
    village_db, village_url
) -> None:
    await story(1)

    async def change() -> None:
        await remap("plot-0", area_m2=7)

    async def only_tell() -> None:
        tell("plot-0")

    holder = await asyncpg.connect(village_url)
    async with holder.transaction():
        await holder.execute("UPDATE log_head SET seq = seq")
        deeds = [asyncio.create_task(run(change))]
        await asyncio.sleep(0.1)
        deeds.append(asyncio.create_task(run(only_tell)))
        await asyncio.sleep(0.1)
    await holder.close()
    await asyncio.gather(*deeds)
    assert await verify(PROVEN) is None


async def test_an_event_without_a_transaction_is_refused(village_db: Database) -> None:
    with pytest.raises(AssertionError, match="belongs to a transaction"):
        tell("a")


@pytest.mark.parametrize("value", [1.5, True, None, [None], {"deep": [0.1]}])
async def test_the_log_speaks_in_integers_and_strings(village_db: Database, value: Any) -> None:
    with pytest.raises(TypeError):
        async with transaction():
            log.append(Loose(value), subject="x", by="p", at=TODAY)
    assert await log.after(0) == []


async def test_a_reader_goes_on_where_it_stopped_and_passes_nothing_over(
    village_db: Database,
) -> None:
    await story(5)
    seen: list[int] = []

    async def handle(entry: log.Entry) -> None:
        if entry.seq == 3 and seen.count(3) == 0:
            seen.append(3)
            raise OSError("the world is away")
        seen.append(entry.seq)

    with pytest.raises(OSError, match="away"):
        await log.consume("notices", handle)
    assert await log.consume("notices", handle, limit=2) == 2
    assert await log.consume("notices", handle) == 1
    assert await log.consume("notices", handle) == 0
    assert seen == [1, 2, 3, 3, 4, 5]
    assert await LogCursor.select() == [{"reader": "notices", "seq": 5}]


EDITS = {
    "code": "'ZZZ'", "area_m2": "1601", "organic": "{false}", "since": "'2026-11-23'",
    "seen_at": "'2026-11-22 07:30:15.123457+00:00'", "photo": "{bytes}", "farmer": "'Krit'",
    "note": "'เขียนใหม่'", "salt": "{bytes}",
}  # fmt: skip
EMPTIED = ["since", "seen_at", "photo", "farmer", "note", "salt"]
CELLS = [*EDITS.items(), *((name, "NULL") for name in EMPTIED)]


def in_words_of(url: str, sql: str) -> str:
    postgres = url.startswith("postgres")
    return sql.replace("{false}", "false" if postgres else "0").replace(
        "{bytes}", "'\\x0909'" if postgres else "x'0909'"
    )


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


@pytest.mark.parametrize("salt", [None, b"too short"])
async def test_a_secret_cell_needs_a_salt(village_db: Database, salt: bytes | None) -> None:
    with pytest.raises(ValueError, match="is secret and has no salt"):
        await run(map_plot, "a", salt=salt)
    await run(map_plot, "a", salt=salt, farmer=None, note=None)  # nothing to hide
    assert await verify(PROVEN) is None


@only_sqlite  # PostgreSQL cannot hold one
async def test_a_cell_of_the_wrong_kind_is_found(
    village_db: Database, village_url: str, by_hand
) -> None:
    await story()
    await by_hand("UPDATE plot SET area_m2 = 'abc' WHERE id = 'plot-1'")
    fault = await verify(PROVEN)
    assert fault
    assert (fault.table, fault.row, fault.column) == ("plot", "plot-1", "area_m2")


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


async def test_two_readers_of_one_name_may_hear_an_entry_twice_and_miss_none(
    village_db: Database,
) -> None:
    """As two workers would: there is no lease."""
    await story(6)
    heard: dict[str, list[int]] = {"one": [], "two": []}

    async def read(who: str) -> None:
        async def handle(entry: log.Entry) -> None:
            await asyncio.sleep(0)
            heard[who].append(entry.seq)

        while await log.consume("notices", handle, limit=2):
            pass

    await asyncio.gather(read("one"), read("two"))
    assert sorted({*heard["one"], *heard["two"]}) == [1, 2, 3, 4, 5, 6]
    assert all(seqs == sorted(set(seqs)) for seqs in heard.values())
    assert await LogCursor.select() == [{"reader": "notices", "seq": 6}]


async def test_a_slow_reader_does_not_put_the_cursor_back(village_db: Database) -> None:
    await story(4)

    async def nothing(entry: log.Entry) -> None: ...

    async def overtaken(entry: log.Entry) -> None:
        if entry.seq == 1:
            await log.consume("notices", nothing)

    await log.consume("notices", overtaken, limit=1)
    assert await LogCursor.select() == [{"reader": "notices", "seq": 4}]


async def test_a_reader_inside_a_deed_is_refused(village_db: Database) -> None:
    async def nothing(entry: log.Entry) -> None: ...

    with pytest.raises(AssertionError, match="outside every deed"):
        async with transaction():
            await log.consume("notices", nothing)


async def test_the_events_of_one_subject_and_the_head(village_db: Database) -> None:
    await story()
    async with transaction():
        await remap("plot-1", area_m2=5)
    assert [entry.seq for entry in await log.events_of("plot-1")] == [2, 4]
    assert await log.events_of("nobody") == []
    seq, leaf = await log.head()
    assert (seq, len(leaf)) == (4, 32)
    assert await verify(PROVEN, witnessed=(seq, leaf)) is None


def test_a_boolean_and_its_number_and_nothing_at_all() -> None:
    assert log.plain(True) == log.plain(1) == ["1"]
    assert log.plain(False) == ["0"]
    assert log.plain(None) == []
    assert log.plain("") == [""]
    for value in (1.5, [1], {"a": 1}):
        with pytest.raises(TypeError, match="has no place in a proven table"):
            log.plain(value)


PARTS = st.recursive(
    st.text() | st.integers(-log.EXACT_MAX, log.EXACT_MAX),
    lambda part: st.lists(part) | st.dictionaries(st.text(st.characters(max_codepoint=127)), part),
)


@given(PARTS)
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert log.canonical(value) == rfc8785.dumps(value)


def test_every_letter_is_written_as_rfc_8785_writes_it() -> None:
    letters = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    assert log.canonical(letters) == rfc8785.dumps(letters)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (2**53, "exact to 2"), (-(2**53), "exact to 2"), ({"ไร่": 1}, "ASCII"), ({1: 1}, "ASCII"),
        (TODAY, "integers and strings"), (b"x", "integers and strings"), ({"a"}, "integers"),
        (VowTaken(1), "integers and strings"), (True, "integers and strings"),
    ],
)  # fmt: skip
def test_what_has_no_exact_form_is_refused(value: Any, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        log.canonical([{"deep": value}])


def test_half_a_letter_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        log.canonical("\ud800")
