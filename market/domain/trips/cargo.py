"""What goods ask of a truck: crates, a cold place, and to be aboard for as short as can be.

An order is packed at its stop's turn: products of one stop share crates, stops do not. So a stop
takes whole crates, each of them filled where most of what is in it is loaded, and never can more
be handed over than were filled.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

import msgspec

from market.domain.products.rules import CRATE_GRAMS

FADES = Fraction(1, 2)
"""Of its price, by its last day: our estimate, nobody measured it."""
DAY_HOURS = 24
SHORTEST_DAYS = Fraction(1, 2)
"""Of what must be eaten on the day of harvest."""


class Kept(msgspec.Struct, frozen=True):
    """A lot as its product says that it is kept; strictest where it is sold as several."""

    cold: bool = False
    crate_grams: int | None = None
    days: int | None = None
    harvested_on: date | None = None
    satang_per_kg: int = 0

    def crates(self, grams: int) -> Fraction:
        return Fraction(grams, self.crate_grams or CRATE_GRAMS)

    @property
    def fades(self) -> int:
        """Satang for a kilogram and hour."""
        if self.days is None:
            return 0
        hours = max(Fraction(self.days), SHORTEST_DAYS) * DAY_HOURS
        return round(self.satang_per_kg * FADES / hours)

    def too_old(self, on: date) -> bool:
        if self.days is None or self.harvested_on is None:
            return False
        return on > self.harvested_on + timedelta(days=self.days)


Line = tuple[str, str, int]
"""A stop, the code of a lot, grams."""


def strictest(lots: Iterable[tuple[str, Kept]]) -> dict[str, Kept]:
    """By the code of the lot."""
    found: dict[str, Kept] = {}
    for code, kept in lots:
        other = found.get(code, kept)
        found[code] = msgspec.structs.replace(
            kept, cold=kept.cold or other.cold,
            crate_grams=_least(kept.crate_grams, other.crate_grams),
            days=_least(kept.days, other.days),
            satang_per_kg=max(kept.satang_per_kg, other.satang_per_kg),
        )  # fmt: skip
    return found


def _least(one: int | None, other: int | None) -> int | None:
    return min((n for n in (one, other) if n is not None), default=None)


def packed(lines: Iterable[Line], kept: Mapping[str, Kept]) -> tuple[Counter[str], Counter[str]]:
    """Crates handed over by stop, and filled by lot; their sums are the same."""
    shares: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for stop, lot, grams in lines:
        shares[stop][lot] += kept.get(lot, Kept()).crates(grams)
    stops, lots = Counter[str](), Counter[str]()
    for stop, by_lot in shares.items():
        stops[stop] = ceil(sum(by_lot.values()))
        lots.update(_whole(by_lot, stops[stop]))
    return stops, lots


def _whole(by_lot: Mapping[str, Fraction], crates: int) -> Counter[str]:
    """Each lot the crates that it fills, the others to those that lack least for one."""
    found = Counter({lot: int(share) for lot, share in by_lot.items()})
    rest = sorted(by_lot, key=lambda lot: (-(by_lot[lot] - int(by_lot[lot])), lot))
    found.update(rest[: crates - found.total()])
    return found


def loose(lots: Iterable[tuple[str, int]], kept: Mapping[str, Kept]) -> int:
    """Crates for what is taken along for passers-by from one place."""
    return ceil(sum((kept.get(lot, Kept()).crates(grams) for lot, grams in lots), Fraction()))
