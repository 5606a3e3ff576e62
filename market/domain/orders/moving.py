"""An order is fetched elsewhere: by the buyer's choice, or because its place was closed."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from market.domain.offers import queries as offers
from market.domain.offers import room
from market.domain.offers.queries import CycleView
from market.domain.offers.refusals import NoSuchStop
from market.domain.offers.rules import CycleStop
from market.domain.orders import queries, refusals, rules
from market.domain.orders.tables import Order

MOVE = (
    "UPDATE preorder SET stop = {} WHERE id = {} AND stop = {} AND state IN ('held', 'confirmed')"
    " RETURNING id"
)


class MoveOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    order: str
    stop: str


class OrderMoved(msgspec.Struct, frozen=True, tag="orders.moved"):
    order: str
    stop: str


async def move(asked: MoveOrder, *, by: str, at: datetime) -> OrderMoved:
    """Until ordering closes; where its own place was closed, until the other's hours are over.

    PlaceFull, PlaceClosed, TooLateToCancel. To where it is already changes nothing.
    """
    async with transaction():
        order = await queries.stored(asked.order)
        if order.buyer != by:
            raise refusals.NoSuchOrder()
        rules.ensure_open_state(order.state)
        moved = OrderMoved(order.id, asked.stop)
        if order.stop == asked.stop:
            return moved
        cycle = await offers.cycle(order.cycle)
        ensure_may_move(cycle, order.stop, to := _stop(cycle, asked.stop), at)
        if not await in_use().query(MOVE, to.id, order.id, order.stop):
            rules.ensure_open_state((await queries.stored(order.id)).state)
            raise refusals.NoSuchOrder()
        [(_, grams)] = await queries.room_taken([order.id])
        for stop in sorted((order.stop, to.id)):  # as all deeds do, so that none waits for another
            if stop == to.id:
                await room.take(to, grams)
            else:
                await room.give_back([(stop, grams)])
        log.append(moved, (Order, order.id), subject=order.id, by=by, at=at)
    return moved


def ensure_may_move(cycle: CycleView, own: str, to: CycleStop, at: datetime) -> None:
    shut = _stop(cycle, own).closed_at is not None
    if at >= (to.pickup_until if shut else cycle.closes_at):
        raise refusals.TooLateToCancel(closed_at=cycle.closes_at.isoformat())


def _stop(cycle: CycleView, id: str) -> CycleStop:
    for one in cycle.stops:
        if one.id == id:
            return one
    raise NoSuchStop()
