"""Tables made the same on both engines, and the numbered steps by which the schema grows."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from piccolo import columns as column
from piccolo.columns.base import Column
from piccolo.table import Table

from certification.basis.database import Database
from certification.basis.inserting import insert

PROVEN = "proven"
"""The tag of a table whose every cell is held against the log: tell each row made or changed."""

APPEND_ONLY = "append_only"
"""The tag of a table whose rows are neither changed nor deleted: `tags=[APPEND_ONLY]`."""

AT_WORK = "Who is at it just now, and when again: no fact, so the log is not told"
"""The help text of such a column in a proven table: its cells are not held against the log."""

MIGRATION_LOCK = 71_06
"""The advisory lock that lets one process migrate at a time."""

REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)


DRAFT_BEGINS = [
    '"""Drafted from the Tables, and frozen: they move on, this does not."""',
    "",
]

DRAFT_ENDS = [
    "",
    "",
    "async def up(db):",
    "    await db.each(STATEMENTS[db.engine_type])",
    "",
]


LISTED = {
    "sqlite": "SELECT 1 AS one FROM sqlite_master WHERE name = 'migration'",
    "postgres": "SELECT 1 AS one FROM pg_class WHERE relname = 'migration'"
    " AND relnamespace = current_schema()::regnamespace",
}
"""Here and in no other schema: beside the one in use another may be made."""


class MigrationFault(RuntimeError):
    """The migrations on disk do not continue those the database has seen."""


class Migration(Table, tablename="migration", tags=[APPEND_ONLY]):
    number = column.Integer(primary_key=True)
    name = column.Varchar(length=100)
    digest = column.Varchar(length=64, help_text="SHA-256 of the file, as it was applied")


BETWEEN = ",\n  "


async def create(db: Database, table: type[Table]) -> None:
    table._meta._db = db
    await db.each(creation(table))


def creation(table: type[Table]) -> list[str]:
    """The statements that make a table; Piccolo's own ALTER ... ADD CONSTRAINT is not SQLite."""
    meta = table._meta
    sqlite = meta.db.engine_type == "sqlite"
    lines = [c.ddl for c in meta.columns]
    lines += [f'CONSTRAINT "{k._meta.name}" {k.ddl}' for k in meta.constraints]
    lines += [f"CHECK ({rule})" for c in meta.columns for rule in _stored_as(c) if sqlite]
    indexes = [c for c in meta.columns if c._meta.index]
    return [
        f'CREATE TABLE "{meta.tablename}" (\n  {BETWEEN.join(lines)}\n)',
        *(_index(meta.tablename, c._meta.db_column_name) for c in indexes),
        *(_append_only(meta.tablename, sqlite=sqlite) if APPEND_ONLY in meta.tags else ()),
    ]


def _index(table: str, column: str) -> str:
    """Not Piccolo's name: `payout_run`, of payout's run, would be that of the table payout_run."""
    return f'CREATE INDEX "{table}_by_{column}" ON "{table}" ("{column}")'


def _stored_as(col: Column) -> list[str]:
    """What PostgreSQL checks by type: SQLite would put 'abc' in an INTEGER, 300 letters in 255."""
    name = f'"{col._meta.db_column_name}"'
    kinds = {int: "integer", bool: "integer", bytes: "blob"}
    rules = [f"typeof({name}) IN ('{kinds.get(col.value_type, 'text')}', 'null')"]
    if isinstance(col, column.Varchar) and col.length:
        rules.append(f"length({name}) <= {col.length}")
    return rules


def _append_only(table: str, *, sqlite: bool) -> list[str]:
    if not sqlite:
        return [
            REFUSE_CHANGE,
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE'
            f' ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION append_only()',
        ]
    return [
        f'CREATE TRIGGER "{table}_no_{deed.lower()}" BEFORE {deed} ON "{table}"'
        f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for deed in ("UPDATE", "DELETE")
    ]


