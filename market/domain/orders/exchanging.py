"""While a bundle is packed: a good that is not there gives way to another that its part allows.

The price of the bundle stays, so what the buyer pays does too; the part's money goes to the grower
of what is given.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked, log
from certification.basis.database import Row, in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.refusal import Refusal
from market.domain.bundles import commands as bundles
from market.domain.bundles import queries as parts
from market.domain.bundles.rules import Fitting
from market.domain.lots import commands as lots
from market.domain.offers import room
from market.domain.orders import queries, refusals, rules
from market.domain.orders.commands import Told
from market.domain.orders.less import CLAIM
from market.domain.orders.queries import StoredOrder
from market.domain.orders.tables import Order, OrderLine, Reservation

LINE = (
    "SELECT pl.id, pl.grams, pl.satang, pl.pieces, pl.bundle, pl.bundles, f.product, p.name_th,"
    " p.name_en, r.id AS reservation, r.stock FROM preorder_line pl JOIN reservation r"
    " ON r.line = pl.id JOIN offer f ON f.id = pl.offer JOIN product p ON p.id = f.product"
    ' WHERE pl."order" = {} AND pl.bundle IS NOT NULL AND pl.grams > 0 ORDER BY pl.id'
)


class NotInPlace(Refusal):
    """No other good that this part of the bundle allows, or it is gone meanwhile."""

    code = "orders.not_in_place"


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    order: str
    merchant: str
    line: str
    offer: str
    """Given instead of all of the line."""


class Exchanged(msgspec.Struct, frozen=True, tag="orders.exchanged"):
    order: str
    line: str
    grams: int
    from_th: str
    from_en: str
    name_th: str
    name_en: str


async def instead(order: StoredOrder) -> dict[str, list[Fitting]]:
    """By line of a bundle, what its part allows and what is there enough of."""
    if order.state != "confirmed":
        return {}
    return {row["id"]: await _fitting(order, row) for row in await in_use().query(LINE, order.id)}


async def _fitting(order: StoredOrder, line: Row) -> list[Fitting]:
    return await parts.in_place_of(
        line["bundle"], order.cycle, line["product"], line["grams"] // line["bundles"],
        (line["pieces"] or 0) // line["bundles"], line["bundles"],
    )  # fmt: skip


async def exchange(wanted: Exchange, *, by: str, at: datetime) -> Exchanged:
    """The same id again is answered as before, a no too at the doors. `lots.SoldOut`,
    BelowMinimum, NotInPlace."""
    do = partial(_exchange, wanted, by=by, at=at)
    return await asked.once(wanted.id, "orders.exchange", wanted, do, Exchanged, by=by, at=at)


async def _exchange(wanted: Exchange, *, by: str, at: datetime) -> Exchanged:
    order = await queries.stored(wanted.order)
    if order.merchant != wanted.merchant:
        raise refusals.NoSuchOrder
    if not await in_use().query(CLAIM, order.id):
        rules.ensure_can_hand_over((await queries.stored(order.id)).state)
    rows = await in_use().query(LINE, order.id)
    line = next((row for row in rows if row["id"] == wanted.line), None)
    fits = await _fitting(order, line) if line else []
    new = next((one for one in fits if one.offer == wanted.offer), None)
    if line is None or new is None:
        raise NotInPlace
    await bundles.ensure_not_below(new.at(line["satang"]), at)
    told = await _replace(order, line, new, following(wanted.id, "line"), by=by, at=at)
    event = Exchanged(
        order.id, line["id"], new.grams, line["name_th"], line["name_en"], new.name_th, new.name_en
    )
    log.append(event, (Order, order.id), *told, subject=order.id, by=by, at=at)
    return event


async def _replace(
    order: StoredOrder, old: Row, new: Fitting, id: str, *, by: str, at: datetime
) -> list[Told]:
    """The old line stays as nothing and says what came in its place."""
    reserved = following(id, "reserved")
    give = (old["stock"], lots.unsell, old["grams"], old["reservation"])
    take = (new.stock, lots.take_directly, new.grams, reserved)
    for stock, pour, grams, subject in sorted((give, take), key=lambda one: one[0]):
        await pour(stock, grams, subject=subject, by=by, at=at)
    await in_use().query(
        "UPDATE preorder_line SET grams = 0, satang = 0, packed_grams = NULL, pieces = CASE WHEN"
        " pieces IS NULL THEN NULL ELSE 0 END, if_short = 'substitute', instead = {}"
        " WHERE id = {}",
        new.offer, old["id"],
    )  # fmt: skip
    await in_use().query("UPDATE reservation SET grams = 0 WHERE id = {}", old["reservation"])
    await insert(OrderLine(
        id=id, order=order.id, offer=new.offer, grams=new.grams, pieces=new.pieces,
        satang_per_kg=new.at(old["satang"]).satang_per_kg, satang=old["satang"], if_short="less",
        bundle=old["bundle"], bundles=old["bundles"],
    ))  # fmt: skip
    await insert(Reservation(
        id=reserved, line=id, stock=new.stock, grams=new.grams, state="confirmed", expires_at=None,
    ))  # fmt: skip
    await room.lighten(order.stop, old["grams"] - new.grams)
    return [
        (OrderLine, old["id"]), (Reservation, old["reservation"]), (OrderLine, id),
        (Reservation, reserved),
    ]  # fmt: skip
