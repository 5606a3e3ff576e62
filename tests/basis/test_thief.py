"""A thief who has the database, the program, the folder, even the key, against one who kept a note.

SQLite only: both engines are read by the same code, and each kind of edit is named on both in
test_proof, test_every_cell, test_tiles and test_checkpoints. Here it is their number that counts.
"""

import random
import shutil
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from piccolo.table import Table

from certification.basis import checkpoints, notes, tree_proof, witnesses
from certification.basis.checkpoints import LogCheckpoint
from certification.basis.log import LogEntry, LogHead
from certification.basis.notes import Checkpoint
from certification.basis.proof import faults
from certification.basis.schema import PROVEN
from certification.basis.tiles import LogTile
from certification.basis.transaction import run
from market.db import all_tables, engine_for
from tests.basis.samples import literal, other
from tests.basis.test_checkpoints import use
from tests.basis.test_every_cell import made, tagged
from tests.basis.test_tiles import grow
from tests.basis.village import TODAY
from tests.databases import build, edit_by_hand, only_sqlite, opened

SEED = 20261125
SOME = 12
"""Proven tables with a row each."""


async def _settled(folder: Path, *, deeds: int = 600) -> Checkpoint:
    """A record with tiles and two checkpoints; the newest is what a neighbour keeps."""
    use(folder)
    chance = random.Random(SEED)
    await run(made, chance.sample(tagged(PROVEN), SOME))
    await grow(deeds // 2)
    await checkpoints.sign(at=TODAY)
    await grow(deeds // 2)
    note = (await checkpoints.sign(at=TODAY)).note
    await grow(3)
    return notes.read_checkpoint(notes.text_of(note))


async def _is_found(held: Checkpoint) -> bool:
    if await faults(tagged(PROVEN), most=1) or await tree_proof.faults(most=1):
        return True
    return (await witnesses.judge(held)).found != "fits"


async def _theft(chance: random.Random, held: Checkpoint) -> tuple[str, list[str]]:
    match chance.choice(["edit", "edit", "edit", "delete", "swap", "roll back"]):
        case "edit":
            table, row = await _somewhere(chance, [*tagged(PROVEN), LogEntry, LogTile, LogHead])
            column = chance.choice(table._meta.columns)
            value = literal(other(row[column._meta.name], column), "sqlite")
            return "edited", [
                f'UPDATE "{table._meta.tablename}" SET "{column._meta.db_column_name}" = {value}'
                f" WHERE {_this(table, row)}"
            ]
        case "delete":
            table, row = await _somewhere(chance, [*tagged(PROVEN), LogEntry, LogHead])
            return "deleted", [f'DELETE FROM "{table._meta.tablename}" WHERE {_this(table, row)}']
        case "swap":
            one, two = chance.sample(range(1, held.size), 2)
            return "swapped", [
                f"UPDATE log_entry SET seq = {a} WHERE seq = {b}"
                for a, b in ((-1, one), (one, two), (two, -1))
            ]
    left = chance.randrange(1, held.size)
    return "rolled back", _cut(left)


def _cut(left: int) -> list[str]:
    """As if nothing had come after: a sound record, but for who kept a note."""
    return [
        f"DELETE FROM log_entry WHERE seq > {left}",
        f"UPDATE log_head SET seq = {left}, leaf = (SELECT leaf FROM log_entry WHERE seq = {left})",
        f"DELETE FROM log_tile WHERE (id + 1) * 256 > {left}",
        f"DELETE FROM log_checkpoint WHERE size > {left}",
    ]


async def _somewhere(
    chance: random.Random, tables: list[type[Table]]
) -> tuple[type[Table], dict[str, Any]]:
    held = [table for table in tables if await table.count()]
    table = chance.choice(held)
    return table, chance.choice(await table.select().order_by(table._meta.primary_key))


def _this(table: type[Table], row: dict[str, Any]) -> str:
    key = table._meta.primary_key._meta
    return f'"{key.db_column_name}" = {literal(row[key.name], "sqlite")}'


@only_sqlite
@pytest.mark.parametrize(
    "thefts", [15, pytest.param(200, marks=pytest.mark.long)], ids=["some", "two hundred"]
)
async def test_every_theft_is_found(
    db, market_url: str, tmp_path: Path, record_property, thefts: int
) -> None:
    held = await _settled(tmp_path)
    assert not await _is_found(held)
    whole, chance = Path(market_url.removeprefix("sqlite:///")), random.Random(SEED)
    await db.query("PRAGMA wal_checkpoint(TRUNCATE)")
    found, missed = dict[str, int](), list[str]()
    for number in range(thefts):
        copy = tmp_path / f"{number}.sqlite"
        shutil.copyfile(whole, copy)
        async with opened(engine_for(f"sqlite:///{copy}"), all_tables()):
            kind, edits = await _theft(chance, held)
            try:
                await edit_by_hand(f"sqlite:///{copy}", *edits)
            except sqlite3.IntegrityError:  # such as two rows of one key: the database says no
                kind = "refused"
            found[kind] = found.get(kind, 0) + 1
            if kind != "refused" and not await _is_found(held):
                missed.append("; ".join(edits)[:300])
        copy.unlink()
    record_property("figure", f"{thefts} tried, {len(missed)} not found: {found}; seed {SEED}")
    assert missed == []
    assert found.get("refused", 0) < thefts / 10


@only_sqlite
async def test_who_rewrites_everything_and_signs_it_is_contradicted_by_one_note(
    db, url_of, tmp_path: Path
) -> None:
    """Another record from the first entry on, with our key, our name and an empty folder."""
    held = await _settled(tmp_path)
    another = url_of("market", partial(build, tables=all_tables()))
    async with opened(engine_for(another), all_tables()):
        shutil.rmtree(tmp_path / "kept")
        for number in range(7):
            await grow(number + 100)
        signed = await checkpoints.sign(at=TODAY)
        assert signed.origin == held.origin
        assert await faults([]) == await tree_proof.faults() == await witnesses.kept_faults() == []
        judged = await witnesses.judge(held)
        assert (judged.found, judged.entries) == ("forked", 721)
        assert await LogCheckpoint.count() == 1
