"""What the leader wrote to her group in the demo, and the flood that the officer entered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from certification.basis.units import local_day
from certification.plots import queries as plots
from market.demo.days import Days, named
from market.demo.people import RATTAPHUM, who
from market.demo.story import Deed, deed
from market.domain.area_events import commands as area_events
from market.domain.area_events.rules import EnterEvent
from market.domain.broadcasts import commands
from market.domain.broadcasts.rules import WriteBroadcast
from market.domain.places import queries as places

THAI = "วันเสาร์นี้ ประชุมกลุ่มเก้าโมงเช้าที่ศาลาหมู่บ้าน เอาสมุดบันทึกมาด้วย"
ENGLISH = "Group meeting this Saturday at nine in the village hall. Bring your diary."


def tell_many(days: Days) -> Iterator[Deed]:
    said = WriteBroadcast(named("broadcast", "meeting"), THAI, ENGLISH, RATTAPHUM)
    yield deed(commands.write, said, by=who("ying"), at=days.at(-2, 9))
    yield deed(_goes, by=who("ying"), at=days.at(-2, 10))


def flood(days: Days) -> Iterator[Deed]:
    """Where Malee farms: it stood so long that soil is to be tested. And a storm is to come over a
    stop of the next market day: Dao is asked to move it."""
    yield deed(_rises, days.on(-35), by=who("suda"), at=days.at(-1, 8))
    yield deed(_blows, days.on(days.next_market), by=who("suda"), at=days.at(-1, 22))


async def _rises(since: date, *, by: str, at: datetime) -> None:
    tambon = (await plots.of_farmer(who("malee"), local_day(at)))[0].tambon
    said = EnterEvent(named("flood"), "flood", (tambon,), since, local_day(at), less_percent=20)
    await area_events.enter(said, by=by, at=at)


async def _blows(on: date, *, by: str, at: datetime) -> None:
    tambon = (await places.place(named("place", "klonghae"))).tambon
    said = EnterEvent(named("storm"), "storm", (tambon,), on, on)
    await area_events.enter(said, by=by, at=at)


async def _goes(*, by: str, at: datetime) -> None:  # noqa: ARG001  (the clock sends it)
    await commands.go(at)
