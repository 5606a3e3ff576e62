"""Once an hour the record's tree is signed, and what was signed is kept outside the database."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from certification.basis import checkpoints, log
from certification.basis.refusal import Refusal
from market.answers.words import words

AGAIN_AFTER = timedelta(minutes=1)
"""What was refused is tried again, and said again: it is not to be overlooked."""

logger = logging.getLogger(__name__)
_tried: list[datetime] = []


async def tick(at: datetime) -> None:
    if _tried and abs(at - _tried[0]) < AGAIN_AFTER:
        return
    _tried[:] = [at]
    try:
        if await _is_due(at):
            await checkpoints.sign(at=at)
        else:
            await checkpoints.keep_newest()
    except Refusal as no:
        logger.error("%s", words("en").refusal(no))  # noqa: TRY400  (no bug: the sentence is all)


async def _is_due(at: datetime) -> bool:
    """Also where the clock was put back behind the last."""
    size, _ = await log.head()
    last = await checkpoints.latest(1)
    return size > 0 and (not last or abs(at - last[0].at) >= checkpoints.EVERY)
