"""What a version of a scheme says: its settings, checklist, pledge and inputs, as one document."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

import msgspec
import rfc8785

from certification.basis.text import Text
from certification.schemes.settings import RuleSet, Severity

AnswerType = Literal[
    "yes_no_na", "score_0_2", "select", "multi_select", "number_percent", "number_m",
    "number_days", "integer", "area_rai", "date", "text", "table", "people_list", "time_range",
]  # fmt: skip
AppliesTo = Literal["all", "livestock", "processing"]
SourceLevel = Literal["read", "theme_read", "from_memory"]
Level = Literal["sourced", "known", "confirm"]
InputKind = Literal[
    "fertiliser", "soil", "seed", "pest", "disease", "weed", "hormone", "feed", "cleaning", "other"
]
InputStatus = Literal["allowed", "restricted", "prohibited", "unknown"]


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the checklist; `severity` is a default that a scheme version may change."""

    code: str
    chapter: str
    section: str
    th: str
    en: str
    answer_type: AnswerType
    severity: Severity
    criterion: str
    source: str
    source_level: SourceLevel
    applies_to: AppliesTo
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
    """Where a setting comes from: a document that says so (`sourced`), a document known but not
    re-read (`known`), or our own default (`confirm`: confirm it with your charter)."""

    level: Level
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


class Input(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A thing that a farmer may bring onto the land, and what the scheme says of it in a time.

    One code may stand in several rows whose days do not meet: allowed until then, prohibited since.
    """

    code: str
    name: Text
    kind: InputKind
    substance: str = ""
    """Active substance as labels print it; empty where the kind of thing is meant."""
    status: InputStatus
    from_on: date | None = None
    """First day; none is ever since."""
    until: date | None = None
    """Last day; none is until further notice."""
    restriction: Text | None = None
    """On which condition it is allowed; each restricted input has one."""
    source: str
    source_level: SourceLevel

    def holds(self, on: date) -> bool:
        return (self.from_on or date.min) <= on <= (self.until or date.max)


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    scheme: str
    name: Text
    rules: RuleSet
    sources: dict[str, Source]
    """One for every field of `RuleSet`."""
    pledge: Pledge
    prohibitions: tuple[Prohibition, ...]
    checklist: tuple[Item, ...]
    inputs: tuple[Input, ...] = ()

    def item(self, code: str) -> Item | None:
        return next((item for item in self.checklist if item.code == code), None)

    def input(self, code: str, on: date) -> Input | None:
        """What the scheme says of it on that day; none where it does not say (then: unknown)."""
        return next((one for one in self.inputs if one.code == code and one.holds(on)), None)


def canonical(content: Content) -> bytes:
    """RFC 8785; whole numbers, texts and yes or no only."""
    return rfc8785.dumps(msgspec.to_builtins(content))
