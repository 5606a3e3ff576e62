"""Each new checkpoint is shown to the witnesses that the settings name, apart from the clock."""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from certification.basis import checkpoints, cosignatures
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.gateways.witnesses import Asked, WitnessAway, WitnessDisagrees, show

AGAIN_AFTER = timedelta(minutes=5)

logger = logging.getLogger(__name__)
_witnesses: list[Asked] = []
_tried: list[datetime] = []
_running: set[asyncio.Task[None]] = set()


def use(witnesses: Sequence[Asked]) -> None:
    _witnesses[:] = witnesses
    _tried.clear()


async def tick(at: datetime) -> None:
    """Begins; a witness that does not answer keeps nobody waiting."""
    if _running or not _witnesses or (_tried and abs(at - _tried[0]) < AGAIN_AFTER):
        return
    _tried[:] = [at]
    task = asyncio.create_task(tell_all(), context=contextvars.Context())
    _running.add(task)
    task.add_done_callback(_running.discard)


async def tell_all() -> None:
    for signed in await checkpoints.latest(1):
        for one in _witnesses:
            if await cosignatures.last_of(one.witness, signed.origin) < signed.size:
                await _tell(signed, one)


async def _tell(signed: checkpoints.Signed, one: Asked) -> None:
    try:
        await run(cosignatures.keep, signed, await show(signed, one))
    except WitnessAway as fault:
        logger.warning("The witness %s was not reached: %s", one.witness.name, fault)
    except WitnessDisagrees as fault:
        logger.error("THE WITNESS %s DOES NOT SIGN: %s", one.witness.name, fault)  # noqa: TRY400
    except Refusal as no:
        logger.error("The witness %s was shown nothing: %s", one.witness.name, no.code)  # noqa: TRY400
    except Exception:
        logger.exception("The witness %s: it is tried again", one.witness.name)
