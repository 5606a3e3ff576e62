"""Every step of custody of a lot in order, from the harvest to who has it: `chain(lot)`.

Crates and dispatches are ours; loading, stops and leftovers are told by the truck's day, hand-overs
by the orders. What a stranger may read stands in `public`, the rest in `private`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from certification.basis.database import in_use
from certification.basis.text import Text
from certification.basis.units import Instant

KINDS = (
    "harvested", "made", "used", "crated", "dispatched", "received", "loaded", "unloaded",
    "handed_on", "handed_over", "sold", "emptied", "returned", "donated", "wasted",
)  # fmt: skip
"""In the order in which they stand where two happened at one moment."""


class Where(msgspec.Struct, frozen=True):
    """What anybody may know: a public place, or the tambon alone of land and of a base."""

    place: str | None = None
    name: Text | None = None
    tambon: str | None = None


class Hidden(msgspec.Struct, frozen=True):
    """For who may see the lot's group: people are pseudonyms."""

    by: str | None = None
    plot: str | None = None
    place: str | None = None
    """A base too, which stands in no public list."""
    truck: str | None = None
    """`day_truck`"""
    person: str | None = None
    """To whom it was handed on."""


class Step(msgspec.Struct, frozen=True):
    at: Instant
    kind: str
    """A word of KINDS."""
    grams: int
    subject: str
    """The row that tells it: lot, content, dispatch, arrival, loading, truck, order, pour."""
    crate: str | None
    """The public code of the crate."""
    goes_to: Where | None
    """Of a dispatch."""
    deeds: int
    """How many were summed: orders handed over, walk-up sales."""
    public: Where
    private: Hidden


ROWS = {
    "harvested": (
        "SELECT l.at, l.grams, l.id AS subject, l.\"by\", l.plot, p.tambon"
        " FROM lot l JOIN plot p ON p.id = l.plot WHERE l.id = {} AND l.deed IS NULL"
    ),
    "made": (
        'SELECT at, grams, deed AS subject, "by" FROM lot WHERE id = {} AND deed IS NOT NULL'
    ),
    "used": (
        'SELECT d.at, i.grams, d.id AS subject, d."by" FROM lot_input i'
        " JOIN lot_deed d ON d.id = i.deed WHERE i.lot = {}"
    ),
    "crated": (
        'SELECT c.at, c.grams, c.id AS subject, c."by", c.place, k.code AS crate'
        " FROM crate_content c JOIN crate k ON k.id = c.crate WHERE c.lot = {}"
    ),
    "emptied": (
        "SELECT c.out_at AS at, c.grams, c.id AS subject, c.out_by AS \"by\", k.code AS crate"
        " FROM crate_content c JOIN crate k ON k.id = c.crate"
        " WHERE c.lot = {} AND c.out_at IS NOT NULL"
    ),
    "dispatched": (
        'SELECT d.at, l.grams, d.id AS subject, d."by", d.from_place AS place,'
        " d.to_place AS goes_to, k.code AS crate FROM custody_dispatch_line l"
        " JOIN custody_dispatch d ON d.id = l.dispatch LEFT JOIN crate k ON k.id = l.crate"
        " WHERE l.lot = {}"
    ),
    "received": (
        'SELECT a.at, l.grams, a.id AS subject, a."by", a.place, k.code AS crate'
        " FROM custody_arrival_line l JOIN custody_arrival a ON a.id = l.arrival"
        " LEFT JOIN crate k ON k.id = l.crate WHERE l.lot = {} AND a.state = 'counted'"
    ),
    "loaded": (
        'SELECT at, grams, id AS subject, "by", truck FROM truck_loading WHERE lot = {}'
    ),
    "unloaded": (
        "SELECT unloaded_at AS at, grams, id AS subject, truck FROM truck_loading"
        " WHERE lot = {} AND unloaded_at IS NOT NULL"
    ),
    "handed_on": (
        'SELECT at, grams, id AS subject, "by", truck, to_person AS person'
        " FROM truck_handed_on WHERE lot = {}"
    ),
    "handed_over": (
        "SELECT MAX(e.at) AS at, SUM(pl.actual_grams) AS grams, MIN(o.id) AS subject, h.truck,"
        " COALESCE(h.place, c.place) AS place, COUNT(*) AS deeds"
        " FROM offer f JOIN preorder_line pl ON pl.offer = f.id"
        ' JOIN preorder o ON o.id = pl."order"'
        " JOIN cycle_place c ON c.id = o.stop"
        " JOIN log_entry e ON e.subject = o.id AND e.tag = 'orders.handed_over'"
        ' LEFT JOIN truck_handover h ON h."order" = o.id'
        " WHERE f.lot = {} AND o.state = 'handed_over' AND pl.actual_grams > 0"
        " GROUP BY c.id, h.truck, COALESCE(h.place, c.place)"
    ),
    "sold": (
        "SELECT MAX(s.at) AS at, SUM(w.grams) AS grams, MIN(s.id) AS subject, s.holder AS truck,"
        " s.place, COUNT(*) AS deeds FROM lease l JOIN walkup_line w ON w.lease = l.id"
        " JOIN walkup_sale s ON s.id = w.sale LEFT JOIN walkup_void v ON v.sale = s.id"
        " WHERE l.lot = {} AND v.id IS NULL GROUP BY s.holder, s.place"
    ),
    **{
        kind: (
            'SELECT at, grams, id AS subject, "by", truck FROM truck_leftover'  # noqa: S608
            f" WHERE lot = {{}} AND kind = '{kind}'"
        )
        for kind in ("returned", "donated")
    },
    "wasted": (
        'SELECT m.at, m.grams, m.id AS subject, m."by", a.place'
        " FROM stock s JOIN stock_move m ON m.stock = s.id"
        " LEFT JOIN custody_difference d ON d.id = m.subject"
        " LEFT JOIN custody_arrival a ON a.id = d.arrival"
        " WHERE s.source = {} AND m.target = 'waste'"
    ),
}  # fmt: skip
"""By kind, what tells it of one lot; the noqa above: the text put in is ours."""

