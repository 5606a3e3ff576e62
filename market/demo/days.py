"""When everything in the demo happened: counted from the midnight its day begins with.

A demo is the same on every machine but for its day: each deed has a stated instant before that
midnight, and each id is made from its name. Codes, keys and salts stay random.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import msgspec

from certification.basis.ids import following
from certification.basis.units import THAILAND, local_day

DEMO = "019b0000-0000-7000-8000-000000000000"
MARKET_WEEKDAYS = (1, 3, 5)
"""Monday, Wednesday and Friday (ISO 8601)."""


class Days(msgspec.Struct, frozen=True):
    anchor: datetime
    """00:00 in Thailand on the demo's day: at every hour of it nothing that was done lies ahead."""

    @property
    def today(self) -> date:
        return local_day(self.anchor)

    def on(self, day: int) -> date:
        return self.today + timedelta(days=day)

    def at(self, day: int, hour: int = 9, minute: int = 0) -> datetime:
        """`day` 0 is the demo's day, -1 the one before; minutes may run over the hour."""
        begun = datetime.combine(self.on(day), time(hour), THAILAND)
        return begun + timedelta(minutes=minute)

    @property
    def last_market(self) -> int:
        """The last market day that is over and paid out: two to four days ago."""
        return self._market_day(range(-2, -5, -1))

    @property
    def next_market(self) -> int:
        """The first market day for which there is time to order: in two to four days."""
        return self._market_day(range(2, 5))

    def market_near(self, day: int) -> int:
        """That day, or the first market day after it."""
        return self._market_day(range(day, day + 7))

    def _market_day(self, among: range) -> int:
        return next(day for day in among if self.on(day).isoweekday() in MARKET_WEEKDAYS)


def days(pinned: date | None, at: datetime) -> Days:
    return Days(datetime.combine(pinned or local_day(at), time(0), THAILAND))


def named(*words: str) -> str:
    """The id of what bears this name in the demo."""
    return following(DEMO, "/".join(words))
