"""Who may look at Malee's plot: never she herself, her kin, or one whose plot she has looked at."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.inspections import assigning, commands, kinds, panel, refusals
from certification.inspections.panel import Assigned, Ties
from certification.inspections.rules import BeginInspection
from certification.people import commands as people
from certification.people.rules import Relate, Relative
from certification.schemes.queries import preset
from tests.cast import (
    ADMIN,
    CHAN,
    DAO,
    KRIT,
    MALEE,
    NOK,
    NOW,
    SOMCHAI,
    TODAY,
    WAN,
    YING,
    later,
    village,
)
from tests.guarantee import PANEL, accepted, applied, assignment, planted, published

RULES = preset("sgs-pgs-small").rules
NEIGHBOURS = frozenset({MALEE, SOMCHAI, CHAN, YING})


def tied(*relatives: Relative, inspected: frozenset[str] = frozenset()) -> Ties:
    return Ties(MALEE, relatives, inspected, NEIGHBOURS)


def test_two_neighbours_and_a_consumer_may_look() -> None:
    panel.ensure_panel(PANEL, tied(), RULES)


@pytest.mark.parametrize(
    ("members", "ties", "why"),
    [
        (PANEL[:2], tied(), panel.TooFewInspectors),
        ((*PANEL, PANEL[0]), tied(), panel.InspectorTwice),
        ((PANEL[0], PANEL[1], Assigned(YING, "producer")), tied(), panel.SeatNotFilled),
        ((*PANEL, Assigned(MALEE, "producer")), tied(), panel.OwnPlot),
        (PANEL, tied(Relative(SOMCHAI, "kin", 2)), panel.KinOfTheFarmer),
        (PANEL, tied(Relative(SOMCHAI, "spouse", 1)), panel.KinOfTheFarmer),
        (PANEL, tied(Relative(CHAN, "household", 0)), panel.SameHousehold),
        (PANEL, tied(Relative(CHAN, "employer", 1)), panel.WorksTogether),
        (PANEL, tied(Relative(NOK, "buyer", 1)), panel.BuysFromTheFarmer),
        (PANEL, tied(Relative(SOMCHAI, "veto", 1)), panel.Vetoed),
        (PANEL, tied(inspected=frozenset({CHAN})), panel.InspectedByTheFarmer),
        ((*PANEL, Assigned(KRIT, "producer")), tied(), panel.OtherGroup),
    ],
)
def test_whoever_is_too_near_is_refused_by_name(
    members: tuple[Assigned, ...], ties: Ties, why: type[Refusal]
) -> None:
    with pytest.raises(why):
        panel.ensure_panel(members, ties, RULES)


def test_kin_far_enough_may_look() -> None:
    panel.ensure_panel(PANEL, tied(Relative(SOMCHAI, "kin", 3)), RULES)


people_of = st.sampled_from([MALEE, SOMCHAI, CHAN, YING, NOK, KRIT, WAN])
relatives_of = st.builds(
    Relative,
    people_of.filter(lambda person: person != MALEE),
    st.sampled_from(["kin", "spouse", "employer", "buyer", "veto", "household"]),
    st.integers(1, 4),
)


@given(
    st.lists(st.builds(Assigned, people_of, st.sampled_from(["producer", "consumer"])), max_size=6),
    st.lists(relatives_of, max_size=3),
    st.frozensets(people_of, max_size=2),
)
def test_a_panel_that_passes_has_nobody_too_near(
    members: list[Assigned], relatives: list[Relative], inspected: frozenset[str]
) -> None:
    ties = tied(*relatives, inspected=inspected)
    near = {r.person for r in relatives if r.kind != "kin" or r.degree <= RULES.kin_degree}
    seats: list[str] = [m.seat for m in members]
    sound = (
        not {m.person for m in members} & (near | inspected | {MALEE})
        and all(m.person in NEIGHBOURS for m in members if m.seat == "producer")
        and len({m.person for m in members}) == len(members) >= 3
        and seats.count("producer") >= 2
        and seats.count("consumer") >= 1
    )
    try:
        panel.ensure_panel(members, ties, RULES)
        passed = True
    except Refusal:
        passed = False
    assert passed == sound


def test_a_year_before_the_leap_day() -> None:
    assert panel.years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)


async def ready(db: Database) -> str:
    await village(db)
    await published()
    return await accepted(await planted())


async def test_relations_are_read_from_the_village(db: Database) -> None:
    application = await ready(db)
    aunt = Relate(new_id(), SOMCHAI, MALEE, "kin", TODAY - timedelta(days=9), degree=2)
    await run(people.relate, aunt, by=ADMIN, at=NOW)
    with pytest.raises(panel.KinOfTheFarmer):
        await assigning.assign(assignment(application), by=YING, at=NOW)


async def test_a_relation_told_after_the_assignment_stops_the_visit(db: Database) -> None:
    wanted = assignment(await ready(db))
    await run(assigning.assign, wanted, by=YING, at=NOW)
    await people.house(new_id(), [MALEE, CHAN], since=TODAY, by=ADMIN, at=NOW)
    with pytest.raises(panel.SameHousehold):
        await commands.begin(BeginInspection(wanted.id, NOW), by=SOMCHAI, at=NOW)


async def test_visits_are_not_traded(db: Database) -> None:
    """Malee is to look at Somchai's plot; so Somchai does not look at hers, for a year."""
    application = await ready(db)
    his = await accepted(await planted(farmer=SOMCHAI, lon=100.2850), farmer=SOMCHAI)
    malees = (Assigned(MALEE, "producer"), Assigned(CHAN, "producer"), Assigned(NOK, "consumer"))
    trade = assignment(his, malees)
    await run(assigning.assign, trade, by=YING, at=NOW)
    with pytest.raises(panel.InspectedByTheFarmer) as no:
        await assigning.assign(assignment(application), by=YING, at=NOW)
    assert no.value.facts == {"person": SOMCHAI}
    await commands.cancel(trade.id, by=YING, at=NOW)
    await assigning.assign(assignment(application), by=YING, at=later(minutes=1))


async def test_krit_of_another_group_looks_only_where_the_charter_lets_him(db: Database) -> None:
    await village(db)
    await published(inspect_cross_group=True)
    application = await accepted(await planted())
    with_krit = (*PANEL[1:], Assigned(KRIT, "producer"))
    await assigning.assign(assignment(application, with_krit), by=YING, at=NOW)


async def test_only_an_accepted_application_is_visited(db: Database) -> None:
    await village(db)
    await published()
    application = await applied(await planted())
    with pytest.raises(kinds.ApplicationNotReady):
        await assigning.assign(assignment(application), by=YING, at=NOW)


async def test_who_was_not_assigned_does_not_begin(db: Database) -> None:
    wanted = assignment(await ready(db))
    await run(assigning.assign, wanted, by=YING, at=NOW)
    for other in (MALEE, DAO, KRIT, YING):
        with pytest.raises(refusals.NotAnInspector):
            await commands.begin(BeginInspection(wanted.id, NOW), by=other, at=NOW)