PLACES = "SELECT id, kind, name_th, name_en, tambon FROM place WHERE id IN ({})"


async def chain(lot: str) -> tuple[Step, ...]:
    """In order of time; empty for a lot that is not there."""
    told = [
        (kind, row) for kind, select in ROWS.items() for row in await in_use().query(select, lot)
    ]
    named = {str(row[part]) for _, row in told for part in ("place", "goes_to") if row.get(part)}
    places = await _places(named)
    steps = [_step(kind, row, places) for kind, row in told]
    return tuple(sorted(steps, key=lambda one: (one.at, KINDS.index(one.kind), one.subject)))


async def _places(ids: Iterable[str]) -> dict[str, Where]:
    asked = sorted(ids)
    if not asked:
        return {}
    rows = await in_use().query(PLACES.format(", ".join(["{}"] * len(asked))), *asked)
    return {row["id"]: _where(row) for row in rows}


def _where(row: Mapping[str, Any]) -> Where:
    if row["kind"] == "base":
        return Where(tambon=row["tambon"])
    return Where(row["id"], Text(row["name_th"], row["name_en"]), row["tambon"])


def _step(kind: str, row: Mapping[str, Any], places: Mapping[str, Where]) -> Step:
    place, goes_to = row.get("place"), row.get("goes_to")
    public = places[place] if place else Where(tambon=row.get("tambon"))
    names = ("by", "plot", "truck", "person")
    hidden = Hidden(place=place, **{name: row.get(name) for name in names})
    at = msgspec.convert(row["at"], datetime)
    return Step(
        at, kind, int(row["grams"]), row["subject"], row.get("crate"),
        places[goes_to] if goes_to else None, int(row.get("deeds") or 1), public, hidden,
    )  # fmt: skip
