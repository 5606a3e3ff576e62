"""What Ying types for Malee and the charter prohibits hurts nobody before Malee has said yes."""

from datetime import date, timedelta

import msgspec
import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates.refusals import NotFromThisState
from certification.certificates.rules import ChangeCertificate
from certification.findings import queries as findings
from certification.inputs import claims, commands, queries
from certification.inputs.claims import JudgeClaim
from certification.inputs.rules import DayOutOfRange, InputUsed, MeetingMissing
from certification.inspections import queries as inspections
from market.access import deeds
from market.domain.spoken import commands as spoken
from market.jobs import readers
from tests.cast import (
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
from tests.certification.test_inputs import LAST_WEEK, ruling, use
from tests.guarantee import certified, planted, published


async def typed(plot: str, code: str = "glyphosate", used_on: date = TODAY) -> str:
    """By Ying, for Malee; the farmer's word waits."""
    told = use(plot, code, used_on=used_on, knows=True, on_behalf_of=MALEE)
    whom = deeds.For(MALEE, RATTAPHUM, plot)
    await deeds.once(commands.note_use, told, InputUsed, by=YING, at=NOW, whom=whom)
    await readers.read_on(NOW)
    return told.id


async def state_of(plot: str, on: date = TODAY) -> tuple[str, int]:
    """Of its certificate on that day, and how much is open."""
    [paper] = await held.of_plot(plot)
    found = await inspections.open_findings(plot)
    return (await held.standing(paper, "kale", on)).state, len(found)


async def told_to(person: str) -> list[str]:
    rows = await in_use().query("SELECT kind FROM notice WHERE person = {}", person)
    return [row["kind"] for row in rows]


def judged(use: str, verdict: claims.Verdict = "upheld") -> JudgeClaim:
    return JudgeClaim(new_id(), use, verdict, TODAY, "5/2569")


async def test_nothing_follows_before_the_yes_and_all_of_it_after(db: Database) -> None:
    await village(db)
    await published()
    paper = await certified()
    one = await typed(paper.plot)
    assert await state_of(paper.plot) == ("active", 0)
    assert await queries.clean_since(paper.plot, "sgs-pgs") is None
    assert [claim.id for claim in await queries.claims(NETWORK)] == [one]
    assert "inputs.prohibited_claimed" in await told_to(WAN)
    assert "inputs.prohibited_used" not in await told_to(WAN)
    await run(spoken.confirm_own, one, MALEE, at=later(hours=1))
    for _ in range(2):
        await readers.read_on(later(hours=1))
        await db.query("UPDATE log_cursor SET seq = 0 WHERE reader = 'inputs'")
    assert await state_of(paper.plot) == ("suspended", 1)
    assert await queries.clean_since(paper.plot, "sgs-pgs") == TODAY + timedelta(days=1)
    assert await queries.claims(NETWORK) == []
    with pytest.raises(claims.NoClaim):
        await run(commands.judge_claim, judged(one), by=WAN, at=later(hours=2))
    assert not await log_faults()


async def test_a_no_goes_to_the_committee_and_the_clock_suspends_nothing(db: Database) -> None:
    await village(db)
    await published()
    paper = await certified()
    one = await typed(paper.plot)
    await run(spoken.deny, one, MALEE, at=later(hours=1))
    await readers.read_on(later(days=90))
    assert await state_of(paper.plot) == ("active", 0)
    assert "inputs.claim_denied" in await told_to(WAN)
    assert (await queries.use(one)).word == "denied"
    for by in (MALEE, YING):
        with pytest.raises(claims.OwnClaim):
            await run(commands.judge_claim, judged(one), by=by, at=later(hours=2))
    wrong = judged(one)
    with pytest.raises(MeetingMissing):
        unnamed = msgspec.structs.replace(wrong, meeting_ref=" ")
        await run(commands.judge_claim, unnamed, by=WAN, at=later(hours=2))
    with pytest.raises(DayOutOfRange):
        to_come = msgspec.structs.replace(wrong, decided_on=TODAY + timedelta(days=3))
        await run(commands.judge_claim, to_come, by=WAN, at=later(hours=2))
    await run(commands.judge_claim, judged(one, "dropped"), by=WAN, at=later(hours=2))
    with pytest.raises(claims.NoClaim):
        await run(commands.judge_claim, judged(one), by=SOMCHAI, at=later(hours=3))
    await readers.read_on(later(hours=3))
    assert await state_of(paper.plot) == ("active", 0)
    assert "inputs.claim_judged" in await told_to(MALEE)
    other = await typed(paper.plot)
    await run(spoken.deny, other, MALEE, at=later(hours=1))
    await readers.read_on(later(hours=1))
    await run(commands.judge_claim, judged(other), by=WAN, at=later(hours=2))
    await readers.read_on(later(hours=2))
    assert await state_of(paper.plot) == ("suspended", 1), "the meeting says that it was so"
    assert not await log_faults()


async def test_a_paper_counts_until_malee_denies_it(db: Database) -> None:
    await village(db)
    await published()
    paper = await certified()
    one = await typed(paper.plot)
    await run(spoken.confirm_on_paper, [one], MALEE, "0" * 64, by=YING, at=later(hours=1))
    await readers.read_on(later(hours=1))
    assert await state_of(paper.plot) == ("suspended", 1)
    await run(spoken.deny, one, MALEE, at=later(hours=2))
    await readers.read_on(later(hours=2))
    assert await queries.clean_since(paper.plot, "sgs-pgs") is None
    assert [claim.word for claim in await queries.claims(NETWORK)] == ["denied"]
    assert (await state_of(paper.plot))[0] == "suspended", "the committee lifts it, not the clock"
    for _ in range(2):
        await readers.read_on(later(hours=2))
        await db.query("UPDATE log_cursor SET seq = 0 WHERE reader = 'inputs'")
    [told] = await findings.of_plots([paper.plot], TODAY)
    assert told.standing.disputed, "what came of it waits for the committee too"
    await run(commands.judge_claim, judged(one, "dropped"), by=WAN, at=later(hours=3))
    for _ in range(2):
        await readers.read_on(later(hours=3))
        await db.query("UPDATE log_cursor SET seq = 0 WHERE reader = 'inputs'")
    assert (await state_of(paper.plot))[1] == 0
    assert not await log_faults()


async def test_a_ruling_that_prohibits_what_was_typed_makes_a_claim_only(db: Database) -> None:
    await village(db)
    await published()
    paper = await certified()
    one = await typed(paper.plot, "abamectin")
    said = ruling("prohibited", key="code:abamectin")
    await run(commands.rule, said, by=WAN, at=later(hours=1))
    await readers.read_on(later(hours=1))
    assert await state_of(paper.plot) == ("active", 0)
    await run(spoken.confirm_own, one, MALEE, at=later(hours=2))
    await readers.read_on(later(hours=2))
    assert await state_of(paper.plot) == ("suspended", 1)


async def test_a_wrong_entry_is_struck_by_a_new_one_while_nothing_followed(db: Database) -> None:
    await village(db)
    await published()
    plot = await planted()
    wrong = use(plot, "neem")
    await run(commands.note_use, wrong, by=MALEE, at=NOW)

    async def strike(old: str, by: str = MALEE, reason: str = "จดผิดแปลง", at: str = plot) -> str:
        instead = use(at, strikes=old, strike_reason=reason, on_behalf_of=MALEE)
        await run(commands.note_use, instead, by=by, at=later(hours=1))
        return instead.id

    with pytest.raises(claims.StrikeReasonMissing):
        await strike(wrong.id, reason=" ")
    with pytest.raises(claims.NotYourEntry):
        await strike(wrong.id, by=YING)
    with pytest.raises(claims.NotYourEntry):
        await strike(wrong.id, at=await planted(lon=100.31))
    await strike(wrong.id)
    with pytest.raises(claims.StruckAlready):
        await strike(wrong.id)
    old = await queries.use(wrong.id)
    assert (old.struck, old.counts) == ("จดผิดแปลง", False)
    grave = use(plot, "urea", knows=True)
    await run(commands.note_use, grave, by=MALEE, at=NOW)
    with pytest.raises(claims.StrikeTooLate):
        await strike(grave.id)
    slip = await typed(plot)
    await strike(slip, by=YING)
    await run(spoken.confirm_own, slip, MALEE, at=later(hours=2))
    await readers.read_on(later(hours=2))
    assert await queries.clean_since(plot, "sgs-pgs") == LAST_WEEK + timedelta(days=1)
    assert [one.use for one in await inspections.open_findings(plot)] == [grave.id]
    ruled = use(plot, None, product="น้ำปลาคู่")
    await run(commands.note_use, ruled, by=MALEE, at=NOW)
    await run(commands.rule, ruling(), by=WAN, at=later(hours=1))
    with pytest.raises(claims.StrikeTooLate):
        await strike(ruled.id)
    assert not await log_faults()


async def test_an_earlier_use_that_becomes_known_later_moves_the_rest_back(db: Database) -> None:
    """The harvests since the earlier day lose their claim too; a later one changes nothing."""
    await village(db)
    await published()
    paper = await certified()
    now, end = later(days=20), (TODAY + timedelta(days=10))
    for days, since in ((10, end), (5, end - timedelta(days=5)), (7, end - timedelta(days=5))):
        told = use(paper.plot, "urea", used_on=TODAY + timedelta(days=days), knows=True)
        await run(commands.note_use, told, by=MALEE, at=now)
        await readers.read_on(now)
        assert (await state_of(paper.plot, since))[0] == "suspended"
        assert (await state_of(paper.plot, since - timedelta(days=1)))[0] == "active"
    [view] = await held.of_plot(paper.plot)
    assert len(await held.events(view.id)) == 2
    again = ChangeCertificate(new_id(), view.id, "complaint", end)
    with pytest.raises(NotFromThisState):
        await run(certificates.suspend, again, by=WAN, at=now)
