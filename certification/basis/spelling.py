"""Names as people type them: tone marks left out, one letter wrong, a part of the name only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
SLIP_LETTERS_MIN, PART_LETTERS_MIN = 4, 6
"""Shorter words are one slip from too many other names, or parts of them."""
LETTERS_MAX = 100


def folded(name: str) -> str:
    """One form for names that sound alike: no tone marks, spaces or hyphens, and letters that are
    typed in two ways (sara am of two signs, sara ae as two sara e, composed or not) in one."""
    bare = re.sub(r"[่-๋์็\u200b-\u200d\s'().-]", "", unicodedata.normalize("NFC", name.lower()))
    return bare.replace("ํา", "ำ").replace("เเ", "แ")


def near_spellings(word: str) -> set[str]:
    """The word and each form with one letter left out: two words at one slip share a form."""
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def slips_within(asked: str, name: str) -> int:
    """Letters to leave out, put in or change so that `asked` is some part of `name` (Sellers)."""
    row = [0] * (len(name) + 1)
    for place, letter in enumerate(asked, start=1):
        above, row = row, [place]
        for at, other in enumerate(name):
            row.append(min(above[at] + (letter != other), above[at + 1] + 1, row[at] + 1))
    return min(row)


def grade(asked: str, name: str) -> int | None:
    """Both folded. 0 the very name, 1 its beginning, 2 a part; 3 and 4 with one slip; else None."""
    if name == asked:
        return 0
    if name.startswith(asked):
        return 1
    if asked in name:
        return 2
    if len(asked) >= SLIP_LETTERS_MIN and near_spellings(asked) & near_spellings(name):
        return 3
    return 4 if len(asked) >= PART_LETTERS_MIN and slips_within(asked, name) == 1 else None


def search(text: str, among: Iterable[T], names: Callable[[T], Iterable[str]]) -> list[T]:
    """What is meant, best first, else in the order given; nothing for an empty or endless text."""
    asked = folded(text)
    if not asked or len(text) > LETTERS_MAX:
        return []
    graded = [(_best(asked, names(one)), one) for one in among]
    found = [(how, one) for how, one in graded if how is not None]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _best(asked: str, names: Iterable[str]) -> int | None:
    grades = [grade(asked, folded(name)) for name in names]
    return min((found for found in grades if found is not None), default=None)
