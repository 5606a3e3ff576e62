"""What may become of lots: split, mixed, packed; what the outcome may call itself, and why.

Nothing is gained on the way: what comes out weighs no more than what went in, and a claim is as
high as the lowest that went in. Lowering one needs an explicit yes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, TypeVar

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from market.domain.ledger.rules import share
from market.domain.lots.rules import (
    GRAMS_MAX,
    HIGHER_FIRST,
    LATE_DAYS_MAX,
    Claim,
    Claimed,
    Facts,
    HarvestTooLongAgo,
    NoGrams,
)

Making = Literal["split", "mix", "pack"]
Kind = Literal["split", "mix", "pack", "correction"]
Barred = Literal["claim_lost", "suspended", "revoked", "unsafe_residue", "recall"]

LOTS_MAX = 60
"""That go in, or come out."""
NOTE_LETTERS_MAX = 500


class NoDeed(Missing):
    code = "lineage.missing"


class NothingMade(Invalid):
    """No lot goes in or none comes out, or one of them weighs nothing."""

    code = "lineage.nothing_made"


class TooMany(Invalid):
    code = "lineage.too_many"


class NoteTooLong(Invalid):
    code = "lineage.note_too_long"


class SameLotTwice(Invalid):
    code = "lineage.same_lot_twice"


class SplitsOne(Invalid):
    """A split is of one lot; of several it is a mix or a packing."""

    code = "lineage.splits_one"


class MixesSeveral(Invalid):
    """A mix is of two lots or more, and one lot comes out."""

    code = "lineage.mixes_several"


class MassBalance(Refusal):
    """More would come out than went in."""

    code = "lineage.mass_balance"


class OtherCrop(Refusal):
    """A lot is of one crop."""

    code = "lineage.other_crop"


class OtherGroup(Refusal):
    """A lot is of one group, which is owed for it."""

    code = "lineage.other_group"


class LowersClaim(Refusal):
    """What is mixed in has a lower claim than the rest; it takes a yes to lower all of it."""

    code = "lineage.makes_plain"


class MakesConversion(LowersClaim):
    code = "lineage.makes_conversion"


class LotBarred(Refusal):
    """It stays as it is. `of`: the code of the harvest or lot that it is about."""

    code = "lineage.barred"


class ClaimLost(LotBarred):
    """What held on the day of harvest was taken back for that day."""

    code = "lineage.claim_lost"


class Suspended(LotBarred):
    code = "lineage.suspended"


class Revoked(LotBarred):
    code = "lineage.revoked"


class UnsafeResidue(LotBarred):
    code = "lineage.unsafe_residue"


class Recalled(LotBarred):
    code = "lineage.recalled"


BARS: dict[Barred, type[LotBarred]] = {
    "claim_lost": ClaimLost,
    "suspended": Suspended,
    "revoked": Revoked,
    "unsafe_residue": UnsafeResidue,
    "recall": Recalled,
}


class NotSoMuchLeft(Refusal):
    """Of a lot that was to go in: the rest is held, leased, sold, spoilt or used."""

    code = "lineage.not_so_much_left"


class OnlyHarvests(Refusal):
    """What was made of others is as they are; they are corrected."""

    code = "lineage.only_harvests"


class NoReason(Invalid):
    code = "lineage.no_reason"


class NothingCorrected(Invalid):
    code = "lineage.nothing_corrected"


class CorrectedMeanwhile(Refusal):
    code = "lineage.corrected_meanwhile"


class HarvestedAfterReported(Refusal):
    """A lot was cut before it was reported."""

    code = "lineage.harvested_after_reported"


class GoneAlready(Refusal):
    """So little cannot have been harvested: more was sold, used or spoilt."""

    code = "lineage.gone_already"


class CropGoneAlready(Refusal):
    """As what it was called, somebody has it already, or ordered it."""

    code = "lineage.crop_gone_already"


class OwnClaim(Forbidden):
    """Nobody raises the claim of the own harvest."""

    code = "lineage.own_claim"


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


class CorrectLot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it as it truly was; what was right is told as it is."""

    id: str
    lot: str
    crop: str
    harvested_on: date
    grams: int
    planting: str | None
    reason: str
    after: int = 0
    """Corrections of the lot that whoever corrects has seen."""
    higher: bool = False
    """Yes, where it has earned a higher claim than it bore, it may bear that."""


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
    certificate, also = _papers(lowest.claim, sources)
    return Outcome(
        data.kind, first.group, first.crop, min(one.harvested_on for one in sources),
        lowest.claim, "lowest_of_sources" if lowered else "of_sources", lowest.code, loss,
        common(sources, lambda one: one.plot), common(sources, lambda one: one.farmer),
        common(sources, lambda one: one.planting),
        None if lowest.claim == "plain" else common(sources, lambda one: one.scheme),
        certificate, also, apportioned(_pool(data, sources), [one.grams for one in data.outputs]),
    )  # fmt: skip


