"""`demo`: settings on a copy of the demo, seeded once for each engine, with its keys."""

import shutil
from pathlib import Path

import pytest

from market import settings
from market.settings import Settings
from tests.conftest import CopyOf
from tests.seeded import seeded


@pytest.fixture(scope="session")
def folder_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo-postgres")


@pytest.fixture
def demo(
    copy_of: CopyOf, engine: str, seeded_demo: Path, folder_on_postgres: Path, tmp_path: Path
) -> Settings:
    first = seeded_demo if engine == "sqlite" else folder_on_postgres

    async def filled(url: str) -> None:
        if engine == "sqlite":
            shutil.copyfile(first / "market.sqlite", url.removeprefix("sqlite:///"))
        else:
            await seeded(settings.read({"MARKET_DATA": str(first), "DATABASE_URL": url}))

    url = copy_of("demo", filled)
    folder = tmp_path / "demo"
    shutil.copytree(first / "keys", folder / "keys")
    return settings.read({"MARKET_DATA": str(folder), "DATABASE_URL": url})
