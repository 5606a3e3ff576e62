"""Money given back through the provider it came by: of an order that was called off whole.

What is given back leaves the buyer's credit first, so it is never spent besides; of several at
once no more goes than was paid. A "no" of the provider brings the credit back.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import run
from market.domain.ledger import commands as ledger
from market.domain.ledger.rules import credit, own, postings
from market.domain.orders.queries import stored
from market.domain.payments.rules import ensure_another
from market.domain.providers import queries, rules
from market.domain.providers.calls import Provider
from market.domain.providers.rules import Declined, NoAnswer
from market.domain.providers.tables import Attempt, Refund


async def begin(given: rules.GiveBack, *, by: str, at: datetime) -> rules.RefundBegun:
    """Refused: not cancelled, more than is left, the credit was spent, one's own order."""
    do = partial(_begin, given, by=by, at=at)
    return await deeds.once(
        given.id, "providers.refund", given, do, rules.RefundBegun, by=by, at=at
    )


async def _begin(given: rules.GiveBack, *, by: str, at: datetime) -> rules.RefundBegun:
    found = await queries.attempt(given.attempt)
    order = await stored(found.order)
    ensure_another(order.buyer, by)
    rules.ensure_whole(order.state)
    if given.satang <= 0 or not await in_use().query(
        "UPDATE provider_attempt SET refunded_satang = refunded_satang + {} WHERE id = {}"
        " AND state = 'paid' AND refunded_satang + {} <= satang RETURNING id",
        given.satang, given.attempt, given.satang,
    ):  # fmt: skip
        raise rules.NothingToRefund()
    row = Refund(
        id=given.id, attempt=given.attempt, satang=given.satang, state="created", reference=None,
        tries=0, next_at=at, claimed_at=None, by=by, at=at,
    )  # fmt: skip
    await Refund.insert(row)
    moved = postings(
        (credit(order.merchant, order.buyer), own("clearing", order.merchant), given.satang)
    )
    await ledger.post(given.id, "provider_refund", order.id, moved, by=by, at=at)
    done = rules.RefundBegun(given.id, order.id, given.satang)
    log.append(done, (Refund, given.id), (Attempt, given.attempt), subject=order.id, by=by, at=at)
    return done


async def call(refund: str, provider: Provider, *, at: datetime) -> str:
    """Ask for it under one key for ever; unanswered it is asked for again under the same."""
    if not await run(_claim, refund, at=at):
        return "claimed"
    wanted = await queries.refund(refund)
    asked = await queries.asked(wanted.attempt)
    try:
        reference = await provider.refund(wanted.intent, wanted.satang, asked.email, wanted.once)
    except NoAnswer:
        await run(_later, refund, wanted.tries + 1, at=at)
        return "unknown"
    except Declined:
        await run(_failed, refund, at=at)
        return "failed"
    await run(_sent, refund, reference, at=at)
    return "sent"


async def _claim(refund: str, *, at: datetime) -> bool:
    return bool(
        await in_use().query(
            "UPDATE provider_refund SET claimed_at = {} WHERE id = {} AND state = 'created'"
            " AND (claimed_at IS NULL OR claimed_at <= {}) RETURNING id",
            at, refund, at - rules.CLAIMED_FOR,
        )
    )  # fmt: skip


async def _later(refund: str, tries: int, *, at: datetime) -> None:
    await in_use().query(
        "UPDATE provider_refund SET claimed_at = NULL, tries = {}, next_at = {} WHERE id = {}",
        tries, rules.next_look(tries, at), refund,
    )  # fmt: skip


async def _sent(refund: str, reference: str, *, at: datetime) -> None:
    await _end(refund, "sent", reference, at)


async def _failed(refund: str, *, at: datetime) -> None:
    """The credit is there again, and may be paid back otherwise."""
    wanted = await queries.refund(refund)
    if await _end(refund, "failed", None, at):
        await in_use().query(
            "UPDATE provider_attempt SET refunded_satang = refunded_satang - {} WHERE id = {}",
            wanted.satang, wanted.attempt,
        )  # fmt: skip
        await ledger.reverse(following(refund, "failed"), refund, by="clock", at=at)


async def _end(refund: str, then: str, reference: str | None, at: datetime) -> bool:
    ended = await in_use().query(
        "UPDATE provider_refund SET state = {}, reference = {}, claimed_at = NULL WHERE id = {}"
        " AND state = 'created' RETURNING attempt",
        then, reference, refund,
    )  # fmt: skip
    if ended:
        wanted = await queries.refund(refund)
        done = rules.RefundEnded(refund, wanted.order, then)
        rows = (Refund, refund), (Attempt, wanted.attempt)
        log.append(done, *rows, subject=wanted.order, by="clock", at=at)
    return bool(ended)
