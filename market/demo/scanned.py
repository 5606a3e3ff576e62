"""A photo of one label went round in the demo: its lot is scanned more than it has packets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from certification.basis.units import local_day
from market.demo.days import Days
from market.demo.people import who
from market.demo.story import Deed, deed
from market.domain.lots import queries as lots
from market.domain.scans import commands as scans

OPENED = 400
TOLD = ("9011", "9001", "9001", "10")
"""Districts and a province that people chose to tell."""


def open_a_page(days: Days) -> Iterator[Deed]:
    yield deed(_a_photo_goes_round, by=who("nok"), at=days.at(-1, 20))


async def _a_photo_goes_round(*, by: str, at: datetime) -> None:  # noqa: ARG001  (nobody is known)
    found = await lots.of_farmer(who("malee"))
    lot = found[len(found) // 4]  # neither the newest, which others look at, nor last year's
    for area in TOLD:
        await scans.tell_area(lot.code, area, at=at)
    await scans.add({lot.code: OPENED}, on=local_day(at))
    await scans.judge(at)
