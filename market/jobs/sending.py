"""What waits in the outbox is sent, apart from the clock: the world keeps nobody waiting."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from collections.abc import Iterable
from datetime import datetime

from certification.basis.transaction import run
from market.answers import notices
from market.answers.words import words
from market.domain.contacts import queries as contacts
from market.domain.notices import outbox
from market.domain.notices.letters import TOO_OLD, Letter, Outcome
from market.domain.notices.outbox import Claimed
from market.gateways.letters import Channel

AT_ONCE, BATCH_S, PAGE = 8, 60.0, 40

logger = logging.getLogger(__name__)
_channels: dict[str, Channel] = {}
_origin: list[str] = [""]
_running: set[asyncio.Task[None]] = set()


def use(channels: Iterable[Channel], origin: str) -> None:
    _channels.clear()
    _channels.update({one.name: one for one in channels})
    _origin[:] = [origin]
    contacts.use(_channels)


async def tick(at: datetime) -> None:
    if _running or not _channels:
        return
    task = asyncio.create_task(send_all(at), context=contextvars.Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def send_all(at: datetime) -> None:
    """A batch that takes long ends before its leases do; the next tick goes on."""
    began = time.monotonic()
    knowing = frozenset(name for name, one in _channels.items() if one.idempotent)
    await run(outbox.look_after, knowing, at=at)
    while time.monotonic() - began < BATCH_S:
        ids = await outbox.waiting(at, PAGE)
        for first in range(0, len(ids), AT_ONCE):
            await asyncio.gather(*(send(id, at) for id in ids[first : first + AT_ONCE]))
        if len(ids) < PAGE:
            return


async def send(id: str, at: datetime) -> None:
    """Claimed, sent, settled: three steps, and the world in none of the transactions."""
    claimed = await outbox.claim(id, at=at)
    if claimed is None:
        return
    channel = _channels.get(claimed.channel)
    outcome = await _outcome(channel, claimed, at) if channel else Outcome("failed", "closed")
    knows = channel is not None and channel.idempotent
    await run(outbox.settle, claimed, outcome, idempotent=knows, at=at)


async def _outcome(channel: Channel, claimed: Claimed, at: datetime) -> Outcome:
    if at - claimed.at > TOO_OLD:
        return Outcome("failed", "too_old")
    to_prove = claimed.kind == "contacts.asked"
    to = await contacts.reached(claimed.person, claimed.channel, proved=not to_prove)
    if to is None:
        return Outcome("failed", "ended")
    say = words(to.language)
    facts = claimed.facts
    if to_prove:
        code = contacts.code(to.contact, to.channel, to.asked_at)
        text = say("Your code for notices from Talat Khiao: {code}. Give it to nobody.", code=code)
    else:
        text = notices.letter(say, claimed.kind, facts, _origin[0])
    try:
        return await channel.send(Letter(claimed.id, to.address, say("Talat Khiao"), text))
    except Exception:
        logger.exception("The channel %s broke", channel.name)
        return Outcome("unknown", "broken")
