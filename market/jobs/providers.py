"""Payments at providers: what nobody asked yet, what nobody knows, what is over, what was told."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from market.domain.providers import calls, messages, queries, refunds
from market.domain.providers.calls import Provider
from market.domain.providers.rules import NoProvider
from market.gateways import providers

logger = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()
Of = Callable[[str], Awaitable[Provider]]


async def tick(at: datetime) -> None:
    """Begins; a provider that does not answer keeps nobody waiting."""
    if _running or not await queries.anything(at):
        return
    task = asyncio.create_task(once(at), context=contextvars.Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def once(at: datetime, of: Of = providers.of) -> None:
    """Everything that is due now, each apart from the others."""
    for id in await queries.to_call(at):
        await _try(calls.call, id, (await queries.attempt(id)).provider, of, at)
    for id in await queries.to_cancel(at):
        await _try(calls.cancel, id, (await queries.attempt(id)).provider, of, at)
    for one in await queries.to_refund(at):
        await _try(refunds.call, one.refund, one.provider, of, at)
    for event in await queries.to_handle(at):
        await _try(messages.handle, event, event.provider, of, at)


async def _try(
    step: Callable[..., Awaitable[str]], about: object, provider: str, of: Of, at: datetime
) -> None:
    try:
        await step(about, await of(provider), at=at)
    except NoProvider:
        logger.warning("%s: its account was ended", about)
    except Exception:
        logger.exception("%s: it is tried again", about)
