"""What the demo sells: harvests, prices, and who ordered what in the rounds of these days."""

from __future__ import annotations

from typing import Literal

import msgspec

from market.demo.days import named
from market.demo.ground import Land
from market.demo.land import BY_KEY
from market.domain.offers.rules import SharedBy

Fate = Literal[
    "waiting", "paid", "handed_over", "cancelled", "called_off", "expired", "left", "late",
    "too_late", "paid_back",
]  # fmt: skip
"""How far an order comes; paying is by the treasurer's confirmation, or at the stall.

`called_off`: by the stall, after it was paid; `paid_back`: that, and the credit was paid out.
`left`: paid and never fetched. `late`: the money came when the time was over and the goods were
still there; `too_late`: after the market day, so it is credit."""
Claim = Literal["organic", "plain"]


class Harvest(msgspec.Struct, frozen=True):
    land: str
    crop: str
    grams: int
    satang_per_kg: int
    step_grams: int = 500
    packet_grams: int = 0
    """Labels for the whole lot, each for a packet of so much; 0: none yet."""
    wish: Claim = "organic"
    shared_by: SharedBy = "first_come"
    piece_grams: tuple[int, int] | None = None
    """Sold by the piece: what one is expected to weigh, and what the heaviest does."""
    as_plain: bool = False
    """From land without a certificate, which its farmer says."""

    @property
    def where(self) -> Land:
        return BY_KEY[self.land]

    def id(self, what: str, market: str) -> str:
        """Of the lot, its stock's offer … in this market."""
        return named(what, market, self.land, self.crop)


class Order(msgspec.Struct, frozen=True):
    key: str
    buyer: str
    """A person of the demo, or a guest's name."""
    rail: Literal["promptpay", "cash", "credit", "deposit"]
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
    Harvest("wichian-rubber", "liang", 18_000, 12_000, packet_grams=250),
    Harvest("halimah-field", "bitter-gourd", 22_000, 4_500),
    Harvest("ismail-orchard", "papaya", 40_000, 2_500, 1_000),
)  # fmt: skip

NEXT = (
    Harvest("malee-home", "kale", 35_000, 6_000, packet_grams=500),
    Harvest("malee-home", "cucumber", 45_000, 3_500),
    Harvest("malee-home", "yardlong-bean", 25_000, 5_000, packet_grams=500),
    Harvest("malee-orchard", "banana-namwa", 50_000, 2_000, 1_000, as_plain=True),
    Harvest("somchai-field", "choy-sum", 20_000, 4_500),
    Harvest("somchai-field", "angled-loofah", 30_000, 4_000),
    Harvest("somchai-orchard", "banana-hom", 60_000, 5_500, 1_000),
    Harvest("chan-field", "pumpkin", 80_000, 2_500, 3_000, piece_grams=(2_400, 3_000)),
    Harvest("chan-field", "bitter-gourd", 25_000, 4_500),
    Harvest("ying-field", "thai-eggplant", 25_000, 4_000),
    Harvest("ying-field", "bird-chilli", 6_000, 12_000, 100),
    Harvest("boonma-field", "kale", 20_000, 4_500, packet_grams=500),
    Harvest("krit-field", "okra", 15_000, 5_000),
    Harvest("kesorn-field", "cucumber", 30_000, 3_500),
    Harvest("wichian-rubber", "liang", 24_000, 12_000, 250, packet_grams=250),
    Harvest("wichian-rubber", "torch-ginger", 4_000, 16_000, 250),
    Harvest("mariya-field", "lemongrass", 20_000, 3_000, shared_by="priority"),
    Harvest("mariya-field", "galangal", 15_000, 5_000),
    Harvest("samruay-field", "turmeric", 18_000, 4_500, packet_grams=250),
    Harvest("huda-field", "spring-onion", 8_000, 9_000, 100),
    Harvest("rohim-orchard", "salak", 30_000, 5_000),
    Harvest("huda-orchard", "coconut", 60_000, 2_000, 1_000),
    Harvest("kaew-orchard", "guava", 25_000, 3_500),
    Harvest("chuea-field", "wax-gourd", 40_000, 2_000, 1_000),
    Harvest("phensri-mushroom", "oyster-mushroom", 9_000, 8_000, 250, packet_grams=250),
)  # fmt: skip

TODAY = (
    Harvest("krit-field", "morning-glory", 18_000, 4_000),
    Harvest("aree-field", "thai-basil", 5_000, 8_000, 100),
    Harvest("kaew-orchard", "pomelo", 50_000, 4_000, 1_000),
    Harvest("halimah-field", "kale", 20_000, 6_000, packet_grams=500),
    Harvest("ismail-orchard", "banana-namwa", 45_000, 2_000, 1_000),
)  # fmt: skip

KHUAN_LANG_NEXT = (
    Harvest("aree-field", "amaranth", 12_000, 4_000),
    Harvest("aree-field", "morning-glory", 20_000, 4_000),
    Harvest("krit-field", "choy-sum", 15_000, 4_500),
    Harvest("kesorn-field", "angled-loofah", 20_000, 4_000),
    Harvest("sombat-field", "yardlong-bean", 18_000, 5_000),
    Harvest("sombat-field", "winged-bean", 10_000, 6_000),
    Harvest("fatimah-field", "betel-leaf", 4_000, 9_000, 100),
    Harvest("prayun-field", "ivy-gourd", 6_000, 6_000, 250),
    Harvest("prayun-field", "cha-om", 5_000, 10_000, 250),
    Harvest("ismail-orchard", "papaya", 40_000, 2_500, 1_000),
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
    Order("last-8", "ward", "promptpay",
          (("halimah-field", "bitter-gourd", 5_000), ("ismail-orchard", "papaya", 8_000)),
          "handed_over"),
    Order("last-9", "ton", "promptpay", (("wichian-rubber", "liang", 500),), "left"),
    Order("last-10", "yam", "promptpay", (("ismail-orchard", "papaya", 4_000),), "paid_back"),
    Order("last-11", "canteen", "promptpay", (("chan-field", "pumpkin", 9_000),), "late"),
    Order("last-12", "da", "promptpay", (("wichian-rubber", "liang", 2_000),), "too_late"),
)  # fmt: skip

