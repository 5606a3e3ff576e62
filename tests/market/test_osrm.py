"""A road server that is busy, slow, small, wrong or gone: another road is taken, and it is said."""

import os
from collections.abc import Callable

import httpx
import pytest

from certification.basis.database import Database
from certification.basis.transaction import transaction
from market import settings
from market.answers.words import words
from market.domain.trips.ways import NO_WAY, Ways
from market.gateways.roads import ways
from market.gateways.roads.found import RoadsAway
from market.gateways.roads.osrm import TRIES, Osrm
from market.gateways.roads.osrm_fake import FakeOsrm
from market.settings import NonsenseInEnvironment
from tests.skips import MISSING

URL = "http://roads.test"
SAID = settings.read({"MARKET_OSRM_URL": URL})
SPOTS = [(7.0 + n % 17 / 50, 100.3 + n % 13 / 50) for n in range(130)]
Bad = Callable[[int], httpx.Response | Exception | float | None]


async def asked(fake: FakeOsrm, many: int = 3) -> Ways:
    return await ways.ways(SAID, SPOTS[:many], [f"P{n}" for n in range(many)], fake)


async def test_many_places_are_asked_for_in_parts_that_the_server_bears() -> None:
    whole = await asked(FakeOsrm(places_max=1_000), 90)
    for limit, questions in ((100, 1), (25, 1 + 16)):
        fake = FakeOsrm(places_max=limit)
        parts = await asked(fake, 90)
        assert (parts, parts.source, parts.as_of) == (whole, "osrm", "2026-11-20")
        assert len(fake.asked) == questions
    fake = FakeOsrm()
    assert (await asked(fake, 130)).seconds[129][0] == pytest.approx(
        (await asked(FakeOsrm(1_000), 130)).seconds[129][0]
    )
    assert len(fake.asked) == 9
    assert whole.credit == "© OpenStreetMap contributors"
    assert "P1" not in str(fake.asked[0]), "only where, never who"


async def test_a_busy_server_is_asked_again_and_not_for_ever() -> None:
    busy = FakeOsrm(bad=lambda nth: httpx.Response(503) if nth < TRIES else None)
    assert (await asked(busy)).source == "osrm"
    gone = FakeOsrm(bad=lambda _: httpx.ConnectError("no"))
    assert (await asked(gone)).source == "estimate"
    assert len(gone.asked) == TRIES


def table(**said: object) -> httpx.Response:
    sources = [{"distance": 1.0}] * 3
    good = [[0, 9e5, 9e5], [9e5, 0, 9e5], [9e5, 9e5, 0]]
    answer = {"code": "Ok", "durations": good, "distances": good, "sources": sources}
    return httpx.Response(200, json={**answer, **said})


@pytest.mark.parametrize(
    "bad",
    [
        lambda _: httpx.ConnectTimeout("slow"), lambda _: httpx.Response(500),
        lambda _: httpx.Response(404), lambda _: httpx.Response(302, headers={"location": "/"}),
        lambda _: httpx.Response(200, text="<html>"), lambda _: httpx.Response(200, json=[]),
        lambda _: httpx.Response(400, json={"code": "InvalidQuery"}), lambda _: table(code="No"),
        lambda _: table(distances=[]), lambda _: table(durations=[[0, 1], [1, 0]]),
        lambda _: table(sources=[]), lambda _: table(durations=[[0, -5, 9e5]] * 3),
        lambda _: table(distances=[[0, 1, 1], [1, 0, 1], [1, 1, 0]]),
        lambda _: httpx.Response(200, content=b" " * 9_000_000),
    ],
)  # fmt: skip
async def test_whatever_it_answers_the_day_is_planned_and_the_reason_said(bad: Bad) -> None:
    found = await asked(FakeOsrm(bad=bad))
    assert found.source == "estimate"
    [note] = found.notes
    assert note.facts["why"]
    assert "{" not in words("th")(note.key, **note.facts)


async def test_a_slow_server_is_waited_for_so_long_and_no_longer() -> None:
    slow = Osrm(URL, FakeOsrm(bad=lambda _: 5.0), within_s=0.1)
    with pytest.raises(RoadsAway, match="no answer in"):
        await slow.table(SPOTS[:3])


async def test_an_island_is_said_and_what_lies_off_the_road_costs_time() -> None:
    found = await asked(FakeOsrm(sea=[SPOTS[2]]))
    assert found.seconds[0][2] == found.metres[2][1] == NO_WAY
    assert [note.facts["places"] for note in found.notes] == ["P2"]
    near, far = await asked(FakeOsrm()), await asked(FakeOsrm(off_m=500.0))
    assert far.seconds[0][1] - near.seconds[0][1] == 360
    assert far.metres[0][1] - near.metres[0][1] == 1_000
    assert far.notes[0].facts == {"places": "P0, P1, P2"}


async def test_lines_are_asked_for_and_straight_where_nobody_knows() -> None:
    drawn = await ways.lines(SAID, SPOTS, [(0, 1), (1, 2)], FakeOsrm(sea=[SPOTS[2]]))
    assert (drawn.source, drawn.lines[1]) == ("osrm", [])
    assert drawn.lines[0][0] == SPOTS[0]
    gone = FakeOsrm(bad=lambda _: httpx.ConnectError("no"))
    drawn = await ways.lines(SAID, SPOTS, [(0, 1)], gone)
    assert (drawn.source, drawn.lines) == ("estimate", [[SPOTS[0], SPOTS[1]]])
    assert len(drawn.notes) == 1


async def test_nobody_is_asked_while_rows_are_held(db: Database) -> None:
    fake = FakeOsrm()
    with pytest.raises(AssertionError, match="outside every transaction"):
        async with transaction():
            await asked(fake)
    assert fake.asked == []


@pytest.mark.parametrize("said", ["roads", "ftp://x", "http://", "http://a@b", "http://x/?q=1"])
def test_an_address_that_cannot_be_meant_is_refused(said: str) -> None:
    with pytest.raises(NonsenseInEnvironment, match="MARKET_OSRM_URL"):
        settings.read({"MARKET_OSRM_URL": said})
    assert settings.read({"MARKET_OSRM_URL": "http://127.0.0.1:5000/"}).osrm_url[-4:] == "5000"


@pytest.mark.skipif(
    not os.environ.get("MARKET_OSRM_URL"), reason=f"{MISSING}a server in MARKET_OSRM_URL"
)
async def test_a_real_server_answers_as_its_fake() -> None:
    """MARKET_OSRM_URL: a server with the roads of Liechtenstein."""
    vaduz, schaan, balzers = (47.1410, 9.5209), (47.1650, 9.5087), (47.0690, 9.5070)
    real = settings.read({"MARKET_OSRM_URL": os.environ["MARKET_OSRM_URL"]})
    found = await ways.ways(real, [vaduz, schaan, balzers], ["Vaduz", "Schaan", "Balzers"])
    assert (found.source, found.notes) == ("osrm", ())
    assert 2_800 < found.metres[0][1] < 4_500
    drawn = await ways.lines(real, [vaduz, schaan], [(0, 1)])
    assert drawn.source == "osrm"
    assert len(drawn.lines[0]) > 10
