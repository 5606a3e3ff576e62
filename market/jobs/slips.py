"""Slips whose transfer somebody else can vouch for: asked apart from the clock, once each turn."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from datetime import datetime

from certification.basis.transaction import run
from market.domain.slips import commands, queries
from market.gateways import slip_checks
from market.gateways.slip_checks import SlipChecker

logger = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


async def tick(at: datetime) -> None:
    """Begins; a provider that does not answer keeps nobody waiting."""
    checker = slip_checks.in_use()
    if _running or checker is None:
        return
    task = asyncio.create_task(check_all(checker, at), context=contextvars.Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def check_all(checker: SlipChecker, at: datetime) -> None:
    for one in await queries.to_check(at):
        try:
            said = await checker.check(one.code, one.satang)
            await run(commands.checked, one.slip, said, at=at)
        except Exception:
            logger.exception("Slip %s: it is tried again", one.slip)
