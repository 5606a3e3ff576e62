"""A placed order changed by its buyer until the round closes: grams, stock and money to the last.

Less of what was paid is credit at once. More is taken from the credit where that is enough, or paid
at the pick-up where the buyer says so; else it is another order, with a payment of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import transaction
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit, discount, held, postings
from market.domain.lots import commands as lots
from market.domain.offers import queries as offers
from market.domain.offers import room
from market.domain.offers.rules import Terms, price
from market.domain.orders import deposits, queries, refusals, rules
from market.domain.orders.commands import Told
from market.domain.orders.queries import StoredOrder
from market.domain.orders.rules import CASH, DEPOSIT, OrderedLine, Weighed, agreed
from market.domain.orders.tables import Order, OrderLine, Reservation


class TooLateToChange(Refusal):
    """After closing the farmer harvests for this order."""

    code = "orders.too_late_to_change"


class PayFirst(Refusal):
    """Its exact amount was asked for and may be on its way."""

    code = "orders.pay_first"


class AtLeastAStep(Refusal):
    """Less than nothing; or of nothing at all, which is cancelling."""

    code = "orders.at_least_a_step"


class MoreToPay(Refusal):
    """The credit is not enough for what must be paid now: it is paid at the pick-up, as far as the
    round lets it, or it is another order."""

    code = "orders.more_to_pay"


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    order: str
    lines: tuple[Weighed, ...]
    """Those that change, with the grams that shall be theirs; nothing, where another remains."""
    later: bool = False
    """What is added is paid at the pick-up; now only what the round's deposit asks of all of it."""


class OrderChanged(msgspec.Struct, frozen=True, tag="orders.changed"):
    order: str
    satang: int
    credited_satang: int
    spent_satang: int


async def change(wanted: Change, *, by: str, at: datetime) -> OrderChanged:
    """The same id again is answered as before. Refused: too late, not paid yet, no multiple of the
    step, `lots.sold_out`, more than the credit pays."""
    do = partial(_change, wanted, by=by, at=at)
    return await asked.once(wanted.id, "orders.change", wanted, do, OrderChanged, by=by, at=at)


async def _change(wanted: Change, *, by: str, at: datetime) -> OrderChanged:
    order = await queries.stored(wanted.order)
    if order.buyer != by:
        raise refusals.NoSuchOrder
    _ensure_can_change(order, at)
    if not await _claim(order):
        raise refusals.AlreadyPaid  # something befell it at this moment: asked again, it is seen
    lines = await queries.ordered_lines(order.id)
    grams = await _grams(order, lines, wanted)
    total = sum(agreed(line, grams[line.id]) for line in lines)
    if total <= 0:
        raise refusals.NothingToPay
    rows = [
        row
        for line in lines
        if line.grams != grams[line.id]
        for row in await _move(line, grams[line.id], by=by, at=at)
    ]
    await room.more(order.stop, sum(grams[line.id] - line.grams for line in lines))
    ahead = _ahead(order, total, later=wanted.later)
    credited, spent = await _settle(order, ahead, by=by, at=at)
    rail = deposits.rail(order.rail, ahead, total)
    await in_use().query(
        "UPDATE preorder SET total_satang = {}, rail = {}, deposit_satang = {} WHERE id = {}",
        total, rail, ahead if rail == DEPOSIT else None, order.id,
    )  # fmt: skip
    changed = OrderChanged(order.id, total, credited, spent)
    log.append(changed, (Order, order.id), *rows, subject=order.id, by=by, at=at)
    return changed


def _ensure_can_change(order: StoredOrder, at: datetime) -> None:
    rules.ensure_open_state(order.state)
    if at >= order.closes_at:
        raise TooLateToChange(closed_at=order.closes_at.isoformat())
    if order.state == "held":
        raise PayFirst


async def _claim(order: StoredOrder) -> bool:
    """Of two changes, or a change and a cancelling, at once only one goes on from what it read."""
    return bool(
        await in_use().query(
            "UPDATE preorder SET total_satang = total_satang WHERE id = {} AND state = {}"
            " AND total_satang = {} RETURNING id",
            order.id, order.state, order.total_satang,
        )
    )  # fmt: skip


