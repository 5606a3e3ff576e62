"""Two farmers of the demo answered the checklist themselves; one of them a year later again."""

from __future__ import annotations

from collections.abc import Iterator

from certification.applications import commands
from certification.applications.rules import Said, SaveDraft
from certification.schemes import queries as charter
from market.demo.days import Days
from market.demo.ground import BEGUN, FIRST, SECOND
from market.demo.guarantee import PRESET, SCHEME, good_answer
from market.demo.land import BY_KEY
from market.demo.story import Deed, deed

NOTE = "ดูจากสมุดบันทึก (ข้อมูลตัวอย่าง)"
CHANGED = {"N05": Said("yes", "เลิกใช้ปุ๋ยถุงทั้งหมดแล้ว (ข้อมูลตัวอย่าง)")}
"""What the second year says otherwise."""


def answer_oneself(days: Days) -> Iterator[Deed]:
    yield _saved("malee-home", days, FIRST.applied, _all())
    yield _saved("malee-home", days, SECOND.applied, CHANGED)
    half = dict(list(_all().items())[:20])
    yield _saved("malee-orchard", days, BEGUN, half)


def _all() -> dict[str, Said]:
    items = charter.preset(PRESET).checklist
    return {
        item.code: Said(good_answer(item), NOTE if item.must_be_answered else "") for item in items
    }


def _saved(key: str, days: Days, day: int, answers: dict[str, Said]) -> Deed:
    """An hour before it is sent."""
    land = BY_KEY[key]
    draft = SaveDraft(plot=land.id, scheme=SCHEME, answers=answers)
    return deed(commands.save_draft, draft, by=land.farmer_id, at=days.at(day, 8))
