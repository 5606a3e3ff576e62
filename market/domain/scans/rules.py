"""When a lot's page is opened more often than its packets explain.

A packet is scanned by a reader or by none, and a reader opens the page a few times. Of N packets:

    readers         Poisson, on average N × READERS
    opens of each   geometric: once, and again with a chance of 1 - 1/OPENS

An honest lot is noted with a chance of at most 1 in 1,000 over all its days: day d may be wrong
with 6/(π² d²) of that, and these add up to it. `docs/model/scans.md` says whence the numbers are.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

PACKET_GRAMS = 500
"""Of goods without a label: the usual packet."""
READERS = 0.25
OPENS = 2.0
LEAST = 30
"""A family that shows each other a packet is never noted."""
FALSE_ALARMS = 0.001
"""Of lots whose labels nobody copied, over all their days."""
TOLD_MOST = 1_000
"""From one area on one day: more is somebody who plays."""
WORDS_MAX = 500

Outcome = Literal["explained", "copied"]
Because = Literal["shared", "shown", "tried", "copied", "other"]
"""A photo of the label went round, it was shown at a class or a stall, a printer was tried; labels
were copied; something else, in words."""
BECAUSE: tuple[Because, ...] = get_args(Because)


class NoSignal(Missing):
    code = "scans.no_signal"


class NoArea(Invalid):
    code = "scans.no_area"


class Ended(Refusal):
    """Somebody has said what it was."""

    code = "scans.ended"


class LookFirst(Refusal):
    """It is closed by who looked into it, not from the list."""

    code = "scans.look_first"


class OwnLot(Refusal):
    """The farmer and who is near say nothing about it."""

    code = "scans.own_lot"


class WordsWrong(Invalid):
    """Something else is said in words, of at most `most` letters."""

    code = "scans.words_wrong"


class Look(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    signal: str


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    signal: str
    because: Because
    words: str = ""


class Unusual(msgspec.Struct, frozen=True, tag="scans.unusual"):
    signal: str
    group: str
    code: str
    scans: int
    packets: int
    day: int


class LookedInto(msgspec.Struct, frozen=True, tag="scans.looked_into"):
    signal: str


class Explained(msgspec.Struct, frozen=True, tag="scans.explained"):
    signal: str
    because: str


class Copied(msgspec.Struct, frozen=True, tag="scans.copied"):
    signal: str
    group: str
    code: str


def packets(labels: int, unlabelled_grams: int) -> int:
    """Labels that were printed first, and packets that the rest may fill."""
    return labels + math.ceil(max(unlabelled_grams, 0) / PACKET_GRAMS)


def is_unusual(scans: int, packets: int, day: int) -> bool:
    """`day` 1 is the first on which it could be scanned."""
    allowed = math.log(FALSE_ALARMS * 6 / (math.pi * day) ** 2)
    return scans >= LEAST and log_chance(scans, packets * READERS, OPENS) < allowed


def log_chance(scans: int, readers: float, opens: float) -> float:
    """Chernoff: the logarithm of a bound on the chance of so many scans or more.

    min over z of E[z^S] / z^s, with E[z^S] = exp(readers (pz / (1 - qz) - 1)), p = 1/opens,
    q = 1 - p; its smallest lies where s (1 - qz)² = readers p z, a quadratic in z.
    """
    p = 1 / opens
    q = 1 - p
    if scans <= readers * opens:
        return 0.0
    middle = 2 * scans * q + readers * p
    z = (middle - math.sqrt(middle**2 - (2 * scans * q) ** 2)) / (2 * scans * q * q)
    return readers * (p * z / (1 - q * z) - 1) - scans * math.log(z)


def most(packets: int, day: int) -> int:
    """So many scans are not yet unusual."""
    low, high = 0, max(LEAST, 8 * packets) + 1_000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_unusual(middle, packets, day) else (middle, high)
    return low


def outcome(data: End) -> Outcome:
    words = data.words.strip()
    if len(words) > WORDS_MAX or (data.because == "other" and not words):
        raise WordsWrong(field="words", most=WORDS_MAX)
    return "copied" if data.because == "copied" else "explained"
