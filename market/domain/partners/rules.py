"""What a partner of a network may tell of our goods, and what of it a page says.

A partner's word is an outsider's: it is kept unchanged and never becomes a fact of ours. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from market.domain.epcis.check import Fault
from market.domain.epcis.vocabulary import BIZ_STEPS

DOCUMENT_BYTES_MAX = 1_000_000
AN_HOUR, DOCUMENTS_AN_HOUR = timedelta(hours=1), 60
THINGS_MAX = 1_000
"""So many different lots, plots and groups at most in one document."""
FAULTS_SHOWN = 50
NAME_LETTERS_MAX, PLACE_LETTERS_MAX = 80, 80
YEAR_FIRST, YEAR_LAST = 1970, 2199
OURS = re.compile(r"/(?:[LPG]|01/[0-9]{8,14}/10)/([0-9A-Za-z]{8})(?:[/?#].*)?")

HOST = re.compile(r"https?://([A-Za-z0-9.-]{1,80})(?::[0-9]+)?(?:[/?#]|$)")


class NameMissing(Invalid):
    code = "partners.name_missing"


class ShownOnce(Refusal):
    """This grant was given already; its secret was shown then and is kept nowhere."""

    code = "partners.shown_once"


class NoPartner(Missing):
    code = "partners.no_partner"


class GrantEnded(Refusal):
    code = "partners.grant_ended"


class NotAPartner(Refusal):
    """Unknown, mistyped, revoked: whoever tries learns not which."""

    code, status = "partners.not_a_partner", 401


class TooOften(Refusal):
    code, status = "partners.too_often", 429


class DocumentTooLarge(Refusal):
    code, status = "partners.document_too_large", 413


class WholeOnly(Invalid):
    """`GS1-Capture-Error-Behaviour: proceed` would take in half a document."""

    code = "partners.whole_only"


class InvalidDocument(Invalid):
    """`found` says event, field and kind of each fault."""

    code = "partners.invalid_document"
    found: tuple[Fault, ...] = ()


class NothingOfOurs(Invalid):
    code = "partners.nothing_of_ours"


class TooManyThings(Invalid):
    code = "partners.too_many_things"


class NoCapture(Missing):
    """Never taken in, or told by another partner."""

    code = "partners.no_capture"


class GivePartner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    network: str
    name: str


class PartnerGiven(msgspec.Struct, frozen=True, tag="partners.given"):
    id: str
    network: str
    name: str


class PartnerEnded(msgspec.Struct, frozen=True, tag="partners.ended"):
    id: str


class Captured(msgspec.Struct, frozen=True, tag="partners.captured"):
    id: str
    partner: str
    digest: str
    events: int


class Partner(msgspec.Struct, frozen=True):
    id: str
    network: str
    name: str
    since: datetime
    until: datetime | None
    documents: int = 0


class Word(msgspec.Struct, frozen=True):
    """One event as the page of a lot tells it."""

    place: int
    """1 is the first of its document."""
    event: str
    """What names it: its eventID, or a digest of what it says."""
    kind: str
    step: str | None
    """A word of CBV; a partner's own word for it is in the document."""
    at: datetime
    whereabouts: str | None
    taken_back: bool
    codes: frozenset[str]
    """What it is about: those of its codes that are written as ours."""


def name(said: str) -> str:
    told = " ".join(said.split())
    if not told or len(told) > NAME_LETTERS_MAX:
        raise NameMissing(field="name", letters=NAME_LETTERS_MAX)
    return told


def faulty(found: Sequence[Fault]) -> InvalidDocument:
    no = InvalidDocument(many=len(found))
    no.found = tuple(found[:FAULTS_SHOWN])
    return no


def fingerprint(secret: str) -> str:
    """Of 256 random bits: nobody tries them all, so it needs no slow digest."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


def words(events: Sequence[Mapping[str, Any]], origin: str) -> list[Word]:
    """Of a document that is sound, but for times that no calendar of ours reaches."""
    told = [_word(place, one, origin) for place, one in enumerate(events, start=1)]
    if wrong := [Fault(one.place, "eventTime", "not_a_time") for one in told if not _near(one.at)]:
        raise faulty(wrong)
    return told


def _near(at: datetime) -> bool:
    return YEAR_FIRST <= at.year <= YEAR_LAST


def _at(said: str) -> datetime:
    return datetime.fromisoformat(said.upper())


def _word(place: int, one: Mapping[str, Any], origin: str) -> Word:
    step = str(one.get("bizStep", "")).rpartition("BizStep-")[2]
    return Word(
        place,
        _named(one),
        str(one["type"]),
        step if step in BIZ_STEPS else None,
        _at(one["eventTime"]),
        _where(one),
        "errorDeclaration" in one,
        frozenset(code for said in _identifiers(one) if (code := _ours(said, origin))),
    )


def _named(one: Mapping[str, Any]) -> str:
    """An event that is declared wrong says the same as it did, and that it is wrong."""
    said = one.get("eventID")
    if not isinstance(said, str):
        apart = ("errorDeclaration", "recordTime")
        left = {key: value for key, value in one.items() if key not in apart}
        said = msgspec.json.encode(left, order="sorted").decode()
    return hashlib.sha256(said.encode()).hexdigest()


EACH = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
QUANTITIES = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")


def _identifiers(one: Mapping[str, Any]) -> Iterator[str]:
    yield str(one.get("parentID", ""))
    for name in EACH:
        yield from map(str, one.get(name, ()))
    for name in QUANTITIES:
        yield from (str(part.get("epcClass", "")) for part in one.get(name, ()))
    for name in ("readPoint", "bizLocation"):
        yield str(one.get(name, {}).get("id", ""))


def _ours(said: str, origin: str) -> str:
    """The code in an address of ours, or nothing."""
    begins = said[: len(origin)].lower() == origin.lower()
    found = OURS.fullmatch(said[len(origin) :]) if begins else None
    return found[1] if found else ""


def _where(one: Mapping[str, Any]) -> str | None:
    """Words that the partner put beside a place, else the host under which the place stands."""
    for place in (one.get("bizLocation"), one.get("readPoint")):
        if isinstance(place, dict):
            told = [v for k, v in place.items() if k.endswith(("name", "Name")) and _plain(v)]
            host = HOST.match(place["id"])
            said = told[0] if told else host[1] if host else ""
            if said := " ".join(said.split())[:PLACE_LETTERS_MAX]:
                return said
    return None


def _plain(said: object) -> bool:
    return isinstance(said, str) and bool(said.strip()) and said.isprintable()
