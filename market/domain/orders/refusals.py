"""Why an order is not placed, changed, paid or handed over."""

from __future__ import annotations

from certification.basis.refusal import Invalid, Missing, Refusal


class NoSuchOrder(Missing):
    """Not there, or not for whoever asks."""

    code = "orders.no_such_order"


class EmptyBasket(Invalid):
    code = "orders.empty_basket"


class GuestsPayFirst(Refusal):
    """Credit belongs to somebody we know."""

    code = "orders.guest_has_no_credit"


class AnotherCycle(Refusal):
    """One order, one merchant, one payment: another cycle is another order."""

    code = "orders.another_cycle"


class OfferWithdrawn(Refusal):
    code = "orders.offer_withdrawn"


class NotAStep(Refusal):
    code = "orders.not_a_step"


class NotByThePiece(Refusal):
    """Pieces of what is sold by weight, or both said."""

    code = "orders.not_by_the_piece"


class LeastWrong(Invalid):
    """More than is ordered, or nothing."""

    code = "orders.least_wrong"


class SubstituteWrong(Refusal):
    """No other offer of the same round, or a dearer one."""

    code = "orders.substitute_wrong"


class NothingToPay(Refusal):
    code = "orders.nothing_to_pay"


class TooLateToCancel(Refusal):
    """After closing the farmer harvests for this order; the merchant may still cancel it."""

    code = "orders.too_late_to_cancel"


class NotPaid(Refusal):
    code = "orders.not_paid"


class AlreadyHandedOver(Refusal):
    code = "orders.already_handed_over"


class Ended(Refusal):
    """Cancelled or expired."""

    code = "orders.ended"


class AlreadyPaid(Refusal):
    code = "orders.already_paid"


class NotWeighed(Refusal):
    """A line without a weight; nothing handed over is weighed as 0."""

    code = "orders.not_weighed"


class PartOfBundle(Refusal):
    """A bundle is taken or left as it is."""

    code = "orders.part_of_bundle"


class NotHarvested(Refusal):
    """Something of it has no lot yet: nobody could tell where it came from."""

    code = "orders.not_harvested"


class MoreThanOrdered(Refusal):
    """Nobody pays for grams he did not order, and no gram leaves without a line: what is over is
    a gift out of the stall's own stock, or another order."""

    code = "orders.more_than_ordered"
