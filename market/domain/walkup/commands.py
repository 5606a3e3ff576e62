"""Grams are taken along, sold, given away and brought back; each claims the lease's row first."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from market.domain.floors import queries as floors
from market.domain.ledger import commands as ledger
from market.domain.lineage import queries as lineage
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.rules import LeaseDeed
from market.domain.walkup import queries, rules
from market.domain.walkup.rules import CameBack, Goods, Sell, Sold, Took, Voided
from market.domain.walkup.tables import Lease, Sale, SaleLine, SaleVoid

CLAIM = (
    "UPDATE lease SET left_grams = left_grams - {}, sold_grams = sold_grams + {}"
    " WHERE id = {} AND left_grams >= {} RETURNING id"
)


async def take(
    holder: str, goods: Goods, grams: int, *, by: str, at: datetime, told_later: bool = False
) -> Took:
    """From what anybody may order into the truck's own; more of the same lot joins it.

    Refused: `lots.sold_out` with the grams left, `LeasedOtherwise`.
    """
    rules.ensure_goods(goods)
    async with transaction():
        if not told_later:
            await _ensure_not_below(goods, at)
        [row] = await in_use().query(
            'INSERT INTO lease (id, holder, stock, lot, product, cycle, "group", farmer,'
            " satang_per_kg, pack, pack_grams, pack_satang, taken_grams, left_grams, sold_grams,"
            ' "by", at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 0, {}, {})'
            " ON CONFLICT (holder, stock) DO UPDATE SET"
            " taken_grams = lease.taken_grams + excluded.taken_grams,"
            " left_grams = lease.left_grams + excluded.left_grams"
            " RETURNING id, cycle, satang_per_kg",
            *(new_id(), holder, goods.stock, goods.lot, goods.product, goods.cycle, goods.group),
            *(goods.farmer, goods.satang_per_kg, goods.pack, goods.pack_grams, goods.pack_satang),
            *(grams, grams, by, at),
        )
        if row["satang_per_kg"] != goods.satang_per_kg or row["cycle"] != goods.cycle:
            raise rules.LeasedOtherwise(satang_per_kg=row["satang_per_kg"])
        id = str(row["id"])
        await lots.pour_leased(
            goods.stock, "lease", grams, subject=id, by=by, at=at, told_later=told_later
        )
        took = Took(id, holder, goods.lot, grams)
        log.append(took, (Lease, id), subject=id, by=by, at=at)
    return took


async def _ensure_not_below(goods: Goods, at: datetime) -> None:
    """Each grower's minimum, by the kilo and in bags. What was sold on paper is told as it was."""
    growers = {goods.farmer} if goods.farmer else await lineage.farmers_of(goods.lot)
    crop = (await lots_seen.lot(goods.lot)).crop
    await floors.ensure_not_below(rules.least_per_kg(goods), growers, crop, local_day(at))


async def sell(
    sale: Sell, *, late: bool = False, told_later: bool = False, by: str, at: datetime
) -> Sold:
    """Of two sellers at the same moment one takes the last grams; the same id is the same sale.

    Refused: `NotSoMuchAboard`, `NotSoldSo`, `lots.recalled`, `ledger.not_enough` for credit. What
    is `told_later`, typed from paper, is gone whatever was recalled since.
    """
    do = partial(_sell, sale, late=late, told_later=told_later or late, by=by, at=at)
    return await asked.once(sale.id, "walkup.sell", sale, do, Sold, by=by, at=at)


