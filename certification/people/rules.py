"""Who somebody is, how people are related, and what a person may do where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import msgspec

from certification.basis import personal_numbers, units
from certification.people.refusals import (
    DegreeOutOfRange,
    EndsBeforeItBegan,
    HouseholdTooSmall,
    NameMissing,
    NotAMemberNumber,
    NotOfTheTwo,
    RelatedToOneself,
    StrikeReasonMissing,
    TooLong,
    UnknownKind,
    UnknownPurpose,
)

ROLES = frozenset({
    "farmer", "inspector", "committee", "leader", "treasurer", "secretariat", "operator",
    "officer", "admin", "buyer",
})  # fmt: skip
"""Every role of the policy table. `buyer` is never granted: whoever is signed in may buy."""

KINDS = {"kin": 4, "spouse": 1, "household": 1, "employer": 1, "buyer": 1, "veto": 1}
"""Kinds of relation, each with its largest degree (kin: 1 parent and child, 2 siblings ...)."""
HOUSEHOLD = "household"
"""The kind under which `queries.related` tells those who live together; one may tell it too."""
PURPOSES = frozenset({"public_name", "vote_name", "public_photo", "news"})
REASON_LETTERS_MAX = 500
NAME_LETTERS_MAX, ADDRESS_LETTERS_MAX, MEMBER_LETTERS_MAX = 120, 300, 20


class Particulars(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the vault holds of one person, in clear."""

    name: str
    phone: str | None = None
    """`0XXXXXXXXX`; not everybody in a village has one."""
    member_number: str | None = None
    national_id: str | None = None
    """13 digits; kept only where a state form asks for it (PDPA s.24)."""
    address: str | None = None


class Grant(msgspec.Struct, frozen=True):
    """A role with its place. Empty is "none": an admin has no place, an officer only an area.

    A grant on a group names it and its network; a grant on a network names that network twice.
    """

    role: str
    group: str = ""
    network: str = ""
    area: str = ""
    """A DOPA code; it covers every code that begins with it."""

    def covers(self, place: str, network: str = "") -> bool:
        """Whether it reaches the group or network `place`, which belongs to `network`."""
        return self.group != "" and self.group in (place, network)

    def covers_area(self, code: str) -> bool:
        return self.area != "" and code.startswith(self.area)


class Actor(msgspec.Struct, frozen=True):
    """Who asks, with what grants at this moment."""

    person: str
    grants: tuple[Grant, ...] = ()
    stepped_up: bool = False
    """The PIN was given again a short while ago."""


class Relative(msgspec.Struct, frozen=True):
    person: str
    kind: str
    """One of KINDS, or HOUSEHOLD."""
    degree: int


class Relate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    person: str
    other: str
    kind: str
    since: date
    degree: int = 1


class RelationView(msgspec.Struct, frozen=True):
    id: str
    person: str
    other: str
    kind: str
    degree: int
    since: date
    until: date | None
    """The last day, once somebody has said that it is over."""
    by: str = ""
    """Who told it first."""
    said: tuple[str, ...] = ()
    """Of the two, who has said that it is so."""

    @property
    def confirmed(self) -> bool:
        return {self.person, self.other} <= set(self.said)


class HouseholdView(msgspec.Struct, frozen=True):
    id: str
    persons: tuple[str, ...]
    """All who live there on that day."""
    until: date | None
    """The last day of whom was asked about."""


class Registered(msgspec.Struct, frozen=True, tag="people.registered"):
    person: str


class ParticularsChanged(msgspec.Struct, frozen=True, tag="people.particulars_changed"):
    person: str


class PersonErased(msgspec.Struct, frozen=True, tag="people.erased"):
    person: str


class Related(msgspec.Struct, frozen=True, tag="people.related"):
    """Between whom stands in the row, which the digest proves: no event says who is kin."""

    relation: str
    kind: str


class RelationConfirmed(msgspec.Struct, frozen=True, tag="people.relation_confirmed"):
    """Who said it stands in the row."""

    relation: str
    word: str


