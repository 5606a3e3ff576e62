"""A week as a file: days as in `day_file`, each with its date, and what stops wish.

{"days": [{"date": "2026-11-30", "day": {...}}, ...],
 "wishes": {"S1": {"times": 2, "every": 3, "since": 4}}}
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from market.domain.trips import day_file
from market.domain.trips.problem import NotADay
from market.domain.trips.week import DAYS_MAX, Planned, Week, Wish

Count = Annotated[int, msgspec.Meta(ge=0, le=DAYS_MAX)]
Days = Annotated[int, msgspec.Meta(ge=1, le=366)]


class _Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    times: Count = 1
    every: Days = 7
    since: Days = 7


class _Dated(msgspec.Struct, frozen=True):
    date: date
    day: msgspec.Raw


class _File(msgspec.Struct, frozen=True):
    days: Annotated[tuple[_Dated, ...], msgspec.Meta(min_length=1, max_length=DAYS_MAX)]
    wishes: dict[str, _Wish]


def read(text: bytes, roads: day_file.Roads = day_file.estimated) -> Week:
    """NotADay where it is no such file, or makes no sense."""
    try:
        file = msgspec.json.decode(text, type=_File)
    except (ValueError, RecursionError) as wrong:
        raise NotADay(why=str(wrong)) from None
    dates = [dated.date for dated in file.days]
    if dates != sorted(set(dates)):
        raise NotADay(why="the days do not follow one another")
    days = tuple(day_file.read(bytes(dated.day), roads) for dated in file.days)
    known = {visit.id for day in days for visit in day.visits if visit.kind == "stop"}
    if strange := sorted(set(file.wishes) - known):
        raise NotADay(why=f"{', '.join(strange)}: a wish of no stop")
    wishes = {id: Wish(w.times, w.every, w.since) for id, w in sorted(file.wishes.items())}
    return Week(tuple(day.isoformat() for day in dates), days, wishes)


def answer(week: Week, planned: Planned) -> bytes:
    """One line of JSON: a plan for each date, the dates of each stop, what a wish still lacks."""
    days = [
        {"date": name, "plan": msgspec.Raw(day_file.answer(plan, problem.roads))}
        for name, plan, problem in zip(week.names, planned.plans, week.days, strict=True)
    ]
    visits = {id: [week.names[n] for n in days_] for id, days_ in planned.visits.items()}
    return msgspec.json.encode({"days": days, "visits": visits, "lacking": planned.lacking})
