"""Readers of the log: each remembers how far it came, and may be handed an entry twice."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from market.domain.epcis import commands as epcis
from market.domain.epcis import told
from market.domain.notices import commands as notices
from market.domain.receipts import commands as receipts
from market.domain.truck_day import mishaps
from market.jobs import called_back, ended, issuer, prohibited, redrawn

PAGE = 200


async def read_on(at: datetime) -> None:
    """Until nothing new is there."""
    while await log.consume("receipts", lambda entry: receipts.follow(entry, at=at), limit=PAGE):
        pass
    while await log.consume("inputs", lambda entry: prohibited.follow(entry, at=at), limit=PAGE):
        pass
    while await log.consume("hearings", lambda entry: ended.follow(entry, at=at), limit=PAGE):
        pass
    while await log.consume("redrawn", lambda entry: redrawn.follow(entry, at=at), limit=PAGE):
        pass
    while await log.consume("stops", lambda entry: mishaps.follow(entry, at=at), limit=PAGE):
        pass
    while await log.consume("recalls", lambda entry: called_back.follow(entry, at=at), limit=PAGE):
        pass
    await issuer.read_on(at)
    while await log.consume("notices", lambda entry: notices.tell(entry, at=at), limit=PAGE):
        pass
    await tell_events()


async def tell_events() -> None:
    """For other systems, where it is said under which address things are named to the world."""
    while told.origin() and await log.consume("epcis", epcis.follow, limit=PAGE):
        pass
