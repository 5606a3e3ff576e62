"""Orders as their buyer, the stall and the farmers see them, and whether reservations are true."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import msgspec

from certification.basis import codes, log
from certification.basis.database import Row, in_use
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import HandedOver, OrderedLine
from market.domain.orders.tables import Order


class StoredOrder(msgspec.Struct, frozen=True):
    """An order with its cycle's closing, and where and when it is fetched."""

    id: str
    code: str
    cycle: str
    merchant: str
    buyer: str
    state: str
    rail: str
    total_satang: int
    final_satang: int | None
    placed_at: datetime
    expires_at: datetime | None
    closes_at: datetime
    pickup_from: datetime
    pickup_until: datetime
    place: str
    stop: str
    shut_at: datetime | None
    """When its place was closed; then its buyer chooses another, or has credit."""
    deposit_percent: int | None
    """What its round asks of new orders."""
    ahead_satang: int
    """Of the total: paid before the pick-up, or to be."""
    due_satang: int
    """Of the total: still to be paid at the pick-up, at most."""

    @property
    def shut(self) -> bool:
        return self.shut_at is not None


class OrderLineView(msgspec.Struct, frozen=True):
    id: str
    offer: str
    lot: str
    """With its code: empty while it is to be harvested."""
    lot_code: str
    claim: str
    name_th: str
    name_en: str
    group: str
    farmer: str | None
    grams: int
    satang_per_kg: int
    satang: int
    actual_grams: int | None
    actual_satang: int | None
    product: str
    pieces: int | None
    piece_grams: int | None
    """What one is expected to weigh."""
    bundle_th: str | None
    """Of which it is a part."""
    bundle_en: str | None
    packed_grams: int | None = None
    """Weighed while it was packed, before it is handed over."""
    instead: str | None = None
    """The offer of which what is missing was taken, or would be."""


class OrderView(msgspec.Struct, frozen=True):
    order: StoredOrder
    lines: list[OrderLineView]


class HarvestLine(msgspec.Struct, frozen=True):
    """What a farmer must bring for the orders of a cycle that are paid or to be paid at pick-up."""

    group: str
    farmer: str | None
    lot: str
    """With its code: empty of what is to be cut still."""
    lot_code: str
    harvested_on: date
    """Or promised for."""
    product: str
    name_th: str
    name_en: str
    orders: int
    grams: int
    pieces: int | None
    """None where it is sold by weight."""


class BringLine(msgspec.Struct, frozen=True):
    """What of one farmer's is ordered in a round that is still to be fetched."""

    cycle: str
    offer: str
    group: str
    pickup_from: datetime
    closes_at: datetime
    place_th: str
    place_en: str
    name_th: str
    name_en: str
    orders: int
    grams: int
    pieces: int | None


Fault = tuple[str, str, str, str]
"""Table, row, column and what is wrong."""

AHEAD = (
    "CASE o.rail WHEN 'cash' THEN 0 WHEN 'deposit' THEN o.deposit_satang ELSE o.total_satang END"
)
DUE = f"CASE WHEN o.state IN ('held', 'confirmed') THEN o.total_satang - ({AHEAD}) ELSE 0 END"
ORDER = (
    "SELECT o.id, o.code, o.cycle, o.merchant, o.buyer, o.state, o.rail, o.total_satang,"  # noqa: S608  (constants)
    " o.final_satang, o.placed_at, o.expires_at, c.closes_at, s.pickup_from, s.pickup_until,"
    f" s.place, o.stop, s.closed_at AS shut_at, c.deposit_percent, {AHEAD} AS ahead_satang,"
    f" {DUE} AS due_satang FROM preorder o JOIN cycle c ON c.id = o.cycle"
    " JOIN cycle_place s ON s.id = o.stop"
)
OF_CODE = "SELECT o.id FROM preorder o WHERE "
CODED = (
    '(o.code = {} OR o.id IN (SELECT n."order" FROM pickup_pass n WHERE n.code = {}'
    " AND n.withdrawn_at IS NULL))"
)
LINES = (
    "SELECT pl.id, pl.offer, COALESCE(l.id, '') AS lot, COALESCE(l.code, '') AS lot_code,"
    " COALESCE(l.claim, e.claim) AS claim, p.name_th, p.name_en,"
    ' f."group" AS group_id, f.farmer, pl.grams, pl.satang_per_kg, pl.satang, pl.actual_grams,'
    " pl.actual_satang, f.product, pl.pieces, f.piece_grams,"
    " b.name_th AS bundle_th, b.name_en AS bundle_en, pl.packed_grams, pl.instead"
    " FROM preorder_line pl"
    " LEFT JOIN bundle b ON b.id = pl.bundle"
    " JOIN offer f ON f.id = pl.offer LEFT JOIN lot l ON l.id = f.lot"
    " JOIN stock s ON s.id = f.stock LEFT JOIN forecast e ON e.id = s.source"
    " JOIN product p ON p.id = f.product"
    ' WHERE pl."order" = {} ORDER BY p.name_th, pl.id'
)


