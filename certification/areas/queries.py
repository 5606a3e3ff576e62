"""The areas of Thailand and the shapes of some, read once from the files beside; never written."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from certification.areas import rules
from certification.areas.rules import Area
from certification.basis.spelling import SLIP_LETTERS_MIN, near_spellings
from certification.basis.text import Text

DATA = files("certification.areas") / "data"
BANGKOK = "10"
MARKS, BANGKOK_MARKS = ("ม.", "ต.", "อ.", "จ."), ("ม.", "แขวง", "", "")
Shape = Any
"""A shapely Polygon or MultiPolygon, WGS 84, (longitude, latitude)."""


class _Entry(msgspec.Struct, frozen=True):
    area: Area
    successors: tuple[str, ...] | None
    """None: the area exists today."""


class _Spelling(msgspec.Struct, frozen=True):
    area: Area
    name: str
    paths: tuple[str, ...]
    """Folded `tambon+amphoe+province` and `tambon+province`, as one writes an address."""


def area(code: str) -> Area:
    """Refuses `areas.unknown`, `areas.abolished` (with the successor), `areas.ended`."""
    if rules.level(code) == "village":
        area(code[:6])
        return rules.make_village(code)
    entry = _entries().get(code)
    if entry is None:
        raise rules.UnknownArea(field="area", code=code)
    if entry.successors is None:
        return entry.area
    if not entry.successors:
        raise rules.EndedArea(field="area", code=code)
    raise rules.AbolishedArea(field="area", code=code, successor=", ".join(entry.successors))


def successors(code: str) -> tuple[str, ...]:
    """The codes in place of an abolished one; the code itself when it is in use."""
    entry = _entries().get(code[:6])
    if entry is None or entry.successors is None:
        return (area(code).code,)
    return entry.successors


def provinces() -> tuple[Area, ...]:
    return tuple(_children()[""])


def children(code: str) -> tuple[Area, ...]:
    """By code; none for a tambon: which villages it has, no source tells."""
    area(code)
    return tuple(_children()[code])


@lru_cache(maxsize=2_048)
def path(code: str) -> tuple[Area, ...]:
    """Province, amphoe, tambon, village, as far down as the code goes."""
    return tuple(area(part) for part in rules.ancestors(code))


@lru_cache(maxsize=2_048)
def address(code: str, language: str = "th") -> str:
    """`ม.5 ต.กำแพงเพชร อ.รัตภูมิ จ.สงขลา`, `Moo 5, Kamphaeng Phet, Rattaphum, Songkhla`."""
    names = [part.name.in_language(language) for part in reversed(path(code))]
    if language == "en":
        return ", ".join(names)
    marks = BANGKOK_MARKS if code.startswith(BANGKOK) else MARKS
    parts = [f"{mark}{name}" for mark, name in zip(marks[-len(names) :], names, strict=True)]
    return " ".join(parts).replace("หมู่ที่ ", "")


def search(text: str, limit: int = 10, *, within: str = "") -> list[Area]:
    """By a name or an address, Thai or English, with or without ต./อ./จ.; one slip is forgiven.

    Best first: the very name, its beginning, a part of it, a misspelling; larger areas first.
    `within` is a code that the found must lie in.
    """
    asked, wanted = rules.words(text), rules.asked_level(text)
    if not asked or len(text) > 100:
        return []
    fit = [
        s for s in _spellings() if wanted in (None, s.area.level) and s.area.code.startswith(within)
    ]
    graded = _graded("".join(asked), fit) or _misspelt(asked, fit)
    best: dict[str, tuple[int, int, str]] = {}
    for grade, found in graded:
        rank = (grade, len(found.code), found.code)
        best[found.code] = min(rank, best.get(found.code, rank))
    return [area(code) for _, _, code in sorted(best.values())[:limit]]


def _graded(asked: str, spellings: Iterable[_Spelling]) -> list[tuple[int, Area]]:
    graded = []
    for spelling in spellings:
        if spelling.name == asked or asked in spelling.paths:
            graded.append((0, spelling.area))
        elif any(way.startswith(asked) for way in spelling.paths):
            graded.append((1, spelling.area))
        elif asked in spelling.name:
            graded.append((2, spelling.area))
    return graded


def _misspelt(asked: list[str], spellings: list[_Spelling]) -> list[tuple[int, Area]]:
    """The whole as one name, else the first word as the name and the others as areas above."""
    allowed = {s.area.code for s in spellings}
    whole = [(grade, a) for grade, a in _near_to("".join(asked)) if a.code in allowed]
    if whole or len(asked) == 1:
        return whole
    above = [{a.code for _, a in _near_to(word)} for word in asked[1:]]
    return [
        (grade, a)
        for grade, a in _near_to(asked[0])
        if a.code in allowed and all(codes & set(rules.ancestors(a.code)[:-1]) for codes in above)
    ]


def _near_to(word: str) -> list[tuple[int, Area]]:
    """With a grade that is worse by each letter that differs."""
    if len(word) < SLIP_LETTERS_MIN:
        return []
    found = {s for form in near_spellings(word) for s in _near()[form]}
    return [(2 + rules.slips(word, s.name), s.area) for s in found]


def tambon_at(lat: float, lon: float) -> str | None:
    """The tambon whose polygon covers the point; None outside the polygons, never a guess.

    On a shared border the lower code. Refuses `areas.not_a_place`.
    """
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise rules.NotAPlace(field="place")
    shapely, tree, codes = _tree()
    found = tree.query(shapely.Point(lon, lat), predicate="intersects")
    return min((codes[place] for place in found), default=None)


def tambons_touching(shape: Shape) -> list[str]:
    """Tambons a shape reaches into or borders on, by code."""
    _, tree, codes = _tree()
    return sorted(codes[place] for place in tree.query(shape, predicate="intersects"))


@cache
def polygon(code: str) -> Shape | None:
    """The shape of a tambon, or of all tambons of an amphoe or province; None where none is known.

    Simplified to about 90 m, and the north of Songkhla includes lake: good for finding and
    drawing, not for measuring.
    """
    import shapely  # noqa: PLC0415  (with numpy 0.2 s: only who needs shapes waits for it)

    area(code)
    parts = [shape for of, shape in _shapes().items() if rules.is_within(of, code)]
    return shapely.union_all(parts) if parts else None


def outline(province: str) -> Shape | None:
    return polygon(province[:2])


@cache
def _shapes() -> dict[str, Shape]:
    from shapely.geometry import shape  # noqa: PLC0415  (as in polygon)

    collection = json.loads((DATA / "tambons.geojson").read_text(encoding="utf-8"))
    return {f["properties"]["code"]: shape(f["geometry"]) for f in collection["features"]}


@cache
def _tree() -> tuple[Any, Any, list[str]]:
    import shapely  # noqa: PLC0415  (as in polygon)

    return shapely, shapely.STRtree(list(_shapes().values())), list(_shapes())


@cache
def _entries() -> dict[str, _Entry]:
    lines = (DATA / "areas.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: _entry(row) for row in csv.DictReader(lines)}


def _entry(row: dict[str, str]) -> _Entry:
    code = row["code"]
    name = Text(row["name_th"], row["name_en"])
    found = Area(code, rules.level(code), name, rules.parent(code))
    return _Entry(found, tuple(row["successors"].split()) if row["abolished_on"] else None)


@cache
def _children() -> defaultdict[str, list[Area]]:
    found = defaultdict(list)
    for entry in _entries().values():
        if entry.successors is None:
            found[entry.area.parent or ""].append(entry.area)
    return found


@cache
def _spellings() -> list[_Spelling]:
    return [
        _spelling(entry.area, language)
        for entry in _entries().values()
        if entry.successors is None
        for language in ("th", "en")
    ]


def _spelling(of: Area, language: str) -> _Spelling:
    names = [_folded(code, language) for code in reversed(rules.ancestors(of.code))]
    return _Spelling(of, names[0], ("".join(names), names[0] + names[-1]))


@cache
def _folded(code: str, language: str) -> str:
    return "".join(rules.words(_entries()[code].area.name.in_language(language)))


@cache
def _near() -> defaultdict[str, list[_Spelling]]:
    found = defaultdict(list)
    for spelling in _spellings():
        for form in near_spellings(spelling.name):
            found[form].append(spelling)
    return found
