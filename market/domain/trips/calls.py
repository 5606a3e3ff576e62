"""What the public may know of published days: at which stop a truck stands about when."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from market.domain.trips import queries
from market.domain.trips.views import DayHead

EARLY_S, LATE_S = 600, 900
"""Nobody promises a truck to the minute: so much earlier or later it may begin."""
FIVE_MINUTES = 300


class Call(msgspec.Struct, frozen=True):
    """A stop of a published day. Times are seconds after midnight, Bangkok, to five minutes."""

    day: str
    place: str
    on: date
    begins_s: int
    ends_s: int
    sequence: int
    """Higher whenever what was told before is no longer so (RFC 5545)."""
    cancelled: bool
    told_at: datetime

    @property
    def between_s(self) -> tuple[int, int]:
        """When it is expected to begin."""
        return self.begins_s - EARLY_S, self.begins_s + LATE_S


async def calls(since: date) -> list[Call]:
    """The next first; what was told and called off since stays, named as cancelled."""
    found = [one for day in await queries.told_days(since) for one in await _of(day)]
    return sorted(found, key=lambda one: (one.on, one.begins_s, one.place))


async def _of(head: DayHead) -> list[Call]:
    told = [one for one in await queries.versions(head.id) if one.published_at]
    day = await queries.day(head.id)
    off = {stop.place for stop in day.stops} - set(day.places)
    found: dict[str, Call] = {}
    for sequence, one in enumerate(reversed(told)):
        assert one.published_at
        version = await queries.version(one.id)
        stops = [v for v in queries.visits(version.problem, version.plan) if v.kind == "stop"]
        found = {
            place: msgspec.structs.replace(call, cancelled=True, sequence=sequence)
            for place, call in found.items()
        }
        found |= {
            visit.id: Call(
                head.id, visit.id, head.on, visit.start_s // FIVE_MINUTES * FIVE_MINUTES,
                -(-visit.leave_s // FIVE_MINUTES) * FIVE_MINUTES, sequence, cancelled=False,
                told_at=one.published_at,
            )
            for visit in stops
        }  # fmt: skip
    gone = set(found) if head.state == "cancelled" else off & set(found)
    return [
        msgspec.structs.replace(call, cancelled=True, sequence=len(told)) if place in gone else call
        for place, call in found.items()
    ]
