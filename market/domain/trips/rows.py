"""All that a day's problem is made of, read from the rows at one moment."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import is_id
from certification.plots import queries as plots
from market.domain.fleet import queries as fleet
from market.domain.lots import queries as lots
from market.domain.places import queries as places
from market.domain.products import queries as products
from market.domain.trips import queries, rules
from market.domain.trips.cargo import Kept, strictest
from market.domain.trips.estimate import Spot, banded
from market.domain.trips.gathered import (
    UNKNOWN_PRICE_SATANG_PER_KG,
    Rows,
    WalkUp,
    problem_of,
    spots_of,
)
from market.domain.trips.parts import place_of
from market.domain.trips.problem import Problem
from market.domain.trips.views import DayLotView, DayView, PreOrder
from market.domain.trips.ways import Ways, sound


async def problem(day: str) -> Problem:
    """As the rows are now, on estimated roads; NothingToPlan."""
    found = await rows(await queries.day(day))
    return problem_of(found, estimated(spots_of(found)))


async def rows(day: DayView) -> Rows:
    if not day.trucks or not day.places:
        raise rules.NothingToPlan()
    orders = await queries.pre_orders(day, day.places)
    along = [await _walk_up(day, one) for one in day.lots]
    walk_up = [one for one, _ in along]
    trucks = {one.truck: await fleet.truck(one.truck) for one in day.trucks}
    at_places = {*day.places, *(truck.base for truck in trucks.values())}
    at_plots = ({one.plot for one in orders} | {one.plot for one in walk_up}) - {""}
    spots = {id: await _place(id) for id in sorted(at_places)}
    spots |= {id: await _plot(id) for id in sorted(at_plots)}
    terms = await fleet.terms_of(day.places)
    kept = strictest([*map(_ordered, orders), *((one.lot_code, kept) for one, kept in along)])
    return Rows(day, trucks, terms, tuple(orders), tuple(walk_up), spots, kept)


def _ordered(one: PreOrder) -> tuple[str, Kept]:
    price = one.satang * 1000 // max(one.grams, 1)
    kept = Kept(one.cold, one.crate_grams, one.shelf_life_days, one.harvested_on, price)
    return one.lot_code, kept


async def _walk_up(day: DayView, one: DayLotView) -> tuple[WalkUp, Kept]:
    """As it was offered last; else as the operator's network keeps what it sells of the crop."""
    lot = await lots.lot(one.lot)
    offered = await in_use().query(
        "SELECT product, satang_per_kg FROM offer WHERE lot = {} ORDER BY at DESC, id DESC LIMIT 1",
        lot.id,
    )
    price = offered[0]["satang_per_kg"] if offered else UNKNOWN_PRICE_SATANG_PER_KG
    if offered:
        known = [await products.product(offered[0]["product"])]
    else:
        networks = sorted(await fleet.networks_of(day.operator))
        known = [p for network in networks for p in await products.of_crop(network, lot.crop)]
    kept = strictest(
        (lot.code, Kept(p.cold, p.crate_grams, p.shelf_life_days, lot.harvested_on, price))
        for p in known
    )
    walk_up = WalkUp(lot.code, lot.crop, lot.plot or "", one.walk_up_grams, price, one.at_base)
    return walk_up, kept.get(lot.code, Kept(harvested_on=lot.harvested_on))


async def _place(id: str) -> Spot:
    found = await places.place(id)
    return found.lat_e6 / 1e6, found.lon_e6 / 1e6


async def _plot(id: str) -> Spot:
    found = await plots.plot(id)
    return found.lat_e7 / 1e7, found.lon_e7 / 1e7


def estimated(spots: Sequence[Spot]) -> Ways:
    """By straight lines: known without asking anybody."""
    return sound(*banded(spots), spots, [str(place) for place in range(len(spots))], "estimate")


class Named(msgspec.Struct, frozen=True):
    """A place or plot as the truck's operators call it; `farmer` and `code` of a plot alone."""

    name_th: str
    name_en: str
    tambon: str
    spot: Spot
    farmer: str = ""
    code: str = ""


async def named(ids: Sequence[str]) -> dict[str, Named]:
    """Places and plots by id, in two statements however many they are."""
    wanted = sorted({place_of(id) for id in ids if is_id(place_of(id))})
    if not wanted:
        return {}
    marks = ", ".join(["{}"] * len(wanted))
    found = {}
    for row in await in_use().query(
        f"SELECT id, name_th, name_en, tambon, lat_e6, lon_e6 FROM place WHERE id IN ({marks})",  # noqa: S608
        *wanted,
    ):
        spot = (row["lat_e6"] / 1e6, row["lon_e6"] / 1e6)
        found[row["id"]] = Named(row["name_th"], row["name_en"], row["tambon"], spot)
    for row in await in_use().query(
        f"SELECT id, code, farmer, name, tambon, lat_e7, lon_e7 FROM plot WHERE id IN ({marks})",  # noqa: S608
        *wanted,
    ):
        spot, name = (row["lat_e7"] / 1e7, row["lon_e7"] / 1e7), row["name"] or ""
        found[row["id"]] = Named(name, name, row["tambon"], spot, row["farmer"], row["code"])
    return found | {id: found[place_of(id)] for id in ids if place_of(id) in found}


async def suspended(found: Rows) -> list[str]:
    """Codes of lots of which a certificate is suspended or revoked now, the first in letters
    first."""
    codes = sorted({o.lot_code for o in found.orders} | {w.lot_code for w in found.walk_up})
    held = []
    for code in codes:
        rows = await in_use().query(
            "SELECT e.id FROM lot l LEFT JOIN lot_origin x ON x.lot = l.id AND l.claim <> 'plain'"
            " JOIN lot h ON h.id = COALESCE(x.origin, l.id) JOIN certificate_event e"
            " ON e.certificate = h.certificate AND e.kind IN ('suspended', 'revoked') WHERE"
            " l.code = {} AND NOT EXISTS (SELECT 1 FROM certificate_event n"
            " WHERE n.certificate = e.certificate AND n.seq > e.seq) LIMIT 1",
            code,
        )
        held += [code] if rows else []
    return held
