"""Times of the day as people of each language write them."""

from __future__ import annotations

from collections.abc import Sequence

from certification.basis.text import NBSP
from market.answers.words import Words
from market.domain.places.rules import Window


def hours(say: Words, opens: int, closes: int) -> str:
    """`09.00–11.00 น.`, `09:00–11:00`, from minutes after midnight."""
    mark, after = (".", f"{NBSP}น.") if say.language == "th" else (":", "")
    first, last = (f"{m // 60:02}{mark}{m % 60:02}" for m in (opens, closes))
    return f"{first}–{last}{after}"


def weekly(say: Words, windows: Sequence[Window]) -> list[tuple[str, str]]:
    """Days and hours, days of the same hours together: (`จันทร์ พุธ`, `09.00–17.00 น.`)."""
    days: dict[str, list[str]] = {}
    for window in windows:
        at = hours(say, window.opens_minute, window.closes_minute)
        days.setdefault(at, []).append(say(f"weekday.{window.weekday}"))
    every = say("Every day")
    return [(every if len(on) == 7 else " ".join(on), at) for at, on in days.items()]


def typed(minute: int | None) -> str:
    """As a form's field has it and reads it again: `09.05`."""
    return "" if minute is None else f"{minute // 60:02}.{minute % 60:02}"


def clock(say: Words, seconds: int) -> str:
    """`09.05 น.`, `09:05`, from seconds after midnight; what is begun of a minute counts whole."""
    minute = -(-seconds // 60)
    mark, after = (".", f"{NBSP}น.") if say.language == "th" else (":", "")
    return f"{minute // 60:02}{mark}{minute % 60:02}{after}"
