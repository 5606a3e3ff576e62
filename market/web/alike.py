"""The pages of lots that are alike: made for one, and for the next only its own placed in it.

While nothing is told to the log, a lot whose page was never made costs one row found by its key:
what it shares with its kin was read with one of them. When something was told, that is read again,
and what was made of it is kept where it is the same.
"""

from __future__ import annotations

from datetime import date
from functools import partial

from market.answers.headers import Headers
from market.domain.trace import rows, scan
from market.domain.trace.alike import Alike, Trace
from market.domain.trace.scan import Lone
from market.web import kept
from market.web.lot_sheet import Sheet, shown
from market.web.negotiated import negotiable
from market.web.page import weak
from market.web.ready import Answer, Asked, Manner

KIN_MAX = 300


class Ready:
    """Their page, asked for in one way, as it is sent."""

    def __init__(self, asked: Asked, lot: Trace, always: Headers) -> None:
        self._sheet = Sheet(asked, lot)
        self._manner = Manner(kept.kept(asked, negotiable(shown(asked, lot))), asked, always)

    def answer(self, day: Trace, lot: Lone, rests_on: object) -> Answer:
        of, placed = self._sheet.page(day, lot)
        etag, whole = weak(of.digest(placed)), partial(of.whole, placed)
        return Answer(whole, etag, self._manner, of.size, rests_on)


class Kin:
    """Lots that are alike, and their page in each way of asking."""

    def __init__(self, shared: rows.Row, today: date) -> None:
        self.rests_on = (shared, today)
        self.alike = Alike(scan.shared(shared), today)
        self.ready: dict[object, Ready] = {}
        self.version = 0
        """Of the record, as which they were last read."""


class AllKin:
    def __init__(self) -> None:
        self._own, self._shared = rows.together_own(), rows.together_shared()
        self.known: dict[str, Kin] = {}

    async def of(self, code: str, today: date, version: int) -> tuple[Kin, str] | None:
        """A lot's kin, and what it has to itself, as text; None where no lot bears the code."""
        if (row := await self._own.row(code, today)) is None:
            return None
        alike_in, told = row
        kin = self.known.get(alike_in)
        if kin is None or kin.version != version:
            if (shared := await self._shared.row(code, today)) is None:
                return None
            rests_on = shared, today
            kin = kin if kin and kin.rests_on == rests_on else Kin(*rests_on)
            self._keep(alike_in, kin, version)
        return kin, told

    def _keep(self, alike_in: str, kin: Kin, version: int) -> None:
        kin.version = version
        self.known[alike_in] = kin
        while len(self.known) > KIN_MAX:
            del self.known[next(iter(self.known))]
