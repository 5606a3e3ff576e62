"""`demo`: settings on a copy of the demo, seeded once for each engine, with its keys."""

import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from certification.basis import schema
from market import settings
from market.app import opened
from market.db import MIGRATIONS, engine_for
from market.demo import seed
from market.settings import Settings
from tests.conftest import CopyOf

SEEDED_AT = datetime.now(UTC)


@pytest.fixture(scope="session")
def keys_of(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {engine: tmp_path_factory.mktemp(f"demo-{engine}") for engine in ("sqlite", "postgres")}


@pytest.fixture
def demo(copy_of: CopyOf, engine: str, keys_of: dict[str, Path], tmp_path: Path) -> Settings:
    url = copy_of("demo", partial(seeded, keys_of[engine]))
    folder = tmp_path / "demo"
    shutil.copytree(keys_of[engine] / "keys", folder / "keys")
    return settings.read({"MARKET_DATA": str(folder), "DATABASE_URL": url})


async def seeded(folder: Path, url: str) -> None:
    said = settings.read({"MARKET_DATA": str(folder), "DATABASE_URL": url})
    await migrated(url)
    async with opened(said):
        await seed.when_empty(said, at=SEEDED_AT)


async def migrated(url: str) -> None:
    db = engine_for(url)
    await db.open()
    await schema.migrate(db, MIGRATIONS)
    await db.close()
