"""The cast of the demo. Every name, number and telephone is invented and says so."""

from __future__ import annotations

import msgspec

from certification.groups.rules import Found
from market.demo.days import named

SAMPLE = "(ตัวอย่าง)"
NETWORK, RATTAPHUM, KHUAN_LANG, HAT_YAI = (
    named("group", key) for key in ("network", "rattaphum", "khuan-lang", "hat-yai")
)

GROUPS = (
    Found(
        NETWORK, "network",
        f"เครือข่ายเกษตรสุขภาพจังหวัดสงขลา {SAMPLE}", "Songkhla Healthy Farming Network (sample)", "90",
    ),
    Found(
        RATTAPHUM, "group",
        f"กลุ่มสวนผักรัตภูมิ {SAMPLE}", "Rattaphum Growers (sample)", "900901", NETWORK,
    ),
    Found(
        KHUAN_LANG, "group",
        f"กลุ่มสวนผักควนลัง {SAMPLE}", "Khuan Lang Growers (sample)", "901102", NETWORK,
    ),
    Found(
        HAT_YAI, "group",
        f"กลุ่มสวนผักท่าข้าม หาดใหญ่ {SAMPLE}", "Tha Kham Growers, Hat Yai (sample)", "901113", NETWORK,
    ),
)  # fmt: skip


class Person(msgspec.Struct, frozen=True):
    key: str
    name: str
    roles: tuple[tuple[str, str], ...] = ()
    """Role, and the group or network it holds in, or the code of an area."""
    card: str = ""
    """What the sign-in card says this person shows; empty: no card."""
    name_shown: bool = False
    """Agreed that the public sees the name."""

    @property
    def id(self) -> str:
        return named("person", self.key)

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(place for role, place in self.roles if role == "farmer")


def _farmer(key: str, name: str, group: str, *more: str, card: str = "", shown: bool = False
) -> Person:  # fmt: skip
    roles = tuple((role, group) for role in ("farmer", *more))
    return Person(key, f"{name} {SAMPLE}", roles, card, shown)


def _other(key: str, name: str, *roles: tuple[str, str], card: str = "") -> Person:
    return Person(key, f"{name} {SAMPLE}", roles, card)


CAST = (
    _farmer("malee", "มาลี สวนทดลอง", RATTAPHUM, card="farms: plots, harvests, labels, money: /farm",
            shown=True),
    _farmer("somchai", "สมชาย นาสมมุติ", RATTAPHUM, "inspector",
            card="farms beside Malee and inspects: /inspect", shown=True),
    _farmer("chan", "จันทร์ ไร่จำลอง", RATTAPHUM, "inspector"),
    _farmer("ying", "หญิง ผู้นำสมมุติ", RATTAPHUM, "inspector", "leader",
            card="leads the Rattaphum group, packs and calls back: /board, /recalls"),
    _farmer("boonma", "บุญมา สวนสมมุติ", RATTAPHUM, "inspector"),
    _farmer("lamai", "ละไม ผักจำลอง", RATTAPHUM, "inspector"),
    _farmer("samruay", "สำรวย ไร่สมมุติ", RATTAPHUM, "inspector"),
    _farmer("krit", "กฤต ควนจำลอง", KHUAN_LANG, "inspector", "leader",
            card="leads the other group and sees nothing of Rattaphum's: /farm"),
    _farmer("kesorn", "เกสร ควนสมมุติ", KHUAN_LANG, "inspector"),
    _farmer("kamol", "กมล ควนทดลอง", KHUAN_LANG, "inspector"),
    _farmer("kliao", "เกลียว ควนตัวอย่าง", KHUAN_LANG, "inspector"),
    _farmer("kaew", "แก้ว ควนเสมือน", KHUAN_LANG, "inspector"),
    _other("wan", "วรรณ กรรมการสมมุติ", ("committee", NETWORK), ("secretariat", NETWORK),
           card="sits in the committee and keeps its papers: /board"),
    _other("thida", "ธิดา กรรมการจำลอง", ("committee", NETWORK)),
    _other("thawee", "ทวี กรรมการทดลอง", ("committee", NETWORK)),
    _other("prapha", "ประภา กรรมการเสมือน", ("committee", NETWORK)),
    _other("phichai", "พิชัย กรรมการตัวอย่าง", ("committee", NETWORK)),
    _other("fon", "ฝน ผู้บริโภคสมมุติ", ("inspector", NETWORK)),
    _other("mek", "เมฆ ผู้บริโภคจำลอง", ("inspector", NETWORK)),
    _other("prasert", "ประเสริฐ เหรัญญิกสมมุติ", ("treasurer", NETWORK),
           card="keeps the network's money: /till"),
    _other("dao", "ดาว เหรัญญิกจำลอง", ("treasurer", NETWORK), ("operator", NETWORK),
           card="hands over at the stall, drives the truck, fills crates: /stall, /truck, /crates"),
    _other("suda", "สุดา เจ้าหน้าที่สมมุติ", ("officer", "90"),
           card="the province's officer: /registry"),
    _other("nok", "นก ลูกค้าสมมุติ", card="buys: /"),
    _other("nop", "นพ ลูกค้าจำลอง"),
    _other("noi", "น้อย ลูกค้าทดลอง"),
    _other("admin", "ผู้ดูแลระบบ", card="administers: /admin"),
)  # fmt: skip