async def _sell(sale: Sell, *, late: bool, told_later: bool, by: str, at: datetime) -> Sold:
    lines = rules.priced(sale.lines, await queries.leased(sale.holder))
    moved = rules.sale_postings(sale, lines)
    sold = Sold(
        sale.id, sale.merchant, sale.holder, sale.rail,
        sum(line.satang for line in lines), sum(line.grams for line in lines),
    )  # fmt: skip
    for line in lines:
        await _claim(line.lease.id, line.grams, sold=True)
        await lots.pour_leased(
            line.lease.stock, "sell", line.grams, subject=line.lease.id, by=by, at=at,
            told_later=told_later,
        )  # fmt: skip
    await insert(
        Sale(
            id=sale.id, merchant=sale.merchant, holder=sale.holder, place=sale.place,
            rail=sale.rail, buyer=sale.buyer, satang=sold.satang, late=late, by=by, at=at,
        )
    )  # fmt: skip
    rows = [
        SaleLine(
            id=new_id(), sale=sale.id, lease=line.lease.id, unit=line.unit, packs=line.count,
            grams=line.grams, satang=line.satang, satang_per_kg=line.satang_per_kg,
        )
        for line in lines
    ]  # fmt: skip
    await insert(*rows)
    await ledger.post(sale.id, "walkup_sale", sale.id, moved, by=by, at=at)
    leases = [(Lease, id) for id in dict.fromkeys(line.lease.id for line in lines)]
    lines_told = [(SaleLine, str(row.id)) for row in rows]
    log.append(sold, (Sale, sale.id), *lines_told, *leases, subject=sale.id, by=by, at=at)
    return sold


async def void(id: str, sale: str, merchant: str, *, by: str, at: datetime) -> Voided:
    """Answered by its opposite, once: grams on the truck, money back where it came from."""
    async with transaction():
        known = await queries.sale(sale)
        if known.merchant != merchant:
            raise rules.NoSuchSale()
        voided = Voided(id, sale, known.satang)
        if not await in_use().query(
            'INSERT INTO walkup_void (id, sale, "by", at) VALUES ({}, {}, {}, {})'
            " ON CONFLICT DO NOTHING RETURNING id",
            id, sale, by, at,
        ):  # fmt: skip
            if await queries.void_of(sale) != id:
                raise rules.AlreadyVoid()
            return voided
        for line in known.lines:
            await in_use().query(
                "UPDATE lease SET left_grams = left_grams + {}, sold_grams = sold_grams - {}"
                " WHERE id = {}",
                line.grams, line.grams, line.lease,
            )  # fmt: skip
            await lots.pour_leased(
                line.stock, "unsell", line.grams, subject=line.lease, by=by, at=at
            )
        await ledger.reverse(id, sale, by=by, at=at)
        leases = [(Lease, lease) for lease in dict.fromkeys(line.lease for line in known.lines)]
        log.append(voided, (SaleVoid, id), *leases, subject=sale, by=by, at=at)
    return voided


async def bring_back(
    lease: str, *, returned: int = 0, wasted: int = 0, given: int = 0, by: str, at: datetime
) -> CameBack:
    """To be ordered again, thrown away, or given for nothing. Refused: `NotSoMuchAboard`."""
    async with transaction():
        [stock] = await in_use().query("SELECT stock FROM lease WHERE id = {}", lease)
        if returned + wasted:
            await _claim(lease, returned + wasted, sold=False)
        if given:
            await _claim(lease, given, sold=True)
        poured: dict[LeaseDeed, int] = {"return": returned, "waste": wasted, "sell": given}
        for deed, grams in poured.items():
            if grams:
                await lots.pour_leased(stock["stock"], deed, grams, subject=lease, by=by, at=at)
        back = CameBack(lease, returned, wasted, given)
        log.append(back, (Lease, lease), subject=lease, by=by, at=at)
    return back


async def _claim(lease: str, grams: int, *, sold: bool) -> None:
    """The check and the change are one statement."""
    if not await in_use().query(CLAIM, grams, grams if sold else 0, lease, grams):
        [row] = await in_use().query(
            "SELECT l.left_grams, o.code FROM lease l JOIN lot o ON o.id = l.lot WHERE l.id = {}",
            lease,
        )
        raise rules.NotSoMuchAboard(grams_left=row["left_grams"], code=row["code"])
