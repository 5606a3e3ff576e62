"""Which planned visits a relation stands against, as soon as it is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from certification.basis.database import in_use
from certification.inspections.kinds import hidden
from certification.people.rules import RelationView
from certification.schemes import queries as schemes

PLANNED = (
    "SELECT i.id, i.kind, i.plot, i.planned_on, i.started_at, i.scheme_version, m.person,"
    " h.person AS farmer"
    " FROM inspection i JOIN inspection_member m ON m.inspection = i.id"
    " JOIN plot_holder h ON h.plot = i.plot AND h.since <= i.planned_on"
    " AND (h.until IS NULL OR h.until >= i.planned_on)"
    " WHERE i.state IN ('assigned', 'under_way') AND NOT m.excused"
    " AND ((m.person = {} AND h.person = {}) OR (m.person = {} AND h.person = {}))"
    " ORDER BY i.planned_on, i.id"
)


class Barred(msgspec.Struct, frozen=True):
    inspection: str
    relation: str
    plot: str
    planned_on: date
    inspector: str


async def barred(relations: Iterable[RelationView], reader: str = "") -> list[Barred]:
    """Visits that wait, in which one of the two is to look at the other's plot. Of an unannounced
    one its farmer, as the `reader`, learns nothing."""
    found = []
    for one in relations:
        rows = await in_use().query(PLANNED, one.person, one.other, one.other, one.person)
        for row in rows:
            settings = (await schemes.version(row["scheme_version"])).content.rules
            far = one.kind == "kin" and one.degree > settings.kin_degree
            secret = reader == row["farmer"] and hidden(row["kind"], row["started_at"])
            if not far and not secret:
                found.append(
                    Barred(row["id"], one.id, row["plot"], row["planned_on"], row["person"])
                )
    return found
