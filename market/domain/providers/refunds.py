"""Money given back through the provider it came by: of an order that was called off whole.

What is given back leaves the buyer's credit first, so it is never spent besides; of several at
once no more goes than was paid. A "no" of the provider, at once or days later, brings the credit
back.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import run
from market.domain.ledger import commands as ledger
from market.domain.ledger.rules import credit, own, postings
from market.domain.orders.queries import stored
from market.domain.payments.rules import ensure_another
from market.domain.providers import going_back, queries, rules
from market.domain.providers.calls import Provider
from market.domain.providers.commands import CLOCK
from market.domain.providers.going_back import GivingBack, RefundStatus, SeenRefund
from market.domain.providers.queries import RefundView
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
    await insert(row)
    moved = postings(
        (credit(order.merchant, order.buyer), own("clearing", order.merchant), given.satang)
    )
    await ledger.post(given.id, "provider_refund", order.id, moved, by=by, at=at)
    done = rules.RefundBegun(given.id, order.id, given.satang)
    log.append(done, (Refund, given.id), (Attempt, given.attempt), subject=order.id, by=by, at=at)
    return done


async def call(refund: str, provider: Provider, *, at: datetime) -> str:
    """Ask for it under one key, or look what became of it; the state it is in then."""
    if not await run(_claim, refund, at=at):
        return "claimed"
    wanted = await queries.refund(refund)
    asked = await queries.giving_back(wanted)
    try:
        now = await _told(wanted, asked, provider, at)
    except (NoAnswer, Declined):
        await run(_later, refund, wanted.tries + 1, at=at)
        return "unknown" if wanted.state == "created" else wanted.state
    if now is None:
        return await run(_move, wanted, "failed", None, at=at)
    return await run(seen, refund, now, at=at)


async def _told(
    wanted: RefundView, asked: GivingBack, provider: Provider, at: datetime
) -> SeenRefund | None:
    """None where it was never made and never will be: a "no" may hide that it was."""
    if wanted.reference:
        return await provider.seen_refund(wanted.reference)
    if at - wanted.at > rules.KEYS_KEPT:
        return await provider.find_refund(asked)
    try:
        return await provider.refund(asked)
    except Declined:
        return await provider.find_refund(asked)


async def _claim(refund: str, *, at: datetime) -> bool:
    return bool(
        await in_use().query(
            "UPDATE provider_refund SET claimed_at = {} WHERE id = {}"
            " AND state IN ('created', 'sent') AND (claimed_at IS NULL OR claimed_at <= {})"
            " RETURNING id",
            at, refund, at - rules.CLAIMED_FOR,
        )
    )  # fmt: skip


async def _later(refund: str, tries: int, *, at: datetime) -> None:
    await in_use().query(
        "UPDATE provider_refund SET claimed_at = NULL, tries = {}, next_at = {} WHERE id = {}",
        tries, rules.next_look(tries, at), refund,
    )  # fmt: skip


async def seen(refund: str, now: SeenRefund, *, at: datetime, account: str = "") -> str:
    """What the provider tells of it now; `quarantined` where that is not what was asked."""
    wanted = await queries.refund(refund)
    asked = await queries.giving_back(wanted)
    if wrong := going_back.mismatch(now, asked, account=wanted.account, told=account):
        told = rules.Quarantined(refund, wanted.merchant, wrong)
        log.append(told, subject=wanted.order, by=CLOCK, at=at)
        await _as_it_is(refund, at)
        return "quarantined"
    return await _move(wanted, now.status, now.reference, at=at)


async def _move(
    wanted: RefundView, then: RefundStatus, reference: str | None, *, at: datetime
) -> str:
    """Claimed before money is touched; told twice, late or out of order it is one end."""
    if not await in_use().query(
        "UPDATE provider_refund SET state = {}, reference = COALESCE(reference, {}), tries = 0,"
        " next_at = {}, claimed_at = NULL WHERE id = {} AND (state = 'created'"
        " OR (state = 'sent' AND {} <> 'sent') OR (state = 'done' AND {} = 'failed')) RETURNING id",
        then, reference, at + going_back.LOOKED_AFTER, wanted.refund, then, then,
    ):  # fmt: skip
        return await _as_it_is(wanted.refund, at)
    if then == "failed":
        await _back_to_credit(wanted, at)
        return then
    done = going_back.RefundEnded(wanted.refund, wanted.order, wanted.satang, then)
    log.append(done, (Refund, wanted.refund), subject=wanted.order, by=CLOCK, at=at)
    return then


async def _as_it_is(refund: str, at: datetime) -> str:
    """Nothing new: it is looked at again tomorrow."""
    await in_use().query(
        "UPDATE provider_refund SET claimed_at = NULL, next_at = {} WHERE id = {}",
        at + going_back.LOOKED_AFTER, refund,
    )  # fmt: skip
    return (await queries.refund(refund)).state


async def _back_to_credit(wanted: RefundView, at: datetime) -> None:
    """The entry is answered by its opposite; the credit may be paid back otherwise."""
    await in_use().query(
        "UPDATE provider_attempt SET refunded_satang = refunded_satang - {} WHERE id = {}",
        wanted.satang, wanted.attempt,
    )  # fmt: skip
    await ledger.reverse(following(wanted.refund, "failed"), wanted.refund, by=CLOCK, at=at)
    told = going_back.RefundFailed(wanted.refund, wanted.order, wanted.merchant, wanted.satang)
    rows = (Refund, wanted.refund), (Attempt, wanted.attempt)
    log.append(told, *rows, subject=wanted.order, by=CLOCK, at=at)
