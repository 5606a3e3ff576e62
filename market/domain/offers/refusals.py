"""Why a round is not opened or changed, and goods are not offered in it."""

from __future__ import annotations

from certification.basis.refusal import Invalid, Missing, Refusal


class NoSuchCycle(Missing):
    code = "offers.no_such_cycle"


class NoSuchOffer(Missing):
    code = "offers.no_such_offer"


class NoSuchStock(Missing):
    code = "offers.no_such_stock"


class TimesWrong(Invalid):
    """`field` names the time that comes too early."""

    code = "offers.times_wrong"


class TimesFarAway(Invalid):
    """Opened more than a year ago, or fetched more than a year from now."""

    code = "offers.times_far_away"


class HoldWrong(Invalid):
    code = "offers.hold_wrong"


class DepositWrong(Invalid):
    code = "offers.deposit_wrong"


class NameMissing(Invalid):
    code = "offers.name_missing"


class PriceWrong(Invalid):
    code = "offers.price_wrong"


class StepWrong(Invalid):
    """Not positive, or no whole number of pieces."""

    code = "offers.step_wrong"


class ChoosePlace(Invalid):
    """The cycle is fetched at several places, and the order names none."""

    code = "offers.choose_place"


class NoSuchStop(Missing):
    """No place of this cycle."""

    code = "offers.no_such_stop"


class PlaceClosed(Refusal):
    """Nobody is served there any more; the cycle may have other places."""

    code = "offers.place_closed"


class PlaceFull(Refusal):
    """Of the other places of the cycle `others` names those with room for it, by id."""

    code = "offers.place_full"


class CapacityWrong(Invalid):
    code = "offers.capacity_wrong"


class PlaceTwice(Invalid):
    """The same place from the same moment on."""

    code = "offers.place_twice"


class PieceWrong(Invalid):
    """The heaviest piece is lighter than an expected one, or much heavier; or has none beside."""

    code = "offers.piece_wrong"


class OtherPlace(Refusal):
    """The place belongs to another network."""

    code = "offers.other_place"


class OtherNetwork(Refusal):
    """A merchant sells what its own groups grow."""

    code = "offers.other_network"


class OtherCrop(Refusal):
    code = "offers.other_crop"


class Closed(Refusal):
    code = "offers.closed"


class CycleCalledOff(Refusal):
    code = "offers.called_off"


class NotYetOpen(Refusal):
    code = "offers.not_yet_open"


class AlreadyOffered(Refusal):
    """One lot has one price in a cycle."""

    code = "offers.already_offered"


class ReadyTooLate(Refusal):
    """Ripe after the goods of the round are fetched."""

    code = "offers.ready_too_late"


class NothingAhead(Refusal):
    """What was harvested, or was never offered, is not changed here."""

    code = "offers.nothing_ahead"
