import signal
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis.catalogue import differences
from certification.basis.database import Database
from certification.basis.schema import (
    APPEND_ONLY,
    Migration,
    MigrationFault,
    create,
    creation,
    migrate,
)
from market.db import engine_for
from tests.basis.village import TABLES, Plot, Stock, Visit, Vow, opened, plot

Refused = (sqlite3.IntegrityError, asyncpg.PostgresError, asyncpg.DataError)


@pytest.mark.parametrize(
    "bad",
    [
        {"area_m2": 0},
        {"code": "AAAAAAAA"},
        {"code": "123456789"},
        {"area_m2": "abc"},
        {"code": None},
        {"photo": "text"},
    ],
)
async def test_what_the_schema_forbids_is_forbidden_on_both(
    village_db: Database, bad: dict
) -> None:
    await Plot.insert(plot("a", code="AAAAAAAA"))
    with pytest.raises(Refused):
        await Plot.insert(plot("b", **bad))


async def test_a_foreign_key_holds(village_db: Database) -> None:
    with pytest.raises(Refused):
        await Visit.insert(Visit(id="v", plot="nowhere"))


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE vow SET words = 'other'",
        "UPDATE vow SET words = words WHERE id = 1",
        "DELETE FROM vow",
        "INSERT INTO vow (id, words) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET words = 'x'",
        "INSERT OR REPLACE INTO vow (id, words) VALUES (1, 'other')",
        "TRUNCATE vow",
    ],
)
async def test_append_only_rows_stay_as_they_are(village_db: Database, deed: str) -> None:
    await Vow.insert(Vow(id=1, words="first"))
    with pytest.raises((sqlite3.Error, asyncpg.PostgresError)):
        await village_db.fetch(deed)
    assert [row["words"] for row in await Vow.select()] == ["first"]


async def test_catalogue_and_tables_agree(village_db: Database) -> None:
    assert await differences(village_db, TABLES) == []


class Grown(Table, tablename="vow", tags=[APPEND_ONLY]):
    """`vow` as a Table that has moved on from the database."""

    id = column.Integer(primary_key=True)
    words = column.Varchar(length=30, unique=True, index=True)
    at = column.Timestamptz()
    plot = column.ForeignKey(Plot, null=True)
    vow_id_positive = Check(id > 0)
    vow_id_words = Unique([id, words])


async def test_the_catalogue_shows_each_thing_that_is_missing(village_db: Database) -> None:
    Grown._meta._db = village_db
    told = "\n".join(await differences(village_db, [t for t in TABLES if t is not Vow] + [Grown]))
    for word in (
        "missing: column at timestamptz",
        "missing: column plot",
        "words (30)",
        "check (id > 0)",
        "unique id,words",
        "unique words",
        "index vow_by_words",
        "foreign key plot to plot.id",
    ):
        assert word in _as_sqlite_says(told), f"{word}\n{told}"


def _as_sqlite_says(told: str) -> str:
    for theirs, ours in {
        "timestamp with time zone": "timestamptz",
        "character varying(30)": "words (30)",
        "varchar(30)": "words (30)",
        "CHECK (id > 0)": "check (id > 0)",
        "UNIQUE (id, words)": "unique id,words",
        "UNIQUE (words)": "unique words",
        "CREATE INDEX vow_by_words": "index vow_by_words",
        "FOREIGN KEY (plot) REFERENCES plot(id)": "foreign key plot to plot.id",
    }.items():
        told = told.replace(theirs, ours)
    return told


CHANGES = [
    ('DROP INDEX "plot_by_area_m2"', "plot_by_area_m2"),
    ('CREATE UNIQUE INDEX extra ON "plot" (note)', "extra"),
    ('ALTER TABLE "plot" ADD COLUMN extra int', "extra"),
    ("CREATE TABLE extra (n int)", "extra"),
    ('DROP TABLE "visit"', "visit: missing"),
]


@pytest.mark.parametrize(("change", "word"), CHANGES)
async def test_the_catalogue_shows_a_change_by_hand(
    village_db: Database, change: str, word: str
) -> None:
    await village_db.fetch(change)
    assert word in "\n".join(await differences(village_db, TABLES))


LESS = {
    "column": ('"note" TEXT DEFAULT null,\n  ', "note"),
    "check": ('CONSTRAINT "plot_area_positive" CHECK ("area_m2" > 0)', "area_m2 >"),
    "unique": (',\n  CONSTRAINT "plot_one_code_per_area" UNIQUE ("code", "area_m2")', "area_m2"),
    "null": ('"code" VARCHAR(8) UNIQUE NOT NULL', "code"),
    "key": (" PRIMARY KEY", "plot"),
    "trigger": ("CREATE TRIGGER", "vow"),
    "reference": ('REFERENCES "plot" ("id") ON DELETE CASCADE ON UPDATE CASCADE', "plot"),
}
MORE = {"check": 'CHECK ("area_m2" >= 0)', "null": '"code" VARCHAR(8) UNIQUE'}


