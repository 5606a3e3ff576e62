"""Who has it: every order, truck, stop, crate and pile of some lots, read in a few statements.

Each reads by an index (stock.source, reservation.stock, lease.lot, walkup_line.lease, lot_input.lot
and .deed, crate_content.lot), so that it costs what was sold of these lots and not what was ever
sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from certification.basis.database import in_use
from market.domain.recalls.balance import (
    Aboard,
    Crated,
    Found,
    GoneIn,
    LotSeen,
    OrderSeen,
    SoldHere,
)

AMONG = {
    "sqlite": "IN (SELECT value FROM json_each({}))",
    "postgres": "IN (SELECT json_array_elements_text(CAST({} AS json)))",
}
LOTS = (
    "SELECT l.id AS lot, l.code, l.crop, l.harvested_on, l.grams, l.deed,"
    " s.available_grams AS available, s.held_grams AS held, s.leased_grams AS leased,"
    " s.sold_grams AS sold, s.waste_grams AS waste, s.used_grams AS used"
    " FROM lot l JOIN stock s ON s.source = l.id WHERE l.id <among> ORDER BY l.harvested_on, l.code"
)
ORDERS = (
    'SELECT o.id AS "order", o.code, s.source AS lot, r.state, o.buyer, o.merchant, r.grams,'
    " COALESCE(pl.actual_satang, pl.satang) AS satang, w.id AS place, w.name_th, w.name_en,"
    " c.pickup_from FROM stock s JOIN reservation r ON r.stock = s.id"
    ' JOIN preorder_line pl ON pl.id = r.line JOIN preorder o ON o.id = pl."order"'
    ' JOIN cycle_place c ON c.id = o.stop LEFT JOIN truck_handover h ON h."order" = o.id'
    " JOIN place w ON w.id = COALESCE(h.place, c.place)"
    " WHERE s.source <among> AND r.state IN ('held', 'confirmed', 'collected') AND r.grams > 0"
    " ORDER BY c.pickup_from, o.code, pl.id"
)
ABOARD = (
    'SELECT e.id AS lease, e.lot, e.holder AS truck, t.name, y."on", e.left_grams AS "left",'
    " e.sold_grams AS sold FROM lease e LEFT JOIN day_truck d ON d.id = e.holder"
    " LEFT JOIN truck t ON t.id = d.truck LEFT JOIN truck_day y ON y.id = d.day"
    ' WHERE e.lot <among> ORDER BY y."on", e.id'
)
SOLD = (
    "SELECT w.lease, e.lot, s.place, p.name_th, p.name_en, COUNT(DISTINCT s.id) AS sales,"
    " CAST(SUM(w.grams) AS BIGINT) AS grams, MAX(s.at) AS last_at"
    " FROM lease e JOIN walkup_line w ON w.lease = e.id JOIN walkup_sale s ON s.id = w.sale"
    " LEFT JOIN walkup_void v ON v.sale = s.id LEFT JOIN place p ON p.id = s.place"
    " WHERE e.lot <among> AND v.id IS NULL"
    " GROUP BY w.lease, e.lot, s.place, p.name_th, p.name_en ORDER BY last_at, w.lease"
)
GONE_IN = (
    "SELECT a.deed, a.lot, a.grams FROM lot_input a WHERE a.deed IN"
    " (SELECT i.deed FROM lot_input i WHERE i.lot <among>) ORDER BY a.deed, a.lot"
)
CRATES = (
    "SELECT x.lot, k.code AS crate, x.grams, p.name_th, p.name_en FROM crate_content x"
    " JOIN crate k ON k.id = x.crate LEFT JOIN place p ON p.id = k.place"
    " WHERE x.lot <among> AND x.out_at IS NULL ORDER BY k.code, x.lot"
)

T = TypeVar("T")


async def found(lots: Sequence[str]) -> Found:
    asked = msgspec.json.encode(lots).decode()
    return Found(
        await _read(LOTS, asked, LotSeen),
        await _read(ORDERS, asked, OrderSeen),
        await _read(ABOARD, asked, Aboard),
        await _read(SOLD, asked, SoldHere),
        await _read(GONE_IN, asked, GoneIn),
        await _read(CRATES, asked, Crated),
    )


async def _read(statement: str, asked: str, of: type[T]) -> tuple[T, ...]:
    """Columns are named as the Struct's fields."""
    rows = await in_use().query(among(statement), asked)
    return tuple(msgspec.convert(rows, list[of], strict=False))  # type: ignore[valid-type]


def among(statement: str) -> str:
    """`<among>`: one of the ids of a JSON list, which is one value."""
    return statement.replace("<among>", AMONG[in_use().engine_type])
