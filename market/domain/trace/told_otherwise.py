"""How a lot was corrected, as anybody may read it: both, the day, and whether by its farmer."""

from __future__ import annotations

from datetime import date

import msgspec

from certification.basis.text import Text
from certification.basis.units import local_day
from certification.crops import queries as crops
from market.domain.lineage import queries as lineage
from market.domain.lots import queries as lots
from market.domain.lots.rules import Facts
from market.domain.trace import past


class Said(msgspec.Struct, frozen=True):
    crop_name: Text
    harvested_on: date
    grams: int
    claim: str


class Correction(msgspec.Struct, frozen=True):
    on: date
    by_farmer: bool
    of_source: bool
    """A lot that went into it was corrected, and this one follows."""
    before: Said
    after: Said


class Corrected(msgspec.Struct, frozen=True):
    code: str
    crop_name: Text
    corrections: tuple[Correction, ...]
    """The first one first."""


async def of(typed: str) -> Corrected:
    """Misread, UnknownCode, NotYetReported."""
    lot = await lots.lot(await past.subject(typed, "lot"))
    told = tuple(
        Correction(
            local_day(one.at), one.by == lot.farmer, lot.deed is not None,
            _said(one.old), _said(one.new),
        )
        for one in await lineage.corrections(lot.id)
    )  # fmt: skip
    return Corrected(lot.code, crops.crop(lot.crop).name, told)


def _said(facts: Facts) -> Said:
    return Said(crops.crop(facts.crop).name, facts.harvested_on, facts.grams, facts.claim)
