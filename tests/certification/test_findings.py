"""What was found on Malee's plot, until somebody else has seen it mended; every no on the way."""

import asyncio
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from certification.applications import queries as applications
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run, transaction
from certification.certificates import commands as suspending
from certification.certificates import queries as certificates
from certification.certificates.refusals import NothingOverdue
from certification.certificates.rules import ChangeCertificate
from certification.findings import commands, queries, ruled, rules
from certification.findings.queries import Story
from certification.findings.rules import Agree, Answer, Extend, SendBack, Settle
from certification.inputs import commands as inputs
from certification.inputs import queries as diaries
from certification.inspections import commands as inspections
from certification.inspections import panel
from certification.inspections import queries as visits
from certification.inspections.found import Found, make
from certification.inspections.refusals import FindingClosedAlready, NotByTheFarmer
from certification.inspections.rules import CloseFinding, MakeFinding
from certification.meetings import commands as meetings
from certification.meetings.rules import OffTheAgenda, OpenMeeting, Withdraw
from certification.people import commands as people
from certification.people.rules import Relate
from certification.plots.tables import PlotHolder
from certification.schemes import commands as schemes
from certification.schemes import queries as scheme_queries
from certification.schemes.rules import PublishScheme
from market.jobs import overdue, readers
from tests.cast import (
    CHAN,
    KRIT,
    KRITS_GROUP,
    MALEE,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YESTERDAY,
    YING,
    later,
    log_faults,
    village,
)
from tests.certification.test_inputs import use
from tests.guarantee import accepted, begun, certified, meeting, planted, published

DUE = TODAY + timedelta(days=30)


async def found(**also: Any) -> str:
    """A major one of Malee's, by Somchai on a visit."""
    visit = await begun(await accepted(await planted()))
    one = MakeFinding(new_id(), visit, "P22", "major", "ใช้ถังพ่นร่วมกับเพื่อนบ้าน", **also)
    await run(inspections.find, one, by=SOMCHAI, at=NOW)
    return one.id


async def now(id: str, on: date = TODAY) -> Story:
    return await queries.story(id, on)


def answer(id: str, kind: rules.Said = "claimed", words: str = "ซื้อถังใหม่แล้ว", **also: Any) -> Answer:
    return Answer(new_id(), id, kind, words, **also)


def seen(id: str) -> CloseFinding:
    return CloseFinding(new_id(), id, "ไปดูแล้ว")


def longer(id: str, days: int = 50, **also: Any) -> Extend:
    plain = Extend(new_id(), id, TODAY + timedelta(days=days), "รอถังจากสหกรณ์", "6/2569", TODAY)
    return msgspec.structs.replace(plain, **also)


def settled(id: str, verdict: rules.Verdict = "stands", **also: Any) -> Settle:
    plain = Settle(new_id(), id, verdict, "ดูแล้ว", "6/2569", TODAY)
    return msgspec.structs.replace(plain, **also)


async def refused(why: type[Refusal], deed: Any, data: Any, *, by: str, **when: Any) -> None:
    with pytest.raises(why):
        await run(deed, data, by=by, at=when.get("at", NOW))


async def told_to(db: Database, person: str) -> list[str]:
    await readers.read_on(NOW)
    return [r["kind"] for r in await db.query("SELECT kind FROM notice WHERE person = {}", person)]


