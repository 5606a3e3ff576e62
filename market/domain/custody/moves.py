"""What was sent held against what was counted: pure.

dispatch ── received in time ──> counted, each difference with its reason
   │  due and not received ──> on the list of who is late
arrival before its dispatch ──> waits ── dispatch comes ──> counted; what nobody explained is asked
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from certification.basis.units import Instant
from market.domain.custody import refusals

LOST = ("spoilt", "spilt", "shrunk", "missing")
"""Poured to waste, as far as nobody has ordered it."""
REASONS = (*LOST, "stayed", "weighed_wrong")
"""stayed: left behind at the sender's, nothing is lost; weighed_wrong: more came."""
DUE_MOST = timedelta(days=31)

Thing = tuple[str | None, str | None]
"""Lot and crate; one of them may be missing."""


class Sent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lot: str
    grams: int


class Send(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lots as they are, and crates with what lies in them."""

    id: str
    owner: str
    from_place: str
    to_place: str
    due_at: Instant
    lots: tuple[Sent, ...] = ()
    crates: tuple[str, ...] = ()


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of an empty crate no lot; `reason` where it is not what was sent."""

    grams: int
    lot: str | None = None
    crate: str | None = None
    reason: str | None = None


class Receive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    dispatch: str
    place: str
    lines: tuple[Counted, ...]


class Explain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why less came, said afterwards."""

    id: str
    difference: str
    reason: str


class Dispatched(msgspec.Struct, frozen=True, tag="custody.dispatched"):
    dispatch: str
    from_place: str
    to_place: str
    grams: int
    due_at: str
    met: str
    """The arrival that had waited for it; else empty."""


class Received(msgspec.Struct, frozen=True, tag="custody.received"):
    arrival: str
    dispatch: str
    state: str
    """waits (its dispatch is not known yet), counted"""
    sent_grams: int
    counted_grams: int


class Explained(msgspec.Struct, frozen=True, tag="custody.explained"):
    difference: str
    reason: str
    wasted_grams: int
    owed_grams: int


class Line(msgspec.Struct, frozen=True):
    """One that was sent."""

    lot: str | None
    crate: str | None
    grams: int
    name: str = ""
    """The code that people read."""


class Differs(msgspec.Struct, frozen=True):
    lot: str
    crate: str | None
    sent_grams: int
    counted_grams: int
    reason: str | None

    @property
    def lost_grams(self) -> int:
        if self.reason not in LOST:
            return 0
        return max(self.sent_grams - self.counted_grams, 0)


def ensure_sent(data: Send, at: datetime) -> None:
    if not data.lots and not data.crates:
        raise refusals.NothingSent(field="lines")
    if data.from_place == data.to_place:
        raise refusals.SamePlace(field="to_place")
    if not at < data.due_at <= at + DUE_MOST:
        raise refusals.DueWrong(field="due_at")
    things = [*(one.lot for one in data.lots), *data.crates]
    if len(set(things)) != len(things):
        raise refusals.SentTwice(field="lines")


def ensure_counts(lines: Sequence[Counted]) -> None:
    things = [(one.lot, one.crate) for one in lines]
    if len(set(things)) != len(things):
        raise refusals.SentTwice(field="lines")
    for one in lines:
        if one.grams < 0 or (one.lot is None and (one.crate is None or one.grams)):
            raise refusals.CountWrong(field="lines", most=0)
        if one.reason is not None:
            ensure_reason(one.reason)


def ensure_another(sender: str, receiver: str) -> None:
    if sender == receiver:
        raise refusals.SenderReceives()


def ensure_told(sent: Sequence[Line], counted: Sequence[Counted]) -> None:
    """While who counted is still there to be asked: everything counted, each difference said."""
    told = {(one.lot, one.crate): one for one in counted}
    of = {(one.lot, one.crate): one for one in sent}
    if uncounted := [of[thing].name for thing in of if thing not in told]:
        raise refusals.NotCounted(things=sorted(uncounted))
    if told.keys() - of.keys():
        raise refusals.NotSent()
    for thing, line in of.items():
        _ensure_reason(line, told[thing])


def _ensure_reason(line: Line, counted: Counted) -> None:
    reason = counted.reason
    if line.lot is None or counted.grams == line.grams:
        return
    if reason is None:
        raise refusals.ReasonMissing(field="reason", thing=line.name)
    ensure_fits(line.grams, counted.grams, reason)


def ensure_reason(reason: str) -> None:
    if reason not in REASONS:
        raise refusals.ReasonWrong(field="reason")


def ensure_fits(sent: int, counted: int, reason: str) -> None:
    if (counted > sent) != (reason == "weighed_wrong"):
        raise refusals.ReasonWrong(field="reason")


def differences(sent: Sequence[Line], counted: Sequence[Counted]) -> list[Differs]:
    """What was not counted came with nothing; what was not sent came out of nothing. A reason that
    does not fit is none: it was given before anybody knew what was sent."""
    told: Mapping[Thing, Counted] = {(one.lot, one.crate): one for one in counted}
    of: Mapping[Thing, int] = {(one.lot, one.crate): one.grams for one in sent}
    found = list[Differs]()
    for thing in sorted({*told, *of}, key=str):
        lot, crate = thing
        come = told.get(thing, Counted(0))
        before = of.get(thing, 0)
        if lot is not None and come.grams != before:
            fits = come.reason and (come.grams > before) == (come.reason == "weighed_wrong")
            reason = come.reason if fits else None
            found.append(Differs(lot, crate, before, come.grams, reason))
    return found


def came(sent: Sequence[Line], counted: Sequence[Counted]) -> dict[str, bool]:
    """By crate, whether it came: one that nobody counted, or that is called missing, did not."""
    crates = {one.crate for one in sent if one.crate}
    seen = {one.crate for one in counted if one.crate and (one.grams or one.reason != "missing")}
    return {crate: crate in seen for crate in sorted(crates)}
