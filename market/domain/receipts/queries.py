"""Receipts by order and by book, with the goods they are for."""

from __future__ import annotations

from certification.basis.database import Row, in_use
from market.domain.receipts.rules import Line, NoReceipt, Receipt

RECEIPT = (
    'SELECT r.id, r.merchant, r.year, r.number, r."order", o.code AS order_code, o.buyer, o.rail,'
    " r.satang, r.discount_satang, r.at, o.final_satang FROM receipt r"
    ' JOIN preorder o ON o.id = r."order"'
)
LINES = (
    "SELECT p.name_th, p.name_en, l.code AS lot_code, p.vat_class, pl.grams AS ordered_grams,"
    " pl.actual_grams AS grams, pl.satang_per_kg, pl.actual_satang AS satang, pl.pieces"
    " FROM preorder_line pl JOIN offer f ON f.id = pl.offer JOIN lot l ON l.id = f.lot"
    " JOIN product p ON p.id = f.product"
    ' WHERE pl."order" = {} AND pl.actual_grams > 0 ORDER BY p.name_th, pl.id'
)


async def receipt(id: str) -> Receipt:
    return _one(await in_use().query(f"{RECEIPT} WHERE r.id = {{}}", id))


async def of_order(order: str) -> Receipt:
    return _one(await in_use().query(f'{RECEIPT} WHERE r."order" = {{}}', order))


def _one(rows: list[Row]) -> Receipt:
    if not rows:
        raise NoReceipt
    return Receipt(**rows[0])


async def issued(order: str) -> bool:
    return bool(await in_use().query('SELECT id FROM receipt WHERE "order" = {}', order))


async def receipts(merchant: str, most: int = 500) -> list[Receipt]:
    """The newest first."""
    rows = await in_use().query(
        f"{RECEIPT} WHERE r.merchant = {{}} ORDER BY r.year DESC, r.number DESC LIMIT {most}",
        merchant,
    )
    return [Receipt(**row) for row in rows]


async def lines(order: str) -> tuple[Line, ...]:
    return tuple(Line(**row) for row in await in_use().query(LINES, order))


async def receipt_faults() -> list[tuple[str, str, str, str]]:
    """Books whose receipts are not 1 to the last number, as (table, row, column, why)."""
    rows = await in_use().query(
        "SELECT b.id, b.number, count(r.id) AS held, coalesce(max(r.number), 0) AS last"
        " FROM receipt_book b LEFT JOIN receipt r ON r.merchant = b.merchant AND r.year = b.year"
        " GROUP BY b.id, b.number HAVING count(r.id) <> b.number"
        " OR coalesce(max(r.number), 0) <> b.number ORDER BY b.id LIMIT 20"
    )
    return [
        ("receipt_book", row["id"], "number", f"{row['number']}, and {row['held']} receipts")
        for row in rows
    ]
