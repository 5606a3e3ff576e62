"""Which lots came out of which, forward and back, and of which harvests they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from certification.basis.database import in_use
from market.domain.lineage import refusals, rules
from market.domain.lineage.rules import Kind, Part
from market.domain.lots.rules import Claim, Facts

ONE = (
    'SELECT l.id AS lot, l.code, l."group" AS group_id, l.crop, l.harvested_on, l.claim,'
    " l.because, l.plot, l.farmer, l.planting, l.scheme, l.certificate, l.deed"
    " FROM lot l WHERE l.id = {}"
)
PARTS = (
    "SELECT x.origin, h.farmer, x.grams FROM lot_origin x JOIN lot h ON h.id = x.origin"
    " WHERE x.lot = {} ORDER BY x.origin"
)
NEXT = "l.code, l.crop, l.claim, l.harvested_on"
WENT_IN = (
    f"SELECT i.lot, {NEXT}, i.grams, d.id AS deed, d.kind, d.at FROM lot_deed d"  # noqa: S608  (constants)
    " JOIN lot_input i ON i.deed = d.id JOIN lot l ON l.id = i.lot"
)
CAME_OUT = (
    f"SELECT l.id AS lot, {NEXT}, l.grams, d.id AS deed, d.kind, d.at FROM lot_deed d"  # noqa: S608  (constants)
    " JOIN lot l ON l.deed = d.id WHERE d.id = {} ORDER BY l.code"
)
INPUTS_OF = (
    f"{WENT_IN} JOIN lot o ON o.deed = d.id WHERE o.id = {{}} ORDER BY l.harvested_on, l.code"
)
OUTPUTS_OF = (
    f"SELECT l.id AS lot, {NEXT}, l.grams, d.id AS deed, d.kind, d.at FROM lot_input i"  # noqa: S608  (constants)
    " JOIN lot_deed d ON d.id = i.deed JOIN lot l ON l.deed = d.id WHERE i.lot = {}"
    " ORDER BY d.at, d.id, l.code"
)
UP = (
    "WITH RECURSIVE up (lot, depth) AS (SELECT l.id, 0 FROM lot l WHERE l.id = {} UNION"
    " SELECT i.lot, up.depth + 1 FROM up JOIN lot l ON l.id = up.lot"
    " JOIN lot_input i ON i.deed = l.deed)"
    " SELECT lot, MIN(depth) AS depth FROM up WHERE depth > 0 GROUP BY lot ORDER BY depth, lot"
)
DOWN = (
    "WITH RECURSIVE down (lot, depth) AS (SELECT l.id, 0 FROM lot l WHERE l.id = {} UNION"
    " SELECT l.id, down.depth + 1 FROM down JOIN lot_input i ON i.lot = down.lot"
    " JOIN lot l ON l.deed = i.deed)"
    " SELECT lot, MIN(depth) AS depth FROM down WHERE depth > 0 GROUP BY lot"
    " ORDER BY MAX(depth), lot"
)


DEED = (
    'SELECT d.id, d.kind, d."group" AS group_id, d.loss_grams, d.note, d."by", d.at, (SELECT'
    " CASE WHEN COUNT(*) = COUNT(l.farmer) AND COUNT(DISTINCT l.farmer) = 1 THEN MIN(l.farmer) END"
    " FROM lot l WHERE l.id IN (SELECT i.lot FROM lot_input i WHERE i.deed = d.id UNION"
    " SELECT c.lot FROM lot_correction c WHERE c.deed = d.id AND d.kind = 'correction'))"
    " AS farmer FROM lot_deed d WHERE d.id = {}"
)


class Link(msgspec.Struct, frozen=True):
    """A lot one deed away."""

    lot: str
    code: str
    crop: str
    claim: Claim
    harvested_on: date
    grams: int
    """That went in; or that came out."""
    deed: str
    kind: Kind
    at: datetime


class Kin(msgspec.Struct, frozen=True):
    lot: str
    depth: int
    """Deeds between, by the shortest way."""


class DeedView(msgspec.Struct, frozen=True):
    id: str
    kind: Kind
    group: str
    farmer: str | None
    """Where all of it is of one."""
    loss_grams: int
    note: str | None
    by: str
    at: datetime


async def inputs_of(lot: str) -> list[Link]:
    """What went into the deed that a lot came out of; nothing where it was harvested."""
    return [Link(**row) for row in await in_use().query(INPUTS_OF, lot)]


async def outputs_of(lot: str) -> list[Link]:
    """What came out of deeds that this lot went into."""
    return [Link(**row) for row in await in_use().query(OUTPUTS_OF, lot)]


async def went_in(deed: str) -> list[Link]:
    asked = f"{WENT_IN} WHERE d.id = {{}} ORDER BY l.harvested_on, l.code"
    return [Link(**row) for row in await in_use().query(asked, deed)]


async def came_out(deed: str) -> list[Link]:
    return [Link(**row) for row in await in_use().query(CAME_OUT, deed)]


async def ancestors(lot: str) -> list[Kin]:
    """All that it was made of, the nearest first."""
    return [Kin(**row) for row in await in_use().query(UP, lot)]


async def descendants(lot: str) -> list[Kin]:
    """All that was made of it; what something was made of stands before it."""
    return [Kin(**row) for row in await in_use().query(DOWN, lot)]


async def parts(lot: str) -> tuple[Part, ...]:
    """Of a made lot, by harvest; nothing where it was harvested itself."""
    return tuple(Part(**row) for row in await in_use().query(PARTS, lot))


async def farmers_of(lot: str) -> dict[str, int]:
    """By farmer the grams of their harvests in a made lot."""
    found: dict[str, int] = {}
    for part in await parts(lot):
        found[part.farmer] = found.get(part.farmer, 0) + part.grams
    return found


async def plots_of(lot: str) -> list[str]:
    """On which it was harvested; of a made lot all, each once."""
    rows = await in_use().query(
        "SELECT DISTINCT COALESCE(h.plot, l.plot) AS plot FROM lot l"
        " LEFT JOIN lot_origin x ON x.lot = l.id LEFT JOIN lot h ON h.id = x.origin"
        " WHERE l.id = {} ORDER BY plot",
        lot,
    )
    return [row["plot"] for row in rows]


async def deed(id: str) -> DeedView:
    rows = await in_use().query(DEED, id)
    if not rows:
        raise refusals.NoDeed(deed=id)
    return DeedView(group=rows[0].pop("group_id"), **rows[0])


class Correction(msgspec.Struct, frozen=True):
    """The first one's `old` is what was told at first."""

    deed: str
    turn: int
    reason: str | None
    by: str
    at: datetime
    old: Facts
    new: Facts


