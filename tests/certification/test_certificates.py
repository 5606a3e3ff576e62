"""Malee's certificate: issued once, numbered without a gap, suspended, lifted, renewed."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.text import Text
from certification.basis.transaction import run
from certification.certificates import commands, history, queries, refusals, rules
from certification.certificates.rules import (
    CertificateIssued,
    ChangeCertificate,
    IssueCertificate,
)
from certification.certificates.tables import Certificate, CertificateCrop, CertificateEvent
from certification.decisions import commands as decisions
from certification.decisions.queries import decision as decisions_of
from certification.decisions.rules import Decide
from certification.inspections import assigning
from certification.inspections import commands as inspections
from certification.inspections.panel import Assigned
from certification.inspections.rules import (
    AssignInspection,
    BeginInspection,
    CloseFinding,
    MakeFinding,
)
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop
from certification.plots.tables import PlotHolder
from certification.schemes.numbers import PLAIN, number, well_formed
from certification.schemes.rules import PanelSeat
from tests.cast import (
    CHAN,
    KRIT,
    MALEE,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    TOMORROW,
    WAN,
    YESTERDAY,
    YING,
    later,
    village,
)
from tests.guarantee import (
    JUST_CLEAN,
    LAT,
    LON,
    PANEL,
    accepted,
    application,
    certified,
    decided,
    inspected,
    meeting,
    planted,
    published,
    voted,
)

TABLES = [Certificate, CertificateCrop, CertificateEvent]


async def paper(db: Database, **also: object) -> CertificateIssued:
    await village(db)
    await published()
    return await certified(**also)  # type: ignore[arg-type]  # what certified() takes


async def standing(id: str, on: date) -> history.Standing:
    return await queries.standing(await queries.certificate(id), None, on)


def change(of: CertificateIssued, because: str, **also: object) -> ChangeCertificate:
    """`ruled`: as if a meeting had decided it; test_hearings.py lets it."""
    on: date = also.get("from_on", TODAY)  # type: ignore[assignment]
    ruling = new_id() if also.get("ruled") else None
    return ChangeCertificate(
        new_id(), of.certificate, because, on, "เลขที่ 3/69", ruling=ruling
    )  # fmt: skip


async def test_from_the_field_to_the_paper(db: Database) -> None:
    issued = await paper(db, crops=("kale", "yardlong-bean"))
    assert issued.number == number(PLAIN, "SGS", "90", TODAY, 1)
    assert (issued.stage, issued.crops) == ("organic", ("kale", "yardlong-bean"))
    view = await queries.by_code(issued.code.lower())
    assert (view.holder, view.valid_from, view.valid_until) == (
        MALEE, TODAY, TODAY.replace(year=2027) - timedelta(days=1),
    )  # fmt: skip
    assert await queries.of_plot(issued.plot) == [view]
    assert await queries.of_group(RATTAPHUM) == [view]
    assert await queries.of_holder(MALEE) == [view]
    [holds] = await queries.holding(issued.plot, "kale", TODAY)
    assert (holds.number, holds.stage, holds.scheme) == (issued.number, "organic", "sgs-pgs")
    assert await queries.holding(issued.plot, "kale", YESTERDAY) == ()
    assert await queries.holding(issued.plot, "lime", TODAY) == ()
    assert await queries.holding(new_id(), "kale", TODAY) == ()
    assert (await standing(issued.certificate, TOMORROW)).held
    assert not await verify(TABLES)


async def test_land_in_conversion_gets_a_paper_that_says_so(db: Database) -> None:
    issued = await paper(db, clean_since=JUST_CLEAN)
    assert issued.stage == "in_conversion"
    [holds] = await queries.holding(issued.plot, "kale", TODAY)
    assert holds.stage == "in_conversion"


async def test_one_decision_is_one_certificate_also_at_the_same_moment(db: Database) -> None:
    await village(db)
    await published()
    asked = await accepted(await planted())
    await inspected(asked)
    decision = await decided(asked, await meeting())
    with pytest.raises(refusals.NotByTheHolder):
        await commands.issue(IssueCertificate(new_id(), decision), by=MALEE, at=NOW)
    done = await asyncio.gather(
        *(
            run(commands.issue, IssueCertificate(new_id(), decision), by=WAN, at=NOW)
            for _ in range(4)
        ),
        return_exceptions=True,
    )
    [issued] = [d for d in done if isinstance(d, CertificateIssued)]
    assert sum(isinstance(d, refusals.IssuedAlready) for d in done) == 3
    assert issued.number == number(PLAIN, "SGS", "90", TODAY, 1)
    [series] = await db.query("SELECT last FROM certificate_number")
    assert series["last"] == 1


async def test_what_was_rejected_or_is_unknown_gets_none(db: Database) -> None:
    await village(db)
    await published()
    asked = await accepted(await planted())
    await inspected(asked)
    met = await meeting()
    await voted(met, asked, wan="against", nok="against")
    wanted = Decide(new_id(), met, asked, reason="บันทึกไม่ครบ")
    await run(decisions.decide, wanted, by=WAN, at=NOW)
    with pytest.raises(refusals.NotApproved):
        await commands.issue(IssueCertificate(new_id(), wanted.id), by=WAN, at=NOW)
    for missing in (queries.certificate(new_id()), queries.by_code("ABCDEFGH")):
        with pytest.raises(refusals.CertificateMissing):
            await missing


async def test_vegetables_alone_may_be_organic_beside_a_young_orchard(db: Database) -> None:
    """Fourteen months clean: past the year of annuals, short of the trees' eighteen months."""
    await village(db)
    await published()
    land = await planted(("kale", "lime"))
    asked = await accepted(land, clean_since=TODAY - timedelta(days=430))
    await inspected(asked)
    decision = await decided(asked, await meeting())
    with pytest.raises(refusals.NoCrops):
        wrong = IssueCertificate(new_id(), decision, ("rice",))
        await commands.issue(wrong, by=WAN, at=NOW)
    only_kale = IssueCertificate(new_id(), decision, ("kale",))
    assert (await run(commands.issue, only_kale, by=WAN, at=NOW)).stage == "organic"


