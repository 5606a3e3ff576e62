"""A receipt for what was handed over and paid, with the next number of the book."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.log import Entry
from certification.basis.transaction import run, transaction
from market.domain.orders import queries as orders
from market.domain.receipts import queries, rules
from market.domain.receipts.tables import Receipt


async def follow(entry: Entry, *, at: datetime) -> None:
    """What a reader of the log does with an entry; one that comes twice changes nothing."""
    if entry.event["type"] == "orders.handed_over":
        await run(issue, entry.subject, on=datetime.fromisoformat(entry.at), at=at)


async def issue(order: str, *, at: datetime, on: datetime | None = None, by: str = "clock") -> None:
    """Once for an order, dated `on` the handover; none where nothing was paid."""
    async with transaction():
        if await queries.issued(order):
            return
        found = await orders.stored(order)
        discount = await _discount(order)
        final = found.final_satang or 0
        if not (satang := rules.paid(final, discount)):
            return
        dated = on or at
        id, year = new_id(), rules.year_of(dated)
        number = await _next(found.merchant, year)
        await insert(
            Receipt(
                id=id, merchant=found.merchant, year=year, number=number, order=order,
                satang=satang, discount_satang=final - satang, at=dated,
            )
        )  # fmt: skip
        event = rules.ReceiptIssued(id, order, year, number)
        log.append(event, (Receipt, id), subject=order, by=by, at=at)


async def _next(merchant: str, year: int) -> int:
    """The row is held until the receipt stands: a number that nobody used is given again."""
    [row] = await in_use().query(
        "INSERT INTO receipt_book (id, merchant, year, number) VALUES ({}, {}, {}, 1)"
        " ON CONFLICT (merchant, year) DO UPDATE SET number = receipt_book.number + 1"
        " RETURNING number",
        new_id(), merchant, year,
    )  # fmt: skip
    return int(row["number"])


async def _discount(order: str) -> int:
    rows = await in_use().query(
        "SELECT discount_satang FROM payment_request WHERE \"order\" = {} AND state = 'paid'", order
    )
    return int(rows[0]["discount_satang"]) if rows else 0
