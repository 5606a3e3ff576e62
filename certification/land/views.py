"""The land as it is read: of each thing the newest statement."""

from __future__ import annotations

from datetime import date

import msgspec


class PaperView(msgspec.Struct, frozen=True):
    id: str
    kind: str
    level: str
    number: str | None
    area_m2: int | None
    holder: str
    """Empty once the farmer was erased."""
    relation: str
    scan: str | None
    by: str


class YearView(msgspec.Struct, frozen=True):
    year: int
    crop: str
    used: str
    inputs: str | None
    by: str


class SideView(msgspec.Struct, frozen=True):
    side: str
    use: str
    risk: str
    buffer: str
    buffer_cm: int
    note: str | None
    by: str


class WaterView(msgspec.Struct, frozen=True):
    sources: tuple[str, ...]
    flood_days: int
    flooded_until: date | None
    soil_tested_on: date | None
    note: str | None
    by: str


class HoldingView(msgspec.Struct, frozen=True):
    area_m2: int
    pieces: int
    other_m2: int
    parallel: str
    whole_by: date | None
    note: str | None
    by: str
    registered_m2: int
    """Of the plots that this person farms and has registered here."""


class LandView(msgspec.Struct, frozen=True):
    plot: str
    kind: str
    papers: tuple[PaperView, ...]
    years: tuple[YearView, ...]
    sides: tuple[SideView, ...]
    water: WaterView | None
    holding: HoldingView | None