NEIGHBOURS = (
    *(
        _farmer(key, name, RATTAPHUM, "inspector", shown=key in ("huda", "wichian", "rohim"))
        for key, name in (
            ("huda", "ฮูดา บินสมมุติ"), ("sulaiman", "สุไลมาน หมัดจำลอง"), ("prani", "ปราณี ทองสมมุติ"),
            ("wichian", "วิเชียร แก้วจำลอง"), ("mariya", "มารีย๊ะ หลีสมมุติ"), ("somsri", "สมศรี พรหมจำลอง"),
            ("rohim", "รอหีม สาจำลอง"), ("chalaem", "แฉล้ม รัตน์สมมุติ"), ("banjong", "บรรจง ชูทดลอง"),
            ("nittaya", "นิตยา ขุนสมมุติ"),
        )
    ),
    _farmer("aree", "อารี จันทร์สมมุติ", KHUAN_LANG, "inspector", shown=True),
    _farmer("yusof", "ยูโซ๊ะ เจ๊ะจำลอง", KHUAN_LANG, "inspector"),
    *(
        _farmer(key, name, HAT_YAI, "inspector", *more, shown=key in ("halimah", "ismail"))
        for key, name, *more in (
            ("halimah", "ฮาลีเมาะ บือราสมมุติ", "leader"), ("sombat", "สมบัติ หนูจำลอง"),
            ("phensri", "เพ็ญศรี บุญสมมุติ"), ("ismail", "อิสมาแอ หวังทดลอง"), ("chuea", "เชื่อ ศรีจำลอง"),
            ("lek", "เล็ก ไชยสมมุติ"), ("fatimah", "ฟาตีเมาะ กาเดจำลอง"), ("prayun", "ประยูร ทองทดลอง"),
        )
    ),
    *(
        _other(key, name)
        for key, name in (
            ("ton", "ต้น ลูกค้าเสมือน"), ("da", "ดา ลูกค้าตัวอย่างดี"), ("yam", "แย้ม ลูกค้าจำลองใจ"),
            ("canteen", "โรงครัวโรงเรียนสมมุติ"), ("ward", "โรงครัวโรงพยาบาลจำลอง"),
        )
    ),
)  # fmt: skip
"""Behind the cast, whose member numbers stay as they are."""

PEOPLE = (*CAST, *NEIGHBOURS)
GROUP_OF = {person.key: person.groups[0] for person in PEOPLE if person.groups}
LEADERS = {RATTAPHUM: "ying", KHUAN_LANG: "krit", HAT_YAI: "halimah"}
BY_KEY = {person.key: person for person in PEOPLE}
ADMIN = BY_KEY["admin"].id
COMMITTEE = tuple(p for p in PEOPLE if ("committee", NETWORK) in p.roles)
WITH_CARDS = tuple(person for person in PEOPLE if person.card)

KIN = (("malee", "lamai", 2),)
"""Sisters: neither looks at the other's plot."""


def who(key: str) -> str:
    """The id of one of the cast."""
    return BY_KEY[key].id


def member_number(person: Person) -> str:
    return f"ตย-{PEOPLE.index(person) + 1:03}"


def phone(person: Person) -> str:
    """From a row of numbers nobody was given."""
    return f"08000000{PEOPLE.index(person) + 1:02}"