TODAY_ORDERS = (
    Order("today-1", "nok", "promptpay",
          (("kaew-orchard", "pomelo", 3_000), ("krit-field", "morning-glory", 1_000)), "paid"),
    Order("today-2", "canteen", "deposit", (("halimah-field", "kale", 6_000),), "paid"),
    Order("today-3", "ลูกค้าตัวอย่าง สี่", "promptpay",
          (("ismail-orchard", "banana-namwa", 4_000),), "paid", guest=True),
    Order("today-4", "noi", "promptpay", (("aree-field", "thai-basil", 300),), "expired"),
)  # fmt: skip

NEXT_ORDERS = (
    Order("next-1", "nok", "promptpay",
          (("malee-home", "kale", 1_500), ("somchai-orchard", "banana-hom", 2_000)), "waiting"),
    Order("next-2", "nop", "promptpay",
          (("malee-home", "cucumber", 2_000), ("ying-field", "bird-chilli", 200),
           ("phensri-mushroom", "oyster-mushroom", 500)), "paid"),
    Order("next-3", "noi", "cash",
          (("chan-field", "bitter-gourd", 1_000), ("mariya-field", "lemongrass", 1_000)), "paid"),
    Order("next-4", "ลูกค้าตัวอย่าง สาม", "promptpay",
          (("boonma-field", "kale", 1_000), ("kesorn-field", "cucumber", 1_500)), "waiting",
          guest=True),
    Order("next-5", "nok", "cash", (("krit-field", "okra", 1_000),), "cancelled"),
    Order("next-6", "da", "credit", (("samruay-field", "turmeric", 500),), "paid"),
    Order("next-7", "ton", "promptpay", (("rohim-orchard", "salak", 2_000),), "called_off"),
    Order("next-8", "ward", "promptpay",
          (("chan-field", "pumpkin", 12_000), ("mariya-field", "lemongrass", 2_000)), "paid"),
)  # fmt: skip

PRICES = {
    "kale": 6_000, "coriander": 12_000, "spring-onion": 9_000, "coconut": 2_000,
    "banana-khai": 4_000, "champedak": 6_000, "stink-bean": 15_000, "durian": 11_000,
    "mangosteen": 5_000, "cucumber": 3_500, "yardlong-bean": 5_000, "sweet-corn": 4_000,
    "liang": 12_000, "torch-ginger": 16_000, "bird-chilli": 12_000, "lemongrass": 3_000,
    "holy-basil": 8_000, "galangal": 5_000, "okra": 5_000, "long-eggplant": 4_000,
    "amaranth": 4_000, "longkong": 5_500, "rambutan": 3_500, "salak": 5_000,
    "rice-sangyod": 3_500, "rice-lebnok": 3_000, "rice-second": 2_800, "choy-sum": 4_500,
    "morning-glory": 4_000, "thai-basil": 8_000, "pomelo": 4_000, "guava": 3_500,
    "bitter-gourd": 4_500, "winged-bean": 6_000, "peanut": 6_000, "oyster-mushroom": 8_000,
    "banana-namwa": 2_000, "papaya": 2_500, "turmeric": 4_500, "ginger": 7_000,
    "betel-leaf": 9_000, "ivy-gourd": 6_000, "cha-om": 10_000, "angled-loofah": 4_000,
    "pumpkin": 2_500, "thai-eggplant": 4_000, "banana-hom": 5_500, "wax-gourd": 2_000,
    "toddy-palm": 8_000,
}  # fmt: skip
"""Satang per kilo in the rounds of the past."""
PIECE_GRAMS = {"coconut": 1_000, "torch-ginger": 50, "stink-bean": 100, "toddy-palm": 100}
"""What a piece weighs of what is sold by the piece."""
COLD = ("oyster-mushroom",)
"""Spoils within a day or two in the heat, keeps two weeks at 4 °C (Jitareerat et al. 2018,
doi:10.17660/ActaHortic.2018.1213.35). That the others ride well enough without is our estimate."""
CRATE_GRAMS = {
    "kale": 6_000, "choy-sum": 6_000, "morning-glory": 5_000, "liang": 4_000, "amaranth": 5_000,
    "spring-onion": 5_000, "coriander": 4_000, "thai-basil": 3_000, "holy-basil": 3_000,
    "betel-leaf": 4_000, "ivy-gourd": 4_000, "cha-om": 4_000, "oyster-mushroom": 4_000,
    "cucumber": 20_000, "pumpkin": 25_000, "wax-gourd": 25_000, "bitter-gourd": 15_000,
    "papaya": 20_000, "pomelo": 20_000, "guava": 18_000, "banana-namwa": 15_000,
    "banana-hom": 15_000, "coconut": 20_000, "turmeric": 20_000, "galangal": 18_000,
}  # fmt: skip
"""What a crate of 60 litres holds: our estimate, nobody weighed them."""
