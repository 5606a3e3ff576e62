"""A calendar file (RFC 5545) of where the market stands: weekly windows, rounds, trucks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from certification.areas import queries as areas
from certification.basis.text import NBSP
from certification.basis.units import THAILAND
from market.answers.words import Words
from market.domain.offers.queries import CycleView
from market.domain.offers.rules import CycleStop
from market.domain.orders.queries import StoredOrder
from market.domain.places.rules import PlaceView, Window
from market.domain.trips.calls import Call
from market.web.hours import clock

OCTETS_MAX = 75
STATUS = {"held": "TENTATIVE", "cancelled": "CANCELLED", "expired": "CANCELLED"}
"""Of an order; one that is not paid yet may still be lost."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONE = (
    "BEGIN:VTIMEZONE", "TZID:Asia/Bangkok", "BEGIN:STANDARD", "DTSTART:19700101T000000",
    "TZOFFSETFROM:+0700", "TZOFFSETTO:+0700", "TZNAME:+07", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip


def written(
    places: Sequence[PlaceView], rounds: Iterable[CycleView], calls: Iterable[Call], say: Words,
    origin: str, at: datetime,
) -> bytes:  # fmt: skip
    host = urlsplit(origin).hostname or "localhost"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Talat Khiao//stops//TH"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{text(say('Where the market stands'))}", *ZONE]
    by_id = {place.id: place for place in places}
    for place in places:
        for window in place.windows:
            lines += _weekly(place, window, say, origin, host, at)
    for cycle in rounds:
        for stop in cycle.stops:
            if stop.place in by_id and stop.closed_at is None:
                lines += _once(by_id[stop.place], cycle, stop, say, origin, host, at)
    for call in calls:
        if call.place in by_id:
            lines += _call(by_id[call.place], call, say, origin, host)
    lines.append("END:VCALENDAR")
    return folded(lines)


def of_orders(
    orders: Iterable[tuple[StoredOrder, PlaceView]], say: Words, origin: str, at: datetime
) -> bytes:
    """A calendar that a phone asks for again and again; of each order what `of_order` says."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Talat Khiao//orders//TH", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text(say('What I fetch at the market'))}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H", "X-PUBLISHED-TTL:PT4H",
    ]  # fmt: skip
    for order, place in orders:
        lines += _order(order, place, say, origin, at)
    return folded([*lines, "END:VCALENDAR"])


def of_order(order: StoredOrder, place: PlaceView, say: Words, origin: str, at: datetime) -> bytes:
    """When and where it is fetched, with which code; not whose it is, nor what is in it."""
    return folded([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Talat Khiao//order//TH", "METHOD:PUBLISH",
        *_order(order, place, say, origin, at), "END:VCALENDAR",
    ])  # fmt: skip


def _order(
    order: StoredOrder, place: PlaceView, say: Words, origin: str, at: datetime
) -> list[str]:
    host = urlsplit(origin).hostname or "localhost"
    status = STATUS.get(order.state, "CONFIRMED")
    return [
        "BEGIN:VEVENT",
        f"UID:order-{order.code}@{host}",
        f"DTSTAMP:{utc(at)}",
        f"DTSTART:{utc(order.pickup_from)}",
        f"DTEND:{utc(order.pickup_until)}",
        f"STATUS:{status}",
        f"SUMMARY:{text(say('Fetch order {code}', code=order.code))}",
        f"DESCRIPTION:{text(say('Show this code at the stall: {code}', code=order.code))}",
        *_where(place, say, f"{origin}/stops"),
        "END:VEVENT",
    ]  # fmt: skip


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
    place: PlaceView, cycle: CycleView, stop: CycleStop, say: Words, origin: str, host: str,
    at: datetime,
) -> list[str]:  # fmt: skip
    return [
        "BEGIN:VEVENT",
        f"UID:{stop.id}@{host}",
        f"DTSTAMP:{utc(at)}",
        f"DTSTART:{utc(stop.pickup_from)}",
        f"DTEND:{utc(stop.pickup_until)}",
        f"SUMMARY:{text(say('Pick up: {name}', name=say.name(cycle)))}",
        *_where(place, say, f"{origin}/shop/{cycle.id}"),
        "END:VEVENT",
    ]


def _call(place: PlaceView, call: Call, say: Words, origin: str, host: str) -> list[str]:
    """A truck of a published day. Its UID stays, so that a calendar moves or strikes the event."""
    early, late = (clock(say, second) for second in call.between_s)
    about = say("Expected to begin between {early} and {late}", early=early, late=late)
    return [
        "BEGIN:VEVENT",
        f"UID:{call.day}-{call.place}@{host}",
        f"DTSTAMP:{utc(call.told_at)}",
        f"SEQUENCE:{call.sequence}",
        f"STATUS:{'CANCELLED' if call.cancelled else 'CONFIRMED'}",
        f"DTSTART;TZID=Asia/Bangkok:{_local(call.on, call.begins_s // 60)}",
        f"DTEND;TZID=Asia/Bangkok:{_local(call.on, call.ends_s // 60)}",
        f"SUMMARY:{text(say('The green truck at {name}', name=say.name(place)))}",
        f"DESCRIPTION:{text(about)}",
        *_where(place, say, f"{origin}/stops"),
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
