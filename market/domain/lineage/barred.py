"""Why a lot may not be split, mixed or corrected: by all that is known now of it and its sources.

Two dates count: the certificate on the day of harvest, and today.
"""

from __future__ import annotations

from datetime import date

from certification.basis.database import Row, in_use
from certification.certificates import queries as certificates
from certification.residues import queries as residues
from market.domain.lineage.rules import Bar

WITHIN = (
    "WITH RECURSIVE up (lot) AS (SELECT l.id FROM lot l WHERE l.id = {} UNION"
    " SELECT i.lot FROM up JOIN lot l ON l.id = up.lot JOIN lot_input i ON i.deed = l.deed)"
    " SELECT l.id, l.code, l.crop, l.harvested_on, l.certificate, l.deed, f.because"
    " FROM up JOIN lot l ON l.id = up.lot"
    " LEFT JOIN lot_freeze f ON f.lot = l.id AND f.thawed_at IS NULL ORDER BY l.code"
)


async def bars(lot: str, today: date) -> list[Bar]:
    """The lot itself and everything in it; empty: it is free."""
    found: list[Bar] = []
    for one in await in_use().query(WITHIN, lot):
        if one["because"]:
            found.append(Bar(one["because"], one["code"]))
        found += await _of_one(one, today)
    return list(dict.fromkeys(found))


async def lost(lot: str) -> list[Bar]:
    """Why its claim does not stand: what held on the day of harvest was taken back, or a sample of
    it was above the limit."""
    return [bar for one in await in_use().query(WITHIN, lot) for bar in await _of_one(one, None)]


async def _of_one(lot: Row, today: date | None) -> list[Bar]:
    bad = await residues.lot_waits(lot["id"])
    found = [Bar("unsafe_residue", lot["code"])] if bad else []
    if not lot["certificate"] or lot["deed"]:  # the papers of a made lot are those of its harvests
        return found
    paper = await certificates.certificate(lot["certificate"])
    if not (await certificates.standing(paper, lot["crop"], lot["harvested_on"])).held:
        return [*found, Bar("claim_lost", lot["code"])]
    now = (await certificates.standing(paper, lot["crop"], today)).state if today else "active"
    if now == "suspended" or now == "revoked":
        found.append(Bar(now, lot["code"]))
    return found
