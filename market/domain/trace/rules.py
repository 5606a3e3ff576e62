"""What a scan may say: the verdict on two days, and help for a code that was misread.

A certificate must have held on the day of harvest; what befell it later is a warning and does not
rewrite that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import combinations, product
from typing import Literal

import msgspec

from certification.basis.refusal import Missing
from certification.basis.text import Text

Gone = Literal["wasted", "sold_out"]
"""Why nothing is left of a lot: all of it went to waste; or was sold, used or given away."""
Level = Literal["ok", "warning", "bad", "unknown"]
Reason = Literal[
    "held_then_and_now",
    "held_then_expired_since",
    "held_then_suspended_now",
    "held_then_ended_since",
    "not_held_at_harvest",
    "no_claim",
    "laboratory",
    "residue",
]
"""`trace.verdict.<word>` in the catalogues."""

EXPIRES = ("expired", "superseded", "surrendered")
"""Ends that say nothing against what was harvested before."""

SHOWN = {
    "plots.registered", "applications.submitted", "applications.accepted", "inspections.finished",
    "applications.inspected", "applications.decided", "decisions.decided", "certificates.issued",
    "certificates.suspended", "certificates.reinstated", "certificates.revoked",
    "certificates.surrendered", "certificates.superseded", "lots.harvested", "labels.printed",
    "lots.made", "lineage.used", "lineage.corrected", "lineage.followed",
}  # fmt: skip
"""Deeds that strangers may see; `trace.event.<tag>` in the catalogues."""


class Misread(Missing):
    """No such code can exist; `meant` holds known codes that differ by one slip."""

    code = "trace.misread"


class UnknownCode(Missing):
    """Well written, but nobody has issued it: perhaps not one of ours."""

    code = "trace.unknown_code"


class NotYetReported(Missing):
    """Issued to a device; what bears it has not been reported yet."""

    code = "trace.not_yet_reported"


class Verdict(msgspec.Struct, frozen=True):
    level: Level
    reason: Reason


class State(msgspec.Struct, frozen=True):
    """How a certificate stood for a crop on a day."""

    on: date
    held: bool
    state: str
    """active, suspended, revoked, surrendered, superseded, expired, …"""
    since: date | None = None
    """The first day on which it is so; of `not_yet` the day from which it will hold."""


NO_CLAIM = Verdict("unknown", "no_claim")


def verdict(then: State, now: State) -> Verdict:
    """`then` is the day of harvest, `now` today."""
    if not then.held:
        return Verdict("bad", "not_held_at_harvest")
    if now.held:
        return Verdict("ok", "held_then_and_now")
    if now.state in EXPIRES:
        return Verdict("ok", "held_then_expired_since")
    if now.state == "suspended":
        return Verdict("warning", "held_then_suspended_now")
    return Verdict("warning", "held_then_ended_since")


NOTED = ("scans.unusual", "scans.copied", "scans.explained")


class Noted(msgspec.Struct, frozen=True):
    """Its code was opened more often than its packets explain; or people found labels copied."""

    on: date
    copied: bool


def noted(told: Iterable[tuple[str, date]]) -> Noted | None:
    """What was explained is told no more; that labels were copied stays."""
    found: Noted | None = None
    for tag, on in told:
        if tag == "scans.copied":
            found = Noted(on, copied=True)
        elif tag in NOTED and not (found and found.copied):
            found = Noted(on, copied=False) if tag == "scans.unusual" else None
    return found


WORST_FIRST: tuple[Level, ...] = ("bad", "warning", "ok", "unknown")


def of_all(verdicts: Iterable[Verdict]) -> Verdict:
    """One source that is suspended is a word on all that was made of it."""
    return min(verdicts, key=lambda one: WORST_FIRST.index(one.level), default=NO_CLAIM)


ALIKE = ("0DQ", "1JT", "2Z", "5S", "6G", "8B", "CG", "UV", "VW", "VY", "KX", "MN", "EF", "PR", "AR")
"""What the eye takes for one another on a small or torn label; I, L and O are read as digits."""
NEAR_MAX = 3


def one_slip_away(code: str, alphabet: str) -> Iterator[str]:
    """All that differ by one wrong letter or two neighbours swapped; for the caller to check."""
    for place in range(len(code)):
        for letter in alphabet:
            if letter != code[place]:
                yield code[:place] + letter + code[place + 1 :]
    for place in range(len(code) - 1):
        if code[place] != code[place + 1]:
            yield code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def one_more_or_fewer(code: str, alphabet: str) -> Iterator[str]:
    """A letter was left out, or typed twice."""
    for place in range(len(code)):
        yield code[:place] + code[place + 1 :]
    for place in range(len(code) + 1):
        for letter in alphabet:
            yield code[:place] + letter + code[place:]


def misread_twice(code: str, alphabet: str) -> Iterator[str]:
    """Two letters taken for what looks like them: the one slip that the check may not notice."""
    looks = [
        sorted({one for group in ALIKE if letter in group for one in group if one in alphabet})
        for letter in code
    ]
    for first, second in combinations(range(len(code)), 2):
        for one, other in product(looks[first], looks[second]):
            yield code[:first] + one + code[first + 1 : second] + other + code[second + 1 :]


def likeness(code: str, other: str) -> int:
    """What is most easily taken for the other comes first."""
    if len(code) != len(other):
        return 2
    differ = [(a, b) for a, b in zip(code, other, strict=True) if a != b]
    if all(any(a in group and b in group for group in ALIKE) for a, b in differ):
        return 0
    return 1 if sorted(code) == sorted(other) else 2


class Happening(msgspec.Struct, frozen=True):
    """One line of the timeline, as it stands in the log."""

    seq: int
    on: date
    tag: str


class Proof(msgspec.Struct, frozen=True):
    """Where in the log the lot was told, and the RFC 6962 leaf hash of that entry."""

    seq: int
    leaf: str


class Decided(msgspec.Struct, frozen=True):
    """What the meeting did: numbers, no names."""

    on: date
    present: int
    quorum_needed: int
    votes_for: int
    votes_against: int
    abstained: int
    recused: int
    body: str = ""
    """Which one it was: a committee, a group, …"""


class Inspected(msgspec.Struct, frozen=True):
    on: date
    inspectors: int
    seats: dict[str, int]
    """How many signed, by the code of their seat."""
    later: tuple[date, ...] = ()
    """Visits since the decision; it did not rest on them."""
    called: dict[str, Text] = {}
    """What the scheme's own version calls these seats."""


