"""`doors`: the app over the village of tests/cast.py; see tests/doors.py.

What a page asks of the database is asked on both engines in the tests of its feature, and
tests/access opens each page on both: a page's own tests run on SQLite, and on PostgreSQL in
`.ci/run` and by `./run test --long`.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certification.basis.database import Database
from market.domain.accounts import pins
from tests import doors as doors_of
from tests.databases import ENGINES


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def doors(db: Database, tmp_path: Path) -> AsyncIterator[doors_of.Doors]:
    yield await doors_of.opened(db, tmp_path)
    pins.close()
