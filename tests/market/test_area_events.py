"""A flood is entered for tambons and days: it asks, people answer, nothing happens by itself."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta

import httpx
import msgspec
import pytest

from certification.basis.database import Database, in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.land import commands as land_of
from certification.land.rules import NoteWater
from market.answers.notices import said
from market.answers.words import words
from market.domain.area_events import commands, moving, queries, rules
from market.domain.area_events.moving import MoveStop
from market.domain.area_events.rules import EnterEvent, ProposalView
from market.domain.forecasts import queries as forecasts
from market.domain.forecasts.rules import ReservedMore
from market.domain.notices import queries as notices
from market.domain.offers import queries as offers
from market.domain.offers.editing import ReasonNeeded
from market.domain.orders import moving as orders_moving
from market.domain.orders import queries as orders
from market.domain.orders.moving import MoveOrder
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace
from market.domain.trips import commands as trips
from market.domain.trips.queries import day as day_now
from market.gateways.weather import outlook
from market.jobs import readers, weather
from tests.cast import CHAN, DAO, KRIT, MALEE, NETWORK, NOK, NOW, TODAY, later, village
from tests.guarantee import planted as land
from tests.guarantee import published
from tests.market.fleet import set_stop, with_a_truck
from tests.market.stall import CLOSES, PICKUP
from tests.market.test_forecasts import Ahead, all_faults, sowing


async def tambon(of: Ahead) -> str:
    [row] = await in_use().query(
        "SELECT p.tambon FROM planting g JOIN plot p ON p.id = g.plot WHERE g.id = {}",
        of.farm.planting,
    )
    return str(row["tambon"])


def flood(*tambons: str, **how: object) -> EnterEvent:
    said = EnterEvent(new_id(), "flood", tambons, TODAY, TODAY + timedelta(days=3), 30)
    return msgspec.structs.replace(said, **how)


async def enter(said: EnterEvent) -> str:
    await run(commands.enter, said, by=CHAN, at=NOW)
    return said.id


async def asked(event: str, kind: str) -> list[ProposalView]:
    return [one for one in await queries.of_event(event) if one.kind == kind]


async def promised(forecast: str) -> int:
    return (await forecasts.forecast(forecast)).promised_grams


async def test_a_flood_asks_malee_to_lower_and_only_her_yes_does_it(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    where = await tambon(there)
    event = await enter(flood(where))
    [lower] = await asked(event, "lower")
    assert (lower.person, lower.grams, await promised(done.forecast)) == (MALEE, 7_000, 10_000)
    harder = await enter(flood(where, less_percent=50))  # another over the same land
    [more] = await asked(harder, "lower")
    said = [run(commands.answer, lower.id, yes=True, by=MALEE, at=NOW) for _ in range(2)]
    got = await asyncio.gather(*said, return_exceptions=True)
    assert len([one for one in got if isinstance(one, rules.AnsweredAlready)]) == 1
    assert await promised(done.forecast) == 7_000
    await run(commands.answer, more.id, yes=True, by=MALEE, at=NOW)
    assert await promised(done.forecast) == 5_000  # of both the lower, not one of the other
    assert await all_faults() == []


async def test_what_is_ordered_stays_and_a_no_leaves_all_as_it_was(db: Database) -> None:
    there = await sowing(db)
    done = await there.offer(10_000)
    await there.stall.paid(5_500, rail="cash")
    where = await tambon(there)
    [lower] = await asked(await enter(flood(where, less_percent=90)), "lower")
    with pytest.raises(ReservedMore):
        await run(commands.answer, lower.id, yes=True, by=MALEE, at=NOW)
    assert (await queries.proposal(lower.id)).state == "open"
    await run(commands.answer, lower.id, yes=False, by=MALEE, at=NOW)
    assert await promised(done.forecast) == 10_000
    struck = await enter(flood(where))
    await run(commands.strike, struck, by=CHAN, at=NOW)
    assert {one.state for one in await queries.of_event(struck)} == {"void"}
    with pytest.raises(rules.StruckAlready):
        await run(commands.strike, struck, by=CHAN, at=NOW)


async def test_a_correction_voids_what_the_first_still_asked(db: Database) -> None:
    there = await sowing(db)
    await there.offer(10_000)
    where = await tambon(there)
    first = await enter(flood(where))
    second = await enter(flood(where, less_percent=10, corrects=first))
    assert [one.state for one in await asked(first, "lower")] == ["void"]
    assert [one.grams for one in await asked(second, "lower")] == [9_000]
    with pytest.raises(rules.StruckAlready):
        await enter(flood(where, corrects=first))


async def test_stops_of_the_truck_are_asked_about_by_floods_and_storms(db: Database) -> None:
    there = await sowing(db)
    fleet = await run(with_a_truck, there.stall)
    day = await fleet.day(later(days=2).date(), template=False)
    await run(trips.set_stop, set_stop(day, there.stall.place), by=DAO, at=NOW)
    [row] = await in_use().query("SELECT tambon FROM place WHERE id = {}", there.stall.place)
    [stop] = await asked(await enter(flood(row["tambon"], kind="storm")), "stop")
    assert (stop.organ, stop.person) == (NETWORK, None)
    assert await asked(await enter(flood(row["tambon"], kind="heat")), "stop") == []


async def test_one_press_moves_the_stop_and_its_round_once_and_tells_who_ordered(
    db: Database,
) -> None:
    """After the cut-off too; never into the water, nor when its hours are over."""
    there = await sowing(db)
    await there.offer(10_000)
    placed = await there.stall.paid(500, rail="cash")
    fleet = await run(with_a_truck, there.stall)
    day = await fleet.day(PICKUP.date(), template=False)
    await run(trips.set_stop, set_stop(day, there.stall.place), by=DAO, at=NOW)
    dry = DefinePlace(new_id(), NETWORK, "stop", "วัดดอน", "The temple on the hill", "900503",
                      7_000_000, 100_500_000)  # fmt: skip
    await run(places.define, dry, by=DAO, at=NOW)
    [row] = await in_use().query("SELECT tambon FROM place WHERE id = {}", there.stall.place)
    [stop] = await asked(await enter(flood(row["tambon"])), "stop")
    wished, late = MoveStop(stop.id, dry.id, day.id, "น้ำท่วม"), CLOSES + timedelta(hours=1)
    for wrong, at, refusal in (
        (msgspec.structs.replace(wished, place=there.stall.place), late, moving.InItToo),
        (msgspec.structs.replace(wished, because=" "), late, ReasonNeeded),
        (wished, PICKUP + timedelta(days=1), moving.StopOver),
    ):
        with pytest.raises(refusal):
            await run(moving.move, wrong, by=DAO, at=at)
    pressed = [run(moving.move, wished, by=DAO, at=late) for _ in range(2)]
    first, again = await asyncio.gather(*pressed)
    assert first == again
    standing = {one.place: one.state for one in (await day_now(day.id)).stops}
    assert standing == {dry.id: "planned"}
    old, new = sorted((await offers.cycle(there.stall.cycle)).stops, key=lambda s: not s.closed_at)
    assert (new.place, new.closed_at) == (dry.id, None)
    assert (new.pickup_from, new.pickup_until) == (old.pickup_from, old.pickup_until)
    for _ in range(2):
        await readers.read_on(late)
    [shut] = [one for one in await notices.of_person(NOK) if one.kind == "offers.place_shut"]
    assert (shut.facts["code"], shut.facts["instead_th"]) == (placed.code, "วัดดอน")
    assert "{" not in said(words("th"), shut.kind, shut.facts)
    await run(orders_moving.move, MoveOrder(placed.order, new.id), by=NOK, at=late)
    assert (await orders.stored(placed.order)).place == dry.id
    with pytest.raises(rules.AnsweredAlready):
        await run(commands.answer, stop.id, yes=True, by=DAO, at=late)


async def test_soil_is_tested_when_the_water_stood_longer_than_the_charter_bears(
    db: Database,
) -> None:
    """Known for sure when the flood has ended; whose land it is hears of the flood once."""
    await village(db)
    await published()
    plot = await land()
    [row] = await in_use().query("SELECT tambon FROM plot WHERE id = {}", plot)
    event = await enter(flood(row["tambon"], from_on=TODAY - timedelta(days=40), until_on=None,
                              less_percent=0))  # fmt: skip
    short = await enter(flood(row["tambon"], until_on=TODAY))
    assert await asked(short, "soil") == []
    await run(commands.end, event, TODAY, by=CHAN, at=NOW)
    [soil] = await asked(event, "soil")
    assert (soil.subject, soil.person) == (plot, MALEE)
    assert soil.due_on == TODAY + rules.SOIL_WITHIN
    with pytest.raises(rules.EndedAlready):
        await run(commands.end, event, TODAY, by=CHAN, at=NOW)
    with pytest.raises(rules.SoilNotNoted):
        await run(commands.answer, soil.id, yes=True, by=MALEE, at=NOW)
    tested = NoteWater(
        id=new_id(),
        plot=plot,
        sources=("rain",),
        flood_days=40,
        flooded_until=TODAY,
        soil_tested_on=TODAY,
        note="ดินสะอาด",
    )
    await run(land_of.note_water, tested, by=MALEE, at=NOW)
    await run(commands.answer, soil.id, yes=True, by=MALEE, at=NOW)
    for _ in range(2):
        await readers.read_on(NOW)
    kinds = [one.kind for one in await notices.of_person(MALEE)]
    assert kinds.count("area_events.entered.flood") == 2  # of two floods, of each once
    assert "area_events.entered.flood" not in [one.kind for one in await notices.of_person(KRIT)]


async def test_the_weather_proposes_and_has_no_effect_before_an_officers_yes(db: Database) -> None:
    there = await sowing(db)
    await there.offer(10_000)
    said = flood(await tambon(there))
    for _ in range(2):
        await run(commands.propose, said, by="clock", at=NOW)
    assert await queries.of_event(said.id) == []
    for _ in range(2):
        await run(commands.confirm, said.id, by=CHAN, at=NOW)
    assert len(await asked(said.id, "lower")) == 1


async def test_nonsense_is_refused(db: Database) -> None:
    await village(db)
    for wrong, no in (
        (flood(), rules.NoTambons),
        (flood("9009"), rules.NoTambons),
        (flood("900901", kind="snow"), rules.UnknownKind),
        (flood("900901", less_percent=101), rules.ShareOutOfRange),
        (flood("900901", until_on=TODAY - timedelta(days=1)), rules.DaysOutOfRange),
        (flood("900901", from_on=TODAY + timedelta(days=30)), rules.DaysOutOfRange),
    ):
        with pytest.raises(no):
            await enter(wrong)


async def test_the_next_days_are_asked_for_tambons_and_not_for_plots(db: Database) -> None:
    """Proposed once, however often it is asked; nonsense and silence propose nothing."""
    await village(db)
    await published()
    await land()
    asked_for, answers = list[httpx.Request](), [
        httpx.Response(503), httpx.Response(200, json={"daily": {"time": ["2026-11-23"]}}),
        *[httpx.Response(200, json=_weather(120.0, None, 41.5)) for _ in range(2)],
    ]  # fmt: skip

    def told(request: httpx.Request) -> httpx.Response:
        asked_for.append(request)
        return answers.pop(0)

    def ask(url: str, lat: float, lon: float) -> Awaitable[list[rules.Outlook]]:
        return outlook(url, lat, lon, httpx.MockTransport(told))

    while answers:
        await weather.look("https://weather.example", NOW, ask)
    found = await queries.events(TODAY)
    assert {(one.kind, one.source, one.confirmed) for one in found} == {
        ("flood", "forecast", False), ("heat", "forecast", False),
    }  # fmt: skip
    assert {len(asked.url.params["latitude"]) for asked in asked_for} == {4}
    assert await notices.of_person(MALEE) == []


def _weather(*figures: float | None) -> dict[str, object]:
    names = ("precipitation_sum", "wind_gusts_10m_max", "temperature_2m_max")
    days = {name: [1.0, figure] for name, figure in zip(names, figures, strict=True)}
    return {"daily": {"time": ["2026-11-23", "2026-11-24"], **days}}
