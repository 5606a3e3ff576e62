"""Visits to certified land: why somebody goes again, what is asked, and who must not know."""

from datetime import timedelta

import msgspec
import pytest

from certification.applications import queries as applications
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.decisions import queries as decisions
from certification.inspections import assigning, bound, commands, kinds, queries, refusals, sheets
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.kinds import About
from certification.inspections.panel import Assigned, OwnPlot
from certification.inspections.rules import (
    AssignInspection,
    BeginInspection,
    CloseFinding,
    FinishInspection,
    MakeFinding,
)
from certification.people import commands as people
from certification.people.rules import Relate
from certification.plots.tables import PlotHolder
from certification.schemes.queries import preset
from tests.cast import (
    ADMIN,
    CHAN,
    MALEE,
    NOW,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    later,
    log_faults,
    village,
)
from tests.guarantee import PANEL, accepted, begun, certified, planted, published

SGS = preset("sgs-pgs-small")


async def paper(db: Database) -> tuple[str, str]:
    """Malee's certified plot: its application and the plot."""
    await village(db)
    await published()
    issued = await certified()
    return (await decisions.decision(issued.decision)).application, issued.plot


def again(asked: str, kind: kinds.Kind, *about: About, reason: str = "") -> AssignInspection:
    return AssignInspection(new_id(), asked, tuple(PANEL), TODAY, kind, about, reason or None)


def test_each_kind_is_called_from_its_own_states_and_from_no_other() -> None:
    told = {
        kind: [s for s in ("submitted", "returned", "accepted", "inspected", "decided", "withdrawn")
               if not _refused(kind, s)]
        for kind in kinds.FROM
    }  # fmt: skip
    assert told == {
        "initial": ["accepted"],
        "annual": ["accepted", "decided"],
        "random": ["inspected", "decided"],
        "complaint": ["inspected", "decided"],
        "follow_up": ["inspected", "decided"],
    }


def _refused(kind: kinds.Kind, state: str) -> bool:
    try:
        kinds.ensure_ready(kind, state)
    except kinds.ApplicationNotReady:
        return True
    return False


async def test_a_follow_up_asks_what_was_found_and_what_the_inspectors_add(db: Database) -> None:
    asked, _ = await paper(db)
    look = again(asked, "random")
    await run(assigning.assign, look, by=WAN, at=NOW)
    await run(commands.begin, BeginInspection(look.id, NOW), by=CHAN, at=NOW)
    finding = MakeFinding(new_id(), look.id, "P22", "major", "ใช้ถังพ่นร่วมกับเพื่อนบ้าน")
    await run(commands.find, finding, by=CHAN, at=NOW)

    visit = again(asked, "follow_up")
    await run(assigning.assign, visit, by=WAN, at=NOW)
    await run(commands.begin, BeginInspection(visit.id, NOW), by=CHAN, at=NOW)
    assert [(a.what, a.of) for a in await queries.about(visit.id)] == [("finding", finding.id)]
    assert (await sheets.progress(visit.id)).missing == ("P22",)
    for item in ("P22", "N05"):
        one = AnswerGiven(new_id(), item, "yes", NOW, "เห็นด้วยตา")
        await run(commands.answer, GiveAnswers(visit.id, (one,)), by=SOMCHAI, at=NOW)
    sheet = await sheets.sheet(await queries.inspection(visit.id))
    assert [item.code for item in sheet.checklist] == ["P22", "N05"]
    for member in PANEL:
        await run(commands.sign, visit.id, by=member.person, at=NOW)
    await run(commands.finish, FinishInspection(visit.id, "signed", NOW), by=CHAN, at=NOW)
    assert (await applications.application(asked)).state == "decided"
    await run(commands.close_finding, CloseFinding(new_id(), finding.id, "x"), by=CHAN, at=NOW)
    with pytest.raises(kinds.NothingToFollow):
        await assigning.assign(again(asked, "follow_up"), by=WAN, at=NOW)
    named = again(asked, "follow_up", About("item", "P22"))
    assert await run(assigning.assign, named, by=WAN, at=NOW)
    assert not await log_faults()


