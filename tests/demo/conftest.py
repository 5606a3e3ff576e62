"""`demo`: settings on a copy of the demo, seeded once, with its keys; on PostgreSQL its backup."""

import shutil
from pathlib import Path

import pytest

from market import settings
from market.backup.restore import restore
from market.backup.take import take
from market.settings import Settings
from tests.conftest import CopyOf
from tests.seeded import SEEDED_AT


@pytest.fixture(scope="session")
def folder_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo-postgres")


@pytest.fixture
def demo(
    copy_of: CopyOf, engine: str, seeded_demo: Path, folder_on_postgres: Path, tmp_path: Path
) -> Settings:
    async def filled(url: str) -> None:
        if engine == "sqlite":
            shutil.copyfile(seeded_demo / "market.sqlite", url.removeprefix("sqlite:///"))
            return
        kept, first = folder_on_postgres / "kept", folder_on_postgres / "first"
        shutil.copytree(seeded_demo, first)
        await take(settings.read({"MARKET_DATA": str(first)}), kept, at=SEEDED_AT)
        there = settings.read({"MARKET_DATA": str(first), "DATABASE_URL": url})
        await restore(there, kept, paper=None, replace=False, at=SEEDED_AT)

    url = copy_of("demo", filled)
    folder = tmp_path / "demo"
    shutil.copytree(seeded_demo / "keys", folder / "keys")
    return settings.read({"MARKET_DATA": str(folder), "DATABASE_URL": url})
