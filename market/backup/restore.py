"""`market restore`: checked byte by byte, loaded beside, held against its own record, then swapped.

Killed at any point the old state stands or the new one: photos are only ever added, and the
database changes places in one step.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from certification.basis import log
from certification.basis.blobs import Blob
from certification.basis.catalogue import differences
from certification.basis.database import Database, use
from certification.people import vault
from certification.people.queries import ensure_vault_fits
from market import folder, verify
from market.app import opened
from market.backup import keys, load, written
from market.backup.places import Place, place_of
from market.backup.refusals import HoldsSomething, NotSound, StillServed, room_needed
from market.backup.written import Manifest
from market.db import all_tables
from market.settings import Settings

VAULT = "vault.key"


class Restored(msgspec.Struct, frozen=True):
    manifest: Manifest
    way_out: str
    """How the old state, kept beside, is removed; empty where there was none."""


async def restore(
    said: Settings, source: Path, *, paper: Path | None, replace: bool, at: datetime
) -> Restored:
    """Put the backup in the place of what the settings name. A Refusal: nothing was touched."""
    manifest = _readable(source)
    bundle = keys.needed(said.data / "keys", manifest.keys, paper)
    place = place_of(said.database_url, drill=False)
    try:
        with room_needed(), folder.alone(said.data):
            await place.ensure_alone()
            holds = await place.holds_something()
            if holds and not replace:
                raise HoldsSomething()
            kept = f"before-{at:%Y%m%dT%H%M%SZ}" if holds else ""
            async with _sound(said, place, manifest, source, bundle):
                _add_photos(said.data, source, manifest)
                keys.put(said.data / "keys", bundle)
            await place.swap(kept)
            await place.clear()
    except folder.FolderTaken:
        raise StillServed() from None
    return Restored(manifest, place.way_out(kept) if kept else "")


async def bring_keys(said: Settings, paper: Path) -> list[str]:
    """Those that are missing here, from the paper; none stays that does not open this database."""
    home = said.data / "keys"
    missing = {
        name: content
        for name, content in keys.read_paper(paper).items()
        if not (home / name).exists()
    }
    keys.put(home, missing)
    try:
        async with opened(said):
            return sorted(missing)
    except vault.VaultFault as fault:
        for name in missing:
            (home / name).unlink()
        raise NotSound(fault=str(fault)) from fault


async def drill(said: Settings, source: Path, *, paper: Path | None) -> Manifest:
    """All of a restore but the swap, while the service goes on: would this backup bring us back?"""
    manifest = _readable(source)
    bundle = keys.needed(said.data / "keys", manifest.keys, paper)
    place = place_of(said.database_url, drill=True)
    with room_needed(), folder.shared(said.data):
        async with _sound(said, place, manifest, source, bundle):
            pass
        await place.clear()
    return manifest


def _readable(source: Path) -> Manifest:
    manifest = written.checked(source)
    load.ensure_known(manifest)
    return manifest


@asynccontextmanager
async def _sound(
    said: Settings, place: Place, manifest: Manifest, source: Path, bundle: dict[str, bytes]
) -> AsyncIterator[None]:
    """Loaded beside and found sound; closed again at the end, and cleared if anything fails."""
    beside = said.data / "keys.restoring"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        db = await place.scratch()
        await db.open()
        try:
            await load.load(db, manifest, source)
            use(db, all_tables())
            keys.put(beside, bundle)
            await _ensure_sound(db, manifest, source, beside)
        finally:
            await db.close()
        yield
    except BaseException:
        await place.clear()
        raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


async def _ensure_sound(db: Database, manifest: Manifest, source: Path, beside: Path) -> None:
    wrong = [f"schema: {sentence}" for sentence in await differences(db, all_tables())]
    wrong += await _miscounted(db, manifest)
    wrong += await _photos_missing(source, manifest)
    wrong += await _sealed_otherwise(beside)
    wrong += (
        [str(fault) for fault in await verify.faults(list(verify.VERIFIED))] if not wrong else []
    )
    if wrong:
        raise NotSound(fault=wrong[0])


async def _miscounted(db: Database, manifest: Manifest) -> list[str]:
    seq, leaf = await log.head()
    wrong = [] if (seq, leaf.hex()) == (manifest.log_seq, manifest.log_leaf) else ["log_head"]
    counts = (f'(SELECT count(*) FROM "{t.name}") AS "{t.name}"' for t in manifest.tables)  # noqa: S608  (checked names)
    [there] = await db.query(f"SELECT {', '.join(counts)}")
    return wrong + [
        f"{table.name}: {there[table.name]} rows of {table.rows}"
        for table in manifest.tables
        if there[table.name] != table.rows
    ]


async def _photos_missing(source: Path, manifest: Manifest) -> list[str]:
    """Each photo that a row names is there, and its bytes are those of its name."""
    sums = set((source / written.SUMS).read_text().splitlines())
    named = {row["digest"] for row in await Blob.select(Blob.digest)}
    missing = sorted(named - {*manifest.blobs, *manifest.lost_blobs})
    altered = [d for d in manifest.blobs if f"{d}  {written.blob_path(d)}" not in sums]
    return [f"blob {digest}" for digest in (*missing, *altered)]


async def _sealed_otherwise(beside: Path) -> list[str]:
    if not vault.is_at(beside / VAULT):
        return []  # it needs none: nobody was registered yet
    vault.use(beside / VAULT)
    try:
        await ensure_vault_fits()
    except vault.VaultFault as fault:
        return [str(fault)]
    return []


def _add_photos(data: Path, source: Path, manifest: Manifest) -> None:
    """None is taken away: the old state keeps its own. One that was altered becomes whole again."""
    for digest in manifest.blobs:
        path = data / written.blob_path(digest)
        if path.exists() and written.digest_of(path) == digest:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        shutil.copyfile(source / written.blob_path(digest), part)
        with part.open("rb") as copied:
            written.settle(copied)
        part.replace(path)
        written.settle_folder(path.parent)
