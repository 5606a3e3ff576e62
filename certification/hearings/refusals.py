"""Why an appeal, a ruling or a case of the agenda is refused."""

from __future__ import annotations

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal


class HearingMissing(Missing):
    code = "hearings.missing"


class OpenAlready(Refusal):
    """The same is before a meeting already."""

    code = "hearings.open_already"


class RuledAlready(Refusal):
    code = "hearings.ruled_already"


class OtherBody(Refusal):
    """By the charter another body rules on it."""

    code = "hearings.other_body"


class AskedAfterTheMeeting(Refusal):
    """It came up after the meeting was held: the next one rules on it."""

    code = "hearings.asked_after_the_meeting"


class NotHeard(Refusal):
    """Nobody loses a certificate unheard: invite the farmer first, then write down what was said,
    or that nobody came."""

    code = "hearings.not_heard"


class NotInvited(Refusal):
    """Who was never invited cannot have stayed away."""

    code = "hearings.not_invited"


class NotedAlready(Refusal):
    code = "hearings.noted_already"


class DayOutOfRange(Invalid):
    """Not later than today, and not before it came up."""

    code = "hearings.day_out_of_range"


class VotedAlready(Refusal):
    code = "hearings.voted_already"


class JudgedBefore(Forbidden):
    """An appeal is heard by others than who voted first; nobody confirms an own suspension."""

    code = "hearings.judged_before"


class PutOffAlready(Refusal):
    """What one person suspended is taken off the agenda once; the next meeting confirms it, or it
    lapses there."""

    code = "hearings.put_off_already"


class ReasonMissing(Invalid):
    code = "hearings.reason_missing"


class GroundsMissing(Invalid):
    code = "hearings.grounds_missing"


class NothingToAppeal(Refusal):
    """Only a refusal, a suspension and a revocation are appealed against."""

    code = "hearings.nothing_to_appeal"


class AppealedAlready(Refusal):
    """Once; what was ruled on it is final."""

    code = "hearings.appealed_already"


class OnlyTheHolder(Forbidden):
    code = "hearings.only_the_holder"


class NothingToModify(Refusal):
    """A refusal is upheld or dismissed; a suspension or revocation may be made milder."""

    code = "hearings.nothing_to_modify"
