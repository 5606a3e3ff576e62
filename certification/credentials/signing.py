"""How a credential is signed: W3C Data Integrity `eddsa-jcs-2022`, and `vc+jwt` (VC-JOSE-COSE).

Pure: the key is given. What is signed is RFC 8785 JSON of texts and whole numbers, so the same
document gives the same bytes in every program. No context is ever fetched.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certification.credentials.multibase import (
    Unreadable,
    base58,
    base64url,
    from_base58,
    from_base64url,
)

Document = dict[str, Any]
SUITE, PURPOSE, ALGORITHM, KIND = "eddsa-jcs-2022", "assertionMethod", "Ed25519", "vc+jwt"


class NotGenuine(Exception):
    """Altered since it was signed, signed by another, or signed in a way we do not read."""


class Signer(NamedTuple):
    """Who signs, and under which name the public half is published."""

    seed: bytes
    method: str
    """`did:web:…#key-1`"""

    @property
    def public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        return self._private.sign(content)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def options(document: Document, method: str, created: str) -> Document:
    """Of the proof. Its context is the document's own, or it would say less than is signed."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
        "@context": document["@context"],
    }


def hashed(document: Document, options: Document) -> bytes:
    """The 64 bytes that are signed: of the proof's options, then of the document."""
    return b"".join(hashlib.sha256(rfc8785.dumps(one)).digest() for one in (options, document))


def secured(document: Document, signer: Signer, created: str) -> Document:
    """With its proof inside."""
    said = options(document, signer.method, created)
    signature = signer.sign(hashed(document, said))
    return {**document, "proof": {**said, "proofValue": "z" + base58(signature)}}


def ensure_genuine(secured: Document, public: bytes) -> Document:
    """What was signed, without the proof; NotGenuine."""
    document = {name: value for name, value in secured.items() if name != "proof"}
    proof = secured.get("proof")
    if not isinstance(proof, dict) or proof.get("cryptosuite") != SUITE:
        raise NotGenuine("no proof by eddsa-jcs-2022")
    if proof.get("type") != "DataIntegrityProof" or proof.get("proofPurpose") != PURPOSE:
        raise NotGenuine("a proof for something else")
    if proof.get("@context", document.get("@context")) != document.get("@context"):
        raise NotGenuine("the proof is of another context")
    said = {name: value for name, value in proof.items() if name != "proofValue"}
    value = proof.get("proofValue")
    if not isinstance(value, str) or value[:1] != "z":
        raise NotGenuine("no signature")
    _check(public, from_base58(value[1:]), hashed(document, said))
    return document


def as_jwt(document: Document, signer: Signer) -> str:
    """The same credential as three parts between dots; `kid` names the key as a JWK."""
    header = {"alg": ALGORITHM, "typ": KIND, "cty": "vc", "kid": f"{signer.method}-jwk"}
    parts = [base64url(rfc8785.dumps(part)) for part in (header, document)]
    signature = signer.sign(".".join(parts).encode())
    return ".".join([*parts, base64url(signature)])


def read_jwt(token: str, public: bytes) -> Document:
    """What was signed; NotGenuine. `EdDSA`, the older name of the same algorithm, is read too."""
    parts = token.split(".")
    if len(parts) != 3:
        raise NotGenuine("a token has three parts")
    try:
        header, document = (json.loads(from_base64url(part)) for part in parts[:2])
        signature = from_base64url(parts[2])
    except (ValueError, Unreadable, RecursionError):
        raise NotGenuine("not a token") from None
    if not isinstance(header, dict) or header.get("alg") not in (ALGORITHM, "EdDSA"):
        raise NotGenuine("not signed with Ed25519")
    if header.get("typ") != KIND or "crit" in header or not isinstance(document, dict):
        raise NotGenuine("not a credential")
    _check(public, signature, ".".join(parts[:2]).encode())
    return document


def _check(public: bytes, signature: bytes, content: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        raise NotGenuine("altered, or signed by another") from None
