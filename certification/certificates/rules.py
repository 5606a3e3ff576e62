"""What a certificate says, for how long, and whether it held for a crop on a day.

A certificate's row never changes; what happens to it is a series of events, each with the day from
which it holds. An event decides on all days from its `from_on` on, also against earlier events: so
a suspension that turns out to have been a mistake is lifted from its own first day.

What a meeting has to decide comes with its `ruling`; only the features above know what that is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.decisions.rules import Stage, months_after
from certification.schemes.numbers import BUDDHIST
from certification.schemes.rules import RuleSet

Kind = Literal["suspended", "reinstated", "revoked", "surrendered", "superseded"]
State = Literal["not_yet", "active", "suspended", "revoked", "surrendered", "superseded", "expired"]
FINAL: frozenset[State] = frozenset({"revoked", "surrendered", "superseded"})
FROM: dict[Kind, frozenset[State]] = {
    "suspended": frozenset({"active"}),
    "reinstated": frozenset({"suspended"}),
    "revoked": frozenset({"active", "suspended"}),
    "surrendered": frozenset({"active", "suspended"}),
    "superseded": frozenset({"active", "suspended"}),
}
"""For each event, the states it can follow; none follows a final one."""
BECAUSE = {
    "suspended": frozenset({
        "critical_finding", "major_overdue", "inspection_missed", "complaint", "decision",
    }),
    "reinstated": frozenset({"findings_closed", "mistake", "decision"}),
    "revoked": frozenset({"prohibited_input", "fraud", "misuse_of_mark", "decision"}),
    "surrendered": frozenset({"holder_wishes", "left_group", "land_changed"}),
    "superseded": frozenset({"renewal", "scope", "land_changed"}),
}  # fmt: skip
"""What an upheld appeal or an unconfirmed suspension leaves behind says `UNDONE`."""
UNDONE = ("appeal", "not_confirmed")
BY_MEETING = frozenset({("suspended", "decision"), ("superseded", "scope")})
NOTE_LETTERS_MAX = 2_000


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


class IssueCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    decision: str
    crops: tuple[str, ...] | None = None
    """Fewer than are planted; all of them where none are named."""


class ChangeCertificate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For suspending, reinstating, revoking and surrendering."""

    id: str
    """Of the event."""
    certificate: str
    because: str
    from_on: date
    note: str | None = None
    on_behalf_of: str | None = None
    """The holder, where a helper types a surrender."""
    ruling: str | None = None
    """Of the meeting that decided it; no door takes it from anybody."""


class Rescope(msgspec.Struct, frozen=True):
    """Crops added or taken out, as a meeting ruled on that day."""

    id: str
    """Of the certificate that takes the place."""
    certificate: str
    crops: tuple[str, ...]
    on: date
    ruling: str


class CertificateIssued(msgspec.Struct, frozen=True, tag="certificates.issued"):
    certificate: str
    code: str
    number: str
    decision: str
    plot: str
    crops: tuple[str, ...]
    stage: str
    valid_from: str
    valid_until: str


class CertificateSuspended(msgspec.Struct, frozen=True, tag="certificates.suspended"):
    certificate: str
    because: str
    from_on: str


class CertificateReinstated(msgspec.Struct, frozen=True, tag="certificates.reinstated"):
    certificate: str
    because: str
    from_on: str


class CertificateRevoked(msgspec.Struct, frozen=True, tag="certificates.revoked"):
    certificate: str
    because: str
    from_on: str


class CertificateSurrendered(msgspec.Struct, frozen=True, tag="certificates.surrendered"):
    certificate: str
    because: str
    from_on: str


class CertificateSuperseded(msgspec.Struct, frozen=True, tag="certificates.superseded"):
    certificate: str
    because: str
    from_on: str


Changed = (
    CertificateSuspended
    | CertificateReinstated
    | CertificateRevoked
    | CertificateSurrendered
    | CertificateSuperseded
)


