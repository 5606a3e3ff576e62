"""`did:web`: who signs is who answers at this domain. Pure.

The document names every key that ever signed, so that what was signed by a retired one can still be
checked; only the one that signs now stands under `assertionMethod`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from certification.credentials.multibase import base64url, read_multikey

CONTEXT = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
]


class Key(msgspec.Struct, frozen=True):
    """One that is published: `#key-{number}`."""

    number: int
    verifier: str
    """Multikey, `z6Mk…`"""
    at: datetime
    retired_at: datetime | None = None
    revoked_at: datetime | None = None
    """Since when nothing that is signed with it is to be believed."""

    @property
    def signs(self) -> bool:
        return self.retired_at is None and self.revoked_at is None

    @property
    def public(self) -> bytes:
        return read_multikey(self.verifier)


def of_origin(origin: str) -> str:
    """`https://market.example.org:8443` is `did:web:market.example.org%3A8443`."""
    netloc = urlsplit(origin).netloc.lower()
    if not netloc.isascii():
        host, colon, port = netloc.partition(":")
        netloc = host.encode("idna").decode() + colon + port
    return f"did:web:{quote(netloc, safe='.-')}"


def method(origin: str, number: int) -> str:
    return f"{of_origin(origin)}#key-{number}"


def document(origin: str, keys: list[Key]) -> dict[str, Any]:
    did = of_origin(origin)
    signing = [method(origin, key.number) for key in keys if key.signs]
    return {
        "@context": CONTEXT,
        "id": did,
        "alsoKnownAs": [origin],
        "verificationMethod": [one for key in keys for one in _methods(did, key)],
        "assertionMethod": [name for one in signing for name in (one, f"{one}-jwk")],
    }


def _methods(did: str, key: Key) -> list[dict[str, Any]]:
    """Once as Data Integrity takes it, once as JOSE does."""
    name = f"{did}#key-{key.number}"
    jwk = {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": base64url(key.public)}
    ended = {"revoked": moment(key.revoked_at)} if key.revoked_at else {}
    return [
        {"id": name, "type": "Multikey", "controller": did, **ended,
         "publicKeyMultibase": key.verifier},
        {"id": f"{name}-jwk", "type": "JsonWebKey", "controller": did, **ended,
         "publicKeyJwk": jwk},
    ]  # fmt: skip


def moment(at: datetime) -> str:
    """To the second, in UTC: XML Schema's `dateTimeStamp`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
