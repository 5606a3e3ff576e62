"""One step with a provider, by whoever comes first, the buyer's door or the worker.

No transaction is open while it is asked. What is not known stays unknown until it is looked up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from certification.basis.transaction import run
from market.domain.providers import commands, queries, rules
from market.domain.providers.going_back import GivingBack, SeenRefund
from market.domain.providers.rules import Asked, Declined, Message, NoAnswer, Seen


class Provider(Protocol):
    """What every provider can do; tests and the simulation bring their own."""

    async def create(self, asked: Asked) -> Seen: ...

    async def seen(self, reference: str) -> Seen: ...

    async def find(self, asked: Asked) -> Seen | None:
        """By what was written into it when it was made; None where it never was."""

    async def cancel(self, reference: str) -> Seen: ...

    async def refund(self, asked: GivingBack) -> SeenRefund: ...

    async def seen_refund(self, reference: str) -> SeenRefund: ...

    async def find_refund(self, asked: GivingBack) -> SeenRefund | None: ...

    async def message(self, id: str) -> Message | None: ...


async def call(attempt: str, provider: Provider, *, at: datetime) -> str:
    """Ask for the payment, or look up what became of it; the state it is in then."""
    if not await run(commands.claim, attempt, at=at):
        return (await queries.attempt(attempt)).state
    found, asked = await queries.attempt(attempt), await queries.asked(attempt)
    try:
        if found.reference:
            now: Seen | None = await provider.seen(found.reference)
        elif found.state == "unknown" and at - found.at > rules.KEYS_KEPT:
            now = await provider.find(asked)
        else:
            now = await provider.create(asked)  # the same key: asked again it is the same payment
    except NoAnswer:
        return await run(commands.unknown, attempt, at=at)
    except Declined:
        now = await _looked_up(asked, provider)
    if now is None:
        return await run(commands.declined, attempt, at=at)
    return await run(commands.seen, attempt, now, at=at)


async def _looked_up(asked: rules.Asked, provider: Provider) -> Seen | None:
    """A "no" under a key may hide that it was made: another key only where it never was."""
    try:
        return await provider.find(asked)
    except NoAnswer:
        return None


async def cancel(attempt: str, provider: Provider, *, at: datetime) -> str:
    """Our time is over; paid at that very moment, it is paid."""
    if not await run(commands.claim, attempt, at=at):
        return (await queries.attempt(attempt)).state
    found = await queries.attempt(attempt)
    assert found.reference
    try:
        now = await provider.cancel(found.reference)
    except (NoAnswer, Declined):
        try:
            now = await provider.seen(found.reference)
        except (NoAnswer, Declined):
            return await run(commands.unknown, attempt, at=at)
    return await run(commands.seen, attempt, now, at=at)
