"""Which meeting decided it: one of the record, else the number of its minutes and its day."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from certification.basis.ids import is_id
from certification.basis.units import local_day
from certification.meetings import queries as meetings
from certification.schemes.rules import MEETING_LETTERS_MAX
from market.answers.words import Words
from market.web.form import Form


class Named(NamedTuple):
    meeting_ref: str
    minutes_on: date | None
    meeting: str | None


def read(form: Form, at: datetime) -> Named:
    chosen = form.raw("meeting")
    held = chosen if is_id(chosen) else None
    number = form.text("meeting_ref", most=MEETING_LETTERS_MAX, required=held is None)
    held_on = None if held else form.day("minutes_on", near=local_day(at))
    return Named(number, held_on, held)


async def choices(say: Words, *organs: str) -> list[list[str]]:
    held = [one for organ in organs for one in await meetings.of_organ(organ)]
    return [["", say("On paper only: write it below")]] + [
        [one.id, f"{say.day(one.held_on)} · {one.place}"] for one in held
    ]
