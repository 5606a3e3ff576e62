"""A training of each group of the demo in each of its years, with most of its farmers there."""

from __future__ import annotations

from collections.abc import Iterator

from certification.trainings import commands
from certification.trainings.rules import RecordTraining
from market.demo.days import Days, named
from market.demo.land import LAND
from market.demo.people import LEADERS, who
from market.demo.story import Deed, deed

TOPICS = (
    (-700, "มาตรฐานและคำปฏิญาณ (ข้อมูลตัวอย่าง)", 360),
    (-510, "ทำปุ๋ยหมักและน้ำหมัก (ข้อมูลตัวอย่าง)", 240),
    (-375, "จดบันทึกและแนวกันชน (ข้อมูลตัวอย่าง)", 180),
    (-130, "ตรวจแปลงเพื่อน ดูอะไรบ้าง (ข้อมูลตัวอย่าง)", 240),
)
AWAY = 7
"""Every so many farmers one missed it."""


def train(days: Days) -> Iterator[Deed]:
    for group, leader in LEADERS.items():
        farmers = list(dict.fromkeys(land.farmer_id for land in LAND if land.group == group))
        for turn, (day, topic, minutes) in enumerate(TOPICS):
            there = tuple(one for place, one in enumerate(farmers) if (place + turn) % AWAY)
            held = RecordTraining(
                named("training", group, str(turn)), group, topic, days.on(day), minutes, there
            )
            yield deed(commands.record, held, by=who(leader), at=days.at(day, 16))
