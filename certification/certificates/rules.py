"""What a certificate says, for how long, and what may be done to it by whom.

A certificate's row never changes; what happens to it is a series of events (`history`), each with
the day from which it holds.

What a meeting has to decide comes with its `ruling`; only the features above know what that is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta

import msgspec

from certification.certificates.history import (
    Certificate,
    Event,
    Kind,
    State,
    latest_state,
    rests_since,
)
from certification.certificates.refusals import (
    FromOutOfRange,
    NeedsRuling,
    NoCrops,
    NotByTheHolder,
    NoteTooLong,
    NotFromThisState,
    OnlyTheHolder,
    ReferenceMissing,
    SameScope,
    UnknownReason,
)
from certification.decisions.rules import months_after
from certification.schemes.numbers import BUDDHIST
from certification.schemes.rules import RuleSet

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
