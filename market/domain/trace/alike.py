"""Lots of the same land, papers, farmer, crop and claim: their pages differ in little.

What they share is read with one of them, and is true while nothing is told to the log; of the next
lot only what it has to itself is asked.
"""

from __future__ import annotations

from datetime import date
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from market.domain.trace import queries, scan
from market.domain.trace.queries import Trace
from market.domain.trace.scan import Scan

IN_ORDER = attrgetter("seq")


class Own(msgspec.Struct, frozen=True, array_like=True):
    """What a lot has to itself."""

    code: str
    harvested_on: date
    grams: int
    grams_left: int
    planted_on: date | None
    offer: scan.Offer | None
    logged: list[scan.Logged] | None


own = msgspec.json.Decoder(Own).decode


class Alike(msgspec.Struct, frozen=True):
    shared: Scan
    """Of no lot in particular."""
    today: date
    days: dict[date, Trace] = {}
    """Of a lot harvested that day, but for what it has to itself."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Alike):
            return NotImplemented
        return (self.shared, self.today) == (other.shared, other.today)

    async def trace(self, lot: Own) -> Trace:
        on = lot.harvested_on
        if (day := self.days.get(on)) is None:
            found = replace(self.shared, lot=replace(self.shared.lot, harvested_on=on))
            day = self.days[on] = await queries.of_scan(found, self.today)
        logged = sorted(lot.logged or (), key=IN_ORDER)
        told = scan.timeline(logged)
        return replace(
            day,
            code=lot.code,
            grams=lot.grams,
            grams_left=lot.grams_left,
            planted_on=lot.planted_on,
            offered=scan.offered(lot.offer),
            timeline=tuple(sorted(day.timeline + told, key=IN_ORDER)),
            proof=scan.proof(logged),
        )


def alike(found: Scan, today: date) -> Alike:
    """To the lot that was found."""
    lot = replace(
        found.lot, id="", code="", harvested_on=date.min, grams=0, grams_left=0, planted_on=None
    )
    logged = [one for one in found.logged if not one.leaf]
    nothing = scan.Offer(None, None, None, None)
    return Alike(replace(found, lot=lot, offer=nothing, logged=logged), today)
