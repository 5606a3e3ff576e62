"""The meeting: who was there, who stood back, how they voted, and what followed."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.applications import queries as application_queries
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import verify
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.decisions import commands, queries, rules, votes
from certification.decisions.rules import Decide, Decided
from certification.decisions.tables import Decision, Vote
from certification.decisions.votes import Assembly, CastVote, Cause, Value
from certification.inspections import commands as inspections
from certification.inspections.rules import CloseFinding, FinishInspection, MakeFinding
from certification.meetings import commands as meetings
from certification.meetings import queries as meeting_queries
from certification.meetings.rules import (
    Attend,
    HeldOutOfTime,
    MeetingClosed,
    MeetingMissing,
    NotOfThisOrgan,
    OpenMeeting,
    PlaceMissing,
)
from certification.meetings.tables import Attendance, Meeting
from certification.people import commands as people
from certification.people.rules import Relate
from certification.schemes.queries import preset
from certification.schemes.rules import Part
from certification.schemes.settings import CropClass, StageKind
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    KRITS_GROUP,
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
    village,
)
from tests.guarantee import (
    JUST_CLEAN,
    PANEL,
    accepted,
    answered,
    decided,
    inspected,
    meeting,
    planted,
    published,
    stages,
    voted,
)

RULES = preset("sgs-pgs-small").rules
TABLES = [Meeting, Attendance, Vote, Decision]
FIVE = frozenset({SOMCHAI, CHAN, YING, WAN, NOK})


def case(**also: object) -> Cause:
    plain = Cause(
        application="a", farmers=frozenset({MALEE}), recused=frozenset({MALEE}),
        inspectors=frozenset({SOMCHAI, CHAN, NOK}), open_findings={},
        stages={"annual": "organic", "perennial": "organic"}, crops={"kale": "annual"},
    )  # fmt: skip
    return msgspec.structs.replace(plain, **also)


def room(votes: Mapping[str, Value] | None = None, **also: object) -> Assembly:
    every: Mapping[str, Value] = dict.fromkeys(FIVE, "for")
    plain = Assembly(TODAY, FIVE | {MALEE}, frozenset({WAN}), every if votes is None else votes)
    return msgspec.structs.replace(plain, **also)


def concluded(cause: Cause, assembly: Assembly, **also: object) -> Decided:
    wanted = msgspec.structs.replace(Decide("d", "m", "a", reason="เพราะ"), **also)
    return rules.decide(wanted, cause, assembly, RULES).event


def test_five_for_it_is_approved() -> None:
    made = concluded(case(), room())
    assert (made.outcome, made.stage, made.present, made.recused) == ("approved", "organic", 5, 1)


@pytest.mark.parametrize(
    ("cause", "assembly", "why"),
    [
        (case(), room(present=FIVE - {NOK} | {MALEE}), votes.NoQuorum),
        (case(recused=frozenset({MALEE, NOK})), room(), votes.NoQuorum),
        (case(), room(organ=frozenset({WAN, DAO, PRASERT})), votes.NoQuorumShare),
        (case(), room(present=FIVE | {PRASERT}), votes.FarmerAbsent),
        (
            case(),
            room(present=FIVE - {SOMCHAI, CHAN} | {MALEE, DAO, PRASERT}),
            votes.ReviewersAbsent,
        ),
        (case(), room({}), rules.NoVotes),
        (case(), room(dict.fromkeys(FIVE, "abstain")), rules.NoVotes),
        (case(open_findings={"major": 1}), room(), rules.FindingsOpen),
        (case(open_findings={"critical": 1}), room(), rules.FindingsOpen),
        (case(open_findings={"minor": 6}), room(), rules.FindingsOpen),
        (case(crops={}), room(), rules.NothingPlanted),
    ],
)
def test_what_is_missing_is_named(cause: Cause, assembly: Assembly, why: type[Refusal]) -> None:
    with pytest.raises(why):
        concluded(cause, assembly)


def test_rejected_and_deferred_need_a_reason() -> None:
    against: dict[str, Value] = {**dict.fromkeys(FIVE, "for"), WAN: "against", NOK: "against"}
    assert concluded(case(), room(against)).outcome == "rejected"
    assert concluded(case(), room(against)).stage == ""
    assert concluded(case(open_findings={"major": 1}), room(), defer=True).outcome == "deferred"
    for also in ({"defer": True}, {}):
        with pytest.raises(rules.ReasonMissing):
            concluded(case(), room(against), reason=" ", **also)


def test_minor_findings_do_not_hinder() -> None:
    assert concluded(case(open_findings={"minor": 4}), room()).outcome == "approved"


def test_so_many_minor_findings_are_a_major() -> None:
    with pytest.raises(rules.FindingsOpen) as no:
        concluded(case(open_findings={"minor": 5}), room())
    assert no.value.facts == {"grave": 1, "minor": 5}


def test_a_paper_is_organic_when_all_its_crops_are_and_none_is_for_conventional_land() -> None:
    beside: dict[CropClass, StageKind] = {"annual": "organic", "perennial": "in_conversion"}
    assert rules.stage(beside, ["annual"]) == "organic"
    assert rules.stage(beside, ["annual", "perennial"]) == "in_conversion"
    with pytest.raises(rules.StillConventional):
        rules.stage({"annual": "conventional", "perennial": "organic"}, ["annual", "perennial"])


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
def test_months_after_never_passes_over_a_month(day: date, months: int) -> None:
    later = rules.months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert rules.months_after(day, 12).year == day.year + 1


EVERYBODY = [MALEE, SOMCHAI, CHAN, YING, WAN, NOK, DAO, PRASERT, KRIT]
persons = st.frozensets(st.sampled_from(EVERYBODY))
ballots = st.dictionaries(
    st.sampled_from(EVERYBODY), st.sampled_from(["for", "against", "abstain", "recused"])
)


@given(persons, persons, ballots, st.integers(1, 6), st.integers(1, 5), st.integers(1, 5))
def test_approval_is_what_a_clerk_would_count(
    present: frozenset[str], tied: frozenset[str], votes_cast: dict[str, Value], quorum: int,
    part: int, more: int,
) -> None:  # fmt: skip
    """Against counting by hand: one after the other, with a pencil."""
    settings = msgspec.structs.replace(
        RULES, quorum_count=quorum, quorum_share=Part(1, 2), pass_share=Part(part, part + more),
        farmer_present=False, reviewers_present=0,
    )  # fmt: skip
    cause, organ = case(recused=tied | {MALEE}), frozenset(EVERYBODY[:6])
    ayes = noes = judges = own_judges = own = 0
    for person in EVERYBODY:
        counts = person not in tied and person != MALEE and votes_cast.get(person) != "recused"
        own += counts and person in organ
        judges += counts and person in present
        own_judges += counts and person in present and person in organ
        ayes += counts and person in present and votes_cast.get(person) == "for"
        noes += counts and person in present and votes_cast.get(person) == "against"
    enough = judges >= quorum and own_judges * 2 >= own
    passes = ayes + noes > 0 and ayes * (part + more) >= (ayes + noes) * part
    try:
        made = rules.decide(
            Decide("d", "m", "a", reason="x"), cause, Assembly(TODAY, present, organ, votes_cast),
            settings,
        ).event  # fmt: skip
    except (votes.NoQuorum, votes.NoQuorumShare):
        assert not enough
    except rules.NoVotes:
        assert enough
        assert ayes + noes == 0
    else:
        assert enough
        assert (made.outcome == "approved") == passes
        assert (made.votes_for, made.votes_against) == (ayes, noes)


async def ready(db: Database) -> str:
    await village(db)
    await published()
    application = await accepted(await planted())
    await inspected(application)
    return application


async def test_a_meeting_approves_malees_plot(db: Database) -> None:
    application = await ready(db)
    [waits] = await queries.waiting(NETWORK)
    assert (waits.application, waits.grave) == (application, 0)
    assert await queries.waiting(RATTAPHUM) == [waits]
    assert await queries.waiting(KRITS_GROUP) == []
    met = await meeting()
    await voted(met, application, wan="abstain")
    wanted = Decide(new_id(), met, application)
    event = await run(commands.decide, wanted, by=WAN, at=NOW)
    assert (event.outcome, event.stage) == ("approved", "organic")
    assert (event.votes_for, event.abstained, event.recused, event.present) == (4, 1, 1, 5)
    await run(meetings.close_meeting, met, by=WAN, at=NOW)
    assert (await application_queries.application(application)).state == "decided"
    assert (await queries.decision(wanted.id)).outcome == "approved"
    assert await queries.of_application(application) == await queries.of_meeting(met)
    assert [m.id for m in await meeting_queries.of_organ(NETWORK)] == [met]
    assert await queries.waiting(NETWORK) == []
    assert not await verify(TABLES)


async def test_malee_and_her_kin_stand_back_and_do_not_count(db: Database) -> None:
    application = await ready(db)
    met = await meeting()
    await run(
        people.relate,
        Relate(new_id(), MALEE, YING, "kin", TODAY, degree=2), by=ADMIN, at=NOW,
    )  # fmt: skip
    for tied in (MALEE, YING):
        with pytest.raises(votes.JudgeInOwnCause):
            await commands.vote(CastVote(met, application, tied, "for"), by=tied, at=NOW)
    await commands.vote(CastVote(met, application, YING, "recused"), by=YING, at=NOW)
    with pytest.raises(votes.NoQuorum) as no:
        await commands.decide(Decide(new_id(), met, application), by=WAN, at=NOW)
    assert no.value.facts == {"needed": 5, "present": 4}


async def test_kinship_told_after_the_vote_takes_the_vote_away(db: Database) -> None:
    application = await ready(db)
    met = await meeting()
    await run(meetings.attend, Attend(met, DAO, "agency"), by=WAN, at=NOW)
    await voted(met, application)
    await run(
        people.relate, Relate(new_id(), MALEE, YING, "spouse", TODAY), by=ADMIN, at=NOW
    )  # fmt: skip
    event = await run(commands.decide, Decide(new_id(), met, application), by=WAN, at=NOW)
    assert (event.votes_for, event.recused) == (4, 2)


async def test_only_who_is_there_votes_and_only_once(db: Database) -> None:
    application = await ready(db)
    met = await meeting()
    with pytest.raises(votes.NotPresent):
        await commands.vote(CastVote(met, application, PRASERT, "for"), by=WAN, at=NOW)
    with pytest.raises(votes.NotPresent):
        await commands.vote(CastVote(met, application, KRIT, "for"), by=KRIT, at=NOW)
    hands = [
        run(commands.vote, CastVote(met, application, WAN, "for"), by=WAN, at=NOW) for _ in range(4)
    ]
    done = await asyncio.gather(*hands, return_exceptions=True)
    assert sum(isinstance(d, votes.Voted) for d in done) == 1
    assert sum(isinstance(d, votes.VotedAlready) for d in done) == 3
    with pytest.raises(votes.VotedAlready):
        await commands.vote(CastVote(met, application, WAN, "against"), by=WAN, at=NOW)


async def test_krits_group_does_not_decide_on_malees_plot(db: Database) -> None:
    application = await ready(db)
    wanted = OpenMeeting(new_id(), KRITS_GROUP, TODAY, "บ้านกฤต")
    await run(meetings.open_meeting, wanted, by=KRIT, at=NOW)
    await run(meetings.attend, Attend(wanted.id, KRIT, "producer"), by=KRIT, at=NOW)
    for deed in (
        commands.vote(CastVote(wanted.id, application, KRIT, "against"), by=KRIT, at=NOW),
        commands.decide(Decide(new_id(), wanted.id, application), by=KRIT, at=NOW),
    ):
        with pytest.raises(rules.OtherOrgan):
            await deed
    hers = OpenMeeting(new_id(), RATTAPHUM, TODAY, "บ้านหญิง")
    await run(meetings.open_meeting, hers, by=YING, at=NOW)
    with pytest.raises(NotOfThisOrgan):
        await meetings.attend(Attend(hers.id, KRIT, "producer"), by=YING, at=NOW)


async def test_the_group_itself_may_be_the_organ(db: Database) -> None:
    """Where the charter says that groups decide."""
    await village(db)
    await published(decision_stages=stages("group"))
    application = await accepted(await planted())
    await inspected(application)
    with pytest.raises(rules.OtherBody):
        await voted(await meeting(), application)
    met = await meeting(organ=RATTAPHUM)
    assert (await queries.decision(await decided(application, met))).outcome == "approved"


async def test_only_what_was_inspected_is_decided_and_once(db: Database) -> None:
    await village(db)
    await published()
    application = await accepted(await planted())
    met = await meeting()
    with pytest.raises(rules.NotInspected):
        await commands.vote(CastVote(met, application, WAN, "for"), by=WAN, at=NOW)
    await inspected(application)
    await voted(met, application)
    done = await asyncio.gather(
        *(
            run(commands.decide, Decide(new_id(), met, application), by=WAN, at=NOW)
            for _ in range(3)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(d, Decided) for d in done) == 1
    assert sum(isinstance(d, rules.DecidedAlready) for d in done) == 2
    with pytest.raises(rules.NotInspected):
        again = await meeting()
        await commands.vote(CastVote(again, application, WAN, "for"), by=WAN, at=NOW)


async def test_an_open_major_finding_is_deferred_closed_and_approved(db: Database) -> None:
    await village(db)
    await published()
    application = await accepted(await planted())
    visit = await answered(application)
    finding = MakeFinding(new_id(), visit, "P12", "major", "แนวกันชนแคบไป")
    await run(inspections.find, finding, by=SOMCHAI, at=NOW)
    for member in PANEL:
        await run(inspections.sign, visit, by=member.person, at=NOW)
    await run(inspections.finish, FinishInspection(visit, "signed", NOW), by=SOMCHAI, at=NOW)
    met = await meeting()
    await voted(met, application)
    with pytest.raises(rules.FindingsOpen):
        await commands.decide(Decide(new_id(), met, application), by=WAN, at=NOW)
    later_on = Decide(new_id(), met, application, defer=True, reason="รอแก้แนวกันชน")
    assert (await run(commands.decide, later_on, by=WAN, at=NOW)).outcome == "deferred"
    assert (await application_queries.application(application)).state == "inspected"
    mended = CloseFinding(new_id(), finding.id, "ขยายเป็น 2 เมตรแล้ว")
    await run(inspections.close_finding, mended, by=CHAN, at=NOW)
    assert (await queries.decision(await decided(application, await meeting()))).stage == "organic"
    assert not await verify(TABLES)


async def test_land_clean_for_a_hundred_days_is_in_conversion(db: Database) -> None:
    await village(db)
    await published()
    application = await accepted(await planted(), clean_since=JUST_CLEAN)
    await inspected(application)
    made = await queries.decision(await decided(application, await meeting()))
    assert (made.outcome, made.stage) == ("approved", "in_conversion")


async def test_a_meeting_is_neither_in_the_future_nor_typed_too_late(db: Database) -> None:
    application = await ready(db)
    for days in (-1, 400):
        wrong = OpenMeeting(new_id(), NETWORK, TODAY - timedelta(days=days), "ศาลา")
        with pytest.raises(HeldOutOfTime):
            await meetings.open_meeting(wrong, by=WAN, at=NOW)
    with pytest.raises(PlaceMissing):
        await meetings.open_meeting(OpenMeeting(new_id(), NETWORK, TODAY, " "), by=WAN, at=NOW)
    before = await meeting(held_on=TODAY - timedelta(days=1))
    with pytest.raises(rules.InspectedAfterTheMeeting):
        await commands.decide(Decide(new_id(), before, application), by=WAN, at=NOW)


async def test_a_closed_meeting_is_closed_for_everybody(db: Database) -> None:
    application = await ready(db)
    met = await meeting()
    await run(meetings.close_meeting, met, by=WAN, at=NOW)
    for deed in (
        meetings.attend(Attend(met, DAO, "agency"), by=WAN, at=NOW),
        commands.vote(CastVote(met, application, WAN, "for"), by=WAN, at=NOW),
        commands.decide(Decide(new_id(), met, application), by=WAN, at=NOW),
        meetings.close_meeting(met, by=WAN, at=NOW),
    ):
        with pytest.raises(MeetingClosed):
            await deed
    with pytest.raises(MeetingMissing):
        await meetings.close_meeting(new_id(), by=WAN, at=NOW)
