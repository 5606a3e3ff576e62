"""Publishing a version of a scheme: what is refused, and what follows.

Which number applies is never in the code: every feature above takes the `RuleSet` of the version
that an application was made under. Callers take the types of `settings` and `content` from here.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

import msgspec

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
    NotInForce,
    PublishedMeanwhile,
    SchemeMissing,
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
    "PEER", "SEATS", "Content", "DecisionStage", "Input", "Item", "Leg", "NotInForce", "OrganKind",
    "PanelSeat", "Part", "Pledge", "PlotStage", "Prohibition", "PublishScheme",
    "PublishedMeanwhile", "ResidueKit", "RuleSet", "SchemeMissing", "SchemePublished", "Seat",
    "Severity", "Source", "UnknownPreset", "UnsoundContent", "Version", "canonical", "published",
    "unsound",
]  # fmt: skip

Seat = Literal["producer", "consumer", "agency"]
"""In a meeting. The seats of a panel are the version's own: `RuleSet.panel_seats`."""
SEATS: tuple[Seat, ...] = ("producer", "consumer", "agency")


class Version(msgspec.Struct, frozen=True):
    id: str
    scheme: str
    version: int
    effective_from: date
    digest: str
    content: Content


class PublishScheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    content: Content
    effective_from: date
    meeting_ref: str
    """Which meeting adopted it: the date or number of its minutes."""


class SchemePublished(msgspec.Struct, frozen=True, tag="schemes.published"):
    version_id: str
    scheme: str
    version: int
    effective_from: str
    digest: str


def published(wanted: PublishScheme, *, latest: int) -> SchemePublished:
    if why := unsound(wanted.content):
        raise UnsoundContent(field="content", why=why)
    return SchemePublished(
        wanted.id,
        wanted.content.scheme,
        latest + 1,
        wanted.effective_from.isoformat(),
        hashlib.sha256(canonical(wanted.content)).hexdigest(),
    )