CORRECTIONS = (
    'SELECT c.*, d.note, d."by" AS told_by, d.at AS told_at FROM lot_correction c'
    " JOIN lot_deed d ON d.id = c.deed WHERE c.lot = {} ORDER BY c.turn"
)


async def corrections(lot: str) -> list[Correction]:
    """The first one first."""
    return [
        Correction(
            row["deed"], row["turn"], row["note"], row["told_by"], row["told_at"],
            *(Facts(**{name: row[f"{when}_{name}"] for name in Facts.__struct_fields__})
              for when in ("old", "new")),
        )
        for row in await in_use().query(CORRECTIONS, lot)
    ]  # fmt: skip


async def source(lot: str) -> rules.Source:
    """NoLot is not asked here: who names it has seen it."""
    [row] = await in_use().query(ONE, lot)
    also = await in_use().query(
        "SELECT certificate FROM lot_also WHERE lot = {} ORDER BY certificate", lot
    )
    rest = [row["certificate"], *(one["certificate"] for one in also)]
    papers = tuple(paper for paper in rest if paper and row["claim"] != "plain")
    if row.pop("deed") is None:
        of: Sequence[Part] = (Part(lot, row["farmer"], 1),)
    else:
        of = await parts(lot)
    return rules.Source(
        group=row.pop("group_id"), certificates=papers, parts=tuple(of), **row
    )  # fmt: skip


