"""Cosignatures of witnesses: C2SP tlog-cosignature v1 with Ed25519 (RFC 8032).

Pure. A witness says: at this time, this was the largest tree of that log that I saw, and it went on
from every one I saw before. The line stands below the log's own signature in the same note.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certification.basis.notes import ID_BYTES, KEY_BYTES, NAME, Unreadable

KIND = b"\x04"
TIME_BYTES, SIGNATURE_BYTES = 8, 64
LATEST = 2**53


class Witness(msgspec.Struct, frozen=True):
    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + KIND + self.key).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(KIND + self.key).decode()}"


class Cosigned(msgspec.Struct, frozen=True):
    witness: Witness
    at: datetime
    line: str


def read_witness(text: str) -> Witness:
    """`name+id+key`, the key with the kind of such signatures before it."""
    name, _, rest = text.strip().partition("+")
    id, _, given = rest.partition("+")
    key = _decoded(given)
    if not NAME.fullmatch(name) or len(key) != 1 + KEY_BYTES or key[:1] != KIND:
        raise Unreadable("a witness's key is name+number+key, for cosignatures with Ed25519")
    found = Witness(name, key[1:])
    if found.id.hex() != id:
        raise Unreadable("the key does not belong to its number")
    return found


def message(text: str, seconds: int) -> bytes:
    """What a witness signs of a checkpoint's text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def line(name: str, private: Ed25519PrivateKey, text: str, at: datetime) -> str:
    seconds = int(at.timestamp())
    by = Witness(name, private.public_key().public_bytes_raw())
    signed = seconds.to_bytes(TIME_BYTES, "big") + private.sign(message(text, seconds))
    return f"— {name} {b64encode(by.id + signed).decode()}\n"


def read(answer: str, text: str, by: Witness) -> Cosigned | None:
    """Its valid line among those that were answered; lines of others are passed over."""
    for one in answer.splitlines():
        found = re.fullmatch(r"— (\S+) (\S+)", one)
        if found and found[1] == by.name:
            try:
                given = _decoded(found[2])
            except Unreadable:
                continue
            if cosigned := _checked(given, text, by, f"{one}\n"):
                return cosigned
    return None


def _checked(given: bytes, text: str, by: Witness, line: str) -> Cosigned | None:
    id, rest = given[:ID_BYTES], given[ID_BYTES:]
    if id != by.id or len(rest) != TIME_BYTES + SIGNATURE_BYTES:
        return None
    seconds = int.from_bytes(rest[:TIME_BYTES], "big")
    if not 0 < seconds < LATEST:
        return None
    try:
        public = Ed25519PublicKey.from_public_bytes(by.key)
        public.verify(rest[TIME_BYTES:], message(text, seconds))
        return Cosigned(by, datetime.fromtimestamp(seconds, UTC), line)
    except (InvalidSignature, ValueError, OverflowError, OSError):
        return None


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise Unreadable("not base64") from None