async def stored(id: str) -> StoredOrder:
    """NoSuchOrder."""
    return _one(await in_use().query(f"{ORDER} WHERE o.id = {{}}", id))


def _one(rows: list[Row]) -> StoredOrder:
    if not rows:
        raise NoSuchOrder()
    return StoredOrder(**rows[0])


async def id_of(typed: str) -> str:
    """Of the code as it is typed, or a neighbour's that was not taken back; NoSuchOrder. The code
    is no secret: ask `own` next."""
    code = codes.read(typed)[: codes.LONG]
    rows = await in_use().query(f"{OF_CODE}{CODED}", code, code)
    if not rows:
        raise NoSuchOrder()
    return str(rows[0]["id"])


async def codes_of(ids: Collection[str]) -> dict[str, str]:
    """By id, of those that are orders."""
    if not ids:
        return {}
    rows = await Order.select(Order.id, Order.code).where(Order.id.is_in([*ids]))
    return {row["id"]: row["code"] for row in rows}


async def ordered_lines(order: str) -> list[OrderedLine]:
    """In the order of the stocks' ids, in which they are claimed."""
    rows = await in_use().query(
        'SELECT pl.id, f."group" AS group_id, pl.grams, pl.satang_per_kg, r.id AS reservation,'
        " r.stock, pl.satang, pl.bundle FROM preorder_line pl"
        " JOIN offer f ON f.id = pl.offer JOIN reservation r ON r.line = pl.id"
        ' WHERE pl."order" = {} ORDER BY r.stock, pl.id',
        order,
    )
    return [OrderedLine(group=row.pop("group_id"), **row) for row in rows]


async def room_taken(orders: Collection[str]) -> list[tuple[str, int]]:
    """The place of each and its grams, as they were ordered."""
    return [
        (row["stop"], int(row["grams"]))
        for order in orders
        for row in await in_use().query(
            "SELECT o.stop, SUM(pl.grams) AS grams FROM preorder o JOIN preorder_line pl"
            ' ON pl."order" = o.id WHERE o.id = {} GROUP BY o.stop',
            order,
        )
    ]


async def handed(order: str) -> HandedOver | None:
    """What its handover came to, whatever was corrected since; None before it."""
    for one in await log.events_of(order):
        if one.event["type"] == "orders.handed_over":
            return msgspec.convert(one.event, HandedOver)
    return None


async def unharvested(order: str) -> int:
    """Lines of it of which there is no lot yet."""
    [row] = await in_use().query(
        "SELECT COUNT(*) AS lines FROM preorder_line pl JOIN offer f ON f.id = pl.offer"
        ' WHERE pl."order" = {} AND pl.grams > 0 AND f.lot IS NULL',
        order,
    )
    return int(row["lines"])


class Touched(msgspec.Struct, frozen=True):
    """An order that would not be filled if less came."""

    order: str
    code: str
    grams: int


async def touched(stock: str, grams: int) -> list[Touched]:
    """If only so many grams came: the last that were placed, as far as they reach beyond."""
    rows = await in_use().query(
        "SELECT o.id AS order_id, o.code, r.grams FROM reservation r"
        ' JOIN preorder_line pl ON pl.id = r.line JOIN preorder o ON o.id = pl."order"'
        " WHERE r.stock = {} AND r.state IN ('held', 'confirmed') ORDER BY o.placed_at, o.id, r.id",
        stock,
    )
    found, left = [], grams
    for row in rows:
        left -= row["grams"]
        if left < 0:
            found.append(Touched(row["order_id"], row["code"], row["grams"]))
    return found


async def own(id: str, buyer: str) -> OrderView:
    """NoSuchOrder, for another's too."""
    where = f"{ORDER} WHERE o.id = {{}} AND o.buyer = {{}}"
    return await _view(_one(await in_use().query(where, id, buyer)))