Fault = tuple[str, str, str, str]
"""Table, row, column, why."""
FAULTS_MAX = 20

FAULTS = {
    ("lot_deed", "loss_grams", "not what went in less what came out"): (
        "SELECT d.id FROM lot_deed d WHERE d.kind <> 'correction' AND d.loss_grams <>"
        " (SELECT COALESCE(SUM(i.grams), 0) FROM lot_input i WHERE i.deed = d.id)"
        " - (SELECT COALESCE(SUM(l.grams), 0) FROM lot l WHERE l.deed = d.id)"
    ),
    ("lot_input", "grams", "not what was poured from its stock"): (
        "SELECT i.id FROM lot_input i JOIN stock s ON s.source = i.lot WHERE i.grams <>"
        " (SELECT COALESCE(SUM(m.grams), 0) FROM stock_move m"
        " WHERE m.stock = s.id AND m.subject = i.deed AND m.target = 'used')"
    ),
    ("stock", "used_grams", "not what went into other lots"): (
        "SELECT s.id FROM stock s WHERE s.used_grams <>"
        " (SELECT COALESCE(SUM(i.grams), 0) FROM lot_input i WHERE i.lot = s.source)"
    ),
    ("lot", "grams", "not the sum of its harvests"): (
        "SELECT l.id FROM lot l WHERE l.deed IS NOT NULL AND l.grams <>"
        " (SELECT COALESCE(SUM(x.grams), 0) FROM lot_origin x WHERE x.lot = l.id)"
    ),
    ("lot", "deed", "no such deed"): (
        "SELECT l.id FROM lot l LEFT JOIN lot_deed d ON d.id = l.deed"
        " WHERE l.deed IS NOT NULL AND d.id IS NULL"
    ),
    ("lot", "claim", "higher than a lot that went into it"): (
        "SELECT DISTINCT l.id FROM lot l JOIN lot_input i ON i.deed = l.deed"
        " JOIN lot s ON s.id = i.lot WHERE (s.claim = 'plain' AND l.claim <> 'plain')"
        " OR (s.claim = 'in_conversion' AND l.claim = 'organic')"
    ),
    (
        "lot_correction",
        "turn",
        "not what the next one or the lot begins with",
    ): (
        "SELECT c.id FROM lot_correction c JOIN lot l ON l.id = c.lot"
        " LEFT JOIN lot_correction n ON n.lot = c.lot AND n.turn = c.turn + 1 WHERE"
        " (COALESCE(n.old_crop, l.crop), COALESCE(n.old_grams, l.grams),"
        " COALESCE(n.old_claim, l.claim), COALESCE(n.old_harvested_on, l.harvested_on))"
        " <> (c.new_crop, c.new_grams, c.new_claim, c.new_harvested_on)"
        " OR (c.turn > 1 AND NOT EXISTS (SELECT 1 FROM lot_correction b"
        " WHERE b.lot = c.lot AND b.turn = c.turn - 1))"
    ),
    ("lot_origin", "origin", "a harvest that is none, or that did not go in"): (
        "SELECT x.id FROM lot_origin x JOIN lot h ON h.id = x.origin JOIN lot l ON l.id = x.lot"
        " WHERE h.deed IS NOT NULL OR NOT EXISTS (SELECT 1 FROM lot_input i WHERE"
        " i.deed = l.deed AND (i.lot = x.origin OR EXISTS (SELECT 1 FROM lot_origin y"
        " WHERE y.lot = i.lot AND y.origin = x.origin)))"
    ),
}


async def lineage_faults() -> list[Fault]:
    """Mass balance, buckets and claims of all splits, mixes and packings, by the rows."""
    found: list[Any] = [
        (table, row["id"], column, why)
        for (table, column, why), statement in FAULTS.items()
        for row in await in_use().query(f"{statement} LIMIT {FAULTS_MAX}")
    ]
    return found[:FAULTS_MAX]
