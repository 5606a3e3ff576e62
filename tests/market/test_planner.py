"""The planner's process: its plans are kept, and whatever becomes of it nothing is lost."""

import asyncio
import sys

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates.tables import CertificateEvent
from market import settings
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from market.domain.trips import commands, queries, rules, since, versions
from market.domain.trips import rows as read
from market.gateways import planner
from tests.cast import DAO, MALEE, NOW, TODAY, TOMORROW, WAN
from tests.databases import only_sqlite
from tests.market.farm import certify, planted
from tests.market.fleet import Fleet, fleet, set_stop, set_truck
from tests.market.stall import PICKUP


async def ready(db: Database) -> tuple[Fleet, str]:
    """The stop that Nok ordered for, and another."""
    there = await fleet(db)
    await there.stall.paid(2_000)
    day = await there.day(PICKUP.date(), template=False)
    await run(commands.set_truck, set_truck(day, there.truck), by=DAO, at=NOW)
    for place in there.stops:
        await run(commands.set_stop, set_stop(day, place), by=DAO, at=NOW)
    return there, day.id


async def start(day: str, seconds: int = 1) -> str:
    said = settings.read({})
    return await planner.start(said, day, seconds, by=DAO, clock=lambda: NOW)


def told_by(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that says what it is told to."""
    monkeypatch.setattr(planner, "CHILD", (sys.executable, "-c", script))


async def test_a_day_is_planned_in_a_process_of_its_own(db: Database) -> None:
    _, day = await ready(db)
    await start(day, 20)  # a proof ends it; on a busy machine a process takes seconds to begin
    with pytest.raises(rules.UnderPlanning):
        await start(day)
    await planner.settled()
    seen = await queries.last_run(day)
    assert seen
    assert (seen.outcome, seen.version) == ("done", 1)
    kept = await queries.version_of(day, 1)
    assert (kept.head.proved, kept.head.faults, kept.problem.spots) == (True, 0, ())
    assert len(kept.plan.routes[0]) == 3
    assert since.changed(kept.problem, await read.problem(day)) == []


@only_sqlite  # the rows are told on both above
@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ("raise SystemExit(3)", "cut_short"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "cut_short"),
        ("print('no JSON')", "nothing"),
        ("""print('{"routes":[],"cost":0,"engine":"liar"}')""", "nothing"),
    ],
)
async def test_a_planner_that_fails_or_lies_leaves_no_plan(
    db: Database, monkeypatch: pytest.MonkeyPatch, script: str, outcome: str
) -> None:
    _, day = await ready(db)
    told_by(script, monkeypatch)
    await start(day)
    await planner.settled()
    seen = await queries.last_run(day)
    assert seen
    assert (seen.outcome, seen.version) == (outcome, None)
    assert await queries.newest(day) == 0
    await start(day)  # and it can be asked again
    await planner.settled()


TELLS_AND_HANGS = """
import subprocess, sys, time
said = subprocess.run([sys.executable, "-m", "market.gateways.engines.apart", "1", "0"],
                      input=sys.stdin.buffer.read(), stdout=subprocess.PIPE).stdout
sys.stdout.buffer.write(said); sys.stdout.flush(); time.sleep(60)
"""


@only_sqlite
async def test_called_off_or_over_its_time_the_last_plan_is_kept(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, day = await ready(db)
    told_by(TELLS_AND_HANGS, monkeypatch)
    monkeypatch.setattr(planner, "POLL_S", 0.05)
    for version, ends in ((1, "cancelled"), (2, "cut_short")):
        monkeypatch.setattr(planner, "GRACE_S", 60 if ends == "cancelled" else 2)
        id = await start(day)
        for _ in range(400):
            seen = await queries.last_run(day)
            if seen and seen.found:
                break
            await asyncio.sleep(0.02)
        if ends == "cancelled":
            assert await run(versions.end_run, id, "cancelled", at=NOW)
        await planner.settled()
        seen = await queries.last_run(day)
        assert seen
        assert (seen.outcome, seen.version) == (ends, version)


async def test_what_became_otherwise_since_a_plan_is_named(db: Database) -> None:
    there, day = await ready(db)
    then = await read.problem(day)
    await there.stall.paid(500)
    ordered_for, _ = there.stops
    [first, second] = sorted(
        (await queries.day(day)).stops, key=lambda stop: stop.place != ordered_for
    )
    moved = rules.SetDayStop(second.id, day, second.place, 600, 720, required=True)
    await run(commands.set_stop, moved, by=DAO, at=NOW)
    now = await read.problem(day)
    lot = (await queries.orders_of_stop(day, first.place))[0]
    assert set(since.changed(then, now)) == {
        since.Changed("ordered_more", first.place, 500),
        since.Changed("window_moved", second.place),
        since.Changed("required", second.place),
        since.Changed("lots_changed", lot.plot),
    }
    await run(commands.cancel_stop, day, second.id, by=DAO, at=NOW)
    assert since.Changed("stop_gone", second.place) in since.changed(then, await read.problem(day))


@only_sqlite
async def test_a_lot_whose_certificate_is_suspended_since_is_named(db: Database) -> None:
    _, day = await ready(db)
    land = await run(planted)
    certificate = await run(certify, land)
    cut = HarvestLot(land.plot, "kale", TODAY, 5_000, land.planting)
    lot = await run(lots.harvest, new_id(), cut, by=MALEE, at=NOW)
    await run(commands.set_lot, rules.SetDayLot(day, lot.lot, 2_000), by=DAO, at=NOW)

    async def named() -> list[str]:
        return await read.suspended(await read.rows(await queries.day(day)))

    assert await named() == []
    for number, kind in enumerate(("suspended", "reinstated"), 1):
        await CertificateEvent.insert(
            CertificateEvent(
                id=new_id(), certificate=certificate, kind=kind, from_on=TODAY, because="test",
                by=WAN, at=NOW, seq=number,
            )
        )  # fmt: skip
        assert await named() == ([lot.code] if kind == "suspended" else [])


async def test_an_empty_day_cannot_be_planned(db: Database) -> None:
    day = await (await fleet(db)).day(TOMORROW, template=False)
    with pytest.raises(rules.NothingToPlan):
        await start(day.id)
