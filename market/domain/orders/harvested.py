"""What was ordered before the harvest is ordered of its lots once they are there."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import Row, in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.forecasts import commands as forecasts
from market.domain.forecasts import queries as forecasts_seen
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.queries import Buckets
from market.domain.offers import ahead, queries
from market.domain.offers.queries import Offer
from market.domain.offers.rules import price
from market.domain.orders.commands import Told
from market.domain.orders.dealing import Cut, Part, Waiting, dealt
from market.domain.orders.rules import Bound
from market.domain.orders.tables import OrderLine, Reservation

RESERVED = (
    "SELECT r.id, r.line, r.grams, r.state, r.expires_at, f.piece_grams_max, pl.satang_per_kg,"
    " pl.satang, pl.least_grams FROM reservation r JOIN preorder_line pl ON pl.id = r.line"
    ' JOIN preorder o ON o.id = pl."order" JOIN offer f ON f.id = pl.offer'
    " WHERE r.stock = {} AND r.state IN ('held', 'confirmed') ORDER BY o.code, r.id"
)
"""As they are packed."""
WAITED = (
    "SELECT DISTINCT s.source FROM preorder_line pl JOIN offer f ON f.id = pl.offer JOIN stock s"
    " ON s.id = f.stock JOIN forecast_delivery d ON d.forecast = s.source"
    ' WHERE pl."order" = {} AND f.lot IS NULL ORDER BY s.source'
)
SPLIT_OFF = (
    'INSERT INTO preorder_line (id, "order", offer, grams, pieces, satang_per_kg, satang, if_short,'
    ' instead, bundle, bundles) SELECT {}, "order", {}, {}, {}, satang_per_kg, {}, if_short,'
    " instead, bundle, bundles FROM preorder_line WHERE id = {} RETURNING id"
)
KEEP = (
    "UPDATE preorder_line SET offer = {}, grams = {}, pieces = {}, satang = {}, least_grams = {}"
    " WHERE id = {}"
)


async def delivered(lot: str, *, by: str, at: datetime) -> bool:
    """The promise it keeps is found, and what is ordered of it moves to its lots. True where it
    did: not where less came than is ordered, which is for the allocation to share out."""
    async with transaction():
        told = await forecasts.deliver(lot, by=by, at=at)
        return told is not None and await bind(told.forecast, by=by, at=at)


async def freed(order: str, *, by: str, at: datetime) -> None:
    """Less is ordered than before: what came may be enough now for what waits beside it."""
    async with transaction():
        for row in await in_use().query(WAITED, order):
            await bind(row["source"], by=by, at=at)


async def bind(forecast: str, *, by: str, at: datetime) -> bool:
    """All that is ordered of a forecast moves to the lots that came of it or nothing does; a line
    that one lot does not hold becomes two. The rest of each lot that is touched can be ordered from
    then on."""
    async with transaction():
        known = await forecasts_seen.forecast(forecast)
        offer = await queries.of_stock(known.stock)
        if offer is None or offer.lot:
            return False
        came = await _came(forecast, known.stock, offer)
        rows = await in_use().query(RESERVED, known.stock) if came else []
        cuts = [Cut(stock.source, stock.available_grams) for stock in came]
        parts = dealt(_waiting(rows), cuts, offer.step_grams) if came else None
        if parts is None:
            return False
        await _bind(offer, known.stock, came, rows, parts, by=by, at=at)
        if less := (await lots_seen.stock(known.stock)).capacity_grams:
            await lots.weigh_again(known.stock, -less, subject=forecast, by=by, at=at)
    return True


async def _came(forecast: str, promised: str, offer: Offer) -> list[Buckets]:
    """The stocks of its lots, in the order in which they were cut; each is held until the deed
    ends. None where the promise is stopped; without those that are recalled, or have an offer of
    their own in the round."""
    stocks = [await lots_seen.stock_of(lot) for lot in await forecasts_seen.delivered(forecast)]
    free = {id: await lots.is_free(id) for id in sorted([promised, *(one.id for one in stocks)])}
    if not free[promised]:
        return []
    return [
        await lots_seen.stock(one.id)
        for one in stocks
        if free[one.id] and not await queries.is_offered(offer.cycle, one.id)
    ]


def _waiting(rows: list[Row]) -> list[Waiting]:
    return [Waiting(row["line"], row["grams"], row["piece_grams_max"] or 1) for row in rows]


async def _bind(
    offer: Offer, promised: str, came: list[Buckets], rows: list[Row], parts: list[Part], *,
    by: str, at: datetime,
) -> None:  # fmt: skip
    """The promise's own offer becomes one of the first lot; each further lot has one beside it."""
    used = [stock for stock in came if any(part.lot == stock.source for part in parts)]
    offers = dict[str, str]()
    for stock in used or came[-1:]:
        if offers:
            offers[stock.source] = await ahead.beside(
                offer.id, stock.source, stock.id, by=by, at=at
            )
        else:
            await ahead.harvested(offer.id, stock.source, stock.id, by=by, at=at)
            offers[stock.source] = offer.id
    moved = {lot: list[Told]() for lot in offers}
    stocks = {stock.source: stock.id for stock in came}
    for row in rows:
        satang = row["satang"]
        own = [part for part in parts if part.line == row["line"]]
        if own:
            await _leave(row, promised, by=by, at=at)
        for part in own:
            costs = satang if part is own[-1] else price(part.grams, row["satang_per_kg"])
            satang -= costs
            place = _keep if part is own[0] else _split_off
            ids = await place(row, part, offers[part.lot], stocks[part.lot], costs)
            await _take(row, ids[1], stocks[part.lot], part.grams, by=by, at=at)
            moved[part.lot] += [(OrderLine, ids[0]), (Reservation, ids[1])]
    for lot, of in offers.items():
        own = [part for part in parts if part.lot == lot]
        told = Bound(of, lot, len(own), sum(part.grams for part in own))
        log.append(told, *moved[lot], subject=of, by=by, at=at)


async def _leave(row: Row, stock: str, *, by: str, at: datetime) -> None:
    give = lots.release if row["state"] == "held" else lots.unsell
    await give(stock, row["grams"], subject=row["id"], by=by, at=at)


async def _take(
    row: Row, reservation: str, stock: str, grams: int, *, by: str, at: datetime
) -> None:
    take = lots.hold if row["state"] == "held" else lots.take_directly
    await take(stock, grams, subject=reservation, by=by, at=at)


async def _keep(row: Row, part: Part, offer: str, stock: str, satang: int) -> tuple[str, str]:
    least = row["least_grams"] and min(row["least_grams"], part.grams)
    pieces = _pieces(row, part)
    await in_use().query(KEEP, offer, part.grams, pieces, satang, least, row["line"])
    await in_use().query(
        "UPDATE reservation SET stock = {}, grams = {} WHERE id = {}", stock, part.grams, row["id"]
    )
    return row["line"], row["id"]


async def _split_off(row: Row, part: Part, offer: str, stock: str, satang: int) -> tuple[str, str]:
    line = following(row["line"], part.lot)
    reservation = following(line, "reserved")
    pieces = _pieces(row, part)
    await in_use().query(SPLIT_OFF, line, offer, part.grams, pieces, satang, row["line"])
    await insert(
        Reservation(
            id=reservation, line=line, stock=stock, grams=part.grams, state=row["state"],
            expires_at=row["expires_at"],
        )
    )  # fmt: skip
    return line, reservation


def _pieces(row: Row, part: Part) -> int | None:
    return part.grams // row["piece_grams_max"] if row["piece_grams_max"] else None