async def _grams(order: StoredOrder, lines: list[OrderedLine], wanted: Change) -> Mapping[str, int]:
    """By line, as they shall be."""
    grams = {line.id: line.grams for line in lines}
    asked_ = {line.line: line.grams for line in wanted.lines}
    if not asked_.keys() <= grams.keys() or len(asked_) != len(wanted.lines):
        raise refusals.NoSuchOrder
    view = await queries.own(order.id, order.buyer)
    offer = {line.id: line.offer for line in view.lines}
    terms = await offers.terms([offer[line] for line in asked_])
    if any(one.bundle and asked_.get(one.id, one.grams) != one.grams for one in lines):
        raise refusals.PartOfBundle
    for line, new in asked_.items():
        if new != grams[line]:
            _ensure_fits(terms[offer[line]], new, grams[line])
    if not any((grams | asked_).values()):
        raise AtLeastAStep
    return grams | asked_


def _ensure_fits(of: Terms, new: int, had: int) -> None:
    if new < 0:
        raise AtLeastAStep
    if new % of.step_grams:
        raise refusals.NotAStep(offer=of.id, step_grams=of.step_grams)
    if new > had and of.withdrawn_at is not None:
        raise refusals.OfferWithdrawn(offer=of.id)


async def _move(line: OrderedLine, grams: int, *, by: str, at: datetime) -> list[Told]:
    more = grams - line.grams
    if more > 0:
        await lots.take_directly(line.stock, more, subject=line.reservation, by=by, at=at)
    else:
        await lots.unsell(line.stock, -more, subject=line.reservation, by=by, at=at)
    await in_use().query(
        "UPDATE preorder_line SET grams = {}, satang = {}, pieces = CASE WHEN pieces IS NULL"
        " THEN NULL ELSE {} / (SELECT o.piece_grams_max FROM offer o"
        " WHERE o.id = preorder_line.offer) END"
        " WHERE id = {}",
        grams, price(grams, line.satang_per_kg), grams, line.id,
    )  # fmt: skip
    await in_use().query("UPDATE reservation SET grams = {} WHERE id = {}", grams, line.reservation)
    return [(OrderLine, line.id), (Reservation, line.reservation)]


async def _settle(order: StoredOrder, ahead: int, *, by: str, at: datetime) -> tuple[int, int]:
    """Satang that became credit, satang of credit that were spent, so that `ahead` is paid."""
    more = ahead - order.ahead_satang
    if not more:
        return 0, 0
    kept, mine = held(order.merchant, order.id), credit(order.merchant, order.buyer)
    if more > 0:
        if await balance(mine) < more:
            raise MoreToPay(satang=more)
        moved = postings((mine, kept, more))
        await ledger.post(new_id(), "credit_spent", order.id, moved, by=by, at=at)
        return 0, more
    given = await balance(discount(order.merchant, order.id))
    back, less = rules.given_back(order.ahead_satang, given, ahead)
    moved = postings((kept, mine, back), (kept, discount(order.merchant, order.id), less))
    await ledger.post(new_id(), "order_changed", order.id, moved, by=by, at=at)
    return back, 0


def _ahead(order: StoredOrder, total: int, *, later: bool) -> int:
    """What of the new total is paid before the pick-up: of a deposit it stays, as far as there is
    something to be paid; what is added has its own."""
    if later and total > order.total_satang and order.rail != CASH:
        return deposits.least(order.ahead_satang, total, order.deposit_percent)
    if order.rail != DEPOSIT:
        return deposits.ahead(order.rail, total, None)
    if total <= order.total_satang:
        return min(order.ahead_satang, total)
    was = order.total_satang, total, order.deposit_percent
    return order.ahead_satang + deposits.added(order.ahead_satang, *was)


async def hold_until(order: str, until: datetime, *, by: str, at: datetime) -> None:
    """An order that nobody was there to place waits longer for its money than the round says."""
    async with transaction():
        rows = await in_use().query(
            "UPDATE preorder SET expires_at = {} WHERE id = {} AND state = 'held'"
            " AND expires_at < {} RETURNING id",
            until, order, until,
        )  # fmt: skip
        if not rows:
            return
        kept = await in_use().query(
            "UPDATE reservation SET expires_at = {} WHERE state = 'held' AND line IN"
            ' (SELECT id FROM preorder_line WHERE "order" = {}) RETURNING id',
            until, order,
        )  # fmt: skip
        told = [(Reservation, row["id"]) for row in kept]
        held_ = OrderHeld(order, until.isoformat())
        log.append(held_, (Order, order), *told, subject=order, by=by, at=at)


class OrderHeld(msgspec.Struct, frozen=True, tag="orders.held_longer"):
    order: str
    until: str
