"""Readers of the log: each remembers how far it came, and may be handed an entry twice."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import log
from market.domain.epcis import commands as epcis
from market.domain.epcis import told
from market.domain.notices import commands as notices
from market.domain.receipts import commands as receipts
from market.domain.truck_day import mishaps
from market.jobs import (
    asked_for,
    called_back,
    ended,
    issuer,
    named,
    prohibited,
    promised,
    redrawn,
)

PAGE = 200


READERS = (
    ("receipts", receipts.follow), ("inputs", prohibited.follow), ("hearings", ended.follow),
    ("redrawn", redrawn.follow), ("stops", mishaps.follow), ("recalls", called_back.follow),
    ("promises", promised.follow), ("demand", asked_for.follow),
)  # fmt: skip


async def read_on(at: datetime) -> None:
    """Until nothing new is there."""
    for name, follow in READERS:
        while await log.consume(name, partial(follow, at=at), limit=PAGE):
            pass
    await named.read_on()
    await issuer.read_on(at)
    while await log.consume("notices", lambda entry: notices.tell(entry, at=at), limit=PAGE):
        pass
    await tell_events()


async def tell_events() -> None:
    """For other systems, where it is said under which address things are named to the world."""
    while told.origin() and await log.consume("epcis", epcis.follow, limit=PAGE):
        pass