def called(seats: Iterable[str], by_charter: Mapping[str, Text]) -> dict[str, Text]:
    """Of a seat that the charter does not know, nothing."""
    return {code: by_charter[code] for code in seats if code in by_charter}


class Shown(msgspec.Struct, frozen=True):
    """A certificate, as it stands on the page of a lot."""

    code: str
    number: str
    scheme: str
    scheme_name: Text
    stage: str
    valid_from: date
    valid_until: date
    then: State
    """On the day of harvest."""
    now: State


class Offered(msgspec.Struct, frozen=True):
    """A round in which the lot may be ordered."""

    offer: str
    cycle: str
    satang_per_kg: int
    closes_at: datetime


class Recalled(msgspec.Struct, frozen=True):
    """It is called back, and nobody has cleared it."""

    since: datetime
    because: str
    """A word of `recalls.rules.BECAUSE`."""
    advice: str


class Somewhere(msgspec.Struct, frozen=True):
    """Of a certificate whose charter does not tell it, tambon, amphoe or group are None."""

    tambon: Text | None
    amphoe: Text | None
    province: Text
    group: Text | None
    group_code: str | None


LAND = frozenset({"group", "tambon", "area"})
"""All of this the public picture of a plot tells."""


def somewhere(whole: Somewhere, told: Collection[str]) -> Somewhere:
    near, whose = "tambon" in told, "group" in told
    return Somewhere(
        whole.tambon if near else None,
        whole.amphoe if near else None,
        whole.province,
        whole.group if whose else None,
        whole.group_code if whose else None,
    )


class Brief(msgspec.Struct, frozen=True):
    """A lot or certificate in a list."""

    code: str
    name: Text
    """The crop's, or the certificate's number."""
    on: date
    """The day of harvest, or the last day of validity."""
    state: str
    """The claim, or the state today."""
