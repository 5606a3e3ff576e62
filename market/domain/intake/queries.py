"""What was promised for a round, and what of it was weighed in."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.intake.rules import NoSuchIntake
from market.domain.shortage import queries as shortages


class IntakeView(msgspec.Struct, frozen=True):
    id: str
    offer: str
    cycle: str
    group: str
    farmer: str | None
    lot: str | None
    lot_code: str | None
    name_th: str
    name_en: str
    weighed_grams: int
    accepted_grams: int
    because: str | None
    photo: str | None
    corrects: str | None
    corrected_by: str | None
    by: str
    at: datetime


class Promised(msgspec.Struct, frozen=True):
    """What of an offer is ordered, and what has come."""

    offer: str
    farmer: str | None
    name_th: str
    name_en: str
    ordered_grams: int
    accepted_grams: int
    refused_grams: int
    weighings: list[IntakeView]


VIEW = (
    'SELECT i.id, i.offer, f.cycle, f."group" AS group_id, i.farmer, i.lot, l.code AS lot_code,'
    " p.name_th, p.name_en, i.weighed_grams, i.accepted_grams, i.because, i.photo, i.corrects,"
    ' n.id AS corrected_by, i."by", i.at FROM intake i JOIN offer f ON f.id = i.offer'
    " JOIN product p ON p.id = f.product LEFT JOIN lot l ON l.id = i.lot"
    " LEFT JOIN intake n ON n.corrects = i.id"
)


async def intake(id: str) -> IntakeView:
    """NoSuchIntake."""
    found = await _where("i.id = {}", id)
    if not found:
        raise NoSuchIntake()
    return found[0]


async def of_offer(offer: str) -> list[IntakeView]:
    return await _where("i.offer = {} ORDER BY i.at, i.id", offer)


async def accepted(offer: str) -> int:
    return sum(one.accepted_grams for one in await of_offer(offer) if not one.corrected_by)


async def desk(cycle: str) -> list[Promised]:
    """By product: what is ordered or was brought."""
    weighed = dict[str, list[IntakeView]]()
    for one in await _where("f.cycle = {} ORDER BY i.at, i.id", cycle):
        weighed.setdefault(one.offer, []).append(one)
    found = []
    for of in await shortages.every(cycle):
        here = weighed.get(of.offer, [])
        if not of.ordered_grams and not here:
            continue
        counted = [one for one in here if not one.corrected_by]
        accepted = sum(one.accepted_grams for one in counted)
        refused = sum(one.weighed_grams for one in counted) - accepted
        found.append(
            Promised(of.offer, of.farmer, of.name_th, of.name_en, of.ordered_grams, accepted,
                     refused, here)
        )  # fmt: skip
    return found


async def _where(condition: str, *values: object) -> list[IntakeView]:
    rows = await in_use().query(f"{VIEW} WHERE {condition}", *values)
    return [IntakeView(group=row.pop("group_id"), **row) for row in rows]
