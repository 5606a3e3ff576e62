"""What Malee offers before its harvest, a box of greens, and what people ask for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from certification.basis.ids import following
from certification.plots import queries as plots
from certification.plots.queries import PlantingView
from market.demo.days import Days, named
from market.demo.people import who
from market.demo.rounds import PLACES
from market.demo.story import Deed
from market.domain.bundles import commands as bundles
from market.domain.bundles import queries as box_views
from market.domain.bundles.rules import MakeBundle, Part, Wanted
from market.domain.demand import commands as demand
from market.domain.demand.rules import Ask
from market.domain.floors import commands as floors
from market.domain.floors.rules import SetFloor
from market.domain.forecasts.rules import Bounds
from market.domain.offers import ahead, queries, shelves
from market.domain.offers.rules import OfferAhead
from market.domain.orders import commands as orders
from market.domain.orders import exchanging
from market.domain.orders import queries as placed_orders
from market.domain.orders.exchanging import Exchange
from market.domain.orders.rules import CASH, PlaceOrder

FORECAST, BOX, ROUND = named("forecast", "malee"), named("bundle", "greens"), named("cycle", "next")
GRAMS, SATANG_PER_KG, STEP_GRAMS = 20_000, 4_500, 500
HAS_ALREADY = ("kale",)
"""What the round has of hers."""
ASKED = (("nok", "okra", 2_000), ("ton", "okra", 5_000), ("noi", "okra", 1_500))


def promise(days: Days) -> Iterator[Deed]:
    at = days.at(-1, 12, 30)
    yield Deed(at, partial(_offer, days.on(days.next_market), at))
    at = days.at(-1, 12, 40)
    yield Deed(at, partial(_floor, at))
    at = days.at(-1, 12, 45)
    yield Deed(at, partial(_box, at))
    at = days.at(-1, 12, 50)
    yield Deed(at, partial(_boxed, at))
    for minute, (asker, crop, grams) in enumerate(ASKED):
        at = days.at(-1, 13, minute)
        wish = Ask(named("wish", asker), crop, PLACES["rattaphum"], days.on(60), grams)
        yield Deed(at, partial(_ask, wish, who(asker), at))


async def _ask(wish: Ask, asker: str, at: datetime) -> None:
    await demand.ask(wish, asker, is_guest=False, by=asker, at=at)


async def _floor(at: datetime) -> None:
    farmer = who("malee")
    least = SetFloor(named("floor", "malee"), "kale", 3_000)
    await floors.set_floor(least, farmer, by=farmer, at=at)


async def _box(at: datetime) -> None:
    """Half a kilo each of two goods that are sold by weight."""
    sold = [one for one in await queries.shop(ROUND) if not one.piece_grams]
    by_product = {one.product: one for one in sold if one.grams_left >= GRAMS // 10}
    fit = [one.id for one in await shelves.kinds(ROUND) if one.id in by_product][:3]
    if len(fit) < 2:
        return
    parts = Part((fit[0],), grams=500), Part(tuple(fit[1:]), grams=500)
    price = sum(by_product[one].satang_per_kg for one in fit[:2]) // 2
    box = MakeBundle(BOX, ROUND, "ชุดผักประจำสัปดาห์ (ตัวอย่าง)", "This week's greens (sample)",
                     price, parts)  # fmt: skip
    await bundles.make(box, by=who("dao"), at=at)


async def _boxed(at: datetime) -> None:
    """Ton's box, of which a good that is not there has given way to another."""
    order, ton = named("order", "ton, a box"), who("ton")
    if not [one for one in await box_views.of_cycle(ROUND) if one.id == BOX and not one.sold_out]:
        return
    wanted = PlaceOrder(
        order, ROUND, ton, CASH, (), bundles=(Wanted(following(order, "box"), BOX),)
    )
    await orders.place(wanted, by=ton, at=at)
    placed = await placed_orders.stored(order)
    for line, fits in (await exchanging.instead(placed)).items():
        if fits:
            given = Exchange(following(order, "given"), order, placed.merchant, line, fits[0].offer)
            await exchanging.exchange(given, by=who("dao"), at=at)
            return


async def _offer(ready_on: date, at: datetime) -> None:
    """Of what of hers can be cut on that day and is sold in the round."""
    farmer = who("malee")
    for plot in await plots.of_farmer(farmer, ready_on):
        for one in await plots.growing(plot.id, ready_on):
            ripe = one.harvest_from <= ready_on and one.crop not in HAS_ALREADY
            if ripe and await _offered(plot.group, one, farmer, ready_on, at):
                return


async def _offered(
    group: str, one: PlantingView, farmer: str, ready_on: date, at: datetime
) -> bool:
    for sold in await queries.selling(group, one.crop, at):
        step = sold.piece_grams or STEP_GRAMS
        grams = min(GRAMS, (one.expected_grams or 0) // 4)
        if sold.cycle.id == ROUND and grams >= step:
            asked = OfferAhead(
                FORECAST, one.id, sold.cycle.id, sold.product, ready_on, grams, SATANG_PER_KG, step
            )
            await ahead.offer_ahead(asked, farmer, Bounds(), by=farmer, at=at)
            return True
    return False