async def guests(id: str, key_hash: str) -> OrderView:
    """By the secret in a guest's link (its SHA-256): NoSuchOrder with a wrong one."""
    where = f"{ORDER} WHERE o.id = {{}} AND o.guest_key_hash = {{}}"
    return await _view(_one(await in_use().query(where, id, key_hash)))


async def merchants(id: str, merchant: str) -> OrderView:
    where = f"{ORDER} WHERE o.id = {{}} AND o.merchant = {{}}"
    return await _view(_one(await in_use().query(where, id, merchant)))


async def by_code(typed: str, merchant: str) -> OrderView:
    """At the stall: the order's code as it is typed or scanned, or a neighbour's that was not taken
    back; another merchant's is NoSuchOrder."""
    code, where = codes.read(typed), f"{ORDER} WHERE {CODED} AND o.merchant = {{}}"
    return await _view(_one(await in_use().query(where, code, code, merchant)))


async def _view(order: StoredOrder) -> OrderView:
    rows = await in_use().query(LINES, order.id)
    return OrderView(order, [OrderLineView(group=row.pop("group_id"), **row) for row in rows])


async def orders_of(buyer: str) -> list[StoredOrder]:
    """The newest first."""
    rows = await in_use().query(
        f"{ORDER} WHERE o.buyer = {{}} ORDER BY o.placed_at DESC, o.id DESC", buyer
    )
    return [StoredOrder(**row) for row in rows]


async def orders_in(cycle: str) -> list[StoredOrder]:
    """All of a cycle, whatever became of them, by code."""
    rows = await in_use().query(f"{ORDER} WHERE o.cycle = {{}} ORDER BY o.code", cycle)
    return [StoredOrder(**row) for row in rows]


async def to_hand_over(cycle: str) -> list[StoredOrder]:
    """Paid, or to be paid at the stall, and not yet fetched; by code."""
    where = f"{ORDER} WHERE o.cycle = {{}} AND o.state = 'confirmed' ORDER BY o.code"
    return [StoredOrder(**row) for row in await in_use().query(where, cycle)]


async def unfetched(merchant: str, at: datetime, most: int) -> list[StoredOrder]:
    """Paid, or to be paid at the stall, and their hours are over; the oldest first."""
    rows = await in_use().query(
        f"{ORDER} WHERE o.merchant = {{}} AND o.state = 'confirmed' AND s.pickup_until <= {{}}"
        " ORDER BY s.pickup_until, o.code LIMIT {}",
        merchant, at, most,
    )  # fmt: skip
    return [StoredOrder(**row) for row in rows]


async def harvest_list(cycle: str) -> list[HarvestLine]:
    """Per lot, the grams of confirmed orders; one statement whatever the number of orders."""
    rows = await in_use().query(
        "SELECT f.\"group\" AS group_id, f.farmer, COALESCE(l.id, '') AS lot,"
        " COALESCE(l.code, '') AS lot_code, l.harvested_on, e.ready_on, p.id AS product, p.name_th,"
        " p.name_en, s.orders, s.grams, s.pieces FROM"
        " (SELECT pl.offer, COUNT(*) AS orders, CAST(SUM(pl.grams) AS BIGINT) AS grams,"
        " CAST(SUM(pl.pieces) AS BIGINT) AS pieces FROM preorder_line pl"
        " JOIN preorder o ON o.id = pl.\"order\" WHERE o.cycle = {} AND o.state = 'confirmed'"
        " AND pl.grams > 0 GROUP BY pl.offer) s"
        " JOIN offer f ON f.id = s.offer LEFT JOIN lot l ON l.id = f.lot"
        " JOIN stock k ON k.id = f.stock LEFT JOIN forecast e ON e.id = k.source"
        " JOIN product p ON p.id = f.product ORDER BY f.farmer, p.name_th, l.code",
        cycle,
    )
    return [_to_harvest(row) for row in rows]


def _to_harvest(row: Row) -> HarvestLine:
    ready_on, cut_on = row.pop("ready_on"), row.pop("harvested_on")
    return HarvestLine(group=row.pop("group_id"), harvested_on=cut_on or ready_on, **row)


