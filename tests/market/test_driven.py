"""What trucks took between two stops corrects the next plan's ways."""

from datetime import date, timedelta

import pytest

from certification.basis.database import Database
from market import settings
from market.domain.trips.estimate import banded
from market.domain.trips.learned_legs import LEGS_MIN
from market.domain.truck_day import driven
from market.domain.truck_day.driven import Driven
from market.gateways.roads.learned import learned_ways
from tests.cast import NETWORK, NOW
from tests.market.truck import NOON, TEN, truck_day

SAID = settings.read({"MARKET_DATA": "nowhere"})
SPOTS = [(7.0, 100.43), (7.03, 100.46), (7.1, 100.5), (7.2, 100.6)]
SINCE = date(2026, 11, 1)


async def test_a_leg_is_from_leaving_one_stop_to_coming_to_the_next(db: Database) -> None:
    there = await truck_day(db)
    await there.load_all()
    await there.depart()
    await there.arrive(there.first)
    assert await driven.legs(NETWORK, SINCE) == []
    await there.leave(there.first, TEN + timedelta(minutes=20))
    await there.arrive(there.last, NOON)
    [leg] = await driven.legs(NETWORK, SINCE)
    assert leg.actual_s == (NOON - TEN).total_seconds() - 20 * 60
    assert leg.left_at.hour == 10, "as it was in Songkhla"
    assert leg.start != leg.end
    assert await driven.legs(NETWORK, date(2026, 12, 1)) == []
    assert await driven.legs(there.stall.place, SINCE) == [], "another's trucks teach nothing here"


def past(many: int, times: float) -> list[Driven]:
    """From the second place to the third, and from there to one where nobody goes today."""
    seconds = banded([*SPOTS])[1]
    return [
        leg
        for _ in range(many)
        for leg in (
            Driven(SPOTS[1], SPOTS[2], round(seconds[1][2] * times), NOW),
            Driven(SPOTS[2], SPOTS[3], seconds[2][3], NOW),
        )
    ]


async def test_ways_are_corrected_when_enough_was_driven_and_told_so() -> None:
    today = SPOTS[:3]
    plain = await learned_ways(SAID, today, past(LEGS_MIN // 2 - 1, 1.3), 2, 10)
    assert (plain.told, plain.seconds) == ("estimate", banded(today)[1])
    taught = await learned_ways(SAID, today, past(LEGS_MIN, 1.3), 2, 10)
    assert taught.told == "estimate+"
    assert taught.metres == plain.metres
    assert taught.seconds[1][2] == pytest.approx(plain.seconds[1][2] * 1.3, abs=1)
    assert taught.seconds[0][1] == plain.seconds[0][1], "nobody drove so far, or so short, enough"
