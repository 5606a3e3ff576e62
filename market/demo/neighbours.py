"""The plots of the cast's neighbours, a line or two each."""

from __future__ import annotations

from typing import Any

from market.demo.ground import FIRST, PILOT, SECOND, Crop, Land, Season, UnderWay
from market.demo.people import GROUP_OF

BOTH = (FIRST, SECOND)
PANELS = {
    "huda": ("prani", "wichian", "fon"),
    "sulaiman": ("wichian", "mariya", "mek"),
    "prani": ("mariya", "somsri", "fon"),
    "wichian": ("somsri", "rohim", "mek"),
    "mariya": ("rohim", "chalaem", "fon"),
    "somsri": ("chalaem", "banjong", "mek"),
    "rohim": ("banjong", "nittaya", "fon"),
    "chalaem": ("nittaya", "huda", "mek"),
    "banjong": ("huda", "sulaiman", "fon"),
    "nittaya": ("sulaiman", "prani", "mek"),
    "aree": ("krit", "kesorn", "fon"),
    "yusof": ("aree", "krit", "mek"),
    "kaew": ("yusof", "aree", "fon"),
    "halimah": ("sombat", "phensri", "fon"),
    "sombat": ("phensri", "ismail", "mek"),
    "phensri": ("ismail", "chuea", "fon"),
    "ismail": ("chuea", "lek", "mek"),
    "chuea": ("lek", "fatimah", "fon"),
    "lek": ("fatimah", "prayun", "mek"),
    "fatimah": ("prayun", "halimah", "fon"),
    "prayun": ("halimah", "sombat", "mek"),
}
"""Who looks at whose plots; nobody looks at those of who looked at theirs."""


def _of(
    key: str, name: str, kind: Any, place: tuple[float, float, float, int], crops: str,
    seasons: tuple[Season, ...] = (), under_way: UnderWay = "", **more: Any,
) -> Land:  # fmt: skip
    """`place`: latitude, longitude, rai, moo. `crops`: `kale -46, okra -70`."""
    farmer = key.partition("-")[0]
    sown = (each.split() for each in crops.split(", "))
    return Land(
        key, farmer, GROUP_OF[farmer], name, kind, *place,
        tuple(Crop(crop, int(days)) for crop, days in sown), seasons, under_way,
        PANELS[farmer], **more,
    )  # fmt: skip


NEIGHBOURS = (
    _of("huda-field", "ผักหน้าบ้าน", "field", (7.0622, 100.2967, 1.5, 1),
        "kale -44, coriander -48, spring-onion -50", BOTH, turn=20),
    _of("huda-orchard", "สวนมะพร้าว", "orchard", (7.1198, 100.2859, 3.5, 9),
        "coconut -4800, banana-khai -620", (FIRST,), "inspected", turn=35, long=1.8),
    _of("sulaiman-orchard", "สวนสมรมบนเนิน", "orchard", (7.0980, 100.1952, 8, 4),
        "champedak -3900, stink-bean -5200, durian -3300, mangosteen -4300",
        (PILOT, SECOND), turn=-15, long=1.3),
    _of("prani-field", "ไร่หลังวัด", "field", (7.0444, 100.2570, 2, 6),
        "cucumber -41, yardlong-bean -64, sweet-corn -76", (FIRST,), "assigned", turn=70),
    _of("prani-garden", "สวนครัวข้างบ้าน", "city_garden", (7.0402, 100.2664, 0.25, 6), "mint -60"),
    _of("wichian-rubber", "สวนยางแซมผักเหลียง", "rubber", (7.1491, 100.1215, 11, 3),
        "liang -2900, torch-ginger -1500", BOTH, turn=10, long=1.5),
    _of("mariya-field", "แปลงเครื่องแกง", "field", (7.1057, 100.0984, 2.5, 7),
        "bird-chilli -108, lemongrass -380, holy-basil -140, galangal -420", BOTH, turn=-30),
    _of("somsri-field", "แปลงริมห้วย", "field", (7.1064, 100.1225, 3, 2),
        "okra -72, long-eggplant -120, amaranth -40", BOTH, clean_since=-470, turn=55, long=1.6),
    _of("rohim-orchard", "สวนลองกอง", "orchard", (7.1274, 100.2094, 6, 5),
        "longkong -4100, rambutan -3600, salak -2500", BOTH, turn=5, long=1.2),
    _of("chalaem-paddy", "นาเล็บนก", "paddy", (7.1784, 100.2471, 7, 1),
        "rice-lebnok -92", BOTH, turn=-8, long=2.2),
    _of("chalaem-palm", "นาต้นตาล", "paddy", (7.1604, 100.2798, 5, 2),
        "toddy-palm -9000", (PILOT,), turn=12, long=1.7),
    _of("banjong-field", "แปลงติดถนน", "field", (7.1897, 100.3246, 1, 8),
        "kale -45, choy-sum -42", (SECOND,), turn=25),
    _of("nittaya-field", "แปลงผักกูด", "field", (7.1810, 100.3175, 1, 5),
        "vegetable-fern -300, gotu-kola -120", (), "returned", turn=40),
    _of("rohim-new", "แปลงใหม่เขาพระ", "field", (7.0426, 100.1388, 1.5, 11),
        "sweet-leaf -200", (), "withdrawn", turn=15),
    _of("aree-field", "แปลงผักอารี", "field", (6.9574, 100.4230, 2, 2),
        "morning-glory -27, amaranth -36, thai-basil -130", BOTH, turn=30),
    _of("yusof-field", "แปลงริมคลองหวะ", "field", (6.9784, 100.4051, 1.5, 5),
        "kale -46, cucumber -39", (SECOND,), turn=-20, long=1.4),
    _of("kaew-orchard", "สวนส้มโอ", "orchard", (6.9870, 100.4527, 4, 1),
        "pomelo -2600, guava -1300", BOTH, turn=8),
    _of("halimah-field", "แปลงบ้านท่าข้าม", "field", (7.0211, 100.5839, 2, 3),
        "kale -47, choy-sum -41, bitter-gourd -72", BOTH, turn=18),
    _of("sombat-field", "ไร่ถั่วริมเขา", "field", (7.0424, 100.5690, 2.5, 4),
        "yardlong-bean -60, winged-bean -120, peanut -95", BOTH, turn=-12, long=1.5),
    _of("phensri-mushroom", "โรงเห็ดเพ็ญศรี", "city_garden", (7.0210, 100.5663, 0.5, 1),
        "oyster-mushroom -60", BOTH, turn=60, long=2.0),
    _of("ismail-orchard", "สวนกล้วยผสม", "orchard", (7.0269, 100.5807, 5, 6),
        "banana-namwa -700, papaya -420, coconut -5100", BOTH, turn=33),
    _of("chuea-field", "แปลงปรับเปลี่ยน", "field", (7.0476, 100.5729, 2, 2),
        "pumpkin -104, wax-gourd -88", (SECOND,), clean_since=-260, turn=-25),
    _of("lek-field", "แปลงลุงเล็ก", "field", (7.0341, 100.5664, 1.5, 5),
        "sweet-potato -118, taro -170", (), "inspected", turn=47),
    _of("fatimah-field", "แปลงสมุนไพรฟาตีเมาะ", "field", (6.9467, 100.3658, 1.5, 7),
        "turmeric -260, ginger -170, betel-leaf -400", BOTH, turn=22),
    _of("prayun-field", "แปลงข้างสวนยาง", "field", (6.9851, 100.3558, 2, 8),
        "ivy-gourd -300, cha-om -500", BOTH, turn=-35),
)  # fmt: skip
