"""Orders whose hours are over and that nobody fetched: their seller's promise is kept in one deed.

At a stop of the truck it is done when the truck leaves (`absent`); here is everything else, and
what was kept there for some days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.refusal import Refusal
from certification.basis.transaction import transaction
from market.domain.offers import commands as offers
from market.domain.orders import commands as orders
from market.domain.orders import missed
from market.domain.orders import queries as ordered
from market.domain.orders.queries import StoredOrder
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import CancelOrder
from market.domain.pickups import queries as pickups
from market.domain.pickups.rules import PickupRule
from market.domain.settlement import queries as settlement
from market.domain.truck_day.tables import Unfetched

AT_ONCE = 200


class NothingKept(Refusal):
    """Given back already, or nothing was kept of it."""

    code = "truck_day.nothing_kept"


class OwnKept(Refusal):
    """Nobody gives it back to oneself."""

    code = "truck_day.own_kept"


class KeptIsDivided(Refusal):
    """The farmers' shares of the round stand."""

    code = "truck_day.kept_is_divided"


class Left(msgspec.Struct, frozen=True):
    order: StoredOrder
    choice: str
    """As was promised, also where the stop was moved; empty where nothing was."""
    rule: PickupRule | None
    """None where the seller had said nothing: somebody decides."""
    due_at: datetime | None
    """From then on the promise says that it ends."""
    kept_percent: int
    before: int
    """Orders of cash that this phone did not fetch before, from this seller."""


class Carried(msgspec.Struct, frozen=True, tag="truck_day.unfetched"):
    """An order ended because nobody came, as its seller had promised."""

    order: str
    choice: str
    kept_satang: int


class KeptGivenBack(msgspec.Struct, frozen=True, tag="truck_day.kept_given_back"):
    order: str
    code: str
    buyer: str
    credited_satang: int


MOVED = "SELECT e.id FROM stop_eta e WHERE e.place = {} AND e.at >= {} LIMIT 1"
WAITS = (
    "SELECT at FROM no_show WHERE \"order\" = {} AND decision IN ('hold', 'move')"
    " ORDER BY at DESC LIMIT 1"
)
BEFORE = (
    "SELECT COUNT(DISTINCT o.id) AS many FROM preorder o JOIN person x ON x.id = o.buyer"
    " JOIN person y ON y.id = x.id OR y.phone_index = x.phone_index"
    " WHERE y.id = {} AND o.merchant = {} AND o.rail = 'cash' AND o.state = 'cancelled'"
    ' AND (EXISTS (SELECT 1 FROM no_show n WHERE n."order" = o.id)'
    ' OR EXISTS (SELECT 1 FROM unfetched u WHERE u."order" = o.id))'
)
KEPT = (
    'SELECT u."order" AS id FROM unfetched u JOIN preorder o ON o.id = u."order"'
    " WHERE o.merchant = {} AND o.state = 'cancelled' AND o.final_satang > 0 UNION"
    ' SELECT n."order" AS id FROM no_show n JOIN preorder o ON o.id = n."order"'
    " WHERE o.merchant = {} AND o.state = 'cancelled' AND o.final_satang > 0"
)


async def waiting(merchant: str, at: datetime) -> list[Left]:
    """The oldest first."""
    return [await _left(one) for one in await ordered.unfetched(merchant, at, AT_ONCE)]


async def _left(order: StoredOrder) -> Left:
    rule = await pickups.rule_at(order.merchant, order.placed_at, order.cycle)
    [row] = await in_use().query(BEFORE, order.buyer, order.merchant)
    moved = bool(await in_use().query(MOVED, order.place, order.placed_at))
    if rule is None:
        return Left(order, "", None, None, 0, int(row["many"]))
    choice, since = rule.choice(moved=moved), order.pickup_until
    days = rule.hold_days if choice in ("hold", "move") else 0
    if held := await in_use().query(WAITS, order.id):
        since, days = held[0]["at"], rule.hold_days
    due = since + timedelta(days=days)
    keeps = 0 if moved else rule.kept_percent
    return Left(order, choice, rule, due, keeps, int(row["many"]))


async def carry_out(merchant: str, *, by: str, at: datetime) -> int:
    """All of which the promise says that they end now; how many. Twice is once, and nobody ends an
    order of one's own."""
    many = 0
    for one in await waiting(merchant, at):
        if one.rule and one.due_at and one.due_at <= at and one.order.buyer != by:
            many += await _end(one, by=by, at=at)
    return many


async def _end(one: Left, *, by: str, at: datetime) -> int:
    async with transaction():
        if (await ordered.stored(one.order.id)).state != "confirmed":
            return 0
        gone = CancelOrder(one.order.id, one.order.merchant)
        ended = await orders.cancel(gone, by=by, at=at, kept_percent=one.kept_percent)
        id = following(one.order.id, "unfetched")
        await insert(
            Unfetched(
                id=id, order=one.order.id, choice=one.choice, kept_satang=ended.kept_satang,
                by=by, at=at,
            )
        )  # fmt: skip
        told = Carried(one.order.id, one.choice, ended.kept_satang)
        log.append(told, (Unfetched, id), subject=one.order.id, by=by, at=at)
    return 1


async def kept(merchant: str) -> list[StoredOrder]:
    """Orders of which something was kept and can still be given back, by code."""
    found = [
        await ordered.stored(row["id"]) for row in await in_use().query(KEPT, merchant, merchant)
    ]
    divided = {one.id: await _is_divided(one) for one in found}
    return sorted((one for one in found if not divided[one.id]), key=lambda one: one.code)


async def _is_divided(order: StoredOrder) -> bool:
    groups = await missed.groups_of(order.id)
    return any([await settlement.settlements(cycle=order.cycle, group=one) for one in groups])


async def give_back(order: str, merchant: str, *, by: str, at: datetime) -> KeptGivenBack:
    """It was kept wrongly: all of it is the buyer's credit, until its round is divided."""
    async with transaction():
        found = await ordered.stored(order)
        if found.merchant != merchant:
            raise NoSuchOrder()
        if found.buyer == by:
            raise OwnKept()
        await offers.claim(found.cycle)  # who divides it comes before, or waits
        found = await ordered.stored(order)
        if found.state != "cancelled" or not found.final_satang:
            raise NothingKept()
        if await _is_divided(found):
            raise KeptIsDivided()
        rows = await missed.give_back(found, by=by, at=at)
        back = KeptGivenBack(found.id, found.code, found.buyer, found.final_satang)
        log.append(back, *rows, subject=found.id, by=by, at=at)
    return back
