"""Why a lot is not brought in, sold, wasted or told."""

from __future__ import annotations

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal


class NoLot(Missing):
    code = "lots.missing"


class NoStock(Missing):
    code = "lots.no_stock"


class NotTheHolder(Forbidden):
    """Only who farmed the plot on that day harvests from it."""

    code = "lots.not_the_holder"


class NoGrams(Invalid):
    code = "lots.no_grams"


class HarvestInFuture(Refusal):
    code = "lots.harvest_in_future"


class HarvestTooLongAgo(Refusal):
    code = "lots.harvest_too_long_ago"


class PlantingElsewhere(Refusal):
    """The planting is of another plot or another crop."""

    code = "lots.planting_elsewhere"


class MoreThanExpected(Refusal):
    """A forecast promises more than the planting is expected to yield; 0: nobody knows that."""

    code = "lots.more_than_expected"


class Unlikely(Refusal):
    """More than that land gives: a slip of the finger, or a rare year; whoever typed it knows."""

    code = "lots.unlikely"


class SoonAfterManure(Refusal):
    """Raw manure came onto the land too short a time before: it would be plain."""

    code = "lots.soon_after_manure"


class SoldOut(Refusal):
    """`grams_left` tells what could still be had."""

    code = "lots.sold_out"


class NotSoMuchThere(Refusal):
    """More is to leave a bucket than it holds."""

    code = "lots.not_so_much_there"


class LotRecalled(Refusal):
    """It is called back: what is there stays where it is, until somebody clears the lot."""

    code = "lots.recalled"
