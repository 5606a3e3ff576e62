"""The plots of the demo: invented fields at fixed places inside real tambons of Songkhla.

Nobody's land is meant: each outline is a four-sided figure laid around a point by hand.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import msgspec

from market.demo.days import named
from market.demo.people import KHUAN_LANG, RATTAPHUM, who

METRES_PER_DEGREE = 111_195
RAI_M2 = 1_600
Standing = Literal[
    "registered", "submitted", "accepted", "assigned", "organic", "in_conversion", "suspended"
]


class Crop(msgspec.Struct, frozen=True):
    crop: str
    sown: int
    """Days before (negative) or after the demo's day."""


class Land(msgspec.Struct, frozen=True):
    key: str
    farmer: str
    group: str
    name: str
    kind: Literal["field", "orchard", "paddy", "rubber", "city_garden"]
    lat: float
    lon: float
    rai: float
    moo: int
    crops: tuple[Crop, ...]
    standing: Standing
    inspectors: tuple[str, str, str] | None = None
    """Two producers and a consumer."""
    clean_since: int = -2_000
    """Days since the last use of anything prohibited."""

    @property
    def id(self) -> str:
        return named("plot", self.key)

    @property
    def farmer_id(self) -> str:
        return who(self.farmer)

    @property
    def certified(self) -> bool:
        return self.standing in ("organic", "in_conversion", "suspended")


def _rattaphum(key: str, farmer: str, name: str, kind: Any, *rest: Any, **more: Any) -> Land:
    return Land(key, farmer, RATTAPHUM, name, kind, *rest, **more)


def _khuan_lang(key: str, farmer: str, name: str, kind: Any, *rest: Any, **more: Any) -> Land:
    return Land(key, farmer, KHUAN_LANG, name, kind, *rest, **more)


LAND = (
    _rattaphum(
        "malee-home", "malee", "แปลงหลังบ้าน", "field", 7.0948, 100.2749, 3, 5,
        (Crop("kale", -46), Crop("cucumber", -38), Crop("yardlong-bean", -62)),
        "organic", ("somchai", "chan", "fon"),
    ),
    _rattaphum(
        "malee-orchard", "malee", "สวนริมคลอง", "orchard", 7.0358, 100.2832, 4, 7,
        (Crop("banana-namwa", -700), Crop("mango-bao", -1_900)), "submitted",
    ),
    _rattaphum(
        "somchai-field", "somchai", "นาบน", "field", 7.1165, 100.3335, 2.5, 2,
        (Crop("choy-sum", -42), Crop("angled-loofah", -55), Crop("kale", -48)),
        "organic", ("chan", "ying", "fon"),
    ),
    _rattaphum(
        "somchai-orchard", "somchai", "สวนกล้วย", "orchard", 7.1562, 100.1981, 5, 3,
        (Crop("banana-hom", -600),), "organic", ("chan", "ying", "mek"),
    ),
    _rattaphum(
        "chan-field", "chan", "ไร่หน้าวัด", "field", 7.1611, 100.2676, 3, 1,
        (Crop("pumpkin", -105), Crop("bitter-gourd", -70)),
        "organic", ("ying", "boonma", "mek"),
    ),
    _rattaphum(
        "chan-paddy", "chan", "นาสังข์หยด", "paddy", 7.1966, 100.2936, 8, 4,
        (Crop("rice-sangyod", -95),), "organic", ("ying", "boonma", "fon"),
    ),
    _rattaphum(
        "ying-field", "ying", "แปลงรวมควนรู", "field", 7.1725, 100.3134, 3.5, 6,
        (Crop("long-eggplant", -95), Crop("thai-eggplant", -95), Crop("bird-chilli", -110)),
        "organic", ("boonma", "lamai", "fon"),
    ),
    _rattaphum(
        "boonma-field", "boonma", "แปลงเริ่มใหม่", "field", 7.1224, 100.1753, 2, 8,
        (Crop("kale", -46), Crop("cucumber", -40)),
        "in_conversion", ("lamai", "samruay", "fon"), clean_since=-200,
    ),
    _rattaphum(
        "boonma-orchard", "boonma", "สวนเขาพระ", "orchard", 7.0330, 100.1837, 9, 2,
        (Crop("durian", -3_000), Crop("mangosteen", -3_600), Crop("longkong", -3_600)),
        "organic", ("lamai", "samruay", "mek"),
    ),
    _rattaphum(
        "lamai-field", "lamai", "แปลงข้างโรงเรียน", "field", 7.0021, 100.0930, 1.5, 9,
        (Crop("kale", -70), Crop("morning-glory", -30)),
        "suspended", ("samruay", "somchai", "mek"),
    ),
    _rattaphum(
        "samruay-field", "samruay", "แปลงสมุนไพร", "field", 7.0294, 100.2678, 2, 10,
        (Crop("turmeric", -270), Crop("lemongrass", -400)),
        "organic", ("somchai", "chan", "mek"),
    ),
    _rattaphum(
        "samruay-new", "samruay", "แปลงควนรู", "field", 7.1886, 100.3076, 2, 3,
        (Crop("okra", 10),), "assigned", ("somchai", "chan", "fon"),
    ),
    _rattaphum(
        "ying-rubber", "ying", "สวนยาง", "rubber", 7.1614, 100.2416, 12, 5, (), "registered",
    ),
    _khuan_lang(
        "krit-field", "krit", "แปลงบ้านควน", "field", 6.9486, 100.4112, 2.5, 3,
        (Crop("morning-glory", -28), Crop("choy-sum", -42), Crop("okra", -70)),
        "organic", ("kesorn", "kamol", "mek"),
    ),
    _khuan_lang(
        "kesorn-field", "kesorn", "แปลงหลังวัด", "field", 6.9643, 100.4389, 1.5, 4,
        (Crop("cucumber", -40), Crop("angled-loofah", -55)),
        "organic", ("kamol", "kliao", "mek"),
    ),
    _khuan_lang(
        "kamol-field", "kamol", "แปลงใหม่", "field", 6.9737, 100.4427, 1, 1,
        (Crop("kale", -20),), "accepted",
    ),
)  # fmt: skip

FIGURES = {
    "bird-chilli": 600, "lemongrass": 2_500, "okra": 1_600, "banana-namwa": 2_400,
    "mango-bao": 500,
}  # fmt: skip
"""Kilograms per rai that the committee has set where no source tells."""


def outline(lat: float, lon: float, rai: float) -> dict[str, Any]:
    """GeoJSON of a leaning four-sided field of about so many rai around the point."""
    side = math.sqrt(rai * RAI_M2) / METRES_PER_DEGREE
    wide = side / math.cos(math.radians(lat))
    corners = ((-0.52, -0.47), (0.46, -0.55), (0.55, 0.45), (-0.48, 0.53), (-0.52, -0.47))
    ring = [[round(lon + x * wide, 6), round(lat + y * side, 6)] for x, y in corners]
    return {"type": "Polygon", "coordinates": [ring]}
