"""Two small harvests of one promise: Dao weighs both in, and what is ordered is dealt over them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from certification.basis.ids import following
from certification.plots import queries as plots
from market.demo.ahead import HAS_ALREADY, ROUND, SATANG_PER_KG, STEP_GRAMS
from market.demo.days import Days, named
from market.demo.people import who
from market.demo.story import Deed
from market.domain.forecasts.rules import Bounds
from market.domain.intake import commands as intake
from market.domain.intake.rules import WeighIn
from market.domain.offers import ahead, queries
from market.domain.offers.rules import OfferAhead
from market.domain.orders import commands as orders
from market.domain.orders.rules import Line, PlaceOrder

FARMER = "malee"
FORECAST = named("forecast", "small")
OFFER = following(FORECAST, "offer")
PROMISED_GRAMS, ORDERED_GRAMS = 6_000, (1_500, 1_000)
LOADS_GRAMS = (1_800, 1_400)


def cut_twice(days: Days) -> Iterator[Deed]:
    at = days.at(-1, 13, 30)
    yield Deed(at, partial(_promise, days.on(days.next_market), days.on(-1), at))
    for number, (buyer, grams) in enumerate(zip(("nok", "ton"), ORDERED_GRAMS, strict=True)):
        at = days.at(-1, 14, number)
        yield Deed(at, partial(_order, who(buyer), grams, at))
    for number, grams in enumerate(LOADS_GRAMS):
        at = days.at(-1, 20, 10 * number)
        yield Deed(at, partial(_weigh, number, grams, at))


async def _promise(ready_on: date, cut_on: date, at: datetime) -> None:
    """Of what of hers is ripe and sold by weight; where nothing is, the rest does not happen."""
    farmer = who(FARMER)
    for plot in await plots.of_farmer(farmer, ready_on):
        for one in await plots.growing(plot.id, ready_on):
            if one.harvest_from > cut_on or one.crop in HAS_ALREADY:
                continue
            for sold in await queries.selling(plot.group, one.crop, at):
                if sold.cycle.id == ROUND and sold.piece_grams is None:
                    asked = OfferAhead(
                        FORECAST, one.id, ROUND, sold.product, ready_on, PROMISED_GRAMS,
                        SATANG_PER_KG, STEP_GRAMS,
                    )  # fmt: skip
                    await ahead.offer_ahead(asked, farmer, Bounds(), by=farmer, at=at)
                    return


async def _order(buyer: str, grams: int, at: datetime) -> None:
    if not await queries.terms([OFFER]):
        return
    cycle = await queries.cycle(ROUND)
    id = following(FORECAST, buyer)
    lines = (Line(following(id, "line"), OFFER, grams),)
    asked = PlaceOrder(id, ROUND, buyer, "cash", lines, stop=cycle.stops[0].id)
    await orders.place(asked, by=buyer, at=at)


async def _weigh(number: int, grams: int, at: datetime) -> None:
    if not await queries.terms([OFFER]):
        return
    load = WeighIn(named("intake", f"small-{number}"), OFFER, grams, grams, as_plain=True)
    await intake.weigh_in(load, by=who("dao"), at=at)