@pytest.mark.parametrize("what", LESS)
async def test_the_catalogue_shows_what_a_migration_forgot(url: str, what: str) -> None:
    """The tables as made by hand, less one thing."""
    left_out, word = LESS[what]
    wanted = {"trigger": [Vow], "reference": [Stock, Visit]}.get(what, [Plot])
    async with opened(engine_for(url)) as db:
        statements = [s for table in wanted for s in creation(table)]
        if what == "reference":
            await create(db, Plot)
        for statement in statements:
            if what == "trigger" and statement.startswith(left_out):
                continue
            await db.fetch(statement.replace(left_out, MORE.get(what, "")))
        tables = [*wanted, Plot] if what == "reference" else wanted
        told = await differences(db, tables)
        assert told
        assert all(word in sentence for sentence in told)


STEP = """
from certification.basis.schema import create
import asyncio
from pathlib import Path
from piccolo import columns as column
from piccolo.table import Table

STOP = Path(__file__).with_name("stop")

class {name}(Table, tablename="{table}"):
    id = column.Integer(primary_key=True)
    words = column.Varchar()

async def up(db):
    await create(db, {name})
    for number in range(5):
        print("{table}", flush=True)
        if STOP.exists() and STOP.read_text() == f"{table} {{number}}":
            await asyncio.sleep(60)  # here it is killed
        await {name}.insert({name}(id=number, words="x"))
    await db.fetch('ALTER TABLE "{table}" ADD COLUMN extra integer')
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for number, name in enumerate(("First", "Second"), start=1):
        text = STEP.format(name=name, table=name.lower())
        (folder / f"{number:04}_{name.lower()}.py").write_text(text)
    return folder


async def test_migrations_are_applied_once_and_in_order(url: str, folder: Path) -> None:
    async with opened(engine_for(url)) as db:
        assert await migrate(db, folder) == ["0001_first", "0002_second"]
        assert await migrate(db, folder) == []
        assert await Migration.count() == 2


async def test_a_changed_or_missing_migration_is_refused(url: str, folder: Path) -> None:
    async with opened(engine_for(url)) as db:
        await migrate(db, folder)
        second = folder / "0002_second.py"
        second.write_text(second.read_text() + "\n# improved\n")
        with pytest.raises(MigrationFault, match="other content"):
            await migrate(db, folder)
        second.rename(folder / "0003_second.py")
        with pytest.raises(MigrationFault, match="number 0002"):
            await migrate(db, folder)


async def test_a_failing_migration_leaves_nothing(url: str, folder: Path) -> None:
    last = folder / "0003_last.py"
    last.write_text(
        "async def up(db):\n    await db.fetch('CREATE TABLE half (n int)')\n    raise ValueError\n"
    )
    async with opened(engine_for(url)) as db:
        with pytest.raises(ValueError):  # noqa: PT011
            await migrate(db, folder)
        assert await Migration.count() == 2
        with pytest.raises((sqlite3.OperationalError, asyncpg.UndefinedTableError)):
            await db.fetch("SELECT * FROM half")


async def test_a_rebuild_that_breaks_a_foreign_key_is_undone_on_sqlite(tmp_path: Path) -> None:
    (tmp_path / "0001_rebuild.py").write_text(
        "async def up(db):\n    await db.fetch('DROP TABLE plot')\n"
        "    await db.fetch('CREATE TABLE plot (id varchar primary key)')\n"
    )
    async with opened(engine_for(f"sqlite:///{tmp_path / 'a.sqlite'}")) as db:
        await create(db, Plot)
        await create(db, Visit)
        await Plot.insert(plot("a"))
        await Visit.insert(Visit(id="v", plot="a"))
        with pytest.raises(MigrationFault, match="foreign key"):
            await migrate(db, tmp_path)
        assert await Visit.count() == 1
        assert await Plot.count() == 1
        with pytest.raises(sqlite3.IntegrityError):  # and keys are checked again
            await Visit.insert(Visit(id="w", plot="nowhere"))


@pytest.mark.parametrize("word", range(1, 11))
async def test_a_migration_killed_midway(url, folder: Path, another_process, word: int) -> None:
    """Killed at each of its ten words: every step is there whole or not at all."""
    whole, number = divmod(word - 1, 5)
    (folder / "stop").write_text(f"{('first', 'second')[whole]} {number}")
    process = another_process(url, "migrate", folder)
    for _ in range(word):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    (folder / "stop").unlink()
    async with opened(engine_for(url)) as db:
        Migration._meta._db = db
        assert await Migration.count() == whole
        left = await migrate(db, folder)
        assert left == ["0001_first", "0002_second"][whole:]
        assert len(await db.fetch('SELECT id, extra FROM "second"')) == 5


async def test_two_processes_migrate_at_once(url: str, folder: Path, another_process) -> None:
    two = [another_process(url, "migrate", folder) for _ in range(2)]
    assert [process.wait(timeout=30) for process in two] == [0, 0]
    async with opened(engine_for(url)) as db:
        assert await migrate(db, folder) == []
