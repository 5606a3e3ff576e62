"""One loop for all tests of a worker: what a test left running in it ends with the test.

A loop of its own for each would end whatever lives in it, also the pools of tests/warm.py, whose
connections take longer to become acquainted with hundreds of tables than most tests last.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest


class One:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._threads()

    def _threads(self) -> None:
        self._pool = ThreadPoolExecutor()
        self._loop.set_default_executor(self._pool)

    def end_what_runs(self) -> bool:
        """As the end of the loop would, its threads too. Whether there was anything."""
        left = asyncio.all_tasks(self._loop)
        if not left:
            return False
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._pool.shutdown()
        self._threads()
        return True


_one: list[One] = []


@pytest.fixture(scope="session", autouse=True)
async def one_loop() -> AsyncIterator[One]:
    _one.append(One(asyncio.get_running_loop()))
    yield _one[0]
    _one.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """After everything that the test was given: it may have been waited for there."""
    try:
        return (yield)
    finally:
        for one in _one:
            one.end_what_runs()
