"""From planned to settled, each state once and in its order, by the instants that were told.

planned ──opens_at──> open ──closes_at──> closing ──list frozen──> closed
closed ──first pickup_from──> picking_up ──last pickup_until──> done ──all divided──> settled
planned … picking_up ──called off──> cancelling ──every order given back──> cancelled

Ordering asks the instants and never the state: it opens and closes though the clock is late.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.refusal import Invalid, Refusal

PLANNED, OPEN, CLOSING, CLOSED = "planned", "open", "closing", "closed"
PICKING_UP, DONE, SETTLED = "picking_up", "done", "settled"
CANCELLING, CANCELLED = "cancelling", "cancelled"
WAY = (PLANNED, OPEN, CLOSING, CLOSED, PICKING_UP, DONE, SETTLED)
GOES_ON = (PLANNED, OPEN, CLOSING, CLOSED, PICKING_UP)
"""What can still be called off."""
REASON_MAX = 500


class AlreadyOver(Refusal):
    """Fetched, settled or called off before."""

    code = "cycles.already_over"


class ReasonMissing(Invalid):
    code = "cycles.reason_missing"


class CallOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    cycle: str
    because: str


class CloneCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of `of`, so many days later."""

    id: str
    of: str
    days: int
    name_th: str
    name_en: str


class Opened(msgspec.Struct, frozen=True, tag="cycles.opened"):
    cycle: str
    due_at: datetime


class ClosingBegun(msgspec.Struct, frozen=True, tag="cycles.closing_begun"):
    """Ordering is over; so many orders are set aside for the harvest list."""

    cycle: str
    due_at: datetime
    orders: int
    grams: int


class HarvestTold(msgspec.Struct, frozen=True, tag="cycles.harvest_told"):
    """A part of the harvest list is written."""

    cycle: str
    lines: int


class Closed(msgspec.Struct, frozen=True, tag="cycles.closed"):
    """The harvest list is frozen."""

    cycle: str
    due_at: datetime


class PickupBegun(msgspec.Struct, frozen=True, tag="cycles.pickup_begun"):
    cycle: str
    due_at: datetime


class PickupEnded(msgspec.Struct, frozen=True, tag="cycles.pickup_ended"):
    cycle: str
    due_at: datetime


class Settled(msgspec.Struct, frozen=True, tag="cycles.settled"):
    """Nothing of it waits to be fetched or divided."""

    cycle: str


class CalledOff(msgspec.Struct, frozen=True, tag="cycles.called_off"):
    cycle: str
    merchant: str


class GivenBack(msgspec.Struct, frozen=True, tag="cycles.given_back"):
    """Every order of a cycle that was called off is cancelled, and what was paid is credit."""

    cycle: str


class Due(msgspec.Struct, frozen=True):
    """A step that a cycle should take."""

    cycle: str
    state: str
    due_at: datetime


def ensure_can_be_called_off(state: str, because: str) -> None:
    if not because.strip():
        raise ReasonMissing(field="because")
    if state not in GOES_ON:
        raise AlreadyOver(state=state)
