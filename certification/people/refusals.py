"""Why a person, a household or a relation is not written down."""

from __future__ import annotations

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal


class NobodyKnown(Missing):
    """No such person, or one who was erased."""

    code = "people.unknown"


class NameMissing(Invalid):
    code = "people.name_missing"


class TooLong(Invalid):
    code = "people.too_long"


class NotAMemberNumber(Invalid):
    code = "people.not_a_member_number"


class MemberNumberTaken(Refusal):
    """Somebody else bears it; the number is personal and not among the facts."""

    code = "people.member_number_taken"


class RegisteredOtherwise(Refusal):
    """This id already stands for a person with other particulars."""

    code = "people.registered_otherwise"


class Erased(Refusal):
    code = "people.erased"


class UnknownKind(Invalid):
    code = "people.unknown_kind"


class DegreeOutOfRange(Invalid):
    code = "people.degree_out_of_range"


class RelatedToOneself(Invalid):
    code = "people.related_to_oneself"


class AlreadyRelated(Refusal):
    code = "people.already_related"


class NotOfTheTwo(Forbidden):
    """Only the two of whom it was told say that it is so."""

    code = "people.not_of_the_two"


class StrikeReasonMissing(Invalid):
    """What was told is struck by others than the two, and they say why."""

    code = "people.strike_reason_missing"


class EndsBeforeItBegan(Invalid):
    code = "people.ends_before_it_began"


class UnknownPurpose(Invalid):
    code = "people.unknown_purpose"


class HouseholdTooSmall(Invalid):
    """A household has at least two different people; one who lives alone needs none."""

    code = "people.household_too_small"


class LivesElsewhere(Refusal):
    """A person belongs to one household on one day."""

    code = "people.lives_elsewhere"


class LivesWithNobody(Refusal):
    """Nothing to leave: written down are only households of today."""

    code = "people.lives_with_nobody"
