"""The ways between all places of a day, and whether they can be believed.

The planner takes for granted that nothing is gained by going round: whatever comes from elsewhere
is made so at the door, or refused with the places named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid
from market.domain.trips.estimate import Spot, straight_m
from market.domain.trips.problem import Matrix, Note

NO_WAY = 9_999_999
"""Metres and seconds where no road leads: later than the end of any day, for any engine."""
PLACES_MAX = 450
"""Visits, bases, and where trucks stand."""
NEVER_FASTER_M_S = 56.0
"""200 km/h in a straight line: then the seconds are minutes."""
STRAIGHT_SHARE_MIN = 0.999
TOLD_S = 60
"""Less than a minute gained by going round is rounding, mended in silence."""
FAR_MAX_M = 2_000_000
"""Thailand is 1,650 km long."""
_FREE = 10**9
"""Seconds and metres in one number, seconds first: shorter in time, and of those in metres.
More than the metres of all places in a row."""
_ROUND = (
    "{many} ways were longer than going round and were shortened: the most from {place} to {to},"
    " which is {minutes} min less by {via}."
)

PLACES, APART, ELSEWHERE = ("place", "to", "via", "places"), ", ", "@elsewhere"
"""Facts of notes that name places."""

Given = Sequence[Sequence[int | None]]
Source = Literal["estimate", "own_graph", "osrm", "given"]
CORRECTED = "+"


class Ways(msgspec.Struct, frozen=True):
    """From the row's place to the column's; `NO_WAY` where there is none."""

    metres: Matrix
    seconds: Matrix
    source: Source
    as_of: str = ""
    """The day of the roads' data, where they have one."""
    credit: str = ""
    """To be shown wherever these ways are."""
    notes: tuple[Note, ...] = ()
    corrected: bool = False
    """By what trucks took."""

    @property
    def told(self) -> str:
        """In one line, for beside a plan; `+`: corrected."""
        source = f"{self.source}{CORRECTED}" if self.corrected else self.source
        return ", ".join(filter(None, (source, self.as_of, self.credit)))


def is_corrected(told: str) -> bool:
    return told.partition(", ")[0].endswith(CORRECTED)


class WaysDoNotFit(Invalid):
    """Not one row and one column for each place."""

    code = "trips.ways_do_not_fit"


class NoSuchWay(Invalid):
    """Below nothing, from a place to itself and yet not 0, or longer than the country."""

    code = "trips.no_such_way"


class WayTooShort(Invalid):
    """Shorter than the straight line."""

    code = "trips.way_too_short"


class WayTooFast(Invalid):
    """As nobody drives: most likely minutes where seconds are asked."""

    code = "trips.way_too_fast"


def sound(metres: Given, seconds: Given, spots: Sequence[Spot], names: Sequence[str],
          source: Source) -> Ways:  # fmt: skip
    """What can be believed, ways that go round made the shorter ones; else refused, and why."""
    _ensure_square(metres, names)
    _ensure_square(seconds, names)
    _ensure_each(metres, seconds, spots, names)
    closed_metres, closed_seconds, notes = closed(metres, seconds, names)
    return Ways(
        closed_metres, closed_seconds, source, notes=(*notes, *_apart(closed_seconds, names))
    )


def renamed(notes: Sequence[Note], names: Mapping[str, str]) -> tuple[Note, ...]:
    """Places called by other names, `ELSEWHERE` where there is none: a name may tell where a plot
    lies, and a plan is kept for ever.
    """
    return tuple(
        Note(note.key, {
            fact: _called(str(said), names) if fact in PLACES else said
            for fact, said in note.facts.items()
        })
        for note in notes
    )  # fmt: skip


def _called(said: str, names: Mapping[str, str]) -> str:
    found = (names.get(one, ELSEWHERE) for one in said.split(APART))
    return APART.join(dict.fromkeys(found))


def ensure_places(many: int) -> None:
    if many > PLACES_MAX:
        raise WaysDoNotFit(places=many, rows=many, most=PLACES_MAX)


def _ensure_square(matrix: Given, names: Sequence[str]) -> None:
    places = len(names)
    ensure_places(places)
    if len(matrix) != places or any(len(row) != places for row in matrix):
        raise WaysDoNotFit(places=places, rows=len(matrix), most=PLACES_MAX)


def _ensure_each(
    metres: Given, seconds: Given, spots: Sequence[Spot], names: Sequence[str]
) -> None:
    for a, (row_m, row_s) in enumerate(zip(metres, seconds, strict=True)):
        for b, (way, lasts) in enumerate(zip(row_m, row_s, strict=True)):
            if a == b and (way, lasts) != (0, 0):
                raise NoSuchWay(place=names[a], to=names[b])
            if way is not None and lasts is not None and a != b:
                _ensure_way(way, lasts, straight_m(spots[a], spots[b]), names[a], names[b])


def _ensure_way(way: int, lasts: int, straight: float, place: str, to: str) -> None:
    if not (0 <= way <= FAR_MAX_M and 0 <= lasts < NO_WAY):
        raise NoSuchWay(place=place, to=to)
    if way + 1 < straight * STRAIGHT_SHARE_MIN:
        raise WayTooShort(place=place, to=to, metres=way, straight=round(straight))
    if straight > (lasts + 1) * NEVER_FASTER_M_S:
        raise WayTooFast(place=place, to=to, metres=way, seconds=lasts)


def closed(
    metres: Given, seconds: Given, names: Sequence[str]
) -> tuple[Matrix, Matrix, list[Note]]:
    """Floyd and Warshall, a row of places at a time."""
    import numpy as np  # noqa: PLC0415  (0.1 s: only who plans waits for it)

    none = NO_WAY * _FREE + NO_WAY
    both = np.array(
        [
            [none if way is None or lasts is None else min(lasts * _FREE + way, none)
             for way, lasts in zip(row_m, row_s, strict=True)]
            for row_m, row_s in zip(metres, seconds, strict=True)
        ],
        dtype=np.int64,
    ).reshape(len(names), len(names))  # fmt: skip
    closed = both.copy()
    for place in range(len(names)):
        np.minimum(closed, closed[:, place, None] + closed[None, place], out=closed)
    gained = both // _FREE - closed // _FREE
    notes = []
    if many := int(np.count_nonzero(gained >= TOLD_S)):
        a, b = divmod(int(gained.argmax()), len(names))
        by = closed[a] + closed[:, b]
        by[[a, b]] = 2 * none
        facts = {"place": names[a], "to": names[b], "via": names[int(by.argmin())]}
        notes = [Note(_ROUND, {"many": many, "minutes": -(-int(gained[a, b]) // 60), **facts})]
    return _plain(closed % _FREE), _plain(closed // _FREE), notes


def _plain(numbers: object) -> Matrix:
    return tuple(map(tuple, numbers.tolist()))  # type: ignore[attr-defined]


def _apart(seconds: Matrix, names: Sequence[str]) -> list[Note]:
    """Places that most others cannot reach, or cannot be reached from."""
    there = [sum(row[place] >= NO_WAY for row in seconds) for place in range(len(names))]
    back = [sum(lasts >= NO_WAY for lasts in row) for row in seconds]
    if not any(back):
        return []
    missing = list(map(max, there, back))
    cut = [name for name, many in zip(names, missing, strict=True) if many * 2 > max(missing)]
    key = "No road leads to or from {places}; {many} ways are missing."
    return [Note(key, {"places": APART.join(cut), "many": sum(back)})]
