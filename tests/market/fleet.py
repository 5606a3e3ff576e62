"""A truck of the network, its base, two stops and a usual round, by the product's own commands.

there = await fleet(db)          # the village, Malee's offered lot, and what the truck needs
day = await there.day(TOMORROW)
"""

from datetime import date

import msgspec

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import Fault, faults
from certification.basis.schema import PROVEN
from certification.basis.transaction import run
from market.db import all_tables
from market.domain.fleet import commands as trucks
from market.domain.fleet.rules import KeepTemplate, KeepTruck, SetTerms, Shift
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace, Window
from market.domain.trips import commands, queries
from market.domain.trips.problem import Problem, Truck, Visit
from market.domain.trips.rules import MakeDay, SetDayStop, SetDayTruck
from market.domain.trips.views import DayView
from tests.cast import DAO, NETWORK, NOW
from tests.market.stall import Stall, stall

EVERY_DAY = tuple(Shift(weekday, 300, 1080) for weekday in range(1, 8))
TRUCK = KeepTruck("", NETWORK, "รถเขียว", "", 800_000, 60, 450, 150)


class Fleet(msgspec.Struct):
    stall: Stall
    base: str
    stops: tuple[str, ...]
    truck: str
    template: str

    async def day(self, on: date, template: bool = True) -> DayView:
        made = MakeDay(new_id(), NETWORK, on, self.template if template else None)
        await run(commands.make_day, made, by=DAO, at=NOW)
        return await queries.day(made.id)


async def fleet(db: Database) -> Fleet:
    there = await stall(db)
    return await run(with_a_truck, there)


async def with_a_truck(there: Stall) -> Fleet:
    base, market, template = new_id(), new_id(), new_id()
    truck = msgspec.structs.replace(TRUCK, id=new_id(), base=base)
    await places.define(_place(base, "base", "บ้านลุงประเสริฐ", "The truck's home"), by=DAO, at=NOW)
    windows = (Window(1, 540, 660), Window(1, 900, 1020))
    await places.define(
        _place(market, "stop", "ตลาดเกษตร", "Farmers' market", windows), by=DAO, at=NOW
    )
    await trucks.add_truck(truck, by=DAO, at=NOW)
    await trucks.set_shifts(truck.id, EVERY_DAY, by=DAO, at=NOW)
    for place in (there.place, market):
        await trucks.set_terms(SetTerms(place, 30, required=True), by=DAO, at=NOW)
    stops = (there.place, market)
    await trucks.keep_template(
        KeepTemplate(template, NETWORK, "สายจันทร์", stops, 1, truck.id), by=DAO, at=NOW
    )
    return Fleet(there, base, stops, truck.id, template)


async def told_faults() -> list[Fault]:
    """Of the truck's own tables: the stall's lots were laid straight into theirs."""
    ours = (".fleet.", ".trips.")
    proven = [table for table in all_tables() if PROVEN in table._meta.tags]
    return await faults([table for table in proven if any(o in table.__module__ for o in ours)])


def _place(id: str, kind: str, th: str, en: str, windows: tuple[Window, ...] = ()) -> DefinePlace:
    north = {"base": 7_120_000, "stop": 7_010_000}[kind]
    return DefinePlace(id, NETWORK, kind, th, en, "900901", north, 100_300_000, windows)


def set_truck(day: DayView, truck: str, driver: str | None = DAO) -> SetDayTruck:
    return SetDayTruck(day.id, truck, 300, 1080, driver)


def set_stop(day: DayView, place: str, opens: int = 540, closes: int = 720) -> SetDayStop:
    return SetDayStop(new_id(), day.id, place, opens, closes)


def tiny(*windows: tuple[int, int]) -> Problem:
    """One truck, a plot with ten kilos, a stop that wants one; half an hour from each to each."""
    plot = Visit("plot", "plot", ((0, 36_000),), 600, {"kale": 10_000})
    stop = Visit("stop", "stop", windows or ((32_400, 43_200),), 1_800, {"kale": 1_000}, 900_000)
    ways = tuple(tuple(0 if a == b else 15_000 for b in range(3)) for a in range(3))
    seconds = tuple(tuple(0 if a == b else 1_800 for b in range(3)) for a in range(3))
    return Problem("day", (plot, stop), (Truck("T", 800_000, (18_000, 64_800), 450, 150),),
                   ways, seconds)  # fmt: skip
