"""Lots of the same land, planting, farmer, claim and papers: they differ in little.

What they share is read with one of them, and is true while nothing is told to the log; of the next
lot only what it has to itself is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec
from msgspec.structs import replace

from certification.basis.text import Text
from certification.crops import queries as crops
from certification.marks import queries as marks
from certification.marks.queries import PublicMark
from certification.plots.queries import PublicPlot
from certification.residues import queries as residues
from certification.residues.queries import TestTold
from market.domain.trace import rules, scan


class Trace(msgspec.Struct, frozen=True):
    """Everything a consumer may see of a lot."""

    code: str
    crop: str
    crop_name: Text
    claim: str
    because: str
    """Why this claim and no higher: a word of `lots.rules.BECAUSE`."""
    beside: str | None
    verdict: rules.Verdict
    planted_on: date | None
    harvested_on: date
    days_since: int
    grams: int
    grams_left: int
    place: rules.Somewhere
    plot: PublicPlot
    farmer_name: str | None
    """Only where the farmer has consented to it."""
    certificate: rules.Shown | None
    also: tuple[rules.Shown, ...]
    """Other certificates that held."""
    marks: tuple[PublicMark, ...]
    """Papers by others, of the land; nothing of the claim rests on them."""
    inspected: rules.Inspected | None
    decided: rules.Decided | None
    tests: tuple[TestTold, ...]
    """For residues: of the plot, and of just this lot."""
    offered: rules.Offered | None
    timeline: tuple[rules.Happening, ...]
    proof: rules.Proof | None
    recalled: rules.Recalled | None = None
    gone: rules.Gone | None = None
    noted: rules.Noted | None = None
    """That it is scanned unusually often."""


class Alike(msgspec.Struct, frozen=True):
    shared: scan.Shared
    today: date
    days: dict[date, Trace] = {}
    """Of no lot in particular that was harvested that day."""

    async def day(self, harvested_on: date) -> Trace:
        if (day := self.days.get(harvested_on)) is None:
            day = self.days[harvested_on] = await self._harvested(harvested_on)
        return day

    async def trace(self, lot: scan.Own) -> Trace:
        assert lot.grams_left is not None, "only what the page says was asked for"
        day, lone = await self.day(lot.harvested_on), scan.lone(lot)
        return replace(
            day,
            code=lone.code,
            grams=lone.grams,
            grams_left=lot.grams_left,
            offered=lone.offered,
            timeline=tuple(sorted(day.timeline + lone.timeline, key=scan.IN_ORDER)),
            proof=lone.proof,
            recalled=lone.recalled,
            gone=lone.gone,
            noted=lone.noted,
            tests=of_lot(day.tests, lone.code),
        )

    async def _harvested(self, on: date) -> Trace:
        found, lot = self.shared, self.shared.lot
        shown = await scan.shown(found, on, self.today)
        claimed = shown.pop(0) if lot.certificate else None
        crop = crops.crop(lot.crop)
        return Trace(
            code="",
            crop=crop.id,
            crop_name=crop.name,
            claim=lot.claim,
            because=lot.because,
            beside=lot.beside,
            verdict=rules.verdict(claimed.then, claimed.now) if claimed else rules.NO_CLAIM,
            planted_on=lot.planted_on,
            harvested_on=on,
            days_since=(self.today - on).days,
            grams=0,
            grams_left=0,
            place=scan.place(found.land),
            plot=scan.plot(found),
            farmer_name=scan.farmer_name(lot) if await scan.may_name(found) else None,
            certificate=claimed,
            also=tuple(shown),
            inspected=await scan.inspected(found),
            marks=await marks.on_plot(found.land.code, lot.farmer, self.today),
            decided=scan.decided(found.meeting),
            tests=tuple(residues.told(one) for one in await residues.by_ids(found.tests)),
            offered=None,
            timeline=scan.timeline(found.logged),
            proof=None,
        )


def of_lot(tests: tuple[TestTold, ...], code: str) -> tuple[TestTold, ...]:
    """Not those of other lots from the same land, nor what was corrected since."""
    return tuple(one for one in tests if one.lot_code in (None, code) and not one.corrected)


def held_back(tests: Iterable[TestTold], code: str) -> rules.Reason | None:
    """`laboratory` or `residue` where a sample of just that lot had too much of something: a
    laboratory's answer counts for the kit's."""
    mine = [one for one in tests if one.lot_code == code and not one.answered]
    bad = [one for one in mine if one.worst == "unsafe" and not one.corrected]
    if not bad:
        return None
    return "laboratory" if all(one.waits for one in bad) else "residue"
