"""A journey is the published plan, visit by visit; its files carry the same numbers."""

import json
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import gpxpy
import pytest
import shapely
from msgspec.structs import replace

from certification.basis.database import Database
from certification.basis.refusal import Missing
from certification.basis.transaction import run
from certification.basis.units import THAILAND
from market.domain.journeys import files, links, queries, rules
from market.domain.journeys.rules import Journey, Spot
from market.domain.trips import commands
from market.domain.trips import queries as trips
from market.domain.trips.gathered import lot_of
from tests.cast import DAO, NOW, TOMORROW
from tests.databases import only_sqlite
from tests.market.fleet import fleet
from tests.market.journeys import HOST, HOST_PHONE, PARKING, JourneyDay, journey_day

SCHEMA = {
    "gpx": ["metadata", "wpt", "rte"],
    "metadata": ["name", "time"],
    "wpt": ["time", "name", "desc", "type"],
    "rte": ["name", "number", "rtept"],
    "rtept": ["time", "name", "desc", "type"],
}
"""What of GPX 1.1 (topografix.com/GPX/1/1) is used, in the order in which its schema has it."""


async def drawn(db: Database) -> tuple[JourneyDay, Journey]:
    there = await journey_day(db)
    [one] = await queries.journeys(there.day)
    return there, one


async def test_a_journey_says_all_that_is_done_at_each_visit(db: Database) -> None:
    there, one = await drawn(db)
    told = await trips.published_plan(there.day)
    assert told
    assert [(v.id, v.arrive_s, v.start_s, v.leave_s, v.grams) for v in one.visits] == [
        (v.id, v.arrive_s, v.start_s, v.leave_s, sum(v.goods.values())) for v in told.visits
    ]
    assert [v.load for v in one.visits] == [
        {lot_of(key): grams for key, grams in v.load.items()} for v in told.visits
    ]
    assert [v.kind for v in one.visits].count("stop") == 2
    hospital = next(v for v in one.stops if v.id == there.fleet.stops[0])
    terms = hospital.terms
    assert (terms.host_name, terms.host_phone, terms.parking) == (HOST, HOST_PHONE, PARKING)
    orders = {x.code: (x.initial, x.last4, x.paid, x.due_satang) for x in hospital.pickups}
    assert orders[there.cash] == ("น", "5604", False, 6_000)
    assert orders[there.paid] == ("น", "5604", True, 0)
    assert hospital.due_satang == one.due_satang == 6_000 + 4_550
    assert [(x.lot_code, x.grams, x.satang_per_kg) for x in one.spare] == [
        (there.spare_code, 20_000, 6_500)
    ]
    assert sum(x.grams for x in hospital.pickups) == hospital.grams == 4_200
    assert (one.estimated, one.version, hospital.since_grams) == (True, 1, 0)
    await there.fleet.stall.paid(300)
    [since] = await queries.journeys(there.day)
    assert sum(v.since_grams for v in since.stops) == 300
    for row in (await trips.day(there.day)).stops:
        if row.place == there.fleet.stops[1]:
            await run(commands.cancel_stop, there.day, row.id, "ฝนตก", by=DAO, at=NOW)
    [now] = await queries.journeys(there.day)
    assert [v.id for v in now.stops if v.cancelled] == [there.fleet.stops[1]]
    odd = replace(one.visits[0].spot, name_th="ก\x0bข")
    oddly = files.gpx(replace(one, visits=(replace(one.visits[0], spot=odd),)))
    assert gpxpy.parse(oddly.decode()).waypoints[0].name == "1. กข"


async def test_what_nobody_published_has_no_papers(db: Database) -> None:
    there = await fleet(db)
    day = await there.day(TOMORROW)
    with pytest.raises(rules.NotPublished):
        await queries.journeys(day.id)
    with pytest.raises(Missing):
        await queries.journeys(there.truck)


