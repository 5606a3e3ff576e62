"""What the demo sells: harvests, prices, and who ordered what."""

from __future__ import annotations

from typing import Literal

import msgspec

from market.demo.days import named
from market.demo.land import LAND, Land

Fate = Literal["waiting", "paid", "handed_over", "cancelled", "expired"]
"""How far an order comes; paying is by the treasurer's confirmation, or at the stall."""


class Harvest(msgspec.Struct, frozen=True):
    land: str
    crop: str
    grams: int
    satang_per_kg: int
    step_grams: int = 500
    packet_grams: int = 0
    """Labels for the whole lot, each for a packet of so much; 0: none yet."""
    wish: Literal["organic", "plain"] = "organic"

    @property
    def where(self) -> Land:
        return next(land for land in LAND if land.key == self.land)

    def id(self, what: str, market: str) -> str:
        """Of the lot, its stock's offer … in this market."""
        return named(what, market, self.land, self.crop)


class Order(msgspec.Struct, frozen=True):
    key: str
    buyer: str
    """One of the cast, or a guest's name."""
    rail: Literal["promptpay", "cash"]
    lines: tuple[tuple[str, str, int], ...]
    """Land, crop, grams."""
    fate: Fate
    lighter: int = 0
    """Grams that the first line weighed less at the stall."""
    guest: bool = False


LAST = (
    Harvest("malee-home", "kale", 30_000, 6_000, packet_grams=500),
    Harvest("malee-home", "cucumber", 40_000, 3_500),
    Harvest("somchai-field", "choy-sum", 25_000, 4_500, packet_grams=500),
    Harvest("chan-field", "pumpkin", 60_000, 2_500, 1_000),
    Harvest("ying-field", "long-eggplant", 30_000, 4_000),
    Harvest("krit-field", "morning-glory", 20_000, 4_000),
)  # fmt: skip

NEXT = (
    Harvest("malee-home", "kale", 35_000, 6_000, packet_grams=500),
    Harvest("malee-home", "cucumber", 45_000, 3_500),
    Harvest("malee-home", "yardlong-bean", 25_000, 5_000, packet_grams=500),
    Harvest("malee-orchard", "banana-namwa", 50_000, 2_000, 1_000),
    Harvest("somchai-field", "choy-sum", 20_000, 4_500),
    Harvest("somchai-field", "angled-loofah", 30_000, 4_000),
    Harvest("somchai-orchard", "banana-hom", 60_000, 5_500, 1_000),
    Harvest("chan-field", "pumpkin", 80_000, 2_500, 1_000),
    Harvest("chan-field", "bitter-gourd", 25_000, 4_500),
    Harvest("ying-field", "thai-eggplant", 25_000, 4_000),
    Harvest("ying-field", "bird-chilli", 6_000, 12_000, 100),
    Harvest("boonma-field", "kale", 20_000, 4_500, packet_grams=500),
    Harvest("krit-field", "okra", 15_000, 5_000),
    Harvest("kesorn-field", "cucumber", 30_000, 3_500),
)  # fmt: skip

BEFORE_SUSPENSION = Harvest("lamai-field", "kale", 12_000, 5_500, packet_grams=500)
"""Cut while the certificate held; what its page says depends on the day it is asked about."""

LAST_ORDERS = (
    Order("last-1", "nok", "promptpay",
          (("malee-home", "kale", 2_000), ("chan-field", "pumpkin", 3_000)), "handed_over", 60),
    Order("last-2", "nop", "promptpay",
          (("malee-home", "cucumber", 3_000), ("ying-field", "long-eggplant", 1_500)),
          "handed_over"),
    Order("last-3", "noi", "promptpay",
          (("somchai-field", "choy-sum", 1_000), ("krit-field", "morning-glory", 2_000)),
          "handed_over", 40),
    Order("last-4", "ลูกค้าตัวอย่าง หนึ่ง", "promptpay",
          (("malee-home", "kale", 4_000), ("krit-field", "morning-glory", 1_000)),
          "handed_over", guest=True),
    Order("last-5", "ลูกค้าตัวอย่าง สอง", "promptpay",
          (("chan-field", "pumpkin", 6_000), ("malee-home", "cucumber", 2_500)),
          "handed_over", guest=True),
    Order("last-6", "nok", "cash", (("somchai-field", "choy-sum", 1_500),), "cancelled"),
    Order("last-7", "nop", "promptpay", (("malee-home", "kale", 1_000),), "expired"),
)  # fmt: skip

NEXT_ORDERS = (
    Order("next-1", "nok", "promptpay",
          (("malee-home", "kale", 1_500), ("somchai-orchard", "banana-hom", 2_000)), "waiting"),
    Order("next-2", "nop", "promptpay",
          (("malee-home", "cucumber", 2_000), ("ying-field", "bird-chilli", 200)), "paid"),
    Order("next-3", "noi", "cash", (("chan-field", "bitter-gourd", 1_000),), "paid"),
    Order("next-4", "ลูกค้าตัวอย่าง สาม", "promptpay",
          (("boonma-field", "kale", 1_000), ("kesorn-field", "cucumber", 1_500)), "waiting",
          guest=True),
    Order("next-5", "nok", "cash", (("krit-field", "okra", 1_000),), "cancelled"),
)  # fmt: skip

CYCLES = {
    "last": ("รอบที่แล้ว หลาดกรีนปั้นสุข", "The last round at the green market"),
    "next": ("รอบหน้า หลาดกรีนปั้นสุข", "The next round at the green market"),
}
