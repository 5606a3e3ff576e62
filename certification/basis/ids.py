"""Internal ids: UUIDv7 texts, made by whoever asks, so that asking twice is asking once."""

from __future__ import annotations

import re
import secrets
import time

SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id(at_ms: int | None = None) -> str:
    """A UUIDv7 (RFC 9562 5.7): 48 bits of milliseconds, 74 random bits; lower case."""
    ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
    bits = (ms & (1 << 48) - 1) << 80 | 7 << 76 | secrets.randbits(12) << 64
    bits |= 0b10 << 62 | secrets.randbits(62)
    text = f"{bits:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def is_id(text: str) -> bool:
    return SHAPE.fullmatch(text) is not None
