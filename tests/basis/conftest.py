"""A village of four tables, for the tests of what everything stands on."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from certification.basis.database import Database
from market.db import engine_for
from tests.basis.village import build, opened
from tests.conftest import MakeUrl
from tests.databases import edit_by_hand

ROOT = Path(__file__).parents[2]


@pytest.fixture
def village_url(url_of: MakeUrl) -> str:
    return url_of("village", build)


@pytest.fixture
async def village_db(village_url: str) -> AsyncIterator[Database]:
    async with opened(engine_for(village_url)) as db:
        yield db


@pytest.fixture
def by_hand(village_url: str) -> Callable[..., Awaitable[None]]:
    """SQL from somebody who has the database and not the program."""
    return partial(edit_by_hand, village_url)


@pytest.fixture
def another_process() -> Iterator[Callable[..., Popen[str]]]:
    """`python -m tests.basis.worker URL DEED ARGUMENT...`"""
    started: list[Popen[str]] = []

    def start(*arguments: object) -> Popen[str]:
        command = [sys.executable, "-m", "tests.basis.worker", *map(str, arguments)]
        process = Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
