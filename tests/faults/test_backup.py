"""The market comes back from its backup: whole, verified, on either engine, or not at all."""

import hashlib
import os
import random
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec
import pytest

from certification.basis import log
from certification.basis.database import in_use
from market import folder, verify
from market.app import opened
from market.backup import keys, refusals, written
from market.backup.restore import bring_keys, drill, restore
from market.backup.take import last_of, take
from market.backup.written import MANIFEST, SUMS, Manifest
from market.settings import Settings
from tests.databases import mostly_sqlite
from tests.faults.conftest import Villages
from tests.faults.history import PHOTO

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
SEED = int(os.environ.get("MARKET_LONG", "20261125"))


@pytest.fixture
async def kept(village: Settings, tmp_path: Path) -> Path:
    await take(village, tmp_path / "kept", at=NOW)
    return tmp_path / "kept"


def paper_of(village: Settings, tmp_path: Path) -> Path:
    paper = tmp_path / "keys.txt"
    keys.write_paper(village.data / "keys", paper)
    return paper


async def head(said: Settings) -> tuple[int, bytes]:
    async with opened(said):
        return await log.head()


async def one_more_entry(said: Settings) -> None:
    """The market goes on after the backup."""
    async with opened(said):
        await in_use().query("UPDATE log_head SET seq = seq + 1 WHERE id = 1")


def told(backup: Path) -> Manifest:
    return msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)


def sum_anew(backup: Path) -> None:
    """As whoever edits a backup with care would."""
    (backup / SUMS).write_bytes(written.as_text(written.sums_of(backup)))


@pytest.mark.parametrize("to", ["sqlite", "postgres"])
async def test_a_village_moves_to_another_machine_and_engine(
    village: Settings, kept: Path, villages: Villages, to: str, tmp_path: Path
) -> None:
    there = villages.empty(to, tmp_path / "there")
    done = await restore(there, kept, paper=paper_of(village, tmp_path), replace=False, at=NOW)
    assert done.way_out == ""
    async with opened(there):
        assert await verify.faults(["log", "ledger", "stock"]) == []
    await take(there, tmp_path / "again", at=NOW)
    first, again = told(kept), told(tmp_path / "again")
    assert {t.name: (t.rows, t.sha256) for t in again.tables} == {
        t.name: (t.rows, t.sha256) for t in first.tables
    }
    assert (again.blobs, again.keys, again.log_leaf) == (first.blobs, first.keys, first.log_leaf)
    assert len(first.blobs) == 3
    photo = there.data / written.blob_path(hashlib.sha256(PHOTO + b"\0").hexdigest())
    assert photo.read_bytes() == PHOTO + b"\0"


async def test_what_is_there_stays_until_somebody_says_replace(
    village: Settings, kept: Path
) -> None:
    before = await head(village)
    await one_more_entry(village)
    with pytest.raises(refusals.HoldsSomething):
        await restore(village, kept, paper=None, replace=False, at=NOW)
    assert (await head(village))[0] == before[0] + 1
    done = await restore(village, kept, paper=None, replace=True, at=NOW)
    assert await head(village) == before
    assert await seq_kept_beside(village, done.way_out) == before[0] + 1
    later = NOW.replace(hour=13)
    await restore(village, kept, paper=None, replace=True, at=later)  # twice is the same
    assert await head(village) == before


async def seq_kept_beside(said: Settings, way_out: str) -> int:
    if way_out.startswith("rm "):
        with sqlite3.connect(way_out.removeprefix("rm ")) as old:
            return int(old.execute("SELECT seq FROM log_head").fetchone()[0])
    old = await asyncpg.connect(said.database_url)
    try:
        return int(await old.fetchval(f"SELECT seq FROM {way_out.split()[2]}.log_head"))
    finally:
        await old.close()


async def test_nothing_is_put_back_while_the_market_is_open(village: Settings, kept: Path) -> None:
    async with opened(village):
        with pytest.raises(refusals.StillServed):
            await restore(village, kept, paper=None, replace=True, at=NOW)
        await drill(village, kept, paper=None)  # a drill disturbs nobody
    with folder.alone(village.data), pytest.raises(folder.FolderTaken):
        async with opened(village):
            pass


