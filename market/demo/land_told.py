"""What the demo's farmers tell of their land on the day they register it; all of it invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from certification.land import commands
from certification.land.rules import (
    SIDES,
    DeclareHolding,
    NotePaper,
    NoteSide,
    NoteWater,
    NoteYear,
    PaperKind,
    Side,
)
from market.demo.days import Days, named
from market.demo.ground import RAI_M2, Land
from market.demo.land import LAND
from market.demo.people import SAMPLE
from market.demo.story import Deed, deed

PAPERS: tuple[PaperKind, ...] = ("ns4", "spk4_01", "ns3k", "sk1", "pbt5", "lease")
UNTOLD = frozenset({"malee-orchard", "ying-rubber"})
"""Somebody has something left to tell."""
CROP_BEFORE = {
    "field": "ผักและถั่ว", "orchard": "ไม้ผลผสม", "paddy": "ข้าว", "rubber": "ยางพารา",
    "city_garden": "ผักกระถาง",
}  # fmt: skip
YEARS = 3


def tell_of_land(days: Days) -> Iterator[Deed]:
    for place, land in enumerate(LAND):
        at = days.at(land.registered, 10)
        yield _paper(land, PAPERS[place % len(PAPERS)], at)
        yield from _years(land, days, at)
        if land.key not in UNTOLD:
            yield from _around(land, place, at)
    for farmer in dict.fromkeys(land.farmer_id for land in LAND):
        yield _holding(farmer, days)


def _paper(land: Land, kind: PaperKind, at: datetime) -> Deed:
    own = kind != "lease"
    paper = NotePaper(
        id=named("paper", land.key), plot=land.id, kind=kind, number=f"{len(land.key)}/2541",
        area_m2=round(land.rai * RAI_M2), holder="" if own else f"เจ้าของที่ดิน {SAMPLE}",
        relation="self" if own else "landlord",
    )  # fmt: skip
    return deed(commands.note_paper, paper, by=land.farmer_id, at=at)


def _years(land: Land, days: Days, at: datetime) -> Iterator[Deed]:
    this = days.on(0).year
    for year in range(at.year - YEARS, this):
        seen = NoteYear(
            id=named("year", land.key, str(year)), plot=land.id, year=year,
            crop=CROP_BEFORE[land.kind], used="natural", inputs="ปุ๋ยหมักของกลุ่ม",
        )  # fmt: skip
        ended = min(datetime(year + 1, 1, 5, 9, tzinfo=at.tzinfo), days.at(-1))
        when = at if year < at.year else ended
        yield deed(commands.note_year, seen, by=land.farmer_id, at=when)


def _around(land: Land, place: int, at: datetime) -> Iterator[Deed]:
    for turn, of in enumerate(SIDES):
        yield deed(commands.note_side, _side(land, of, place + turn), by=land.farmer_id, at=at)
    flooded = land.kind == "paddy"
    water = NoteWater(
        id=named("water", land.key), plot=land.id, sources=("rain", "pond"),
        flood_days=12 if flooded else 0, flooded_until=at.date() if flooded else None,
    )  # fmt: skip
    yield deed(commands.note_water, water, by=land.farmer_id, at=at)


def _side(land: Land, of: Side, turn: int) -> NoteSide:
    """Every seventh side lies beside spraying."""
    sprayed = turn % 7 == 0
    return NoteSide(
        id=named("side", land.key, of), plot=land.id, side=of,
        use="sprayed_crop" if sprayed else "rubber" if turn % 2 else "organic",
        risk="spray" if sprayed else "none", buffer="plants" if sprayed else "bund",
        buffer_cm=300 if sprayed else 100,
    )  # fmt: skip


def _holding(farmer: str, days: Days) -> Deed:
    """A little more than what is ever registered: the house and the yard."""
    mine = [land for land in LAND if land.farmer_id == farmer]
    rai = sum(land.rai for land in mine) + 2
    whole = DeclareHolding(
        id=named("holding", farmer), person=farmer, area_m2=round(rai * RAI_M2), pieces=len(mine)
    )
    first = min(land.registered for land in mine)
    return deed(commands.declare_holding, whole, by=farmer, at=days.at(first, 11))
