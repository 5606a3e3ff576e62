"""Publishing a version of a scheme: what is refused, and what follows.

Which number applies is never in the code: every feature above takes the `RuleSet` of the version
that an application was made under. Callers take the types of `settings` and `content` from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec

from certification.basis.text import Text
from certification.schemes.content import (
    Content,
    Input,
    Item,
    Pledge,
    Prohibition,
    Source,
    canonical,
)
from certification.schemes.refusals import (
    AdoptedAlready,
    AnotherCode,
    CodeTaken,
    DraftBegunAlready,
    DraftChangedMeanwhile,
    DraftMissing,
    InForceTooEarly,
    MeetingToCome,
    MeetingUnnamed,
    NotAdopted,
    NotInForce,
    OtherPrefix,
    PublishedMeanwhile,
    SchemeMissing,
    SchemeUnknown,
    UnknownPreset,
    UnsoundContent,
)
from certification.schemes.settings import (
    PEER,
    DecisionStage,
    Leg,
    OrganKind,
    PanelSeat,
    Part,
    PlotStage,
    ResidueKit,
    RuleSet,
    Severity,
)
from certification.schemes.sound import unsound

__all__ = [
    "PEER", "AdoptScheme", "AdoptedAlready", "AnotherCode", "CodeTaken", "Content",
    "DecisionStage", "DraftBegunAlready", "DraftChangedMeanwhile", "DraftMissing", "FoundScheme",
    "InForceTooEarly", "Input", "Item", "Leg", "MeetingToCome", "MeetingUnnamed", "NotAdopted",
    "NotInForce",
    "OrganKind", "OtherPrefix", "PanelSeat", "Part", "Pledge", "PlotStage", "Prohibition",
    "PublishScheme", "PublishedMeanwhile", "ResidueKit", "RuleSet", "SchemeAdopted",
    "SchemeFounded", "SchemeMissing", "SchemePublished", "SchemeUnknown", "Severity",
    "Source", "UnknownPreset", "UnsoundContent", "Version", "canonical", "published", "unsound",
]  # fmt: skip

MEETING_LETTERS_MAX = 120
PLAINEST = "sgs-pgs-small"
"""The preset whose settings stand where none is named."""


class Version(msgspec.Struct, frozen=True):
    id: str
    scheme: str
    version: int
    effective_from: date
    digest: str
    content: Content
    meeting_ref: str = ""
    minutes_on: date | None = None
    meeting: str | None = None


class FoundScheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scheme of a network, with a draft of its first version made from a preset."""

    id: str
    scheme: str
    """Its code: small letters, digits and hyphens."""
    prefix: str
    """Begins the numbers of its certificates."""
    owner: str
    """The network whose secretariat publishes its versions."""
    preset: str | None = None
    name: Text | None = None
    """Of the scheme; the preset's own where none is given."""


class PublishScheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    content: Content
    effective_from: date
    meeting_ref: str
    """Which meeting adopted it: the number of its minutes."""
    minutes_on: date | None = None
    """The day of that meeting."""
    meeting: str | None = None
    """The meeting itself, where it is in the record."""
    draft: int | None = None
    """The revision of the draft that is published, and ends with it."""


class AdoptScheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network will work by a scheme that another owns."""

    id: str
    scheme: str
    network: str
    meeting_ref: str
    minutes_on: date | None = None
    meeting: str | None = None


class SchemeFounded(msgspec.Struct, frozen=True, tag="schemes.founded"):
    scheme: str
    prefix: str
    owner: str


class SchemePublished(msgspec.Struct, frozen=True, tag="schemes.published"):
    version_id: str
    scheme: str
    version: int
    effective_from: str
    digest: str


class SchemeAdopted(msgspec.Struct, frozen=True, tag="schemes.adopted"):
    scheme: str
    network: str


def ensure_decided(said: PublishScheme | AdoptScheme, *, today: date) -> None:
    """By a meeting that is named and was held."""
    if not said.meeting_ref.strip() or len(said.meeting_ref) > MEETING_LETTERS_MAX:
        raise MeetingUnnamed(field="meeting_ref")
    if said.minutes_on and said.minutes_on > today:
        raise MeetingToCome(field="minutes_on")


def published(
    wanted: PublishScheme, *, older: Sequence[Version] = (), prefix: str | None = None
) -> SchemePublished:
    """`older`: every version so far, the oldest first; `prefix`: as the scheme was founded."""
    content, latest = wanted.content, older[-1] if older else None
    if why := unsound(content):
        raise UnsoundContent(field="content", why=why)
    if prefix is not None and content.rules.number_prefix != prefix:
        raise OtherPrefix(field="number_prefix", prefix=prefix)
    earliest = max((on for on in (wanted.minutes_on, latest and latest.effective_from) if on),
                   default=date.min)  # fmt: skip
    if wanted.effective_from < earliest:
        raise InForceTooEarly(field="effective_from", earliest=earliest.isoformat())
    if code := reused(content, [one.content for one in older]):
        raise AnotherCode(field="content", item=code)
    return SchemePublished(
        wanted.id,
        content.scheme,
        (latest.version if latest else 0) + 1,
        wanted.effective_from.isoformat(),
        hashlib.sha256(canonical(content)).hexdigest(),
    )


def reused(content: Content, older: Sequence[Content]) -> str:
    """The first code that stood for something else in an older version.

    Words may be mended while a question is asked; the kind of its answer never changes, and one
    that was retired comes back only in its own words.
    """
    asked = {item.code: item for one in older for item in one.checklist}
    latest = {item.code for item in older[-1].checklist} if older else set()
    for item in content.checklist:
        was = asked.get(item.code)
        if was and item.answer_type != was.answer_type:
            return item.code
        if was and item.code not in latest and item.th != was.th:
            return item.code
    known = {one.code: (one.kind, one.substance) for old in older for one in old.inputs}
    for one in content.inputs:
        if known.get(one.code, (one.kind, one.substance)) != (one.kind, one.substance):
            return one.code
    return ""