async def test_a_mixed_plot_takes_the_stage_of_its_slowest_crop(db: Database) -> None:
    issued = await paper(db, crops=("kale", "lime"), clean_since=TODAY - timedelta(days=430))
    assert (issued.stage, issued.crops) == ("in_conversion", ("kale", "lime"))


async def test_suspended_from_a_past_day_and_reinstated_by_another(db: Database) -> None:
    issued = await paper(db)
    day = [TODAY + timedelta(days=n) for n in range(12)]
    stop = change(issued, "complaint", from_on=day[3])
    await run(commands.suspend, stop, by=WAN, at=later(days=8))
    assert (await queries.holding(issued.plot, "kale", day[2]))[0].code == issued.code
    assert await queries.holding(issued.plot, "kale", day[3]) == ()
    state = await standing(issued.certificate, day[8])
    assert (state.held, state.state, state.why) == (False, "suspended", "complaint")
    lift = change(issued, "findings_closed", from_on=day[9], ruled=True)
    with pytest.raises(refusals.NotByTheHolder):
        await commands.reinstate(lift, by=MALEE, at=later(days=9))
    await run(commands.reinstate, lift, by=WAN, at=later(days=9))
    assert await queries.holding(issued.plot, "kale", day[8]) == ()
    assert await queries.holding(issued.plot, "kale", day[9])
    assert [e.kind for e in await queries.events(issued.certificate)] == [
        "suspended", "reinstated",
    ]  # fmt: skip
    assert not await verify(TABLES)


async def test_it_is_not_lifted_as_mended_while_a_finding_is_open(db: Database) -> None:
    """A surprise visit finds the buffer ploughed up; Chan sees it mended later."""
    issued = await paper(db)
    asked = (await decisions_of(issued.decision)).application
    visit = AssignInspection(new_id(), asked, tuple(PANEL), TODAY, "random")
    await run(assigning.assign, visit, by=WAN, at=NOW)
    await run(inspections.begin, BeginInspection(visit.id, NOW), by=CHAN, at=NOW)
    finding = MakeFinding(new_id(), visit.id, "P12", "major", "ไถแนวกันชนทิ้ง")
    await run(inspections.find, finding, by=CHAN, at=NOW)
    await run(commands.suspend, change(issued, "critical_finding"), by=WAN, at=NOW)
    with pytest.raises(refusals.FindingsOpen):
        await commands.reinstate(change(issued, "findings_closed", ruled=True), by=WAN, at=NOW)
    mended = CloseFinding(new_id(), finding.id, "ปลูกใหม่แล้ว")
    await run(inspections.close_finding, mended, by=CHAN, at=NOW)
    await run(commands.reinstate, change(issued, "findings_closed", ruled=True), by=WAN, at=NOW)
    assert await queries.holding(issued.plot, "kale", TODAY)


async def test_who_took_the_land_over_applies_anew(db: Database) -> None:
    await village(db)
    await published()
    land = await planted()
    asked = await accepted(land)
    await inspected(asked)
    decision = await decided(asked, await meeting())
    taken = PlotHolder(id=new_id(), plot=land, person=SOMCHAI, since=TODAY, until=None, by=WAN)
    await PlotHolder.insert(taken)
    with pytest.raises(refusals.HolderChanged):
        await commands.issue(IssueCertificate(new_id(), decision), by=WAN, at=NOW)


async def test_revoked_is_final(db: Database) -> None:
    issued = await paper(db)
    await run(commands.revoke, change(issued, "fraud", ruled=True), by=WAN, at=NOW)
    assert await queries.holding(issued.plot, "kale", TODAY) == ()
    for deed, because, by in (
        (commands.reinstate, "mistake", WAN),
        (commands.suspend, "complaint", WAN),
        (commands.revoke, "fraud", WAN),
        (commands.surrender, "holder_wishes", MALEE),
    ):
        with pytest.raises(refusals.NotFromThisState):
            await deed(change(issued, because, ruled=True), by=by, at=NOW)


