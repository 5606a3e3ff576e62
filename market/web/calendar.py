"""A calendar file (RFC 5545) of where the market stands: weekly windows, and rounds to fetch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from certification.areas import queries as areas
from certification.basis.text import NBSP
from certification.basis.units import THAILAND
from market.answers.words import Words
from market.domain.offers.queries import CycleView
from market.domain.places.rules import PlaceView, Window

OCTETS_MAX = 75
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Asia/Bangkok", "BEGIN:STANDARD", "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700", "TZOFFSETTO:+0700", "TZNAME:+07", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


def written(
    places: Sequence[PlaceView], rounds: Iterable[CycleView], say: Words, origin: str, at: datetime
) -> bytes:
    host = urlsplit(origin).hostname or "localhost"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Talat Khiao//stops//TH"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{text(say('Where the market stands'))}", *ZONE]
    by_id = {place.id: place for place in places}
    for place in places:
        for window in place.windows:
            lines += _weekly(place, window, say, origin, host, at)
    for cycle in rounds:
        if cycle.place in by_id:
            lines += _once(by_id[cycle.place], cycle, say, origin, host, at)
    lines.append("END:VCALENDAR")
    return folded(lines)


def folded(lines: Iterable[str]) -> bytes:
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _weekly(
    place: PlaceView, window: Window, say: Words, origin: str, host: str, at: datetime
) -> list[str]:
    first = _next(window.weekday, at.astimezone(THAILAND).date())
    return [
        "BEGIN:VEVENT",
        f"UID:{place.id}-{window.weekday}-{window.opens_minute}@{host}",
        f"DTSTAMP:{utc(at)}",
        f"DTSTART;TZID=Asia/Bangkok:{_local(first, window.opens_minute)}",
        f"DTEND;TZID=Asia/Bangkok:{_local(first, window.closes_minute)}",
        f"RRULE:FREQ=WEEKLY;BYDAY={DAYS[window.weekday - 1]}",
        f"SUMMARY:{text(say.name(place))}",
        *_where(place, say, f"{origin}/stops"),
        "END:VEVENT",
    ]


def _once(
    place: PlaceView, cycle: CycleView, say: Words, origin: str, host: str, at: datetime
) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{cycle.id}@{host}",
        f"DTSTAMP:{utc(at)}",
        f"DTSTART:{utc(cycle.pickup_from)}",
        f"DTEND:{utc(cycle.pickup_until)}",
        f"SUMMARY:{text(say('Pick up: {name}', name=say.name(cycle)))}",
        *_where(place, say, f"{origin}/shop/{cycle.id}"),
        "END:VEVENT",
    ]


def _where(place: PlaceView, say: Words, url: str) -> list[str]:
    address = f"{say.name(place)}, {areas.address(place.tambon, say.language)}"
    return [
        f"LOCATION:{text(address)}",
        f"GEO:{place.lat_e6 / 1e6:.6f};{place.lon_e6 / 1e6:.6f}",
        f"URL:{url}",
    ]


def _next(weekday: int, on: date) -> date:
    return on + timedelta(days=(weekday - on.isoweekday()) % 7)


def _local(on: date, minute: int) -> str:
    at = datetime(on.year, on.month, on.day, tzinfo=THAILAND) + timedelta(minutes=minute)
    return f"{at:%Y%m%dT%H%M%S}"


def utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text(said: str) -> str:
    said = said.replace(NBSP, " ").replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return said.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """At most 75 octets, never inside a letter; what follows begins with a space."""
    rest, first = line, True
    while rest:
        room, taken = OCTETS_MAX - (not first), 0
        for letter in rest:
            room -= len(letter.encode())
            if room < 0:
                break
            taken += 1
        yield rest[:taken] if first else f" {rest[:taken]}"
        rest, first = rest[taken:], False
