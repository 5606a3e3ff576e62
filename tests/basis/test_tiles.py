"""The tree kept in tiles: the same proofs as from all leaves, few rows, nothing edited unseen."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench import proofs
from certification.basis import log, merkle, tiles
from certification.basis.database import Database, in_use
from certification.basis.log import LogEntry
from certification.basis.tiles import LogTile, tile_id
from certification.basis.transaction import run, transaction
from certification.basis.tree_proof import faults
from tests.basis.test_merkle import hashes, told, told_consistency, told_inclusion
from tests.basis.village import TODAY
from tests.databases import edit_by_hand


class Counted(msgspec.Struct, frozen=True, tag="samples.counted"):
    number: int


async def grow(count: int) -> None:
    async with transaction():
        for number in range(count):
            log.append(Counted(number), subject="x", by="p-malee", at=TODAY)


async def leaves() -> list[bytes]:
    return [row["leaf"] for row in await LogEntry.select(LogEntry.leaf).order_by(LogEntry.seq)]


async def lay_all() -> int:
    laid = 0
    while more := await run(tiles.lay):
        laid += more
    return laid


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of four: a log of a hundred entries has as many levels as one of a million."""
    monkeypatch.setattr(tiles, "HEIGHT", 2)
    for module in ("tiles", "tree_proof"):
        monkeypatch.setattr(f"certification.basis.{module}.WIDTH", 4)


async def test_the_proofs_of_every_size_are_those_of_the_rfc(db: Database, narrow: None) -> None:
    await grow(90)
    all_leaves = await leaves()
    assert await tiles.root(0) == merkle.EMPTY
    with pytest.raises(tiles.HoleInLog):
        await tiles.root(90)
    await lay_all()
    for size in (1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 70, 89, 90):
        so_far = all_leaves[:size]
        assert await tiles.root(size) == told(so_far)
        for index in {0, size // 2, size - 1}:
            assert await tiles.inclusion(index, size) == told_inclusion(index, so_far)
        for first in {1, size // 2 or 1, size}:
            assert await tiles.consistency(first, size) == told_consistency(first, so_far)
    assert await LogTile.count() == 22 + 5 + 1
    assert await faults() == []


async def test_real_tiles_hold_256_and_are_as_c2sp_says(db: Database) -> None:
    await grow(600)
    assert await lay_all() == 2
    all_leaves = await leaves()
    [first, second] = await LogTile.select().order_by(LogTile.id)
    assert (first["id"], second["id"]) == (tile_id(0, 0), tile_id(0, 1))
    assert first["hashes"] == b"".join(all_leaves[:256])
    assert second["root"] == told(all_leaves[256:512])
    proof = await tiles.inclusion(300, 600)
    assert proof == hashes(merkle.inclusion(300, 600), all_leaves)
    assert merkle.includes(await tiles.root(600), 600, 300, all_leaves[300], proof)


async def test_a_proof_reads_no_more_rows_in_a_longer_log(
    db: Database, narrow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def rows_for(size: int) -> int:
        read: list[int] = []
        fetch = type(db).fetch

        async def counting(self: Database, sql: str, args: Sequence[Any] = ()) -> Any:
            found = await fetch(self, sql, args)
            read.append(len(found))
            return found

        monkeypatch.setattr(type(db), "fetch", counting)
        await tiles.inclusion(1, size)
        monkeypatch.undo()
        monkeypatch.setattr(tiles, "HEIGHT", 2)
        monkeypatch.setattr(tiles, "WIDTH", 4)
        return sum(read)

    await grow(1_030)
    await lay_all()
    assert await rows_for(1_023) <= 20
    assert await rows_for(60) <= 20


async def test_two_who_lay_at_the_same_moment_lay_once(db: Database, narrow: None) -> None:
    await grow(70)
    await asyncio.gather(lay_all(), lay_all(), lay_all())
    assert await LogTile.count() == 17 + 4 + 1
    assert await faults() == []


@pytest.fixture
async def grown(db: Database, narrow: None) -> None:
    await grow(70)
    await lay_all()


ZEROS = {"sqlite": "zeroblob({})", "postgres": "decode(repeat('00', {}), 'hex')"}


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("UPDATE log_tile SET root = {32} WHERE id = {of}", [("0/3", "root"), ]),
        ("UPDATE log_tile SET hashes = {128} WHERE id = {of}", [("0/3", "hashes")]),
        ("DELETE FROM log_tile WHERE id = {of}", [("0/3", None)]),
        ("UPDATE log_tile SET id = id + 20 WHERE id = {of}", [("0/3", None), ("0/17", None)]),
    ],
)  # fmt: skip
async def test_an_edited_tile_is_named(
    grown: None, market_url: str, what: str, named: list[tuple[str, str | None]]
) -> None:
    zeros = ZEROS[in_use().engine_type]
    for count in (32, 128):
        what = what.replace(f"{{{count}}}", zeros.format(count))
    await edit_by_hand(market_url, what.replace("{of}", str(tile_id(0, 3))))
    found = [(fault.row, fault.column) for fault in await faults() if fault.table == "log_tile"]
    assert found == named


async def test_an_edited_leaf_no_longer_fits_its_tiles(grown: None, market_url: str) -> None:
    zeros = ZEROS[in_use().engine_type].format(32)
    await edit_by_hand(market_url, f"UPDATE log_entry SET leaf = {zeros} WHERE seq = 6")
    assert {fault.row for fault in await faults()} == {"0/1", "1/0", "2/0"}


async def test_entries_that_are_gone_leave_tiles_over_nothing(grown: None, market_url: str) -> None:
    await edit_by_hand(market_url, "DELETE FROM log_entry WHERE seq > 66")
    assert [fault.row for fault in await faults()] == ["0/16"]
    with pytest.raises(tiles.HoleInLog):
        await tiles.root(70)


async def test_a_missing_table_is_a_fault_with_a_name(db: Database, market_url: str) -> None:
    await edit_by_hand(market_url, "DROP TABLE log_tile")
    [fault] = await faults()
    assert (fault.table, fault.why) == ("log_tile", "the table is gone")


@pytest.mark.long
async def test_a_proof_does_not_grow_with_the_record(
    url: str, tmp_path: Path, record_property
) -> None:
    """`./run bench proofs`: a hundred times the entries, twice the cost at most."""
    found = await proofs.measure(url, tmp_path)
    told = {name: found[name] for name in ("laid_s", "signed_ms", "verify_s")}
    figure = f"{proofs.LONG:,} entries: {found['micros']['long']['median'] / 1000:.2f} ms a proof,"
    grown = found["long_to_short"]
    record_property(
        "figure", f"{figure} {grown['median']}x that of {proofs.SHORT:,} "
        f"({grown['min']} to {grown['max']}); {told}",
    )  # fmt: skip
    assert not found["over"]