@only_sqlite  # the same numbers come from both, as above
async def test_the_files_carry_the_numbers_of_the_plan(db: Database) -> None:
    """Rule 15, read back by others than us."""
    there, one = await drawn(db)
    told = await trips.published_plan(there.day)
    assert told
    whole = files.gpx(one)
    assert schema_faults(ElementTree.fromstring(whole)) == []
    read = gpxpy.parse(whole.decode())
    assert read.version == "1.1"
    planned = [(v.arrive_s, where(one, v.id)) for v in told.visits]
    assert [(second(p.time), (p.latitude, p.longitude)) for p in read.waypoints] == planned
    [route] = read.routes
    ends = [(one.leaves_s, degrees(one.base)), (one.back_s, degrees(one.base))]
    assert [(second(p.time), (p.latitude, p.longitude)) for p in route.points] == [
        ends[0], *planned, ends[1],
    ]  # fmt: skip

    world = json.loads(files.geojson(one))
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in world["features"]]
    assert all(shape.is_valid for shape in shapes)
    assert [(p.y, p.x) for p in shapes[1:-1]] == [at for _, at in planned]
    assert [(x, y) for y, x in (degrees(p) for p in one.points)] == list(shapes[-1].coords)
    seen = [f["properties"] for f in world["features"][1:-1]]
    assert [
        tuple(second(datetime.fromisoformat(p[k])) for k in ("arrive", "start", "leave"))
        for p in seen
    ] == [(v.arrive_s, v.start_s, v.leave_s) for v in told.visits]
    for key in ("goods", "load"):
        assert [p[key] for p in seen] == [
            {lot_of(k): grams for k, grams in getattr(v, key).items()} for v in told.visits
        ]
    for personal in (HOST, HOST_PHONE, PARKING, "มาลี"):
        assert personal not in whole.decode() + json.dumps(world, ensure_ascii=False)


def schema_faults(element: ElementTree.Element) -> list[str]:
    name, faults = local(element), list[str]()
    assert element.tag.startswith("{http://www.topografix.com/GPX/1/1}")
    children = [local(child) for child in element]
    if name in SCHEMA:
        places = [SCHEMA[name].index(child) for child in children]  # a stranger is a ValueError
        if places != sorted(places):
            faults.append(f"{name}: {children}")
    elif children:
        faults.append(f"{name} holds {children}")
    return faults + [fault for child in element for fault in schema_faults(child)]


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def second(at: datetime | None) -> int:
    assert at
    local_at = at.astimezone(THAILAND)
    return local_at.hour * 3600 + local_at.minute * 60 + local_at.second


def degrees(spot: Spot) -> tuple[float, float]:
    return spot.lat, spot.lon


def where(one: Journey, id: str) -> tuple[float, float]:
    return next(degrees(v.spot) for v in one.visits if v.id == id)


def spot(number: int) -> Spot:
    return Spot("ก", "A", "ต.", "T", 70_000_000 + number, 1_000_000_000)


@pytest.mark.parametrize(("places", "most"), [(2, 9), (11, 9), (12, 9), (30, 9), (30, 3), (1, 9)])
def test_map_links_hold_no_more_than_the_map_takes(places: int, most: int) -> None:
    way = [spot(n // 2) for n in range(2 * places)]  # who stands still is no waypoint
    found = [parse_qs(urlsplit(link).query) for link in links.directions(way, most)]
    driven = [way[0].lat] if found else []
    for link in found:
        between = [p for p in "".join(link.get("waypoints", [])).split("|") if p]
        assert len(between) <= most
        ends = [float(link[end][0].split(",")[0]) for end in ("origin", "destination")]
        assert ends[0] == driven[-1]
        driven += [float(p.split(",")[0]) for p in between] + [ends[1]]
    assert driven == ([spot(n).lat for n in range(places)] if places > 1 else [])
    assert links.geo(spot(5)) == "geo:7.0000005,100"


def test_names_stand_where_a_thai_list_has_them() -> None:
    names = {"นก รักสุขภาพ": "น", "เกศ": "ก", "แก้ว": "ก", "ไพร": "พ", " anna": "A", "": "", "12": ""}
    assert {name: rules.initial(name) for name in names} == names
