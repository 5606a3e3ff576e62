"""`market backup`: one snapshot of every table while others write, and the photos it names."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from piccolo.table import Table

from certification.basis import blobs, log
from certification.basis.blobs import Blob, BlobMissing
from certification.basis.schema import Migration, in_order
from market.app import opened
from market.backup import keys, written
from market.backup.refusals import AlreadyThere, room_needed
from market.backup.written import KINDS, Lines, Manifest, Step, TableFile
from market.db import all_tables
from market.domain.accounts.tables import Session
from market.settings import Settings

PAGE = 500
LAST = "last-backup.json"


class LastBackup(msgspec.Struct, frozen=True):
    """Left in the data folder, so that `market doctor` can say how old the newest is."""

    at: datetime
    to: str


async def take(said: Settings, to: Path, *, at: datetime) -> Manifest:
    """A whole backup under its name, or none: it is written beside, read again, then named."""
    if to.exists():
        raise AlreadyThere(path=str(to))
    part = to.with_name(f"{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        with room_needed():
            part.mkdir(mode=0o700, parents=True)
            (part / "tables").mkdir()
            await _fill(said, part, at)
            manifest = written.checked(part)
            part.rename(to)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    written.settle_folder(to.parent)
    _note(said.data / LAST, LastBackup(at, str(to.absolute())))
    return manifest


def last_of(data: Path) -> LastBackup | None:
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((data / LAST).read_bytes(), type=LastBackup)
    return None


def _note(path: Path, last: LastBackup) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.json.encode(last))
    part.replace(path)


async def _fill(said: Settings, folder: Path, at: datetime) -> None:
    async with opened(said) as db:
        async with db.begin(read_only=True):
            tables = [await _table(table, folder) for table in _told()]
            steps = await Migration.select().order_by(Migration.number)
            seq, leaf = await log.head()
            named = [row["digest"] for row in await Blob.select(Blob.digest)]
        kept, lost = await _photos(sorted(named), folder)
    manifest = Manifest(
        written.FORMAT, at, db.engine_type, msgspec.convert(steps, list[Step]), seq, leaf.hex(),
        tables, kept, lost, keys.fingerprints(said.data / "keys"),
    )  # fmt: skip
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    written.write_file(folder / written.MANIFEST, text)
    written.write_file(folder / written.SUMS, written.as_text(written.sums_of(folder)))
    for inside in {folder, *(path for path in folder.rglob("*") if path.is_dir())}:
        written.settle_folder(inside)


def _told() -> list[type[Table]]:
    """All but the list of steps, which the restored schema writes itself, and who is signed in:
    a session that was ended after the backup must not come to life again."""
    return [table for table in in_order(all_tables()) if table not in (Migration, Session)]


async def _table(table: type[Table], folder: Path) -> TableFile:
    name = table._meta.tablename
    columns = [(c._meta.db_column_name, KINDS[c.value_type]) for c in table._meta.columns]
    lines = Lines(folder / written.table_path(name))
    async for page in _pages(table):
        lines.add(page)
    return TableFile(name, columns, lines.rows, lines.close())


async def _pages(table: type[Table]) -> AsyncIterator[list[list[Any]]]:
    key = table._meta.primary_key._meta.name
    names = [c._meta.name for c in table._meta.columns]
    last = None
    while True:
        asked = table.select().order_by(table._meta.primary_key).limit(PAGE)
        rows = await (asked.where(table._meta.primary_key > last) if last is not None else asked)
        if not rows:
            return
        yield [[row[name] for name in names] for row in rows]
        last = rows[-1][key]


async def _photos(named: list[str], folder: Path) -> tuple[list[str], list[str]]:
    """What the snapshot names, and which of it had been lost or altered before."""
    kept: list[str] = []
    for digest in named:
        with suppress(BlobMissing):
            _, content = await blobs.fetch(digest)
            path = folder / written.blob_path(digest)
            path.parent.mkdir(parents=True, exist_ok=True)
            written.write_file(path, content)
            kept.append(digest)
    return kept, sorted(set(named) - set(kept))
