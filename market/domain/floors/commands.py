"""A farmer sets a minimum; she or the committee says yes to less, for a time."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.crops import queries as crops
from market.domain.floors import queries, rules
from market.domain.floors.tables import FloorConsent, PriceFloor


async def set_floor(asked: rules.SetFloor, farmer: str, *, by: str, at: datetime) -> rules.FloorSet:
    """For offers from now on; what is offered already keeps its price."""
    rules.ensure_price(asked.satang_per_kg)
    crops.crop(asked.crop)
    event = rules.FloorSet(asked.id, farmer, asked.crop, asked.satang_per_kg)
    row = PriceFloor(
        id=asked.id, farmer=farmer, crop=asked.crop, satang_per_kg=asked.satang_per_kg, by=by,
        at=at,
    )  # fmt: skip
    async with transaction():
        await insert(row)
        log.append(event, (PriceFloor, asked.id), subject=farmer, by=by, at=at)
    return event


async def allow_below(asked: rules.AllowBelow, *, by: str, at: datetime) -> rules.Allowed:
    """By the farmer, or by one of the committee with the day of its decision."""
    own = by == asked.farmer
    async with transaction():
        known = await queries.floor(asked.farmer, asked.crop)
        least = known.satang_per_kg if known else 0
        rules.ensure_consent(asked, least, local_day(at), own=own)
        assert known
        because: rules.Because = "own" if own else "committee"
        row = FloorConsent(
            id=asked.id, floor=known.id, satang_per_kg=asked.satang_per_kg, until=asked.until,
            because=because, decided_on=asked.decided_on, by=by, at=at,
        )  # fmt: skip
        await insert(row)
        event = rules.Allowed(
            asked.id, asked.farmer, asked.crop, asked.satang_per_kg, asked.until.isoformat(),
            because,
        )  # fmt: skip
        log.append(event, (FloorConsent, asked.id), subject=asked.farmer, by=by, at=at)
    return event