async def test_nor_while_somebody_else_has_the_database_open(village: Settings, kept: Path) -> None:
    before = await head(village)
    if village.database_url.startswith("sqlite"):
        other = sqlite3.connect(village.database_url.removeprefix("sqlite:///"))
        other.execute("SELECT count(*) FROM log_entry").fetchone()
        with pytest.raises(refusals.StillServed):
            await restore(village, kept, paper=None, replace=True, at=NOW)
        other.close()
    else:
        stranger = await asyncpg.connect(village.database_url)
        with pytest.raises(refusals.StillServed):
            await restore(village, kept, paper=None, replace=True, at=NOW)
        await stranger.close()
    assert await head(village) == before


@mostly_sqlite  # a matter of files
async def test_a_flipped_byte_is_named_and_nothing_is_touched(
    village: Settings, kept: Path
) -> None:
    await flipped(village, kept, times=10)


@pytest.mark.long
async def test_a_hundred_flipped_bytes(village: Settings, kept: Path, record_property) -> None:
    named = await flipped(village, kept, times=100)
    record_property("figure", f"{named} of 100 flipped bytes named, nothing touched")


async def flipped(village: Settings, kept: Path, *, times: int) -> int:
    chance, before, named = random.Random(SEED), await head(village), 0
    files = sorted(path for path in kept.rglob("*") if path.is_file() and path.stat().st_size)
    for _ in range(times):
        file = chance.choice(files)
        whole = file.read_bytes()
        at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        file.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        with pytest.raises(refusals.Damaged) as no:
            await restore(village, kept, paper=None, replace=True, at=NOW)
        named += bool(no.value.facts["file"])
        file.write_bytes(whole)
    assert named == times
    assert await head(village) == before
    return named


@mostly_sqlite  # a matter of files
async def test_a_file_too_few_or_too_many_is_named(village: Settings, kept: Path) -> None:
    (kept / "tables" / "lot.jsonl").rename(kept / "lots")
    with pytest.raises(refusals.Damaged):
        await restore(village, kept, paper=None, replace=True, at=NOW)
    with pytest.raises(refusals.NoBackup):
        await restore(village, village.data, paper=None, replace=True, at=NOW)


async def test_a_backup_edited_with_care_does_not_fit_its_record(
    village: Settings, kept: Path
) -> None:
    """The sums are right, so only the record can tell."""
    before = await head(village)
    orders = kept / "tables" / "preorder.jsonl"
    orders.write_bytes(orders.read_bytes().replace(b'"cash"', b'"promptpay"'))
    sum_anew(kept)
    with pytest.raises(refusals.NotSound) as no:
        await restore(village, kept, paper=None, replace=True, at=NOW)
    assert str(no.value.facts["fault"]).startswith("preorder ")
    assert await head(village) == before
    first = (kept / "tables" / "lot.jsonl").read_bytes().splitlines(keepends=True)
    (kept / "tables" / "lot.jsonl").write_bytes(b"".join(first[1:]))
    sum_anew(kept)
    with pytest.raises(refusals.NotSound):
        await restore(village, kept, paper=None, replace=True, at=NOW)


async def test_it_needs_its_own_key(
    village: Settings, kept: Path, villages: Villages, engine: str, tmp_path: Path
) -> None:
    paper = paper_of(village, tmp_path)
    there = villages.empty(engine, tmp_path / "there")
    with pytest.raises(refusals.KeyMissing) as missing:
        await restore(there, kept, paper=None, replace=False, at=NOW)
    assert missing.value.facts["fingerprint"] == told(kept).keys["pepper.key"]
    (there.data / "keys").mkdir(parents=True)
    (there.data / "keys" / "vault.key").write_bytes(bytes(32))
    with pytest.raises(refusals.KeyWrong):
        await restore(there, kept, paper=paper, replace=False, at=NOW)
    shutil.rmtree(there.data / "keys")
    await restore(there, kept, paper=paper, replace=False, at=NOW)
    assert keys.fingerprints(there.data / "keys") == told(kept).keys
    assert {f.stat().st_mode & 0o777 for f in (there.data / "keys").iterdir()} == {0o600}


