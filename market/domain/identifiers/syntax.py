"""What each application identifier (AI) of GS1 may hold, as GS1's own dictionary says it.

The dictionary is data (`data/gs1-syntax-dictionary.txt`). Lengths, letters, check digits and dates
are held; lists of others (countries, currencies, packages, banks, coupons) are not looked up.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from certification.basis.refusal import Invalid

DICTIONARY = Path(__file__).with_name("data") / "gs1-syntax-dictionary.txt"
FIXED, ATTRIBUTE = "*", "?"
PART = re.compile(r"(\[?)([NXYZ])(\.\.)?([0-9]+)\]?((?:,\w+)*)")
LETTERS = {
    "N": re.compile(r"[0-9]*"),
    "X": re.compile(r"""[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]*"""),
    "Y": re.compile(r"[#\-/0-9A-Z]*"),
    "Z": re.compile(r"[0-9A-Za-z_=-]*"),
}
"""GS1 General Specifications: numbers, character sets 82, 39 and 64."""
SET_82 = """!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"""
SET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PRIMES = (
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
)  # fmt: skip
PREFIX_MIN = 4
"""Digits with which a key begins, at least: those of its company prefix."""


class ValueUnfit(Invalid):
    """Too long, too short, a letter that it cannot hold, or a day there is not."""

    code = "identifiers.value_unfit"


class CheckDigitWrong(Invalid):
    code = "identifiers.check_digit_wrong"


class Part(msgspec.Struct, frozen=True):
    letters: str
    least: int
    most: int
    optional: bool
    checks: tuple[str, ...]


class Entry(msgspec.Struct, frozen=True):
    ai: str
    fixed: bool
    """No separator follows it."""
    attribute: bool
    """It may stand in the query of a Digital Link."""
    parts: tuple[Part, ...]
    qualifiers: tuple[tuple[str, ...], ...] | None
    """Of a primary key: the ways in which it may be qualified, each in its order."""


@cache
def dictionary() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        told = line.split("#")[0].split()
        if told:
            found |= {one.ai: one for one in _entries(told)}
    return found


def _entries(told: list[str]) -> list[Entry]:
    first, _, last = told[0].partition("-")
    flags = told[1] if set(told[1]) <= {FIXED, ATTRIBUTE} else ""
    parts = tuple(_part(found) for one in told[1:] if (found := PART.fullmatch(one)))
    keys = [one for one in told if one.partition("=")[0] == "dlpkey"]
    qualifiers = _qualifiers(keys[0]) if keys else None
    return [
        Entry(
            str(ai).zfill(len(first)), FIXED in flags, ATTRIBUTE in flags, parts, qualifiers
        )
        for ai in range(int(first), int(last or first) + 1)
    ]  # fmt: skip


def _part(found: re.Match[str]) -> Part:
    optional, letters, up_to, most, checks = found.groups()
    least = 1 if up_to else int(most)
    return Part(letters, least, int(most), bool(optional), tuple(checks.split(",")[1:]))


def _qualifiers(said: str) -> tuple[tuple[str, ...], ...]:
    ways = said.partition("=")[2]
    return tuple(tuple(way.split(",")) for way in ways.split("|")) if ways else ()


def ensure_fits(entry: Entry, value: str) -> None:
    """ValueUnfit, CheckDigitWrong."""
    rest = value
    if not value:
        raise ValueUnfit(ai=entry.ai, value="")
    for part in entry.parts:
        taken, rest = rest[: part.most], rest[part.most :]
        if not taken and part.optional:
            continue
        if len(taken) < part.least or not LETTERS[part.letters].fullmatch(taken):
            raise ValueUnfit(ai=entry.ai, value=value[:40])
        for check in part.checks:
            _ensure(entry, check, taken, value)
    if rest:
        raise ValueUnfit(ai=entry.ai, value=value[:40])


def _ensure(entry: Entry, check: str, taken: str, value: str) -> None:
    if check == "csum":
        if (right := check_digit(taken[:-1])) != taken[-1]:
            raise CheckDigitWrong(ai=entry.ai, value=value[:40], right=right)
    elif check in CHECKS and not CHECKS[check](taken):
        raise ValueUnfit(ai=entry.ai, value=value[:40])


def check_digit(digits: str) -> str:
    """Modulo 10, threes from the right (GS1 General Specifications 7.9)."""
    weights = (3 if place % 2 == 0 else 1 for place in range(len(digits)))
    total = sum(int(one) * weight for one, weight in zip(reversed(digits), weights, strict=False))
    return str(-total % 10)


def check_pair(text: str) -> str:
    """Of a global model number, modulo 1021 (7.9.5)."""
    weights = reversed(PRIMES[: len(text)])
    total = sum(SET_82.index(one) * prime for one, prime in zip(text, weights, strict=True)) % 1021
    return SET_32[total >> 5] + SET_32[total & 31]


def _pair(text: str) -> bool:
    return 2 < len(text) <= len(PRIMES) + 2 and check_pair(text[:-2]) == text[-2:]


def _day(text: str, *, no_day: bool = False) -> bool:
    year, month, day = int(text[:-4]), int(text[-4:-2]), int(text[-2:])
    if not 1 <= month <= 12:
        return False
    if day == 0:
        return no_day
    return day <= monthrange(year + 2000 if len(text) == 6 else max(year, 1), month)[1]


def _below(most: int) -> Callable[[str], bool]:
    return lambda text: int(text) < most


CHECKS: dict[str, Callable[[str], bool]] = {
    "csumalpha": _pair,
    "gcppos1": lambda text: bool(re.match(rf"[0-9]{{{PREFIX_MIN}}}", text)),
    "gcppos2": lambda text: bool(re.match(rf".[0-9]{{{PREFIX_MIN}}}", text)),
    "yymmd0": lambda text: _day(text, no_day=True),
    "yymmdd": _day,
    "yyyymmdd": _day,
    "hh": _below(24),
    "mi": _below(60),
    "ss": _below(60),
    "hhmi": lambda text: int(text[:2]) < 24 and int(text[2:]) < 60,
    "yesno": lambda text: text in "01",
    "zero": lambda text: not text.strip("0"),
    "nonzero": lambda text: bool(text.strip("0")),
    "nozeroprefix": lambda text: text == "0" or not text.startswith("0"),
    "hasnondigit": lambda text: not text.isdecimal(),
    "hyphen": lambda text: not text.strip("-"),
    "pieceoftotal": lambda text: 0 < int(text[:2]) <= int(text[2:]),
    "pcenc": lambda text: not re.search(r"%(?![0-9A-Fa-f]{2})", text),
    "latitude": lambda text: int(text) <= 1_800_000_000,
    "longitude": lambda text: int(text) <= 3_600_000_000,
    "winding": lambda text: text in "019",
    "iso5218": lambda text: text in "0129",
}
"""By the dictionary's own words."""
