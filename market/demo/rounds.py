"""The rounds of two seasons: those of the past follow from the calendar, the last ones are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from certification.crops import queries as crops
from certification.crops import rules as crop_rules
from market.demo.days import Days, named
from market.demo.goods import (
    BEFORE_SUSPENSION,
    KHUAN_LANG_NEXT,
    LAST,
    LAST_ORDERS,
    NEXT,
    NEXT_ORDERS,
    PIECE_GRAMS,
    PRICES,
    TODAY,
    TODAY_ORDERS,
    Claim,
    Fate,
    Harvest,
    Order,
)
from market.demo.ground import FIRST, PILOT, SECOND, Land
from market.demo.land import LAND
from market.demo.meetings import REFUSED, SUSPENDED

RATTAPHUM_PAST, KHUAN_LANG_PAST = range(-316, -20, 28), range(-300, -20, 56)
PLACES = {
    "rattaphum": named("place", "rattaphum-hospital"),
    "khuan-lang": named("place", "khuan-lang-truck"),
}
NAMES = {
    "rattaphum": ("หลาดกรีนปั้นสุข", "the green market"),
    "khuan-lang": ("รถเขียวควนลัง", "the Khuan Lang green truck"),
}
BUYERS = ("nok", "ward", "nop", "ton", "noi", "canteen", "da", "yam")
LOTS_A_ROUND, ORDERS_A_ROUND, STEP_GRAMS = 8, 5, 500
HOLD_MINUTES, LONG_HOLD_MINUTES = 60, 2 * 24 * 60
FATES: dict[int, Fate] = {3: "cancelled", 6: "expired", 10: "late", 14: "left"}
"""Of every sixteen orders of the past; all others were fetched."""
BEFORE = "before"
"""The market of what was cut before the suspension and never offered."""


class Round(msgspec.Struct, frozen=True):
    key: str
    place: str
    opens: int
    market_day: int
    harvests: tuple[Harvest, ...]
    orders: tuple[Order, ...]
    closes: int
    hold_minutes: int = HOLD_MINUTES

    @property
    def id(self) -> str:
        return named("cycle", self.key)

    @property
    def over(self) -> bool:
        return self.market_day < 0

    @property
    def name(self) -> tuple[str, str]:
        """In Thai and English."""
        thai, english = NAMES[self.place]
        before = ("รอบที่ผ่านมา", "A past round at") if self.over else ("รอบใหม่", "The next round at")
        return f"{before[0]} {thai}", f"{before[1]} {english}"


def rounds(days: Days) -> list[Round]:
    last, following = days.last_market, days.next_market
    return [
        *_past(days),
        Round("last", "rattaphum", last - 3, last, LAST, LAST_ORDERS, last - 1),
        Round("today", "khuan-lang", -3, 0, TODAY, TODAY_ORDERS, -1),
        Round("next", "rattaphum", -1, following, NEXT, NEXT_ORDERS, following - 1,
              LONG_HOLD_MINUTES),
        Round("khuan-lang-next", "khuan-lang", -1, 6, KHUAN_LANG_NEXT, (), 5,
              LONG_HOLD_MINUTES),
    ]  # fmt: skip


def harvested(days: Days) -> Iterator[tuple[Land, str, int]]:
    """Where what was cut on which day."""
    yield BEFORE_SUSPENSION.where, BEFORE_SUSPENSION.crop, SUSPENDED - 5
    for each in rounds(days):
        for harvest in each.harvests:
            yield harvest.where, harvest.crop, each.opens


def _past(days: Days) -> Iterator[Round]:
    held = [("rattaphum", day) for day in RATTAPHUM_PAST]
    held += [("khuan-lang", day) for day in KHUAN_LANG_PAST]
    for number, (place, nominal) in enumerate(sorted(held, key=lambda one: one[1])):
        day = days.market_near(nominal)
        harvests = tuple(_harvests(days, number, day - 3))
        orders = tuple(_orders(number, harvests))
        yield Round(f"past-{number}", place, day - 3, day, harvests, orders, day - 1)


def _harvests(days: Days, number: int, day: int) -> Iterator[Harvest]:
    """Eight of what can be cut on that day, others in each round."""
    month = days.on(day).month
    ripe = [
        (land, each.crop)
        for land in LAND
        if _certified(land, day)
        for each in land.crops
        if _bears(each.crop, each.sown, day, month)
    ]
    every = max(len(ripe) // LOTS_A_ROUND, 1)
    for place, (land, crop) in enumerate(ripe[number % every :: every][:LOTS_A_ROUND]):
        kilos = 8 + (number * 5 + place * 7) % 9 * 2
        packets = STEP_GRAMS if (number + place) % 4 == 0 and crop not in PIECE_GRAMS else 0
        wish: Claim = "plain" if (number + place) % 11 == 0 else "organic"
        step = max(STEP_GRAMS, PIECE_GRAMS.get(crop, 0))
        yield Harvest(land.key, crop, kilos * 1_000, PRICES[crop], step, packets, wish)


def _certified(land: Land, day: int) -> bool:
    if land.key in REFUSED:
        return False
    return any(
        season in land.seasons and season.met < day <= season.met + 364
        for season in (PILOT, FIRST, SECOND)
    )


def _bears(crop: str, sown: int, day: int, month: int) -> bool:
    of = crops.crop(crop)
    if not crop_rules.in_season(of, month):
        return False
    return of.crop_class == "annual" or sown + of.first_harvest_days <= day


def _orders(number: int, harvests: Sequence[Harvest]) -> Iterator[Order]:
    for place in range(ORDERS_A_ROUND):
        mixed = number * ORDERS_A_ROUND + place
        one, other = (harvests[(mixed + more) % len(harvests)] for more in (0, 3))
        lines = tuple(
            (each.land, each.crop, each.step_grams * (1 + (mixed + more) % 5))
            for more, each in enumerate((one, other))
        )
        guest = mixed % 9 == 4
        fate = FATES.get(mixed % 16, "handed_over")
        in_cash = mixed % 7 == 2 and fate in ("handed_over", "left")
        yield Order(
            f"past-{number}-{place}",
            f"ลูกค้าตัวอย่าง คนที่ {mixed + 1}" if guest else BUYERS[mixed % len(BUYERS)],
            "cash" if in_cash else "promptpay", lines, fate,
            40 if mixed % 6 == 1 else 0, guest,
        )  # fmt: skip
