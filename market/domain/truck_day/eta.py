"""When a truck will be where, once it is late; pure. A range, never a false exact minute."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

TELL_ABOVE_MINUTES = 10
"""Buyers are told when their stop moved by more, or its window broke."""
SPREAD_MIN, SPREAD_PART = 5, 4
"""The range is as wide as a quarter of what is still ahead, and five minutes at least."""


class Ahead(msgspec.Struct, frozen=True):
    """A stop that is still to come, in the order of the plan; minutes after midnight."""

    place: str
    planned_minute: int
    """When serving begins, by the plan that is published."""
    stays_minutes: int
    way_minutes: int
    """From the visit before."""
    windows: tuple[tuple[int, int], ...]
    told_minute: int
    """The latest that buyers were told."""


class Eta(msgspec.Struct, frozen=True):
    place: str
    earliest_minute: int
    latest_minute: int
    moved_minutes: int
    in_window: bool

    @property
    def is_told(self) -> bool:
        return abs(self.moved_minutes) > TELL_ABOVE_MINUTES or not self.in_window


def etas(ahead: Sequence[Ahead], free_minute: int) -> list[Eta]:
    """From the minute at which the truck can drive on; it waits where it comes before opening."""
    now, found, began = free_minute, [], free_minute
    for stop in ahead:
        arrives = now + stop.way_minutes
        begins = _begin(arrives, stop.windows)
        spread = max(SPREAD_MIN, (begins - began) // SPREAD_PART)
        closes = [b for a, b in stop.windows if a <= begins <= b]
        latest = min([begins + spread, *closes])
        found.append(Eta(stop.place, begins, latest, begins - stop.planned_minute, bool(closes)))
        now = begins + stop.stays_minutes
    return found


def _begin(arrives: int, windows: Sequence[tuple[int, int]]) -> int:
    for opens, closes in sorted(windows):
        if arrives <= closes:
            return max(arrives, opens)
    return arrives
