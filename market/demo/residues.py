"""Samples of the demo that the hospital's kit looked at on a market morning: nothing was found."""

from __future__ import annotations

from collections.abc import Iterator

from certification.residues import commands
from certification.residues.rules import NoteTest, Seen
from market.demo.days import Days, named
from market.demo.land import LAND
from market.demo.people import who
from market.demo.story import Deed, deed

DAY, EVERY = -9, 5
"""When, and of which plots: every so many of those that are certified."""
CLEAN = (Seen("organophosphate", "not_found"), Seen("carbamate", "not_found"))
NURSE = "เจ้าหน้าที่โรงพยาบาล (ข้อมูลตัวอย่าง)"


def sample(days: Days) -> Iterator[Deed]:
    for place, land in enumerate(one for one in LAND[::EVERY] if one.farmer_id != who("wan")):
        of = NoteTest(
            named("residues", land.key), land.group, "sgs-pgs", "gt", days.on(DAY), CLEAN, NURSE,
            NURSE, plot=land.id, place_name="ตลาดเช้ารัตภูมิ",
        )  # fmt: skip
        yield deed(commands.note, of, by=who("wan"), at=days.at(DAY, 9, place))
