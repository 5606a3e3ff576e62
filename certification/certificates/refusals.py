"""Why a certificate is not issued, changed or looked at."""

from __future__ import annotations

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal


class CertificateMissing(Missing):
    code = "certificates.missing"


class NotApproved(Refusal):
    code = "certificates.not_approved"


class IssuedAlready(Refusal):
    """One decision, one certificate."""

    code = "certificates.issued_already"


class HolderChanged(Refusal):
    """Somebody else farms the plot now; that person applies anew."""

    code = "certificates.holder_changed"


class NotByTheHolder(Forbidden):
    code = "certificates.not_by_the_holder"


class OnlyTheHolder(Forbidden):
    code = "certificates.only_the_holder"


class TooEarlyToRenew(Refusal):
    """The certificate holds for longer than the charter's days of renewal."""

    code = "certificates.too_early_to_renew"


class SameScope(Refusal):
    """These are the crops that it covers already."""

    code = "certificates.same_scope"


class NoCrops(Invalid):
    """None named, or one that is neither planted nor planned on the plot."""

    code = "certificates.no_crops"


class NotFromThisState(Refusal):
    """A revoked, surrendered or superseded certificate stays so."""

    code = "certificates.not_from_this_state"


class UnknownReason(Invalid):
    code = "certificates.unknown_reason"


class NothingOverdue(Refusal):
    """No major finding, and not so many minor ones, is late by the charter's days of grace."""

    code = "certificates.nothing_overdue"


class FromOutOfRange(Invalid):
    """The day from which it holds: within the certificate's days, not later than today; a
    surrender not earlier than today; a reinstatement not before the suspension it lifts."""

    code = "certificates.from_out_of_range"


class NoteTooLong(Invalid):
    code = "certificates.note_too_long"


class FindingsOpen(Refusal):
    """It is said that they are mended, and some are still open."""

    code = "certificates.findings_open"


class NeedsRuling(Refusal):
    """A meeting decides it: bring it before one."""

    code = "certificates.needs_ruling"


class ReferenceMissing(Invalid):
    """Who lifts a suspension as a mistake says by which paper, visit or talk it was found out."""

    code = "certificates.reference_missing"


class RevokedSince(Refusal):
    """After the meeting approved, the plot's certificate was revoked: what was approved is void."""

    code = "certificates.revoked_since"


class ChangedMeanwhile(Refusal):
    code = "certificates.changed_meanwhile"