async def test_agreed_claimed_sent_back_claimed_again_and_seen_by_another(db: Database) -> None:
    await village(db)
    await published()
    id = await found()
    assert (await now(id)).standing.state == "open"
    await refused(NotByTheFarmer, commands.agree, Agree(new_id(), id, "ซื้อถัง"), by=MALEE)
    await refused(rules.NothingSaid, commands.agree, Agree(new_id(), id, " "), by=CHAN)
    beyond = Agree(new_id(), id, "ซื้อถัง", DUE + timedelta(days=1))
    await refused(rules.BeyondDeadline, commands.agree, beyond, by=CHAN)
    await run(commands.agree, Agree(new_id(), id, "ซื้อถัง", DUE), by=CHAN, at=NOW)
    told = await now(id)
    assert (told.standing.state, told.action) == ("action_agreed", "ซื้อถัง")
    await refused(rules.NothingClaimed, commands.send_back, SendBack(new_id(), id, "ยัง"), by=CHAN)
    for by in (SOMCHAI, KRIT, YING):
        await refused(rules.NotYours, commands.answer, answer(id), by=by)
    await refused(rules.NothingSaid, commands.answer, answer(id, words=" "), by=MALEE)
    await run(commands.answer, answer(id), by=MALEE, at=later(days=3))
    assert (await now(id)).standing.state == "done_claimed"
    await refused(rules.ClaimedAlready, commands.answer, answer(id), by=MALEE)
    await refused(rules.ClaimedAlready, commands.agree, Agree(new_id(), id, "อีก"), by=CHAN)
    await refused(rules.NothingSaid, commands.send_back, SendBack(new_id(), id, " "), by=CHAN)
    back = SendBack(new_id(), id, "ยังใช้ถังเดิม")
    await refused(NotByTheFarmer, commands.send_back, back, by=MALEE)
    await run(commands.send_back, back, by=CHAN, at=later(days=4))
    assert (await now(id)).standing.state == "open"
    on_behalf = answer(id, on_behalf_of=MALEE)
    await run(commands.answer, on_behalf, by=YING, at=later(days=5))
    await refused(rules.OwnClaim, commands.verify, seen(id), by=YING)
    await refused(NotByTheFarmer, commands.verify, seen(id), by=MALEE)
    await run(commands.verify, seen(id), by=CHAN, at=later(days=6))
    told = await now(id, TODAY + timedelta(days=90))
    assert (told.standing.state, told.standing.days_late) == ("verified_closed", 0)
    kinds = [step.kind for step in told.steps]
    assert kinds == ["agreed", "claimed", "sent_back", "claimed", "verified"]
    for deed, data, by in (
        (commands.answer, answer(id, "replied"), MALEE), (commands.verify, seen(id), SOMCHAI),
        (commands.agree, Agree(new_id(), id, "อีก"), CHAN), (ruled.extend, longer(id), WAN),
        (ruled.settle, settled(id), WAN),
    ):  # fmt: skip
        await refused(FindingClosedAlready, deed, data, by=by, at=later(days=7))
    assert await queries.days_to_close([RATTAPHUM], TODAY, TODAY + timedelta(days=9)) == 6
    assert {"findings.agreed", "findings.sent_back"} <= {*await told_to(db, MALEE)}
    assert "findings.answered" in await told_to(db, YING)
    assert not await log_faults()


async def test_of_two_who_look_at_once_one_closes_it(db: Database) -> None:
    await village(db)
    await published()
    id = await found()
    await run(commands.answer, answer(id), by=MALEE, at=NOW)
    both = await asyncio.gather(
        run(commands.verify, seen(id), by=CHAN, at=NOW),
        run(commands.send_back, SendBack(new_id(), id, "ยัง"), by=SOMCHAI, at=NOW),
        run(commands.verify, seen(id), by=SOMCHAI, at=NOW),
        return_exceptions=True,
    )
    late = [one for one in both if isinstance(one, BaseException)]
    assert len(late) == 2 or len((await now(id)).steps) == 3, "sent back, then seen"
    assert all(isinstance(one, Refusal) for one in late), late
    stale = await now(id)
    if stale.standing.state != "verified_closed":
        await run(commands.verify, seen(id), by=CHAN, at=NOW)
    else:
        stale = msgspec.structs.replace(stale, steps=stale.steps[:-1])
    row = commands.Row(new_id(), "replied", "สายไป")
    with pytest.raises(rules.ChangedMeanwhile):
        said = rules.Answered(id, "replied", RATTAPHUM)
        await run(commands.write, stale, row, said, by=MALEE, at=NOW)
    closings = await db.query("SELECT id FROM finding_closed WHERE finding = {}", id)
    assert len(closings) == ((await now(id)).standing.state == "verified_closed")
    assert not await log_faults()


async def test_nobody_too_near_looks_again_and_the_version_of_that_day_holds(db: Database) -> None:
    """Chan is Malee's cousin. A newer charter asks for less; the finding keeps its own."""
    await village(db)
    await published()
    id = await found()
    kin = Relate(new_id(), MALEE, CHAN, "kin", TODAY, degree=2)
    await run(people.relate, kin, by=YING, at=NOW)
    content = scheme_queries.preset("sgs-pgs")
    days = {"critical": 0, "major": 300, "minor": 300}
    looser = msgspec.structs.replace(content.rules, severity_deadline_days=days, kin_degree=0)
    newer = PublishScheme(new_id(), msgspec.structs.replace(content, rules=looser), TODAY, "9/2569")
    await run(schemes.publish, newer, by=WAN, at=NOW)
    for deed, data in (
        (commands.verify, seen(id)), (ruled.extend, longer(id)),
    ):  # fmt: skip
        await refused(panel.KinOfTheFarmer, deed, data, by=CHAN)
    beyond = Agree(new_id(), id, "ซื้อถัง", DUE + timedelta(days=1))
    await refused(rules.BeyondDeadline, commands.agree, beyond, by=YING)


