"""What others certified in the demo: Malee's GAP that ends soon, the group's halal paper."""

from __future__ import annotations

from collections.abc import Iterator

from certification.marks import commands
from certification.marks.rules import NoteMark, SeeMark
from market.demo.days import Days, named
from market.demo.land import BY_KEY
from market.demo.people import who
from market.demo.story import Deed, deed


def lay_open(days: Days) -> Iterator[Deed]:
    land = BY_KEY["malee-home"]
    gap = NoteMark(
        id=named("mark", "gap"), organ=land.group, kind="gap", holder=land.farmer_id,
        issuer="กรมวิชาการเกษตร (ข้อมูลตัวอย่าง)", number="ตัวอย่าง-0001", plots=(land.id,),
        issued_on=days.on(-680), valid_until=days.on(45),
    )  # fmt: skip
    yield deed(commands.note, gap, by=land.farmer_id, at=days.at(-60, 17))
    seen = SeeMark(named("mark", "gap", "seen"), gap.id, days.on(-58))
    yield deed(commands.see, seen, by=who("wan"), at=days.at(-58, 10))
    halal = NoteMark(
        id=named("mark", "halal"), organ=land.group, kind="halal", covers="ผักสดตัดแต่ง",
        issuer="คณะกรรมการอิสลามประจำจังหวัด (ข้อมูลตัวอย่าง)", number="ตัวอย่าง-0002",
        issued_on=days.on(-200), valid_until=days.on(165),
    )  # fmt: skip
    yield deed(commands.note, halal, by=who("ying"), at=days.at(-50, 17))
    held = SeeMark(named("mark", "halal", "seen"), halal.id, days.on(-49))
    yield deed(commands.see, held, by=who("wan"), at=days.at(-49, 10))
