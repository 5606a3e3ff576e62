"""A message of a provider: what it is about is asked for again, its body is not believed."""

from __future__ import annotations

from datetime import datetime

from certification.basis.transaction import run
from market.domain.providers import commands, going_back, queries, refunds, rules
from market.domain.providers.calls import Provider
from market.domain.providers.queries import EventView
from market.domain.providers.rules import Declined, Message, NoAnswer, Seen


async def handle(event: EventView, provider: Provider, *, at: datetime) -> str:
    if not await run(commands.claim_event, event.event, at=at):
        return "claimed"
    try:
        message = await provider.message(event.external)
        state = await _about(message, provider, at) if message and message.reference else None
    except (NoAnswer, Declined):
        state = "unmatched"
    if state == "unmatched":
        await run(commands.unmatched, event.event, event.tries, at=at)
        return "unmatched"
    outcome = {None: "nothing", "quarantined": "quarantined"}.get(state, "moved")
    await run(commands.handled, event.event, outcome, None, at=at)
    return outcome


async def _about(message: Message, provider: Provider, at: datetime) -> str:
    """The state it is in then; `unmatched` where it is nothing of ours."""
    if message.kind.startswith(going_back.KINDS):
        return await _refund(message, provider, at)
    now = await provider.seen(message.reference)
    found = await _of(now)
    if found is None:
        return "unmatched"
    return await run(commands.seen, found, now, at=at, account=message.account)


async def _refund(message: Message, provider: Provider, at: datetime) -> str:
    now = await provider.seen_refund(message.reference)
    found = await queries.refund_of(now)
    if found is None:
        return "unmatched"
    return await run(refunds.seen, found, now, at=at, account=message.account)


async def _of(now: Seen) -> str | None:
    """By what it says of itself; by its reference where it says nothing."""
    try:
        return (await queries.attempt(now.attempt)).attempt if now.attempt else None
    except rules.NoSuchAttempt:
        known = await queries.by_reference(now.reference)
        return known.attempt if known else None
