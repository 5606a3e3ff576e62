"""What a meeting rules of Malee's certificate: heard, by name, by others when she appeals."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from certification.applications import queries as applications
from certification.applications.refusals import BarredUntil
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates import refusals, renewals
from certification.certificates import rules as paper_rules
from certification.certificates.rules import (
    CertificateIssued,
    ChangeCertificate,
    IssueCertificate,
)
from certification.decisions import commands as decisions
from certification.decisions.rules import Decide
from certification.decisions.votes import JudgeInOwnCause, Value
from certification.hearings import agenda, appeals, commands, queries, rules
from certification.hearings import refusals as hearings_refusals
from certification.hearings.rules import (
    CastVote,
    FileAppeal,
    Matter,
    NoteStep,
    OpenHearing,
    Rule,
    Ruled,
)
from certification.meetings import commands as meetings
from certification.meetings.rules import (
    Attend,
    OffTheAgenda,
    OpenMeeting,
    TextMissing,
    Withdraw,
)
from certification.organs.rules import Body
from certification.people import commands as people
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop, RegisterPlot
from certification.plots.tables import PlotHolder
from certification.schemes.settings import Part
from market.jobs import readers
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    LONG_AGO,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
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
    LON,
    accepted,
    application,
    certified,
    decided,
    inspected,
    meeting,
    planted,
    published,
    square,
    tell_of_land,
    voted,
)

SEATED = (SOMCHAI, CHAN, YING, WAN, NOK)
FIRST_SHARE = {"pass_share": Part(1, 2), "revoke_pass_share": Part(3, 4)}


async def paper(db: Database, **settings: Any) -> CertificateIssued:
    await village(db)
    await published(**settings)
    return await certified()


async def asked(of: CertificateIssued, matter: Matter, days: int = 0, **also: Any) -> str:
    wanted = OpenHearing(
        new_id(), of.certificate, matter, also.pop("because", "decision"), **also
    )  # fmt: skip
    await run(commands.open_, wanted, by=WAN, at=later(days=days))
    return wanted.id


async def met(days: int, people: Sequence[str] = SEATED, body: Body | None = None) -> str:
    """The committee of the network, so many days later."""
    at = later(days=days)
    held = OpenMeeting(new_id(), NETWORK, at.date(), "ศาลา", body)
    await run(meetings.open_meeting, held, by=WAN, at=at)
    for person in people:
        seat = "consumer" if person == NOK else "agency"
        await run(meetings.attend, Attend(held.id, person, seat), by=WAN, at=at)
    return held.id


async def noted(hearing: str, kind: Any, days: int) -> None:
    step = NoteStep(new_id(), hearing, kind, TODAY + timedelta(days=days), "โทรบอกแล้ว")
    await run(commands.note_step, step, by=WAN, at=later(days=days))


async def ruled(
    hearing: str, met: str, votes: dict[str, Value], days: int, **also: Any
) -> Ruled:  # fmt: skip
    at = later(days=days)
    for person, value in votes.items():
        await run(commands.vote, CastVote(met, hearing, person, value), by=WAN, at=at)
    wanted = Rule(new_id(), met, hearing, also.pop("reason", "ที่ประชุมเห็นว่า"), **also)
    return await run(commands.rule, wanted, by=WAN, at=at)


def all_of(value: Value, people: Sequence[str] = SEATED) -> dict[str, Value]:
    return dict.fromkeys(people, value)


async def state(of: CertificateIssued, on: date) -> str:
    return (await held.standing(await held.certificate(of.certificate), None, on)).state


async def revoked(of: CertificateIssued, days: int = 2) -> Ruled:
    hearing = await asked(of, "revoke", because="fraud")
    await noted(hearing, "invited", 0)
    await noted(hearing, "absent", days)
    return await ruled(hearing, await met(days), all_of("for"), days)


async def event_of(of: CertificateIssued, kind: str) -> str:
    return [e.id for e in await held.events(of.certificate) if e.kind == kind][-1]


async def refused(deed: Awaitable[Any], why: type[Exception]) -> Any:
    with pytest.raises(why) as no:
        await deed
    return no.value


async def test_it_is_revoked_by_the_charters_share_and_not_unheard(db: Database) -> None:
    """Three of four for it: 3 of 5 votes pass a plot and do not take a certificate away."""
    of = await paper(db, **FIRST_SHARE)
    change = ChangeCertificate(new_id(), of.certificate, "fraud", TODAY)
    await refused(certificates.revoke(change, by=WAN, at=NOW), refusals.NeedsRuling)
    await refused(commands.open_(
        OpenHearing(new_id(), of.certificate, "revoke", "fraud"), by=MALEE, at=NOW
    ), refusals.NotByTheHolder)  # fmt: skip
    hearing = await asked(of, "revoke", because="fraud")
    await refused(asked(of, "revoke", because="fraud"), hearings_refusals.OpenAlready)
    board = await met(0, body="board")
    await refused(ruled(hearing, board, {WAN: "for"}, 0), hearings_refusals.OtherBody)
    await refused(
        ruled(hearing, await met(-1), {WAN: "for"}, 0), hearings_refusals.AskedAfterTheMeeting
    )
    today = await met(0)
    mixed = all_of("for") | {NOK: "against", CHAN: "against"}
    await refused(ruled(hearing, today, {WAN: "for"}, 0), hearings_refusals.NotHeard)
    await refused(noted(hearing, "absent", 0), hearings_refusals.NotInvited)
    await noted(hearing, "invited", 0)
    await noted(hearing, "absent", 0)
    await refused(
        ruled(hearing, today, {}, 0), hearings_refusals.NotHeard
    )  # invited on the day itself
    soon = await met(2)
    await refused(ruled(hearing, soon, mixed, 2, reason=" "), hearings_refusals.ReasonMissing)
    told = await ruled(hearing, soon, {}, 2)
    assert (told.outcome, told.votes_for, told.votes_against) == ("refused", 3, 2)
    assert await state(of, TODAY + timedelta(days=2)) == "active"
    await refused(ruled(hearing, soon, {}, 2), hearings_refusals.RuledAlready)
    again = await asked(of, "revoke", days=2, because="fraud")
    await noted(again, "invited", 2)
    await noted(again, "heard", 3)
    third = await met(3)
    near = await met(3, (*SEATED, MALEE))
    own = CastVote(near, again, MALEE, "against")
    await refused(run(commands.vote, own, by=WAN, at=later(days=3)), JudgeInOwnCause)
    told = await ruled(again, third, all_of("for") | {NOK: "against"}, 3)
    assert (told.outcome, await state(of, TODAY + timedelta(days=3))) == ("granted", "revoked")
    assert await log_faults() == []


async def test_two_who_rule_at_once_rule_once(db: Database) -> None:
    of = await paper(db)
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(commands.suspend, stop, by=WAN, at=NOW)
    hearing, there = await asked(of, "reinstate"), await met(0)
    for person in SEATED:
        await run(commands.vote, CastVote(there, hearing, person, "for"), by=WAN, at=NOW)
    done = await asyncio.gather(
        *(run(commands.rule, Rule(new_id(), there, hearing), by=WAN, at=NOW) for _ in range(3)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Ruled", "RuledAlready", "RuledAlready"]
    assert [e.kind for e in await held.events(of.certificate)] == ["suspended", "reinstated"]


async def test_one_persons_suspension_is_confirmed_by_others_or_lapses(db: Database) -> None:
    of = await paper(db)

    async def suspended(days: int) -> str:
        stop = ChangeCertificate(
            new_id(), of.certificate, "complaint", TODAY + timedelta(days=days)
        )  # fmt: skip
        await run(commands.suspend, stop, by=WAN, at=later(days=days))
        [hearing] = [
            h for h in await queries.waiting(NETWORK, "committee") if h.matter == "confirm"
        ]
        return hearing.id

    first, there = await suspended(0), await met(1)
    own = CastVote(there, first, WAN, "for")
    await refused(run(commands.vote, own, by=WAN, at=later(days=1)), hearings_refusals.JudgedBefore)
    six = (*SEATED, DAO)
    there = await met(1, six)
    told = await ruled(first, there, all_of("against", (SOMCHAI, CHAN, YING, NOK, DAO)), 1)
    assert told.outcome == "refused"
    assert await state(of, TODAY) == "active"  # as if it had never been
    second = await suspended(2)
    await run(commands.lapse, await met(2), at=later(days=2))  # opened when nobody knew of it
    assert await state(of, TODAY + timedelta(days=2)) == "suspended"
    there = await met(5)
    for _ in range(2):  # the reader may be handed the meeting's end twice
        await run(commands.lapse, there, at=later(days=5))
    days = [await state(of, TODAY + timedelta(days=n)) for n in range(1, 7)]
    assert days == ["active", "suspended", "suspended", "suspended", "active", "active"]
    made = await queries.ruling(second)
    assert made is not None
    assert made.outcome == "lapsed"
    fourth = await suspended(6)
    told = await ruled(fourth, await met(7, six), all_of("for", (SOMCHAI, CHAN, YING, NOK, DAO)), 7)
    assert (told.outcome, await state(of, TODAY + timedelta(days=7))) == ("granted", "suspended")
    assert await queries.waiting(NETWORK, "committee") == []
    assert await log_faults() == []


async def test_a_matter_taken_off_waits_and_a_suspension_by_one_only_once(db: Database) -> None:
    of = await paper(db)
    scope = await asked(of, "scope", crops=("basil",))
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(commands.suspend, stop, by=WAN, at=NOW)
    waits = {one.matter: one.id for one in await queries.waiting(NETWORK, "committee")}
    confirm, there = waits["confirm"], await met(1)
    assert "scope" not in waits  # of a suspended one there is nothing to change
    off = Withdraw(new_id(), there, "hearing", confirm, "รอผลตรวจดิน")
    for wrong, why in (
        ({"reason": " "}, TextMissing), ({"of": scope}, refusals.NotFromThisState),
        ({"of": new_id()}, hearings_refusals.HearingMissing),
    ):  # fmt: skip
        data = msgspec.structs.replace(off, **wrong)
        await refused(run(agenda.withdraw, data, by=WAN, at=later(days=1)), why)
    vote = CastVote(there, confirm, CHAN, "for")
    await run(commands.vote, vote, by=WAN, at=later(days=1))
    await run(agenda.withdraw, off, by=WAN, at=later(days=1))
    for deed, data in (
        (commands.vote, msgspec.structs.replace(vote, person=YING)),
        (commands.rule, Rule(new_id(), there, confirm)), (agenda.withdraw, off),
    ):  # fmt: skip
        await refused(run(deed, data, by=WAN, at=later(days=1)), OffTheAgenda)
    await run(commands.lapse, there, at=later(days=1))
    assert await state(of, TODAY + timedelta(days=1)) == "suspended"  # nothing was left undone
    then = await met(2, (*SEATED, DAO))
    late = msgspec.structs.replace(off, id=new_id(), meeting=then)
    await refused(
        run(agenda.withdraw, late, by=WAN, at=later(days=2)), hearings_refusals.PutOffAlready
    )
    await ruled(confirm, then, all_of("for", (SOMCHAI, CHAN, YING, NOK, DAO)), 2)
    await refused(
        run(agenda.withdraw, late, by=WAN, at=later(days=2)), hearings_refusals.RuledAlready
    )
    assert not await log_faults()


async def test_a_revocation_bars_the_household_for_the_charters_months(db: Database) -> None:
    of = await paper(db, reapply_bar_months=6)
    await revoked(of)
    again = application(of.plot)
    no = await refused(renewals.apply(again, by=MALEE, at=later(days=3)), BarredUntil)
    assert no.facts["until_on"] == "2027-05-24"
    assert no.facts["clause"] == "reapply_bar_months"
    other = await run(planted, ("kale",), lon=LON + 0.01)
    elsewhere = application(other)
    await refused(renewals.apply(elsewhere, by=MALEE, at=later(days=3)), BarredUntil)
    taken = PlotHolder(id=new_id(), plot=of.plot, person=CHAN, since=TODAY, by=WAN)
    await PlotHolder.insert(taken)
    await run(tell_of_land, of.plot, CHAN)
    await run(people.house, new_id(), [MALEE, CHAN], since=TODAY, by=WAN, at=later(days=4))
    theirs = application(of.plot)
    await refused(renewals.apply(theirs, by=CHAN, at=later(days=5)), BarredUntil)
    done = await run(renewals.apply, theirs, by=CHAN, at=later(days=183))
    assert done.applicant == CHAN


async def filed(against: str, days: int = 0, by: str = MALEE, **also: Any) -> rules.AppealFiled:
    wanted = FileAppeal(new_id(), against, "ยาเป็นของแปลงข้าง ๆ", **also)
    return await run(appeals.file, wanted, by=by, at=later(days=days))


async def hearing_of(appeal: rules.AppealFiled) -> str:
    return str((await queries.appeal(appeal.appeal)).hearing)


async def heard(appeal: rules.AppealFiled, days: int) -> str:
    hearing = await hearing_of(appeal)
    await noted(hearing, "invited", days)
    await noted(hearing, "heard", days)
    return hearing


async def test_an_upheld_appeal_restores_exactly_what_was(db: Database) -> None:
    """Suspended since the first day, then revoked: who revoked it does not hear the appeal, and
    when it is upheld the suspension is there again."""
    of = await paper(db, quorum_count=4, consumers_present=0)
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(certificates.suspend, stop, by=CHAN, at=NOW)
    await revoked(of)
    for by, whom in ((KRIT, MALEE), (YING, None), (WAN, CHAN)):
        await refused(filed(await event_of(of, "revoked"), 2, by, on_behalf_of=whom),
                      hearings_refusals.OnlyTheHolder)  # fmt: skip
    await refused(filed(of.certificate, 2), hearings_refusals.NothingToAppeal)
    appeal = await filed(await event_of(of, "revoked"), 2)
    await refused(filed(await event_of(of, "revoked"), 3), hearings_refusals.AppealedAlready)
    said = await queries.state(await queries.appeal(appeal.appeal))
    assert appeal.state == said == "admitted"
    jury = (PRASERT, DAO, KRIT, ADMIN)
    there, hearing = await met(4, (*SEATED, *jury)), await hearing_of(appeal)
    for judge in SEATED:
        own = CastVote(there, hearing, judge, "for")
        await refused(
            run(commands.vote, own, by=WAN, at=later(days=4)), hearings_refusals.JudgedBefore
        )
    await refused(ruled(hearing, there, all_of("for", jury), 4), hearings_refusals.NotHeard)
    await heard(appeal, 4)
    assert (await ruled(hearing, there, {}, 4)).outcome == "granted"
    assert await queries.state(await queries.appeal(appeal.appeal)) == "upheld"
    days = [await state(of, TODAY + timedelta(days=n)) for n in (0, 1, 2, 5)]
    assert days == ["suspended"] * 4
    await renewals.ensure_not_barred(application(of.plot), by=MALEE, on=later(days=5).date())
    assert await log_faults() == []


@pytest.mark.parametrize("rests", [True, False])
async def test_a_suspension_rests_during_an_appeal_where_the_charter_says_so(
    db: Database, rests: bool
) -> None:
    of = await paper(
        db, appeal_lifts_suspension=rests, appeal_days=3, quorum_count=4, consumers_present=0
    )  # fmt: skip
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(commands.suspend, stop, by=WAN, at=NOW)
    appeal = await filed(await event_of(of, "suspended"), 3)
    assert await state(of, TODAY + timedelta(days=3)) == ("active" if rests else "suspended")
    hearing, jury = await heard(appeal, 5), (PRASERT, DAO, KRIT, NOK)
    told = await ruled(hearing, await met(5, jury), all_of("against", jury), 5)
    assert told.outcome == "refused"
    days = [await state(of, TODAY + timedelta(days=n)) for n in range(2, 7)]
    between = "active" if rests else "suspended"
    assert days == ["suspended", between, between, "suspended", "suspended"]


async def test_two_who_appeal_at_the_same_instant_appeal_once(db: Database) -> None:
    """Malee on her phone, and Ying for her at the table. The suspension rests meanwhile; suspended
    anew, it stays so when the appeal is dismissed."""
    of = await paper(db, appeal_lifts_suspension=True, quorum_count=4, consumers_present=0)
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(commands.suspend, stop, by=WAN, at=NOW)
    stopped = await event_of(of, "suspended")
    done: list[Any] = await asyncio.gather(
        filed(stopped), filed(stopped, by=YING, on_behalf_of=MALEE), filed(stopped),
        return_exceptions=True,
    )  # fmt: skip
    [appeal] = [one for one in done if isinstance(one, rules.AppealFiled)]
    assert sum(isinstance(one, hearings_refusals.AppealedAlready) for one in done) == 2, done
    assert len(await queries.appeals(of.certificate, "")) == 1
    assert [e.kind for e in await held.events(of.certificate)] == ["suspended", "reinstated"]
    again = ChangeCertificate(new_id(), of.certificate, "critical_finding", TODAY)
    await run(commands.suspend, again, by=WAN, at=later(days=1))
    jury = (PRASERT, DAO, KRIT, NOK)
    hearing = await heard(appeal, 2)
    assert (
        await ruled(hearing, await met(2, jury), all_of("against", jury), 2)
    ).outcome == "refused"
    assert [e.kind for e in await held.events(of.certificate)][2:] == ["suspended"]
    assert await log_faults() == []


async def test_an_appeal_a_day_too_late_is_kept_and_not_heard(db: Database) -> None:
    of = await paper(db, appeal_days=3)
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(commands.suspend, stop, by=WAN, at=NOW)
    late = await filed(await event_of(of, "suspended"), 4)
    assert (late.state, late.last_on) == ("rejected_late", "2026-11-25")
    found = await queries.appeal(late.appeal)
    assert (await queries.state(found), found.hearing) == ("rejected_late", None)


async def test_a_modified_revocation_is_a_suspension_from_the_day_that_was_said(
    db: Database,
) -> None:
    of = await paper(db, quorum_count=4, consumers_present=0)
    await revoked(of)
    appeal, jury = await filed(await event_of(of, "revoked"), 2), (PRASERT, DAO, KRIT, ADMIN)
    hearing, there = await heard(appeal, 4), await met(4, jury)
    said = {"modify": True, "from_on": TODAY + timedelta(days=3)}
    told = await ruled(hearing, there, all_of("for", jury), 4, **said)
    assert told.outcome == "modified"
    days = [await state(of, TODAY + timedelta(days=n)) for n in range(1, 5)]
    assert days == ["active", "active", "suspended", "suspended"]


async def test_a_refused_plot_is_decided_on_anew(db: Database) -> None:
    await village(db)
    await published(quorum_count=4, consumers_present=0)
    land = await accepted(await planted())
    await inspected(land)
    there = await meeting()
    await voted(there, land, wan="against", nok="against", chan="against")
    no = Decide(new_id(), there, land, reason="แนวกันชนแคบ")
    await run(decisions.decide, no, by=WAN, at=NOW)
    appeal, jury = await filed(no.id), (PRASERT, DAO, KRIT, ADMIN)
    hearing = await heard(appeal, 1)
    milder = ruled(hearing, await met(1, jury), all_of("for", jury), 1, modify=True)
    await refused(milder, hearings_refusals.NothingToModify)
    assert (await ruled(hearing, await met(2, jury), all_of("for", jury), 2)).outcome == "granted"
    assert (await applications.application(land)).state == "inspected"
    assert await log_faults() == []


async def test_what_was_approved_before_a_revocation_gives_no_certificate(db: Database) -> None:
    """The renewal was approved, the paper not printed yet; then the old one is revoked."""
    of = await paper(db, renewal_window_days=365)
    again = await accepted(of.plot)
    await inspected(again)
    decision = await decided(again, await meeting())
    await revoked(of)
    with pytest.raises(refusals.RevokedSince):
        wanted = IssueCertificate(new_id(), decision)
        await certificates.issue(wanted, by=WAN, at=later(days=3))


async def test_a_renewal_ends_what_was_to_be_confirmed(db: Database) -> None:
    """Issued while the old one is suspended: a meeting approved it with nothing grave open."""
    of = await paper(db, renewal_window_days=365)
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(commands.suspend, stop, by=WAN, at=NOW)
    [hearing] = await queries.waiting(NETWORK, "committee")
    again = await accepted(of.plot)
    await inspected(again)
    wanted = IssueCertificate(new_id(), await decided(again, await meeting()))
    await run(certificates.issue, wanted, by=WAN, at=later(days=1))
    assert await queries.waiting(NETWORK, "committee") == []
    with pytest.raises(refusals.NotFromThisState):
        await certificates.suspend(
            ChangeCertificate(new_id(), of.certificate, "complaint", TODAY), by=WAN, at=NOW
        )  # fmt: skip
    there = await met(2, (*SEATED, DAO))
    late = ruled(hearing.id, there, all_of("against", (SOMCHAI, CHAN, YING, NOK, DAO)), 2)
    await refused(late, refusals.NotFromThisState)


async def test_crops_are_added_and_taken_out_by_a_newer_certificate(db: Database) -> None:
    of = await paper(db)
    await refused(certificates.rescope(
        paper_rules.Rescope(new_id(), of.certificate, ("lime",), TODAY, new_id()), by=WAN, at=NOW
    ), refusals.NoCrops)  # fmt: skip
    await run(
        plots.plant, PlantCrop(new_id(), of.plot, "lime", 500, TODAY), by=MALEE, at=later(days=1)
    )  # fmt: skip
    hearing, there = await asked(of, "scope", crops=("kale", "lime")), await met(2)
    await ruled(hearing, there, all_of("for"), 2)
    soon = TODAY + timedelta(days=2)
    old, new = sorted(await held.of_plot(of.plot), key=lambda one: one.turn)
    assert (new.crops, new.valid_from, new.valid_until) == (("kale", "lime"), soon, old.valid_until)
    assert "00002" in new.number
    assert await state(of, soon) == "superseded"
    assert [h.code for h in await held.holding(of.plot, "kale", TODAY)] == [old.code]
    assert [h.code for h in await held.holding(of.plot, "lime", soon)] == [new.code]
    same = await asked_of(new.id, "scope", 3, crops=("kale", "lime"))
    await refused(ruled(same, await met(3), all_of("for"), 3), refusals.SameScope)
    assert await log_faults() == []


async def asked_of(certificate: str, matter: Matter, days: int, **also: Any) -> str:
    wanted = OpenHearing(new_id(), certificate, matter, "decision", **also)
    await run(commands.open_, wanted, by=WAN, at=later(days=days))
    return wanted.id


async def test_nothing_is_noted_or_voted_twice_or_out_of_its_day(db: Database) -> None:
    of = await paper(db)
    with pytest.raises(hearings_refusals.HearingMissing):
        await queries.hearing(new_id())
    with pytest.raises(hearings_refusals.HearingMissing):
        await queries.appeal(new_id())
    hearing = await asked(of, "revoke", because="fraud")
    for step in (
        NoteStep(new_id(), hearing, "invited", TODAY - timedelta(days=1)),
        NoteStep(new_id(), hearing, "invited", TODAY + timedelta(days=1)),
    ):
        await refused(
            run(commands.note_step, step, by=WAN, at=NOW), hearings_refusals.DayOutOfRange
        )
    await noted(hearing, "invited", 0)
    await refused(noted(hearing, "invited", 0), hearings_refusals.NotedAlready)
    long = NoteStep(new_id(), hearing, "heard", TODAY, "ก" * (rules.TEXT_LETTERS_MAX + 1))
    await refused(run(commands.note_step, long, by=WAN, at=NOW), hearings_refusals.ReasonMissing)
    vote = CastVote(await met(0), hearing, WAN, "for")
    await run(commands.vote, vote, by=WAN, at=NOW)
    await refused(run(commands.vote, vote, by=WAN, at=NOW), hearings_refusals.VotedAlready)
    stop = ChangeCertificate(new_id(), of.certificate, "complaint", TODAY)
    await run(commands.suspend, stop, by=WAN, at=NOW)
    bare = FileAppeal(new_id(), stop.id, "  ")
    await refused(appeals.file(bare, by=MALEE, at=NOW), hearings_refusals.GroundsMissing)


async def test_land_drawn_anew_ends_the_certificate_of_the_old_outline(db: Database) -> None:
    """Malee draws her plot again after a road took a strip; that day keeps its claim."""
    of = await paper(db)
    new = RegisterPlot(
        id=new_id(), group=RATTAPHUM, farmer=MALEE, name="หลังบ้าน", kind="field",
        outline=square(side=0.0007), farmed_since=LONG_AGO.date(), replaces=of.plot,
    )  # fmt: skip
    await run(plots.register, new, by=MALEE, at=later(days=3))
    for _ in range(2):
        await readers.read_on(later(days=3))
    days = [await state(of, TODAY + timedelta(days=n)) for n in (2, 3, 4)]
    assert days == ["active", "active", "superseded"]
    assert [e.because for e in await held.events(of.certificate)] == ["land_changed"]
    await run(tell_of_land, new.id, MALEE)
    assert (
        await run(renewals.apply, application(new.id), by=MALEE, at=later(days=4))
    ).plot == new.id
    assert await log_faults() == []
