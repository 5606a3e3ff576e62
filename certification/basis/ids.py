"""Internal ids: UUIDv7 texts, made by whoever asks, so that asking twice is asking once."""

from __future__ import annotations

import hashlib
import re
import secrets
import time

SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id(at_ms: int | None = None) -> str:
    """A UUIDv7 (RFC 9562 5.7): 48 bits of milliseconds, 74 random bits; lower case."""
    ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    bits = (ms & (1 << 48) - 1) << 80 | 7 << 76 | secrets.randbits(12) << 64
    bits |= 0b10 << 62 | secrets.randbits(62)
    return _written(bits)


def following(id: str, what: str) -> str:
    """The id of a part of what `id` makes: always the same, so that asking again names it again."""
    digest = int.from_bytes(hashlib.sha256(f"{id} {what}".encode()).digest()[:16])
    bits = int(id.replace("-", ""), 16) >> 80 << 80 | 7 << 76 | (digest >> 64 & 0xFFF) << 64
    return _written(bits | 0b10 << 62 | digest & (1 << 62) - 1)


def _written(bits: int) -> str:
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def is_id(text: str) -> bool:
    return SHAPE.fullmatch(text) is not None
