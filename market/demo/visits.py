"""What inspectors saw: full sheets, and the findings that are mended, open or overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from certification.findings import commands as findings
from certification.findings.rules import Answer, Said
from certification.inspections import assigning
from certification.inspections import commands as inspections
from certification.inspections.answering import AnswerGiven, GiveAnswers
from certification.inspections.panel import Assigned
from certification.inspections.rules import (
    AssignInspection,
    BeginInspection,
    CloseFinding,
    FinishInspection,
    MakeFinding,
)
from certification.schemes import queries as charter
from certification.schemes.rules import Item, Severity
from market.demo.days import Days, named
from market.demo.ground import BEGUN, SEASONS, Land
from market.demo.guarantee import PRESET, SEATS, SEEN, application, good_answer, inspection
from market.demo.land import BY_KEY, LAND
from market.demo.people import who
from market.demo.story import Deed, deed

AGAIN = "again"
LOOKED_AGAIN = {"krit-field": -27, "somsri-field": -25, "prayun-field": -23, "yusof-field": -58}
"""Plots that were looked at once more after the meeting, drawn by lot, and when."""
VISITS_A_DAY, VISIT_DAYS = 3, 12
KEYS = {"yes_no_na": "no", "score_0_2": "0"}
"""What is answered where something is wrong."""
SAID = {
    "N12": "หนอนกระทู้ช่วงฝน เพลี้ยอ่อนช่วงแล้ง", "N06": "ปุ๋ยหมักมูลวัว 400 กก. จากคอกในหมู่บ้าน",
    "N18": "เชื้อไตรโคเดอร์มาจากศูนย์ของกลุ่ม", "V01": "ครบสามคน ลงชื่อทุกคน",
    "V04": "08.00-10.00 น.", "V06": "แนวกันชนกล้วยกับตะไคร้ ทำง่าย ได้ขายด้วย",
    "V07": "ตามรายการข้อแก้ไขข้างล่าง", "P16": "บ่อในแปลง หน้าแล้งสูบจากคลอง",
    "P12": "วัดด้วยสายวัดสองจุด", "H11": "ชุดทดสอบ GT สุ่มสองตัวอย่าง",
}  # fmt: skip
"""Notes, as one writes them in the field."""


class Fault(msgspec.Struct, frozen=True):
    land: str
    season: str
    item: str
    severity: Severity
    what: str
    action: str
    due: int
    """Days after the visit."""
    mended: int | None = None
    """Days after the visit on which an inspector saw it mended; None: still open."""


FAULTS = (
    Fault("boonma-field", "second", "N10", "minor", "ยังไม่ปลูกพืชหมุนเวียน",
          "ปลูกถั่วพร้าคั่นก่อนรอบหน้า", 60),
    Fault("malee-home", "first", "N20", "minor", "ใบเสร็จปัจจัยการผลิตเก็บไม่ครบ",
          "ใช้สมุดติดใบเสร็จของกลุ่ม", 60, 40),
    Fault("prani-field", "first", "H06", "minor", "บันทึกแปลงขาดไปหนึ่งเดือน",
          "เขียนย้อนจากสมุดขาย แล้วจดทุกสัปดาห์", 90, 75),
    Fault("mariya-field", "second", "N24", "minor", "หน้าดินไหลลงคูหลังฝน",
          "ปลูกแฝกสองแถวริมคู", 80, 66),
    Fault("rohim-orchard", "second", "P15", "major", "ด้านติดถนนยังไม่มีแนวกั้นฝุ่น",
          "ปลูกชบาชิดรั้วให้แน่น", 10, 4),
    Fault("krit-field", AGAIN, "N17", "minor", "ไม่ได้จดสูตรน้ำหมัก",
          "จดส่วนผสมไว้ที่ถังทุกครั้ง", 70),
    Fault("somsri-field", AGAIN, "H04", "minor", "ที่ล้างผักยังไม่มีหลังคา",
          "มุงหลังคาก่อนหน้าฝน", 85),
    Fault("prayun-field", AGAIN, "N21", "minor", "ตัดไม้ริมคลองออกเกือบหมด",
          "ปลูกไม้พื้นถิ่นคืนสิบต้น", 20),
    Fault("yusof-field", AGAIN, "P17", "major", "น้ำจากแปลงข้างเคียงไหลเข้าคูของแปลง",
          "ขุดคันกั้นและบ่อพักน้ำ", 10),
)  # fmt: skip
"""Of the last four two are open, one is overdue, and one was grave enough to suspend for."""


ANSWERED: dict[str, tuple[Said, str, int]] = {
    "krit-field": ("claimed", "จดส่วนผสมไว้ที่ถังทุกใบแล้ว", 14),
    "somsri-field": ("disputed", "หลังคามีแล้ว อยู่ด้านหลังโรงเก็บ", 10),
}
"""What farmers answered to a finding of the last visit, so many days later."""


class Visit(msgspec.Struct, frozen=True):
    land: Land
    season: str
    day: int
    hour: int = 8

    @property
    def id(self) -> str:
        return inspection(self.land, self.season)


def look(days: Days) -> Iterator[Deed]:
    for visit in _visits():
        if visit.season == AGAIN:
            yield _send_again(visit, days)
        yield from _visited(visit, days)
        for fault in _faults(visit):
            if fault.mended is not None:
                yield _mended(visit, fault, days)
            elif fault.land in ANSWERED:
                yield _answered(visit, fault, days)


def _visits() -> Iterator[Visit]:
    for season in SEASONS:
        asked = [land for land in LAND if season in land.seasons]
        assert len(asked) <= VISITS_A_DAY * VISIT_DAYS
        for place, land in enumerate(asked):
            turn, day = divmod(place, VISIT_DAYS)
            yield Visit(land, season.key, season.visited + day, 8 + 3 * turn)
    for place, land in enumerate(one for one in LAND if one.under_way == "inspected"):
        yield Visit(land, "begun", BEGUN + 6, 8 + 3 * place)
    for key, day in LOOKED_AGAIN.items():
        yield Visit(BY_KEY[key], AGAIN, day)


def _send_again(visit: Visit, days: Days) -> Deed:
    assert visit.land.inspectors
    pairs = zip(visit.land.inspectors, SEATS, strict=True)
    panel = tuple(Assigned(who(key), seat) for key, seat in pairs)
    wanted = AssignInspection(
        visit.id, application(visit.land), panel, days.on(visit.day), "random"
    )  # fmt: skip
    return deed(assigning.assign, wanted, by=who("wan"), at=days.at(visit.day - 4, 15))


def _visited(visit: Visit, days: Days) -> Iterator[Deed]:
    assert visit.land.inspectors
    first = who(visit.land.inspectors[0])
    began, seen, ended = (days.at(visit.day, visit.hour + more) for more in range(3))
    yield deed(inspections.begin, BeginInspection(visit.id, began), by=first, at=began)
    sheet = GiveAnswers(visit.id, tuple(_answers(visit, days)))
    yield deed(inspections.answer, sheet, by=first, at=seen)
    for fault in _faults(visit):
        found = MakeFinding(
            named("finding", visit.season, fault.land, fault.item), visit.id, fault.item,
            fault.severity, fault.what, fault.action, days.on(visit.day + fault.due),
        )  # fmt: skip
        yield deed(inspections.find, found, by=first, at=seen)
    for key in visit.land.inspectors:
        yield deed(inspections.sign, visit.id, by=who(key), at=ended)
    end = FinishInspection(visit.id, "signed", ended)
    yield deed(inspections.finish, end, by=first, at=ended)


def _faults(visit: Visit) -> list[Fault]:
    return [one for one in FAULTS if (one.land, one.season) == (visit.land.key, visit.season)]


def _mended(visit: Visit, fault: Fault, days: Days) -> Deed:
    assert visit.land.inspectors
    assert fault.mended is not None
    id = named("mended", visit.season, fault.land, fault.item)
    seen = CloseFinding(
        id, named("finding", visit.season, fault.land, fault.item), "ไปดูแล้ว แก้เรียบร้อย (ข้อมูลตัวอย่าง)"
    )  # fmt: skip
    by, at = who(visit.land.inspectors[1]), days.at(visit.day + fault.mended, 16)
    return deed(inspections.close_finding, seen, by=by, at=at)


def _answered(visit: Visit, fault: Fault, days: Days) -> Deed:
    kind, words, after = ANSWERED[fault.land]
    id = named("answered", visit.season, fault.land, fault.item)
    found = named("finding", visit.season, fault.land, fault.item)
    said = Answer(id, found, kind, f"{words} (ข้อมูลตัวอย่าง)")
    by, at = visit.land.farmer_id, days.at(visit.day + after, 17)
    return deed(findings.answer, said, by=by, at=at)


def _answers(visit: Visit, days: Days) -> Iterable[AnswerGiven]:
    wrong = {fault.item for fault in _faults(visit)}
    at = days.at(visit.day, visit.hour + 1)
    for item in charter.preset(PRESET).checklist:
        id = named("answer", visit.season, visit.land.key, item.code)
        value = KEYS[item.answer_type] if item.code in wrong else good_answer(item)
        yield AnswerGiven(id, item.code, value, at, _note(visit, item))


def _note(visit: Visit, item: Item) -> str | None:
    """On some items of each sheet, and wherever an answer needs one: the demo takes few photos."""
    said = SAID.get(item.code)
    if said:
        return said
    needed = item.applies_to != "all" or item.answer_type in ("text", "table") or item.evidence
    often = (len(visit.land.key) + visit.land.moo + len(item.text.th)) % 7 == 0
    return SEEN if needed or often else None
