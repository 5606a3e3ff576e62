"""The market of the demo: where, by what rule and for which account it sells, and its rounds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from certification.basis.ids import following
from certification.basis.units import local_day
from market.demo.days import MARKET_WEEKDAYS, Days, named
from market.demo.goods import BEFORE_SUSPENSION, COLD, CRATE_GRAMS, NEXT, PIECE_GRAMS, Harvest
from market.demo.meetings import SUSPENDED
from market.demo.people import NETWORK, RATTAPHUM, who
from market.demo.rounds import BEFORE, PLACES, Round, rounds
from market.demo.sowing import sowing_for
from market.demo.story import Deed, deed
from market.domain.cycles import templates
from market.domain.cycles.dates import DefineTemplate, Spot
from market.domain.labels import commands as labels
from market.domain.labels.rules import PrintLabels
from market.domain.lineage import commands as lineage
from market.domain.lineage.rules import MakeLots, Parcel, Pick
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot, LotHarvested
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer, OpenCycle
from market.domain.payments import commands as payments
from market.domain.payments.rules import SetAccount
from market.domain.pickups import commands as pickups
from market.domain.pickups.rules import SetPickupRule
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace, Window
from market.domain.products import commands as products
from market.domain.products.rules import DefineProduct
from market.domain.recalls import commands as recalls
from market.domain.recalls.rules import Open
from market.domain.splits import commands as splits
from market.domain.splits.rules import Decide, Propose

PLACE, RULE = PLACES["rattaphum"], named("split-rule")
NO_BANKS_NUMBER = "0000000000000"
"""Thirteen digits no tax payer bears: a banking app that reads the demo's QR finds nobody."""
OPENED = -324
BEGINS, ENDS = 9, 17
ORDERS_FIT = 60
"""Of one round at one stall; the next one takes as many as come."""
HOUR, DAY = 60, 24 * 60
"""In minutes."""
AFTER_THE_STORY = 21
"""What comes again begins when the rounds that are told are over."""
EVERY_DAY = tuple(range(1, 8))


def lay_out(days: Days) -> Iterator[Deed]:
    """What stands before the first round: places, products, split rule, account."""
    at = days.at(OPENED)
    for place in _places():
        yield deed(places.define, place, by=who("dao"), at=at)
    sold = {harvest.crop for each in rounds(days) for harvest in each.harvests}
    for crop in sorted(sold | {BEFORE_SUSPENSION.crop}):
        piece = PIECE_GRAMS.get(crop)
        wanted = DefineProduct(
            NETWORK, crop, piece_grams=piece, cold=crop in COLD, crate_grams=CRATE_GRAMS.get(crop)
        )
        yield deed(products.define, product(crop), wanted, by=who("wan"), at=at)
    promised = SetPickupRule(named("pickup-rule"), NETWORK, "move", "refund", 3)
    yield deed(pickups.set_rule, promised, by=who("prasert"), at=at)
    met = days.at(OPENED - 1).date()
    shares = Propose(RULE, NETWORK, 500, 500, 300, 700, decided_on=met, holds_from=at.date())
    yield deed(splits.propose, shares, by=who("prasert"), at=at)
    yield deed(splits.decide, Decide(RULE, NETWORK, approve=True), by=who("dao"), at=at)
    weekly = DefineTemplate(
        named("weekly"), NETWORK, "รอบตลาดเขียวประจำสัปดาห์", "The weekly green market", "week",
        MARKET_WEEKDAYS, days.on(AFTER_THE_STORY), 5 * DAY, 18 * HOUR,
        (Spot(PLACES["rattaphum"], BEGINS * HOUR, ENDS * HOUR, 80),
         Spot(PLACES["khuan-lang"], 13 * HOUR, 15 * HOUR, 40, 120_000)),
    )  # fmt: skip
    yield deed(templates.define, weekly, by=who("dao"), at=at)
    account = SetAccount(named("account"), NETWORK, "tax_id", NO_BANKS_NUMBER)
    yield deed(payments.set_account, account, by=who("prasert"), at=at)


def to_decide(days: Days) -> Iterator[Deed]:
    """A meeting of this week gave the fund more; it waits for a second person."""
    shares = Propose(
        named("split-next"), NETWORK, 500, 500, 500, 700, decided_on=days.on(-3),
        holds_from=days.on(7),
    )  # fmt: skip
    yield deed(splits.propose, shares, by=who("wan"), at=days.at(-2))


def _places() -> Iterator[DefinePlace]:
    yield DefinePlace(
        PLACE, NETWORK, "pickup", "หลาดกรีนปั้นสุข รพ.รัตภูมิ", "Green market, Rattaphum Hospital",
        "900901", 7_136_000, 100_265_000, _windows(MARKET_WEEKDAYS),
    )  # fmt: skip
    yield DefinePlace(
        PLACES["khuan-lang"], NETWORK, "pickup", "รถเขียวควนลัง (ตัวอย่าง)",
        "Khuan Lang green truck (sample)", "901102", 6_971_000, 100_425_000,
        _windows(EVERY_DAY),
    )  # fmt: skip


