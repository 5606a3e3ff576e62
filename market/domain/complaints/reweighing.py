"""A weight that was written wrong at handover, put right until the round is divided.

The books keep what was written: a counter-entry moves the difference between what farmers earned
and the buyer's credit, with its reason, and never makes anybody pay more than he has paid.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.refusal import Refusal
from certification.basis.transaction import transaction
from market.domain.complaints import queries
from market.domain.complaints.rules import WORDS_MAX, NotHandedOver, NothingSaid
from market.domain.complaints.tables import WeightCorrection
from market.domain.ledger import commands as ledger
from market.domain.ledger import queries as books
from market.domain.ledger.rules import (
    NotEnough,
    Posting,
    credit,
    discount,
    earned,
    held,
    postings,
    turned,
)
from market.domain.offers import commands as offers
from market.domain.orders import packing
from market.domain.orders import queries as orders
from market.domain.orders.queries import OrderLineView, StoredOrder
from market.domain.orders.refusals import MoreThanOrdered, NoSuchOrder, NotWeighed
from market.domain.orders.rules import CASH, DEPOSIT, OrderedLine, WeighedLine, agreed, given_back
from market.domain.settlement import queries as settlement
from market.domain.truck_day import loading
from market.domain.truck_day.refusals import DayIsClosed

KIND = "reweighed"


class AlreadyDivided(Refusal):
    """The farmers' shares of it stand; what is wrong is answered as a complaint."""

    code = "complaints.already_divided"


class TruckCounted(Refusal):
    """It was handed over from a truck whose day is closed: what was left was counted by it."""

    code = "complaints.truck_counted"


class SameWeight(Refusal):
    code = "complaints.same_weight"


class AboveWhatWasPaid(Refusal):
    """At the stall so much cash was taken, and nobody is made to owe the rest."""

    code = "complaints.above_what_was_paid"


class CreditSpent(Refusal):
    """What would be taken back is spent; nobody is made to owe."""

    code = "complaints.credit_spent"


class LessThanGiven(Refusal):
    """Complaints of this order were answered with more than it would come to."""

    code = "complaints.less_than_given"


