"""What a signed certificate needs: a place in the status lists, and a key that is published."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.transaction import run
from certification.credentials import commands, keys

PAGE = 200


async def read_on(at: datetime) -> None:
    """Each certificate that was issued gets its place in the status lists."""
    while await log.consume("credentials", lambda entry: commands.follow(entry, at=at), limit=PAGE):
        pass


async def tick(at: datetime) -> None:
    """The first key is published as soon as the market runs."""
    if not await keys.published():
        await run(commands.publish, at=at)
