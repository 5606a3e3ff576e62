"""Plans a week in a process of its own, as `planner` does a day: told, called off, cut short.

Each day of the answer is checked here before it is kept.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.trips import week_rows, weeks
from market.domain.trips.check import check
from market.domain.trips.gathered import Rows, problem_of, spots_of
from market.domain.trips.problem import Problem
from market.domain.trips.week import Planned, Week
from market.domain.trips.week_rows import WeekRows
from market.domain.trips.weeks import WeekAnswer, WeekDay
from market.domain.truck_day import driven
from market.gateways.planner import TAUGHT_BY, ChildFailed, lines_of, remembered
from market.gateways.roads.learned import learned_ways
from market.settings import Settings

CHILD = (sys.executable, "-m", "market.gateways.engines.week_apart")
NOON = 12

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


class Wanted(NamedTuple):
    id: str
    rows: WeekRows
    week: Week
    seconds: int
    limit_s: int
    clock: Clock


async def start(
    said: Settings, operator: str, begins: date, seconds: int, *, by: str, clock: Clock
) -> str:
    """Begins and answers at once with the run's id; UnderPlanning, NothingToPlan."""
    id, found = new_id(), await week_rows.week_rows(operator, begins)
    days = tuple([await _problem(said, operator, on, of) for on, of in found.days])
    await run(weeks.begin, id, operator, begins, seconds, len(days), by=by, at=clock())
    limit = (await weeks.week(id)).limit_s
    week = Week(tuple(str(on) for on, _ in found.days), days, found.wishes)
    wanted = Wanted(id, found, week, seconds, limit, clock)
    remembered(asyncio.create_task(_plan(wanted), context=contextvars.Context()))
    return id


async def _problem(said: Settings, operator: str, on: date, of: Rows) -> Problem:
    past = await driven.legs(operator, on - TAUGHT_BY)
    return problem_of(of, await learned_ways(said, spots_of(of), past, on.weekday(), NOON))


async def _plan(wanted: Wanted) -> None:
    outcome, answer = "cut_short", None
    command = (*CHILD, str(wanted.seconds), "0")
    try:
        async with (
            asyncio.timeout(wanted.limit_s),
            lines_of(command, msgspec.json.encode(wanted.week)) as lines,
        ):
            done = 0
            async for line in lines:
                if line and line.isdigit():
                    done = int(line)
                elif line:
                    answer = _answer(wanted, msgspec.json.decode(line, type=Planned))
                if not await run(weeks.tell, wanted.id, done):
                    break  # called off
        outcome = "done" if answer else "nothing"
    except TimeoutError:
        log.warning("planning the week %s is cut short", wanted.id)
    except (ChildFailed, msgspec.DecodeError) as failed:
        log.warning("planning the week %s: its process ended with %s", wanted.id, failed)
    except asyncio.CancelledError:
        log.info("planning the week %s ends with the server", wanted.id)
    await run(weeks.end, wanted.id, outcome, answer, at=wanted.clock())


def _answer(wanted: Wanted, made: Planned) -> WeekAnswer | None:
    """Nothing unchecked is kept, whoever told it."""
    days = []
    for (on, _), problem, plan in zip(wanted.rows.days, made.days, made.plans, strict=True):
        if faults := check(problem, plan).faults:
            log.error("the week %s, %s: a plan that does not hold: %s", wanted.id, on, faults[:3])
            return None
        days.append(WeekDay(on, on in wanted.rows.there, replace(problem, spots=()), plan))
    wishes = {id: wish.times for id, wish in wanted.week.wishes.items()}
    return WeekAnswer(tuple(days), made.visits, wishes, made.lacking)
