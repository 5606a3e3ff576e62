"""Who takes an application on, what is missing then, and what becomes of one nobody follows."""

import asyncio

import pytest

from certification.applications import commands, queries, refusals
from certification.applications.rules import Resubmit, ReturnApplication
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.decisions import commands as decisions
from certification.decisions.rules import Decide, GroupTooSmall
from certification.inspections import lapses
from certification.meetings import commands as meetings
from certification.meetings.rules import Attend, OpenMeeting
from certification.people import commands as people
from certification.people.rules import Relate
from certification.schemes.rules import Part
from tests.cast import (
    ADMIN,
    CHAN,
    KRIT,
    MALEE,
    NOK,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    later,
    log_faults,
    village,
)
from tests.guarantee import (
    LONG_CLEAN,
    ON_PAPER,
    application,
    applied,
    begun,
    inspected,
    meeting,
    planted,
    published,
    stages,
    voted,
)


async def plot(db: Database) -> str:
    await village(db)
    await published()
    return await planted()


async def test_only_the_tier_above_takes_on_and_nobody_near(db: Database) -> None:
    id = await applied(await plot(db))
    for nobody in (YING, SOMCHAI, KRIT, NOK):
        with pytest.raises(refusals.NotTheTierAbove) as no:
            await commands.accept(id, ON_PAPER, by=nobody, at=NOW)
        assert no.value.facts["setting"] == "decision_stages"
    cousins = Relate(new_id(), WAN, MALEE, "kin", TODAY, 2)
    await run(people.relate, cousins, by=ADMIN, at=NOW)
    for deed in (
        commands.accept(id, ON_PAPER, by=WAN, at=NOW),
        commands.return_(ReturnApplication(id, "ขอแผนปีหน้าด้วย"), by=WAN, at=NOW),
    ):
        with pytest.raises(refusals.TooNear):
            await deed
    await run(people.unrelate, cousins.id, TODAY, "จดผิดคน", by=ADMIN, at=NOW)
    await commands.accept(id, ON_PAPER, by=WAN, at=later(days=1))


async def test_where_the_group_decides_first_its_own_leader_looks_through(db: Database) -> None:
    await village(db)
    await published(decision_stages=stages("group", "committee"))
    id = await applied(await planted())
    for nobody in (MALEE, SOMCHAI):
        with pytest.raises(Refusal):
            await commands.accept(id, ON_PAPER, by=nobody, at=NOW)
    await commands.accept(id, ON_PAPER, by=YING, at=NOW)


async def test_of_taking_on_and_sending_back_at_once_one_holds(db: Database) -> None:
    id = await applied(await plot(db))
    done = await asyncio.gather(
        run(commands.accept, id, ON_PAPER, by=WAN, at=NOW),
        run(commands.return_, ReturnApplication(id, "ขอแผน"), by=YING, at=NOW),
        run(commands.accept, id, ON_PAPER, by=WAN, at=NOW),
        return_exceptions=True,
    )
    assert sum(isinstance(one, refusals.NotNow) for one in done) == 2
    state = (await queries.application(id)).state
    told = [type(one).__struct_config__.tag for one in done if not isinstance(one, Exception)]
    assert told == [f"applications.{state}"]
    assert not await log_faults()


async def test_what_nobody_follows_lapses_once_and_can_be_asked_for_anew(db: Database) -> None:
    await village(db)
    await published(application_lapse_days=60)
    back, on, visited = [await applied(await planted(lon=100.28 + n / 100)) for n in range(3)]
    await run(commands.return_, ReturnApplication(back, "ขอแผนปีหน้า"), by=YING, at=NOW)
    for id in (on, visited):
        await run(commands.accept, id, ON_PAPER, by=WAN, at=NOW)
    await begun(visited)
    assert await lapses.lapse(at=later(days=59)) == 0
    assert await lapses.lapse(at=later(days=400)) == 2, "also when the clock slept"
    assert await lapses.lapse(at=later(days=400)) == 0
    found = {id: (await queries.application(id)).state for id in (back, on, visited)}
    assert found == {back: "lapsed", on: "lapsed", visited: "accepted"}
    with pytest.raises(refusals.NotNow):
        await commands.resubmit(Resubmit(back, "แผน", LONG_CLEAN), by=MALEE, at=later(days=401))
    land = (await queries.application(back)).plot
    draft = await queries.draft(land, "sgs-pgs")
    assert (draft.copied, draft.farm_plan) == (True, "ผักใบ หมุนเวียนกับถั่ว")
    anew = application(land)
    await run(commands.submit, anew, by=MALEE, at=later(days=401))
    assert (await queries.application(anew.id)).state == "submitted"
    assert not await log_faults()


async def test_a_group_too_small_is_told_of_and_sends_nothing_to_decision(db: Database) -> None:
    """Four members, but Somchai and Chan live in one house."""
    await village(db)
    await published(group_min_members=4)
    await run(people.house, new_id(), [SOMCHAI, CHAN], since=TODAY, by=ADMIN, at=NOW)
    id = await applied(await planted())
    lacks = {one.what: one for one in await queries.lacking(await queries.application(id), TODAY)}
    assert (lacks["group_members"].have, lacks["group_members"].need) == (3, 4)
    await run(commands.accept, id, ON_PAPER, by=WAN, at=NOW)
    await inspected(id)
    met = await meeting()
    await voted(met, id)
    with pytest.raises(GroupTooSmall):
        await decisions.decide(Decide(new_id(), met, id), by=WAN, at=NOW)


async def test_who_keeps_away_from_the_groups_meetings_is_asked_why(db: Database) -> None:
    """Of three meetings Malee came to none, and somebody of her house to one."""
    await village(db)
    await published(meeting_attendance_share=Part(1, 2))
    id = await applied(await planted())
    asked = await queries.application(id)
    assert "attendance" not in {one.what for one in await queries.lacking(asked, TODAY)}
    for who in (YING, SOMCHAI, CHAN):
        wanted = OpenMeeting(new_id(), RATTAPHUM, TODAY, "ศาลา", None)
        await run(meetings.open_meeting, wanted, by=YING, at=NOW)
        await run(meetings.attend, Attend(wanted.id, who, "producer"), by=YING, at=NOW)
        await run(meetings.close_meeting, wanted.id, by=YING, at=NOW)
    await run(people.house, new_id(), [MALEE, CHAN], since=TODAY, by=ADMIN, at=NOW)
    [away] = [one for one in await queries.lacking(asked, TODAY) if one.what == "attendance"]
    assert (away.have, away.need) == (1, 2)
    with pytest.raises(refusals.Incomplete) as no:
        await commands.accept(id, by=WAN, at=NOW)
    assert "attendance" in no.value.facts["lacks"]
