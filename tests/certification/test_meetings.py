"""Who sits where, who came and went, the agenda, what was agreed, and the minutes; then the ways in
which a decision is refused, struck, handed on and sent back."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from certification.applications import queries as applications
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.transaction import run
from certification.certificates import commands as certificates
from certification.certificates.refusals import NoCrops, NotApproved
from certification.certificates.rules import IssueCertificate
from certification.decisions import ballots, commands, queries, rules, votes
from certification.decisions.rules import Decide, Decided
from certification.decisions.tables import Decision, DecisionCrop, HandCount, Vote, VoteStruck
from certification.decisions.votes import CastVote, CountHands
from certification.meetings import commands as meetings
from certification.meetings import queries as meeting_queries
from certification.meetings import rules as meeting_rules
from certification.meetings.rules import (
    AddAction,
    AddItem,
    AdoptMinutes,
    Attend,
    FinishAction,
    Move,
    Note,
    OpenMeeting,
    Withdraw,
)
from certification.meetings.tables import (
    Action,
    ActionDone,
    AgendaItem,
    AgendaNote,
    AgendaWithdrawal,
    Attendance,
    Meeting,
    MinutesAdopted,
    Movement,
)
from certification.organs import commands as organs
from certification.organs import queries as organ_queries
from certification.organs import rules as organ_rules
from certification.organs.rules import Appoint, Dismiss
from certification.organs.tables import Appointment
from certification.plots import commands as plots
from certification.plots.rules import RegisterPlot
from certification.plots.tables import Plot, PlotHolder
from tests.cast import (
    CHAN,
    DAO,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    RATTAPHUM,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    village,
)
from tests.guarantee import accepted, inspected, meeting, planted, published, square, stages, voted

TABLES = [
    Meeting, Attendance, Movement, AgendaItem, AgendaNote, AgendaWithdrawal, Action, ActionDone,
    MinutesAdopted, Appointment, Vote, VoteStruck, HandCount, Decision, DecisionCrop,
]  # fmt: skip
AGAIN = TODAY + timedelta(days=30)


def seat(person: str, **also: object) -> Appoint:
    plain = {
        "id": new_id(), "organ": NETWORK, "body": "screening", "person": person, "seat": "agency",
        "leg": "state", "since": TODAY - timedelta(days=9), "chosen_by": "ครั้งที่ 3/2569",
    }  # fmt: skip
    return Appoint(**{**plain, **also})  # type: ignore[arg-type]  # a seat with one thing changed


async def ready(**settings: object) -> str:
    await published(**settings)
    application = await accepted(await planted(("kale", "holy-basil")))
    await inspected(application)
    return application


async def screened(application: str) -> str:
    """The screening team passed it; answers with its meeting."""
    met = await meeting(body="screening")
    await voted(met, application)
    await run(commands.decide, Decide(new_id(), met, application), by=WAN, at=NOW)
    return met


async def test_a_seat_is_given_for_a_term_and_ends_and_never_by_oneself(db: Database) -> None:
    await village(db)
    wanted = seat(DAO, leg="academia")
    refused = [
        (seat(WAN), organ_rules.NotOneself), (seat(DAO, body="group"), organ_rules.NoSuchBody),
        (seat(DAO, chosen_by=" "), organ_rules.ReferenceMissing),
        (seat(DAO, seat=""), organ_rules.SeatMissing),
        (seat(DAO, until=TODAY - timedelta(days=10)), organ_rules.TermOutOfOrder),
    ]  # fmt: skip
    for wrong, why in refused:
        with pytest.raises(why):
            await organs.appoint(wrong, by=WAN, at=NOW)
    await run(organs.appoint, wanted, by=WAN, at=NOW)
    with pytest.raises(organ_rules.SitsAlready):
        await organs.appoint(seat(DAO, since=TODAY), by=WAN, at=NOW)
    await run(organs.appoint, seat(NOK, leg="citizens"), by=WAN, at=NOW)
    sitting = await organ_queries.sitting(NETWORK, "screening", TODAY)
    legs = organ_rules.balance(one.leg for one in sitting)
    assert legs == {"citizens": 1, "academia": 1, "local_government": 0, "state": 0}
    with pytest.raises(organ_rules.NotOneself):
        await organs.dismiss(Dismiss(wanted.id, TODAY), by=DAO, at=NOW)
    ends = [run(organs.dismiss, Dismiss(wanted.id, TODAY), by=WAN, at=NOW) for _ in range(2)]
    done = await asyncio.gather(*ends, return_exceptions=True)
    assert sum(isinstance(one, organ_rules.OverAlready) for one in done) == 1
    assert await organ_queries.people_of(NETWORK, "screening", TODAY, NOW) == {DAO, NOK}
    assert await organ_queries.people_of(NETWORK, "screening", AGAIN, NOW) == {NOK}
    assert WAN in await organ_queries.people_of(NETWORK, "committee", TODAY, NOW)
    assert not await verify(TABLES)


async def test_who_leaves_takes_the_quorum_along(db: Database) -> None:
    await village(db)
    application = await ready()
    met = await meeting()
    await voted(met, application)
    with pytest.raises(meeting_rules.NotHere):
        await meetings.move(Move(met, NOK, "returned"), by=WAN, at=NOW)
    await run(meetings.move, Move(met, NOK, "left"), by=WAN, at=NOW)
    with pytest.raises(meeting_rules.NotHere):
        await meetings.move(Move(met, NOK, "left"), by=WAN, at=NOW)
    with pytest.raises(votes.NoQuorum) as no:
        await commands.decide(Decide(new_id(), met, application), by=WAN, at=NOW)
    assert no.value.facts == {"needed": 5, "present": 4}
    late = Attend(met, DAO, "consumer", "academia", late=True)
    await run(meetings.attend, late, by=WAN, at=NOW)
    wanted = Decide(new_id(), met, application)
    event = await run(commands.decide, wanted, by=WAN, at=NOW)
    assert (event.present, event.votes_for) == (5, 4), "the vote of who went is not counted"
    kept = await queries.snapshot(wanted.id)
    assert set(kept.judges) == {SOMCHAI, CHAN, YING, WAN, DAO}
    assert kept.recused == (MALEE,)
    assert kept.legs == {"citizens": 3, "academia": 1, "local_government": 0, "state": 1}
    assert not await verify(TABLES)


async def test_who_stands_back_after_voting_has_the_vote_struck(db: Database) -> None:
    await village(db)
    application = await ready()
    met = await meeting()
    await run(meetings.attend, Attend(met, DAO, "agency"), by=WAN, at=NOW)
    await voted(met, application)
    for _ in range(2):
        await run(commands.vote, CastVote(met, application, YING, "recused"), by=YING, at=NOW)
    assert (await ballots.cast(met, application))[YING] == "recused"
    assert await ballots.struck(met, application) == {YING}
    event = await run(commands.decide, Decide(new_id(), met, application), by=WAN, at=NOW)
    assert (event.votes_for, event.recused, event.present) == (4, 2, 5)
    with pytest.raises(votes.RecusedTooLate):
        await commands.vote(CastVote(met, application, CHAN, "recused"), by=CHAN, at=NOW)
    assert not await verify(TABLES)


async def test_hands_are_counted_without_names_and_of_these_people(db: Database) -> None:
    await village(db)
    application = await ready()
    met = await meeting()

    def hands(yes: int, no: int = 0) -> CountHands:
        return CountHands(new_id(), met, application, yes, no, 0)

    with pytest.raises(votes.TooManyHands):
        await commands.count_hands(hands(5, 1), by=WAN, at=NOW)
    await run(commands.count_hands, hands(2, 3), by=WAN, at=NOW)
    with pytest.raises(votes.HandsCounted):
        await commands.vote(CastVote(met, application, WAN, "for"), by=WAN, at=NOW)
    await run(commands.count_hands, hands(5), by=WAN, at=NOW)
    await run(meetings.attend, Attend(met, DAO, "agency"), by=WAN, at=NOW)
    with pytest.raises(votes.HandsOutdated):
        await commands.decide(Decide(new_id(), met, application), by=WAN, at=NOW)
    await run(commands.count_hands, hands(5), by=WAN, at=NOW)
    event = await run(commands.decide, Decide(new_id(), met, application), by=WAN, at=NOW)
    assert (event.outcome, event.votes_for, event.present) == ("approved", 5, 6)
    assert not await verify(TABLES)


async def test_two_bodies_decide_in_their_order_and_one_sends_it_back(db: Database) -> None:
    await village(db)
    application = await ready(decision_stages=stages("screening", "committee"))
    committee = await meeting()
    with pytest.raises(rules.OtherBody):
        await commands.vote(CastVote(committee, application, WAN, "for"), by=WAN, at=NOW)
    first = await meeting(body="screening")
    with pytest.raises(rules.NothingToReturnTo):
        back = Decide(new_id(), first, application, reason="ไม่ครบ", back=True)
        await commands.decide(back, by=WAN, at=NOW)
    await voted(first, application)
    passed = Decide(new_id(), first, application)
    event = await run(commands.decide, passed, by=WAN, at=NOW)
    assert (event.outcome, event.then) == ("approved", "committee")
    assert (await applications.application(application)).state == "inspected"
    with pytest.raises(NotApproved):
        await certificates.issue(IssueCertificate(new_id(), passed.id), by=WAN, at=NOW)
    with pytest.raises(rules.ReasonMissing):
        back = Decide(new_id(), committee, application, back=True)
        await commands.decide(back, by=WAN, at=NOW)
    back = Decide(new_id(), committee, application, reason="แผนที่ไม่ชัด", back=True)
    event = await run(commands.decide, back, by=WAN, at=NOW)
    assert (event.outcome, event.then) == ("returned", "screening")
    assert [one.body for one in await queries.waiting(NETWORK)] == ["screening"]
    await screened(application)
    last = await meeting()
    await voted(last, application)
    assert set(await queries.voted_before(await queries.case(application))) >= {WAN, CHAN}
    event = await run(commands.decide, Decide(new_id(), last, application), by=WAN, at=NOW)
    assert (event.outcome, event.then) == ("approved", "")
    assert (await applications.application(application)).state == "decided"
    assert not await verify(TABLES)


async def test_where_the_charter_says_so_nobody_votes_on_a_case_in_two_bodies(db: Database) -> None:
    await village(db)
    both = {"decision_stages": stages("screening", "committee"), "one_vote_per_case": True}
    application = await ready(**both, quorum_count=2)
    first = OpenMeeting(new_id(), NETWORK, TODAY, "ศาลา", "screening")
    await run(meetings.open_meeting, first, by=WAN, at=NOW)
    for person in (SOMCHAI, CHAN, MALEE):
        await run(meetings.attend, Attend(first.id, person, "producer"), by=WAN, at=NOW)
    hands = CountHands(new_id(), first.id, application, 2, 0, 0)
    await run(commands.count_hands, hands, by=WAN, at=NOW)
    await run(commands.decide, Decide(new_id(), first.id, application), by=WAN, at=NOW)
    last = await meeting()
    with pytest.raises(votes.VotedBefore):
        await commands.vote(CastVote(last, application, CHAN, "for"), by=WAN, at=NOW)
    for person in (YING, WAN, NOK):
        vote = CastVote(last, application, person, "for")
        await run(commands.vote, vote, by=WAN, at=NOW)
    event = await run(commands.decide, Decide(new_id(), last, application), by=WAN, at=NOW)
    assert (event.outcome, event.present, event.recused) == ("approved", 3, 3)


async def test_a_case_taken_off_the_agenda_waits_as_before(db: Database) -> None:
    await village(db)
    application = await ready()
    met = await meeting()
    await voted(met, application)
    off = Withdraw(new_id(), met, "case", application, "รอผลตรวจดิน")
    with pytest.raises(meeting_rules.TextMissing):
        await commands.withdraw(msgspec.structs.replace(off, reason=" "), by=WAN, at=NOW)
    await run(commands.withdraw, off, by=WAN, at=NOW)
    for deed in (
        commands.withdraw(msgspec.structs.replace(off, id=new_id()), by=WAN, at=NOW),
        commands.decide(Decide(new_id(), met, application), by=WAN, at=NOW),
        commands.count_hands(CountHands(new_id(), met, application, 3, 0, 0), by=WAN, at=NOW),
    ):
        with pytest.raises(meeting_rules.OffTheAgenda):
            await deed
    assert [one.application for one in await queries.waiting(NETWORK)] == [application]
    assert await meeting_queries.withdrawn(met, "case") == {application: "รอผลตรวจดิน"}
    following = await meeting()  # where it stands by itself; the votes of the first bar nobody
    await voted(following, application)
    event = await run(commands.decide, Decide(new_id(), following, application), by=WAN, at=NOW)
    assert event.outcome == "approved"
    late = Withdraw(new_id(), following, "case", application, "สายไป")
    with pytest.raises(rules.DecidedAlready):
        await commands.withdraw(late, by=WAN, at=NOW)
    assert not await verify(TABLES)


async def test_taken_off_and_decided_at_the_same_moment_one_is_first(db: Database) -> None:
    await village(db)
    application = await ready()
    met = await meeting()
    await voted(met, application)
    off = Withdraw(new_id(), met, "case", application, "รอผลตรวจดิน")
    done = await asyncio.gather(
        run(commands.withdraw, off, by=WAN, at=NOW),
        run(commands.decide, Decide(new_id(), met, application), by=YING, at=NOW),
        return_exceptions=True,
    )
    late = (meeting_rules.OffTheAgenda, rules.DecidedAlready)
    assert sum(isinstance(one, late) for one in done) == 1, done


async def test_an_item_taken_off_stays_written_with_its_reason(db: Database) -> None:
    await village(db)
    met, other = await meeting(), await meeting()
    item = AddItem(new_id(), met, "inform", "งบประมาณ")
    await run(meetings.add_item, item, by=WAN, at=NOW)
    off = Withdraw(new_id(), met, "item", item.id, "เอกสารยังไม่ครบ")
    with pytest.raises(meeting_rules.ItemMissing):  # it stands on another's agenda
        await commands.withdraw(msgspec.structs.replace(off, meeting=other), by=WAN, at=NOW)
    await run(commands.withdraw, off, by=WAN, at=NOW)
    [shown] = await meeting_queries.items(met)
    assert (shown.title, shown.off) == ("งบประมาณ", "เอกสารยังไม่ครบ")
    with pytest.raises(meeting_rules.OffTheAgenda):
        await meetings.note(Note(new_id(), item.id, "x"), by=WAN, at=NOW)
    await run(meetings.close_meeting, met, by=WAN, at=NOW)
    with pytest.raises(meeting_rules.MeetingClosed):
        again = msgspec.structs.replace(off, id=new_id())
        await commands.withdraw(again, by=WAN, at=NOW)


async def test_two_meetings_of_one_body_decide_at_the_same_moment(db: Database) -> None:
    """In a step that does not close the application, so nothing but the turn is claimed."""
    await village(db)
    application = await ready(decision_stages=stages("screening", "committee"))
    both = [await meeting(body="screening") for _ in range(2)]
    for met in both:
        await voted(met, application)
    deeds = [
        run(commands.decide, Decide(new_id(), met, application), by=by, at=NOW)
        for met, by in zip(both, (WAN, YING), strict=True)
    ]
    done = await asyncio.gather(*deeds, return_exceptions=True)
    assert sum(isinstance(one, Decided) for one in done) == 1, done
    assert sum(isinstance(one, rules.OtherBody) for one in done) == 1, done


async def test_one_crop_is_approved_and_the_other_not(db: Database) -> None:
    await village(db)
    application = await ready()
    met = await meeting()
    await voted(met, application)
    for crops, why in [(("durian",), rules.CropUnknown), (("kale",), rules.ReasonMissing)]:
        with pytest.raises(why):
            wrong = Decide(new_id(), met, application, crops=crops)
            await commands.decide(wrong, by=WAN, at=NOW)
    wanted = Decide(new_id(), met, application, reason="ข้าวยังไม่พ้นระยะ", crops=("kale",))
    await run(commands.decide, wanted, by=WAN, at=NOW)
    made = await queries.decision(wanted.id)
    assert (made.crops, made.left_out) == (("kale",), ("holy-basil",))
    with pytest.raises(NoCrops):
        too_much = IssueCertificate(new_id(), wanted.id, ("kale", "holy-basil"))
        await certificates.issue(too_much, by=WAN, at=NOW)
    paper = await run(certificates.issue, IssueCertificate(new_id(), wanted.id), by=WAN, at=NOW)
    assert paper.crops == ("kale",)


async def test_land_that_is_not_what_was_inspected_is_not_decided_on(db: Database) -> None:
    await village(db)
    await published()
    handed, drawn = [await accepted(await planted(lon=lon)) for lon in (100.2838, 100.2938)]
    for application in (handed, drawn):
        await inspected(application)
    met = await meeting()
    await voted(met, handed)
    tomorrow = TODAY + timedelta(days=1)
    case = await queries.case(handed)
    taken = PlotHolder(
        id=new_id(), plot=case.plot, person=SOMCHAI, since=tomorrow, until=None, by=WAN
    )
    await PlotHolder.insert(taken)
    later = NOW + timedelta(days=1)
    opened = OpenMeeting(new_id(), NETWORK, tomorrow, "ศาลา")
    await run(meetings.open_meeting, opened, by=WAN, at=later)
    await run(meetings.attend, Attend(opened.id, WAN, "agency"), by=WAN, at=later)
    with pytest.raises(rules.FarmerChanged):
        await commands.vote(CastVote(opened.id, handed, WAN, "for"), by=WAN, at=later)
    smaller = RegisterPlot(
        id=new_id(), group=RATTAPHUM, farmer=MALEE, name="หลังบ้าน", kind="field",
        outline=square(lon=100.2938, side=0.0007), farmed_since=TODAY,
        replaces=(await queries.case(drawn)).plot,
    )  # fmt: skip
    await run(plots.register, smaller, by=MALEE, at=NOW)
    with pytest.raises(rules.LandChanged):
        await commands.vote(CastVote(met, drawn, WAN, "for"), by=WAN, at=NOW)


async def test_land_is_held_against_what_was_seen_not_against_what_is_said_of_that_day(
    db: Database,
) -> None:
    """The rows are altered behind the product's back: by hand, as nobody may."""
    await village(db)
    await published()
    tambon, area, backdated = [
        await accepted(await planted(lon=lon)) for lon in (100.2838, 100.2938, 100.3038)
    ]
    for application in (tambon, area, backdated):
        await inspected(application)
    met = await meeting()
    lands = {one: (await queries.case(one)).plot for one in (tambon, area, backdated)}
    for one in lands:
        await run(commands.vote, CastVote(met, one, WAN, "for"), by=WAN, at=NOW)
    await Plot.update({Plot.tambon: "900902"}).where(Plot.id == lands[tambon])
    await Plot.update({Plot.area_m2: 1}).where(Plot.id == lands[area])
    earlier = PlotHolder(
        id=new_id(), plot=lands[backdated], person=SOMCHAI, since=TODAY, until=None, by=WAN
    )
    await PlotHolder.insert(earlier)  # as if he had farmed it on the day of the visit
    for one, refusal in (
        (tambon, rules.LandChanged), (area, rules.LandChanged), (backdated, rules.FarmerChanged),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await run(commands.decide, Decide(new_id(), met, one), by=WAN, at=NOW)


async def test_a_charter_changed_in_the_season_does_not_touch_what_was_asked(db: Database) -> None:
    await village(db)
    application = await ready()
    await published(quorum_count=9, decision_stages=stages("screening"))
    met = await meeting()
    await voted(met, application)
    event = await run(commands.decide, Decide(new_id(), met, application), by=WAN, at=NOW)
    assert (event.quorum_needed, event.body) == (5, "committee")


async def test_agenda_actions_and_minutes_go_from_one_meeting_to_the_next(db: Database) -> None:
    await village(db)
    first = await meeting()
    item = AddItem(new_id(), first, "inform", "งบของ อบจ.")
    await run(meetings.add_item, item, by=WAN, at=NOW)
    await run(meetings.note, Note(new_id(), item.id, "ได้รับแล้ว"), by=WAN, at=NOW)
    task = AddAction(new_id(), first, CHAN, "ติดป้ายแปลง", TODAY + timedelta(days=7))
    await run(meetings.add_action, task, by=WAN, at=NOW)
    soon = AddAction(new_id(), first, CHAN, "เมื่อวาน", TODAY - timedelta(days=1))
    with pytest.raises(meeting_rules.DueBeforeTheMeeting):
        await meetings.add_action(soon, by=WAN, at=NOW)
    second, other = await meeting(), await meeting(body="screening")
    adopt = AdoptMinutes(new_id(), second, first, "แก้ชื่อสถานที่")
    with pytest.raises(meeting_rules.StillUnderWay):
        await meetings.adopt_minutes(adopt, by=WAN, at=NOW)
    await run(meetings.close_meeting, first, by=WAN, at=NOW)
    for deed in (
        meetings.add_item(AddItem(new_id(), first, "decide", "สายไป"), by=WAN, at=NOW),
        meetings.note(Note(new_id(), item.id, "สายไป"), by=WAN, at=NOW),
        meetings.move(Move(first, NOK, "left"), by=WAN, at=NOW),
    ):
        with pytest.raises(meeting_rules.MeetingClosed):
            await deed
    with pytest.raises(meeting_rules.NotItsMinutes):
        await meetings.adopt_minutes(AdoptMinutes(new_id(), other, first), by=WAN, at=NOW)
    now = await meeting_queries.meeting(second)
    assert [one.id for one in await meeting_queries.to_adopt(now)] == [first]
    assert [one.id for one in await meeting_queries.matters_arising(now)] == [task.id]
    both = [run(meetings.adopt_minutes, adopt, by=WAN, at=NOW)]
    both += [run(meetings.adopt_minutes, AdoptMinutes(new_id(), second, first), by=WAN, at=NOW)]
    done = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(one, meeting_rules.AdoptedAlready) for one in done) == 1
    await run(meetings.finish_action, FinishAction(new_id(), task.id), by=WAN, at=NOW)
    with pytest.raises(meeting_rules.DoneAlready):
        await meetings.finish_action(FinishAction(new_id(), task.id), by=WAN, at=NOW)
    await run(meetings.close_meeting, second, by=WAN, at=NOW)
    later = NOW + timedelta(days=30)
    third = OpenMeeting(new_id(), NETWORK, AGAIN, "ศาลา")
    await run(meetings.open_meeting, third, by=WAN, at=later)
    view = await meeting_queries.meeting(third.id)
    assert [one.id for one in await meeting_queries.to_adopt(view)] == [second]
    assert await meeting_queries.matters_arising(view) == []
    assert not await verify(TABLES)
