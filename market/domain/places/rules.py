"""What a place where goods change hands must say of itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from certification.areas.rules import level
from certification.basis.refusal import Invalid, Missing, Refusal

KINDS = frozenset({"pickup", "stop", "base"})
"""A base is where trucks stand at night: in no public list."""
MINUTES_A_DAY = 1440


class NoSuchPlace(Missing):
    code = "places.no_such_place"


class UnknownKind(Invalid):
    code = "places.unknown_kind"


class NameMissing(Invalid):
    code = "places.name_missing"


class OutsideTheCountry(Invalid):
    """Not a point in Thailand: often latitude and longitude are exchanged."""

    code = "places.outside_the_country"


class WindowsWrong(Invalid):
    """A window ends before it begins, or two on one weekday overlap."""

    code = "places.windows_wrong"


class NotATambon(Invalid):
    code = "places.not_a_tambon"


class DefinedOtherwise(Refusal):
    """This id already names another place."""

    code = "places.defined_otherwise"


class Window(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    weekday: int
    """1 Monday … 7 Sunday (ISO 8601)"""
    opens_minute: int
    closes_minute: int
    """Minutes after midnight, Bangkok."""


class DefinePlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    network: str
    kind: str
    name_th: str
    name_en: str
    tambon: str
    lat_e6: int
    lon_e6: int
    windows: tuple[Window, ...] = ()


class PlaceDefined(msgspec.Struct, frozen=True, tag="places.defined"):
    place: str
    network: str


class WindowsChanged(msgspec.Struct, frozen=True, tag="places.windows_changed"):
    place: str
    weekdays: tuple[int, ...]


class PlaceView(DefinePlace, frozen=True):
    """A place as it is shown; public by nature."""


class Opening(msgspec.Struct, frozen=True, order=True):
    """One time at which a place is open, Bangkok."""

    on: date
    opens_minute: int
    closes_minute: int


THAILAND_E6 = ((5_600_000, 20_500_000), (97_300_000, 105_700_000))
"""The bounds of latitude and longitude (WGS 84)."""


def ensure_place(asked: DefinePlace) -> None:
    if asked.kind not in KINDS:
        raise UnknownKind(field="kind")
    if not asked.name_th.strip() or not asked.name_en.strip():
        raise NameMissing(field="name_en" if asked.name_th.strip() else "name_th")
    if level(asked.tambon) != "tambon":
        raise NotATambon(field="tambon")
    (south, north), (west, east) = THAILAND_E6
    if not (south <= asked.lat_e6 <= north and west <= asked.lon_e6 <= east):
        raise OutsideTheCountry(field="lat_e6")
    ensure_windows(asked.windows)


def ensure_windows(windows: Sequence[Window]) -> None:
    before: Window | None = None
    for window in sorted(windows):
        lasts = 0 <= window.opens_minute < window.closes_minute <= MINUTES_A_DAY
        if not lasts or not 1 <= window.weekday <= 7:
            raise WindowsWrong(field="windows")
        if before and (window.weekday, window.opens_minute) < (
            before.weekday, before.closes_minute,
        ):  # fmt: skip
            raise WindowsWrong(field="windows")
        before = window


def next_opening(windows: Sequence[Window], on: date, minute: int) -> Opening | None:
    """The one under way at that minute of the day, else the next; None without windows."""
    coming = [
        Opening(on + timedelta(days=ahead), window.opens_minute, window.closes_minute)
        for window in windows
        for ahead in range(8)
        if (on + timedelta(days=ahead)).isoweekday() == window.weekday
    ]
    still = [one for one in coming if (one.on, one.closes_minute) > (on, minute)]
    return min(still, default=None)
