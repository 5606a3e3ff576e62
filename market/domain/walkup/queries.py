"""What a truck still has to sell, what it sold, and whether the books say the same."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.walkup.rules import Leased, NoSuchSale


class Aboard(Leased, frozen=True):
    """A lease as the seller sees it."""

    lot_code: str
    claim: str
    crop: str
    name_th: str
    name_en: str
    product: str
    farmer: str | None
    taken_grams: int
    sold_grams: int


class LineView(msgspec.Struct, frozen=True):
    lease: str
    stock: str
    lot: str
    lot_code: str
    product: str
    name_th: str
    name_en: str
    unit: str
    packs: int
    grams: int
    satang: int


class SaleView(msgspec.Struct, frozen=True):
    id: str
    merchant: str
    holder: str
    place: str | None
    rail: str
    buyer: str | None
    satang: int
    late: bool
    by: str
    at: datetime
    void: bool
    lines: list[LineView]


LEASE = (
    'SELECT l.id, l.stock, l.lot, l.cycle, l."group" AS group_id, l.satang_per_kg, l.pack,'
    " l.pack_grams, l.pack_satang, l.left_grams"
)
ABOARD = (
    f"{LEASE}, o.code AS lot_code, o.claim, o.crop, p.name_th, p.name_en, l.product, l.farmer,"
    " l.taken_grams, l.sold_grams FROM lease l JOIN lot o ON o.id = l.lot"
    " JOIN product p ON p.id = l.product WHERE l.holder = {} ORDER BY p.name_th, o.code"
)
SALE = (
    "SELECT s.id, s.merchant, s.holder, s.place, s.rail, s.buyer, s.satang, s.late, s.by, s.at,"
    " v.id AS void FROM walkup_sale s LEFT JOIN walkup_void v ON v.sale = s.id"
)
LINES = (
    "SELECT w.sale, w.lease, l.stock, l.lot, o.code AS lot_code, l.product, p.name_th, p.name_en,"
    " w.unit, w.packs, w.grams, w.satang FROM walkup_line w JOIN lease l ON l.id = w.lease"
    " JOIN lot o ON o.id = l.lot JOIN product p ON p.id = l.product"
)


async def leased(holder: str) -> dict[str, Leased]:
    rows = await in_use().query(f"{LEASE} FROM lease l WHERE l.holder = {{}}", holder)
    return {row["id"]: Leased(group=row.pop("group_id"), **row) for row in rows}


async def aboard(holder: str) -> list[Aboard]:
    """What is sold out too."""
    rows = await in_use().query(ABOARD, holder)
    return [Aboard(group=row.pop("group_id"), **row) for row in rows]


async def sale(id: str) -> SaleView:
    """NoSuchSale."""
    rows = await in_use().query(f"{SALE} WHERE s.id = {{}}", id)
    if not rows:
        raise NoSuchSale()
    lines = await in_use().query(f"{LINES} WHERE w.sale = {{}} ORDER BY l.stock, w.unit", id)
    return _sale(rows[0], lines)


async def sales(holder: str) -> list[SaleView]:
    """The oldest first, those that were undone too."""
    rows = await in_use().query(f"{SALE} WHERE s.holder = {{}} ORDER BY s.at, s.id", holder)
    lines = await in_use().query(
        f"{LINES} JOIN walkup_sale s ON s.id = w.sale WHERE s.holder = {{}}"
        " ORDER BY l.stock, w.unit",
        holder,
    )
    return [_sale(row, lines) for row in rows]


def _sale(row: dict[str, object], lines: list[dict[str, object]]) -> SaleView:
    of = [
        msgspec.convert({k: v for k, v in line.items() if k != "sale"}, LineView)
        for line in lines
        if line["sale"] == row["id"]
    ]
    flags = {"void": row["void"] is not None, "late": bool(row["late"])}
    return msgspec.convert({**row, **flags, "lines": of}, SaleView)


async def void_of(sale: str) -> str | None:
    rows = await in_use().query("SELECT id FROM walkup_void WHERE sale = {}", sale)
    return rows[0]["id"] if rows else None


FAULTS = {
    ("stock", "leased_grams", "not what the trucks have left of it"): (
        "SELECT s.id FROM stock s LEFT JOIN (SELECT stock, SUM(left_grams) AS left_grams FROM lease"
        " GROUP BY stock) l ON l.stock = s.id WHERE s.leased_grams <> COALESCE(l.left_grams, 0)"
    ),
    ("lease", "sold_grams", "less than was sold of it"): (
        "SELECT l.id FROM lease l JOIN (SELECT w.lease, SUM(w.grams) AS grams FROM walkup_line w"
        " WHERE NOT EXISTS (SELECT 1 FROM walkup_void v WHERE v.sale = w.sale) GROUP BY w.lease) s"
        " ON s.lease = l.id WHERE s.grams > l.sold_grams"
    ),
}
MONEY_FAULTS = {
    ("walkup_sale", "satang", "not the sum of its lines"): (
        "SELECT s.id FROM walkup_sale s LEFT JOIN (SELECT sale, SUM(satang) AS satang"
        " FROM walkup_line GROUP BY sale) w ON w.sale = s.id"
        " WHERE s.satang <> COALESCE(w.satang, 0)"
    ),
    ("walkup_sale", "satang", "not what its entry in the ledger moved"): (
        "SELECT s.id FROM walkup_sale s LEFT JOIN (SELECT entry, SUM(satang) AS satang"
        " FROM ledger_transfer GROUP BY entry) t ON t.entry = s.id"
        " WHERE s.satang <> COALESCE(t.satang, 0)"
    ),
    ("walkup_void", "", "without its opposite in the ledger"): (
        "SELECT v.id FROM walkup_void v LEFT JOIN ledger_entry e ON e.id = v.id"
        " AND e.reverses = v.sale WHERE e.id IS NULL"
    ),
}
Fault = tuple[str, str, str, str]
"""Table, row, column (empty for the whole row) and what is wrong."""


async def lease_faults() -> list[Fault]:
    return await _found(FAULTS)


async def sale_faults() -> list[Fault]:
    return await _found(MONEY_FAULTS)


async def _found(faults: dict[tuple[str, str, str], str]) -> list[Fault]:
    return [
        (table, str(row["id"]), column, why)
        for (table, column, why), statement in faults.items()
        for row in await in_use().query(statement)
    ]
