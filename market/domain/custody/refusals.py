"""Every "no" about crates, deposits and goods on their way."""

from __future__ import annotations

from certification.basis.refusal import Invalid, Missing, Refusal


class NoSuchCrate(Missing):
    code = "custody.no_such_crate"


class NoSuchKind(Missing):
    code = "custody.no_such_kind"


class NoSuchDispatch(Missing):
    code = "custody.no_such_dispatch"


class NoSuchDifference(Missing):
    code = "custody.no_such_difference"


class NameMissing(Invalid):
    code = "custody.name_missing"


class SizeWrong(Invalid):
    """It holds nothing, or weighs more than it holds."""

    code = "custody.size_wrong"


class TermsWrong(Invalid):
    """More would be kept than was left, or no days are given to bring it back."""

    code = "custody.terms_wrong"


class CountWrong(Invalid):
    code = "custody.count_wrong"


class LabelledBefore(Refusal):
    """`count` of the crates bear a label: who prints it again says why."""

    code = "custody.labelled_before"


class NotLabelledYet(Refusal):
    """There is nothing to print again for `count` of the crates."""

    code = "custody.not_labelled_yet"


class CrateIsElsewhere(Refusal):
    """The deed does not go with the state that the crate is in."""

    code = "custody.crate_state"


class NotOurs(Refusal):
    """A crate, a lot or a place of another network."""

    code = "custody.not_ours"


class CrateTooSmall(Refusal):
    code = "custody.crate_too_small"


class NotSoMuchThere(Refusal):
    """More than the lot still has, beside what lies in other crates and is under way."""

    code = "custody.not_so_much_there"


class NotLent(Refusal):
    code = "custody.not_lent"


class NotOverdue(Refusal):
    """The deposit is kept only when the days of the terms are over."""

    code = "custody.not_overdue"


class RailUnknown(Invalid):
    code = "custody.rail_unknown"


class NothingSent(Invalid):
    code = "custody.nothing_sent"


class SamePlace(Invalid):
    code = "custody.same_place"


class DueWrong(Invalid):
    code = "custody.due_wrong"


class SentTwice(Invalid):
    """One lot or crate stands twice in the same list."""

    code = "custody.sent_twice"


class SenderReceives(Refusal):
    """Who sent it does not count it at the other end."""

    code = "custody.sender_receives"


class ReceivedAlready(Refusal):
    code = "custody.received_already"


class NotCounted(Refusal):
    """Something that was sent has no grams in what was received: nothing is 0 by itself."""

    code = "custody.not_counted"


class NotSent(Refusal):
    """Something was counted that the dispatch does not hold."""

    code = "custody.not_sent"


class ReasonMissing(Invalid):
    code = "custody.reason_missing"


class ReasonWrong(Invalid):
    """Less came: spoilt, spilt, shrunk, missing, stayed; more came: weighed_wrong."""

    code = "custody.reason_wrong"


class ExplainedAlready(Refusal):
    code = "custody.explained_already"
