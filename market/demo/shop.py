"""The market of the demo: one round that is over and paid out, and one that is open."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from certification.basis.transaction import run
from certification.basis.units import local_day
from market.demo.days import MARKET_WEEKDAYS, Days, named
from market.demo.goods import BEFORE_SUSPENSION, CYCLES, LAST, NEXT, Harvest
from market.demo.guarantee import SUSPENDED, planting
from market.demo.people import NETWORK, who
from market.domain.labels import commands as labels
from market.domain.labels.rules import PrintLabels
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot, LotHarvested
from market.domain.offers import commands as offers
from market.domain.offers.rules import DefineRule, MakeOffer, OpenCycle
from market.domain.payments import commands as payments
from market.domain.payments.rules import SetAccount
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace, Window
from market.domain.products import commands as products
from market.domain.products.rules import DefineProduct

PLACE, RULE = named("place", "rattaphum-hospital"), named("split-rule")
NO_BANKS_NUMBER = "0000000000000"
"""Thirteen digits no tax payer bears: a banking app that reads the demo's QR finds nobody."""
OPENED = -60
HOLD_MINUTES = 2 * 24 * 60
BEGINS, ENDS = 9, 17


async def lay_out(days: Days) -> None:
    """What stands before the first round: place, products, split rule, account."""
    at = days.at(OPENED)
    opens = tuple(Window(weekday, BEGINS * 60, ENDS * 60) for weekday in MARKET_WEEKDAYS)
    place = DefinePlace(
        PLACE, NETWORK, "pickup", "หลาดกรีนปั้นสุข รพ.รัตภูมิ", "Green market, Rattaphum Hospital",
        "900901", 7_136_000, 100_265_000, opens,
    )  # fmt: skip
    await run(places.define, place, by=who("dao"), at=at)
    for crop in sorted({harvest.crop for harvest in (*LAST, *NEXT, BEFORE_SUSPENSION)}):
        sold = DefineProduct(NETWORK, crop)
        await run(products.define, product(crop), sold, by=who("wan"), at=at)
    rule = DefineRule(RULE, NETWORK, merchant_bp=500, truck_bp=500, fund_bp=300, group_bp=700)
    await run(offers.define_rule, rule, by=who("prasert"), at=at)
    account = SetAccount(named("account"), NETWORK, "tax_id", NO_BANKS_NUMBER)
    await run(payments.set_account, account, by=who("prasert"), at=at)


def product(crop: str) -> str:
    return named("product", crop)


def cycle(market: str) -> str:
    return named("cycle", market)


def offer(market: str, land: str, crop: str) -> str:
    return named("offer", market, land, crop)


async def open_last(days: Days) -> None:
    """Cut and offered three days before the market day, closed on its eve."""
    day = days.last_market
    await _open(days, "last", opens=day - 3, market_day=day)
    await _offer(days, "last", LAST, day - 3)


async def open_next(days: Days) -> None:
    """Cut and offered yesterday; closes on the eve of the market day."""
    await _open(days, "next", opens=-1, market_day=days.next_market)
    await _offer(days, "next", NEXT, -1)


async def _open(days: Days, market: str, *, opens: int, market_day: int) -> None:
    name_th, name_en = CYCLES[market]
    opening = OpenCycle(
        cycle(market), NETWORK, name_th, name_en, PLACE,
        opens_at=days.at(opens, 12), closes_at=days.at(market_day - 1, 18),
        pickup_from=days.at(market_day, BEGINS), pickup_until=days.at(market_day, ENDS),
        hold_minutes=HOLD_MINUTES if market == "next" else 60,
    )  # fmt: skip
    await run(offers.open_cycle, opening, by=who("dao"), at=days.at(opens, 6))


async def _offer(days: Days, market: str, harvests: Sequence[Harvest], day: int) -> None:
    cuts = [
        await bring_in(harvest, market, days.at(day, 7, 3 * number))
        for number, harvest in enumerate(harvests)
    ]
    for harvest, cut in zip(harvests, cuts, strict=True):
        made = MakeOffer(
            offer(market, harvest.land, harvest.crop), cycle(market), cut.stock,
            product(harvest.crop), harvest.satang_per_kg, harvest.step_grams,
        )  # fmt: skip
        await run(offers.offer, made, by=who("dao"), at=days.at(day, 11))


async def before_suspension(days: Days) -> None:
    await bring_in(BEFORE_SUSPENSION, "before", days.at(SUSPENDED - 5, 7))


async def bring_in(harvest: Harvest, market: str, at: datetime) -> LotHarvested:
    """The harvest as a lot of its farmer, and its labels where it is packed."""
    land, lot = harvest.where, harvest.id("lot", market)
    reported = HarvestLot(
        land.id, harvest.crop, local_day(at), harvest.grams, planting(land, harvest.crop),
        harvest.wish,
    )  # fmt: skip
    cut = await run(lots.harvest, lot, reported, by=land.farmer_id, at=at)
    if harvest.packet_grams:
        packets = harvest.grams // harvest.packet_grams
        sheet = PrintLabels(lot, "a4-3x8", harvest.packet_grams, packets)
        printed = harvest.id("labels", market)
        await run(labels.print_run, printed, sheet, by=land.farmer_id, at=at)
    return cut


def guest_key(order: str) -> str:
    """The secret of a guest's link in the demo, which is none: it opens invented orders only."""
    return hashlib.sha256(f"demo guest {order}".encode()).hexdigest()[:32]
