"""Where cycles stand, what is due, and what is harvested for them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.cycles.rules import (
    CANCELLED,
    CANCELLING,
    CLOSED,
    CLOSING,
    DONE,
    OPEN,
    PICKING_UP,
    PLANNED,
    WAY,
    Due,
)

EDGES = (
    (PLANNED, OPEN, "SELECT id, opens_at AS due_at FROM cycle WHERE state = 'planned'"),
    (OPEN, CLOSING, "SELECT id, closes_at AS due_at FROM cycle WHERE state = 'open'"),
    (CLOSING, CLOSED, "SELECT id, closes_at AS due_at FROM cycle WHERE state = 'closing'"),
    (
        CLOSED,
        PICKING_UP,
        "SELECT c.id, MIN(p.pickup_from) AS due_at FROM cycle c JOIN cycle_place p"
        " ON p.cycle = c.id WHERE c.state = 'closed' GROUP BY c.id",
    ),
    (
        PICKING_UP,
        DONE,
        "SELECT c.id, MAX(p.pickup_until) AS due_at FROM cycle c JOIN cycle_place p"
        " ON p.cycle = c.id WHERE c.state = 'picking_up' GROUP BY c.id",
    ),
)
"""From which state to which, and since when it is due."""
EVERY = (*WAY, CANCELLING, CANCELLED)
REASONS = (
    "SELECT CASE WHEN stop IS NULL THEN 'later' ELSE 'shut' END AS word, stop, because, at"
    " FROM cycle_reason WHERE cycle = {} AND because IS NOT NULL"
)
CALLED_OFF = (
    "SELECT 'called_off' AS word, NULL AS stop, because, at FROM cycle_step"
    " WHERE cycle = {} AND state = {} AND because IS NOT NULL"
)
DUE = "SELECT id, due_at FROM ({}) d WHERE due_at <= {{}} ORDER BY due_at, id LIMIT {{}}"


class Step(msgspec.Struct, frozen=True):
    state: str
    due_at: datetime
    because: str | None
    by: str
    at: datetime
    reasons: list[Reason] = msgspec.field(default_factory=list)
    """Why something was changed from its promise while it stood here."""


class Reason(msgspec.Struct, frozen=True):
    """Why something is other than it was promised."""

    word: str
    """later, shut, called_off"""
    stop: str | None
    because: str
    at: datetime


class Progress(msgspec.Struct, frozen=True):
    """Of a closing that is under way: order lines written in the harvest list."""

    lines: int
    done: int
    began_at: datetime

    @property
    def percent(self) -> int:
        return 100 * self.done // self.lines if self.lines else 100


class ClockView(msgspec.Struct, frozen=True):
    """Whether the clock runs: when it last looked, and what it should have done."""

    ran_at: datetime | None
    overdue: list[Due]


async def due(edge: tuple[str, str, str], at: datetime, limit: int) -> list[Due]:
    rows = await in_use().query(DUE.format(edge[2]), at, limit)
    return [Due(row["id"], edge[1], _instant(row["due_at"])) for row in rows]


def _instant(said: datetime | str) -> datetime:
    """SQLite answers a text where an instant was made by MIN or MAX."""
    return said if isinstance(said, datetime) else datetime.fromisoformat(said)


async def steps(cycle: str) -> list[Step]:
    """In their order."""
    rows = await in_use().query(
        'SELECT state, due_at, because, "by", at FROM cycle_step WHERE cycle = {}', cycle
    )
    found = sorted([Step(**row) for row in rows], key=lambda step: EVERY.index(step.state))
    told = [one for one in await reasons(cycle) if one.word != "called_off"]
    ends = [step.at for step in found[1:]]
    return [
        msgspec.structs.replace(step, reasons=[
            one for one in told
            if (not n or one.at >= step.at) and (n == len(ends) or one.at < ends[n])
        ])
        for n, step in enumerate(found)
    ]  # fmt: skip


async def reasons(cycle: str) -> list[Reason]:
    """The newest last."""
    rows = await in_use().query(REASONS, cycle)
    rows += await in_use().query(CALLED_OFF, cycle, CANCELLING)
    return sorted((Reason(**row) for row in rows), key=lambda one: one.at)


async def progress(cycle: str) -> Progress | None:
    rows = await in_use().query(
        "SELECT lines, done, began_at FROM cycle_closing WHERE cycle = {}", cycle
    )
    return Progress(**rows[0]) if rows else None


async def clock(at: datetime, patience_s: int = 120) -> ClockView:
    """What is due for longer than a moment is overdue."""
    rows = await in_use().query("SELECT at FROM clock_run WHERE clock = 'cycles'")
    late = [one for edge in EDGES for one in await due(edge, at, 50)]
    late = [one for one in late if (at - one.due_at).total_seconds() > patience_s]
    return ClockView(rows[0]["at"] if rows else None, late)
