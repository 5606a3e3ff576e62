"""The room of a cycle's places: taken with an order or not at all, and given back with it.

Claimed after the stock, by all deeds alike, so that two never wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from market.domain.offers import refusals
from market.domain.offers.rules import CycleStop
from market.domain.offers.tables import CyclePlace, CycleRoom

FITS = (
    " WHERE stop = {} AND NOT closed AND (orders_max IS NULL OR orders < orders_max)"
    " AND (grams_max IS NULL OR grams + {} <= grams_max)"
)
TAKE = f"UPDATE cycle_room SET orders = orders + 1, grams = grams + {{}}{FITS} RETURNING stop"  # noqa: S608  (a constant)
MORE = (
    "UPDATE cycle_room SET grams = grams + {} WHERE stop = {}"
    " AND (grams_max IS NULL OR grams + {} <= grams_max) RETURNING stop"
)
GIVE_BACK = "UPDATE cycle_room SET orders = orders - {}, grams = grams - {} WHERE stop = {}"
LIGHTER = "UPDATE cycle_room SET grams = grams - {} WHERE stop = {}"
ROOM = (
    "SELECT r.stop, r.orders, r.grams, r.orders_max, r.grams_max, r.closed FROM cycle_room r"
    " JOIN cycle_place p ON p.id = r.stop WHERE p.cycle = {} ORDER BY p.pickup_from, p.id"
)


class Room(msgspec.Struct, frozen=True):
    stop: str
    orders: int
    grams: int
    orders_max: int | None
    grams_max: int | None
    closed: bool

    def fits(self, grams: int) -> bool:
        return (
            not self.closed
            and (self.orders_max is None or self.orders < self.orders_max)
            and (self.grams_max is None or self.grams + grams <= self.grams_max)
        )


async def lay(stops: Sequence[CyclePlace]) -> None:
    """Empty, for places that are new."""
    rows = [
        CycleRoom(
            id=following(stop.id, "room"), stop=stop.id, orders=0, grams=0,
            orders_max=stop.capacity_orders, grams_max=stop.capacity_grams, closed=False,
        )
        for stop in stops
    ]  # fmt: skip
    await insert(*rows)


async def take(stop: CycleStop, grams: int) -> None:
    """For one order more. PlaceClosed, PlaceFull with the places of the cycle that have room."""
    if await take_if_left(stop.id, grams):
        return
    [row] = await in_use().query("SELECT cycle, closed_at FROM cycle_place WHERE id = {}", stop.id)
    if row["closed_at"] is not None:
        raise refusals.PlaceClosed(closed_at=row["closed_at"].isoformat())
    others = [one.stop for one in await rooms(row["cycle"]) if one.fits(grams)]
    raise refusals.PlaceFull(stop=stop.id, others=others)


async def take_if_left(stop: str, grams: int) -> bool:
    return bool(await in_use().query(TAKE, grams, stop, grams))


async def more(stop: str, grams: int) -> None:
    """Of an order that has its room: PlaceFull. Less than nothing gives room back."""
    if not await in_use().query(MORE, grams, stop, grams):
        raise refusals.PlaceFull(stop=stop, others=[])


async def give_back(taken: Iterable[tuple[str, int]]) -> None:
    """The room of orders that ended: of each its place and its grams."""
    sums = dict[str, list[int]]()
    for stop, grams in taken:
        sums.setdefault(stop, []).append(grams)
    for stop in sorted(sums):
        await in_use().query(GIVE_BACK, len(sums[stop]), sum(sums[stop]), stop)


async def lighten(stop: str, grams: int) -> None:
    """An order stays and weighs less."""
    await in_use().query(LIGHTER, grams, stop)


async def shut(stop: str, at: datetime) -> bool:
    """From this moment on nobody takes any of it. False where it was shut before."""
    if not await in_use().query(
        "UPDATE cycle_place SET closed_at = {} WHERE id = {} AND closed_at IS NULL RETURNING id",
        at, stop,
    ):  # fmt: skip
        return False
    await in_use().query(
        "UPDATE cycle_room SET closed = NOT closed WHERE stop = {} AND NOT closed", stop
    )
    return True


async def rooms(cycle: str) -> list[Room]:
    """Of each place of a cycle, the earliest first."""
    return [
        Room(**{**row, "closed": bool(row["closed"])}) for row in await in_use().query(ROOM, cycle)
    ]
