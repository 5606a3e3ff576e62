"""What is refused, what is told, and what a status list says of a certificate on a day."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.certificates.history import State

Purpose = Literal["revocation", "suspension"]
PURPOSES: tuple[Purpose, ...] = ("revocation", "suspension")
SET_BY: dict[Purpose, frozenset[State]] = {
    "revocation": frozenset({"revoked", "surrendered", "superseded"}),
    "suspension": frozenset({"suspended"}),
}
"""In which state a certificate's bit is 1. One that has only run out is told by `validUntil`."""


class NoneYet(Missing):
    """No key was published so far."""

    code = "credentials.none_yet"


class NotYet(Missing):
    """The certificate was issued a moment ago and has no place on a list."""

    code = "credentials.not_yet"


class NoSuchList(Missing):
    code = "credentials.no_such_list"


class NoSuchKey(Missing):
    code = "credentials.no_such_key"


class RevokedAlready(Refusal):
    code = "credentials.revoked_already"


class SinceOutOfRange(Invalid):
    """The moment of a theft lies between the key's first day and now."""

    code = "credentials.since_out_of_range"


class PublishedMeanwhile(Refusal):
    """Two changed the key at once; one did."""

    code = "credentials.published_meanwhile"


class KeyMissing(Refusal):
    code = "credentials.key_missing"


class KeyOpen(Refusal):
    """Others than its owner may read it: they could sign in our name."""

    code = "credentials.key_open"


class KeyDamaged(Refusal):
    """Not as long as an Ed25519 key, or not a key at all."""

    code = "credentials.key_damaged"


class KeyWeak(Refusal):
    """All zeros, or a pattern that nobody drew at random."""

    code = "credentials.key_weak"


class KeyOther(Refusal):
    """Not the one that is published under this number."""

    code = "credentials.key_other"


class KeyPublished(msgspec.Struct, frozen=True, tag="credentials.key_published"):
    number: int
    verifier: str


class KeyRetired(msgspec.Struct, frozen=True, tag="credentials.key_retired"):
    number: int


class KeyRevoked(msgspec.Struct, frozen=True, tag="credentials.key_revoked"):
    """Nothing that was signed with it since then is to be believed."""

    number: int
    since: str


class Placed(msgspec.Struct, frozen=True, tag="credentials.placed"):
    """Where the certificate's bits stand, in both lists."""

    certificate: str
    list: int
    place: int


def ensure_since(since: datetime, first: datetime, at: datetime) -> None:
    if not first <= since <= at:
        raise SinceOutOfRange(field="since", earliest=first.isoformat(), latest=at.isoformat())
