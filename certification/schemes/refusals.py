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
