"""Every kilo that was loaded is explained; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from market.domain.truck_day.refusals import NotBalanced
from market.domain.truck_day.rules import LotLeft


def ensure_balanced(
    left: Mapping[str, int], told: Sequence[LotLeft], codes: Mapping[str, str]
) -> None:
    """`left`: grams by lot that were loaded and neither handed over nor sold."""
    by_lot = dict.fromkeys(left, 0)
    for one in told:
        by_lot[one.lot] = by_lot.get(one.lot, 0) + one.told_grams
    for lot, grams in sorted(by_lot.items(), key=lambda pair: codes.get(pair[0], pair[0])):
        if missing := left.get(lot, 0) - grams:
            raise NotBalanced(lot=codes.get(lot, lot), grams=missing)


class Pours(msgspec.Struct, frozen=True):
    """What of a lot's leftovers moves in which bucket."""

    returned: int
    """Of the lease, to be ordered again."""
    wasted: int
    given: int
    waste_of_orders: int
    """Beyond the lease: of what orders did not take, which is available already."""
    given_of_orders: int


def pours(told: LotLeft, lease_grams: int) -> Pours:
    """First out of what was for sale: it is nobody's yet. The rest of the lease goes back."""
    gone = told.wasted_grams + max(told.shrink_grams, 0)
    wasted = min(gone, lease_grams)
    given = min(told.donated_grams, lease_grams - wasted)
    return Pours(
        lease_grams - wasted - given, wasted, given, gone - wasted, told.donated_grams - given
    )
