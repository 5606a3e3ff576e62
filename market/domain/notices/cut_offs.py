"""A round that closes soon, and one that has closed: told to the record once each, by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.orders import queries as orders

CLOCK = "clock"
NEAR = timedelta(hours=6)
LATE = timedelta(days=1)
"""A worker that slept for so long still tells that a round closed; after that nobody harvests."""
REGULARS = timedelta(days=60)


class CutOffNear(msgspec.Struct, frozen=True, tag="notices.cut_off_near"):
    cycle: str
    closes_at: str


class CutOffPassed(msgspec.Struct, frozen=True, tag="notices.cut_off_passed"):
    cycle: str


async def remind(at: datetime) -> None:
    for word, since, until in (("near", at, at + NEAR), ("passed", at - LATE, at)):
        for row in await in_use().query(
            "SELECT id, closes_at FROM cycle WHERE closes_at > {} AND closes_at <= {}"
            " AND NOT EXISTS (SELECT 1 FROM cycle_told t WHERE t.cycle = cycle.id"
            " AND t.word = {}) ORDER BY closes_at, id",
            since, until, word,
        ):  # fmt: skip
            await run(_tell, row["id"], word, row["closes_at"], at)


async def _tell(cycle: str, word: str, closes_at: datetime, at: datetime) -> None:
    new = await in_use().query(
        "INSERT INTO cycle_told (id, cycle, word, at) VALUES ({}, {}, {}, {})"
        " ON CONFLICT (cycle, word) DO NOTHING RETURNING id",
        new_id(), cycle, word, at,
    )  # fmt: skip
    if new:
        event = CutOffNear(cycle, log.instant(closes_at)) if word == "near" else CutOffPassed(cycle)
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
    """By farmer, the grams that are ordered of the own goods."""
    sums = dict[str, int]()
    for line in await orders.harvest_list(cycle):
        if line.farmer:
            sums[line.farmer] = sums.get(line.farmer, 0) + line.grams
    return sums