class CertificateEnds(msgspec.Struct, frozen=True, tag="certificates.ends"):
    certificate: str
    days: int
    """Left, with the last one."""


REMINDERS = (30, 7)
"""Days before the end, after the charter's own, on which a farmer is reminded."""


def reminded_at(rules: RuleSet) -> list[tuple[int, int]]:
    """From more than so many days left down to so many: 60 to 31, 30 to 8, 7 to the last one."""
    window = rules.renewal_window_days
    marks = [window, *(days for days in REMINDERS if days < window)]
    return [(less, days) for days, less in zip(marks, [*marks[1:], -1], strict=True)]


TOLD: dict[Kind, type[Changed]] = {
    "suspended": CertificateSuspended,
    "reinstated": CertificateReinstated,
    "revoked": CertificateRevoked,
    "surrendered": CertificateSurrendered,
    "superseded": CertificateSuperseded,
}


class Certificate(msgspec.Struct, frozen=True):
    stage: Stage
    valid_from: date
    valid_until: date
    """The last day."""
    crops: frozenset[str]
    holder: str = ""


class Event(msgspec.Struct, frozen=True):
    kind: Kind
    from_on: date
    because: str = ""


class Standing(msgspec.Struct, frozen=True):
    held: bool
    state: State
    stage: Stage
    why: str
    """Why it did not hold: the event's reason, `crop_not_covered`, `not_yet` or `expired`."""
    since: date | None = None
    """Its first day; of `not_yet` the day from which it will hold. None while it holds."""


def standing(
    certificate: Certificate, events: Sequence[Event], crop: str | None, on: date
) -> Standing:
    """Whether it held for this crop on that day, by all that is known now.

    `events` in the order in which they were decided; no `crop` asks for the certificate as such.
    A withdrawal is told before an expiry: it stays true when the time is over.
    """
    last = next((event for event in reversed(events) if event.from_on <= on), None)
    state: State = "active" if last is None or last.kind == "reinstated" else last.kind
    why, since = "", None
    if on < certificate.valid_from:
        state = why = "not_yet"
        since = certificate.valid_from
    elif last is not None and state != "active":
        why, since = last.because, _unbroken(events, last, on)
    elif on > certificate.valid_until:
        state = why = "expired"
        since = certificate.valid_until + timedelta(days=1)
    elif crop is not None and crop not in certificate.crops:
        why = "crop_not_covered"
    return Standing(state == "active" and not why, state, certificate.stage, why, since)


def _unbroken(events: Sequence[Event], last: Event, on: date) -> date:
    """The first day from which it stood so without a break, and for this reason."""
    since = last.from_on
    for day in sorted({event.from_on for event in events if event.from_on <= on}, reverse=True):
        ruled = next(event for event in reversed(events) if event.from_on <= day)
        if (ruled.kind, ruled.because) != (last.kind, last.because):
            break
        since = day
    return since


def latest_state(events: Sequence[Event]) -> State:
    """As of the last event decided, whatever the day."""
    kind = events[-1].kind if events else "reinstated"
    return "active" if kind == "reinstated" else kind


def ensure_change(
    kind: Kind,
    data: ChangeCertificate,
    certificate: Certificate,
    events: Sequence[Event],
    *,
    by: str,
    today: date,
) -> None:
    if data.because not in BECAUSE[kind]:
        raise UnknownReason(field="because", because=data.because[:40])
    if len(data.note or "") > NOTE_LETTERS_MAX:
        raise NoteTooLong(field="note", most=NOTE_LETTERS_MAX)
    ensure_by(kind, certificate.holder, by=by)
    if latest_state(events) not in FROM[kind] and not _reaches_back(kind, data, events):
        raise NotFromThisState(state=latest_state(events))
    ensure_from_on(kind, data.from_on, certificate, events, today=today)