class Reweigh(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    order: str
    merchant: str
    line: str
    grams: int
    because: str


class Reweighed(msgspec.Struct, frozen=True, tag="complaints.reweighed"):
    correction: str
    order: str
    line: str
    grams_before: int
    grams: int
    final_satang: int
    credited_satang: int
    """To the buyer's credit; below nothing where it was taken back from there."""


class Money(msgspec.Struct, frozen=True):
    """Of an order that was handed over, in satang: what the buyer paid with, and where it is."""

    paid: int
    """The most: with the discount; at the stall the cash that was taken."""
    less: int
    """Of it a discount."""
    final: int
    credited: int


class Moves(msgspec.Struct, frozen=True):
    """More than before, or less."""

    credit: int
    discount: int


def moves(money: Money, final: int) -> Moves:
    """As if it had been handed over so at once: what farmers get less of is the buyer's again."""
    if final > money.paid:
        raise AboveWhatWasPaid(most_satang=money.paid)
    to_credit, discount_back = given_back(money.paid, money.less, final)
    before = money.paid - money.final - money.credited
    return Moves(to_credit - money.credited, discount_back - before)


async def reweigh(wanted: Reweigh, *, by: str, at: datetime) -> Reweighed:
    """The same id again is answered as before. Refused: divided or its truck counted
    already, more than was ordered or paid, less than complaints gave, and spent credit."""
    body = (wanted.order, wanted.line, wanted.grams)  # the reason must not be guessed from a digest
    do = partial(_reweigh, wanted, by=by, at=at)
    return await deeds.once(wanted.id, "complaints.reweigh", body, do, Reweighed, by=by, at=at)


async def _reweigh(wanted: Reweigh, *, by: str, at: datetime) -> Reweighed:
    if not wanted.because.strip() or len(wanted.because) > WORDS_MAX:
        raise NothingSaid(field="because")
    async with transaction():
        order, line, reserved = await _claimed(wanted)
        right = WeighedLine(reserved, wanted.grams, agreed(reserved, wanted.grams))
        money = await _money(order)
        final = money.final - (line.actual_satang or 0) + right.satang
        moved = moves(money, final)
        before = line.actual_grams or 0
        rows = await packing.write_again(order.id, right, before, final, by=by, at=at)
        await _post(order, line.group, final - money.final, moved, wanted.id, by=by, at=at)
        await _ensure_not_given(order, final)
        await insert(
            WeightCorrection(
                id=wanted.id, order=order.id, line=line.id, grams_before=line.actual_grams,
                grams=wanted.grams, satang_before=line.actual_satang, satang=right.satang,
                credited_satang=moved.credit, reason=wanted.because.strip(), by=by, at=at,
                salt=secrets.token_bytes(16),
            )
        )  # fmt: skip
        done = Reweighed(wanted.id, order.id, line.id, before, wanted.grams, final, moved.credit)
        log.append(done, (WeightCorrection, wanted.id), *rows, subject=order.id, by=by, at=at)
    return done


async def _claimed(wanted: Reweigh) -> tuple[StoredOrder, OrderLineView, OrderedLine]:
    """Who divides the round, or corrects this order too, waits until it is done."""
    order = await orders.stored(wanted.order)
    if order.merchant != wanted.merchant:
        raise NoSuchOrder()
    await _claim_truck(order.id)
    await offers.claim(order.cycle)
    if not await packing.claim_handed_over(order.id):
        raise NotHandedOver()
    found = await orders.merchants(order.id, order.merchant)
    line = next((one for one in found.lines if one.id == wanted.line), None)
    if line is None:
        raise NotWeighed(lines=len(found.lines))
    if await is_divided(order.cycle, line.group):
        raise AlreadyDivided()
    if not 0 <= wanted.grams <= line.grams:
        raise MoreThanOrdered(line=line.id, grams_max=line.grams)
    if wanted.grams == line.actual_grams:
        raise SameWeight()
    lines = await orders.ordered_lines(order.id)
    return found.order, line, next(one for one in lines if one.id == line.id)


async def _claim_truck(order: str) -> None:
    """Of which it was handed over, if it was; who closes the day comes before or waits."""
    for row in await in_use().query('SELECT truck FROM truck_handover WHERE "order" = {}', order):
        try:
            await loading.claim(row["truck"])
        except DayIsClosed:
            raise TruckCounted() from None


async def is_divided(cycle: str, group: str) -> bool:
    """Whether anything of the group in this round is: from then on its weights stand."""
    return bool(await settlement.settlements(cycle=cycle, group=group))


async def _money(order: StoredOrder) -> Money:
    final = order.final_satang or 0
    lines = await books.statement(order.merchant, order.buyer)
    credited = sum(
        line.satang
        for line in lines
        if (line.subject, line.account) == (order.id, "credit")
        and (line.kind == KIND or (line.kind == "handover" and line.satang > 0))
    )
    if order.rail == CASH:
        return Money(final + credited, 0, final, credited)
    paid = order.ahead_satang + await _paid_there(order)
    # `paid - credited` is the larger of what it came to and the discount
    larger = paid - credited
    less = larger if larger > final else await books.balance(discount(order.merchant, order.id))
    return Money(paid, less, final, credited)


async def _paid_there(order: StoredOrder) -> int:
    """What was due at the handover beside the deposit, whatever was corrected since."""
    handed = await orders.handed(order.id) if order.rail == DEPOSIT else None
    return handed.due_satang if handed else 0


async def _post(
    order: StoredOrder, group: str, sold: int, moved: Moves, id: str, *, by: str, at: datetime
) -> None:
    """Through what was held for the order, which is as empty after it as before."""
    through = held(order.merchant, order.id)
    entry: list[Posting] = []
    for account, satang in (
        (earned(order.merchant, group, order.cycle), sold),
        (credit(order.merchant, order.buyer), moved.credit),
        (discount(order.merchant, order.id), moved.discount),
    ):
        one = postings((through, account, abs(satang)))
        entry += one if satang > 0 else turned(one)
    if entry:
        try:
            await ledger.post(id, KIND, order.id, entry, by=by, at=at)
        except NotEnough:
            raise CreditSpent(satang=-moved.credit) from None


async def _ensure_not_given(order: StoredOrder, final: int) -> None:
    """Who answers a complaint of it claims the order too, so that neither reads the past."""
    most = final - await books.balance(discount(order.merchant, order.id))
    given = sum(one.given for one in await queries.of_order(order.id))
    if given > most:
        raise LessThanGiven(given_satang=given)
