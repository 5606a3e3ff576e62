"""Why a visit, its sheet or a finding is refused."""

from __future__ import annotations

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal


class InspectionMissing(Missing):
    code = "inspections.missing"


class NotAnInspector(Forbidden):
    """Only who was assigned to this visit."""

    code = "inspections.not_an_inspector"


class NotUnderWay(Refusal):
    code = "inspections.not_under_way"


class SignedAlready(Refusal):
    """The sheet bears a signature: what comes later is for a new visit. `late` names the items."""

    code = "inspections.signed_already"


class UnknownItem(Invalid):
    code = "inspections.unknown_item"


class NotAnAnswer(Invalid):
    """Not a value the item's answer type knows."""

    code = "inspections.not_an_answer"


class NoteMissing(Invalid):
    """ "Does not apply" to an important item, and whatever cannot be ticked, needs words."""

    code = "inspections.note_missing"


class TooLong(Invalid):
    code = "inspections.too_long"


class AnswerDiffers(Refusal):
    """This id already stands for another answer."""

    code = "inspections.answer_differs"


class NotAnsweredYet(Refusal):
    code = "inspections.not_answered_yet"


class FindingMissing(Refusal):
    """A no to an important item is a finding, with what is to be done about it."""

    code = "inspections.finding_missing"


class EvidenceMissing(Refusal):
    """A photo or paper that the question asks for, and no word on why there is none."""

    code = "inspections.evidence_missing"


class Dissented(Refusal):
    """Who has said why not to sign does not sign this sheet any more."""

    code = "inspections.dissented"


class CameTooLate(Refusal):
    """Signed or called off meanwhile: what was typed, `late`, is kept beside the sheet."""

    code = "inspections.came_too_late"


class NoSuchFinding(Missing):
    code = "inspections.no_such_finding"


class DueTooLate(Invalid):
    code = "inspections.due_too_late"


class FindingClosedAlready(Refusal):
    code = "inspections.finding_closed_already"


class NotByTheFarmer(Forbidden):
    """Who was inspected does not say that it is mended."""

    code = "inspections.not_by_the_farmer"


class PlannedFarAway(Invalid):
    """Before yesterday, or more than a year ahead."""

    code = "inspections.planned_far_away"


class TimesOutOfOrder(Invalid):
    """Begun after it ended, later than now, or told more than a year late."""

    code = "inspections.times_out_of_order"
