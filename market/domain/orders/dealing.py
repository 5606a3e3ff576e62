"""What was ordered of one promise, dealt over the lots that came of it; pure.

Orders stand in the order in which they are packed, lots in the order in which they were cut: a lot
is filled before the next is begun, and a line that lies over its edge is split there. So at most
one line fewer is split than there are lots, and whoever deals it again deals it alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Waiting(msgspec.Struct, frozen=True):
    """A line, and the weight of the heaviest piece where it is sold so: no piece is split."""

    line: str
    grams: int
    piece_grams: int = 1


class Cut(msgspec.Struct, frozen=True):
    """What of a lot nobody has yet."""

    lot: str
    grams: int


class Part(msgspec.Struct, frozen=True):
    line: str
    lot: str
    grams: int


def dealt(waiting: Sequence[Waiting], cuts: Sequence[Cut], step_grams: int) -> list[Part] | None:
    """All of every line, or None where they do not hold it. In whole steps where that is enough,
    else to the gram; what is sold by the piece in whole pieces."""
    for step in (step_grams, 1):
        if (parts := _dealt(waiting, cuts, step)) is not None:
            return parts
    return None


def _dealt(waiting: Sequence[Waiting], cuts: Sequence[Cut], step: int) -> list[Part] | None:
    left, parts, first = [cut.grams for cut in cuts], list[Part](), 0
    for one in waiting:
        needs, unit = one.grams, one.piece_grams if one.piece_grams > 1 else step
        while needs:
            if first == len(cuts):
                return None
            given = needs if needs <= left[first] else left[first] // unit * unit
            if given:
                parts.append(Part(one.line, cuts[first].lot, given))
                left[first] -= given
                needs -= given
            if needs:
                first += 1
    return parts
