"""A truck's journey as a calendar of its visits (RFC 5545) and as a table."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from litestar import Response

from market.answers.words import Words
from market.domain.journeys.rules import Goods, Journey, Spot, Visit, moment
from market.web.calendar import folded, text, utc
from market.web.sheets import Baht, Kilos, sheet

DOES = {"plot": "Collect at", "stop": "Hand over at", "base": "Load at"}


def calendar(of: Journey, say: Words, origin: str, at: datetime) -> bytes:
    """An entry a visit; the plan's number is its sequence, so a newer file moves the older's."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Talat Khiao//journey//TH"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{text(f'{of.name} {say.day(of.on)}')}"]
    for one in of.visits:
        lines += _entry(of, one, say, origin, at)
    return folded([*lines, "END:VCALENDAR"])


def _entry(of: Journey, one: Visit, say: Words, origin: str, at: datetime) -> list[str]:
    where = f"{say.name(one.spot)}, {_where(one.spot, say)}"
    goods = ", ".join(f"{say.name(x)} {x.lot_code} {say.kilos(x.grams)}" for x in one.goods)
    off = of.cancelled or one.cancelled
    return [
        "BEGIN:VEVENT",
        f"UID:{of.id}-{one.id.replace(':', '-')}@{urlsplit(origin).hostname or 'localhost'}",
        f"DTSTAMP:{utc(at)}",
        f"DTSTART:{utc(moment(of.on, one.arrive_s))}",
        f"DTEND:{utc(moment(of.on, one.leave_s))}",
        f"SEQUENCE:{of.version}",
        f"STATUS:{'CANCELLED' if off else 'CONFIRMED'}",
        f"SUMMARY:{text(f'{one.seq}. {say(DOES[one.kind])} {say.name(one.spot)}')}",
        *([f"DESCRIPTION:{text(goods)}"] if goods else []),
        f"LOCATION:{text(where)}",
        f"GEO:{one.spot.lat:.7f};{one.spot.lon:.7f}",
        f"URL:{origin}/truck/{of.id}/papers",
        "END:VEVENT",
    ]


def _where(spot: Spot, say: Words) -> str:
    return spot.where_en if say.language == "en" else spot.where_th


def table(of: Journey, say: Words, name: str) -> Response[bytes]:
    """A row for each lot of a visit; what a visit has but once stands in its first row."""
    heads = [say("No."), say("What to do"), say("Place"), say("Address"), say("Latitude"),
             say("Longitude"), say("Arrive"), say("Begin"), say("Leave"), say("Goods"),
             say("Lot"), say("Kilos"), say("Crates"), say("To collect, baht")]  # fmt: skip
    home = (say("Base"), *_spot(of.base, say))
    rows: list[tuple[object, ...]] = [("", *home, "", "", clock(of.leaves_s), *NOTHING, "")]
    for one in of.visits:
        rows += _rows(one, say)
    rows.append(("", *home, clock(of.back_s), "", "", *NOTHING, ""))
    return sheet(name, heads, rows)


NOTHING = ("", "", "", "")


def _rows(one: Visit, say: Words) -> list[tuple[object, ...]]:
    head = (one.seq, say(DOES[one.kind]), *_spot(one.spot, say))
    times = tuple(clock(second) for second in (one.arrive_s, one.start_s, one.leave_s))
    goods = [_goods(x, say) for x in one.goods] or [NOTHING]
    return [
        (*head, *times, *each, "" if at else Baht(one.due_satang)) for at, each in enumerate(goods)
    ]


def _goods(one: Goods, say: Words) -> tuple[object, ...]:
    return say.name(one), one.lot_code, Kilos(one.grams), one.crates


def _spot(spot: Spot, say: Words) -> tuple[object, ...]:
    return say.name(spot), _where(spot, say), f"{spot.lat:.7f}", f"{spot.lon:.7f}"


def clock(second: int) -> str:
    """`09:05:30`, exact."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
