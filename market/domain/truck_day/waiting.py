"""Whom a truck still waits for at a stop."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.orders import queries as ordered
from market.domain.orders.queries import StoredOrder
from market.domain.trips import queries as trips
from market.domain.truck_day.queries import TruckView, moved, stops


class Waiting(msgspec.Struct, frozen=True):
    order: StoredOrder
    decision: str | None
    """Of who did not come to this stop: hold, sell, donate."""


async def at_stop(of: TruckView, place: str) -> list[Waiting]:
    """Orders not yet fetched that belong here, or were moved here; by code."""
    found = [one for one in await _orders(of, place) if one.state == "confirmed"]
    rows = await in_use().query(
        'SELECT "order" AS id, decision FROM no_show WHERE truck = {} AND place = {}', of.id, place
    )
    decided = {row["id"]: row["decision"] for row in rows}
    return [Waiting(order, decided.get(order.id)) for order in found]


async def fetched_at(of: TruckView, place: str) -> list[StoredOrder]:
    """Handed over from this truck at that stop; by code."""
    rows = await in_use().query(
        'SELECT "order" AS id FROM truck_handover WHERE truck = {} AND place = {}', of.id, place
    )
    found = [await ordered.stored(row["id"]) for row in rows]
    return sorted(found, key=lambda order: order.code)


async def undecided(of: TruckView) -> list[str]:
    """Codes of orders at any stop of the truck of which nobody knows what becomes of them."""
    found = []
    for stop in await stops(of):
        found += [one.order.code for one in await at_stop(of, stop.place) if not one.decision]
    return sorted(set(found))


async def _orders(of: TruckView, place: str) -> list[StoredOrder]:
    elsewhere = await moved(of.day)
    day = await trips.head(of.day)
    places = tuple({place, *(stop.place for stop in await stops(of))})
    here = {
        line.order for line in await trips.pre_orders(day, places)
        if elsewhere.get(line.order, line.place) == place
    }  # fmt: skip
    found = [await ordered.stored(id) for id in sorted(here)]
    return sorted(found, key=lambda order: order.code)


async def moved_since(day: str, place: str, at: datetime) -> bool:
    """The stop was told at another time since then."""
    rows = await in_use().query(
        "SELECT e.id FROM stop_eta e JOIN plan_version v ON v.id = e.version"
        " WHERE v.day = {} AND e.place = {} AND e.at >= {} LIMIT 1",
        day, place, at,
    )  # fmt: skip
    return bool(rows)
