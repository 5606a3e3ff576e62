"""Words as people type them against names as they are written: pairs of letters, slips; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from certification.basis import spelling

Kind = Literal["crop", "product", "group", "place"]
LETTERS_MAX = 80
PART_LETTERS, TWO_SLIPS_LETTERS = 5, 7
"""From so many letters on a slip is forgiven in a part of a name too, and two slips."""
EDGE = "^"
"""Before the first letter, so that a beginning is a pair too."""


class Named(msgspec.Struct, frozen=True, order=True):
    """One name of one thing; a thing has several."""

    kind: Kind
    subject: str
    name: str
    folded: str


class Hit(msgspec.Struct, frozen=True):
    kind: Kind
    subject: str
    grade: int


def pairs(folded: str) -> tuple[str, ...]:
    """Each two letters that stand side by side, once; of one letter, that it begins."""
    whole = EDGE + folded
    return tuple(sorted({whole[at : at + 2] for at in range(len(whole) - 1)}))


def asked(text: str) -> str:
    """As it is looked for; empty where there is nothing to look for."""
    return spelling.folded(text)[:LETTERS_MAX]


def needed(folded: str) -> int:
    """Pairs that a name must share with it: each slip spoils at most three, and a part of a name
    does not begin it."""
    have = len(pairs(folded)) - 1
    if len(folded) < spelling.SLIP_LETTERS_MIN:
        return max(1, have)
    return max(1, have - (6 if len(folded) >= TWO_SLIPS_LETTERS else 3))


def ranked(folded: str, among: Iterable[tuple[Kind, str, str]]) -> list[Hit]:
    """Of (kind, thing, its folded name) those that are meant, each thing once: the best first, then
    the shorter name, then always in the same order."""
    best: dict[tuple[Kind, str], tuple[int, int, str]] = {}
    for kind, subject, name in among:
        grade = _grade(folded, name)
        if grade is not None:
            rank = (grade, len(name), name)
            best[kind, subject] = min(rank, best.get((kind, subject), rank))
    inside = sorted((rank, kind, subject) for (kind, subject), rank in best.items())
    return [Hit(kind, subject, rank[0]) for rank, kind, subject in inside]


def _grade(folded: str, name: str) -> int | None:
    near = spelling.grade(folded, name)
    if near is not None or len(folded) < PART_LETTERS:
        return near
    slips = spelling.slips_within(folded, name)
    return 3 + slips if slips <= (2 if len(folded) >= TWO_SLIPS_LETTERS else 1) else None
