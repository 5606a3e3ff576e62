"""For how little a farmer's crop may be sold today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from certification.basis.database import in_use
from market.domain.floors import rules
from market.domain.floors.rules import Because

FLOORS = (
    "SELECT f.id, f.farmer, f.crop, f.satang_per_kg, f.at FROM price_floor f WHERE f.farmer = {}"
    " AND NOT EXISTS (SELECT 1 FROM price_floor x WHERE x.farmer = f.farmer AND x.crop = f.crop"
    " AND (x.at > f.at OR (x.at = f.at AND x.id > f.id)))"
)


class Consent(msgspec.Struct, frozen=True):
    id: str
    satang_per_kg: int
    until: date
    because: Because
    decided_on: date | None


class Floor(msgspec.Struct, frozen=True):
    id: str
    farmer: str
    crop: str
    satang_per_kg: int
    at: datetime
    consents: list[Consent]

    def least(self, on: date) -> int:
        """What a yes that holds that day allows, else the minimum."""
        allowed = [one.satang_per_kg for one in self.consents if one.until >= on]
        return min([self.satang_per_kg, *allowed])


async def floors(farmer: str) -> list[Floor]:
    """One for each crop, by crop."""
    rows = await in_use().query(f"{FLOORS} ORDER BY f.crop", farmer)
    return [Floor(**row, consents=await _consents(row["id"])) for row in rows]


async def floor(farmer: str, crop: str) -> Floor | None:
    rows = await in_use().query(f"{FLOORS} AND f.crop = {{}}", farmer, crop)
    return Floor(**rows[0], consents=await _consents(rows[0]["id"])) if rows else None


async def told(id: str) -> tuple[str, int]:
    """Crop and satang of one that was set."""
    [row] = await in_use().query("SELECT crop, satang_per_kg FROM price_floor WHERE id = {}", id)
    return row["crop"], row["satang_per_kg"]


async def least(farmers: Iterable[str], crop: str, on: date) -> int:
    """Of a lot of several, the highest of theirs; 0 where none is set."""
    found = [await floor(farmer, crop) for farmer in sorted(set(farmers))]
    return max((one.least(on) for one in found if one), default=0)


async def ensure_not_below(satang_per_kg: int, farmers: Iterable[str], crop: str, on: date) -> None:
    """BelowMinimum, with the least."""
    rules.ensure_not_below(satang_per_kg, await least(farmers, crop, on))


async def _consents(floor: str) -> list[Consent]:
    rows = await in_use().query(
        "SELECT id, satang_per_kg, until, because, decided_on FROM floor_consent"
        " WHERE floor = {} ORDER BY at, id",
        floor,
    )
    return [Consent(**row) for row in rows]
