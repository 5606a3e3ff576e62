"""One step of a cycle: claimed by its state, written with who and when, told to the log."""

from __future__ import annotations

from datetime import datetime
from secrets import token_bytes
from typing import Any

import msgspec
from piccolo.table import Table

from certification.basis import log
from certification.basis.ids import following
from certification.basis.inserting import insert
from market.domain.cycles.rules import Due
from market.domain.cycles.tables import CycleStep
from market.domain.offers import commands as offers
from market.domain.offers.tables import Cycle


async def claim(due: Due, *before: str, by: str, at: datetime, because: str | None = None) -> bool:
    """Whether it is ours to do: of many workers, and of those that come late, one."""
    if not await offers.move_on(due.cycle, due.state, before):
        return False
    row = CycleStep(
        id=following(due.cycle, due.state), cycle=due.cycle, state=due.state, due_at=due.due_at,
        because=because, salt=token_bytes(log.SALT_BYTES_MIN), by=by, at=at,
    )  # fmt: skip
    await insert(row)
    return True


async def tell(
    due: Due, event: msgspec.Struct, *rows: tuple[type[Table], Any], by: str, at: datetime
) -> None:
    step = (CycleStep, following(due.cycle, due.state))
    log.append(event, (Cycle, due.cycle), step, *rows, subject=due.cycle, by=by, at=at)
