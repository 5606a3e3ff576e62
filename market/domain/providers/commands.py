"""Ask a provider once, keep what it answered, and believe money whenever it comes.

The row stands before the call; the call is made outside every transaction; what came of it is
written in a second one. Whoever calls has claimed the row first.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.people import sealed, vault
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import NotEnough, own, postings
from market.domain.orders.queries import stored
from market.domain.orders.refusals import NoSuchOrder
from market.domain.payments import commands as payments
from market.domain.payments import queries as paying
from market.domain.payments.rules import AlreadyPaid, Confirm, CreditExtra
from market.domain.providers import queries, rules
from market.domain.providers.queries import AttemptView
from market.domain.providers.rules import CLAIMED_FOR, Begin, Seen
from market.domain.providers.tables import Attempt, ProviderAccount
from market.domain.recovery import queries as recovery

CLOCK = "clock"


async def set_provider(given: rules.SetProvider, *, by: str, at: datetime) -> rules.ProviderSet:
    """The merchant's own account is used from now on; the one before is ended."""
    body = (given.merchant, given.account)  # the secrets must not become guessable from a digest
    do = partial(_set, given, by=by, at=at)
    return await deeds.once(given.id, "providers.set", body, do, rules.ProviderSet, by=by, at=at)


async def _set(given: rules.SetProvider, *, by: str, at: datetime) -> rules.ProviderSet:
    rules.ensure_secrets(given)
    await recovery.ensure_rested(by, at)
    await _end(given.merchant, at)
    wrapped = vault.new_key(given.id)
    await insert(
        ProviderAccount(
            id=given.id, merchant=given.merchant, account=given.account, wrapped=wrapped,
            sealed=vault.seal(given.id, wrapped, given.secret.encode(), "provider"),
            hook_sealed=vault.seal(
                given.id, wrapped, given.hook_secret.encode(), "provider hook"
            ),
            since=at, until=None, by=by,
        )
    )  # fmt: skip
    done = rules.ProviderSet(given.id, given.merchant)
    log.append(done, subject=given.merchant, by=by, at=at)
    return done


async def end_provider(given: rules.EndProvider, *, by: str, at: datetime) -> rules.ProviderEnded:
    """Nothing more is asked there, and its secrets are gone."""
    do = partial(_ended, given, by=by, at=at)
    return await deeds.once(given.id, "providers.end", given, do, rules.ProviderEnded, by=by, at=at)


async def _ended(given: rules.EndProvider, *, by: str, at: datetime) -> rules.ProviderEnded:
    ended = await _end(given.merchant, at)
    if not ended:
        raise rules.NoProvider()
    done = rules.ProviderEnded(ended[0], given.merchant)
    log.append(done, subject=given.merchant, by=by, at=at)
    return done


