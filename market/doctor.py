"""`market doctor`: is everything where and as it should be? What is not is said in plain words."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import msgspec

from certification.basis import checkpoints, log
from certification.basis.catalogue import differences
from certification.basis.database import Database, UnsafeDatabase
from certification.basis.log import LogEntry
from certification.basis.refusal import Refusal
from certification.credentials import keys as issuer
from certification.credentials import rules as issuer_rules
from certification.people.vault import VaultFault
from market import folder
from market.app import opened
from market.backup.take import last_of
from market.db import LOOKERS, POOL_SIZE, DatabaseAway, all_tables
from market.domain.accounts.pins import PepperFault
from market.gateways.roads import ways
from market.settings import Settings

BEAT = "worker.beat"
BEAT_SECONDS_MAX = 60
FREE_BYTES_MIN, FREE_PERCENT_MIN = 500_000_000, 10
BACKUP_DAYS_MAX = 7
CLOCK_BEHIND = timedelta(minutes=5)
CHECKPOINT_AGE_MAX = timedelta(days=1)
LOOPBACK = frozenset(["127.0.0.1", "::1", "localhost"])
CANNOT_OPEN = (
    VaultFault, PepperFault, UnsafeDatabase, DatabaseAway, folder.FolderTaken, OSError,
    asyncpg.PostgresError,
)  # fmt: skip


class Finding(msgspec.Struct, frozen=True):
    """An English sentence that is the key of the Thai one, and its facts."""

    key: str
    facts: dict[str, object] = {}


class ClockBehind(Refusal):
    """The machine's clock stands before what is already written in the record."""

    code = "doctor.clock_behind"


async def findings(said: Settings, at: datetime) -> list[Finding]:
    found = [*_addresses(said), *_files(said), *_backup(said, at), *_roads(said, at)]
    try:
        async with opened(said) as db:
            found += [finding async for finding in _database(db, at)]
            found += [finding async for finding in connections(said, db)]
            found += [finding async for finding in signing(said, at)]
    except CANNOT_OPEN as fault:
        found.append(Finding("The market cannot open: {fault}", {"fault": str(fault)}))
    return found


async def ensure_clock(said: Settings, at: datetime) -> None:
    """Refused: what is written now would seem older than what was written before."""
    async with opened(said):
        if last := await _entry_to_come(at):
            raise ClockBehind(now_at=at.isoformat(), last_at=last.isoformat())


async def _entry_to_come(at: datetime) -> datetime | None:
    """When the last entry was written, if that is still to come by this clock."""
    last = await LogEntry.select(LogEntry.at).order_by(LogEntry.seq, ascending=False).first()
    return last["at"] if last and last["at"] > at + CLOCK_BEHIND else None


def _addresses(said: Settings) -> Iterator[Finding]:
    if not said.secure and urlsplit(said.origin).hostname not in LOOPBACK:
        yield Finding(
            "MARKET_ORIGIN is {origin}: staff cannot sign in over plain http. Use https.",
            {"origin": said.origin},
        )
    if said.secure and not said.proxies:
        yield Finding(
            "MARKET_PROXY is empty. Behind a proxy all readers share one address, and staff cannot"
            " sign in from another machine: name the proxy's address."
        )


def _files(said: Settings) -> Iterator[Finding]:
    for key in sorted((said.data / "keys").glob("*.key")):
        if os.name == "posix" and key.stat().st_mode & 0o077:
            yield Finding("{file} can be read by others: chmod 600 it.", {"file": str(key)})
    if not said.data.exists():
        return
    disk = shutil.disk_usage(said.data)
    percent = 100 * disk.free // disk.total
    if disk.free < FREE_BYTES_MIN or percent < FREE_PERCENT_MIN:
        yield Finding(
            "The disk has {free} MB left ({percent} %): free some before it is full.",
            {"free": disk.free // 1_000_000, "percent": percent},
        )
    beat = said.data / BEAT
    if said.worker == "apart" and _seconds_since(beat) > BEAT_SECONDS_MAX:
        yield Finding(
            "The worker is not running: unpaid orders keep their goods and nobody is told anything."
            " Start market worker."
        )


def _seconds_since(path: Path) -> float:
    return time.time() - path.stat().st_mtime if path.exists() else float("inf")


def _backup(said: Settings, at: datetime) -> Iterator[Finding]:
    last = last_of(said.data)
    if last is None:
        yield Finding("No backup was ever made from here: market backup DEST.")
    elif at - last.at > timedelta(days=BACKUP_DAYS_MAX):
        yield Finding(
            "The newest backup is of {made_at}: make another, and keep it on another machine.",
            {"made_at": last.at},
        )


def _roads(said: Settings, at: datetime) -> Iterator[Finding]:
    if note := ways.wrong(said, at.date()):
        yield Finding(note.key, dict(note.facts))


async def _database(db: Database, at: datetime) -> AsyncIterator[Finding]:
    if last := await _entry_to_come(at):
        yield Finding(
            "The clock says {now_at}, but the last entry was written {last_at}: set the clock.",
            {"now_at": at, "last_at": last},
        )
    for sentence in await differences(db, all_tables()):
        yield Finding("The schema is not as it should be: {fault}", {"fault": sentence})
    if db.engine_type == "sqlite":
        for row in await db.query("PRAGMA quick_check(3)"):
            if row["quick_check"] != "ok":
                yield Finding("SQLite finds damage: {fault}", {"fault": row["quick_check"]})
        return
    for name in ("full_page_writes", "data_checksums"):
        [row] = await db.query(f"SELECT current_setting('{name}') AS found")
        if row["found"] != "on":
            yield Finding(
                "PostgreSQL's {name} is {found}: damage on the disk may pass unseen.",
                {"name": name, "found": row["found"]},
            )


async def connections(said: Settings, db: Database) -> AsyncIterator[Finding]:
    """Each process that serves takes a pool, and the worker one; a command needs some beside."""
    if db.engine_type == "sqlite":
        return
    [row] = await db.query("SELECT current_setting('max_connections') AS found")
    wanted = (said.processes + 2) * (POOL_SIZE + LOOKERS)
    if int(row["found"]) < wanted:
        yield Finding(
            "PostgreSQL's max_connections is {found}; {processes} processes and the worker want"
            " {wanted}. Raise it, or lower MARKET_PROCESSES.",
            {"found": row["found"], "processes": said.processes, "wanted": wanted},
        )


async def signing(said: Settings, at: datetime) -> AsyncIterator[Finding]:
    """Whether record and credentials are signed, under the name that is meant, and may go on so."""
    try:
        checkpoints.ensure_can_sign()
        await checkpoints.ensure_continues()
    except checkpoints.KeyOpen:
        pass  # `_files` has said so
    except Refusal as no:
        yield Finding(f"refusal.{no.code}", dict(no.facts))
    try:
        await issuer.ensure_can_sign()
    except issuer_rules.KeyOpen:
        pass  # `_files` has said so
    except Refusal as no:
        yield Finding(f"refusal.{no.code}", dict(no.facts))
    name = await checkpoints.origin()
    if said.log_name and name != said.log_name:
        yield Finding(
            "The record is signed as {name}; MARKET_LOG_NAME is {wanted}. The name stays: set"
            " MARKET_LOG_NAME to it.",
            {"name": name, "wanted": said.log_name},
        )
    last, (size, _) = await checkpoints.latest(1), await log.head()
    if size and (not last or (at - last[0].at > CHECKPOINT_AGE_MAX and last[0].size < size)):
        yield Finding(
            "The record was not signed for a day. The market signs it while it runs; market"
            " checkpoint signs it now."
        )
