"""What the leader wrote to her group in the demo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from market.demo.days import Days, named
from market.demo.people import RATTAPHUM, who
from market.demo.story import Deed, deed
from market.domain.broadcasts import commands
from market.domain.broadcasts.rules import WriteBroadcast

THAI = "วันเสาร์นี้ ประชุมกลุ่มเก้าโมงเช้าที่ศาลาหมู่บ้าน เอาสมุดบันทึกมาด้วย"
ENGLISH = "Group meeting this Saturday at nine in the village hall. Bring your diary."


def tell_many(days: Days) -> Iterator[Deed]:
    said = WriteBroadcast(named("broadcast", "meeting"), THAI, ENGLISH, RATTAPHUM)
    yield deed(commands.write, said, by=who("ying"), at=days.at(-2, 9))
    yield deed(_goes, by=who("ying"), at=days.at(-2, 10))


async def _goes(*, by: str, at: datetime) -> None:  # noqa: ARG001  (the clock sends it)
    await commands.go(at)
