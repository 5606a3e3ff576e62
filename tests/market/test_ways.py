"""Ways from elsewhere are made fit for the planner at the door, or refused by name."""

import json
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from certification.basis.refusal import Refusal
from market.answers.words import words
from market.domain.trips import day_file, solve
from market.domain.trips.estimate import banded, road_m, road_s, straight_m
from market.domain.trips.problem import NotADay
from market.domain.trips.ways import (
    NO_WAY,
    NoSuchWay,
    WaysDoNotFit,
    WayTooFast,
    WayTooShort,
    sound,
)
from tests.tidy.sources import ROOT

KHUAN_LANG, HAT_YAI, SONGKHLA = (7.0069, 100.433), (7.0086, 100.4747), (7.1898, 100.5954)
SPOTS, NAMES = (KHUAN_LANG, HAT_YAI, SONGKHLA), ("Khuan Lang", "Hat Yai", "Songkhla")
METRES = [[0, 6_000, 40_000], [6_000, 0, 32_000], [40_000, 32_000, 0]]
SECONDS = [[0, 600, 3_600], [600, 0, 2_400], [3_600, 2_400, 0]]
NEAR = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(
    lambda at: (6.9 + at[0] / 1_000, 100.2 + at[1] / 1_000)
)


def test_a_way_that_goes_round_is_shortened_and_the_worst_is_named() -> None:
    ways = sound(METRES, SECONDS, SPOTS, NAMES, "given")
    assert ways.seconds[0][2] == ways.seconds[2][0] == 3_000  # by Hat Yai
    assert ways.metres[0][2] == 38_000, "the metres are those of the way that is driven"
    [note] = ways.notes
    assert note.facts == {
        "many": 2, "place": "Khuan Lang", "to": "Songkhla", "via": "Hat Yai", "minutes": 10,
    }  # fmt: skip
    assert words("th").knows(note.key)
    rounding = [list(row) for row in ways.seconds]
    rounding[0][2] += 59
    assert sound(METRES, rounding, SPOTS, NAMES, "given") == replace(ways, notes=())
    again = sound(ways.metres, ways.seconds, SPOTS, NAMES, "given")
    assert (again.metres, again.seconds, again.notes) == (ways.metres, ways.seconds, ())


def test_where_no_road_leads_is_said_and_never_driven() -> None:
    cut = [[0, 600, None], [600, 0, None], [None, None, 0]]
    ways = sound(METRES, cut, SPOTS, NAMES, "given")
    assert ways.metres[0] == (0, 6_000, NO_WAY)
    assert ways.seconds[2] == (NO_WAY, NO_WAY, 0)
    [note] = ways.notes
    assert note.facts == {"places": "Songkhla", "many": 4}
    assert words("th").knows(note.key)
    round_about = [[0, 600, None], [600, 0, 2_400], [3_600, 2_400, 0]]
    assert sound(METRES, round_about, SPOTS, NAMES, "given").seconds[0][2] == 3_000


