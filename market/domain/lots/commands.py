"""Harvests become lots; their grams are poured from bucket to bucket and never out of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from certification.basis import codes, log
from certification.basis.asked import once
from certification.basis.database import Row, in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.plots import queries as plots
from market.domain.lots import queries, refusals, rules
from market.domain.lots.earning import earned, held_for, papers_beside
from market.domain.lots.rules import Claimed, HarvestLot, LotHarvested
from market.domain.lots.tables import Lot, LotAlso, Stock, StockMove
from market.domain.lots.uncertified import check_certified

BUCKETS = ("available", "held", "leased", "sold", "waste", "used")
POUR = {
    (source, target): (
        f"UPDATE stock SET {source}_grams = {source}_grams - {{}},"  # noqa: S608  (two of BUCKETS)
        f" {target}_grams = {target}_grams + {{}}"
        f" WHERE id = {{}} AND {source}_grams >= {{}}"
        f"{' AND frozen = 0' if (source, target) in rules.MOVES_ON else ''} RETURNING id"
    )
    for source in BUCKETS
    for target in BUCKETS
    if source != target
}

TOLD_LATER = {way: POUR[way].replace(" AND frozen = 0", "") for way in rules.MOVES_ON}
"""Of goods that were gone before anybody here heard of it."""


async def harvest(id: str, data: HarvestLot, *, by: str, at: datetime) -> LotHarvested:
    """A lot of whoever farmed the plot that day; the event tells its claim, and why no higher.

    What no certificate covered that day is refused, unless it is said to be plain.

    The same id and words again are answered as before.
    """

    async def do() -> LotHarvested:
        return await _harvest(id, data, by=by, at=at)

    async with transaction():
        return await once(id, "lots.harvest", data, do, LotHarvested, by=by, at=at)


async def harvest_if_likely(id: str, data: HarvestLot, *, by: str, at: datetime) -> LotHarvested:
    """For a number that a hand typed: nothing is written when the land can hardly have given it."""
    async with transaction():
        made = await harvest(id, data, by=by, at=at)
        planted = await plots.planting(data.planting) if data.planting else None
        rules.check_likely(made, planted.expected_grams if planted else None, await held_for(data))
    return made


async def pour_each(
    deed: rules.OrderDeed, parts: Sequence[rules.Portion], *, by: str, at: datetime
) -> None:
    """Of all lines of an order, in the order in which they are given; refused as each by itself."""
    way = rules.ORDER_WAYS[deed]
    async with transaction():
        for part in parts:
            await _take(part.stock, way, part.grams)
        poured = [rules.Poured(one.stock, *way, one.grams, one.subject) for one in parts]
        await _tell(*poured, by=by, at=at)


async def ensure_left(parts: Sequence[rules.Portion]) -> None:
    """As each would be refused now; whoever takes them asks again."""
    for part in parts:
        row = await Stock.select().where(Stock.id == part.stock).first()
        if row is None or row["frozen"] or row["available_grams"] < part.grams:
            await _say_no(row, part.stock, "available", part.grams)


async def sell_if_free(parts: Sequence[rules.Portion], *, by: str, at: datetime) -> bool:
    """What an order held is sold, of all its lines or, where one was recalled, of none: False."""
    async with transaction():
        for number, part in enumerate(parts):
            if await in_use().query(
                POUR["held", "sold"], part.grams, part.grams, part.stock, part.grams
            ):
                continue
            if await is_free(part.stock):
                await _refuse(part.stock, "held", part.grams)
            for back in parts[:number]:
                await _take(back.stock, ("sold", "held"), back.grams)
            return False
        poured = [rules.Poured(one.stock, "held", "sold", one.grams, one.subject) for one in parts]
        await _tell(*poured, by=by, at=at)
    return True


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


async def use(stock: str, grams: int, *, subject: str, by: str, at: datetime) -> rules.Poured:
    """Into another lot: nothing that is held, leased or sold."""
    return await _pour(stock, ("available", "used"), grams, subject, by=by, at=at)


async def spoil(data: rules.Spoil, *, by: str, at: datetime) -> rules.Poured:
    """Only what nobody has ordered; an order that cannot be given is called off."""
    stock = await queries.stock_of(data.lot)
    return await waste(stock.id, data.grams, subject=data.id, by=by, at=at)


async def pour_leased(
    stock: str, deed: rules.LeaseDeed, grams: int, *, subject: str, by: str, at: datetime,
    told_later: bool = False,
) -> rules.Poured:  # fmt: skip
    """Taken along on a truck, and what became of it there. `told_later`: typed from paper, so that
    a recall in between does not undo what was done."""
    way = rules.LEASE_WAYS[deed]
    return await _pour(stock, way, grams, subject, by=by, at=at, told_later=told_later)


async def weigh_again(
    stock: str, more: int, *, subject: str, by: str, at: datetime
) -> rules.Poured:
    """So many grams more, or less, were harvested; less only of what is available."""
    way = ("harvest", "available") if more > 0 else ("available", "harvest")
    async with transaction():
        done = await in_use().query(
            "UPDATE stock SET capacity_grams = capacity_grams + {},"
            " available_grams = available_grams + {} WHERE id = {} AND available_grams + {} >= 0"
            " RETURNING id",
            more, more, stock, more,
        )  # fmt: skip
        if not done:
            await _refuse(stock, "available", -more)
        poured = rules.Poured(stock, *way, abs(more), subject)
        await _tell(poured, by=by, at=at)
    return poured


async def claim(lot: str) -> None:
    """Held until the deed ends: who splits, mixes, corrects or freezes it waits."""
    await in_use().query(
        "UPDATE stock SET capacity_grams = capacity_grams WHERE source = {} RETURNING id", lot
    )


async def ensure_free(stock: str) -> None:
    """Not recalled; held until the deed ends, so that a recall at the same moment comes before it
    and stops it, or after it and lists what it did."""
    if not await is_free(stock):
        await _refuse(stock, "", 0)


async def is_free(stock: str) -> bool:
    return bool(
        await in_use().query(
            "UPDATE stock SET capacity_grams = capacity_grams WHERE id = {} AND frozen = 0"
            " RETURNING id",
            stock,
        )
    )


async def stop(lot: str, *, by: str, at: datetime) -> None:
    """Nothing of it is ordered, sold, loaded or used; what is reserved stays reserved."""
    await _freeze(lot, 1, rules.Stopped, by=by, at=at)


async def resume(lot: str, *, by: str, at: datetime) -> None:
    """One recall less lies on it."""
    await _freeze(lot, -1, rules.Resumed, by=by, at=at)


async def _freeze(
    lot: str, more: int, event: type[rules.Stopped | rules.Resumed], *, by: str, at: datetime
) -> None:
    async with transaction():
        [row] = await in_use().query(
            "UPDATE stock SET frozen = frozen + {} WHERE source = {} RETURNING id, frozen",
            more, lot,
        )  # fmt: skip
        told = event(row["id"], row["frozen"])
        log.append(told, (Stock, row["id"]), subject=lot, by=by, at=at)


async def open_stock(
    id: str, kind: str, source: str, grams: int, *, by: str, at: datetime
) -> rules.Poured:
    """All of it available. `kind`: lot, forecast; `source`: the lot's or the forecast's id."""
    if grams <= 0:
        raise refusals.NoGrams(field="grams")
    row = Stock(
        id=id, kind=kind, source=source, capacity_grams=grams, available_grams=grams,
        held_grams=0, leased_grams=0, sold_grams=0, waste_grams=0, used_grams=0, frozen=0,
    )  # fmt: skip
    async with transaction():
        await insert(row)
        poured = rules.Poured(id, "harvest", "available", grams, source)
        await _tell(poured, by=by, at=at)
    return poured


async def _pour(
    stock: str, way: tuple[str, str], grams: int, subject: str, *, by: str, at: datetime,
    told_later: bool = False,
) -> rules.Poured:  # fmt: skip
    poured = rules.Poured(stock, *way, grams, subject)
    async with transaction():
        await _take(stock, way, grams, told_later=told_later)
        await _tell(poured, by=by, at=at)
    return poured


async def _take(stock: str, way: tuple[str, str], grams: int, *, told_later: bool = False) -> None:
    """The check and the change are one statement: two buyers never both take the last grams."""
    if grams <= 0:
        raise refusals.NoGrams(field="grams")
    pour = TOLD_LATER[way] if told_later else POUR[way]
    if not await in_use().query(pour, grams, grams, stock, grams):
        await _refuse(stock, way[0], grams)


async def _refuse(stock: str, source: str, grams: int) -> None:
    await _say_no(await Stock.select().where(Stock.id == stock).first(), stock, source, grams)


async def _say_no(row: Row | None, stock: str, source: str, grams: int) -> None:
    if row is None:
        raise refusals.NoStock(stock=stock)
    if row["frozen"] and row["kind"] == "lot":
        raise refusals.LotRecalled(lot=(await queries.lot(row["source"])).code)
    if source == "available":
        raise refusals.SoldOut(stock=stock, grams_left=row["available_grams"])
    raise refusals.NotSoMuchThere(stock=stock, grams=grams, grams_there=row[f"{source}_grams"])


async def _tell(*poured: rules.Poured, by: str, at: datetime) -> None:
    moves = [
        StockMove(
            id=new_id(), stock=one.stock, source=one.source, target=one.target,
            grams=one.grams, subject=one.subject, by=by, at=at,
        )
        for one in poured
    ]  # fmt: skip
    if moves:
        await insert(*moves)
    for one, move in zip(poured, moves, strict=True):
        rows = (Stock, one.stock), (StockMove, move.id)
        log.append(one, *rows, subject=one.stock, by=by, at=at)


async def _harvest(id: str, data: HarvestLot, *, by: str, at: datetime) -> LotHarvested:
    rules.check_harvest(data, local_day(at))
    plot = await plots.plot(data.plot)
    farmer = await _farmer(data, plot.group, by=by, at=at)
    claimed, beside = await earned(data, plot.group, farmer, at=at)
    check_certified(data, claimed, await papers_beside(data, claimed))
    return await _write(id, data, (plot.group, farmer), claimed, beside, by=by, at=at)


async def _farmer(data: HarvestLot, group: str, *, by: str, at: datetime) -> str:
    holder = await plots.holder(data.plot, data.harvested_on)
    same = by != holder and await groups.belongs(by, group, at)
    return rules.farmer(holder, data.on_behalf_of, by=by, same_group=same, plot=data.plot)


async def _write(
    id: str,
    data: HarvestLot,
    whose: tuple[str, str],
    claimed: Claimed,
    beside: str,
    *,
    by: str,
    at: datetime,
) -> LotHarvested:
    group, farmer = whose
    code = await _code(id, data, at=at)
    await insert(
        Lot(
            id=id, code=code, group=group, plot=data.plot, farmer=farmer, crop=data.crop,
            planting=data.planting, harvested_on=data.harvested_on, grams=data.grams,
            claim=claimed.claim, because=claimed.because, scheme=claimed.scheme,
            certificate=claimed.certificate, beside=beside or None, by=by, at=at,
        )
    )  # fmt: skip
    also = [LotAlso(id=new_id(), lot=id, certificate=other) for other in claimed.also]
    if also:
        await insert(*also)
    event = LotHarvested(
        id, code, data.plot, data.crop, data.harvested_on.isoformat(), data.grams,
        claimed.claim, claimed.because, new_id(), claimed.ceiling_grams or 0, beside,
    )  # fmt: skip
    rows = (Lot, id), *((LotAlso, row.id) for row in also)
    log.append(event, *rows, subject=id, by=by, at=at)
    await open_stock(event.stock, "lot", id, data.grams, by=by, at=at)
    return event


async def _code(id: str, data: HarvestLot, *, at: datetime) -> str:
    """The one the device has already written on the crate, or a fresh one."""
    if data.code is None:
        return await codes.issue("lot", id, at=at)
    code = codes.read(data.code)
    await codes.bind(code, "lot", id, at=at)
    return code