async def test_more_time_is_a_meetings_word_and_a_row_of_its_own(db: Database) -> None:
    await village(db)
    await published()
    id = await found()
    for data, why in (
        (longer(id, reason=" "), rules.NothingSaid),
        (longer(id, meeting_ref=" "), rules.MeetingMissing),
        (longer(id, decided_on=TODAY + timedelta(days=1)), rules.MeetingMissing),
        (longer(id, 30), rules.NotLonger), (longer(id, 500), rules.NotLonger),
    ):  # fmt: skip
        await refused(why, ruled.extend, data, by=WAN)
    await run(ruled.extend, longer(id), by=WAN, at=NOW)
    told = await now(id, TODAY + timedelta(days=50))
    assert (told.standing.due_on, told.standing.days_late) == (TODAY + timedelta(days=50), 0)
    assert [(s.words, s.meeting_ref) for s in told.steps] == [("รอถังจากสหกรณ์", "6/2569")]
    assert not await log_faults()


async def test_a_dispute_waits_for_the_committee_and_is_settled_once(db: Database) -> None:
    await village(db)
    await published()
    id = await found()
    await refused(rules.NoDispute, ruled.settle, settled(id), by=WAN)
    await refused(rules.NothingSaid, commands.answer, answer(id, "disputed", " "), by=MALEE)
    await run(commands.answer, answer(id, "disputed", "ถังนี้ของฉัน"), by=MALEE, at=NOW)
    assert "findings.disputed" in await told_to(db, WAN)
    await refused(rules.Disputed, commands.verify, seen(id), by=CHAN)
    await refused(rules.Disputed, commands.agree, Agree(new_id(), id, "x"), by=CHAN)
    await refused(rules.Disputed, commands.answer, answer(id), by=MALEE)
    await run(commands.answer, answer(id, "replied", "มีพยาน"), by=MALEE, at=NOW)
    await refused(NotByTheFarmer, ruled.settle, settled(id), by=MALEE)
    await run(ruled.settle, settled(id), by=WAN, at=NOW)
    await refused(rules.DisputeSettled, commands.answer, answer(id, "disputed"), by=MALEE)
    await run(commands.answer, answer(id), by=MALEE, at=NOW)
    assert not await log_faults()


async def test_a_meeting_says_it_where_it_is_held_or_puts_it_off(db: Database) -> None:
    await village(db)
    await published()
    id = await found()
    met, theirs = await meeting(), OpenMeeting(new_id(), KRITS_GROUP, TODAY, "บ้านกฤต")
    await run(meetings.open_meeting, theirs, by=WAN, at=NOW)
    off = Withdraw(new_id(), met, "finding", id, "รอพยาน")
    await refused(rules.NotBeforeTheMeeting, ruled.put_off, off, by=WAN)
    await run(commands.answer, answer(id, "disputed", "ถังนี้ของฉัน"), by=MALEE, at=NOW)
    said = settled(id, "withdrawn", meeting=met, meeting_ref="", decided_on=None)
    elsewhere = msgspec.structs.replace(said, meeting=theirs.id)
    await refused(rules.OtherMeeting, ruled.settle, elsewhere, by=WAN)
    nowhere = msgspec.structs.replace(said, meeting=None)
    await refused(rules.MeetingMissing, ruled.settle, nowhere, by=WAN)
    await run(ruled.put_off, off, by=WAN, at=NOW)
    await refused(OffTheAgenda, ruled.settle, said, by=WAN)
    assert (await now(id)).standing.disputed  # it waits as before
    then = await meeting()
    here = msgspec.structs.replace(said, meeting=then)
    before = await meeting(held_on=YESTERDAY)
    sooner = msgspec.structs.replace(said, meeting=before)
    await refused(rules.OtherMeeting, ruled.settle, sooner, by=WAN)
    await run(ruled.settle, here, by=WAN, at=NOW)
    [(told, step)] = await queries.of_meeting(then, TODAY)
    assert (told.finding.id, step.kind, step.decided_on) == (id, "withdrawn", TODAY)
    assert await queries.of_meeting(met, TODAY) == []
    late = msgspec.structs.replace(off, id=new_id(), meeting=then)
    await refused(FindingClosedAlready, ruled.put_off, late, by=WAN)
    assert not await log_faults()


