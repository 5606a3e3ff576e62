"""Orders that were aboard and were handed over at the stall's own page: whose kilos, whose cash?

Nobody can close the day before each is explained, for goods that went are not left over.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec
from piccolo.table import Table

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from market.domain.orders import queries as ordered
from market.domain.trips import queries as trips
from market.domain.truck_day import queries, refusals
from market.domain.truck_day.loading import claim
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import Elsewhere, ExplainElsewhere, HandedOverThere
from market.domain.truck_day.tables import HandedElsewhere, TruckHandover

LOADED = "SELECT goes_to, lot, at FROM truck_loading WHERE truck = {} AND unloaded_at IS NULL"
KNOWN = (
    'SELECT "order" AS id FROM truck_handover UNION'
    ' SELECT "order" AS id FROM truck_elsewhere WHERE truck = {}'
)


class AtStall(msgspec.Struct, frozen=True):
    order: str
    code: str
    place: str
    grams: int
    """By the scales of the stall."""
    cash_satang: int


async def unexplained(of: TruckView) -> list[AtStall]:
    """Handed over after its goods were loaded for its stop, and not from this truck; by code."""
    loaded = {(row["goes_to"], row["lot"]): row["at"] for row in await in_use().query(
        LOADED, of.id
    )}  # fmt: skip
    elsewhere, places = await queries.moved(of.day), tuple(s.place for s in await queries.stops(of))
    known = {row["id"] for row in await in_use().query(KNOWN, of.id)}
    since = dict[str, tuple[str, datetime]]()
    for line in await trips.pre_orders(await trips.head(of.day), places):
        place = elsewhere.get(line.order, line.place)
        if line.state == "handed_over" and line.order not in known and (place, line.lot) in loaded:
            since[line.order] = place, loaded[place, line.lot]
    found = []
    for id, (place, at) in since.items():
        if await _handed_at(id) > at:
            found.append(await _seen(id, place))
    return sorted(found, key=lambda one: one.code)


async def _handed_at(order: str) -> datetime:
    return datetime.fromisoformat((await _handed(order)).at)


async def _handed(order: str) -> log.Entry:
    told = await log.events_of(order)
    return next(one for one in told if one.event["type"] == "orders.handed_over")


async def _seen(id: str, place: str) -> AtStall:
    order = await ordered.stored(id)
    [row] = await in_use().query(
        "SELECT CAST(COALESCE(SUM(actual_grams), 0) AS BIGINT) AS grams FROM preorder_line"
        ' WHERE "order" = {}',
        id,
    )
    cash = int((await _handed(id)).event["cash_satang"])  # whatever was corrected since
    return AtStall(order.id, order.code, place, int(row["grams"]), cash)


async def explain(wanted: ExplainElsewhere, *, by: str, at: datetime) -> Elsewhere:
    """Its kilos came off this truck, or they are still aboard; its cash lies in this drawer, or
    not. NotWaiting where there is nothing to explain."""
    do = partial(_explain, wanted, by=by, at=at)
    return await asked.once(wanted.id, "truck_day.explain", wanted, do, Elsewhere, by=by, at=at)


async def _explain(wanted: ExplainElsewhere, *, by: str, at: datetime) -> Elsewhere:
    truck = await claim(wanted.truck)
    here = next((a for a in await unexplained(truck) if a.order == wanted.order), None)
    if here is None:
        raise refusals.NotWaiting()
    cash = here.cash_satang if wanted.from_truck and wanted.cash_here else 0
    await insert(
        HandedElsewhere(
            id=wanted.id, truck=truck.id, order=wanted.order, from_truck=wanted.from_truck,
            cash_satang=cash, by=by, at=at,
        )
    )  # fmt: skip
    rows: list[tuple[type[Table], str]] = [(HandedElsewhere, wanted.id)]
    if wanted.from_truck:
        id = new_id()
        await insert(
            TruckHandover(
                id=id, truck=truck.id, place=here.place, order=wanted.order, cash_satang=cash,
                bank_satang=0, by=by, at=at,
            )
        )  # fmt: skip
        there = HandedOverThere(truck.id, here.place, wanted.order, cash)
        log.append(there, (TruckHandover, id), subject=truck.id, by=by, at=at)
    whose = "truck" if wanted.from_truck else "other"
    told = Elsewhere(truck.id, wanted.order, whose, here.grams, cash)
    log.append(told, *rows, subject=truck.id, by=by, at=at)
    return told
