"""A draw that anybody can repeat: which plots are visited unannounced.

Pure. Three steps, each told to the log. *Announced*: the list, how many are drawn, the digest of a
secret, and which number of the world that nobody knows yet will be mixed in (the first prize of
the state lottery on a named day). *Drawn*: that number is known; the seed is the digest of both,
so neither who keeps the secret nor who could bend the number chose it alone. *Opened*, when the
visits have begun: the secret is told, and the draw can be repeated. The drawing is that of
RFC 3797: each turn takes the item whose place is the digest of seed and turn, modulo what is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from certification.schemes.rules import Part

SECRET_BYTES = 32


def commitment(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def listed(items: Sequence[str]) -> str:
    """Digest of the list, each on a line, as it was drawn from."""
    return hashlib.sha256("".join(f"{item}\n" for item in items).encode()).hexdigest()


def seed(secret: bytes, number: str, list_digest: str) -> bytes:
    """SHA-256 of three lines: the secret in hexadecimal, the number's digits, the list's digest."""
    return hashlib.sha256(f"{secret.hex()}\n{number}\n{list_digest}\n".encode()).digest()


def drawn(items: Sequence[str], count: int, seed: bytes) -> tuple[str, ...]:
    """In the order in which they came. Of 2^256 places modulo a few thousand none is favoured."""
    left, found = list(items), []
    for turn in range(min(count, len(left))):
        digest = hashlib.sha256(seed + turn.to_bytes(2)).digest()
        found.append(left.pop(int.from_bytes(digest) % len(left)))
    return tuple(found)


def how_many(plots: int, share: Part, least: int) -> int:
    """The share of the charter, rounded up, at least so many, at most all."""
    return min(plots, max(least, -(-plots * share.part // share.of)))
