"""What a test does to its database beside the product, over connections that a worker keeps open.

    beside.run(beside.asked(url, "SELECT 1"))

A new connection has to learn hundreds of tables first; these have learnt them. They live in a loop
in a thread of its own, so whatever loop a test has, it waits.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

import asyncpg

T = TypeVar("T")
SETTINGS = {
    "application_name": "the tests",
    "plan_cache_mode": "force_generic_plan",  # what is asked of every table is planned once
    "jit": "off",
    "session_replication_role": "replica",  # no key and no trigger asks; to turn it forgets plans
}
_open: dict[str, asyncpg.Connection] = {}


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return loop


async def connected(url: str) -> asyncpg.Connection:
    """Only inside `run`."""
    known = _open.get(url)
    if known is None or known.is_closed():
        known = _open[url] = await asyncpg.connect(
            url, server_settings=SETTINGS, max_cacheable_statement_size=0
        )
    return known


async def asked(url: str, sql: str) -> None:
    await (await connected(url)).execute(sql)


async def left(url: str) -> None:
    if known := _open.pop(url, None):
        await known.close()
