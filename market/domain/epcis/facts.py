"""What stands in the record of lots and land, as far as an event says it. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec


class Weighed(msgspec.Struct, frozen=True):
    lot: str
    """Its code."""
    grams: int


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What stands in the record, with all of the rows around it that an event says."""

    entry: int
    """Its number in the record."""
    told_at: datetime
    group: str
    """Whose it is: the code of the producer group."""


class Harvested(Fact, frozen=True, kw_only=True):
    lot: Weighed
    plot: str
    crop: str
    on: date
    claim: str
    certificate: str | None = None


class Inspected(Fact, frozen=True, kw_only=True):
    plot: str
    ended_at: datetime
    conformant: bool
    """Nothing critical or major was found."""


class CertificateTurned(Fact, frozen=True, kw_only=True):
    """Suspended, lifted or revoked: what of the plot may be called organic from that day."""

    plot: str
    certificate: str
    turn: Literal["suspended", "reinstated", "revoked"]
    on: date


class Carried(Fact, frozen=True, kw_only=True):
    """Onto a truck, off again before it left, or back from the round."""

    lot: Weighed
    turn: Literal["loaded", "unloaded", "returned"]
    place: str | None = None
    """The stop it goes to; none: to be sold on the way."""


class Spoilt(Fact, frozen=True, kw_only=True):
    lot: Weighed


class SoldInSum(Fact, frozen=True, kw_only=True):
    """All of a lot that was sold in a round until it was settled."""

    lot: Weighed


class Ordered(Fact, frozen=True, kw_only=True):
    """One order's lines of one group."""

    order: str
    """Only a digest of it is told."""
    lots: tuple[Weighed, ...]
    turn: Literal["reserved", "handed_over", "cancelled"]


class Made(Fact, frozen=True, kw_only=True):
    """Lots went in, lots came out; no more than went in."""

    kind: Literal["split", "mix", "pack"]
    inputs: tuple[Weighed, ...]
    outputs: tuple[Weighed, ...]
    loss_grams: int = 0


class Crated(Fact, frozen=True, kw_only=True):
    """Into a crate, or out of it again."""

    crate: str
    """Its code."""
    lots: tuple[Weighed, ...]
    turn: Literal["filled", "emptied"]
    place: str | None = None
    """Where, unless a truck stands there at night."""


class Moved(Fact, frozen=True, kw_only=True):
    """One group's part of what left one place for another, or was counted where it came."""

    dispatch: str
    """Only a digest of it is told."""
    turn: Literal["sent", "counted", "counted_otherwise"]
    """Otherwise than it was sent."""
    at: datetime
    lots: tuple[Weighed, ...]
    crates: tuple[str, ...]
    from_place: str | None = None
    to_place: str | None = None


class CalledBack(Fact, frozen=True, kw_only=True):
    """All of a lot, wherever it is; cleared: no recall holds it any more."""

    lot: str
    """Its code."""
    turn: Literal["recalled", "cleared"]
