"""Malee offers what is not cut yet, in the next round; Nok has ordered some of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from certification.plots import queries as plots
from certification.plots.queries import PlantingView
from market.demo.days import Days, named
from market.demo.people import who
from market.demo.story import Deed
from market.domain.forecasts.rules import Bounds
from market.domain.offers import ahead, queries
from market.domain.offers.rules import OfferAhead

FORECAST = named("forecast", "malee")
GRAMS, SATANG_PER_KG, STEP_GRAMS = 20_000, 4_500, 500
KEPT_FREE = ("kale",)
"""What the round has of hers already."""


def promise(days: Days) -> Iterator[Deed]:
    at = days.at(-1, 12, 30)
    yield Deed(at, partial(_offer, days.on(days.next_market), at))


async def _offer(ready_on: date, at: datetime) -> None:
    """Of what of hers can be cut on that day and is sold in the round."""
    farmer = who("malee")
    for plot in await plots.of_farmer(farmer, ready_on):
        for one in await plots.growing(plot.id, ready_on):
            ripe = one.harvest_from <= ready_on and one.crop not in KEPT_FREE
            if ripe and await _offered(plot.group, one, farmer, ready_on, at):
                return


async def _offered(
    group: str, one: PlantingView, farmer: str, ready_on: date, at: datetime
) -> bool:
    for sold in await queries.selling(group, one.crop, at):
        step = sold.piece_grams or STEP_GRAMS
        grams = min(GRAMS, (one.expected_grams or 0) // 4)
        if sold.cycle.id == named("cycle", "next") and grams >= step:
            asked = OfferAhead(
                FORECAST, one.id, sold.cycle.id, sold.product, ready_on, grams, SATANG_PER_KG, step
            )
            await ahead.offer_ahead(asked, farmer, Bounds(), by=farmer, at=at)
            return True
    return False
