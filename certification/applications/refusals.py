"""Why an application is not taken, returned or carried on."""

from __future__ import annotations

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal


class ApplicationMissing(Missing):
    code = "applications.missing"


class NotYourPlot(Forbidden):
    """Only who farms the plot applies; a helper names that person, and is of the same group."""

    code = "applications.not_your_plot"


class AppliedAlready(Refusal):
    """An application for this plot under this scheme is still open."""

    code = "applications.applied_already"


class PledgeChanged(Refusal):
    """What was confirmed is not the pledge in force: it has to be read and confirmed again."""

    code = "applications.pledge_changed"


class PlanMissing(Invalid):
    code = "applications.plan_missing"


class ReasonMissing(Invalid):
    code = "applications.reason_missing"


class DateInTheFuture(Invalid):
    code = "applications.date_in_the_future"


class DiaryDiffers(Refusal):
    """Something prohibited stands in the plot's diary after the day that was said."""

    code = "applications.diary_differs"


class LandIncomplete(Refusal):
    """What the charter asks to be told of the land before one applies."""

    code = "applications.land_incomplete"


class Incomplete(Refusal):
    """Something is missing; whoever takes it on all the same says why."""

    code = "applications.incomplete"


class UnknownItem(Invalid):
    code = "applications.unknown_item"


class AnswerTooLong(Invalid):
    code = "applications.answer_too_long"


class PlotReplaced(Refusal):
    """The plot has a newer outline; that one is applied for."""

    code = "applications.plot_replaced"


class NotNow(Refusal):
    """The application is not in a state from which this is possible."""

    code = "applications.not_now"


class BarredUntil(Refusal):
    """After a revocation the charter lets its holder and household not apply for some months."""

    code = "applications.barred_until"


class NotByTheApplicant(Forbidden):
    code = "applications.not_by_the_applicant"


class NotTheTierAbove(Refusal):
    """By the charter it is looked through one tier above the group that it comes from."""

    code = "applications.not_the_tier_above"


class TooNear(Refusal):
    """Of the applicant's household or kin, or bound to the applicant by work or trade."""

    code = "applications.too_near"


class OnlyTheApplicant(Forbidden):
    code = "applications.only_the_applicant"
