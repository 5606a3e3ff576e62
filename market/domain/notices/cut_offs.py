"""Around the cut-off: that a round closes soon is told to the record once, by the clock; and whom
what is about a round concerns."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run

CLOCK = "clock"
NEAR = timedelta(hours=6)
REGULARS = timedelta(days=60)


class CutOffNear(msgspec.Struct, frozen=True, tag="notices.cut_off_near"):
    cycle: str
    closes_at: str


async def remind(at: datetime) -> None:
    for row in await in_use().query(
        "SELECT id, closes_at FROM cycle WHERE closes_at > {} AND closes_at <= {}"
        " AND NOT EXISTS (SELECT 1 FROM cycle_told t WHERE t.cycle = cycle.id)"
        " AND state NOT IN ('cancelling', 'cancelled') ORDER BY closes_at, id",
        at, at + NEAR,
    ):  # fmt: skip
        await run(_tell, row["id"], row["closes_at"], at)


async def _tell(cycle: str, closes_at: datetime, at: datetime) -> None:
    new = await in_use().query(
        "INSERT INTO cycle_told (id, cycle, at) VALUES ({}, {}, {})"
        " ON CONFLICT (cycle) DO NOTHING RETURNING id",
        new_id(), cycle, at,
    )  # fmt: skip
    if new:
        event = CutOffNear(cycle, log.instant(closes_at))
        log.append(event, subject=cycle, by=CLOCK, at=at)


async def unpaid(cycle: str) -> dict[str, list[str]]:
    """By buyer, the codes of orders that would be lost."""
    found: dict[str, list[str]] = {}
    for row in await in_use().query(
        "SELECT buyer, code FROM preorder WHERE cycle = {} AND state = 'held'"
        " AND rail <> 'cash' ORDER BY placed_at, id",
        cycle,
    ):  # fmt: skip
        found.setdefault(row["buyer"], []).append(row["code"])
    return found


async def regulars(cycle: str, at: datetime) -> list[str]:
    """Who signs in, ordered of this seller lately, and has nothing in this round yet."""
    rows = await in_use().query(
        "SELECT DISTINCT o.buyer FROM preorder o JOIN cycle c ON c.id = {}"
        " WHERE o.merchant = c.merchant AND o.placed_at > {} AND o.cycle <> c.id"
        " AND EXISTS (SELECT 1 FROM enrolment e WHERE e.person = o.buyer)"
        " AND NOT EXISTS (SELECT 1 FROM preorder p WHERE p.cycle = c.id AND p.buyer = o.buyer"
        " AND p.state IN ('held', 'confirmed')) ORDER BY o.buyer",
        cycle, at - REGULARS,
    )  # fmt: skip
    return [row["buyer"] for row in rows]


async def to_harvest(cycle: str) -> dict[str, int]:
    """By farmer, the grams of the own goods in the list that was frozen."""
    return await _listed(cycle, "t.farmer")


async def to_bring(cycle: str) -> dict[str, int]:
    """By group, the grams in it."""
    return await _listed(cycle, 't."group"')


async def _listed(cycle: str, by: str) -> dict[str, int]:
    rows = await in_use().query(
        f"SELECT {by} AS whose, CAST(SUM(t.grams) AS BIGINT) AS grams FROM harvest_list h"  # noqa: S608
        f" JOIN harvest_line t ON t.list = h.id WHERE h.cycle = {{}} AND {by} IS NOT NULL"
        f" GROUP BY {by} ORDER BY {by}",
        cycle,
    )
    return {row["whose"]: int(row["grams"]) for row in rows}


async def waiting_at(stop: str) -> dict[str, list[str]]:
    """By buyer, the codes of orders that are still to be fetched there."""
    found: dict[str, list[str]] = {}
    for row in await in_use().query(
        "SELECT buyer, code FROM preorder WHERE stop = {} AND state IN ('held', 'confirmed')"
        " ORDER BY placed_at, id",
        stop,
    ):
        found.setdefault(row["buyer"], []).append(row["code"])
    return found


async def why_given_back(order: str) -> str:
    """Of an order that the clock cancelled: called_off with its round, or not served (shut)."""
    rows = await in_use().query(
        "SELECT 1 AS found FROM preorder o JOIN cycle c ON c.id = o.cycle WHERE o.id = {}"
        " AND c.state IN ('cancelling', 'cancelled')",
        order,
    )
    return "called_off" if rows else "shut"