async def to_bring(farmer: str, at: datetime) -> list[BringLine]:
    """By round, the next to be fetched first."""
    rows = await in_use().query(
        "SELECT c.id AS cycle, f.id AS offer, f.\"group\" AS group_id, s.pickup_from,"
        " c.closes_at, w.name_th AS place_th, w.name_en AS place_en, p.name_th, p.name_en,"
        " COUNT(*) AS orders, CAST(SUM(pl.grams) AS BIGINT) AS grams,"
        " CAST(SUM(pl.pieces) AS BIGINT) AS pieces"
        " FROM offer f JOIN cycle c ON c.id = f.cycle JOIN product p ON p.id = f.product"
        " JOIN preorder_line pl ON pl.offer = f.id AND pl.grams > 0"
        " JOIN preorder o ON o.id = pl.\"order\" AND o.state = 'confirmed'"
        " JOIN cycle_place s ON s.id = o.stop JOIN place w ON w.id = s.place"
        " WHERE f.farmer = {} AND s.pickup_until >= {} GROUP BY c.id, s.id, s.pickup_from,"
        " c.closes_at, w.name_th, w.name_en, p.name_th, p.name_en, f.id, f.\"group\""
        " ORDER BY s.pickup_from, c.id, s.id, p.name_th, f.id",
        farmer, at,
    )  # fmt: skip
    return [BringLine(group=row.pop("group_id"), **row) for row in rows]


RESERVED = (
    "SELECT s.id, s.held_grams, s.sold_grams, COALESCE(r.held, 0) AS held,"
    " COALESCE(r.sold, 0) + COALESCE(w.sold, 0) AS sold FROM stock s LEFT JOIN (SELECT stock,"
    " SUM(CASE WHEN state = 'held' THEN grams ELSE 0 END) AS held,"
    " SUM(CASE WHEN state IN ('confirmed', 'collected') THEN grams ELSE 0 END) AS sold"
    " FROM reservation GROUP BY stock) r ON r.stock = s.id LEFT JOIN (SELECT stock,"
    " SUM(sold_grams) AS sold FROM lease GROUP BY stock) w ON w.stock = s.id"
    " WHERE s.held_grams <> COALESCE(r.held, 0)"
    " OR s.sold_grams <> COALESCE(r.sold, 0) + COALESCE(w.sold, 0)"
)
"""Sold is what orders have, and what was sold or given away from a truck."""
ROOM = (
    "SELECT p.id, p.capacity_orders, p.capacity_grams, p.closed_at, r.orders, r.grams,"
    " r.orders_max, r.grams_max, r.closed, COALESCE(s.orders, 0) AS ordered,"
    " COALESCE(s.grams, 0) AS ordered_grams FROM cycle_place p LEFT JOIN cycle_room r"
    " ON r.stop = p.id LEFT JOIN (SELECT o.stop, COUNT(DISTINCT o.id) AS orders,"
    ' SUM(pl.grams) AS grams FROM preorder o JOIN preorder_line pl ON pl."order" = o.id'
    " WHERE o.state IN ('held', 'confirmed', 'handed_over') GROUP BY o.stop) s ON s.stop = p.id"
)
STATES = {
    "held": "held",
    "confirmed": "confirmed",
    "handed_over": "collected",
    "expired": "expired",
    "cancelled": "cancelled",
}
"""What the reservations of an order in this state are."""


async def reservation_faults() -> list[Fault]:
    """Held and sold grams that no reservation stands for, and reservations unlike their order."""
    faults = [
        ("stock", row["id"], f"{bucket}_grams", f"reserved are {row[bucket]} g")
        for row in await in_use().query(RESERVED)
        for bucket in ("held", "sold")
        if row[f"{bucket}_grams"] != row[bucket]
    ]
    rows = await in_use().query(
        "SELECT r.id, r.state, o.state AS of FROM reservation r JOIN preorder_line pl"
        ' ON pl.id = r.line JOIN preorder o ON o.id = pl."order"'
    )
    faults += await room_faults()
    return faults + [
        ("reservation", row["id"], "state", f"its order is {row['of']}")
        for row in rows
        if STATES.get(row["of"]) != row["state"]
    ]


async def room_faults() -> list[Fault]:
    """Places whose room is not what their orders take of it, or whose limits are not told alike."""
    faults = list[Fault]()
    for row in await in_use().query(ROOM):
        told = (
            ("orders", row["orders"], row["ordered"]),
            ("grams", row["grams"], row["ordered_grams"]),
            ("orders_max", row["orders_max"], row["capacity_orders"]),
            ("grams_max", row["grams_max"], row["capacity_grams"]),
            ("closed", bool(row["closed"]), row["closed_at"] is not None),
        )
        faults += [
            ("cycle_room", row["id"], column, f"is {is_}, should be {should}")
            for column, is_, should in told
            if is_ != should
        ]
    return faults
