"""The green truck of the demo: its stops in Hat Yai, a usual round, and three planned days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from certification.areas import queries as areas
from certification.basis.ids import following
from market.demo.days import Days, named
from market.demo.people import NETWORK, who
from market.demo.rounds import PLACES
from market.demo.story import Deed, deed
from market.domain.fleet import commands as fleet
from market.domain.fleet.rules import KeepTemplate, KeepTruck, SetTerms, Shift
from market.domain.lots import queries as lots
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace, Window
from market.domain.trips import commands, queries, rows, solve, versions
from market.domain.trips.rules import KeepVersion, MakeDay, SetDayLot, SetDayTruck

TRUCK, ROUND, BASE = named("truck"), named("truck-round"), named("truck-base")
BOUGHT = -60
"""The day on which the network got its truck."""
STOPS = {
    "psu": ("หน้าตลาดเกษตร ม.อ. (ตัวอย่าง)", "In front of the campus market (sample)", 7_006_700,
            100_498_900, (600, 840)),
    "park": ("สวนสาธารณะหาดใหญ่ (ตัวอย่าง)", "Hat Yai park (sample)", 7_041_000, 100_501_000,
             (900, 1080)),
    "klonghae": ("ตลาดน้ำคลองแห (ตัวอย่าง)", "Khlong Hae market (sample)", 7_037_000, 100_473_000,
                 (780, 960)),
}  # fmt: skip
WALK_UP_MOST = 3
ITERATIONS = 100
ICE = True
"""Boxes with ice ride along: mushrooms must be kept cold."""


def lay_out(days: Days) -> Iterator[Deed]:
    """Base, stops with their terms, the truck with its hours, the usual round."""
    at, dao = days.at(BOUGHT), who("dao")
    for place in _places():
        yield deed(places.define, place, by=dao, at=at)
    for terms in _terms(days):
        yield deed(fleet.set_terms, terms, by=dao, at=at)
    truck = KeepTruck(TRUCK, NETWORK, "รถเขียว", BASE, 900_000, 70, 450, 150, plate="ผก 1234")
    yield deed(fleet.add_truck, truck, by=dao, at=at)
    week = tuple(Shift(day, 330, 1110, 30, 690, 810) for day in range(1, 8))
    yield deed(fleet.set_shifts, TRUCK, week, by=dao, at=at)
    stops = (PLACES["rattaphum"], PLACES["khuan-lang"], *(_place(key) for key in STOPS))
    template = KeepTemplate(ROUND, NETWORK, "รัตภูมิ ควนลัง หาดใหญ่", stops, None, TRUCK)
    yield deed(fleet.keep_template, template, by=dao, at=at)


def _place(key: str) -> str:
    return named("place", key)


def _places() -> Iterator[DefinePlace]:
    yield DefinePlace(
        BASE, NETWORK, "base", "โรงจอดรถเขียว (ตัวอย่าง)", "The truck's shed (sample)",
        areas.tambon_at(6.975, 100.43) or "901102", 6_975_000, 100_430_000,
    )  # fmt: skip
    for key, (thai, english, lat, lon, (opens, closes)) in STOPS.items():
        windows = tuple(Window(weekday, opens, closes) for weekday in range(1, 8))
        tambon = areas.tambon_at(lat / 1e6, lon / 1e6) or "901101"
        yield DefinePlace(_place(key), NETWORK, "stop", thai, english, tambon, lat, lon, windows)


def _terms(days: Days) -> Iterator[SetTerms]:
    yield SetTerms(PLACES["rattaphum"], 60, required=True, value_satang=120_000)
    yield SetTerms(PLACES["khuan-lang"], 60, required=True, value_satang=90_000)
    yield SetTerms(_place("psu"), 75, value_satang=150_000, fee_satang=5_000,
                   permission="ฝ่ายกายภาพ (ตัวอย่าง)", permitted_until=days.on(10),
                   parking_note="ข้างป้อมยาม", host_name="พี่แดง สมมุติ",
                   host_phone="0800000000")  # fmt: skip
    yield SetTerms(_place("park"), 60, value_satang=80_000)
    yield SetTerms(_place("klonghae"), 45, value_satang=20_000, fee_satang=10_000)


def go(days: Days) -> Iterator[Deed]:
    """The last market day, today and the next: each planned when ordering was over, or the
    evening before the demo, and published."""
    for key, day, planned in (
        ("last", days.last_market, days.at(days.last_market - 1, 20)),
        ("today", 0, days.at(-1, 20)),
        ("next", days.next_market, days.at(-1, 21, 45)),
    ):
        yield Deed(planned, partial(_planned, key, days, day, planned))


async def _planned(key: str, days: Days, day: int, at: datetime) -> None:
    id, dao = named("truck-day", key), who("dao")
    await commands.make_day(MakeDay(id, NETWORK, days.on(day), ROUND), by=dao, at=at)
    await commands.set_truck(
        SetDayTruck(id, TRUCK, 330, 1110, dao, 30, 690, 810, ICE), by=dao, at=at
    )
    for lot in await _left(id):
        await commands.set_lot(SetDayLot(id, lot.id, lot.grams_left), by=dao, at=at)
    problem = await rows.problem(id)
    plan = solve.by_iterations(problem, ITERATIONS, 1)
    version = following(id, "plan")
    await versions.keep(KeepVersion(version, id, 0, "planned", 1), problem, plan, by=dao, at=at)
    await versions.publish(version, by=dao, at=at)


async def _left(day: str) -> list[lots.Lot]:
    """What is left of the lots of which some is ordered: taken along too."""
    found = await queries.day(day)
    orders = await queries.pre_orders(found, found.places)
    known = [await lots.lot(id) for id in dict.fromkeys(order.lot for order in orders)]
    return sorted((lot for lot in known if lot.grams_left), key=lambda lot: lot.id)[:WALK_UP_MOST]
