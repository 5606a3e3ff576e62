"""Harvests become lots; their grams are poured from bucket to bucket and never out of nothing."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import transaction
from market.domain.lots import rules
from market.domain.lots.tables import Stock, StockMove

BUCKETS = ("available", "held", "leased", "sold", "waste")
POUR = {
    (source, target): (
        f"UPDATE stock SET {source}_grams = {source}_grams - {{}},"  # noqa: S608  (two of BUCKETS)
        f" {target}_grams = {target}_grams + {{}}"
        f" WHERE id = {{}} AND {source}_grams >= {{}} RETURNING id"
    )
    for source in BUCKETS
    for target in BUCKETS
    if source != target
}


async def hold(stock: str, grams: int, *, subject: str, by: str, at: datetime) -> rules.Poured:
    """Set aside for an order that is not yet paid; `SoldOut` tells what is left."""
    return await _pour(stock, ("available", "held"), grams, subject, by=by, at=at)


async def release(stock: str, grams: int, *, subject: str, by: str, at: datetime) -> rules.Poured:
    """An unpaid order expired or was cancelled."""
    return await _pour(stock, ("held", "available"), grams, subject, by=by, at=at)


async def sell(stock: str, grams: int, *, subject: str, by: str, at: datetime) -> rules.Poured:
    """The order that held them is paid."""
    return await _pour(stock, ("held", "sold"), grams, subject, by=by, at=at)


async def take_directly(
    stock: str, grams: int, *, subject: str, by: str, at: datetime
) -> rules.Poured:
    """Sold without a hold: cash at pick-up, credit, or money that came late."""
    return await _pour(stock, ("available", "sold"), grams, subject, by=by, at=at)


async def take_if_left(stock: str, grams: int, *, subject: str, by: str, at: datetime) -> bool:
    """As `take_directly`, but False where it would refuse: the deed around it goes on without."""
    poured = rules.Poured(stock, "available", "sold", grams, subject)
    async with transaction():
        if not await in_use().query(POUR["available", "sold"], grams, grams, stock, grams):
            return False
        await _tell(poured, by=by, at=at)
    return True


async def unsell(stock: str, grams: int, *, subject: str, by: str, at: datetime) -> rules.Poured:
    """Cancelled, or weighed lighter at handover."""
    return await _pour(stock, ("sold", "available"), grams, subject, by=by, at=at)


async def waste(stock: str, grams: int, *, subject: str, by: str, at: datetime) -> rules.Poured:
    """Spoilt, eaten or given away."""
    return await _pour(stock, ("available", "waste"), grams, subject, by=by, at=at)


async def open_stock(
    id: str, kind: str, source: str, grams: int, *, by: str, at: datetime
) -> rules.Poured:
    """All of it available. `kind`: lot, forecast; `source`: the lot's or the planting's id."""
    if grams <= 0:
        raise rules.NoGrams(field="grams")
    row = Stock(
        id=id, kind=kind, source=source, capacity_grams=grams, available_grams=grams,
        held_grams=0, leased_grams=0, sold_grams=0, waste_grams=0,
    )  # fmt: skip
    async with transaction():
        await Stock.insert(row)
        poured = rules.Poured(id, "harvest", "available", grams, source)
        return await _tell(poured, by=by, at=at)


async def _pour(
    stock: str, way: tuple[str, str], grams: int, subject: str, *, by: str, at: datetime
) -> rules.Poured:
    """The check and the change are one statement: two buyers never both take the last grams."""
    if grams <= 0:
        raise rules.NoGrams(field="grams")
    async with transaction():
        if not await in_use().query(POUR[way], grams, grams, stock, grams):
            await _refuse(stock, way[0], grams)
        return await _tell(rules.Poured(stock, *way, grams, subject), by=by, at=at)


async def _refuse(stock: str, source: str, grams: int) -> None:
    row = await Stock.select().where(Stock.id == stock).first()
    if row is None:
        raise rules.NoStock(stock=stock)
    if source == "available":
        raise rules.SoldOut(stock=stock, grams_left=row["available_grams"])
    raise rules.NotSoMuchThere(stock=stock, grams=grams, grams_there=row[f"{source}_grams"])


async def _tell(poured: rules.Poured, *, by: str, at: datetime) -> rules.Poured:
    move = StockMove(
        id=new_id(), stock=poured.stock, source=poured.source, target=poured.target,
        grams=poured.grams, subject=poured.subject, by=by, at=at,
    )  # fmt: skip
    await StockMove.insert(move)
    rows = (Stock, poured.stock), (StockMove, move.id)
    log.append(poured, *rows, subject=poured.stock, by=by, at=at)
    return poured
