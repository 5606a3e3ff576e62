"""Sums of scans, lots that may be unusual, and signals as the committee sees them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

import msgspec

from certification.areas import queries as areas
from certification.basis.database import Row, in_use
from certification.basis.units import Instant, local_day
from market.domain.scans import rules

PROVINCE = "90"
SHOWN_MAX = 500


class Seen(msgspec.Struct, frozen=True):
    """What the rule asks of a lot; `scans` all that were ever counted."""

    lot: str
    code: str
    group: str
    at: Instant
    grams: int
    scans: int
    labels: int
    labelled_grams: int
    seq: int | None
    ended_at: Instant | None
    ended_scans: int | None

    @property
    def since(self) -> int:
        """Scans that no signal was closed over."""
        return self.scans - (self.ended_scans or 0)

    @property
    def packets(self) -> int:
        return rules.packets(self.labels, self.grams - self.labelled_grams)

    def day(self, at: datetime) -> int:
        first = local_day(self.ended_at or self.at)
        return max((local_day(at) - first).days, 0) + 1


class SignalView(msgspec.Struct, frozen=True):
    id: str
    lot: str
    code: str
    crop: str
    group: str
    farmer: str | None
    scans: int
    packets: int
    day: int
    at: Instant
    looked_by: str | None
    looked_at: Instant | None
    because: rules.Because | None
    words: str | None
    ended_by: str | None
    ended_at: Instant | None

    @property
    def state(self) -> str:
        if self.ended_at:
            return "copied" if self.because == "copied" else "explained"
        return "looked_into" if self.looked_at else "noted"


class Day(msgspec.Struct, frozen=True):
    on: date
    times: int


class Told(msgspec.Struct, frozen=True):
    area: str
    times: int


SEEN = (
    'SELECT l.id AS lot, l.code, l."group", l.at, l.grams, t.scans,'
    " (SELECT CAST(COALESCE(SUM(r.labels), 0) AS BIGINT) FROM label_run r"
    " WHERE r.lot = l.id AND r.reprint_of IS NULL) AS labels,"
    " COALESCE((SELECT x.grams FROM label_total x WHERE x.id = l.id), 0) AS labelled_grams,"
    " s.seq, s.ended_at, s.ended_scans FROM (SELECT c.lot, CAST(SUM(c.times) AS BIGINT) AS scans"
    " FROM scan_count c WHERE c.area = '' AND {which} GROUP BY c.lot) t JOIN lot l ON l.id = t.lot"
    " LEFT JOIN scan_signal s ON s.lot = l.id"
    " AND s.seq = (SELECT MAX(n.seq) FROM scan_signal n WHERE n.lot = l.id)"
    " WHERE (s.id IS NULL OR s.ended_at IS NOT NULL) AND t.scans >= {} ORDER BY l.id"
)
SIGNAL = (
    'SELECT s.id, s.lot, l.code, l.crop, l."group", l.farmer, s.scans, s.packets, s.day, s.at,'
    " s.looked_by, s.looked_at, s.because, s.words, s.ended_by, s.ended_at"
    " FROM scan_signal s JOIN lot l ON l.id = s.lot"
)


async def seen_since(day: date) -> list[Seen]:
    """Lots that were scanned on that day or later, of which no signal stands open."""
    return await _seen(
        "c.lot IN (SELECT d.lot FROM scan_count d WHERE d.area = '' AND d.on_day >= {})", day
    )


async def seen(lot: str) -> Seen | None:
    return next(iter(await _seen("c.lot = {}", lot)), None)


async def _seen(which: str, value: object) -> list[Seen]:
    rows = await in_use().query(SEEN.replace("{which}", which), value, rules.LEAST)
    return [msgspec.convert(row, Seen, strict=False) for row in rows]


async def total(lot: str) -> int:
    [row] = await in_use().query(
        "SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) AS scans FROM scan_count"
        " WHERE lot = {} AND area = ''",
        lot,
    )
    return int(row["scans"])


async def signal(id: str) -> SignalView:
    rows = await in_use().query(f"{SIGNAL} WHERE s.id = {{}}", id)
    if not rows:
        raise rules.NoSignal(signal=id[:36])
    return _signal(rows[0])


async def signals() -> list[SignalView]:
    """Those that wait first, then the newest."""
    rows = await in_use().query(
        f"{SIGNAL} ORDER BY (s.ended_at IS NOT NULL), s.at DESC, s.id LIMIT {SHOWN_MAX}"
    )
    return [_signal(row) for row in rows]


async def days(lot: str) -> list[Day]:
    """The last thirty on which anything was counted, the newest first."""
    rows = await in_use().query(
        "SELECT on_day, times FROM scan_count WHERE lot = {} AND area = ''"
        " ORDER BY on_day DESC LIMIT 30",
        lot,
    )
    return [msgspec.convert({"on": row["on_day"], "times": row["times"]}, Day) for row in rows]


async def places(lot: str) -> list[Told]:
    """What people told, the most first."""
    rows = await in_use().query(
        "SELECT area, CAST(SUM(times) AS BIGINT) AS times FROM scan_count"
        " WHERE lot = {} AND area <> '' GROUP BY area ORDER BY 2 DESC, area",
        lot,
    )
    return [Told(row["area"], int(row["times"])) for row in rows]


@cache
def areas_to_choose() -> tuple[str, ...]:
    """Districts of our province, then the other provinces: nothing finer is asked."""
    own = [one.code for one in areas.children(PROVINCE)]
    return (*own, *(one.code for one in areas.provinces() if one.code != PROVINCE))


def _signal(row: Row) -> SignalView:
    return msgspec.convert(row, SignalView, strict=False)