def _papers(claim: Claim, sources: Sequence[Source]) -> tuple[str | None, tuple[str, ...]]:
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


def check_correction(data: CorrectLot, before: Facts, reported_on: date, turns: int) -> None:
    if not data.reason.strip():
        raise NoReason(field="reason")
    if len(data.reason) > NOTE_LETTERS_MAX:
        raise NoteTooLong(field="reason", most=NOTE_LETTERS_MAX)
    if data.after != turns:
        raise CorrectedMeanwhile()
    if not 0 < data.grams <= GRAMS_MAX:
        raise NoGrams(field="grams")
    if data.harvested_on > reported_on:
        raise HarvestedAfterReported(reported_on=reported_on.isoformat())
    if data.harvested_on < reported_on - timedelta(days=LATE_DAYS_MAX):
        raise HarvestTooLongAgo(harvested_on=data.harvested_on.isoformat(), days=LATE_DAYS_MAX)
    same = (before.crop, before.harvested_on, before.grams, before.planting)
    if same == (data.crop, data.harvested_on, data.grams, data.planting) and not data.higher:
        raise NothingCorrected(field="grams")


def check_gone(data: CorrectLot, before: Facts, grams_gone: int) -> None:
    """`grams_gone`: held, leased, sold, spoilt or used."""
    if data.grams < grams_gone:
        raise GoneAlready(grams_gone=grams_gone)
    if data.crop != before.crop and grams_gone:
        raise CropGoneAlready(grams_gone=grams_gone)


def kept(before: Claim, earned: Claimed, *, higher: bool) -> Claimed:
    """A correction lowers a claim by itself, and raises it only where somebody says yes."""
    if higher or HIGHER_FIRST.index(earned.claim) >= HIGHER_FIRST.index(before):
        return earned
    if before == "plain":
        return Claimed("plain", "kept_lower", ceiling_grams=earned.ceiling_grams)
    return msgspec.structs.replace(earned, claim=before, because="kept_lower")


def rises(before: Claim, after: Claim) -> bool:
    return HIGHER_FIRST.index(after) < HIGHER_FIRST.index(before)


def following(before: Facts, sources: Sequence[Source]) -> tuple[Facts, tuple[str, ...]]:
    """A made lot after one of its sources was told otherwise, with all certificates in it: its day
    is the oldest again, its claim falls where theirs did and never rises."""
    lowest = max((one.claim for one in sources), key=HIGHER_FIRST.index)
    claim = max(before.claim, lowest, key=HIGHER_FIRST.index)
    certificate, also = _papers(claim, sources)
    facts = msgspec.structs.replace(
        before,
        harvested_on=min(one.harvested_on for one in sources),
        planting=common(sources, lambda one: one.planting),
        claim=claim,
        because="lowest_of_sources" if claim != before.claim else before.because,
        scheme=None if claim == "plain" else common(sources, lambda one: one.scheme),
        certificate=certificate,
    )
    return facts, also
