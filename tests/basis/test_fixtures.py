"""The `db` fixture that the stories of all features stand on."""

import pytest

from certification.basis import log
from certification.basis.catalogue import differences
from certification.basis.database import Database
from market.db import all_tables


@pytest.mark.parametrize("time", ["first", "second"])
async def test_every_test_gets_all_tables_and_no_rows(db: Database, time: str) -> None:
    assert await differences(db, all_tables()) == []
    for table in all_tables():
        assert await table.count() == (1 if table is log.LogHead else 0)
    await db.query("INSERT INTO log_cursor (reader, seq) VALUES ({}, 1)", time)