@pytest.mark.parametrize(
    ("refused", "a", "b", "metres", "seconds"),
    [
        (NoSuchWay, 1, 1, 5, 0), (NoSuchWay, 1, 1, None, 0), (NoSuchWay, 0, 1, -1, 600),
        (NoSuchWay, 0, 1, 6_000, -1), (NoSuchWay, 0, 1, 2_000_001, 600),
        (WayTooShort, 0, 1, 4_500, 600), (WayTooFast, 0, 2, 40_000, 60),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_the_names_of_the_places(
    refused: type[Refusal], a: int, b: int, metres: int | None, seconds: int
) -> None:
    longer, later = [list(row) for row in METRES], [list(row) for row in SECONDS]
    longer[a][b], later[a][b] = metres, seconds  # type: ignore[call-overload]
    with pytest.raises(refused) as no:
        sound(longer, later, SPOTS, NAMES, "given")
    for language in ("th", "en"):
        said = words(language).refusal(no.value)
        assert NAMES[a] in said
        assert NAMES[b] in said
        assert "{" not in said


@pytest.mark.parametrize("matrix", [[], METRES[:2], [row[:2] for row in METRES], [[0]] * 3])
def test_a_table_that_is_not_square_is_refused(matrix: list[list[int]]) -> None:
    for metres, seconds in ((matrix, SECONDS), (METRES, matrix)):
        with pytest.raises(WaysDoNotFit):
            sound(metres, seconds, SPOTS, NAMES, "given")


@settings(max_examples=50)
@given(st.lists(NEAR, max_size=7), st.data())
def test_nothing_is_gained_by_going_round(
    spots: list[tuple[float, float]], data: st.DataObject
) -> None:
    """Whatever comes, and nothing is made longer or lost."""
    size = range(len(spots))
    lasts = st.one_of(st.none(), st.integers(2_000, 9_000))
    seconds = [[0 if a == b else data.draw(lasts) for b in size] for a in size]
    metres = [
        [0 if a == b else round(straight_m(spots[a], spots[b])) + 1 for b in size] for a in size
    ]
    ways = sound(metres, seconds, spots, [f"P{n}" for n in size], "given")
    for a, b, via in product(size, size, size):
        given_s = seconds[a][b]
        assert ways.seconds[a][b] <= ways.seconds[a][via] + ways.seconds[via][b]
        assert ways.seconds[a][b] <= (NO_WAY if given_s is None else given_s)
        assert ways.metres[a][b] >= straight_m(spots[a], spots[b]) * 0.999 - 1
        assert (ways.metres[a][b] == NO_WAY) == (ways.seconds[a][b] == NO_WAY)


@settings(max_examples=50)
@given(st.lists(NEAR, min_size=1, max_size=8))
def test_an_estimate_needs_no_mending(spots: list[tuple[float, float]]) -> None:
    metres, seconds = banded(spots)
    ways = sound(metres, seconds, spots, [str(n) for n, _ in enumerate(spots)], "estimate")
    assert (ways.metres, ways.seconds, ways.notes) == (metres, seconds, ())
    for a, b, via in product(range(len(spots)), repeat=3):
        assert metres[a][b] <= metres[a][via] + metres[via][b]


def test_short_ways_are_crookeder_and_slower() -> None:
    assert [road_m(1_000 * km) / (1_000 * km) for km in (1, 8, 25, 90)] == [1.42, 1.42, 1.30, 1.30]
    assert road_m(16_500) / 16_500 == pytest.approx(1.36)
    speeds = [1.10 * 3.6 * road / road_s(road) for road in (500, 3_000, 9_000, 20_000, 80_000)]
    assert speeds == pytest.approx([28, 28, 38, 50, 50])
    longer = [road_s(road) for road in range(0, 60_000, 100)]
    assert longer == sorted(longer)


DAY = json.loads((ROOT / "bench/days/GM-s1-p6-m4-t1.json").read_bytes())
BARE = {key: value for key, value in DAY.items() if key not in ("detour", "kmh")}


def test_a_day_of_places_alone_is_planned_on_estimated_roads() -> None:
    problem = day_file.read(json.dumps(BARE).encode())
    assert problem.roads == "estimate"
    made = solve.by_iterations(problem, 20, 1)
    assert json.loads(day_file.answer(made, problem.roads))["roads"] == "estimate"


def test_a_day_may_bring_its_own_ways() -> None:
    known = day_file.read(json.dumps(DAY).encode())
    own = {**BARE, "metres": known.metres, "seconds": known.seconds}
    problem = day_file.read(json.dumps(own).encode())
    assert (problem.seconds, problem.roads) == (known.seconds, "given")
    for half in ("metres", "seconds"):
        with pytest.raises(NotADay):
            day_file.read(json.dumps({**BARE, half: known.seconds}).encode())
    with pytest.raises(NotADay):
        day_file.read(
            json.dumps({**DAY, "metres": own["metres"], "seconds": own["seconds"]}).encode()
        )
