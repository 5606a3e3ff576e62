"""The `db` fixture that the stories of all features stand on."""

from pathlib import Path

import pytest

from certification.basis import log
from certification.basis.catalogue import differences
from certification.basis.database import Database
from market.db import all_tables
from tests.seeded import once


@pytest.mark.parametrize("time", ["first", "second"])
async def test_every_test_gets_all_tables_and_no_rows(db: Database, time: str) -> None:
    assert await differences(db, all_tables()) == []
    for table in all_tables():
        assert await table.count() == (1 if table is log.LogHead else 0)
    await db.query("INSERT INTO log_cursor (reader, seq) VALUES ({}, 1)", time)


def test_where_the_first_could_not_seed_all_others_say_why(tmp_path: Path) -> None:
    folder = tmp_path / "seeded"

    def fails() -> None:
        (folder / "half").touch()
        raise LookupError("no such order")

    with pytest.raises(LookupError):
        once(folder, fails)
    for _ in range(2):
        with pytest.raises(pytest.fail.Exception, match="LookupError: no such order"):
            once(folder, lambda: None)


def test_who_was_stopped_while_seeding_is_no_hindrance(tmp_path: Path) -> None:
    folder = tmp_path / "seeded"
    folder.mkdir()
    (folder / "half").touch()
    once(folder, (folder / "all").touch)
    once(folder, fill=pytest.fail)
    assert {file.name for file in folder.iterdir()} == {"all", "whole"}
