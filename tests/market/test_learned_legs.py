"""What trucks took: how it corrects what is planned, and how wide a range has to be to be true."""

from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.answers.words import words
from market.domain.trips.estimate import banded
from market.domain.trips.learned_legs import (
    DAY_LEAST,
    DAY_MOST,
    ENOUGH,
    LEAST,
    LEGS_MIN,
    MOST,
    PLAIN,
    Factor,
    Learned,
    Leg,
    Step,
    corrected,
    eta_range,
    today,
)
from market.domain.trips.ways import Ways

TUESDAY, SUNDAY = 1, 6
HERE = ("Khuan Lang", "Hat Yai", 5_000, TUESDAY, 7)
SECONDS = st.integers(60, 4_000)


def legs(many: int, ratio: float, **other: object) -> list[Leg]:
    usual = {"start": "a", "end": "b", "metres": 5_000, "weekday": TUESDAY, "hour": 7}
    return [
        Leg(planned_s=600, actual_s=round(600 * ratio), **{**usual, **other}) for _ in range(many)
    ]  # type: ignore[arg-type]


def test_before_there_are_enough_legs_what_is_planned_is_believed() -> None:
    assert Learned([]).factor(*HERE) == PLAIN
    assert Learned(legs(ENOUGH - 1, 1.5)).factor(*HERE) == PLAIN
    assert Learned(legs(ENOUGH, 1.5)).factor(*HERE) == Factor(1.5, 1.5, 1.5, ENOUGH, "hours")


def test_the_nearest_that_has_enough_is_asked() -> None:
    own = legs(LEGS_MIN, 1.2, start="Khuan Lang", end="Hat Yai", hour=20, metres=40_000)
    rush, same = legs(ENOUGH, 1.4), legs(ENOUGH, 1.6, hour=12)
    far = legs(3 * ENOUGH, 1.8, metres=40_000, hour=12)
    every = [*own, *rush, *same, *far]
    told = [
        (Learned(some).factor(*HERE).basis, Learned(some).factor(*HERE).middle)
        for some in (every, [*rush, *same, *far], [*same, *far], far)
    ]
    assert told == [("leg", 1.2), ("hours", 1.4), ("length", 1.6), ("all", 1.8)]
    sunday = ("Khuan Lang", "Hat Yai", 5_000, SUNDAY, 7)
    assert Learned([*rush, *same]).factor(*sunday).basis == "length"


def test_a_flat_tyre_a_forgotten_button_and_a_short_hop_teach_nothing() -> None:
    odd = [
        *legs(9, 5.5),
        *legs(9, 0.1),
        *(Leg("a", "b", 100, 40, 100, TUESDAY, 7) for _ in range(9)),
    ]
    assert Learned(odd).legs == 0
    usual = legs(40, 1.1)
    slow = Learned([*usual, *legs(6, 4.5)]).factor(*HERE)
    assert slow.middle == pytest.approx(1.1)


@given(st.lists(st.tuples(SECONDS, SECONDS), max_size=60), st.integers(0, 2**32), st.data())
def test_a_factor_keeps_its_bounds_and_the_order_of_legs_does_not_matter(
    driven: list[tuple[int, int]], seed: int, data: st.DataObject
) -> None:
    some = [Leg("a", "b", 5_000, planned, actual, TUESDAY, 7) for planned, actual in driven]
    factor = Learned(some).factor("a", "b", 5_000, TUESDAY, 7)
    assert min(LEAST, 1) <= factor.low <= factor.middle <= factor.high <= MOST
    Random(seed).shuffle(some)
    assert Learned(some).factor("a", "b", 5_000, TUESDAY, 7) == factor
    day = today(driven)
    assert DAY_LEAST <= day <= DAY_MOST
    later = [(planned, actual + data.draw(st.integers(0, 600))) for planned, actual in driven]
    assert today(later) >= day
    assert today([(planned, planned) for planned, _ in driven]) == 1


def test_a_day_that_goes_slowly_is_believed_little_by_little() -> None:
    slow = [today([(600, 900)] * legs) for legs in range(5)]
    assert slow == sorted(slow)
    assert slow[0] == 1
    assert 1.15 < slow[1] < 1.25
    assert slow[4] > 1.4
    assert today([*[(600, 900)] * 4, *[(600, 600)] * 4]) < 1.15, "what was long ago is forgotten"


