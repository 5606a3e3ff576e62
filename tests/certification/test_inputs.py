"""Malee writes down what she used; the list judges it, and the committee what no list knows."""

import asyncio
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from certification.applications import commands as applications
from certification.applications import queries as application_queries
from certification.applications.refusals import DiaryDiffers
from certification.applications.rules import Resubmit
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import queries as certificates
from certification.decisions import queries as decisions
from certification.inputs import commands, queries, rules
from certification.inputs.rules import NoteUse, RuleInput
from certification.inspections import commands as inspections
from certification.inspections import queries as inspection_queries
from certification.inspections.refusals import NotByTheFarmer
from certification.inspections.rules import CloseFinding
from certification.plots import commands as plots
from certification.plots.rules import RegisterPlot
from certification.schemes import commands as schemes
from certification.schemes import queries as scheme_queries
from certification.schemes.content import Input
from certification.schemes.rules import PublishScheme
from market.jobs import readers
from tests.cast import (
    KRIT,
    MALEE,
    NETWORK,
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
    LAT,
    LON,
    LONG_CLEAN,
    application,
    applied,
    certified,
    planted,
    published,
    square,
)

LAST_WEEK = TODAY - timedelta(days=7)


def use(plot: str, code: str | None = "compost", **also: Any) -> NoteUse:
    plain = NoteUse(id=new_id(), plot=plot, code=code, amount="2 กระสอบ", used_on=LAST_WEEK)
    return msgspec.structs.replace(plain, **also)


def ruling(status: Any = "allowed", **also: Any) -> RuleInput:
    plain = RuleInput(
        id=new_id(), network=NETWORK, scheme="sgs-pgs", key="น้ำปลาคู่", status=status,
        decided_on=TODAY, meeting_ref="5/2569",
    )  # fmt: skip
    return msgspec.structs.replace(plain, **also)


async def status(id: str) -> str:
    return (await queries.use(id)).status


