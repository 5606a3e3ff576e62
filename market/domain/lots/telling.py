"""What is told otherwise of a lot: the row says what is known now. `lineage` keeps what was told
before, by whom and why; nobody else calls this."""

from __future__ import annotations

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from market.domain.lots.rules import Facts
from market.domain.lots.tables import LotAlso


async def tell_otherwise(
    lot: str, before: Facts, after: Facts, beside: str | None, also: tuple[str, ...]
) -> list[str] | None:
    """The rows of certificates that are new in it; None where it is no longer as `before`."""
    done = await in_use().query(
        "UPDATE lot SET crop = {}, harvested_on = {}, grams = {}, planting = {}, claim = {},"
        " because = {}, scheme = {}, certificate = {}, beside = {} WHERE id = {} AND crop = {}"
        " AND harvested_on = {} AND grams = {} AND claim = {} RETURNING id",
        *msgspec.structs.astuple(after), beside, lot,
        before.crop, before.harvested_on, before.grams, before.claim,
    )  # fmt: skip
    if not done:
        return None
    known = await LotAlso.select(LotAlso.certificate).where(LotAlso.lot == lot)
    new = [paper for paper in also if paper not in {row["certificate"] for row in known}]
    rows = [
        LotAlso(id=following(lot, f"also {paper}"), lot=lot, certificate=paper) for paper in new
    ]
    if rows:
        await insert(*rows)
    return [str(row.id) for row in rows]
