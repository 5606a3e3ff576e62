"""Whose goods wait for them: told once of an order, with its place and hours, when it is packed, or
else when its round begins to be fetched."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from certification.basis import log
from certification.basis.database import Row, in_use
from market.domain.notices.rules import PACKED, READY

WAITS = (
    "SELECT o.buyer, o.code, o.stop, s.pickup_from, s.pickup_until, w.name_th AS place_th,"
    " w.name_en AS place_en FROM preorder o JOIN cycle_place s ON s.id = o.stop"
    " JOIN place w ON w.id = s.place WHERE o.state = 'confirmed' AND s.closed_at IS NULL"
    " AND s.pickup_until > {} AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person = o.buyer"
    " AND ((n.kind = {} AND n.subject = o.id) OR (n.kind = {} AND n.subject = o.cycle)))"
)


async def packed(order: str, at: datetime) -> dict[str, dict[str, object]]:
    """By buyer, what is told; nothing where it was told before, or its hours are over."""
    return _told(await in_use().query(f"{WAITS} AND o.id = {{}}", at, PACKED, READY, order))


async def begun(cycle: str, at: datetime) -> dict[str, dict[str, object]]:
    """Of a round whose first place is open: all that wait, each with the hours of its own place."""
    of_cycle = f"{WAITS} AND o.cycle = {{}} ORDER BY o.buyer, s.pickup_from, o.placed_at, o.id"
    return _told(await in_use().query(of_cycle, at, PACKED, READY, cycle))


def _told(rows: list[Row]) -> dict[str, dict[str, object]]:
    return {buyer: _facts([*mine]) for buyer, mine in groupby(rows, lambda row: str(row["buyer"]))}


def _facts(rows: list[Row]) -> dict[str, object]:
    codes = ", ".join(row["code"] for row in rows)
    if len({row["stop"] for row in rows}) > 1:
        return {"code": codes, "then": "several"}
    first = rows[0]
    hours = {name: log.instant(first[name]) for name in ("pickup_from", "pickup_until")}
    return {
        "code": codes, "place_th": first["place_th"], "place_en": first["place_en"], **hours,
    }  # fmt: skip
