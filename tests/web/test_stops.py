"""Where and when the market stands: for the eye, for a calendar that is not ours, and on paper."""

from datetime import date, timedelta

import icalendar
import msgspec
import pypdfium2
import pytest
import zxingcpp

from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.basis.units import THAILAND
from market.domain.places.rules import Opening, Window, next_opening
from market.domain.trips import commands as trips
from market.domain.trips import rows, solve, versions
from market.domain.trips.rules import KeepVersion
from tests.cast import DAO, NOW, TOMORROW
from tests.doors import Doors
from tests.market.fleet import set_stop, set_truck, with_a_truck
from tests.market.stall import stall_in_village

MONDAY = date(2026, 11, 23)
WINDOWS = (Window(1, 540, 660), Window(1, 900, 1020), Window(3, 540, 1020))


@pytest.mark.parametrize(
    ("on", "minute", "opening"),
    [
        (MONDAY, 0, Opening(MONDAY, 540, 660)),
        (MONDAY, 659, Opening(MONDAY, 540, 660)),
        (MONDAY, 660, Opening(MONDAY, 900, 1020)),
        (MONDAY, 1020, Opening(MONDAY + timedelta(days=2), 540, 1020)),
        (MONDAY + timedelta(days=3), 0, Opening(MONDAY + timedelta(days=7), 540, 660)),
    ],
)
def test_the_next_opening_is_the_one_under_way_until_it_closes(
    on: date, minute: int, opening: Opening
) -> None:
    assert next_opening(WINDOWS, on, minute) == opening
    assert next_opening((), on, minute) is None


async def test_a_place_is_shown_with_its_hours_and_its_round(doors: Doors) -> None:
    there = await stall_in_village()
    told = (await doors.stranger().get("/stops")).text
    assert f"/shop/{there.cycle}" in told
    assert f"/stops/{there.place}/poster.pdf" in told
    english = (await doors.stranger("en").get("/stops")).text
    assert "Rattaphum hospital" in english


async def test_without_a_place_the_page_says_so(doors: Doors) -> None:
    told = (await doors.stranger("en").get("/stops")).text
    assert "No place is set yet" in told


async def test_a_reader_that_is_not_ours_reads_the_calendar(doors: Doors) -> None:
    there = await stall_in_village()
    for address in ("/stops.ics", f"/stops/{there.place}/calendar.ics"):
        said = await doors.stranger().get(address)
        assert said.headers["content-type"].startswith("text/calendar")
        assert all(len(line) <= 75 for line in said.content.split(b"\r\n"))
        read = icalendar.Calendar.from_ical(said.content)
        assert not read.errors
        events = list(read.walk("VEVENT"))
        weekly = [event for event in events if "RRULE" in event]
        assert weekly
        assert len({event["UID"] for event in events}) == len(events)
        for event in events:
            assert event["DTEND"].dt > event["DTSTART"].dt
            assert not event.errors
        for event in weekly:
            begins = event["DTSTART"].dt
            assert begins.utcoffset() == timedelta(hours=7)
            assert begins.date() >= NOW.astimezone(THAILAND).date()
            assert event["RRULE"]["BYDAY"] == [begins.strftime("%a")[:2].upper()]
        [pickup] = [event for event in events if "RRULE" not in event]
        assert pickup["URL"].endswith(there.cycle)


async def test_a_poster_is_one_page_whose_code_leads_to_the_shop(doors: Doors) -> None:
    there = await stall_in_village()
    said = await doors.stranger().get(f"/stops/{there.place}/poster.pdf")
    with pypdfium2.PdfDocument(said.content) as paper:
        assert len(paper) == 1
        [code] = zxingcpp.read_barcodes(paper[0].render(scale=2).to_pil())
        assert code.text.endswith(f"/shop/{there.cycle}")
        words = paper[0].get_textpage().get_text_range()
    assert "ตลาดเขียว" in words
    assert (await doors.stranger().get("/stops/nowhere/poster.pdf")).status_code == 404


async def test_how_it_works_says_what_it_is_not(doors: Doors) -> None:
    told = (await doors.stranger("en").get("/about")).text
    assert "not a certificate of the state" in told
    assert "<script" not in told
    for address in ("/favicon.ico", "/sign.svg"):
        assert (await doors.stranger().get(address)).headers["content-type"] == "image/svg+xml"


async def test_a_published_truck_is_told_moved_and_struck_off_under_one_name(
    doors: Doors,
) -> None:
    there = await run(with_a_truck, await stall_in_village())
    day = await there.day(TOMORROW, template=False)
    await run(trips.set_truck, set_truck(day, there.truck), by=DAO, at=NOW)
    stop = set_stop(day, there.stops[1])
    await run(trips.set_stop, stop, by=DAO, at=NOW)

    async def told(version: int, opens: int) -> list[icalendar.Event]:
        moved = msgspec.structs.replace(stop, opens_minute=opens)
        await run(trips.set_stop, moved, by=DAO, at=NOW)
        problem = await rows.problem(day.id)
        kept = KeepVersion(new_id(), day.id, version, "planned")
        await run(versions.keep, kept, problem, solve.by_iterations(problem, 1, 0), by=DAO, at=NOW)
        await run(versions.publish, kept.id, by=DAO, at=NOW)
        return await of_the_truck()

    async def of_the_truck() -> list[icalendar.Event]:
        said = await doors.stranger().get("/stops.ics")
        read = icalendar.Calendar.from_ical(said.content)
        assert not read.errors
        return [event for event in read.walk("VEVENT") if "SEQUENCE" in event]

    [first], [second] = await told(0, 540), await told(1, 600)
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert first.decoded("DTSTART") < second.decoded("DTSTART")
    assert second["STATUS"] == "CONFIRMED"
    assert "ราว" in (await doors.stranger().get("/stops")).text
    await run(trips.cancel_day, day.id, by=DAO, at=NOW)
    [gone] = await of_the_truck()
    assert (gone["UID"], gone["STATUS"], gone["SEQUENCE"]) == (first["UID"], "CANCELLED", 2)
    assert "รถไม่มา" in (await doors.stranger().get("/stops")).text
    assert there.base not in (await doors.stranger().get("/stops.ics")).text
