"""What may become of lots: split, mixed, packed; what the outcome may call itself, and why.

Nothing is gained on the way: what comes out weighs no more than what went in, and a claim is as
high as the lowest that went in. Lowering one needs an explicit yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal, TypeVar

import msgspec

from market.domain.ledger.rules import share
from market.domain.lineage.refusals import (
    BARS,
    Barred,
    LowersClaim,
    MakesConversion,
    MassBalance,
    MixesSeveral,
    NoteTooLong,
    NothingMade,
    OtherCrop,
    OtherGroup,
    SameLotTwice,
    SplitsOne,
    TooMany,
)
from market.domain.lots.rules import (
    GRAMS_MAX,
    HIGHER_FIRST,
    Claim,
)

Making = Literal["split", "mix", "pack"]
Kind = Literal["split", "mix", "pack", "correction"]

LOTS_MAX = 60
"""That go in, or come out."""
NOTE_LETTERS_MAX = 500


class Pick(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goes in, weighed."""

    lot: str
    grams: int


class Parcel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Comes out."""

    grams: int
    code: str | None = None
    """One issued to the device beforehand; without it a fresh one is given."""


class MakeLots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: Making
    inputs: tuple[Pick, ...]
    outputs: tuple[Parcel, ...]
    lower: bool = False
    """Yes, all of it may carry the lowest claim that goes in."""
    note: str | None = None

    @staticmethod
    def kind_of(inputs: int, outputs: int) -> Making:
        if inputs == 1:
            return "split"
        return "mix" if outputs == 1 else "pack"


class Part(msgspec.Struct, frozen=True):
    """Of a lot, so much was harvested as this one."""

    origin: str
    farmer: str
    grams: int


class Bar(msgspec.Struct, frozen=True):
    """Why a lot may not be touched; `code` of the harvest or lot that it is about."""

    because: Barred
    code: str


class Source(msgspec.Struct, frozen=True):
    """A lot that goes in, as it is known now."""

    lot: str
    code: str
    group: str
    crop: str
    harvested_on: date
    claim: Claim
    because: str
    plot: str | None
    farmer: str | None
    planting: str | None
    scheme: str | None
    certificate: str | None
    certificates: tuple[str, ...]
    """All that its claim rests on."""
    parts: tuple[Part, ...]
    """Itself where it was harvested."""


class Outcome(msgspec.Struct, frozen=True):
    """What all that comes out has in common."""

    kind: Making
    group: str
    crop: str
    harvested_on: date
    claim: Claim
    because: str
    """`of_sources`, or `lowest_of_sources`."""
    lowest: str
    """The code of the source that the claim is as low as."""
    loss_grams: int
    plot: str | None
    farmer: str | None
    planting: str | None
    scheme: str | None
    certificate: str | None
    also: tuple[str, ...]
    parts: tuple[tuple[Part, ...], ...]
    """Of each that comes out."""


class Made(msgspec.Struct, frozen=True):
    lot: str
    code: str
    grams: int


class LotsMade(msgspec.Struct, frozen=True, tag="lineage.made"):
    deed: str
    kind: str
    claim: str
    because: str
    loss_grams: int
    inputs: list[Pick]
    lots: list[Made]


class LotCorrected(msgspec.Struct, frozen=True, tag="lineage.corrected"):
    """`others`: what it went into and is no longer what it was called."""

    deed: str
    lot: str
    crop: list[str]
    harvested_on: list[str]
    grams: list[int]
    claim: list[str]
    """Of each what was told, and what is known now."""
    others: list[str]


class Followed(msgspec.Struct, frozen=True, tag="lineage.followed"):
    """A lot is told otherwise because one that went into it was."""

    deed: str
    lot: str
    harvested_on: list[str]
    claim: list[str]


class Used(msgspec.Struct, frozen=True, tag="lineage.used"):
    """Grams of a lot went into another."""

    lot: str
    deed: str
    kind: str
    grams: int


class Divided(msgspec.Struct, frozen=True, tag="lineage.divided"):
    """Of which harvests a made lot is, to the gram."""

    lot: str
    of: list[Pick]


class Frozen(msgspec.Struct, frozen=True, tag="lineage.frozen"):
    lot: str
    because: str
    reference: str


class Thawed(msgspec.Struct, frozen=True, tag="lineage.thawed"):
    lot: str
    reference: str


def check(data: MakeLots) -> None:
    for field, among in (("inputs", data.inputs), ("outputs", data.outputs)):
        _check_weights(field, [one.grams for one in among])
    if len({one.lot for one in data.inputs}) < len(data.inputs):
        raise SameLotTwice(field="inputs")
    if data.kind == "split" and len(data.inputs) > 1:
        raise SplitsOne(field="inputs")
    if data.kind == "mix" and (len(data.inputs) < 2 or len(data.outputs) > 1):
        raise MixesSeveral(field="inputs")
    if len(data.note or "") > NOTE_LETTERS_MAX:
        raise NoteTooLong(field="note", most=NOTE_LETTERS_MAX)
    _loss(data)


def _check_weights(field: str, grams: Sequence[int]) -> None:
    if not grams or not all(0 < one <= GRAMS_MAX for one in grams):
        raise NothingMade(field=field)
    if len(grams) > LOTS_MAX:
        raise TooMany(field=field, most=LOTS_MAX)


def _loss(data: MakeLots) -> int:
    gone_in = sum(one.grams for one in data.inputs)
    came_out = sum(one.grams for one in data.outputs)
    if came_out > gone_in:
        raise MassBalance(grams_in=gone_in, grams_out=came_out)
    return gone_in - came_out


def check_free(bars: Iterable[Bar], of: str) -> None:
    """`of`: the code of the lot that was asked for; the bar may lie on a harvest within it."""
    for bar in bars:
        raise BARS[bar.because](lot=of, of=bar.code)


def outcome(data: MakeLots, sources: Sequence[Source]) -> Outcome:
    """`sources` in the order of `data.inputs`."""
    loss, first = _loss(data), sources[0]
    for other in sources[1:]:
        if other.crop != first.crop:
            raise OtherCrop(lot=other.code, crop=other.crop, first=first.crop)
        if other.group != first.group:
            raise OtherGroup(lot=other.code)
    lowest = max(sources, key=lambda one: HIGHER_FIRST.index(one.claim))
    lowered = any(one.claim != lowest.claim for one in sources)
    if lowered and not data.lower:
        kind = LowersClaim if lowest.claim == "plain" else MakesConversion
        raise kind(lot=lowest.code, because=lowest.because)
    certificate, also = papers(lowest.claim, sources)
    return Outcome(
        data.kind, first.group, first.crop, min(one.harvested_on for one in sources),
        lowest.claim, "lowest_of_sources" if lowered else "of_sources", lowest.code, loss,
        common(sources, lambda one: one.plot), common(sources, lambda one: one.farmer),
        common(sources, lambda one: one.planting),
        None if lowest.claim == "plain" else common(sources, lambda one: one.scheme),
        certificate, also, apportioned(_pool(data, sources), [one.grams for one in data.outputs]),
    )  # fmt: skip


def papers(claim: Claim, sources: Sequence[Source]) -> tuple[str | None, tuple[str, ...]]:
    """The certificate of all of it, if there is one; and all others that the claim rests on."""
    if claim == "plain":
        return None, ()
    certificate = common(sources, lambda one: one.certificate)
    every = dict.fromkeys(paper for one in sources for paper in one.certificates)
    return certificate, tuple(sorted(paper for paper in every if paper != certificate))


T = TypeVar("T")


def common(sources: Iterable[Source], what: Callable[[Source], T | None]) -> T | None:
    """None where they differ: nothing may be said of all that is true of some."""
    found = {what(one) for one in sources}
    return found.pop() if len(found) == 1 else None


def _pool(data: MakeLots, sources: Sequence[Source]) -> dict[str, Part]:
    """Of each harvest so many grams as went in."""
    pool: dict[str, Part] = {}
    for picked, source in zip(data.inputs, sources, strict=True):
        weights = {part.origin: part.grams for part in source.parts}
        farmers = {part.origin: part.farmer for part in source.parts}
        for origin, grams in share(picked.grams, weights, odd_to="").items():
            if grams:
                before = pool[origin].grams if origin in pool else 0
                pool[origin] = Part(origin, farmers[origin], before + grams)
    return pool


def apportioned(pool: dict[str, Part], outputs: Sequence[int]) -> tuple[tuple[Part, ...], ...]:
    """Each parcel has of each harvest as the pool has it, to the gram; all of them together never
    more than went in."""
    left, found = {origin: part.grams for origin, part in pool.items()}, []
    for grams in outputs:
        given = share(grams, left, odd_to="")
        left = {origin: left[origin] - given[origin] for origin in left}
        found.append(tuple(
            Part(origin, pool[origin].farmer, given[origin])
            for origin in sorted(given) if given[origin]
        ))  # fmt: skip
    return tuple(found)
