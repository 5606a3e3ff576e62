"""When a crop may be harvested, and how much of it a piece of land can bear."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Refusal
from certification.basis.text import Text
from certification.basis.units import RAI_M2

Level = Literal["read", "known", "guess", "none"]
"""How a figure is known: read in a source that is named, common knowledge, a guess, not at all."""
KG_PER_RAI_MOST = 100_000
MEETING_LETTERS_MAX = 40
YEAR = 365


class UnknownCrop(Invalid):
    code = "crops.unknown"


class YieldUnknown(Refusal):
    """Nobody knows, so nothing may be reckoned with it: a committee sets the figure."""

    code = "crops.yield_unknown"


class AreaMissing(Invalid):
    code = "crops.area_missing"


class FigureAbsurd(Invalid):
    code = "crops.figure_absurd"


class MeetingMissing(Invalid):
    code = "crops.meeting_missing"


class FigureSetOtherwise(Refusal):
    """The same id came with another figure."""

    code = "crops.figure_set_otherwise"


class Crop(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: Text
    also: tuple[str, ...]
    """Other names, of the south before all."""
    scientific: str
    crop_class: Literal["annual", "perennial"]
    unit: Literal["kg", "piece"]
    """What it is sold by; yields are always kilograms."""
    first_harvest_days: int
    """From sowing or planting."""
    harvest_days: int
    """From the first harvest to the last; of a perennial, how long it bears."""
    harvest_months: tuple[tuple[int, int], ...]
    """Spans of months, both ends included; empty: the whole year."""
    kg_per_rai: int | None
    """Of one sowing, or of a perennial in one year. An average found, not a most."""
    yield_level: Level
    yield_source: str
    shelf_life_days: int
    vat_class: Literal["exempt", "standard"]
    touches_soil: bool
    """What is eaten lies on the ground, grows in it or so low that it is splashed."""
    """Exempt: unprocessed produce, Revenue Code s.81(1)(a)."""
    level: Level
    """Of the names and days."""
    source: str


class Yield(msgspec.Struct, frozen=True):
    """What land may be expected to bear; both numbers are None where nobody knows."""

    grams: int | None
    kg_per_rai: int | None
    source: Literal["committee", "read", "known", "guess", "none"]
    per: Literal["sowing", "year"]
    warning: str | None
    """yield_unknown, yield_guessed"""


class SetFigure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    crop: str
    network: str
    kg_per_rai: int
    meeting_ref: str
    """Number or date of the minutes, such as `3/2569`."""


class FigureSet(msgspec.Struct, frozen=True, tag="crops.figure_set"):
    figure: str
    crop: str
    network: str
    kg_per_rai: int


def harvest_window(crop: Crop, sown_on: date) -> tuple[date, date]:
    """The first and the last day on which a harvest of this sowing is likely."""
    first = sown_on + timedelta(days=crop.first_harvest_days)
    return first, first + timedelta(days=crop.harvest_days)


def yield_period(crop: Crop, sown_on: date, on: date) -> tuple[date, date]:
    """The days whose harvests together are held against the expected yield of `on`.

    The whole window of an annual; of a perennial the 365 days of bearing that `on` falls in.
    """
    first, last = harvest_window(crop, sown_on)
    if crop.crop_class == "annual":
        return first, last
    years = max((on - first).days // YEAR, 0)
    begin = first + timedelta(days=years * YEAR)
    return begin, begin + timedelta(days=YEAR - 1)


def in_season(crop: Crop, month: int) -> bool:
    spans = crop.harvest_months
    return not spans or any(first <= month <= last for first, last in spans)


def expected_yield(crop: Crop, area_m2: int, figure: int | None) -> Yield:
    """`figure` is the kg per rai a committee has set, which goes before what the list says.

    An unknown yield carries no number and warns; so does a guess, with its number.
    """
    if area_m2 <= 0:
        raise AreaMissing(field="area")
    source = "committee" if figure is not None else crop.yield_level
    kg_per_rai = figure if figure is not None else crop.kg_per_rai
    warning = {"none": "yield_unknown", "guess": "yield_guessed"}.get(source)
    per: Literal["sowing", "year"] = "sowing" if crop.crop_class == "annual" else "year"
    if kg_per_rai is None:
        return Yield(None, None, "none", per, "yield_unknown")
    return Yield(kg_per_rai * 1_000 * area_m2 // RAI_M2, kg_per_rai, source, per, warning)


def ceiling_grams(crop: Crop, expected: Yield) -> int:
    """Refuses `crops.yield_unknown` where there is no number to hold a harvest against."""
    if expected.grams is None:
        raise YieldUnknown(crop=crop.name.th)
    return expected.grams


def set_figure(data: SetFigure) -> FigureSet:
    if not 1 <= data.kg_per_rai <= KG_PER_RAI_MOST:
        raise FigureAbsurd(
            field="kg_per_rai", kg_per_rai=data.kg_per_rai, most=f"{KG_PER_RAI_MOST:,}"
        )
    # A reference, not a story: it stands in the open beside the figure.
    if len(data.meeting_ref) > MEETING_LETTERS_MAX or not re.search("[0-9๐-๙]", data.meeting_ref):
        raise MeetingMissing(field="meeting_ref")
    return FigureSet(data.id, data.crop, data.network, data.kg_per_rai)
