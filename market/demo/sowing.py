"""What was planted when, so that every harvest of the demo has ground it can have come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial

import msgspec

from certification.crops import queries as crops
from certification.plots import commands as plots
from certification.plots import queries as plot_queries
from certification.plots.rules import PlantCrop
from market.demo.days import Days, named
from market.demo.ground import FIRST, SECOND, Land
from market.demo.land import LAND
from market.demo.story import Deed

BESIDE = 10
"""Days beside the window of harvest in which a sowing still answers for a harvest."""
SHORTEST_WINDOW = 8


class Sowing(msgspec.Struct, frozen=True):
    id: str
    land: Land
    crop: str
    sown: int
    typed: int

    def bears(self, day: int) -> bool:
        crop = crops.crop(self.crop)
        first = self.sown + crop.first_harvest_days
        return first - BESIDE <= day <= first + crop.harvest_days + BESIDE


def planned(land: Land) -> Iterator[Sowing]:
    """What stands in the plan when a plot is applied for: so the certificate covers it."""
    for each in land.crops:
        crop = crops.crop(each.crop)
        id = named("planting", land.key, each.crop)
        if crop.crop_class == "perennial":
            yield Sowing(id, land, each.crop, each.sown, land.registered)
            continue
        yield Sowing(id, land, each.crop, each.sown, max(SECOND.registered, land.registered))
        if FIRST in land.seasons:
            first = named("planting", FIRST.key, land.key, each.crop)
            sown = FIRST.met - crop.first_harvest_days
            yield Sowing(first, land, each.crop, sown, land.registered)


def sowing_for(land: Land, crop: str, day: int) -> Sowing:
    """The planned one that bears on that day, or one of a row that follow each other."""
    for each in planned(land):
        if each.crop == crop and each.bears(day):
            return each
    of = crops.crop(crop)
    every = max(of.harvest_days, SHORTEST_WINDOW)
    sown = day - (day - land.registered) % every - of.first_harvest_days
    id = named("planting", land.key, crop, str(sown))
    return Sowing(id, land, crop, sown, max(sown + 1, land.registered))


def sow(days: Days, harvested: Iterable[tuple[Land, str, int]]) -> Iterator[Deed]:
    """The plans, and what was sown for the harvests of those days."""
    sowings = {each.id: each for land in LAND for each in planned(land)}
    for land, crop, day in harvested:
        each = sowing_for(land, crop, day)
        sowings.setdefault(each.id, each)
    for each in sowings.values():
        at = days.at(each.typed, 11)
        yield Deed(at, partial(_plant, each, days, at))


async def _plant(sowing: Sowing, days: Days, at: datetime) -> None:
    land = sowing.land
    area_m2 = (await plot_queries.plot(land.id)).area_m2 // len(land.crops)
    part = PlantCrop(sowing.id, land.id, sowing.crop, area_m2, days.on(sowing.sown))
    await plots.plant(part, by=land.farmer_id, at=at)