def _windows(weekdays: tuple[int, ...]) -> tuple[Window, ...]:
    return tuple(Window(weekday, BEGINS * 60, ENDS * 60) for weekday in weekdays)


def product(crop: str) -> str:
    return named("product", crop)


def cycle(market: str) -> str:
    return named("cycle", market)


def offer(market: str, land: str, crop: str) -> str:
    return named("offer", market, land, crop)


def hold(days: Days) -> Iterator[Deed]:
    """Every round: cut and offered on the morning it opens, ordered from noon."""
    for each in rounds(days):
        yield _open(each, days)
        if each.key == DEPOSIT_ROUND:
            kept = SetPickupRule(
                named("pickup-rule", each.key), NETWORK, "credit", "refund", 3, each.id,
                DEPOSIT_PERCENT,
            )  # fmt: skip
            yield deed(pickups.set_rule, kept, by=who("prasert"), at=days.at(each.opens, 6, 5))
        for number, harvest in enumerate(each.harvests):
            at = days.at(each.opens, 7, 3 * number)
            yield Deed(at, partial(_cut_and_offered, harvest, each, at))
        if each.key == TOGETHER:
            yield deed(lineage.make_lots, _together(), by=who("ying"), at=days.at(each.opens, 9))
    yield deed(recalls.open_recall, _drill(), by=who("ying"), at=days.at(-1, 21, 30))
    at = days.at(SUSPENDED - 5, 7)
    yield Deed(at, partial(bring_in, BEFORE_SUSPENSION, BEFORE, at, SUSPENDED - 5))


DEPOSIT_ROUND, DEPOSIT_PERCENT = "today", 30
"""Its canteen has paid a part ahead, pays the rest at the truck, and loses it if nobody comes."""
TOGETHER = "next"
"""The round whose kale Ying packs into family boxes: Malee's with a neighbour's who is still in
conversion, so all of it is in conversion; leaves were trimmed."""


def _drill() -> Open:
    """What if Malee's kale of that morning had residues: found in the boxes too."""
    lot = next(one for one in NEXT if one.crop == "kale").id("lot", TOGETHER)
    return Open(DRILL, RATTAPHUM, "lot", lot, "residue", drill=True, note=DRILLED)


PACKED = named("packed")
BOX, DRILL = following(PACKED, "lot 0"), named("drill")
DRILLED = "ซ้อมประจำปี (ตัวอย่าง)"
TRIMMED = "ตัดใบเสียออก (ตัวอย่าง)"


def _together() -> MakeLots:
    kale = [one for one in NEXT if one.crop == "kale"]
    inputs = tuple(Pick(one.id("lot", TOGETHER), 2_500) for one in kale)
    boxes = (Parcel(2_400), Parcel(2_400))
    return MakeLots(PACKED, "pack", inputs, boxes, lower=True, note=TRIMMED)


def _open(round: Round, days: Days) -> Deed:
    name_th, name_en = round.name
    opening = OpenCycle(
        round.id, NETWORK, name_th, name_en, PLACES[round.place],
        opens_at=days.at(round.opens, 12), closes_at=days.at(round.closes, 18),
        pickup_from=days.at(round.market_day, BEGINS),
        pickup_until=days.at(round.market_day, ENDS), hold_minutes=round.hold_minutes,
        capacity_orders=None if round.key == "next" else ORDERS_FIT,
        deposit_percent=DEPOSIT_PERCENT if round.key == DEPOSIT_ROUND else None,
    )  # fmt: skip
    return deed(offers.open_cycle, opening, by=who("dao"), at=days.at(round.opens, 6))


async def _cut_and_offered(harvest: Harvest, round: Round, at: datetime) -> None:
    cut = await bring_in(harvest, round.key, at, round.opens)
    piece, heaviest = harvest.piece_grams or (None, None)
    made = MakeOffer(
        offer(round.key, harvest.land, harvest.crop), round.id, cut.stock,
        product(harvest.crop), harvest.satang_per_kg, harvest.step_grams,
        piece_grams=piece, piece_grams_max=heaviest, shared_by=harvest.shared_by,
    )  # fmt: skip
    await offers.offer(made, by=who("dao"), at=at)


async def bring_in(harvest: Harvest, market: str, at: datetime, day: int) -> LotHarvested:
    """The harvest as a lot of its farmer, and its labels where it is packed."""
    land, lot = harvest.where, harvest.id("lot", market)
    sowing = sowing_for(land, harvest.crop, day)
    reported = HarvestLot(
        land.id, harvest.crop, local_day(at), harvest.grams, sowing.id, harvest.wish,
        as_plain=harvest.as_plain,
    )  # fmt: skip
    cut = await lots.harvest(lot, reported, by=land.farmer_id, at=at)
    if harvest.packet_grams:
        packets = harvest.grams // harvest.packet_grams
        sheet = PrintLabels(lot, "a4-3x8", harvest.packet_grams, packets)
        printed = harvest.id("labels", market)
        await labels.print_run(printed, sheet, by=land.farmer_id, at=at)
    return cut


def guest_key(order: str) -> str:
    """The secret of a guest's link in the demo, which is none: it opens invented orders only."""
    return hashlib.sha256(f"demo guest {order}".encode()).hexdigest()[:32]
