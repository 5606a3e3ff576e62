"""The page of lots that are alike, asked for in one way: made for one of them, and for the next
only its own placed in it."""

from __future__ import annotations

from datetime import date

from litestar import Response

from market.answers.language import words_for
from market.domain.trace.alike import Trace
from market.domain.trace.scan import Lone
from market.web import lot_parts
from market.web.layout import Layout, Placed
from market.web.lot_parts import Course
from market.web.page import Ask, layout, of_address, responded, weak
from market.web.scanned import place_of

PAGE = "trace.html"
COURSES_MAX = 60
"""Of one sheet, each 2 kB: a list of pieces that nearly all are others' too."""

OWN = ("code", "code_shown", "way", "proof", "next", "order", "noted", "tested")


class Sheet:
    def __init__(self, asked: Ask, lot: Trace) -> None:
        self._asked, self._say = asked, words_for(asked)
        self._alike = lot_parts.alike(self._say, lot)
        self._told = lot_parts.before(self._say, lot)
        self._places = [place for place, _ in self._told]
        self._made: dict[tuple[date, str, bool, Course, bool], Layout] = {}
        self._besides: Placed | None = None

    def page(self, day: Trace, lot: Trace | Lone) -> tuple[Layout, Placed]:
        """Of a lot that was harvested that day."""
        level = lot_parts.level_of(day, lot.code, lot.recalled)
        besides = self._others(day, lot)
        course = lot_parts.course(day, lot, self._places)
        key = day.harvested_on, level, "say" in besides, course, lot.proof is not None
        if (of := self._made.get(key)) is None:
            of = self._keep(key, self._layout(level, day, lot, besides))
        code, proof = lot.code.encode(), lot.proof
        path = b"/L/%s" % code
        placed = {
            **besides,
            "path": path,
            "here": b"%s?" % path,
            "code": code,
            "code_shown": b"%s-%s" % (code[:4], code[4:]),
            "grams": self._say.kilos(lot.grams).encode(),
        }
        return of, placed | place_of(proof) if proof else placed

    def _others(self, day: Trace, lot: Trace | Lone) -> Placed:
        if not lot_parts.is_plain(day, lot):
            return lot_parts.besides(self._say, day, lot)
        if self._besides is None:
            self._besides = lot_parts.besides(self._say, day, lot)
        return self._besides

    def _layout(self, level: str, day: Trace, lot: Trace | Lone, besides: Placed) -> Layout:
        that_day = lot_parts.that_day(self._say, day)
        frame = layout(self._asked, PAGE, level, {*self._alike, *that_day, *OWN})
        return frame.filled({
            **self._alike,
            **{name: html for name, html in that_day.items() if name not in besides},
            "way": lot_parts.way(self._say, day, lot, self._told),
            "proof": lot_parts.proof(self._say, lot),
        })  # fmt: skip

    def _keep(self, key: tuple[date, str, bool, Course, bool], made: Layout) -> Layout:
        if len(self._made) >= COURSES_MAX:
            del self._made[next(iter(self._made))]
        self._made[key] = made
        return made


def shown(request: Ask, lot: Trace) -> Response[bytes]:
    """The ETag is of what the page is made of."""
    of, own = Sheet(request, lot).page(lot, lot)
    placed = {**own, **of_address(request)}
    answer = responded(request, of.whole(placed), PAGE)
    answer.headers["etag"] = weak(of.digest(placed))
    return answer
