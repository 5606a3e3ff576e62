"""`doors` as for the pages; `sown`: the app over a village full of things of Malee's side."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from certification.basis.database import Database
from market.domain.accounts import pins
from tests.access.resown import resown
from tests.access.sown import Sown
from tests.doors import Doors, opened


@pytest.fixture
async def sown(db: Database, tmp_path: Path) -> AsyncIterator[Sown]:
    yield await resown(db, tmp_path)
    pins.close()


@pytest.fixture
async def doors(db: Database, tmp_path: Path) -> AsyncIterator[Doors]:
    yield await opened(db, tmp_path)
    pins.close()