class Unrelated(msgspec.Struct, frozen=True, tag="people.unrelated"):
    relation: str
    until: str


class Housed(msgspec.Struct, frozen=True, tag="people.housed"):
    """`members`: the ids of the rows that say who lives there."""

    household: str
    members: tuple[str, ...]


class Unhoused(msgspec.Struct, frozen=True, tag="people.unhoused"):
    household: str
    member: str
    """The id of the row."""
    until: str


class Consented(msgspec.Struct, frozen=True, tag="people.consented"):
    consent: str
    person: str
    purpose: str


class ConsentWithdrawn(msgspec.Struct, frozen=True, tag="people.consent_withdrawn"):
    consent: str
    person: str
    purpose: str


def normalised(said: Particulars) -> Particulars:
    """As it is kept: blanks closed up, Thai digits read, empty is None; or the refusal."""
    name = " ".join(said.name.split())
    if not name:
        raise NameMissing(field="name")
    return Particulars(
        name=_bounded(name, "name", NAME_LETTERS_MAX),
        phone=_where_said(personal_numbers.phone, said.phone),
        member_number=_where_said(member_number, said.member_number),
        national_id=_where_said(personal_numbers.national_id, said.national_id),
        address=_where_said(_address, said.address),
    )


def member_number(said: str) -> str:
    """Letters, digits, `-` and `/`, without blanks, upper case: `สข-0012/2569`."""
    number = "".join(units.arabic(said).split()).upper()
    if not any(map(str.isalnum, number)) or not all(map(_may_number, number)):
        raise NotAMemberNumber(field="member_number")
    return _bounded(number, "member_number", MEMBER_LETTERS_MAX)


def relation(asked: Relate) -> Related:
    if asked.kind not in KINDS:
        raise UnknownKind(field="kind", kind=asked.kind)
    if not 1 <= asked.degree <= KINDS[asked.kind]:
        raise DegreeOutOfRange(field="degree", degree=asked.degree, most=KINDS[asked.kind])
    if asked.person == asked.other:
        raise RelatedToOneself(field="other")
    return Related(asked.id, asked.kind)


def ensure_of_the_two(told: RelationView, by: str) -> None:
    if by not in (told.person, told.other):
        raise NotOfTheTwo


def ensure_strike_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > REASON_LETTERS_MAX:
        raise StrikeReasonMissing(field="reason", most=REASON_LETTERS_MAX)


def household(persons: list[str]) -> list[str]:
    """Each once, in the order in which their rows are claimed."""
    if len(set(persons)) < 2:
        raise HouseholdTooSmall(field="persons")
    return sorted(set(persons))


def too_near(relatives: Iterable[Relative], *, kin_degree: int) -> frozenset[str]:
    """Who judges nothing of this person's: all but kin further away than `kin_degree`."""
    return frozenset(r.person for r in relatives if r.kind != "kin" or r.degree <= kin_degree)


def ensure_ends_after(since: date, until: date) -> None:
    """`until` is the last day, so both may be the same."""
    if until < since:
        raise EndsBeforeItBegan(field="until", since=str(since))


def consent(id: str, person: str, purpose: str, *, given: bool) -> Consented | ConsentWithdrawn:
    if purpose not in PURPOSES:
        raise UnknownPurpose(field="purpose", purpose=purpose)
    return Consented(id, person, purpose) if given else ConsentWithdrawn(id, person, purpose)


def _where_said(read: Callable[[str], str], text: str | None) -> str | None:
    return read(text) if text is not None and text.strip() else None


def _address(text: str) -> str:
    return _bounded(" ".join(text.split()), "address", ADDRESS_LETTERS_MAX)


def _may_number(letter: str) -> bool:
    """Thai vowels and tones above and below are marks, not letters, to Unicode."""
    return letter.isalnum() or letter in "-/" or "\u0e31" <= letter <= "\u0e4e"


def _bounded(text: str, field: str, letters_max: int) -> str:
    if len(text) > letters_max:
        raise TooLong(field=field, most=letters_max)
    return text
