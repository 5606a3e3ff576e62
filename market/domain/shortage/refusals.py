"""Why what is short is not shared out."""

from __future__ import annotations

from certification.basis.refusal import Invalid, Missing, Refusal


class NoSuchShortage(Missing):
    code = "shortage.missing"


class NothingShort(Refusal):
    """What is there is enough for what was ordered."""

    code = "shortage.nothing_short"


class StillHeld(Refusal):
    """Orders that are not paid yet hold some of it: they are paid, or run out, first."""

    code = "shortage.still_held"


class Stale(Refusal):
    """Orders, choices or grams changed since it was looked at."""

    code = "shortage.stale"


class NotWhole(Invalid):
    """Less than nothing, or more than anybody brings."""

    code = "shortage.not_whole"


class NotInThisRound(Refusal):
    """No order of this seller bears the code."""

    code = "shortage.no_such_buyer"
