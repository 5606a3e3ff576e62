"""The log: its bytes, its order, its readers."""

import asyncio
import hashlib
from typing import Any

import asyncpg
import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from certification.basis import log
from certification.basis.database import Database
from certification.basis.log import LogCursor, LogEntry, LogHead
from certification.basis.proof import verify
from certification.basis.transaction import run, transaction
from tests.basis.village import (
    PROVEN,
    TODAY,
    Plot,
    Vow,
    map_plot,
    remap,
    story,
    tell,
)
from tests.databases import only_postgres


class VowTaken(msgspec.Struct, frozen=True, tag="vows.taken"):
    vow: int


class Loose(msgspec.Struct, frozen=True, tag="loose"):
    value: Any


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


@pytest.mark.parametrize("salt", [None, b"too short"])
async def test_a_secret_cell_needs_a_salt(village_db: Database, salt: bytes | None) -> None:
    with pytest.raises(ValueError, match="is secret and has no salt"):
        await run(map_plot, "a", salt=salt)
    await run(map_plot, "a", salt=salt, farmer=None, note=None)  # nothing to hide
    assert await verify(PROVEN) is None


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