async def _end(merchant: str, at: datetime) -> list[str]:
    rows = await in_use().query(
        "UPDATE provider_account SET until = {}, wrapped = NULL, sealed = NULL, hook_sealed = NULL"
        " WHERE merchant = {} AND until IS NULL RETURNING id",
        at, merchant,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def begin(given: Begin, *, by: str, at: datetime) -> rules.AttemptBegun:
    """The buyer wants to pay there: what stands before anybody is asked.

    Refused: NoProvider, nothing asked, paid already, too little. One that is open is used again.
    """
    body = (given.order, given.method)
    do = partial(_begin, given, by=by, at=at)
    return await deeds.once(given.id, "providers.begin", body, do, rules.AttemptBegun, by=by, at=at)


async def _begin(given: Begin, *, by: str, at: datetime) -> rules.AttemptBegun:
    order = await stored(given.order)
    if order.buyer != by:
        raise NoSuchOrder()
    account = await queries.account_of(order.merchant)
    if account is None:
        raise rules.NoProvider()
    asked_for = await payments.request(order.id, by=by, at=at)
    request = await paying.request_of(order.id)
    assert request
    if request.state == "paid":
        raise AlreadyPaid()
    rules.ensure_begun(asked_for.satang, given.email)
    before = await queries.attempts_of(order.id)
    for one in before:
        if one.is_open and one.method == given.method and at < one.expires_at:
            return rules.AttemptBegun(one.attempt, order.id, one.satang, one.number)
    number = 1 + max((one.number for one in before), default=0)
    expires = request.expires_at or order.pickup_until
    await insert(
        Attempt(
            id=given.id, request=order.id, provider=account.id, number=number,
            method=given.method, satang=asked_for.satang, state="created", reference=None,
            intent=None, shown=None, email_sealed=await sealed.seal(by, given.email.strip()),
            expires_at=expires, claimed_at=None, tries=0, next_at=None, refunded_satang=0, by=by,
            at=at,
        )
    )  # fmt: skip
    done = rules.AttemptBegun(given.id, order.id, asked_for.satang, number)
    log.append(done, (Attempt, given.id), subject=order.id, by=by, at=at)
    return done


async def claim(attempt: str, *, at: datetime) -> bool:
    """Whether the caller may ask the provider now; of the door and the worker only one does."""
    return bool(
        await in_use().query(
            "UPDATE provider_attempt SET claimed_at = {} WHERE id = {} AND state <> 'paid'"
            " AND (claimed_at IS NULL OR claimed_at <= {}) RETURNING id",
            at, attempt, at - CLAIMED_FOR,
        )
    )  # fmt: skip


async def unknown(attempt: str, *, at: datetime) -> str:
    """Nobody answered: it is looked up, never simply asked again under another key."""
    found = await queries.attempt(attempt)
    again = rules.next_look(found.tries + 1, at)
    await in_use().query(
        "UPDATE provider_attempt SET claimed_at = NULL, tries = tries + 1, next_at = {}"
        " WHERE id = {}",
        again, attempt,
    )  # fmt: skip
    if found.state != "created":
        return found.state
    return await _move(found, "unknown", at=at)


async def declined(attempt: str, *, at: datetime) -> str:
    """It was not done: another try is another attempt, under another key."""
    return await _move(await queries.attempt(attempt), "failed", at=at)


async def seen(attempt: str, now: Seen, *, at: datetime, account: str = "") -> str:
    """What the provider tells of it now; the state it is in then.

    Paid wins from every other state. `quarantined`: what it tells is not what was asked.
    """
    found = await queries.attempt(attempt)
    wrong = rules.mismatch(
        now, satang=found.satang, known=found.reference,
        account=(await _account(found.provider)), told=account,
    )  # fmt: skip
    if wrong:
        told = rules.Quarantined(attempt, found.merchant, wrong)
        log.append(told, subject=found.order, by=CLOCK, at=at)
        return "quarantined"
    await in_use().query(
        "UPDATE provider_attempt SET reference = {}, intent = {}, shown = {}, claimed_at = NULL,"
        " next_at = NULL WHERE id = {}",
        now.reference, now.intent or found.intent, now.shown or found.shown, attempt,
    )  # fmt: skip
    then = rules.moved(found.state, now.status)
    return await _move(found, then, at=at) if then else found.state


async def _account(provider: str) -> str:
    [row] = await in_use().query("SELECT account FROM provider_account WHERE id = {}", provider)
    return str(row["account"])


async def _move(found: AttemptView, then: str, *, at: datetime) -> str:
    """Claimed before money is touched: a hundred messages at once are one payment."""
    if not await in_use().query(
        "UPDATE provider_attempt SET state = {} WHERE id = {} AND state <> {} AND state <> 'paid'"
        " AND ({} = 'paid' OR state IN ('created', 'awaiting', 'unknown')) RETURNING id",
        then, found.attempt, then, then,
    ):  # fmt: skip
        return (await queries.attempt(found.attempt)).state
    if then == "paid":
        await _paid(found, at)
    done = rules.AttemptMoved(found.attempt, found.order, then)
    log.append(done, (Attempt, found.attempt), subject=found.order, by=CLOCK, at=at)
    return then


async def _paid(found: AttemptView, at: datetime) -> None:
    """In time, late, or beside another payment: nothing of it is lost."""
    request = await paying.request_of(found.order)
    assert request
    evidence = following(found.attempt, "paid")
    reference = found.attempt.replace("-", "")
    if request.state != "paid" and request.satang == found.satang:
        came = Confirm(
            evidence, found.order, found.merchant, found.satang, "stripe", "STRIPE", reference
        )  # fmt: skip
        await payments.confirm(came, by=CLOCK, at=at)
        return
    extra = CreditExtra(
        evidence, found.order, found.merchant, found.satang, "STRIPE", reference
    )  # fmt: skip
    await payments.credit_extra(extra, by=CLOCK, at=at)


async def paid_out(given: rules.PaidOut, *, by: str, at: datetime) -> rules.CameToBank:
    """The treasurer saw at the bank what the provider sent, and what it kept."""
    do = partial(_paid_out, given, by=by, at=at)
    return await deeds.once(
        given.id, "providers.paid_out", given, do, rules.CameToBank, by=by, at=at
    )


async def _paid_out(given: rules.PaidOut, *, by: str, at: datetime) -> rules.CameToBank:
    rules.ensure_paid_out(given)
    there = own("clearing", given.merchant)
    if await balance(there) < given.satang + given.fee_satang:
        raise NotEnough(account="clearing", satang_left=await balance(there))
    moved = postings(
        (own("bank", given.merchant), there, given.satang),
        (own("provider_fee", given.merchant), there, given.fee_satang),
    )
    await ledger.post(given.id, "provider_paid_out", given.merchant, moved, by=by, at=at)
    done = rules.CameToBank(given.id, given.merchant, given.satang, given.fee_satang)
    log.append(done, subject=given.merchant, by=by, at=at)
    return done


async def received(provider: str, external: str, kind: str, *, at: datetime) -> bool:
    """A signed message, kept once however often it comes; whether it is new."""
    return bool(
        await in_use().query(
            "INSERT INTO provider_event (id, provider, external, kind, at, tries, next_at)"
            " VALUES ({}, {}, {}, {}, {}, 0, {}) ON CONFLICT (provider, external) DO NOTHING"
            " RETURNING id",
            new_id(), provider, external, kind, at, at,
        )
    )  # fmt: skip


async def claim_event(event: str, *, at: datetime) -> bool:
    return bool(
        await in_use().query(
            "UPDATE provider_event SET claimed_at = {} WHERE id = {} AND handled_at IS NULL"
            " AND (claimed_at IS NULL OR claimed_at <= {}) RETURNING id",
            at, event, at - CLAIMED_FOR,
        )
    )  # fmt: skip


async def handled(event: str, outcome: str, because: str | None, *, at: datetime) -> None:
    await in_use().query(
        "UPDATE provider_event SET handled_at = {}, outcome = {}, because = {} WHERE id = {}",
        at, outcome, because, event,
    )  # fmt: skip


async def unmatched(event: str, tries: int, *, at: datetime) -> None:
    """About nothing we know, or nobody answered: looked at again for four days."""
    again = rules.next_match(tries + 1, at)
    await in_use().query(
        "UPDATE provider_event SET claimed_at = NULL, tries = {}, next_at = {}, outcome = {},"
        " handled_at = {} WHERE id = {}",
        tries + 1, again or at, "unmatched", None if again else at, event,
    )  # fmt: skip
