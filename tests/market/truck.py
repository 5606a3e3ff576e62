"""The green truck of a Wednesday: Malee's kale for orders at two stops, and some to sell.

there = await truck_day(db)            # loaded: nothing yet
await there.load_all()                 # what was ordered, and 3 kg for who comes by
await there.depart()
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.proof import Fault
from certification.basis.transaction import run, transaction
from market.domain.fleet.tables import Truck
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer, OpenCycle
from market.domain.offers.tables import Offer
from market.domain.orders import queries as ordered
from market.domain.orders.rules import HandedOver, HandOver, OrderPlaced, Weighed
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace, Window
from market.domain.trips import commands as trips
from market.domain.trips import queries as trips_seen
from market.domain.trips import rows, solve, versions
from market.domain.trips.check import check
from market.domain.trips.problem import Plan, Problem, Visit
from market.domain.trips.problem import Truck as Vehicle
from market.domain.trips.rules import KeepVersion, MakeDay, SetDayStop, SetDayTruck
from market.domain.truck_day import closing, loading, manifest, queries, stops
from market.domain.truck_day.rules import (
    WALKUP,
    Close,
    Closed,
    DecideNoShow,
    Load,
    Loaded,
    LotLeft,
    Pieces,
)
from market.domain.walkup import queries as walked
from market.domain.walkup.rules import Rail, Sell, Sold, SoldLine, Unit
from market.verify import faults as verified
from tests.cast import DAO, NETWORK, NOW, later
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, stall, stall_in_village

WEDNESDAY = date(2026, 11, 25)
MORNING = later(days=2, hours=22)
"""Seven o'clock in Songkhla."""
TEN, NOON, EVENING = later(days=3, hours=1), later(days=3, hours=3), later(days=3, hours=8)
HOURS = ((600, 660), (720, 840))
"""When the two stops are open, in minutes after midnight."""


class TruckDay(msgspec.Struct):
    stall: Stall
    day: str
    id: str
    """Of the truck on that day."""
    truck: str
    first: str
    last: str
    cycle: str
    """Of what is fetched at the last stop."""
    offer: str

    async def order_for_last(self, grams: int = 1_000, *, rail: Rail = "cash") -> OrderPlaced:
        first, self.stall.cycle = self.stall.cycle, self.cycle
        try:
            return await self.stall.order(grams, rail=rail, offer=self.offer)  # type: ignore[arg-type]
        finally:
            self.stall.cycle = first

    async def load(
        self, goes_to: str = WALKUP, grams: int = 3_000, *, at: datetime = MORNING, **how: object
    ) -> Loaded:
        wanted = Load(new_id(), self.id, self.stall.lot, goes_to, grams)
        wanted = msgspec.structs.replace(wanted, **how)
        return await run(loading.load, wanted, by=DAO, at=at)

    async def load_all(self, walkup: int = 3_000, **how: object) -> None:
        for line in await manifest.load_list(await queries.truck(self.id)):
            await self.load(line.goes_to, line.wanted_grams)
        if walkup:
            await self.load(grams=walkup, **how)

    async def depart(self, at: datetime = MORNING) -> None:
        await run(loading.depart, self.id, by=DAO, at=at)

    async def arrive(self, place: str, at: datetime = TEN) -> None:
        await run(stops.arrive, self.id, place, by=DAO, at=at)

    async def leave(self, place: str, at: datetime = TEN) -> None:
        await run(stops.leave, self.id, place, by=DAO, at=at)

    async def hand_over(
        self, order: str, place: str, grams: int | None = None, *, id: str = "", at: datetime = TEN
    ) -> HandedOver:
        lines = (await ordered.merchants(order, NETWORK)).lines
        weighed = tuple(Weighed(line.id, line.grams if grams is None else grams) for line in lines)
        given = HandOver(id or new_id(), order, NETWORK, weighed)
        return await run(stops.hand_over, given, self.id, place, by=DAO, at=at)

    async def lease(self) -> str:
        [of] = await walked.leased(self.id)
        return of

    async def sell(
        self, grams: int = 0, *, unit: Unit = "kg", packs: int = 1, rail: Rail = "cash",
        place: str | None = None, buyer: str | None = None, id: str = "", at: datetime = TEN,
    ) -> Sold:  # fmt: skip
        line = SoldLine(await self.lease(), unit, grams, packs)
        sale = Sell(id or new_id(), NETWORK, self.id, (line,), rail, place, buyer)
        return await run(stops.sell, sale, by=DAO, at=at)

    async def sell_at(self, place: str) -> Sold:
        line = SoldLine("no such lease", "kg", 100)
        sale = Sell(new_id(), NETWORK, self.id, (line,), "cash", place)
        return await run(stops.sell, sale, by=DAO, at=TEN)

    async def decide(self, order: str, place: str, decision: str, to: str | None = None) -> None:
        asked = DecideNoShow(new_id(), self.id, place, order, decision, to)  # type: ignore[arg-type]
        await run(stops.decide, asked, by=DAO, at=TEN)

    async def close(
        self, baht: int, *left: LotLeft, promptpay: int = 0, reason: str = "", id: str = ""
    ) -> Closed:
        cash = (Pieces(100, baht),)
        asked = Close(id or new_id(), self.id, cash, promptpay, left, reason)
        return await run(closing.close, asked, by=DAO, at=EVENING)

    async def another_truck(self) -> TruckDay:
        """Of the same day, to which the plan gives nothing."""
        truck = new_id()
        await Truck.insert(lorry(truck, self.first))
        await run(trips.set_truck, SetDayTruck(self.day, truck, 360, 1_080, DAO), by=DAO, at=NOW)
        of = next(one for one in (await trips_seen.day(self.day)).trucks if one.truck == truck)
        return msgspec.structs.replace(self, id=of.id, truck=truck)

    async def left(self) -> dict[str, int]:
        return {one.lot: one.left_grams for one in await manifest.aboard(self.id)}


