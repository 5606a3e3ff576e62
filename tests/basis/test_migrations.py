"""The migrations of the product, from empty, on both engines."""

import subprocess
import sys
from pathlib import Path

import pytest

from certification.basis import log
from certification.basis.catalogue import differences
from certification.basis.proof import verify
from certification.basis.schema import PROVEN, Migration, migrate
from certification.basis.transaction import run
from market.db import MIGRATIONS, all_tables, draft, engine_for, open_database
from tests.basis.conftest import ROOT
from tests.basis.samples import make
from tests.databases import opened


async def test_from_empty_the_migrations_make_what_the_tables_say(url: str) -> None:
    async with opened(engine_for(url), all_tables()) as db:
        done = await migrate(db, MIGRATIONS)
        assert done[0] == "0001_chain"
        assert await differences(db, all_tables()) == []
        assert await migrate(db, MIGRATIONS) == []
        assert await log.head() == (0, log.GENESIS)
        assert await verify([t for t in all_tables() if PROVEN in t._meta.tags]) is None


async def test_a_migrated_database_takes_a_row_of_every_table(url: str) -> None:
    async with opened(engine_for(url), all_tables()) as db:
        await migrate(db, MIGRATIONS)
        made: dict = {("log_head", 0): 1}
        for table in all_tables():
            if table is not Migration:
                await run(make, table, made)
        assert len(made) >= len(all_tables()) - 1


async def test_a_draft_is_the_same_on_every_day_and_makes_what_the_tables_say(
    url: str, tmp_path: Path
) -> None:
    says = "from market.db import draft; print(draft(), end='')"
    drafted = [
        subprocess.run(
            [sys.executable, "-c", says], cwd=ROOT, env={"PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2")
    ]  # fmt: skip
    assert drafted[0] == drafted[1] == draft()
    (tmp_path / "0001_draft.py").write_text(drafted[0])
    async with opened(engine_for(url), all_tables()) as db:
        await migrate(db, tmp_path)
        assert await differences(db, all_tables()) == []
        assert await log.head() == (0, log.GENESIS)


async def test_drafting_leaves_the_tables_where_they_were(db) -> None:
    draft()
    assert {table._meta._db for table in all_tables()} == {db}


async def test_a_database_is_opened_in_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    db = await open_database(f"sqlite:///{tmp_path / 'data' / 'market.sqlite'}")
    try:
        assert await migrate(db, MIGRATIONS)
        assert await log.LogHead.count() == 1
    finally:
        await db.close()


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
def test_no_statement_of_a_draft_speaks_of_this_machine(name: str) -> None:
    text = draft()
    assert f'"{name}": [' in text
    assert str(ROOT) not in text