async def test_one_person_neither_revokes_nor_lifts_what_is_no_mistake(db: Database) -> None:
    issued = await paper(db)
    decided = change(issued, "decision")
    for deed in (commands.suspend, commands.revoke, commands.reinstate):
        with pytest.raises(refusals.NeedsRuling):
            await deed(decided, by=WAN, at=NOW)
    with pytest.raises(refusals.ReferenceMissing):
        bare = msgspec.structs.replace(change(issued, "mistake"), note=" ")
        await commands.reinstate(bare, by=WAN, at=NOW)


async def test_only_malee_gives_it_back(db: Database) -> None:
    issued = await paper(db)
    for other in (WAN, KRIT):
        with pytest.raises(refusals.OnlyTheHolder):
            await commands.surrender(change(issued, "holder_wishes"), by=other, at=NOW)
    for helper, whom in ((KRIT, MALEE), (YING, YING)):
        typed = msgspec.structs.replace(change(issued, "holder_wishes"), on_behalf_of=whom)
        with pytest.raises(refusals.OnlyTheHolder):
            await commands.surrender(typed, by=helper, at=NOW)
    await run(commands.surrender, change(issued, "holder_wishes"), by=MALEE, at=NOW)
    assert (await standing(issued.certificate, TODAY)).state == "surrendered"


async def test_two_who_suspend_at_the_same_moment_suspend_once(db: Database) -> None:
    issued = await paper(db)
    done = await asyncio.gather(
        *(run(commands.suspend, change(issued, "complaint"), by=p, at=NOW) for p in (WAN, CHAN)),
        return_exceptions=True,
    )
    assert sum(isinstance(d, rules.CertificateSuspended) for d in done) == 1
    assert (
        sum(isinstance(d, refusals.NotFromThisState | refusals.ChangedMeanwhile) for d in done) == 1
    )
    assert len(await queries.events(issued.certificate)) == 1


async def test_a_renewal_supersedes_and_the_old_harvests_keep_their_claim(db: Database) -> None:
    """Eleven months later the same plot is looked at again; the numbers go on."""
    first = await paper(db)
    soon = TODAY + timedelta(days=330)
    at = later(days=330)
    await run(
        plots.plant, PlantCrop(new_id(), first.plot, "kale", 500, soon), by=MALEE, at=at
    )  # fmt: skip
    second = await renewed(first.plot, days=330)
    assert well_formed(second.number)
    assert second.number == number(PLAIN, "SGS", "90", soon, 1)  # another Buddhist year
    assert (await standing(first.certificate, soon)).state == "superseded"
    [before] = await queries.holding(first.plot, "kale", soon - timedelta(days=1))
    [now] = await queries.holding(first.plot, "kale", soon)
    assert (before.code, now.code) == (first.code, second.code)
    assert not await verify(TABLES)


async def renewed(plot: str, *, days: int) -> CertificateIssued:
    """As in tests.guarantee, so many days later."""
    from tests import guarantee  # noqa: PLC0415  (its clock is moved for this one story)

    before = guarantee.NOW, guarantee.TODAY
    guarantee.NOW, guarantee.TODAY = later(days=days), TODAY + timedelta(days=days)
    try:
        asked = application(plot)
        await run(guarantee.applications.submit, asked, by=MALEE, at=guarantee.NOW)
        await run(
            guarantee.applications.accept,
            asked.id,
            guarantee.ON_PAPER,
            by=WAN,
            at=guarantee.NOW,
        )
        await inspected(asked.id)
        decision = await decided(asked.id, await meeting(held_on=guarantee.TODAY))
        wanted = IssueCertificate(new_id(), decision)
        return await run(commands.issue, wanted, by=WAN, at=guarantee.NOW)
    finally:
        guarantee.NOW, guarantee.TODAY = before


async def test_twenty_issued_at_once_are_numbered_without_a_gap(db: Database) -> None:
    """Half of them twice: a deed that is refused leaves no hole."""
    await village(db)
    await published(
        min_inspectors=1,
        panel_seats=tuple(
            PanelSeat(seat, Text(seat, seat), "citizens", 0)
            for seat in ("producer", "consumer", "agency")
        ),
        quorum_count=1,
        farmer_present=False,
        reviewers_present=0,
    )
    one = [Assigned(CHAN, "producer")]
    met = await meeting()
    papers = []
    for n in range(20):
        asked = await accepted(await planted(lat=LAT + (n % 5) * 0.001, lon=LON + n // 5 * 0.001))
        await inspected(asked, one)
        papers.append(await decided(asked, met))
    done = await asyncio.gather(
        *(
            run(commands.issue, IssueCertificate(new_id(), decision), by=WAN, at=NOW)
            for decision in papers + papers[:10]
        ),
        return_exceptions=True,
    )
    numbers = sorted(d.number for d in done if isinstance(d, CertificateIssued))
    assert numbers == [number(PLAIN, "SGS", "90", TODAY, n) for n in range(1, 21)]
    assert sum(isinstance(d, refusals.IssuedAlready) for d in done) == 10
