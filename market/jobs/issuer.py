"""The first key that signs credentials is published as soon as the market runs."""

from __future__ import annotations

from datetime import datetime

from certification.basis.transaction import run
from certification.credentials import commands, keys


async def tick(at: datetime) -> None:
    if not await keys.published():
        await run(commands.publish, at=at)