async def test_what_a_visit_is_about_must_be_of_this_plot_and_a_complaint_has_a_name(
    db: Database,
) -> None:
    asked, _ = await paper(db)
    for wrong in (About("finding", new_id()), About("item", "X99"), About("complaint", "x" * 37)):
        with pytest.raises(kinds.AboutUnknown):
            await assigning.assign(again(asked, "complaint", wrong), by=WAN, at=NOW)
    with pytest.raises(kinds.ComplaintUnnamed):
        await assigning.assign(again(asked, "complaint", About("item", "N05")), by=WAN, at=NOW)
    told = again(asked, "complaint", About("complaint", new_id()), reason="ได้กลิ่นยาตอนเช้า")
    await run(assigning.assign, told, by=WAN, at=NOW)
    whole = await sheets.sheet(await queries.inspection(told.id))
    assert len(whole.checklist) == len(SGS.checklist)  # nothing named: everything is asked
    rows = await db.query("SELECT body FROM log_entry WHERE subject = {}", told.id)
    assert all("กลิ่นยา" not in bytes(row["body"]).decode() for row in rows)


async def test_a_plot_has_as_many_announced_visits_a_year_as_the_charter_says(
    db: Database,
) -> None:
    asked, plot = await paper(db)
    [first] = [y for y in await queries.years_visits((await applications.application(asked)).group,
                                                     TODAY.year) if y.plot == plot]  # fmt: skip
    assert first.state == "signed"
    with pytest.raises(kinds.EnoughThisYear) as no:
        await assigning.assign(again(asked, "annual"), by=WAN, at=NOW)
    assert no.value.facts == {"most": 1}
    next_year = msgspec.structs.replace(
        again(asked, "annual"), planned_on=TODAY + timedelta(days=60)
    )
    await run(assigning.assign, next_year, by=WAN, at=NOW)
    twice = msgspec.structs.replace(next_year, id=new_id())
    with pytest.raises(kinds.EnoughThisYear):
        await assigning.assign(twice, by=WAN, at=NOW)
    await run(commands.cancel, next_year.id, by=WAN, at=NOW)
    assert await run(assigning.assign, twice, by=WAN, at=NOW)


async def test_who_may_not_know_of_an_unannounced_visit_before_it_begins(db: Database) -> None:
    asked, _ = await paper(db)
    kin = Relate(new_id(), MALEE, YING, "kin", TODAY - timedelta(days=900), 1)
    await run(people.relate, kin, by=ADMIN, at=NOW)
    visit = again(asked, "random")
    await run(assigning.assign, visit, by=WAN, at=NOW)
    assert await bound.kept_from(await queries.inspection(visit.id)) == {MALEE, YING}
    rows = await db.query("SELECT body FROM log_entry WHERE subject = {}", visit.id)
    assert all(f'"application":"{asked}"' not in bytes(row["body"]).decode() for row in rows)
    await run(commands.begin, BeginInspection(visit.id, NOW), by=CHAN, at=NOW)
    assert not await bound.kept_from(await queries.inspection(visit.id))


async def test_what_is_found_on_certified_land_is_for_who_farms_it_now(db: Database) -> None:
    asked, plot = await paper(db)
    taken = PlotHolder(
        id=new_id(), plot=plot, person=CHAN, since=TODAY - timedelta(days=3), until=None, by=WAN
    )
    await PlotHolder.insert(taken)
    panel = [Assigned(YING, "producer") if m.person == CHAN else m for m in PANEL]
    look = msgspec.structs.replace(again(asked, "random"), members=tuple(panel))
    with pytest.raises(OwnPlot):
        await assigning.assign(again(asked, "random"), by=WAN, at=NOW)
    await run(assigning.assign, look, by=WAN, at=NOW)
    await run(commands.begin, BeginInspection(look.id, NOW), by=YING, at=NOW)
    finding = MakeFinding(new_id(), look.id, "P22", "major", "ใช้ถังพ่นร่วมกับเพื่อนบ้าน")
    await run(commands.find, finding, by=YING, at=NOW)
    assert (await queries.finding(finding.id)).farmer == CHAN


async def test_a_visit_keeps_the_charter_of_its_application(db: Database) -> None:
    await village(db)
    old = await published()
    visit = await begun(await accepted(await planted()))
    await published(min_inspectors=5)
    assert (await queries.inspection(visit)).scheme_version == old
    with pytest.raises(refusals.NotAnsweredYet):
        await commands.sign(visit, by=CHAN, at=later(hours=1))
