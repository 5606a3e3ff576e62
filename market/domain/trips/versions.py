"""Plans of a day: each kept with its problem, as it was checked; and the run that makes one."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.trips import commands, queries, rules
from market.domain.trips.check import check
from market.domain.trips.problem import Plan, Problem
from market.domain.trips.tables import PlanPublished, PlanRun, PlanVersion, TruckDay


async def keep(
    asked: rules.KeepVersion, problem: Problem, plan: Plan, *, by: str, at: datetime
) -> rules.VersionKept:
    """PlannedSince where another version was kept meanwhile. Checked here, whoever made it."""

    async def do() -> rules.VersionKept:
        return await _keep(asked, problem, plan, by, at)

    body = (asked, plan)
    return await deeds.once(asked.id, "trips.keep", body, do, rules.VersionKept, by=by, at=at)


async def _keep(
    asked: rules.KeepVersion, problem: Problem, plan: Plan, by: str, at: datetime
) -> rules.VersionKept:
    async with transaction():
        await commands.claim(asked.day)
        rules.ensure_newest(asked.after, await queries.newest(asked.day))
        checked = check(problem, plan)
        number = asked.after + 1
        row = PlanVersion(
            id=asked.id, day=asked.day, version=number, problem=_written(_without_spots(problem)),
            plan=_written(plan), engine=plan.engine[:60], seed=asked.seed,
            roads=problem.roads[:60], cost_satang=plan.satang, proved=plan.proved,
            faults=len(checked.faults), because=asked.because, by=by, at=at,
        )  # fmt: skip
        await insert(row)
        event = rules.VersionKept(
            asked.day, number, asked.because, plan.satang, len(checked.faults)
        )
        log.append(event, (PlanVersion, asked.id), subject=asked.day, by=by, at=at)
    return event


def _without_spots(problem: Problem) -> Problem:
    """Where a plot lies is said by the plot alone, and nowhere in what cannot be erased."""
    has = "spots" in problem.__struct_fields__
    return msgspec.structs.replace(problem, spots=()) if has else problem


def _written(thing: msgspec.Struct) -> str:
    return msgspec.json.encode(thing, order="deterministic").decode()


async def publish(version: str, *, by: str, at: datetime) -> rules.PlanTold:
    """The newest version alone, and only one that keeps every rule. Again changes nothing."""
    async with transaction():
        found = await queries.version(version)
        day = await commands.claim(found.head.day)
        if found.head.published_at is None:
            rules.ensure_newest(found.head.version, await queries.newest(day.id))
        if faults := check(found.problem, found.plan).faults:
            raise rules.RuleBroken(rule=faults[0].rule, faults=len(faults))
        event = rules.PlanTold(day.id, found.head.version)
        id = new_id()
        new = await in_use().query(
            'INSERT INTO plan_published (id, version, "by", at) VALUES ({}, {}, {}, {})'
            " ON CONFLICT (version) DO NOTHING RETURNING id",
            id, version, by, at,
        )  # fmt: skip
        if new:
            await in_use().query(
                "UPDATE truck_day SET state = 'published' WHERE id = {} AND state = 'planning'",
                day.id,
            )
            rows = ((PlanPublished, id), (TruckDay, day.id))
            log.append(event, *rows, subject=day.id, by=by, at=at)
    return event


async def begin_run(id: str, day: str, seconds: int, *, by: str, at: datetime) -> None:
    """One at a time of a day: UnderPlanning. The same id again changes nothing."""
    async with transaction():
        await commands.claim(day)
        last = await queries.last_run(day)
        if last and last.id == id:
            return
        if last and last.is_under_way(at):
            raise rules.UnderPlanning(day=day)
        await insert(
            PlanRun(
                id=id, day=day, seconds=seconds, found=0, cost_satang=None, outcome=None,
                version=None, by=by, at=at, ended_at=None,
            )
        )  # fmt: skip


async def tell_run(run: str, found: int, cost_satang: int | None) -> bool:
    """How far it is; false where it was called off meanwhile."""
    rows = await in_use().query(
        "UPDATE plan_run SET found = {}, cost_satang = {} WHERE id = {} AND outcome IS NULL"
        " RETURNING id",
        found, cost_satang, run,
    )  # fmt: skip
    return bool(rows)


async def call_off(day: str, run: str, *, at: datetime) -> None:
    """The planning of that day and of no other; again, or after its end, nothing changes."""
    last = await queries.last_run(day)
    if last and last.id == run:
        await end_run(run, "cancelled", at=at)


async def end_run(run: str, outcome: str, version: int | None = None, *, at: datetime) -> bool:
    """False where it had ended already: its first outcome stays, its version may come later."""
    rows = await in_use().query(
        "UPDATE plan_run SET outcome = {}, version = {}, ended_at = {} WHERE id = {}"
        " AND outcome IS NULL RETURNING id",
        outcome, version, at, run,
    )  # fmt: skip
    if not rows and version is not None:
        await in_use().query("UPDATE plan_run SET version = {} WHERE id = {}", version, run)
    return bool(rows)
