"""Who sits where, a board's meeting whose minutes nobody has adopted yet, and the committee's
meeting of the demo's own morning, which is open."""

from __future__ import annotations

from collections.abc import Iterator

from certification.meetings import commands as meetings
from certification.meetings.rules import (
    AddAction,
    AddItem,
    AdoptMinutes,
    Attend,
    FinishAction,
    Move,
    Note,
    OpenMeeting,
    Part,
)
from certification.organs import commands as organs
from certification.organs.rules import Appoint, Body
from certification.schemes.settings import Leg
from market.demo.days import Days, named
from market.demo.ground import FIRST, PILOT, SECOND
from market.demo.land import BY_KEY
from market.demo.meetings import meeting
from market.demo.people import ADMIN, COMMITTEE, NETWORK, who
from market.demo.story import Deed, deed

FOUNDED, BOARD_MET = -1_000, -9
CONSUMERS = ("fon", "mek")
PLACE = "ศาลากลางบ้าน (ข้อมูลตัวอย่าง)"
SEATS: tuple[tuple[Body, str, str, Leg], ...] = (
    ("committee", "wan", "agency", "local_government"),
    ("committee", "thida", "agency", "academia"),
    ("committee", "thawee", "agency", "state"),
    ("committee", "prapha", "agency", "state"),
    ("committee", "phichai", "consumer", "citizens"),
    ("board", "ying", "producer", "citizens"),
    ("board", "krit", "producer", "citizens"),
    ("board", "halimah", "producer", "citizens"),
    ("board", "thida", "agency", "academia"),
    ("board", "thawee", "agency", "state"),
)
BOARD = [key for body, key, _, _ in SEATS if body == "board"]
ITEMS: tuple[tuple[Part, str, str], ...] = (
    ("inform", "ผลตรวจแปลงรอบนี้", "ตรวจครบทุกแปลงที่ขอ มีข้อบกพร่องค้างตามรายการ"),
    ("inform", "ปฏิทินรถเขียวเดือนหน้า", "ออกวันจันทร์ พุธ ศุกร์ ตามเดิม"),
    ("decide", "อบรมผู้ตรวจแปลงใหม่", "เห็นชอบให้จัดหนึ่งวันที่วิทยาลัย"),
)
ACTIONS = (
    ("signs", "krit", "ติดป้ายแปลงที่ได้ใบรับรองใหม่", -2),
    ("training", "thida", "นัดวันอบรมผู้ตรวจแปลงกับวิทยาลัย", 12),
    ("stamp", "ying", "ทำตราประทับของเครือข่าย", -4),
)


def sit(days: Days) -> Iterator[Deed]:
    for body, key, seat, leg in SEATS:
        chosen = Appoint(
            named("seat", body, key), NETWORK, body, who(key), seat, leg, days.on(FOUNDED),
            "ครั้งที่ 1 (ข้อมูลตัวอย่าง)",
        )  # fmt: skip
        yield deed(organs.appoint, chosen, by=ADMIN, at=days.at(FOUNDED))
    for earlier, later in ((PILOT, FIRST), (FIRST, SECOND)):
        adopted = AdoptMinutes(named("adopted", earlier.key), meeting(later), meeting(earlier))
        yield deed(meetings.adopt_minutes, adopted, by=who("wan"), at=days.at(later.met, 9, 50))
    yield from _board(days)
    yield from _today(days)


def _board(days: Days) -> Iterator[Deed]:
    wan, at = who("wan"), days.at(BOARD_MET, 13)
    held = OpenMeeting(named("meeting", "board"), NETWORK, days.on(BOARD_MET), PLACE, "board")
    yield deed(meetings.open_meeting, held, by=wan, at=at)
    for key in BOARD:
        seat = next(seat for body, of, seat, _ in SEATS if (body, of) == ("board", key))
        yield deed(meetings.attend, Attend(held.id, who(key), seat), by=wan, at=at)
    for number, (part, title, said) in enumerate(ITEMS):
        item = AddItem(named("item", str(number)), held.id, part, title)
        yield deed(meetings.add_item, item, by=wan, at=at)
        note = Note(named("note", str(number)), item.id, said)
        yield deed(meetings.note, note, by=wan, at=days.at(BOARD_MET, 14))
    for key, owner, what, due in ACTIONS:
        task = AddAction(named("action", key), held.id, who(owner), what, days.on(due))
        yield deed(meetings.add_action, task, by=wan, at=days.at(BOARD_MET, 14))
    left = Move(held.id, who("krit"), "left")
    yield deed(meetings.move, left, by=wan, at=days.at(BOARD_MET, 15))
    yield deed(meetings.close_meeting, held.id, by=wan, at=days.at(BOARD_MET, 16))
    stamped = FinishAction(named("done", "stamp"), named("action", "stamp"), "สั่งทำแล้ว")
    yield deed(meetings.finish_action, stamped, by=wan, at=days.at(-5))


def _today(days: Days) -> Iterator[Deed]:
    """Opened as its day begins; two cases wait, and the last minutes."""
    wan, at = who("wan"), days.anchor
    held = OpenMeeting(named("meeting", "today"), NETWORK, days.on(0), PLACE)
    yield deed(meetings.open_meeting, held, by=wan, at=at)
    there = [(person.key, "agency") for person in COMMITTEE]
    waiting = [BY_KEY[key] for key in ("huda-orchard", "lek-field")]
    seen_by = [key for land in waiting for key in land.inspectors or () if key not in CONSUMERS]
    there += [
        (key, "producer") for key in dict.fromkeys([*(one.farmer for one in waiting), *seen_by])
    ]
    there += [(key, "consumer") for key in CONSUMERS]
    for key, seat in there:
        yield deed(meetings.attend, Attend(held.id, who(key), seat), by=wan, at=at)
    item = AddItem(named("item", "today"), held.id, "inform", "อากาศและน้ำในคลองสัปดาห์นี้")
    yield deed(meetings.add_item, item, by=wan, at=at)
