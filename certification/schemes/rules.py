"""A PGS scheme as data: its settings, checklist, pledge and prohibitions, frozen in versions.

Which number applies is never in the code: every feature above takes the `RuleSet` of the version
that an application was made under.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

import msgspec
import rfc8785

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.text import Text

Severity = Literal["critical", "major", "minor"]
Seat = Literal["producer", "consumer", "agency"]
SEATS: tuple[Seat, ...] = ("producer", "consumer", "agency")


class SchemeMissing(Missing):
    code = "schemes.missing"


class NotInForce(Refusal):
    """No version of this scheme had come into force on that day."""

    code = "schemes.not_in_force"


SHARE_MAX = 10_000
NUMBER_MAX = 1_000
"""No scheme looks back 1,000 years; beyond it the calendar ends."""


class UnknownPreset(Invalid):
    code = "schemes.unknown_preset"


class UnsoundContent(Invalid):
    """A version that could not be worked with; `why` names what is wrong."""

    code = "schemes.unsound_content"


class PublishedMeanwhile(Refusal):
    """Somebody published a version of this scheme at the same moment."""

    code = "schemes.published_meanwhile"


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A share as a fraction, so that two of three is two thirds and not 0.667."""

    part: int
    of: int

    def met(self, count: int, total: int) -> bool:
        return count * self.of >= total * self.part


class RuleSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The settings that differ between PGS schemes; where each comes from is in `Content.sources`.

    Days and months are calendar ones; a month added to the 31st ends on the month's last day.
    """

    number_prefix: str
    """First part of a certificate's number: `SGS`."""
    min_inspectors: int
    panel_seats: dict[Seat, int]
    """How many of each seat an inspection needs at the least."""
    inspect_cross_group: bool
    """Whether a producer from another group may inspect."""
    kin_degree: int
    """Kin up to this degree neither inspect nor vote."""
    reciprocity_years: int
    """For so long after A inspected B, B does not inspect A."""
    decision_stages: tuple[str, ...]
    quorum_count: int
    """Present and not recused, at the least."""
    quorum_share: Part
    """Of the organ's members who are not recused."""
    pass_share: Part
    """Of the votes for and against; who abstains is present and casts none."""
    reviewers_present: int
    """So many of the plot's inspectors are at the meeting."""
    farmer_present: bool
    conversion_months: dict[Literal["annual", "perennial"], int]
    """Since the last prohibited use, until a crop of this class is organic."""
    in_conversion_label_allowed: bool
    severity_deadline_days: dict[Severity, int]
    max_open_minor: int
    validity_months: int
    meeting_typed_late_days: int
    """A meeting held on paper may be entered so many days later."""
    yield_tolerance: Part
    """Lots of a planting may weigh so much of its expected kilos before the claim is refused."""


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the checklist; `severity` is a default that a scheme version may change."""

    code: str
    chapter: str
    section: str
    th: str
    en: str
    answer_type: Literal[
        "yes_no_na", "score_0_2", "select", "multi_select", "number_percent", "number_m",
        "number_days", "integer", "area_rai", "date", "text", "table", "people_list", "time_range",
    ]  # fmt: skip
    severity: Severity
    criterion: str
    source: str
    source_level: Literal["read", "theme_read", "from_memory"]
    applies_to: Literal["all", "livestock", "processing"]
    options: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def text(self) -> Text:
        return Text(self.th, self.en)

    @property
    def must_be_answered(self) -> bool:
        """Before anybody signs. Questions for some farms only may be left out on the others."""
        return self.severity != "minor" and self.applies_to == "all"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a setting comes from. `confirm` is our own default: confirm it with your charter."""

    level: Literal["sourced", "known", "confirm"]
    source: str


class Pledge(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    promises: tuple[Text, ...]

    def as_shown(self, language: str = "th") -> str:
        return "\n".join(promise.in_language(language) for promise in self.promises)

    @property
    def digest(self) -> str:
        """SHA-256 of the promises in Thai, one a line: what a farmer confirms."""
        return hashlib.sha256(self.as_shown().encode()).hexdigest()


class Prohibition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    name: Text


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scheme: str
    name: Text
    rules: RuleSet
    sources: dict[str, Source]
    """One for every field of `RuleSet`."""
    pledge: Pledge
    prohibitions: tuple[Prohibition, ...]
    checklist: tuple[Item, ...]

    def item(self, code: str) -> Item | None:
        return next((item for item in self.checklist if item.code == code), None)


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


def canonical(content: Content) -> bytes:
    """RFC 8785; whole numbers, texts and yes or no only."""
    return rfc8785.dumps(msgspec.to_builtins(content))


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


def _numbers(rules: RuleSet) -> list[int]:
    """What is counted, in years, months, days or persons."""
    return [
        rules.min_inspectors, rules.kin_degree, rules.reciprocity_years, rules.quorum_count,
        rules.reviewers_present, rules.max_open_minor, rules.meeting_typed_late_days,
        *rules.panel_seats.values(), *rules.conversion_months.values(),
        *rules.severity_deadline_days.values(),
    ]  # fmt: skip


def unsound(content: Content) -> str:
    """The first thing nobody could work with; empty when all is well."""
    rules, codes = content.rules, [item.code for item in content.checklist]
    wants = {
        "checklist": bool(codes) and len(codes) == len(set(codes)),
        "options": all(
            item.options for item in content.checklist if item.answer_type.endswith("select")
        ),
        "sources": set(content.sources) == set(RuleSet.__struct_fields__),
        "pledge": bool(content.pledge.promises),
        "panel_seats": sum(rules.panel_seats.values()) <= max(rules.min_inspectors, 1) * 4,
        "shares": all(
            0 < share.part <= share.of for share in (rules.quorum_share, rules.pass_share)
        ),
        "yield_tolerance": 0 < rules.yield_tolerance.of <= SHARE_MAX
        and 0 <= rules.yield_tolerance.part <= SHARE_MAX,
        "numbers": all(0 <= number <= NUMBER_MAX for number in _numbers(rules)),
        "validity_months": 1 <= rules.validity_months <= 60,
        "conversion_months": set(rules.conversion_months) == {"annual", "perennial"},
        "severity_deadline_days": len(rules.severity_deadline_days) == 3,
        "number_prefix": rules.number_prefix.isascii() and rules.number_prefix.isalnum(),
    }
    return next((what for what, sound in wants.items() if not sound), "")