@mostly_sqlite  # a matter of files
async def test_keys_come_back_from_paper_alone(
    village: Settings, villages: Villages, engine: str, tmp_path: Path
) -> None:
    paper, key = paper_of(village, tmp_path), village.data / "keys" / "vault.key"
    content = key.read_bytes()
    key.unlink()
    other = tmp_path / "other.txt"
    (tmp_path / "others").mkdir()
    (tmp_path / "others" / "vault.key").write_bytes(bytes(range(32)))
    keys.write_paper(tmp_path / "others", other)
    with pytest.raises(refusals.NotSound):
        await bring_keys(village, other)
    assert not key.exists()
    assert await bring_keys(village, paper) == ["vault.key"]
    assert key.read_bytes() == content


@mostly_sqlite  # a matter of files
async def test_the_backup_holds_no_key(village: Settings, kept: Path) -> None:
    everything = b"".join(path.read_bytes() for path in kept.rglob("*") if path.is_file())
    for key in (village.data / "keys").glob("*.key"):
        content = key.read_bytes()
        for written_as in (content, content.hex().encode(), msgspec.json.encode(content)[1:-1]):
            assert written_as not in everything
    assert not (kept / "tables" / "session.jsonl").exists()


def test_the_key_paper_is_typed_by_hand(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    for name in ("vault.key", "pepper.key"):
        (tmp_path / "keys" / name).write_bytes(os.urandom(32))
    paper = tmp_path / "paper.txt"
    assert keys.write_paper(tmp_path / "keys", paper) == ["pepper.key", "vault.key"]
    assert paper.stat().st_mode & 0o777 == 0o600
    whole = paper.read_text()
    paper.write_text(whole.lower().replace(" ", "  "))
    read = keys.read_paper(paper)
    assert read == {f.name: f.read_bytes() for f in (tmp_path / "keys").iterdir()}
    lines = whole.splitlines()
    wrong = next(i for i, line in enumerate(lines) if line.startswith("[")) + 2
    other = "A" if lines[wrong][0] != "A" else "B"
    paper.write_text("\n".join([*lines[:wrong], other + lines[wrong][1:], *lines[wrong + 1 :]]))
    with pytest.raises(refusals.KeyPaperWrong) as no:
        keys.read_paper(paper)
    assert no.value.facts["line"] == wrong + 1


@mostly_sqlite  # a matter of files
async def test_a_backup_never_writes_over_another(village: Settings, kept: Path) -> None:
    with pytest.raises(refusals.AlreadyThere):
        await take(village, kept, at=NOW)
    last = last_of(village.data)
    assert last
    assert (last.at, last.to) == (NOW, str(kept))


@mostly_sqlite  # a matter of files
async def test_a_lost_photo_is_named_and_does_not_stop_the_backup(
    village: Settings, tmp_path: Path
) -> None:
    lost = hashlib.sha256(PHOTO + b"\1").hexdigest()
    (village.data / written.blob_path(lost)).write_bytes(b"altered")
    manifest = await take(village, tmp_path / "kept", at=NOW)
    assert manifest.lost_blobs == [lost]
    await restore(village, tmp_path / "kept", paper=None, replace=True, at=NOW)


@mostly_sqlite  # a matter of files
async def test_a_photo_that_was_altered_since_becomes_whole(village: Settings, kept: Path) -> None:
    photo = village.data / written.blob_path(hashlib.sha256(PHOTO + b"\1").hexdigest())
    photo.write_bytes(b"altered")
    await restore(village, kept, paper=None, replace=True, at=NOW)
    assert photo.read_bytes() == PHOTO + b"\1"


async def test_a_database_beyond_repair_is_replaced_and_kept(
    villages: Villages, tmp_path: Path
) -> None:
    """SQLite only: PostgreSQL that cannot start is made anew, empty, by its own tools."""
    village = villages.copy("sqlite", tmp_path / "data")
    await take(village, tmp_path / "kept", at=NOW)
    before = await head(village)
    path = village.data / "market.sqlite"
    path.write_bytes(b"not a database" * 1000)
    (village.data / "market.sqlite-wal").write_bytes(b"nor a log")
    done = await restore(village, tmp_path / "kept", paper=None, replace=True, at=NOW)
    assert await head(village) == before
    assert Path(done.way_out.removeprefix("rm ")).read_bytes().startswith(b"not a database")
