"""Every "no" of a truck's day."""

from __future__ import annotations

from certification.basis.refusal import Invalid, Missing, Refusal


class NoSuchTruckDay(Missing):
    """Not there, or not for whoever asks."""

    code = "truck_day.no_such_truck_day"


class NoSuchStop(Missing):
    code = "truck_day.no_such_stop"


class DayIsClosed(Refusal):
    code = "truck_day.closed"


class NotDeparted(Refusal):
    code = "truck_day.not_departed"


class HasDeparted(Refusal):
    code = "truck_day.has_departed"


class LotSuspended(Refusal):
    """The certificate behind the lot does not hold for its day of harvest any more."""

    code = "truck_day.lot_suspended"


class AlreadyLoaded(Refusal):
    code = "truck_day.already_loaded"


class TooHeavy(Refusal):
    """`grams_free`: what the truck could still carry."""

    code = "truck_day.too_heavy"


class NotOrderedThere(Refusal):
    """Nobody at that stop ordered of this lot."""

    code = "truck_day.not_ordered_there"


class MoreThanWanted(Refusal):
    """What is over goes along to be sold on the way."""

    code = "truck_day.more_than_wanted"


class NoPrice(Refusal):
    """The lot is offered in no round: a price must be said."""

    code = "truck_day.no_price"


class NoRound(Refusal):
    """Sales are divided by a round's split rule, and this merchant never had one."""

    code = "truck_day.no_round"


class NothingLoaded(Invalid):
    code = "truck_day.nothing_loaded"


class NotAllLoaded(Refusal):
    """`lots`: code and stop of each line that is neither aboard nor decided."""

    code = "truck_day.not_all_loaded"


class NotMissing(Refusal):
    code = "truck_day.not_missing"


class StopUnderWay(Refusal):
    """At another stop the truck has not left yet."""

    code = "truck_day.stop_under_way"


class StopIsCancelled(Refusal):
    code = "truck_day.stop_cancelled"


class NotThere(Refusal):
    """The truck has not arrived, or has left again."""

    code = "truck_day.not_there"


class NotAboard(Refusal):
    """More of a lot than this truck can still have."""

    code = "truck_day.not_aboard"


class NoLaterStop(Refusal):
    """Moved to a stop that is over, or not one of this truck."""

    code = "truck_day.no_later_stop"


class NoShowsUndecided(Refusal):
    """`orders`: their codes."""

    code = "truck_day.no_shows_undecided"


class NotWaiting(Refusal):
    """That order does not wait at this stop: it was fetched, has ended, or belongs elsewhere."""

    code = "truck_day.not_waiting"


class AlreadyDecided(Refusal):
    code = "truck_day.already_decided"


class NotBalanced(Refusal):
    """`grams`: what of the lot is not explained; below zero: explained twice."""

    code = "truck_day.not_balanced"


class ReasonNeeded(Invalid):
    code = "truck_day.reason_needed"


class NotClosed(Refusal):
    code = "truck_day.not_closed"


class Settled(Refusal):
    """Its round is divided already: nothing of it can be undone any more."""

    code = "truck_day.settled"


class NoSuchMoney(Invalid):
    code = "truck_day.no_such_money"


class NothingToReplan(Refusal):
    """No plan is published, or nothing of it is still ahead."""

    code = "truck_day.nothing_to_replan"


class NotAMishap(Invalid):
    """Minutes of a delay, the stop that is called off, or the plot and its grams are missing."""

    code = "truck_day.not_a_mishap"


class OneReceiver(Invalid):
    """To another truck of the same day, or to a person."""

    code = "truck_day.one_receiver"


class HandedAtStall(Refusal):
    """Orders that were aboard and were handed over at the stall: from this truck, or not?"""

    code = "truck_day.handed_at_stall"
