"""Which lots a recall reaches: those that it names, forward and where asked back through mixes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec

from certification.basis.database import in_use
from certification.basis.units import THAILAND
from market.domain.recalls.rules import Open

OURS = 'l."group" IN (SELECT id FROM producer_group WHERE id = {} OR network = {})'
"""Of the group, or of the network's groups."""

FETCHED = (
    "SELECT o.id FROM cycle_place c JOIN preorder o ON o.stop = c.id WHERE c.place = {}"
    " AND c.pickup_from >= {} AND c.pickup_from < {}"
    ' AND NOT EXISTS (SELECT 1 FROM truck_handover h WHERE h."order" = o.id)'
    " UNION ALL SELECT o.id FROM truck_handover h CROSS JOIN preorder o CROSS JOIN cycle_place c"
    ' WHERE o.id = h."order" AND c.id = o.stop AND h.place = {}'
    " AND c.pickup_from >= {} AND c.pickup_from < {}"
)
"""Orders of a stop: at the place of their round, or where a truck handed them over. CROSS JOIN:
SQLite, which does not count its rows, reads on from what was asked for."""

HARVESTED = "l.deed IS NULL AND l.harvested_on >= {} AND l.harvested_on <= {}"
ROOTS = {
    "lot": f"SELECT l.id AS lot FROM lot l WHERE l.id = {{}} AND {OURS}",  # noqa: S608
    "back": (
        "SELECT COALESCE(x.origin, l.id) AS lot FROM lot l"  # noqa: S608
        f" LEFT JOIN lot_origin x ON x.lot = l.id WHERE l.id = {{}} AND {OURS}"
    ),
    "plot": (
        "SELECT l.id AS lot FROM lot l"  # noqa: S608
        f" WHERE l.plot = {{}} AND {HARVESTED} AND {OURS}"
    ),
    "farmer": (
        "SELECT l.id AS lot FROM lot l"  # noqa: S608
        f" WHERE l.farmer = {{}} AND {HARVESTED} AND {OURS}"
    ),
    "input": (
        "SELECT l.id AS lot FROM input_use u JOIN lot l ON l.plot = u.plot"  # noqa: S608
        " WHERE (u.code = {} OR u.product = {}) AND u.used_on >= {} AND u.used_on <= {}"
        " AND l.deed IS NULL AND l.harvested_on >= u.used_on"
        " AND (u.crop IS NULL OR u.crop = l.crop)"
        " AND NOT EXISTS (SELECT 1 FROM input_use_struck k WHERE k.use = u.id)"
        f" AND {OURS}"
    ),
    "stop": (
        f"SELECT l.id AS lot FROM ({FETCHED}) AS there"  # noqa: S608
        " CROSS JOIN preorder_line pl CROSS JOIN reservation r CROSS JOIN offer f CROSS JOIN lot l"
        ' WHERE pl."order" = there.id AND r.line = pl.id AND f.id = pl.offer AND l.id = f.lot'
        f" AND r.state IN ('held', 'confirmed', 'collected') AND {OURS}"
        " UNION SELECT l.id FROM walkup_sale s CROSS JOIN walkup_line w CROSS JOIN lease e"
        " CROSS JOIN lot l WHERE w.sale = s.id AND e.id = w.lease AND l.id = e.lot"
        f" AND s.place = {{}} AND s.at >= {{}} AND s.at < {{}} AND {OURS}"
    ),
}
"""By what it begins from; the noqa: the texts put in are ours."""

DOWN = (
    "WITH RECURSIVE root (lot) AS (SELECT DISTINCT lot FROM ({}) AS named),"
    " down (lot) AS (SELECT lot FROM root UNION"
    " SELECT l.id FROM down JOIN lot_input i ON i.lot = down.lot JOIN lot l ON l.deed = i.deed)"
    " SELECT d.lot, CASE WHEN r.lot IS NULL THEN 0 ELSE 1 END AS root FROM down d"
    " LEFT JOIN root r ON r.lot = d.lot ORDER BY d.lot"
)
BEGINNING, END = date(2000, 1, 1), date(2999, 12, 31)


class Reached(msgspec.Struct, frozen=True):
    lot: str
    root: bool


async def lots(of: Open) -> list[Reached]:
    """By id, so that two recalls at once claim them in one order."""
    kind = "back" if of.kind == "lot" and of.back else of.kind
    statement = DOWN.replace("({})", f"({ROOTS[kind]})", 1)
    rows = await in_use().query(statement, *_asked(of))
    return [Reached(row["lot"], bool(row["root"])) for row in rows]


def _asked(of: Open) -> list[object]:
    first, last = of.from_on or BEGINNING, of.until_on or END
    ours = [of.organ, of.organ]
    match of.kind:
        case "lot":
            return [of.subject, *ours]
        case "plot" | "farmer":
            return [of.subject, first, last, *ours]
        case "input":
            return [of.subject, of.subject, first, last, *ours]
    hours = [of.subject, _begins(first), _begins(last + timedelta(days=1))]
    return [*hours, *hours, *ours, *hours, *ours]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), THAILAND)
