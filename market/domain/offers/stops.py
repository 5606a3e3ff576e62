"""Where and when something can be ordered for now, over all open rounds, in one statement."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.offers.queries import STANDS
from market.domain.offers.room import Room

MOST = 8
"""A page of the shop stays below 60 kB with them; where the market stands is a page of its own."""
STOPS = (
    "SELECT p.id AS stop, p.cycle, p.pickup_from, p.pickup_until, p.closed_at, c.closes_at,"
    " w.name_th, w.name_en, r.orders, r.grams, r.orders_max, r.grams_max, r.closed"
    " FROM cycle c JOIN cycle_place p ON p.cycle = c.id JOIN place w ON w.id = p.place"
    " JOIN cycle_room r ON r.stop = p.id"
)
OPEN_STOPS = (
    f"{STOPS} WHERE c.opens_at <= {{}} AND c.closes_at > {{}} AND c.{STANDS}"
    " ORDER BY p.pickup_from, c.closes_at, p.id LIMIT {}"
)


class OpenStop(msgspec.Struct, frozen=True):
    """A place and its hours of a round that is open; it may be full or closed all the same."""

    cycle: str
    closes_at: datetime
    pickup_from: datetime
    pickup_until: datetime
    closed_at: datetime | None
    name_th: str
    name_en: str
    room: Room


async def open_stops(at: datetime) -> list[OpenStop]:
    """Of all merchants, who is fetched first in front; no more than a page can show."""
    return [
        OpenStop(
            room=Room(closed=bool(row.pop("closed")), **{
                field: row.pop(field)
                for field in ("stop", "orders", "grams", "orders_max", "grams_max")
            }),
            **row,
        )
        for row in await in_use().query(OPEN_STOPS, at, at, MOST)
    ]  # fmt: skip
