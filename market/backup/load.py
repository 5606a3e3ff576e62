"""The rows of a backup into an empty database of either engine, as they were, and no others."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import asyncpg
import msgspec

from certification.basis import schema
from certification.basis.database import Database, Transaction
from market.backup import written
from market.backup.refusals import FromNewer, NotSound
from market.backup.written import Manifest, TableFile
from market.db import MIGRATIONS, SQLite, is_full

PAGE = 1_000
DOES_NOT_FIT = (sqlite3.Error, asyncpg.PostgresError, msgspec.ValidationError, OverflowError)
FOREIGN_KEYS = (
    "SELECT conrelid::regclass::text AS of, quote_ident(conname) AS name FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


def ensure_known(manifest: Manifest) -> None:
    """The steps its schema grew by are the first of ours: then we can grow it further."""
    ours = {
        file.stem: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in MIGRATIONS.glob("[0-9]*_*.py")
    }
    for step in manifest.steps:
        if ours.get(step.name) != step.digest:
            raise FromNewer(step=step.name)


async def load(db: Database, manifest: Manifest, folder: Path) -> None:
    """The schema as the backup knew it, its rows, and then the steps made since."""
    await schema.migrate(db, MIGRATIONS, upto=len(manifest.steps))
    try:
        async with db.begin() as tx:
            await _hold_back_foreign_keys(db)
            for table in manifest.tables:
                await _fill(db, tx, table, folder)
            await _check_foreign_keys(db)
    except DOES_NOT_FIT as fault:
        if is_full(fault):
            raise
        raise NotSound(fault=str(fault)) from fault
    await schema.migrate(db, MIGRATIONS)


async def _fill(db: Database, tx: Transaction, table: TableFile, folder: Path) -> None:
    if await db.query(f'SELECT 1 AS one FROM "{table.name}" LIMIT 1'):  # noqa: S608 (checked name)
        await db.query(f'DELETE FROM "{table.name}"')  # noqa: S608  (what a migration laid there)
    names = [name for name, _ in table.columns]
    for page in written.rows_of(folder, table, most=PAGE):
        if isinstance(db, SQLite):
            columns, places = ", ".join(f'"{n}"' for n in names), ", ".join("?" for _ in names)
            sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608
            await tx.connection.executemany(sql, page)
        else:
            await tx.connection.copy_records_to_table(table.name, records=page, columns=names)


async def _hold_back_foreign_keys(db: Database) -> None:
    """A row may name one that comes later; they are checked when all are there."""
    if isinstance(db, SQLite):
        await db.fetch("PRAGMA defer_foreign_keys = 1")
        return
    await db.fetch("SET LOCAL statement_timeout = 0")
    await db.each(
        [
            f"ALTER TABLE {key['of']} ALTER CONSTRAINT {key['name']} DEFERRABLE INITIALLY DEFERRED"
            for key in await db.query(FOREIGN_KEYS)
        ]
    )


async def _check_foreign_keys(db: Database) -> None:
    if isinstance(db, SQLite):
        return  # at the commit
    await db.fetch("SET CONSTRAINTS ALL IMMEDIATE")
    await db.each(
        [
            f"ALTER TABLE {key['of']} ALTER CONSTRAINT {key['name']} NOT DEFERRABLE"
            for key in await db.query(FOREIGN_KEYS)
        ]
    )
