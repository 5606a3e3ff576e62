"""What is answered when a scheme is not there, or may not be published so."""

from __future__ import annotations

from certification.basis.refusal import Invalid, Missing, Refusal


class SchemeMissing(Missing):
    code = "schemes.missing"


class NotInForce(Refusal):
    """No version of this scheme had come into force on that day."""

    code = "schemes.not_in_force"


class UnknownPreset(Invalid):
    code = "schemes.unknown_preset"


class UnsoundContent(Invalid):
    """A version that could not be worked with; `why` names what is wrong."""

    code = "schemes.unsound_content"


class PublishedMeanwhile(Refusal):
    """Somebody published a version of this scheme at the same moment."""

    code = "schemes.published_meanwhile"


class SchemeUnknown(Invalid):
    """No scheme of this code was founded."""

    code = "schemes.unknown"


class CodeTaken(Refusal):
    """Another scheme has this code, or begins its numbers so."""

    code = "schemes.code_taken"


class OtherPrefix(Invalid):
    """A scheme's numbers begin as they began in its first version."""

    code = "schemes.other_prefix"


class MeetingUnnamed(Invalid):
    """A version, or its adoption, needs the meeting that decided it."""

    code = "schemes.meeting_unnamed"


class MeetingToCome(Invalid):
    """Minutes are of a meeting that was held."""

    code = "schemes.meeting_to_come"


class InForceTooEarly(Invalid):
    """Before the meeting that adopted it, or before the version it follows."""

    code = "schemes.in_force_too_early"


class AnotherCode(Invalid):
    """A question or an input whose code stood for something else in an older version."""

    code = "schemes.code_reused"


class DraftMissing(Missing):
    code = "schemes.draft_missing"


class DraftBegunAlready(Refusal):
    code = "schemes.draft_begun_already"


class DraftChangedMeanwhile(Refusal):
    """Somebody else saved the draft after it was opened here; `seen` and `revision` say how far."""

    code = "schemes.draft_changed_meanwhile"


class NotAdopted(Refusal):
    """The plot's network neither owns the scheme nor has adopted it."""

    code = "schemes.not_adopted"


class AdoptedAlready(Refusal):
    code = "schemes.adopted_already"


class ListUnreadable(Invalid):
    """A table that is no checklist or input list: `line` is the first row that cannot be read."""

    code = "schemes.list_unreadable"
