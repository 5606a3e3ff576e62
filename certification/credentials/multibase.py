"""Bytes as letters: base58btc (`z…`) and base64url (`u…`) multibase, and keys as Multikey. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519_PUBLIC, ED25519_SECRET = b"\xed\x01", b"\x80\x26"
KEY_BYTES = 32
LETTERS_MAX = 200


class Unreadable(ValueError):
    """Not multibase, or not an Ed25519 key."""


def base58(content: bytes) -> str:
    number, letters = int.from_bytes(content), ""
    while number:
        number, digit = divmod(number, 58)
        letters = LETTERS[digit] + letters
    return "1" * (len(content) - len(content.lstrip(b"\0"))) + letters


def from_base58(letters: str) -> bytes:
    number = 0
    if len(letters) > LETTERS_MAX:
        raise Unreadable("too long")
    for letter in letters:
        if letter not in LETTERS:
            raise Unreadable(f"{letter!r} is no letter of base58")
        number = number * 58 + LETTERS.index(letter)
    zeros = len(letters) - len(letters.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)


def base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def from_base64url(letters: str) -> bytes:
    """Only as `base64url` writes it: other letters of the same bytes would be another text."""
    try:
        content = urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    except ValueError as wrong:
        raise Unreadable(str(wrong)) from None
    if base64url(content) != letters:
        raise Unreadable("not base64url")
    return content


def multikey(public: bytes) -> str:
    """`z6Mk…`, as a DID document bears it."""
    return "z" + base58(ED25519_PUBLIC + public)


def secret_multikey(seed: bytes) -> str:
    """`z3u2…`: to be kept secret."""
    return "z" + base58(ED25519_SECRET + seed)


def read_multikey(text: str) -> bytes:
    return _key(text, ED25519_PUBLIC)


def read_secret_multikey(text: str) -> bytes:
    return _key(text, ED25519_SECRET)


def _key(text: str, kind: bytes) -> bytes:
    content = from_base58(text[1:]) if text[:1] == "z" else b""
    if content[:2] != kind or len(content) != 2 + KEY_BYTES:
        raise Unreadable("not an Ed25519 key")
    return content[2:]
