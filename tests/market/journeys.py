"""A day of the green truck with its plan published: what is printed, and what the files hold.

there = await journey_day(db)
"""

from datetime import date

import msgspec

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.fleet import commands as trucks
from market.domain.fleet.rules import SetTerms
from market.domain.lots import queries as lots
from market.domain.trips import commands, rows, solve, versions
from market.domain.trips.rules import KeepVersion, SetDayLot
from tests.cast import DAO, NOW
from tests.market.fleet import Fleet, fleet, set_stop, set_truck, with_a_truck
from tests.market.stall import PICKUP, harvest_and_offer, stall_in_village

HOST, HOST_PHONE, PARKING = "ป้าหนุ่ย ญี่ปุ่น", "0899999901", "จอดหลังอาคาร 3 ใต้ต้นหูกวาง"


class JourneyDay(msgspec.Struct):
    fleet: Fleet
    day: str
    on: date
    cash: str
    """The code of an order to be paid at the stop, and of one that is paid."""
    paid: str
    lot_code: str
    spare_code: str

    async def plan(self, after: int = 0) -> None:
        """Another version, published."""
        problem = await rows.problem(self.day)
        plan = solve.by_iterations(problem, 50, 1)
        asked = KeepVersion(new_id(), self.day, after, "planned")
        await run(versions.keep, asked, problem, plan, by=DAO, at=NOW)
        await run(versions.publish, asked.id, by=DAO, at=NOW)


async def journey_day(db: Database) -> JourneyDay:
    return await with_a_plan(await fleet(db))


async def journey_day_in_village() -> JourneyDay:
    """Where the village is there already, as with `doors`."""
    return await with_a_plan(await run(with_a_truck, await stall_in_village()))


async def with_a_plan(there: Fleet) -> JourneyDay:
    kale = await lots.lot(there.stall.lot)
    cash = await there.stall.paid(1_500, rail="cash")
    paid = await there.stall.paid(2_000)
    await harvest_and_offer(there.stall, 30_000, 6_500)
    spare = await lots.lot(there.stall.lot)
    await there.stall.paid(700, rail="cash")
    day = await there.day(PICKUP.date(), template=False)
    await run(commands.set_truck, set_truck(day, there.truck), by=DAO, at=NOW)
    terms = SetTerms(there.stops[0], 30, required=True, fee_satang=5_000, value_satang=60_000,
                     parking_note=PARKING, host_name=HOST, host_phone=HOST_PHONE)  # fmt: skip
    await run(trucks.set_terms, terms, by=DAO, at=NOW)
    for place, opens, closes in (
        (there.stops[0], 540, 720), (there.stops[0], 840, 900), (there.stops[1], 540, 780),
    ):  # fmt: skip
        stop = msgspec.structs.replace(set_stop(day, place, opens, closes), required=True)
        await run(commands.set_stop, stop, by=DAO, at=NOW)
    await run(commands.set_lot, SetDayLot(day.id, spare.id, 20_000, True), by=DAO, at=NOW)
    made = JourneyDay(there, day.id, day.on, cash.code, paid.code, kale.code, spare.code)
    await made.plan()
    return made
