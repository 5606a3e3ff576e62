"""What a stranger may read off a group's visits, findings, complaints and meetings."""

from datetime import date, timedelta
from statistics import median_low

from hypothesis import given
from hypothesis import strategies as some

from certification.strength import rules
from certification.strength.rules import Complained, Findings, Found, Look, Met, Rows

UNTIL = date(2026, 11, 26)
SINCE = rules.years(UNTIL)[0][0]
DAY = timedelta(days=1)


def look(farmer: str, by: str, kind: str = "annual", on: date = UNTIL) -> Look:
    return Look(farmer, kind, on, frozenset(by.split()))


def test_visits_are_told_by_who_looked_and_whether_it_was_announced() -> None:
    told = rules.strength(
        Rows(looks=(
            look("malee", "somchai wan nok"),
            look("krit", "somchai wan", "random"),
            look("lek", "nok dang", on=SINCE),
            look("old", "somchai wan", "random", SINCE - DAY),
        )),
        SINCE, UNTIL,
    )  # fmt: skip
    assert (told.visits, told.unannounced, told.farms, told.inspectors) == (3, 1, 3, 4)
    assert told.same_pair == 2


def test_nothing_is_said_of_findings_where_two_farms_would_be_meant() -> None:
    found = (Found(SINCE, SINCE + DAY, None),)
    two = Rows(looks=(look("malee", "wan"), look("krit", "wan")), found=found)
    assert rules.strength(two, SINCE, UNTIL).findings is None
    three = Rows(looks=(*two.looks, look("lek", "wan")), found=found)
    assert rules.strength(three, SINCE, UNTIL).findings == Findings(1, 0, 1, None)


def test_both_years_meet_without_a_gap_and_without_a_day_twice() -> None:
    (since, until), (before, end) = rules.years(UNTIL)
    assert until == UNTIL
    assert since - end == DAY
    assert (until - since, end - before) == (364 * DAY, 364 * DAY)


days = some.integers(-800, 0).map(lambda n: UNTIL + n * DAY)
people = some.frozensets(some.sampled_from("abcdef"), min_size=1, max_size=4)


@given(
    some.lists(some.builds(Look, some.sampled_from("uvwxyz"),
                           some.sampled_from(["annual", "random"]), days, people)),
    some.lists(some.tuples(days, some.integers(0, 60), some.none() | some.integers(0, 200))),
    some.lists(some.tuples(days, some.none() | some.integers(0, 90))),
    some.lists(some.builds(Met, days, people)),
    people,
)  # fmt: skip
def test_the_figures_are_those_that_counting_by_hand_gives(
    looks: list[Look],
    found: list[tuple[date, int, int | None]],
    came: list[tuple[date, int | None]],
    met: list[Met],
    members: frozenset[str],
) -> None:
    made = [
        Found(on, on + due * DAY, None if took is None else on + took * DAY)
        for on, due, took in found
    ]
    asked = [Complained(on, None if took is None else on + took * DAY) for on, took in came]
    told = rules.strength(
        Rows(tuple(looks), tuple(made), tuple(asked), tuple(met), members), SINCE, UNTIL
    )
    within = [one for one in looks if one.on >= SINCE]
    assert told.visits == len(within) >= told.same_pair
    assert told.unannounced == len([one for one in within if one.kind == "random"])
    pairs = [
        sum(1 for one in within if {first, second} <= one.inspectors)
        for first in "abcdef" for second in "abcdef" if first < second
    ]  # fmt: skip
    assert told.same_pair == max(pairs)
    assert (told.findings is None) == (len({one.farmer for one in within}) < 3)
    if told.findings:
        took = [d for on, _, d in found if d is not None and SINCE <= on + d * DAY <= UNTIL]
        assert told.findings.closed == len(took)
        assert told.findings.made == sum(1 for on, _, _ in found if on >= SINCE)
        late = [
            1 for on, due, d in found
            if on + due * DAY < UNTIL and (d is None or on + d * DAY > UNTIL)
        ]  # fmt: skip
        assert told.findings.overdue == len(late)
        assert told.findings.median_days == (median_low(took) if took else None)
    mine = [(on, d) for on, d in came if on >= SINCE]
    assert told.complaints == len(mine)
    assert told.answered == sum(1 for on, d in mine if d is not None and on + d * DAY <= UNTIL)
    there = {person for one in met if one.on >= SINCE for person in one.there}
    assert told.took_part == len(there & members) <= told.members
