"""Plans a day in a process of its own, so that serving goes on; the row says how far it is.

Whatever becomes of that process, the last plan it told and the checker passed is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from certification.basis.ids import following, new_id
from certification.basis.transaction import run
from market.domain.trips import queries, rows, versions
from market.domain.trips.check import check
from market.domain.trips.evaluate import told
from market.domain.trips.gathered import names_of, problem_of, spots_of
from market.domain.trips.problem import Plan, Problem
from market.domain.trips.rules import GRACE_S, KeepVersion, PlannedSince, ensure_not_begun
from market.domain.trips.ways import renamed
from market.domain.truck_day import driven
from market.gateways.roads.learned import learned_ways, name
from market.settings import Settings

POLL_S = 0.5
"""How soon a planning that was called off ends."""
LINE_MAX = 4_000_000
KEPT_TRIES = 5
TAUGHT_BY = timedelta(weeks=8)
"""How old a driven leg may be to correct the ways of today."""
CHILD = (sys.executable, "-m", "market.gateways.engines.apart")

log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()
"""The loop itself holds tasks weakly."""

Clock = Callable[[], datetime]


async def start(
    said: Settings, day: str, seconds: int, *, by: str, clock: Clock, seed: int = 0
) -> str:
    """Begins and answers at once with the run's id; UnderPlanning, NothingToPlan, DayOver.

    What people were told by a published plan is kept where it can be.
    """
    seen = await queries.day(day)
    ensure_not_begun(seen.state)
    id, found = new_id(), await rows.rows(seen)
    past = await driven.legs(found.day.operator, found.day.on - TAUGHT_BY)
    opens = sorted(stop.opens_minute for stop in found.day.stops)
    hour = opens[len(opens) // 2] // 60
    spots = spots_of(found)
    ways = await learned_ways(said, spots, past, found.day.on.weekday(), hour)
    notes = renamed(ways.notes, names_of(found, [name(spot) for spot in spots]))
    problem = msgspec.structs.replace(problem_of(found, ways), road_notes=notes)
    if before := await queries.published_plan(day):
        earlier = told(before.problem, before.plan)
        problem = msgspec.structs.replace(problem, earlier=earlier)
    await run(versions.begin_run, id, day, seconds, by=by, at=clock())
    wanted = Wanted(id, day, problem, seconds, seed, by, clock)
    remembered(asyncio.create_task(_plan(wanted), context=contextvars.Context()))
    return id


def remembered(task: asyncio.Task[None]) -> None:
    """Until it ends, and ended with the server."""
    _running.add(task)
    task.add_done_callback(_running.discard)


async def settled() -> None:
    """All that was begun here has ended."""
    while mine := _mine():
        await asyncio.wait(mine)


def _mine() -> list[asyncio.Task[None]]:
    """A task of a loop that is no more never ends."""
    return [task for task in _running if task.get_loop() is asyncio.get_running_loop()]


@contextlib.asynccontextmanager
async def ending() -> AsyncIterator[None]:
    """With the server: whoever waits for a plan finds what was found so far."""
    try:
        yield
    finally:
        for task in _mine():
            task.cancel()
        await settled()


class Wanted(NamedTuple):
    id: str
    day: str
    problem: Problem
    seconds: int
    seed: int
    by: str
    clock: Clock


async def _plan(wanted: Wanted) -> None:
    best: Plan | None = None
    outcome = "cut_short"
    try:
        async with asyncio.timeout(wanted.seconds + GRACE_S), _child(wanted) as plans:
            found = 0
            async for plan in plans:
                if plan is not None and _holds(wanted, plan) and _better(plan, best):
                    best, found = plan, found + 1
                cost = best.satang if best else None
                if not await run(versions.tell_run, wanted.id, found, cost):
                    break  # called off
        outcome = "done" if best else "nothing"
    except TimeoutError:
        log.warning("planning %s is cut short", wanted.day)
    except ChildFailed as failed:
        log.warning("planning %s: its process ended with %s", wanted.day, failed)
    except asyncio.CancelledError:
        log.info("planning %s ends with the server", wanted.day)
    await _keep(wanted, best, outcome)


def _holds(wanted: Wanted, plan: Plan) -> bool:
    """Nothing unchecked is kept, whoever told it."""
    faults = check(wanted.problem, plan).faults
    if faults:
        log.error("planning %s: a plan that does not hold: %s", wanted.day, faults[:3])
    return not faults


def _better(one: Plan, other: Plan | None) -> bool:
    """Or as good, and told later: with the reasons."""
    return other is None or (len(one.broken), one.cost) <= (len(other.broken), other.cost)


class ChildFailed(RuntimeError):
    """With which exit code; below nothing: killed by that signal."""


@contextlib.asynccontextmanager
async def _child(wanted: Wanted) -> AsyncIterator[AsyncIterator[Plan | None]]:
    """Its plans as it tells them; killed when nobody listens any more."""
    command = (*CHILD, str(wanted.seconds), str(wanted.seed))
    async with lines_of(command, msgspec.json.encode(wanted.problem)) as lines:
        yield _plans(lines)


async def _plans(lines: AsyncIterator[bytes | None]) -> AsyncIterator[Plan | None]:
    async for line in lines:
        if line is None:
            yield None
            continue
        with contextlib.suppress(msgspec.DecodeError):  # half a line of one that was killed
            yield msgspec.json.decode(line, type=Plan)


@contextlib.asynccontextmanager
async def lines_of(
    command: Sequence[str], said: bytes
) -> AsyncIterator[AsyncIterator[bytes | None]]:
    """What a process tells that is given `said`; nothing now and then, so that who listens may look
    up. It is killed when nobody listens any more; ChildFailed where it ends otherwise than well."""
    child = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=LINE_MAX,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield _lines(child, said)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)  # and the engines that it started
        await child.wait()


async def _lines(child: asyncio.subprocess.Process, said: bytes) -> AsyncIterator[bytes | None]:
    assert child.stdin
    assert child.stdout
    with contextlib.suppress(ConnectionError):  # it died before it had read: its code says so
        child.stdin.write(said)
        await child.stdin.drain()
        child.stdin.close()
    while True:
        try:
            line = await asyncio.wait_for(child.stdout.readline(), POLL_S)
        except TimeoutError:
            yield None
            continue
        if not line:
            break
        yield line.strip()
    if code := await child.wait():
        raise ChildFailed(code)


async def _keep(wanted: Wanted, best: Plan | None, outcome: str) -> None:
    """After whatever version is the newest by now: a plan of the engine edits nobody's."""
    version, at = None, wanted.clock()
    for tried in range(KEPT_TRIES if best else 0):
        assert best
        newest = await queries.newest(wanted.day)
        because = "replanned" if newest else "planned"
        id = following(wanted.id, str(tried))
        asked = KeepVersion(id, wanted.day, newest, because, wanted.seed)
        with contextlib.suppress(PlannedSince):
            kept = await run(versions.keep, asked, wanted.problem, best, by=wanted.by, at=at)
            version = kept.version
            break
    await run(versions.end_run, wanted.id, outcome, version, at=wanted.clock())
