"""The clock of the cycles. It looks for what is due and not done, so a worker that slept for a week
misses nothing: each cycle takes every step, in order, once, however many workers look."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from certification.basis.database import in_use
from certification.basis.transaction import run
from market.domain.cycles import closing, queries, rules, steps
from market.domain.cycles.rules import Due
from market.domain.orders import commands as orders
from market.domain.orders.refusals import AlreadyPaid, Ended
from market.domain.orders.rules import CancelOrder
from market.domain.settlement import queries as settlement

log = logging.getLogger(__name__)
BY = "clock"
AT_ONCE, ORDERS_AT_ONCE = 50, 100
RUN_EVERY = timedelta(seconds=30)
RAN = (
    "INSERT INTO clock_run (clock, at) VALUES ('cycles', {}) ON CONFLICT (clock)"
    " DO UPDATE SET at = excluded.at WHERE clock_run.at < {} OR clock_run.at > excluded.at"
)
TO_GIVE_BACK = (
    "SELECT o.id, c.merchant FROM cycle c JOIN preorder o ON o.cycle = c.id"
    " WHERE c.id = {} AND o.state IN ('held', 'confirmed') ORDER BY o.id LIMIT {}"
)
UNSERVED = (
    "SELECT o.id, c.merchant FROM cycle c JOIN cycle_place p ON p.cycle = c.id"
    " AND p.closed_at IS NOT NULL JOIN preorder o ON o.stop = p.id"
    " WHERE c.id = {} AND o.state IN ('held', 'confirmed') ORDER BY o.id LIMIT {}"
)
OPEN_ORDERS = (
    "SELECT 1 AS found FROM preorder WHERE cycle = {} AND state IN ('held', 'confirmed') LIMIT 1"
)
Told = Callable[[str, int, int], None]
"""Of a closing: the cycle, its lines, and how many of them are written."""


async def advance(at: datetime, told: Told | None = None) -> int:
    """How many steps were taken."""
    taken = 0
    for edge in queries.EDGES:
        failed = set[str]()
        while found := [
            due for due in await queries.due(edge, at, AT_ONCE) if due.cycle not in failed
        ]:
            for due in found:
                try:
                    await _step(edge[0], due, at, told)
                    taken += 1
                except Exception:
                    log.exception("cycle %s is not %s; it is tried again", due.cycle, due.state)
                    failed.add(due.cycle)
    for cycle in await _in_state(rules.CANCELLING):
        taken += await give_back(cycle, at)
    await run(_ran, at)
    return taken


async def _step(before: str, due: Due, at: datetime, told: Told | None) -> None:
    if due.state == rules.CLOSING:
        await _give_back_each(UNSERVED, due.cycle, at)
        await run(closing.begin, due, by=BY, at=at)
    elif due.state == rules.CLOSED:
        while part := await closing.go_on(due, by=BY, at=at):
            if told:
                told(due.cycle, part.lines, part.done)
    else:
        if due.state == rules.PICKING_UP:
            await _give_back_each(UNSERVED, due.cycle, at)
        await run(_moved, before, due, at)


EVENTS = {
    rules.OPEN: rules.Opened,
    rules.PICKING_UP: rules.PickupBegun,
    rules.DONE: rules.PickupEnded,
}


async def _moved(before: str, due: Due, at: datetime) -> None:
    if await steps.claim(due, before, by=BY, at=at):
        await steps.tell(due, EVENTS[due.state](due.cycle, due.due_at), by=BY, at=at)


async def give_back(cycle: str, at: datetime) -> int:
    """All orders of a cycle that was called off; what was paid is credit. Broken off, it goes on
    at the next look."""
    await _give_back_each(TO_GIVE_BACK, cycle, at)
    due = Due(cycle, rules.CANCELLED, at)
    return await run(_given_back, due, at)


async def _given_back(due: Due, at: datetime) -> int:
    if await in_use().query(OPEN_ORDERS, due.cycle):
        return 0
    if not await steps.claim(due, rules.CANCELLING, by=BY, at=at):
        return 0
    await steps.tell(due, rules.GivenBack(due.cycle), by=BY, at=at)
    return 1


async def _give_back_each(which: str, cycle: str, at: datetime) -> None:
    while found := await in_use().query(which, cycle, ORDERS_AT_ONCE):
        for row in found:
            try:
                await run(orders.cancel, CancelOrder(row["id"], row["merchant"]), by=BY, at=at)
            except (Ended, AlreadyPaid):
                continue  # it changed at this moment, and is looked at anew


async def settle(at: datetime) -> int:
    """Of cycles that were fetched: those in which nothing waits to be fetched or divided."""
    taken = 0
    for cycle in await _in_state(rules.DONE):
        if not await in_use().query(OPEN_ORDERS, cycle) and not await settlement.unsettled(cycle):
            taken += await run(_settled, Due(cycle, rules.SETTLED, at), at)
    return taken


async def _settled(due: Due, at: datetime) -> int:
    if not await steps.claim(due, rules.DONE, by=BY, at=at):
        return 0
    await steps.tell(due, rules.Settled(due.cycle), by=BY, at=at)
    return 1


async def _in_state(state: str) -> list[str]:
    rows = await in_use().query(
        "SELECT id FROM cycle WHERE state = {} ORDER BY closes_at, id", state
    )
    return [row["id"] for row in rows]


async def _ran(at: datetime) -> None:
    await in_use().query(RAN, at, at - RUN_EVERY)