async def test_each_use_is_judged_by_the_list(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()
    for code, said in (("compost", "allowed"), ("copper", "restricted"), ("abamectin", "unknown")):
        told = use(plot, code)
        await run(commands.note_use, told, by=MALEE, at=NOW)
        assert await status(told.id) == said
    with pytest.raises(rules.NotOnTheList):
        await run(commands.note_use, use(plot, "moon_dust"), by=MALEE, at=NOW)
    with pytest.raises(rules.ProductMissing):
        await run(commands.note_use, use(plot, None, product="  "), by=MALEE, at=NOW)
    with pytest.raises(rules.DayOutOfRange):
        tomorrow = TODAY + timedelta(days=1)
        await run(commands.note_use, use(plot, used_on=tomorrow), by=MALEE, at=NOW)
    with pytest.raises(rules.CropNotThere):
        await run(commands.note_use, use(plot, crop="durian"), by=MALEE, at=NOW)
    assert not await log_faults()


async def test_only_who_farms_there_and_a_helper_who_names_her_write(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()
    for by, whom in ((KRIT, None), (KRIT, MALEE), (SOMCHAI, None)):
        with pytest.raises(rules.NotYourLand):
            await run(commands.note_use, use(plot, on_behalf_of=whom), by=by, at=NOW)
    await run(commands.note_use, use(plot, on_behalf_of=MALEE), by=YING, at=NOW)
    [one] = await queries.of_farmer(MALEE)
    assert one.by == YING
    for row in await db.query("SELECT body FROM log_entry WHERE subject = {}", plot):
        assert "กระสอบ".encode() not in bytes(row["body"])


async def test_something_prohibited_is_saved_only_by_who_knows_what_follows(db: Database) -> None:
    await village(db)
    await published()
    paper = await certified()
    told = use(paper.plot, "glyphosate", used_on=TODAY)
    with pytest.raises(rules.Consequences) as no:
        await run(commands.note_use, told, by=MALEE, at=NOW)
    assert no.value.facts["restarts_on"] == str(TODAY + timedelta(days=1))
    assert await queries.of_plot(paper.plot) == []
    told = msgspec.structs.replace(told, knows=True)
    await run(commands.note_use, told, by=MALEE, at=NOW)
    for _ in range(2):
        await readers.read_on(NOW)
        await db.query("UPDATE log_cursor SET seq = 0 WHERE reader = 'inputs'")
    [finding] = await inspection_queries.open_findings(paper.plot)
    assert (finding.severity, finding.item, finding.use) == ("critical", "N15", told.id)
    view = await certificates.certificate(paper.certificate)
    assert (await certificates.standing(view, "kale", TODAY)).state == "suspended"
    assert [e.kind for e in await certificates.events(view.id)] == ["suspended"]
    assert await certificates.holding(paper.plot, "kale", TODAY) == ()
    with pytest.raises(NotByTheFarmer):
        closed = CloseFinding(new_id(), finding.id, "ไม่ใช้อีก")
        await run(inspections.close_finding, closed, by=MALEE, at=NOW)
    closed = CloseFinding(new_id(), finding.id, "ไปดูแล้ว")
    await run(inspections.close_finding, closed, by=SOMCHAI, at=NOW)
    assert await inspection_queries.open_findings(paper.plot) == ()
    await readers.read_on(later(hours=1))
    told = await db.query("SELECT kind FROM notice WHERE person = {}", MALEE)
    assert {"inspections.found", "inspections.finding_closed"} <= {row["kind"] for row in told}
    assert not await log_faults()


async def test_what_is_open_and_what_was_used_stays_with_the_land_when_it_is_drawn_anew(
    db: Database,
) -> None:
    await village(db)
    await published()
    old = await planted()
    told = use(old, "urea", knows=True)
    await run(commands.note_use, told, by=MALEE, at=NOW)
    await readers.read_on(NOW)
    wanted = RegisterPlot(
        id=new_id(), group=RATTAPHUM, farmer=MALEE, name="หลังบ้าน", kind="field",
        outline=square(LAT, LON), replaces=old,
    )  # fmt: skip
    new = (await run(plots.register, wanted, by=MALEE, at=NOW)).plot
    [finding] = await inspection_queries.open_findings(new)
    assert finding.about == told.id
    assert await queries.clean_since(new, "sgs-pgs") == LAST_WEEK + timedelta(days=1)


async def test_conversion_counts_from_the_day_after_and_no_cleaner_day_is_taken(
    db: Database,
) -> None:
    await village(db)
    await published()
    plot = await planted()
    asked = await applied(plot)
    told = use(plot, "urea", knows=True)
    await run(commands.note_use, told, by=MALEE, at=NOW)
    after = LAST_WEEK + timedelta(days=1)
    view = await application_queries.application(asked)
    assert await application_queries.clean_since(view) == after
    cause, _ = await decisions.cause(asked, TODAY)
    assert cause.stages == {"annual": "in_conversion", "perennial": "in_conversion"}
    other = await planted(lon=100.31)
    await run(commands.note_use, use(other, "urea", knows=True), by=MALEE, at=NOW)
    with pytest.raises(DiaryDiffers) as no:
        await run(applications.submit, application(other), by=MALEE, at=NOW)
    assert no.value.facts["since_on"] == str(after)
    await run(applications.submit, application(other, clean_since=after), by=MALEE, at=NOW)
    await db.query("UPDATE application SET state = 'returned' WHERE id = {}", asked)
    with pytest.raises(DiaryDiffers):
        again = Resubmit(asked, "ผักใบ", LONG_CLEAN)
        await run(applications.resubmit, again, by=MALEE, at=NOW)


async def test_of_two_words_on_one_matter_at_once_one_holds(db: Database) -> None:
    await village(db)
    await published()
    mine = use(await planted(), None, product="น้ำปลาคู่")
    await run(commands.note_use, mine, by=MALEE, at=NOW)
    done = await asyncio.gather(
        *(run(commands.rule, ruling(one), by=WAN, at=NOW) for one in ("allowed", "prohibited")),
        return_exceptions=True,
    )
    second = [one for one in done if isinstance(one, rules.RuledMeanwhile)]
    kept = await queries.rulings(NETWORK)
    assert len(second) + len(kept) == 2
    assert await status(mine.id) == (kept[0].status if second else kept[-1].status)
    assert not await log_faults()


async def test_what_no_list_knows_is_decided_by_the_committee(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()
    mine = use(plot, None, product="น้ำปลาคู่")
    same = use(plot, None, product="  น\u0e4d\u0e49\u0e32ปลาคู่ ", used_on=TODAY)
    for told in (mine, same):
        await run(commands.note_use, told, by=MALEE, at=NOW)
    [waiting] = await queries.unknown(NETWORK)
    assert (set(waiting.uses), waiting.first_used_on) == ({mine.id, same.id}, LAST_WEEK)
    for wrong, why in (
        (ruling("unknown"), rules.NotUnknown),
        (ruling(key="code:compost"), rules.NotUnknown),
        (ruling("restricted"), rules.RestrictionMissing),
        (ruling(meeting_ref=" "), rules.MeetingMissing),
        (ruling(decided_on=TODAY + timedelta(days=1)), rules.DayOutOfRange),
    ):
        with pytest.raises(why):
            await run(commands.rule, wrong, by=WAN, at=NOW)
    with pytest.raises(rules.OwnUse):
        await run(commands.rule, ruling(), by=MALEE, at=NOW)
    await run(commands.rule, ruling("restricted", restriction="บอกก่อน"), by=WAN, at=later(hours=1))
    assert [await status(one.id) for one in (mine, same)] == ["restricted", "restricted"]
    assert await queries.unknown(NETWORK) == []
    after = use(plot, None, product="น\u0e49\u0e4d\u0e32ปลาคู่")
    await run(commands.note_use, after, by=MALEE, at=later(hours=2))
    assert await status(after.id) == "restricted", "it holds from now on"
    assert not await log_faults()


async def test_a_ruling_that_prohibits_is_told_before_the_next_use(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()
    told = use(plot, "abamectin")
    await run(commands.note_use, told, by=MALEE, at=NOW)
    said = ruling("prohibited", key="code:abamectin")
    await run(commands.rule, said, by=WAN, at=later(hours=1))
    await readers.read_on(later(hours=1))
    [finding] = await inspection_queries.open_findings(plot)
    assert (finding.item, finding.by) == ("N14", MALEE)
    assert await queries.clean_since(plot, "sgs-pgs") == LAST_WEEK + timedelta(days=1)
    with pytest.raises(rules.Consequences):
        await run(commands.note_use, use(plot, "abamectin"), by=MALEE, at=later(hours=2))


async def test_the_list_of_that_day_judges(db: Database) -> None:
    """Prohibited since yesterday: last week's use stays what it was, today's is not."""
    await village(db)
    await published()
    plot = await planted()
    old = use(plot, "neem")
    await run(commands.note_use, old, by=MALEE, at=NOW)
    content = scheme_queries.preset("sgs-pgs")
    yesterday = TODAY - timedelta(days=1)
    neem = next(one for one in content.inputs if one.code == "neem")
    rows: tuple[Input, ...] = (
        *[one for one in content.inputs if one.code != "neem"],
        msgspec.structs.replace(neem, until=yesterday - timedelta(days=1)),
        msgspec.structs.replace(neem, status="prohibited", from_on=yesterday),
    )
    newer = msgspec.structs.replace(content, inputs=rows)
    wanted = PublishScheme(new_id(), newer, yesterday, "9/2569")
    await run(schemes.publish, wanted, by=WAN, at=NOW)
    again = use(plot, "neem")
    await run(commands.note_use, again, by=MALEE, at=NOW)
    assert [await status(one.id) for one in (old, again)] == ["allowed", "allowed"]
    with pytest.raises(rules.Consequences):
        await run(commands.note_use, use(plot, "neem", used_on=TODAY), by=MALEE, at=NOW)
    assert not await log_faults()


def test_the_worst_word_counts_and_names_are_evened_out() -> None:
    assert rules.worst(["allowed", "unknown", "restricted"]) == "unknown"
    assert rules.worst(["unknown", "prohibited"]) == "prohibited"
    assert rules.worst([]) == "unknown"
    assert rules.key_of(None, "  ＡＢＣ  xyz ") == rules.key_of(None, "abc XYZ")
    assert rules.key_of("neem", "อะไรก็ได้") == "code:neem"
    assert rules.restarts_on(date(2026, 12, 31)) == date(2027, 1, 1)
