"""Dao plans a week at once: who gets which day, why another visit lacks, and the days of it."""

from datetime import date

import pytest

from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.fleet import commands as fleet
from market.domain.fleet.rules import SetTerms
from market.domain.trips import queries, weeks
from market.gateways import planner
from tests.cast import DAO, KRIT, NETWORK, NOW
from tests.doors import Doors
from tests.market.fleet import Fleet, with_a_truck
from tests.market.stall import stall_in_village

MONDAY = date(2026, 11, 30)
WEEK = {"operator": NETWORK, "begins": "30/11/2569", "seconds": "1"}


@pytest.fixture
async def there(doors: Doors) -> Fleet:
    """The market is open on Mondays alone, and wishes two visits."""
    found = await run(with_a_truck, await stall_in_village())
    terms = SetTerms(found.stops[1], 30, value_satang=500_000, visits_a_week=2)
    await run(fleet.set_terms, terms, by=DAO, at=NOW)
    return found


async def test_a_week_is_planned_told_and_made_into_days(doors: Doors, there: Fleet) -> None:
    dao, krit = await doors.as_(DAO, "en"), await doors.as_(KRIT)
    assert "Plan the week" in (await dao.get("/truck/week")).text
    wrong = await dao.post("/truck/week", data=WEEK | {"begins": "some day"})
    assert wrong.status_code == 400
    assert 'value="some day"' in wrong.text
    begun = (await dao.post("/truck/week", data=WEEK)).text
    assert "days are planned" in begun
    assert (await dao.post("/truck/week", data=WEEK)).status_code == 409, "one at a time"
    await planner.settled()
    week = await weeks.last(NETWORK)
    assert week
    assert (week.outcome, week.done) == ("done", week.days)
    page = (await dao.get("/truck/week")).text
    assert "Mon" in page
    assert "1 visit fewer than wished" in page
    api = f"/api/v1/truck-weeks/{week.id}"
    told = (await dao.get(api)).json()
    assert told["visits"][there.stops[1]] == ["2026-11-30"]
    assert told["lacking"][there.stops[1]] == 1
    for person in (krit,):
        assert (await person.get(api)).status_code in (403, 404)
        assert (await person.put(f"{api}/adoption")).status_code in (403, 404)
    assert await queries.day_on(NETWORK, MONDAY) is None
    for _ in range(2):  # twice is once
        desk = await dao.post("/truck/week/adopt", data={"week": week.id})
        assert desk.status_code == 200
    made = await queries.day_on(NETWORK, MONDAY)
    assert made
    day = await queries.day(made.id)
    assert there.stops[1] in day.places
    assert [one.truck for one in day.trucks] == [there.truck]
    assert (await dao.put(f"{api}/adoption")).json()["days"][0] == made.id
    assert "Its days are made" in (await dao.get("/truck/week")).text


async def test_a_week_is_called_off_and_a_day_made_meanwhile_is_kept(
    doors: Doors, there: Fleet
) -> None:
    dao = await doors.as_(DAO)
    asked = {"operator": NETWORK, "begins": str(MONDAY), "seconds": 20}
    week = (await dao.post("/api/v1/truck-weeks", json=asked)).json()["week"]
    for _ in range(2):
        off = await dao.put(f"/api/v1/truck-weeks/{week}/cancellation")
        assert off.json()["outcome"] == "cancelled"
    await planner.settled()
    no = await dao.put(f"/api/v1/truck-weeks/{week}/adoption")
    assert no.json()["type"].endswith("trips.week_not_planned")
    assert (await dao.get(f"/api/v1/truck-weeks/{new_id()}")).status_code == 404
    again = (await dao.post("/api/v1/truck-weeks", json=asked | {"seconds": 1})).json()["week"]
    await planner.settled()
    day = await there.day(MONDAY, template=False)
    no = await dao.put(f"/api/v1/truck-weeks/{again}/adoption")
    assert no.json()["type"].endswith("trips.day_there")
    assert (await queries.day_on(NETWORK, MONDAY)).id == day.id  # type: ignore[union-attr]
    told = (await weeks.week(again)).adopted_at
    assert told is None, "all of it or nothing"
