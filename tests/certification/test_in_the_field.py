"""Things change while inspectors are on the plot: roles, relations, land, paper for a phone."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.basis import blobs
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Grants
from certification.inspections import (
    afterwards,
    assigning,
    bound,
    commands,
    layers,
    panel,
    papers,
    queries,
    refusals,
    replacing,
    reviewing,
    sheets,
    states,
)
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.panel import Assigned
from certification.inspections.papers import TypeFromPaper
from certification.inspections.replacing import Excuse, Replace
from certification.inspections.rules import BeginInspection, FinishInspection
from certification.people import commands as people
from certification.people.rules import Relate
from certification.plots.tables import PlotHolder
from certification.schemes.queries import preset
from tests.cast import (
    ADMIN,
    CHAN,
    KRIT,
    LONG_AGO,
    MALEE,
    NOK,
    NOW,
    SOMCHAI,
    WAN,
    YING,
    Village,
    later,
    log_faults,
    village,
)
from tests.guarantee import (
    accepted,
    answered,
    assignment,
    begun,
    good_answers,
    inspected,
    planted,
    published,
)

SGS = preset("sgs-pgs-small")


async def ready(db: Database) -> tuple[Village, str]:
    there = await village(db)
    await published()
    return there, await accepted(await planted())


async def refused(no: type[Refusal], deed: object) -> None:
    with pytest.raises(no):
        await deed  # type: ignore[misc]


async def ends(there: Village, person: str) -> None:
    await run(groups.end_role, there.grants[person, "inspector"], by=ADMIN, at=NOW)


async def test_who_loses_the_role_before_the_beginning_is_replaced(db: Database) -> None:
    there, asked = await ready(db)
    wanted = assignment(asked)
    await run(assigning.assign, wanted, by=YING, at=NOW - timedelta(hours=1))
    await ends(there, SOMCHAI)
    there_at = BeginInspection(wanted.id, later(hours=1))
    await refused(panel.RoleLost, commands.begin(there_at, by=CHAN, at=later(hours=1)))
    for wrong, no in (
        (Replace(wanted.id, SOMCHAI, Assigned(MALEE, "producer")), panel.OwnPlot),
        (Replace(wanted.id, SOMCHAI, Assigned(NOK, "consumer")), panel.InspectorTwice),
        (Replace(wanted.id, SOMCHAI, Assigned(KRIT, "producer")), panel.OtherGroup),
        (Replace(wanted.id, WAN, Assigned(YING, "producer")), replacing.NotOnThePanel),
        (Replace(wanted.id, SOMCHAI, Assigned(YING, "consumer")), panel.SeatNotFilled),
    ):
        await refused(no, run(replacing.replace, wrong, by=WAN, at=NOW))
    other = Replace(wanted.id, SOMCHAI, Assigned(YING, "producer"))
    await run(replacing.replace, other, by=WAN, at=NOW)
    await refused(replacing.NotOnThePanel, replacing.replace(other, by=WAN, at=NOW))
    await run(commands.begin, there_at, by=YING, at=later(hours=1))
    late = GiveAnswers(wanted.id, (AnswerGiven(new_id(), "N05", "no", NOW),))
    await refused(refusals.CameTooLate, reviewing.receive(late, by=SOMCHAI, at=later(hours=2)))
    assert [one.by for one in await layers.late(wanted.id)] == [SOMCHAI]
    assert not await log_faults()


async def test_who_loses_the_role_in_the_field_does_not_sign_until_two_say_so_in_public(
    db: Database,
) -> None:
    there, asked = await ready(db)
    wanted = assignment(asked)
    await run(assigning.assign, wanted, by=YING, at=NOW - timedelta(hours=1))
    await run(commands.begin, BeginInspection(wanted.id, NOW), by=CHAN, at=NOW)
    sheet = GiveAnswers(wanted.id, tuple(good_answers()))
    await run(commands.answer, sheet, by=SOMCHAI, at=NOW)
    await ends(there, SOMCHAI)
    at = later(hours=2)
    for person in (CHAN, NOK):
        await run(commands.sign, wanted.id, by=person, at=at)
    await refused(panel.RoleLost, commands.sign(wanted.id, by=SOMCHAI, at=at))
    end = FinishInspection(wanted.id, "signed", at)
    await refused(panel.TooFewInspectors, commands.finish(end, by=CHAN, at=at))
    assert len(await sheets.answers(wanted.id)) == len(good_answers())
    ask = Excuse(new_id(), wanted.id, SOMCHAI, "อยู่ตรวจครบทั้งวัน")
    nobody = Excuse(new_id(), wanted.id, CHAN, "x")
    await refused(replacing.NothingAgainst, replacing.excuse(nobody, by=WAN, at=at))
    unknown = replacing.sign_excuse(wanted.id, ask.id, by=YING, at=at)
    await refused(replacing.ExcuseMissing, unknown)
    await run(replacing.excuse, ask, by=WAN, at=at)
    for same in (WAN, SOMCHAI):
        await refused(
            replacing.ExcusedBySecond, replacing.sign_excuse(wanted.id, ask.id, by=same, at=at)
        )
    await run(replacing.sign_excuse, wanted.id, ask.id, by=YING, at=at)
    plot = (await queries.inspection(wanted.id)).plot
    assert [one.reason for one in await queries.excused_on(plot)] == [ask.reason]
    await run(commands.sign, wanted.id, by=SOMCHAI, at=at)
    await run(commands.finish, end, by=CHAN, at=at)
    assert not await log_faults()


async def test_a_relation_told_in_the_field_stops_that_signature_and_no_other(
    db: Database,
) -> None:
    _, asked = await ready(db)
    visit = await answered(asked)
    await run(commands.sign, visit, by=SOMCHAI, at=NOW)
    for person in (SOMCHAI, CHAN):
        kin = Relate(new_id(), MALEE, person, "kin", LONG_AGO.date(), 1)
        await run(people.relate, kin, by=ADMIN, at=NOW)
    await refused(panel.KinOfTheFarmer, commands.sign(visit, by=CHAN, at=later(hours=1)))
    home, first = new_id(), LONG_AGO.date()
    await run(people.house, home, [MALEE, NOK], since=first, by=ADMIN, at=NOW)
    never = Excuse(new_id(), visit, NOK, "อยู่บ้านเดียวกันแต่ตรวจจริง")
    await refused(replacing.NeverExcused, replacing.excuse(never, by=WAN, at=later(hours=1)))
    await run(people.unhouse, home, NOK, NOW.date() - timedelta(days=1), by=ADMIN, at=NOW)
    await run(commands.sign, visit, by=NOK, at=later(hours=1))
    signed = [m.person for m in await queries.members(visit) if m.signed_at]
    assert set(signed) == {SOMCHAI, NOK}  # what was signed before counts by its own moment
    other = Replace(visit, CHAN, Assigned(YING, "producer"))
    await run(replacing.replace, other, by=WAN, at=later(hours=1))
    await run(commands.sign, visit, by=YING, at=later(hours=1))
    end = FinishInspection(visit, "signed", later(hours=1))
    assert (await run(commands.finish, end, by=YING, at=later(hours=1))).signatures == 3


async def test_a_sheet_on_paper_is_typed_with_the_papers_times_and_says_so(db: Database) -> None:
    _, asked = await ready(db)
    wanted = assignment(asked)
    await run(assigning.assign, wanted, by=YING, at=NOW - timedelta(days=2))
    blob = await blobs.keep(b"\xff\xd8\xff" + bytes(20), by=CHAN, at=NOW)
    began, ended = NOW - timedelta(hours=30), NOW - timedelta(hours=28)
    paper = TypeFromPaper(new_id(), wanted.id, began, ended, blob)
    wrong = TypeFromPaper(new_id(), wanted.id, ended, began, blob)
    await refused(refusals.TimesOutOfOrder, papers.typed(wrong, by=CHAN, at=NOW))
    await refused(refusals.NotAnInspector, papers.typed(paper, by=WAN, at=NOW))
    await run(papers.typed, paper, by=CHAN, at=NOW)
    again = TypeFromPaper(new_id(), wanted.id, began, ended, blob)
    await refused(papers.PaperAlready, papers.typed(again, by=NOK, at=NOW))
    record = await sheets.record(wanted.id)
    assert record.paper
    assert (record.inspection.started_at, record.paper.ended_at, record.paper.by) == (
        began, ended, CHAN,
    )  # fmt: skip
    assert record.paper.photo == record.photos[0].id
    assert not await log_faults()


async def test_a_plot_that_changed_hands_or_shape_since_is_marked(db: Database) -> None:
    _, asked = await ready(db)
    visit = await queries.inspection(await inspected(asked))
    on = NOW.date()
    assert await bound.changed(visit, on) == []
    taken = PlotHolder(
        id=new_id(), plot=visit.plot, person=SOMCHAI, since=on + timedelta(days=1), until=None,
        by=WAN,
    )  # fmt: skip
    await PlotHolder.insert(taken)
    assert await bound.changed(visit, on + timedelta(days=1)) == ["hands"]


DEEDS = st.lists(st.sampled_from(sorted(states.FROM)), max_size=12)


@settings(max_examples=300)
@given(DEEDS)
def test_no_deed_leads_out_of_an_end_nor_past_the_beginning(deeds: list[states.Deed]) -> None:
    state, filled = "assigned", 0
    for deed in deeds:
        before = state
        if before not in states.FROM[deed]:
            with pytest.raises((refusals.SignedAlready, refusals.NotUnderWay)):
                states.after(deed, state, ["N05"])
            continue
        state = states.after(deed, state, ["N05"])
        filled += deed == "fill_in"
        if before in ("signed", "cancelled"):
            assert state == before
        if deed == "fill_in":
            assert before == "under_way"
    assert state in ("assigned", "under_way", "signed", "cancelled")
    assert not filled or "begin" in deeds


FIVE = [Assigned(str(n), "producer" if n % 2 else "consumer") for n in range(5)]


@settings(max_examples=300)
@given(st.permutations(range(5)), st.integers(0, 5))
def test_a_correction_holds_by_who_signed_it_and_not_by_the_order(
    order: list[int], count: int
) -> None:
    signed = [(str(n), later(hours=place)) for place, n in enumerate(order[:count])]
    since = afterwards.completed_at(signed, FIVE, SGS.rules)
    holds = afterwards.complete([person for person, _ in signed], FIVE, SGS.rules)
    assert (since is not None) == holds
    more = [*signed, ("stranger", later(days=1))]
    assert afterwards.completed_at(more, FIVE, SGS.rules) == since
    seats = [FIVE[n].seat for n in order[:count]]
    enough = len(seats) >= SGS.rules.min_inspectors and all(
        seats.count(s.code) >= s.minimum for s in SGS.rules.panel_seats
    )
    assert holds == enough


async def test_a_begun_visit_has_its_panel_asked_once_more(db: Database) -> None:
    there, asked = await ready(db)
    visit = await begun(asked)
    found = await queries.inspection(visit)
    assert await bound.standing(found, NOW) == {}
    chans = there.grants[CHAN, "inspector"]
    await run(groups.end_role, chans, by=ADMIN, at=later(minutes=30))
    assert [*await bound.standing(found, later(hours=1))] == [CHAN]
    back = Grants(new_id(), CHAN, "inspector", there.rattaphum)
    await run(groups.grant_role, back, by=ADMIN, at=later(hours=2))
    assert await bound.standing(found, later(hours=3)) == {}
