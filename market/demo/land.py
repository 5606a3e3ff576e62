"""The plots of the demo. Nobody's land is meant: the cast's were laid by hand, those of their
neighbours around points drawn at random inside real tambons of Songkhla.
"""

from __future__ import annotations

from typing import Any

from market.demo.ground import FIRST, SECOND, Crop, Land
from market.demo.neighbours import NEIGHBOURS
from market.demo.people import KHUAN_LANG, RATTAPHUM

BOTH = (FIRST, SECOND)


def _rattaphum(key: str, farmer: str, name: str, kind: Any, *rest: Any, **more: Any) -> Land:
    return Land(key, farmer, RATTAPHUM, name, kind, *rest, **more)


def _khuan_lang(key: str, farmer: str, name: str, kind: Any, *rest: Any, **more: Any) -> Land:
    return Land(key, farmer, KHUAN_LANG, name, kind, *rest, **more)


CAST = (
    _rattaphum(
        "malee-home", "malee", "แปลงหลังบ้าน", "field", 7.0948, 100.2749, 3, 5,
        (Crop("kale", -46), Crop("cucumber", -38), Crop("yardlong-bean", -62)),
        BOTH, "", ("somchai", "chan", "fon"),
    ),
    _rattaphum(
        "malee-orchard", "malee", "สวนริมคลอง", "orchard", 7.0358, 100.2832, 4, 7,
        (Crop("banana-namwa", -700), Crop("mango-bao", -1_900)), (), "submitted",
    ),
    _rattaphum(
        "somchai-field", "somchai", "นาบน", "field", 7.1165, 100.3335, 2.5, 2,
        (Crop("choy-sum", -42), Crop("angled-loofah", -55), Crop("kale", -48)),
        BOTH, "", ("chan", "ying", "fon"),
    ),
    _rattaphum(
        "somchai-orchard", "somchai", "สวนกล้วย", "orchard", 7.1562, 100.1981, 5, 3,
        (Crop("banana-hom", -600),), (SECOND,), "", ("chan", "ying", "mek"),
    ),
    _rattaphum(
        "chan-field", "chan", "ไร่หน้าวัด", "field", 7.1611, 100.2676, 3, 1,
        (Crop("pumpkin", -105), Crop("bitter-gourd", -70)),
        BOTH, "", ("ying", "boonma", "mek"),
    ),
    _rattaphum(
        "chan-paddy", "chan", "นาสังข์หยด", "paddy", 7.1966, 100.2936, 8, 4,
        (Crop("rice-sangyod", -95),), (SECOND,), "", ("ying", "boonma", "fon"),
    ),
    _rattaphum(
        "ying-field", "ying", "แปลงรวมควนรู", "field", 7.1725, 100.3134, 3.5, 6,
        (Crop("long-eggplant", -95), Crop("thai-eggplant", -95), Crop("bird-chilli", -110)),
        BOTH, "", ("boonma", "lamai", "fon"),
    ),
    _rattaphum(
        "boonma-field", "boonma", "แปลงเริ่มใหม่", "field", 7.1224, 100.1753, 2, 8,
        (Crop("kale", -46), Crop("cucumber", -40)),
        (SECOND,), "", ("lamai", "samruay", "fon"), clean_since=-200,
    ),
    _rattaphum(
        "boonma-orchard", "boonma", "สวนเขาพระ", "orchard", 7.0330, 100.1837, 9, 2,
        (Crop("durian", -3_000), Crop("mangosteen", -3_600), Crop("longkong", -3_600)),
        BOTH, "", ("lamai", "samruay", "mek"),
    ),
    _rattaphum(
        "lamai-field", "lamai", "แปลงข้างโรงเรียน", "field", 7.0021, 100.0930, 1.5, 9,
        (Crop("kale", -70), Crop("morning-glory", -30)),
        (SECOND,), "", ("samruay", "somchai", "mek"),
    ),
    _rattaphum(
        "samruay-field", "samruay", "แปลงสมุนไพร", "field", 7.0294, 100.2678, 2, 10,
        (Crop("turmeric", -270), Crop("lemongrass", -400)),
        (SECOND,), "", ("somchai", "chan", "mek"),
    ),
    _rattaphum(
        "samruay-new", "samruay", "แปลงควนรู", "field", 7.1886, 100.3076, 2, 3,
        (Crop("okra", 10),), (), "assigned", ("somchai", "chan", "fon"),
    ),
    _rattaphum(
        "ying-rubber", "ying", "สวนยาง", "rubber", 7.1614, 100.2416, 12, 5, (),
    ),
    _khuan_lang(
        "krit-field", "krit", "แปลงบ้านควน", "field", 6.9486, 100.4112, 2.5, 3,
        (Crop("morning-glory", -28), Crop("choy-sum", -42), Crop("okra", -70)),
        BOTH, "", ("kesorn", "kamol", "mek"),
    ),
    _khuan_lang(
        "kesorn-field", "kesorn", "แปลงหลังวัด", "field", 6.9643, 100.4389, 1.5, 4,
        (Crop("cucumber", -40), Crop("angled-loofah", -55)),
        BOTH, "", ("kamol", "kliao", "mek"),
    ),
    _khuan_lang(
        "kamol-field", "kamol", "แปลงใหม่", "field", 6.9737, 100.4427, 1, 1,
        (Crop("kale", -20),), (), "accepted",
    ),
)  # fmt: skip


LAND = (*CAST, *NEIGHBOURS)
BY_KEY = {land.key: land for land in LAND}
