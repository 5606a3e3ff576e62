"""Signed notes and checkpoints: C2SP signed-note and tlog-checkpoint, with Ed25519 (RFC 8032).

Pure. A note is text, an empty line, and a line for each signature; a checkpoint is a note whose
text is the log's name, the number of its entries and the root of their tree. Any witness, monitor
or program that knows the two formats can read and check ours.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from certification.basis.merkle import HASH_BYTES

ED25519 = b"\x01"
KEY_BYTES, ID_BYTES = 32, 4
NOTE_BYTES_MAX = 1_000_000
NAME = re.compile(r"[^\s+]{1,200}")
SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
SECRET = "PRIVATE+KEY+"  # noqa: S105  (how such a key begins)


class Unreadable(ValueError):
    """This is no note, no checkpoint or no key."""


class Unsigned(Exception):
    """Nobody whom we know signed it, or what is signed was altered."""


class Verifier(msgspec.Struct, frozen=True):
    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        given = self.name.encode() + b"\n" + ED25519 + self.key
        return hashlib.sha256(given).digest()[:ID_BYTES]

    @property
    def text(self) -> str:
        """`name+id+key`, as every program for such notes takes it."""
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.key).decode()}"


class Signer(msgspec.Struct, frozen=True):
    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._private.public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """To be kept secret."""
        of = self.verifier
        return f"{SECRET}{of.name}+{of.id.hex()}+{b64encode(ED25519 + self.seed).decode()}"

    def line(self, text: str) -> str:
        signed = self.verifier.id + self._private.sign(text.encode())
        return f"— {self.name} {b64encode(signed).decode()}\n"

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


class Checkpoint(msgspec.Struct, frozen=True):
    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_verifier(text: str) -> Verifier:
    name, id, key = _key_parts(text.strip())
    verifier = Verifier(name, key)
    if verifier.id.hex() != id:
        raise Unreadable("the key does not belong to its number")
    return verifier


def read_signer(text: str) -> Signer:
    text = text.strip()
    if not text.startswith(SECRET):
        raise Unreadable("not a signing key")
    name, id, seed = _key_parts(text.removeprefix(SECRET))
    signer = Signer(name, seed)
    if signer.verifier.id.hex() != id:
        raise Unreadable("the key does not belong to its number")
    return signer


def _key_parts(text: str) -> tuple[str, str, bytes]:
    name, _, rest = text.partition("+")
    id, _, key = rest.partition("+")
    kind_and_key = _decoded(key)
    if not NAME.fullmatch(name) or not re.fullmatch(r"[0-9a-f]{8}", id):
        raise Unreadable("a key is name+number+key")
    if len(kind_and_key) != 1 + KEY_BYTES or kind_and_key[:1] != ED25519:
        raise Unreadable("not an Ed25519 key")
    return name, id, kind_and_key[1:]


def sign(text: str, signers: Sequence[Signer]) -> str:
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def signed_text(note: str, known: Sequence[Verifier]) -> str:
    """What was signed. Unsigned unless one whom we know signed it, and nobody known falsely."""
    text, lines = _parted(note)
    held = False
    for line in lines:
        name, signature = _signature(line)
        for one in known:
            if (one.name, one.id) == (name, signature[:ID_BYTES]):
                _check(one, signature[ID_BYTES:], text)
                held = True
    if not held:
        raise Unsigned(", ".join(sorted({_signature(line)[0] for line in lines})))
    return text


def signers_of(note: str) -> list[tuple[str, str]]:
    """Name and number of each key that is said to have signed."""
    return [
        (name, signature[:ID_BYTES].hex())
        for name, signature in (_signature(line) for line in _parted(note)[1])
    ]


def read_checkpoint(text: str) -> Checkpoint:
    origin, _, rest = text.partition("\n")
    size, _, rest = rest.partition("\n")
    line, end, more = rest.partition("\n")
    root = _decoded(line)
    if not origin or not SIZE.fullmatch(size) or len(root) != HASH_BYTES or not end:
        raise Unreadable("a checkpoint is a name, a number and a root")
    if more and ("\n\n" in f"\n{more}" or not more.endswith("\n")):
        raise Unreadable("a line of a checkpoint is empty")
    return Checkpoint(origin, int(size), root)


def text_of(note: str) -> str:
    """What stands above the signatures, whoever signed: to be believed by nobody."""
    return _parted(note)[0]


def _parted(note: str) -> tuple[str, list[str]]:
    if len(note) > NOTE_BYTES_MAX or CONTROL.search(note):
        raise Unreadable("not a note")
    text, gap, below = note.rpartition("\n\n")
    lines = below.splitlines(keepends=True)
    if not gap or not lines or not all(line.endswith("\n") for line in lines):
        raise Unreadable("a note ends with an empty line and its signatures")
    return text + "\n", lines


def _signature(line: str) -> tuple[str, bytes]:
    mark, _, rest = line.removesuffix("\n").partition(" ")
    name, _, signed = rest.partition(" ")
    signature = _decoded(signed)
    if mark != "—" or not NAME.fullmatch(name) or len(signature) <= ID_BYTES:
        raise Unreadable("a signature is a dash, a name and a signature")
    return name, signature


def _check(by: Verifier, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(by.key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        raise Unsigned(by.name) from None


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise Unreadable("not base64") from None