def rests_since(events: Sequence[Event]) -> date | None:
    """The day before which another suspension still says something: the first on which it rests,
    the last of all days where it does not rest, none where it has ended."""
    state = latest_state(events)
    if state == "suspended":
        return events[-1].from_on
    return date.max if state == "active" else None


def _reaches_back(kind: Kind, data: ChangeCertificate, events: Sequence[Event]) -> bool:
    """What rests may come to rest since an earlier day: that became known later."""
    since = rests_since(events)
    return kind == "suspended" and since is not None and data.from_on < since


def ensure_ruled(kind: Kind, data: ChangeCertificate) -> None:
    """One person suspends at once and lifts a mistake with its reference; a meeting does the
    rest."""
    if data.ruling is not None:
        return
    if kind == "reinstated" and data.because == "mistake":
        if not (data.note or "").strip():
            raise ReferenceMissing(field="note")
    elif kind in ("reinstated", "revoked") or (kind, data.because) in BY_MEETING:
        raise NeedsRuling(kind=kind)


def restoring(events: Sequence[Event], undone: int, because: str) -> tuple[Event, ...]:
    """The events after which every day stands as if `events[undone]` had never been."""
    without = [*events[:undone], *events[undone + 1 :]]
    first = events[undone].from_on
    found: list[Event] = []
    for day in sorted({event.from_on for event in events if event.from_on >= first}):
        rules = next((event for event in reversed(without) if event.from_on <= day), None)
        kind: Kind = rules.kind if rules else "reinstated"
        why = rules.because if rules and kind != "reinstated" else because
        if not found or (found[-1].kind, found[-1].because) != (kind, why):
            found.append(Event(kind, day, why))
    return tuple(found)


def speaks(holder: str, on_behalf_of: str | None, *, by: str, same_group: bool) -> str:
    """Whose deed it is: a helper of the same group types for the holder, and says so."""
    return holder if on_behalf_of == holder and same_group else by


def ensure_by(kind: Kind, holder: str, *, by: str) -> None:
    """Only the holder gives it up; nobody else's suspension is lifted by the holder's own hand."""
    if kind == "surrendered" and by != holder:
        raise OnlyTheHolder
    if kind in ("reinstated", "suspended", "revoked") and by == holder:
        raise NotByTheHolder


def ensure_from_on(
    kind: Kind, from_on: date, certificate: Certificate, events: Sequence[Event], *, today: date
) -> None:
    earliest, latest = certificate.valid_from, today
    if kind == "reinstated":
        earliest = events[-1].from_on
    if kind == "surrendered":
        earliest = latest = today
    if kind == "superseded":
        earliest = latest = from_on
    if not earliest <= from_on <= latest:
        raise FromOutOfRange(field="from_on", earliest=str(earliest), latest=str(latest))


def covered(wanted: Sequence[str] | None, growing: Collection[str]) -> tuple[str, ...]:
    crops = tuple(sorted(set(growing if wanted is None else wanted)))
    if not crops or not set(crops) <= set(growing):
        raise NoCrops(field="crops")
    return crops


def scope(wanted: Sequence[str], now: Collection[str], growing: Collection[str]) -> tuple[str, ...]:
    """What is added has to grow or be planned; what is kept may wait for its season."""
    crops = covered(wanted, {*now, *growing})
    if set(crops) == set(now):
        raise SameScope
    return crops


def barred_until(revoked_on: date, rules: RuleSet) -> date:
    """The first day on which one may apply anew."""
    return months_after(revoked_on, rules.reapply_bar_months)


def valid_until(valid_from: date, rules: RuleSet) -> date:
    """The day before the same day so many months later."""
    return months_after(valid_from, rules.validity_months) - timedelta(days=1)


def series(prefix: str, province: str, on: date) -> str:
    """`SGS-90-2569`: each has its own gapless run of numbers."""
    return f"{prefix}-{province}-{on.year + BUDDHIST}"