def in_order(tables: Sequence[type[Table]]) -> list[type[Table]]:
    """Each after those it refers to, otherwise by name: the same list on every day."""
    left = {table._meta.tablename: table for table in tables}
    placed: dict[str, type[Table]] = {}

    def place(name: str) -> None:
        table = left.pop(name, None)
        if table is None:
            return
        for key in table._meta.foreign_key_columns:
            place(key._foreign_key_meta.resolved_references._meta.tablename)
        placed[name] = table

    for name in sorted(left):
        place(name)
    return list(placed.values())


def draft(
    tables: Sequence[type[Table]],
    engines: Sequence[Database],
    then: Callable[[str], str],
) -> str:
    """The text of a migration that makes these tables on each engine, and `then` one thing more.

    For the maintainer, who edits it; once released it is never drafted again.
    """
    in_use = {table: table._meta._db for table in tables}
    lines = ["STATEMENTS = {"]
    for engine in engines:
        for table in tables:
            table._meta._db = engine
        made = [statement for table in in_order(tables) for statement in creation(table)]
        lines.append(f'    "{engine.engine_type}": [')
        lines += [f"        {_quoted(text)}," for text in dict.fromkeys(made)]
        lines += [f"        {_quoted(then(engine.engine_type))},", "    ],"]
    for table, db in in_use.items():
        table._meta._db = db
    return "\n".join([*DRAFT_BEGINS, *lines, "}", *DRAFT_ENDS])


def _quoted(statement: str) -> str:
    text = statement.replace("\\", "\\\\")
    return f'"""{text}"""'


async def migrate(db: Database, folder: Path, *, upto: int | None = None) -> list[str]:
    """Apply what is new in `folder` (NNNN_name.py with `async def up(db)`), one transaction each.

    `upto`: so many steps and no more, as an older backup knew them.

    Killed midway, the next call goes on where the last whole step ended. A step brings its own
    copy of the Tables it creates: those of the product will have moved on.
    """
    files = sorted(folder.glob("[0-9]*_*.py"))
    for number, file in enumerate(files, start=1):
        if int(file.name[:4]) != number:
            raise MigrationFault(f"{file.name} stands where number {number:04} should")
    files = files[:upto]
    sqlite = db.engine_type == "sqlite"
    if sqlite:  # a table is rebuilt by DROP and RENAME, which must not cascade
        await db.fetch("PRAGMA foreign_keys = 0")
    try:
        await _apply_in_turn(db, None)
        return [file.stem for file in files if await _apply_in_turn(db, file)]
    finally:
        if sqlite:
            await db.fetch("PRAGMA foreign_keys = 1")


async def _apply_in_turn(db: Database, file: Path | None) -> bool:
    """Apply one step, unless this or another process has done so; None makes the list of steps."""
    async with db.begin():
        if db.engine_type == "postgres":
            await db.fetch(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            await db.fetch("SET LOCAL statement_timeout = 0")
        return await (_make_list(db) if file is None else _apply(db, file))


async def _make_list(db: Database) -> bool:
    Migration._meta._db = db
    if await db.query(LISTED[db.engine_type]):
        return False
    await create(db, Migration)
    return True


async def _apply(db: Database, file: Path) -> bool:
    number, digest = int(file.name[:4]), hashlib.sha256(file.read_bytes()).hexdigest()
    seen = await Migration.select().where(Migration.number == number).first()
    if seen is not None:
        if (seen["name"], seen["digest"]) != (file.stem, digest):
            raise MigrationFault(f"{file.name} was applied as {seen['name']} with other content")
        return False
    await _up(file)(db)
    if db.engine_type == "sqlite" and (broken := await db.query("PRAGMA foreign_key_check")):
        raise MigrationFault(f"{file.name} leaves a foreign key pointing nowhere: {broken[0]}")
    await insert(Migration(number=number, name=file.stem, digest=digest))
    return True


def _up(file: Path) -> Callable[[Database], Awaitable[None]]:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    up: Callable[[Database], Awaitable[None]] = module.up
    return up
