"""The green truck's last market day, driven: loaded, sold from, handed over, counted, closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from market.demo.days import Days, named
from market.demo.people import NETWORK, who
from market.demo.rounds import PLACES
from market.demo.story import Deed
from market.domain.orders.rules import HandOver
from market.domain.truck_day import (
    closing,
    drawer,
    loading,
    manifest,
    queries,
    stops,
    waiting,
)
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import (
    CASH_KINDS,
    WALKUP,
    Close,
    Cost,
    DecideNoShow,
    Load,
    LotLeft,
    Pieces,
)
from market.domain.walkup import queries as walked
from market.domain.walkup.rules import Rail, Sell, SoldLine

DAO, DAY = who("dao"), named("truck-day", "last")
TO_SELL_GRAMS, TO_SELL_LOTS = 6_000, 3
STAYS = (("khuan-lang", (9, 2), (9, 50)), ("rattaphum", (14, 50), (16, 55)))
"""As planned, or a few minutes later."""
SALES: tuple[tuple[str, int, int, int, Rail], ...] = (
    ("khuan-lang", 9, 10, 1_000, "cash"), ("khuan-lang", 9, 35, 1_500, "promptpay"),
    ("rattaphum", 15, 0, 1_500, "cash"), ("rattaphum", 15, 25, 500, "promptpay"),
    ("rattaphum", 15, 50, 2_000, "cash"), ("rattaphum", 16, 20, 1_000, "cash"),
)  # fmt: skip
"""Where, when, grams and how it was paid; the lots in turn."""
FLOAT = (Pieces(10_000, 3), Pieces(2_000, 10))
SHORT_SATANG = 500
"""Five baht are missing in the evening."""


def drive(days: Days) -> Iterator[Deed]:
    day = days.last_market
    for at, do in (
        (days.at(day, 5, 45), _load), (days.at(day, 6, 20), _depart), (days.at(day, 17, 40), _close)
    ):  # fmt: skip
        yield Deed(at, partial(do, at))
    for key, comes, goes in STAYS:
        arrived, left = days.at(day, *comes), days.at(day, *goes)
        yield Deed(arrived, partial(_arrive, PLACES[key], arrived))
        yield Deed(left, partial(_leave, PLACES[key], left))
    for number, (key, hour, minute, grams, rail) in enumerate(SALES):
        at = days.at(day, hour, minute)
        yield Deed(at, partial(_sell, number, PLACES[key], grams, rail, at))


async def _ride() -> TruckView:
    [found] = await queries.trucks_of(DAY)
    return found


async def hand_over(given: HandOver, *, by: str, at: datetime) -> None:
    """At the stop of the orders of that round."""
    await stops.hand_over(given, (await _ride()).id, PLACES["rattaphum"], by=by, at=at)


async def _load(at: datetime) -> None:
    ride = await _ride()
    for number, line in enumerate(await manifest.load_list(ride)):
        if line.wanted_grams:
            id = named("truck-loading", str(number))
            wanted = Load(id, ride.id, line.lot, line.goes_to, line.wanted_grams)
            await loading.load(wanted, by=DAO, at=at)
    for number, one in enumerate((await manifest.to_sell(ride))[:TO_SELL_LOTS]):
        id, grams = named("truck-to-sell", str(number)), min(one.grams_left, TO_SELL_GRAMS)
        bag = ("bag", 500, one.satang_per_kg // 2) if number == 0 else (None, None, None)
        sold = Load(id, ride.id, one.lot, WALKUP, grams, None, None, *bag)
        await loading.load(sold, by=DAO, at=at)
    await loading.count_float(ride.id, FLOAT, by=DAO, at=at)


async def _depart(at: datetime) -> None:
    await loading.depart((await _ride()).id, by=DAO, at=at)


async def _arrive(place: str, at: datetime) -> None:
    await stops.arrive((await _ride()).id, place, by=DAO, at=at)


async def _sell(number: int, place: str, grams: int, rail: Rail, at: datetime) -> None:
    ride = await _ride()
    leases = await walked.aboard(ride.id)
    of = leases[number % len(leases)]
    line = SoldLine(of.id, "kg", min(grams, of.left_grams))
    sale = Sell(named("truck-sale", str(number)), NETWORK, ride.id, (line,), rail, place)
    await stops.sell(sale, by=DAO, at=at)


async def _leave(place: str, at: datetime) -> None:
    """What nobody fetched is kept."""
    ride = await _ride()
    for one in await waiting.at_stop(ride, place):
        id = named("no-show", one.order.id)
        held = DecideNoShow(id, ride.id, place, one.order.id, "hold")
        await stops.decide(held, by=DAO, at=at)
    await stops.leave(ride.id, place, by=DAO, at=at)


async def _close(at: datetime) -> None:
    ride = await _ride()
    for kind, satang in (("fuel", 40_000), ("ice", 6_000)):
        cost = Cost(named("truck-cost", kind), ride.id, kind, satang, "bank")  # type: ignore[arg-type]
        await closing.tell_cost(cost, by=DAO, at=at)
    money = await drawer.of(ride.id)
    left = tuple(
        LotLeft(one.lot, returned_grams=one.left_grams - spoilt, wasted_grams=spoilt)
        for one in await manifest.aboard(ride.id)
        if one.left_grams
        for spoilt in [min(200, one.lease_grams)]
    )
    counted = _counted(money.cash_satang - SHORT_SATANG)
    close = Close(named("truck-close"), ride.id, counted, money.promptpay_satang, left)
    await closing.close(close, by=DAO, at=at)


def _counted(satang: int) -> tuple[Pieces, ...]:
    """In as few notes and coins as there can be."""
    found = []
    for each in CASH_KINDS:
        many, satang = divmod(satang, each)
        found.append(Pieces(each, many))
    return tuple(found)
