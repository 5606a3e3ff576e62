"""Every "no" that is about who asks, not about what is asked.

NotSignedIn 401 (a page: 303 to sign-in; a form goes along by 307)
NotAllowed, StepUpNeeded, OtherSite, NotSecure, NotYoursToGive 403
NotThere 404 (missing, or not for you: nobody learns which)   OwnCause 409
"""

from __future__ import annotations

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal


class NotSignedIn(Refusal):
    code, status = "access.not_signed_in", 401


class NotAllowed(Forbidden):
    code = "access.not_allowed"


class StepUpNeeded(Forbidden):
    code = "access.step_up_needed"


class NotYoursToGive(Forbidden):
    """A role that somebody higher gives, or the key of a person who holds one."""

    code = "access.not_yours_to_give"


class OtherSite(Forbidden):
    code = "access.other_site"


class NotSecure(Forbidden):
    """Staff roles are refused on plain http anywhere but on this machine."""

    code = "access.not_secure"


class NotThere(Missing):
    code = "access.not_there"


class OwnCause(Refusal):
    code = "access.own_cause"


class NotAnId(Invalid):
    """The asker makes the id of a deed: a UUIDv7 in lower case."""

    code = "access.not_an_id"


class NotAText(Invalid):
    """A text with a NUL in it."""

    code = "access.not_a_text"
