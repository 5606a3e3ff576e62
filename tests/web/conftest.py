"""`doors`: the app over the village of tests/cast.py; see tests/doors.py."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certification.basis.database import Database
from market.domain.accounts import pins
from tests import doors as doors_of


@pytest.fixture
async def doors(db: Database, tmp_path: Path) -> AsyncIterator[doors_of.Doors]:
    yield await doors_of.opened(db, tmp_path)
    pins.close()