@given(
    st.lists(st.tuples(SECONDS, st.integers(0, 1_800), st.integers(0, 20_000)), max_size=9),
    st.floats(DAY_LEAST, DAY_MOST),
)
def test_a_range_holds_what_is_likely_and_no_visit_begins_before_it_opens(
    steps: list[tuple[int, int, int]], day: float
) -> None:
    ahead = [Step(way, PLAIN, stays, opens) for way, stays, opens in steps]
    found = eta_range(0, ahead, day)
    for step, at in zip(ahead, found, strict=True):
        assert step.opens_s <= at.early <= at.likely <= at.late
    slower = eta_range(0, ahead, min(day * 1.1, DAY_MOST))
    assert all(
        a.likely <= b.likely and a.late <= b.late for a, b in zip(found, slower, strict=True)
    )


def test_one_leg_is_as_sure_as_its_factor_and_a_wait_makes_up_for_delays() -> None:
    [alone] = eta_range(1_000, [Step(600, Factor(1.2, 1.0, 1.5, 30, "leg"))])
    assert (alone.early, alone.likely, alone.late) == (1_600, 1_720, 1_900)
    waits = [Step(600, PLAIN, 300, opens_s=5_000), Step(600, PLAIN)]
    first, then = eta_range(0, waits)
    assert (first.early, first.late) == (5_000, 5_000)
    assert then == eta_range(5_300, [Step(600, PLAIN)])[0]


def driven_day(random: Random) -> list[Leg]:
    """Legs as they are: each late for itself, all of a day together, mornings most."""
    day = exp(random.gauss(0, 0.10))
    found = []
    for n in range(20):
        hour, metres = 6 + n // 2, random.randrange(1_000, 20_000)
        planned = metres // 10
        true = day * (1.4 if hour < 9 else 1.15) * exp(random.gauss(0, 0.22))
        found.append(Leg(f"S{n}", f"S{n + 1}", metres, planned, round(planned * true), n % 7, hour))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_two_weeks_eight_of_ten_visits_begin_in_their_range(seed: int) -> None:
    random = Random(seed)
    learned = Learned(leg for _ in range(14) for leg in driven_day(random))
    inside = ranges = wide = off = off_before = 0
    for _ in range(60):
        day = driven_day(random)
        steps = [
            Step(
                leg.planned_s, learned.factor(leg.start, leg.end, leg.metres, leg.weekday, leg.hour)
            )
            for leg in day[:8]
        ]
        now = planned = 0
        for leg, at in zip(day, eta_range(0, steps), strict=False):
            now, planned = now + leg.actual_s, planned + leg.planned_s
            inside += at.early <= now <= at.late
            wide += (at.late - at.early) / now
            off, off_before = off + abs(at.likely - now), off_before + abs(planned - now)
            ranges += 1
    assert inside / ranges >= 0.8
    assert wide / ranges < 0.65, "a range that holds everything says nothing"
    assert off < off_before / 2


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2, max_size=6))
def test_corrected_ways_still_gain_nothing_by_going_round(at: list[tuple[int, int]]) -> None:
    spots = [(6.9 + y / 1_000, 100.3 + x / 1_000) for x, y in at]
    names = [f"P{n}" for n, _ in enumerate(spots)]
    ways = Ways(*banded(spots), "estimate")
    assert corrected(ways, names, Learned([]), TUESDAY, 7) is ways
    learned = Learned(
        [*legs(30, 1.5), *legs(30, 1.1, metres=900), *legs(9, 2.5, start="P0", end="P1")]
    )
    found = corrected(ways, names, learned, TUESDAY, 7)
    for a, row in enumerate(found.seconds):
        assert row[a] == 0
        for b, lasts in enumerate(row):
            assert all(lasts <= row[via] + found.seconds[via][b] for via in range(len(names)))
            assert lasts <= -(-ways.seconds[a][b] * 5 // 2)
    [note] = found.notes
    assert words("th").knows(note.key)
