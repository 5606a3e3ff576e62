"""What came is shared out: previewed first, then done at once to goods, stock and money.

seen = (await queries.preview(offer, grams)).seen
await share_out(ShareOut(id, offer, grams, seen), by=, at=)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import Row
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.offers import commands as offers
from market.domain.orders import harvested, less
from market.domain.orders import queries as orders
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import Added, Lessened
from market.domain.shortage import queries, refusals, rules
from market.domain.shortage.queries import Short
from market.domain.shortage.rules import Case, ServeFirst, Share, SharedOut, ShareOut, TellShort
from market.domain.shortage.tables import ServedFirst, Shortage, ShortageShare, ShortageTold


async def tell(asked: TellShort, *, by: str, at: datetime) -> rules.ShortTold:
    """So much comes; nothing is shared before somebody has looked at how."""
    do = partial(_tell, asked, by=by, at=at)
    return await deeds.once(asked.id, "shortage.tell", asked, do, rules.ShortTold, by=by, at=at)


async def _tell(asked: TellShort, *, by: str, at: datetime) -> rules.ShortTold:
    rules.ensure_grams(asked.grams, rules.GRAMS_MAX)
    async with transaction():
        await queries.short(asked.offer)
        row = ShortageTold(id=asked.id, offer=asked.offer, grams=asked.grams, by=by, at=at)
        await insert(row)
        told = rules.ShortTold(asked.id, asked.offer, asked.grams)
        log.append(told, (ShortageTold, asked.id), subject=asked.offer, by=by, at=at)
    return told


async def share_out(asked: ShareOut, *, by: str, at: datetime) -> SharedOut:
    """As the preview showed it, once. Stale where anything it followed from has changed since."""
    do = partial(_share_out, asked, by=by, at=at)
    return await deeds.once(asked.id, "shortage.share_out", asked, do, SharedOut, by=by, at=at)


async def _share_out(asked: ShareOut, *, by: str, at: datetime) -> SharedOut:
    async with transaction():
        cycle = (await queries.short(asked.offer)).cycle
        await offers.claim(cycle)
        await less.claim_waiting(asked.offer)
        of = await queries.short(asked.offer)
        case, rows = await queries.case(of, asked.grams)
        rules.ensure_short(case, of.held_orders)
        if rules.seen(case) != asked.seen:
            raise refusals.Stale()
        shares = rules.allocate(case)
        credited = await _lessen(asked.id, case, shares, rows, by=by, at=at)
        given = sum(share.grams for share in shares)
        await _write_off(of, asked.grams - given, subject=asked.id, by=by, at=at)
        told = SharedOut(
            asked.id, of.offer, of.shared_by, asked.grams, case.ordered_grams, given, credited,
            sorted({row["order_id"] for row in rows if _cut(row, shares)}),
        )  # fmt: skip
        await _keep(told, of, case, shares, rows, by=by, at=at)
    return told


def _cut(row: Row, shares: Sequence[Share]) -> bool:
    return any(share.line == row["line"] and share.grams < row["grams"] for share in shares)


async def _lessen(
    id: str, case: Case, shares: Sequence[Share], rows: Sequence[Row], *, by: str, at: datetime
) -> int:
    """Order by order, in the order of their ids."""
    others = {other.offer: other for other in case.others}
    by_order = dict[str, list[Lessened]]()
    for row in sorted(rows, key=lambda row: (row["order_id"], row["line"])):
        share = next(one for one in shares if one.line == row["line"])
        if share.grams == row["grams"]:
            continue
        added = None
        if share.instead_grams:
            other = others[row["instead"]]
            new = following(id, row["line"])
            added = Added(new, other.offer, other.stock, share.instead_grams, other.satang_per_kg)
        by_order.setdefault(row["order_id"], []).append(Lessened(row["line"], share.grams, added))
    done = [await less.lessen(order, cut, by=by, at=at) for order, cut in by_order.items()]
    return sum(one.credited_satang for one in done)


async def _write_off(of: Short, over: int, *, subject: str, by: str, at: datetime) -> None:
    """What did not come is nobody's; `over` is there and too little for a step of anybody. Orders
    of an expected harvest that was cut already move to its lot."""
    stock = await lots_seen.stock(of.stock)
    missing = stock.available_grams - over
    if stock.kind != "forecast":
        if missing > 0:
            await lots.waste(of.stock, missing, subject=subject, by=by, at=at)
        return
    if missing > 0:  # it was never there
        await lots.weigh_again(of.stock, -missing, subject=subject, by=by, at=at)
    await harvested.bind(stock.source, by=by, at=at)


async def _keep(
    told: SharedOut, of: Short, case: Case, shares: Sequence[Share], rows: Sequence[Row], *,
    by: str, at: datetime,
) -> None:  # fmt: skip
    by_line = {row["line"]: row for row in rows}
    await insert(
        Shortage(
            id=told.shortage, offer=of.offer, cycle=of.cycle, merchant=of.merchant,
            shared_by=of.shared_by, there_grams=told.there_grams,
            ordered_grams=told.ordered_grams, given_grams=told.given_grams,
            credited_satang=told.credited_satang, case_json=rules.said(case).decode(), by=by,
            at=at,
        )
    )  # fmt: skip
    kept = [
        ShortageShare(
            id=following(told.shortage, f"share {share.line}"), shortage=told.shortage,
            order=by_line[share.line]["order_id"], line=share.line,
            ordered_grams=by_line[share.line]["grams"], given_grams=share.grams,
            because=share.because,
            instead=by_line[share.line]["instead"] if share.instead_grams else None,
            instead_grams=share.instead_grams,
        )
        for share in shares
    ]  # fmt: skip
    await insert(*kept)
    told_rows = [(Shortage, told.shortage), *((ShortageShare, str(row.id)) for row in kept)]
    log.append(told, *told_rows, subject=of.offer, by=by, at=at)


async def serve_first(asked: ServeFirst, *, by: str, at: datetime) -> rules.ServedFirst:
    """Whoever ordered that; it counts from the next sharing on."""
    do = partial(_serve_first, asked, by=by, at=at)
    return await deeds.once(
        asked.id, "shortage.serve_first", asked, do, rules.ServedFirst, by=by, at=at
    )


async def _serve_first(asked: ServeFirst, *, by: str, at: datetime) -> rules.ServedFirst:
    async with transaction():
        try:
            order = (await orders.by_code(asked.order, asked.merchant)).order
        except NoSuchOrder:
            raise refusals.NotInThisRound() from None
        row = ServedFirst(
            id=asked.id, merchant=asked.merchant, buyer=order.buyer, kind=asked.kind, by=by, at=at
        )
        await insert(row)
        served = rules.ServedFirst(asked.id, asked.merchant, asked.kind or "")
        log.append(served, (ServedFirst, asked.id), subject=asked.merchant, by=by, at=at)
    return served