async def test_a_withdrawn_finding_of_the_diary_takes_the_use_with_it(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()
    told = use(plot, "urea", knows=True)
    await run(inputs.note_use, told, by=MALEE, at=NOW)
    await readers.read_on(NOW)
    [one] = await visits.open_findings(plot)
    await run(commands.answer, answer(one.id, "disputed", "จดผิด"), by=MALEE, at=NOW)
    await run(ruled.settle, settled(one.id, "withdrawn"), by=WAN, at=NOW)
    assert await visits.open_findings(plot) == ()
    assert await diaries.clean_since(plot, "sgs-pgs") is None
    assert (await diaries.use(told.id)).word == "dropped"
    assert not await log_faults()


async def test_whoever_farms_the_land_now_answers(db: Database) -> None:
    """Sold meanwhile: the finding stays with the land, and neither of the two confirms it."""
    await village(db)
    await published()
    id = await found()
    plot = (await now(id)).finding.plot
    await db.query("UPDATE plot_holder SET until = {} WHERE plot = {}", TODAY, plot)
    async with transaction():
        day = TODAY + timedelta(days=1)
        held = PlotHolder(id=new_id(), plot=plot, person=SOMCHAI, since=day, until=None, by=WAN)
        await PlotHolder.insert(held)
    await refused(rules.NotYours, commands.answer, answer(id), by=MALEE, at=later(days=2))
    await run(commands.answer, answer(id), by=SOMCHAI, at=later(days=2))
    for by in (MALEE, SOMCHAI):
        await refused(NotByTheFarmer, commands.verify, seen(id), by=by, at=later(days=3))
    mine = [one.finding.id for one in await queries.of_farmer(SOMCHAI, TODAY + timedelta(days=3))]
    assert mine == [id]
    assert await queries.of_farmer(MALEE, TODAY + timedelta(days=3)) == []


async def test_a_test_or_a_complaint_makes_a_finding_once(db: Database) -> None:
    await village(db)
    await published()
    asked = await applications.application(await accepted(await planted()))
    seen_by = Found(
        new_id(), "complaint", new_id(), asked.plot, MALEE, asked.scheme_version, "N14",
        "major", "มีคนเห็นพ่นยา",
    )  # fmt: skip
    assert await run(make, seen_by, by=WAN, at=NOW) is not None
    assert await run(make, seen_by, by=WAN, at=NOW) is None
    [one] = await queries.of_plots([asked.plot], TODAY)
    assert (one.finding.source, one.standing.due_on) == ("complaint", DUE)


async def test_a_major_is_a_ground_to_suspend_only_after_the_days_of_grace(db: Database) -> None:
    await village(db)
    await published()
    paper = await certified()
    version = (await certificates.certificate(paper.certificate)).scheme_version
    one = Found(new_id(), "complaint", new_id(), paper.plot, MALEE, version, "N14", "major", "พ่นยา")
    await run(make, one, by=WAN, at=NOW)
    last = TODAY + timedelta(days=59)
    rest = ChangeCertificate(new_id(), paper.certificate, "major_overdue", last)
    await refused(NothingOverdue, suspending.suspend, rest, by=WAN, at=later(days=59))
    await run(suspending.suspend, rest, by=WAN, at=later(days=60))


async def test_the_clock_reminds_tells_and_hands_to_the_committee_by_local_days(
    db: Database,
) -> None:
    """A worker that slept says the gravest; nothing is said twice, by however many workers."""
    await village(db)
    await published()
    id = await found()

    async def ticked(days: int, hours: int = 0) -> list[str]:
        at = later(days=days, hours=hours)
        for _ in range(2):
            overdue._last.clear()
            await overdue.tick(at)
        await readers.read_on(at)
        return [step.kind for step in (await now(id)).steps]

    assert await ticked(22) == []
    assert await ticked(23) == ["reminded"]
    night = 17 - NOW.hour  # 17 UTC is midnight in Thailand
    assert await ticked(30, night - 1) == ["reminded"], "still the last day, late in the evening"
    assert await ticked(30, night + 1) == ["reminded", "overdue"], "a new day in the village"
    assert not (await now(id, DUE + timedelta(days=29))).standing.escalated
    assert (await ticked(60))[2:] == ["escalated"]
    told = await now(id, TODAY + timedelta(days=60))
    assert told.proposes_suspension
    assert {"findings.reminded", "findings.overdue", "findings.escalated"} <= {
        *await told_to(db, MALEE)
    }
    assert "findings.overdue" in await told_to(db, YING)
    assert "findings.escalated" in await told_to(db, WAN)
    await run(ruled.extend, longer(id, 100), by=WAN, at=later(days=61))
    assert (await ticked(70))[3:] == ["extended"]
    assert (await ticked(95))[4:] == ["reminded"], "of the new day"
    assert not await log_faults()
