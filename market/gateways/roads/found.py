"""What a provider of roads found between places that stand beside its roads."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import msgspec

from market.domain.trips.estimate import Spot, straight_m
from market.domain.trips.problem import Note
from market.domain.trips.ways import APART, Source, Ways, sound

CREDIT = "© OpenStreetMap contributors"
TO_THE_ROAD_M_S = 10 / 3.6
"""Between a place and its road: the pace on a field track."""
FAR_OFF_M, ROUNDED_M = 300, 5
Row = list[int | None]


class Found(msgspec.Struct, frozen=True):
    """From road to road, None where none leads; `off_m` from each place to its road, if any."""

    metres: list[Row]
    seconds: list[Row]
    off_m: list[float | None]
    as_of: str = ""


class RoadsAway(Exception):
    """These roads cannot be had now; the note says why."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.key, note.facts)
        self.note = note


def reached(found: Found, spots: Sequence[Spot], names: Sequence[str], source: Source) -> Ways:
    """From place to place, made sound; a Refusal where it cannot be believed."""
    ends = [(_metres(off), _seconds(off)) for off in found.off_m]
    metres = _not_shorter(_with_ends(found.metres, [m for m, _ in ends]), spots)
    seconds = _with_ends(found.seconds, [s for _, s in ends])
    ways = sound(metres, seconds, spots, names, source)
    far = [
        name for name, off in zip(names, found.off_m, strict=True) if off is None or off > FAR_OFF_M
    ]
    notes = ways.notes
    if far:
        key = "Far from any road: {places}. Look whether they stand on the map where they lie."
        notes = (*notes, Note(key, {"places": APART.join(far)}))
    return msgspec.structs.replace(ways, as_of=found.as_of, credit=CREDIT, notes=notes)


def _not_shorter(rows: list[Row], spots: Sequence[Spot]) -> list[Row]:
    """Places are rounded to a metre on their way: by so little no road is shorter than a line."""
    for a, row in enumerate(rows):
        for b, way in enumerate(row):
            line = straight_m(spots[a], spots[b])
            if way is not None and way < line <= way + ROUNDED_M:
                row[b] = ceil(line)
    return rows


def _metres(off: float | None) -> int | None:
    return None if off is None else ceil(off)


def _seconds(off: float | None) -> int | None:
    return None if off is None else round(off / TO_THE_ROAD_M_S)


def _with_ends(rows: Sequence[Row], ends: Row) -> list[Row]:
    """What lies between both places and their roads is added."""
    return [
        [
            0 if a == b else None if way is None or start is None or end is None
            else start + way + end
            for b, (way, end) in enumerate(zip(row, ends, strict=True))
        ]
        for a, (row, start) in enumerate(zip(rows, ends, strict=True))
    ]  # fmt: skip
