"""The demo on SQLite, seeded once for the whole session by the worker that asks first.

    folder = seeded_demo / "market.sqlite", seeded_demo / "keys"

Copy it; it is everybody's.
"""

import fcntl
import os
import shutil
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certification.basis import schema
from market import settings
from market.app import opened
from market.db import MIGRATIONS, engine_for
from market.demo import seed
from market.settings import Settings
from tests.databases import alone

SEEDED_AT = datetime.fromisoformat(
    os.environ.setdefault("TESTS_STARTED_AT", datetime.now(UTC).isoformat())
)
"""The same in every worker: each inherits it from the process that starts them."""


@pytest.fixture(scope="session")
def seeded_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    mine = tmp_path_factory.getbasetemp()
    of_all = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    folder = of_all / "seeded-demo"
    with (of_all / "seeded-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        once(folder, lambda: alone(seeded(settings.read({"MARKET_DATA": str(folder)}))))
    return folder


def once(folder: Path, fill: Callable[[], None]) -> None:
    """Filled by who comes first; where that failed, everybody after says what the first said."""
    whole, failed = folder / "whole", folder / "failed"
    if failed.exists():
        pytest.fail(failed.read_text(), pytrace=False)
    if whole.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)  # of one who was stopped on the way
    folder.mkdir()
    try:
        fill()
    except BaseException:
        failed.write_text(traceback.format_exc())
        raise
    whole.touch()


async def seeded(said: Settings) -> None:
    db = engine_for(said.database_url)
    await db.open()
    await schema.migrate(db, MIGRATIONS)
    await db.close()
    async with opened(said):
        await seed.when_empty(said, at=SEEDED_AT)
