"""What the demo's farmers wrote down of what they used; one of them something prohibited."""

from __future__ import annotations

from collections.abc import Iterator

from certification.inputs import commands
from certification.inputs.rules import NoteUse, RuleInput
from market.demo.days import Days, named
from market.demo.land import BY_KEY
from market.demo.people import NETWORK, who
from market.demo.story import Deed, deed

USES = (
    ("malee-home", "compost", "", "12 กระสอบ", -70, "ทำเอง"),
    ("malee-home", "neem", "", "5 ลิตร", -31, "ทำเอง"),
    ("malee-home", "wood_vinegar", "", "1 ลิตร", -9, "กลุ่มเกษตรอินทรีย์"),
    ("somchai-field", "raw_manure", "มูลวัว", "20 กระสอบ", -150, "เพื่อนบ้าน"),
    ("chan-field", "bt", "", "500 กรัม", -40, "ร้านสหกรณ์"),
    ("ying-field", "trichoderma", "", "2 กิโลกรัม", -55, "สำนักงานเกษตร"),
    ("ying-field", "", "สารจับใบตราใบไม้", "1 ขวด", -12, "ร้านในตลาด"),
    ("boonma-field", "", "น้ำหมักตราดาวเรือง", "3 ขวด", -48, "ร้านในตลาด"),
    ("ying-rubber", "glyphosate", "", "2 ลิตร", -25, "ร้านในตลาด"),
)  # fmt: skip
"""Plot, code of the list or name on the packet, amount, day, supplier."""
RULED = "น้ำหมักตราดาวเรือง"


def keep_diaries(days: Days) -> Iterator[Deed]:
    for key, code, product, amount, day, supplier in USES:
        land = BY_KEY[key]
        use = NoteUse(
            id=named("use", key, code or product), plot=land.id, code=code or None,
            product=product, amount=amount, used_on=days.on(day), supplier=supplier,
            knows=code == "glyphosate",
        )  # fmt: skip
        yield deed(commands.note_use, use, by=land.farmer_id, at=days.at(day, 17))
    ruling = RuleInput(
        id=named("ruling", RULED), network=NETWORK, scheme="sgs-pgs", key=RULED,
        status="restricted", decided_on=days.on(-30), meeting_ref="มติกรรมการ (ข้อมูลตัวอย่าง)",
        restriction="บอกส่วนผสมให้กลุ่มรู้ก่อนใช้",
    )  # fmt: skip
    yield deed(commands.rule, ruling, by=who("wan"), at=days.at(-30, 15))
