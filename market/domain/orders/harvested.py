"""What was ordered before the harvest is ordered of the lot once that is there."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from market.domain.forecasts import commands as forecasts
from market.domain.forecasts import queries as forecasts_seen
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.offers import ahead, queries
from market.domain.orders.rules import Bound
from market.domain.orders.tables import Reservation

RESERVED = (
    "SELECT id, grams, state FROM reservation WHERE stock = {} AND state IN ('held', 'confirmed')"
    " ORDER BY id"
)


async def delivered(lot: str, *, by: str, at: datetime) -> bool:
    """The promise it keeps is found, and what is ordered of it moves to the lot. True where it did:
    not where less came than is ordered, which is for the allocation to share out."""
    async with transaction():
        told = await forecasts.deliver(lot, by=by, at=at)
        return told is not None and await bind(told.forecast, lot, by=by, at=at)


async def bind(forecast: str, lot: str, *, by: str, at: datetime) -> bool:
    """All that is ordered of a forecast moves to the lot's stock or nothing does; the rest of the
    lot can be ordered from then on."""
    async with transaction():
        known, cut = await forecasts_seen.forecast(forecast), await lots_seen.lot(lot)
        for stock in sorted((known.stock, cut.stock)):
            if not await lots.is_free(stock):
                return False
        offer = await queries.of_stock(known.stock)
        if offer is None or offer.lot or await queries.is_offered(offer.cycle, cut.stock):
            return False
        rows = await in_use().query(RESERVED, known.stock)
        reserved = sum(row["grams"] for row in rows)
        if reserved > (await lots_seen.stock(cut.stock)).available_grams:
            return False
        for row in rows:
            await _move(row, known.stock, cut.stock, by=by, at=at)
        if less := (await lots_seen.stock(known.stock)).capacity_grams:
            await lots.weigh_again(known.stock, -less, subject=forecast, by=by, at=at)
        await ahead.harvested(offer.id, lot, cut.stock, by=by, at=at)
        told = Bound(offer.id, lot, len(rows), reserved)
        moved = [(Reservation, str(row["id"])) for row in rows]
        log.append(told, *moved, subject=offer.id, by=by, at=at)
    return True


async def _move(row: dict[str, object], old: str, new: str, *, by: str, at: datetime) -> None:
    id, grams = str(row["id"]), int(str(row["grams"]))
    held = row["state"] == "held"
    give, take = (lots.release, lots.hold) if held else (lots.unsell, lots.take_directly)
    await give(old, grams, subject=id, by=by, at=at)
    await take(new, grams, subject=id, by=by, at=at)
    await in_use().query("UPDATE reservation SET stock = {} WHERE id = {}", new, id)
