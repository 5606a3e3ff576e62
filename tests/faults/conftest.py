"""A village with a history, seeded once for each engine and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from certification.basis import schema
from market import settings
from market.app import opened
from market.db import MIGRATIONS, engine_for
from market.settings import Settings
from tests.databases import Server, admin, alone
from tests.faults.history import tell_history


async def migrated(said: Settings) -> None:
    said.data.mkdir(parents=True, exist_ok=True)
    db = engine_for(said.database_url)
    await db.open()
    await schema.migrate(db, MIGRATIONS)
    await db.close()


async def settle(said: Settings) -> None:
    await migrated(said)
    async with opened(said):
        await tell_history()


class Villages:
    """Settled once, when first asked for; copied for each test, and dropped after it."""

    def __init__(self, folder: Path, settled: dict[str, Settings], server: Callable[[], Server]):
        self.folder, self.made, self.server = folder, settled, server
        self.databases: list[str] = []

    def settled(self, engine: str) -> Settings:
        if engine not in self.made:
            self.made[engine] = self.empty(engine, self.folder / engine)
            self.databases.clear()
            alone(settle(self.made[engine]))
        return self.made[engine]

    def copy(self, engine: str, to: Path) -> Settings:
        first = self.settled(engine)
        shutil.copytree(first.data, to, dirs_exist_ok=True)
        if engine == "sqlite":
            return settings.read({"MARKET_DATA": str(to)})
        return self._database(to, f"TEMPLATE {first.database_url.split('?')[0].rsplit('/', 1)[1]}")

    def empty(self, engine: str, data: Path) -> Settings:
        if engine == "sqlite":
            return settings.read({"MARKET_DATA": str(data)})
        return self._database(data, "")

    def _database(self, data: Path, template: str) -> Settings:
        name = f"f{uuid4().hex[:10]}"
        alone(admin(self.server(), f"CREATE DATABASE {name} {template}"))
        self.databases.append(name)
        url = self.server()(name)
        return settings.read({"MARKET_DATA": str(data), "DATABASE_URL": url})

    def drop(self) -> None:
        for name in self.databases:
            alone(admin(self.server(), f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Settings]]:
    return tmp_path_factory.mktemp("villages"), {}


@pytest.fixture
def villages(
    settled: tuple[Path, dict[str, Settings]], request: pytest.FixtureRequest
) -> Iterator[Villages]:
    made = Villages(*settled, lambda: request.getfixturevalue("server"))
    yield made
    made.drop()


@pytest.fixture
def village(villages: Villages, engine: str, tmp_path: Path) -> Settings:
    return villages.copy(engine, tmp_path / "data")
