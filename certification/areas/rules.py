"""Areas as a tree of prefixes: what stands inside a code begins with it."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid
from certification.basis.text import Text

Level = Literal["province", "amphoe", "tambon", "village"]
MOO_MAX = 99
LEVELS: dict[int, Level] = {2: "province", 4: "amphoe", 6: "tambon", 8: "village"}


class UnknownArea(Invalid):
    code = "areas.unknown"


class AbolishedArea(Invalid):
    """`successor` holds the code in its place, or the codes: which one, a person must say."""

    code = "areas.abolished"


class EndedArea(Invalid):
    """Abolished, and no source says what took its place."""

    code = "areas.ended"


class NoSuchVillage(Invalid):
    code = "areas.no_such_village"


class NotATambon(Invalid):
    code = "areas.not_a_tambon"


class NotAPlace(Invalid):
    code = "areas.not_a_place"


class Area(msgspec.Struct, frozen=True):
    code: str
    """2, 4, 6 or 8 digits of the Department of Provincial Administration; text, never a number."""
    level: Level
    name: Text
    parent: str | None
    """The code above; None for a province."""


def level(code: str) -> Level:
    """Of a well-formed code; whether such an area is there, `queries.area` knows."""
    if not re.fullmatch(r"[0-9]+", code) or len(code) not in LEVELS:
        raise UnknownArea(field="area", code=code[:20])
    return LEVELS[len(code)]


def parent(code: str) -> str | None:
    return code[:-2] if level(code) != "province" else None


def ancestors(code: str) -> list[str]:
    """From the province down to the code itself."""
    level(code)
    return [code[:length] for length in LEVELS if length <= len(code)]


def is_within(code: str, area: str) -> bool:
    """Whether `code` is `area` or lies inside it."""
    return LEVELS.get(len(area)) is not None and code.startswith(area)


def village(tambon: str, moo: int) -> str:
    """Tambon and moo (1 to 99) as 8 digits."""
    if level(tambon) != "tambon":
        raise NotATambon(field="tambon", code=tambon)
    if not 1 <= moo <= MOO_MAX:
        raise NoSuchVillage(field="moo", moo=moo)
    return f"{tambon}{moo:02}"


def moo(code: str) -> int | None:
    """The number of a village; None for any larger area."""
    return int(code[6:]) if level(code) == "village" else None


def make_village(code: str) -> Area:
    """A village has a number; no source gives the names of all."""
    number = int(code[6:])
    if number == 0:
        raise NoSuchVillage(field="moo", moo=0)
    return Area(code, "village", Text(f"หมู่ที่ {number}", f"Moo {number}"), code[:6])


_MARKS = re.compile(r"[\s.,'’()/-]+")
_LEVEL_WORDS: dict[Level, str] = {
    "tambon": r"ตำบล|ต\.|(?<!\S)แขวง|\b(?:tambon|tumbon|sub-?district)\b",
    "amphoe": r"(?:กิ่ง)?อำเภอ|อ\.|(?<!\S)เขต|\b(?:amphoe|amphur|(?<!sub)(?<!sub-)district)\b",
    "province": r"จังหวัด|จ\.|\b(?:changwat|province)\b",
}
_ANY_LEVEL = re.compile("|".join(_LEVEL_WORDS.values()))
_SPELT_ALIKE = [("ph", "p"), ("th", "t"), ("kh", "k"), ("oo", "u"), ("ee", "i"), ("aa", "a")]


def asked_level(text: str) -> Level | None:
    """What a search begins with: `ต.`, `อำเภอ`, `จ.`, `Tambon` ..."""
    written = text.strip().lower()
    for asked, words in _LEVEL_WORDS.items():
        if re.match(words, written) or re.search(rf"(?:{words})$", written):
            return asked
    return None


def words(text: str) -> list[str]:
    """The names in a search, folded; the words for the level left out."""
    parts = (folded(part) for part in _ANY_LEVEL.sub(" ", text.lower()).split())
    return [part for part in parts if part]


def folded(name: str) -> str:
    """One form for spellings that sound alike: no tone marks or spaces, `ph` as `p` ..."""
    plain = re.sub("[่-๋์็]", "", _MARKS.sub("", name.lower()))
    for two, one in _SPELT_ALIKE:
        plain = plain.replace(two, one)
    return re.sub(r"([a-z])\1", r"\1", plain)


def slips(one: str, other: str) -> int:
    """How many letters to leave out, put in or change to make one the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        above, row = row, [place]
        for at, wanted in enumerate(other):
            row.append(min(above[at] + (letter != wanted), above[at + 1] + 1, row[at] + 1))
    return row[-1]