async def truck_day(db: Database, **how: int) -> TruckDay:
    return await truck_day_of(await stall(db, **how))


async def truck_day_in_village() -> TruckDay:
    return await truck_day_of(await stall_in_village())


async def truck_day_of(there: Stall, on: date = WEDNESDAY) -> TruckDay:
    """Two stops, one truck, a published plan."""
    last, cycle, offer = await run(_second_stop, there)
    day, truck = new_id(), new_id()
    await Truck.insert(lorry(truck, there.place))
    await run(trips.make_day, MakeDay(day, NETWORK, on), by=DAO, at=NOW)
    await run(trips.set_truck, SetDayTruck(day, truck, 360, 1_080, DAO), by=DAO, at=NOW)
    for place, (opens, closes) in zip((there.place, last), HOURS, strict=True):
        stop = SetDayStop(new_id(), day, place, opens, closes)
        await run(trips.set_stop, stop, by=DAO, at=NOW)
    await publish(day, truck, (there.place, last))
    [of] = (await trips_seen.day(day)).trucks
    return TruckDay(there, day, of.id, truck, there.place, last, cycle, offer)


def lorry(id: str, base: str) -> Truck:
    return Truck(
        id=id, operator=NETWORK, name="รถเขียว", capacity_grams=50_000, crates=10, cold=False,
        satang_per_km=600, satang_per_min=100, base=base, by=DAO, at=NOW,
    )  # fmt: skip


async def _second_stop(there: Stall) -> tuple[str, str, str]:
    place, cycle, offer = new_id(), new_id(), new_id()
    await places.define(
        DefinePlace(place, NETWORK, "stop", "ตลาดควนลัง", "Khuan Lang market", "900901",
                    7_000_000, 100_400_000, (Window(3, 720, 840),)),
        by=DAO, at=NOW,
    )  # fmt: skip
    opening = OpenCycle(
        cycle, NETWORK, "รอบควนลัง", "Khuan Lang's round", place, opens_at=later(hours=-1),
        closes_at=CLOSES, pickup_from=PICKUP, pickup_until=OVER,
    )  # fmt: skip
    await offers.open_cycle(opening, by=DAO, at=NOW)
    [known] = (await offered_products(there.offer)).values()
    made = MakeOffer(offer, cycle, there.stock, known, 4_000, 100)
    await offers.offer(made, by=DAO, at=NOW)
    return place, cycle, offer


async def offered_products(offer: str) -> dict[str, str]:
    rows = await Offer.select(Offer.id, Offer.product).where(Offer.id == offer)
    return {row["id"]: row["product"] for row in rows}


async def publish(day: str, truck: str, places_: tuple[str, ...]) -> None:
    """By hand: ten minutes from stop to stop, each opening at its hour."""
    hours = dict(zip(places_, HOURS, strict=True))
    visits = tuple(
        Visit(place, "stop", ((opens * 60, closes * 60),), 1_800, {}, required=True)
        for place, (opens, closes) in hours.items()
    )
    size = len(visits) + 1
    ways = tuple(tuple(0 if a == b else 600 for b in range(size)) for a in range(size))
    vehicle = Vehicle(truck, 50_000, (360 * 60, 1_080 * 60), 600, 100)
    problem = Problem("Wednesday", visits, (vehicle,), ways, ways)
    plan = Plan((places_,), 0, "by hand")
    plan = msgspec.structs.replace(plan, cost=check(problem, plan).cost)
    kept = KeepVersion(new_id(), day, await trips_seen.newest(day), "planned")
    async with transaction():
        await versions.keep(kept, problem, plan, by=DAO, at=NOW)
        await versions.publish(kept.id, by=DAO, at=NOW)


async def publish_from_rows(day: str, at: datetime = NOW, first: str = "") -> None:
    """As the planner has it, with the plots on the way; `first`: one that it may have left out."""
    problem = await rows.problem(day)
    plan = solve.by_iterations(problem, 30, 0)
    if first and first not in plan.routes[0]:
        routes = ((first, *plan.routes[0]), *plan.routes[1:])
        plan = msgspec.structs.replace(plan, routes=routes, proved=False, bound=None)
        plan = msgspec.structs.replace(plan, cost=check(problem, plan).cost)
    kept = KeepVersion(new_id(), day, await trips_seen.newest(day), "planned")
    async with transaction():
        await versions.keep(kept, problem, plan, by=DAO, at=at)
        await versions.publish(kept.id, by=DAO, at=at)


async def clean() -> bool:
    """What `market verify` says of log, stock and money, but for what stories lay by hand."""
    found = [fault for fault in await verified(["log", "stock", "ledger"]) if not _by_hand(fault)]
    assert found == [], found
    return True


def _by_hand(fault: Fault) -> bool:
    return fault.table in ("lot", "plot", "truck") and "the log does not know it" in str(fault)
