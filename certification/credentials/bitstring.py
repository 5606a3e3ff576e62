"""W3C Bitstring Status List: one bit for each credential, compressed. Pure.

131,072 bits at least, so that who asks for the list does not tell whose certificate is asked for.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable

from certification.credentials.multibase import base64url, from_base64url

BITS = 131_072
BYTES_MAX = 16 * BITS // 8


class Unreadable(ValueError):
    """Not a list of ours or of anybody's."""


def encoded(places: Iterable[int]) -> str:
    """The bits at these places are 1; the first is the leftmost bit of the first byte."""
    bits = bytearray(BITS // 8)
    for place in places:
        bits[place // 8] |= 0x80 >> place % 8
    return "u" + base64url(gzip.compress(bytes(bits), 9, mtime=0))


def decoded(text: str) -> bytes:
    if text[:1] != "u":
        raise Unreadable("not base64url")
    try:
        unpacking = zlib.decompressobj(wbits=31)
        bits = unpacking.decompress(from_base64url(text[1:]), BYTES_MAX)
    except (zlib.error, ValueError) as wrong:
        raise Unreadable(str(wrong)) from None
    if len(bits) < BITS // 8 or not unpacking.eof:
        raise Unreadable("too short or too long")
    return bits


def is_set(bits: bytes, place: int) -> bool:
    return bool(bits[place // 8] & 0x80 >> place % 8)
