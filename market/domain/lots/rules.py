"""What a harvest may call itself, and what may be poured where.

The claim is never chosen: it follows from the certificate that held for the crop on the day of
harvest and from what the planting can have yielded. What the farmer wishes can only lower it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

import msgspec

from certification.schemes.rules import Part
from market.domain.lots.refusals import (
    HarvestInFuture,
    HarvestTooLongAgo,
    NoGrams,
    NotTheHolder,
    SoonAfterManure,
    Unlikely,
)

LATE_DAYS_MAX = 30
GRAMS_MAX = 10**9
"""How long after the harvest a lot may still be reported: a phone may be long without signal."""
WINDOW_DAYS_EITHER_SIDE = 14
"""A crop calendar is a rough thing: so far beside the window a harvest still counts as of it."""

MOVES_ON = {
    ("available", "held"), ("available", "sold"), ("available", "used"), ("available", "leased"),
    ("held", "sold"), ("leased", "sold"),
}  # fmt: skip
"""From bucket to bucket, what no recalled lot does; back and to waste it may."""

LeaseDeed = Literal["lease", "return", "sell", "unsell", "waste"]
LEASE_WAYS: dict[LeaseDeed, tuple[str, str]] = {
    "lease": ("available", "leased"),
    "return": ("leased", "available"),
    "sell": ("leased", "sold"),
    "unsell": ("sold", "leased"),
    "waste": ("leased", "waste"),
}
"""From bucket to bucket, of what a truck takes along."""

OrderDeed = Literal["hold", "take", "sell", "release", "unsell"]
ORDER_WAYS: dict[OrderDeed, tuple[str, str]] = {
    "hold": ("available", "held"),
    "take": ("available", "sold"),
    "sell": ("held", "sold"),
    "release": ("held", "available"),
    "unsell": ("sold", "available"),
}
"""From bucket to bucket, of what an order reserves."""

Claim = Literal["organic", "in_conversion", "plain"]
HIGHER_FIRST: tuple[Claim, ...] = ("organic", "in_conversion", "plain")

LOWEST_FIRST = ("conventional", "in_conversion", "organic")
"""Stages of land."""

BECAUSE = (
    "certificate_held",
    "stage_passed",
    "stage_restarted",
    "wished_lower",
    "no_certificate",
    "still_conventional",
    "open_critical",
    "laboratory_awaited",
    "conversion_not_labelled",
    "raw_manure",
    "no_planting",
    "outside_window",
    "yield_unknown",
    "over_ceiling",
    "of_sources",
    "lowest_of_sources",
    "kept_lower",
)
"""`lots.because.<word>` in the catalogues; only the first three go with a claim above plain,
the fourth with any, the two of sources are of lots made of others, and the last is of a lot that
was corrected and could be called more, which nobody has said yes to."""


class HarvestLot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    plot: str
    crop: str
    harvested_on: date
    grams: int
    planting: str | None = None
    """Without it nobody can tell what the land may have yielded: the lot is plain."""
    wish: Claim = "organic"
    """The highest claim wanted."""
    scheme: str | None = None
    """Whose certificate to name, where several held."""
    code: str | None = None
    """One issued to the device beforehand; without it a fresh one is given."""
    on_behalf_of: str | None = None
    """The farmer, where somebody else of the group types."""
    as_plain: bool = False
    """Yes: where no certificate held for it that day, it is ordinary produce, and saved as that."""


class Held(msgspec.Struct, frozen=True):
    """A certificate that held for the crop on the day of harvest."""

    certificate: str
    scheme: str
    stage: str
    """Of the plot on the day of harvest, for this class of crops: organic, in_conversion,
    conventional"""
    yield_tolerance: Part
    """The ceiling as a part of the expected yield: 6 of 5 allows a fifth more."""
    conversion_labelled: bool
    printed: str = ""
    """What the paper says, of its first day and its slowest crop; empty: the same."""
    ripe_on: date | None = None
    """The first day of a harvest after raw manure, by this charter; none where none was used."""


class Yield(msgspec.Struct, frozen=True):
    """What a planting can have given."""

    window_from: date
    window_until: date
    expected_grams: int | None
    """None: nobody knows, until the committee sets a figure."""
    claimed_grams: int
    """Of all its earlier lots that bear a claim."""


class Claimed(msgspec.Struct, frozen=True):
    claim: Claim
    because: str
    """A word of `BECAUSE`."""
    certificate: str | None = None
    scheme: str | None = None
    also: tuple[str, ...] = ()
    """Other certificates that held."""
    ceiling_grams: int | None = None
    """What the planting may give under this claim, where that is known."""


class Facts(msgspec.Struct, frozen=True):
    """All of a lot that a correction may change, its own or one of a lot that went into it."""

    crop: str
    harvested_on: date
    grams: int
    planting: str | None
    claim: Claim
    because: str
    scheme: str | None
    certificate: str | None


class LotHarvested(msgspec.Struct, frozen=True, tag="lots.harvested"):
    lot: str
    code: str
    plot: str
    crop: str
    harvested_on: str
    grams: int
    claim: str
    because: str
    stock: str
    ceiling_grams: int = 0
    """0: not known, or not asked."""
    beside: str = ""
    """Of another stage: land on which the same farmer grew the same crop that day."""


class Spoil(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a lot: rotten, eaten by something, or given away."""

    id: str
    lot: str
    grams: int


class Stopped(msgspec.Struct, frozen=True, tag="lots.stopped"):
    """By so many recalls, after this one."""

    stock: str
    frozen: int


class Resumed(msgspec.Struct, frozen=True, tag="lots.resumed"):
    stock: str
    frozen: int


class Portion(NamedTuple):
    """Of an order's line: so many grams of that stock."""

    stock: str
    grams: int
    subject: str


class Poured(msgspec.Struct, frozen=True, tag="lots.poured"):
    """Grams went from bucket to bucket."""

    stock: str
    source: str
    target: str
    grams: int
    subject: str


def check_harvest(data: HarvestLot, today: date) -> None:
    if not 0 < data.grams <= GRAMS_MAX:
        raise NoGrams(field="grams")
    if data.harvested_on > today:
        raise HarvestInFuture(harvested_on=data.harvested_on.isoformat())
    if data.harvested_on < today - timedelta(days=LATE_DAYS_MAX):
        raise HarvestTooLongAgo(harvested_on=data.harvested_on.isoformat(), days=LATE_DAYS_MAX)


def farmer(
    holder: str | None, on_behalf_of: str | None, *, by: str, same_group: bool, plot: str
) -> str:
    """Always who farmed the plot that day; somebody of the same group may type for that person."""
    types_for_holder = on_behalf_of == holder and same_group
    if holder is None or not (by == holder or types_for_holder):
        raise NotTheHolder(plot=plot)
    return holder


def check_likely(made: LotHarvested, expected_grams: int | None, held: Sequence[Held] = ()) -> None:
    if made.because == "raw_manure":
        ripe = max(one.ripe_on for one in held if one.ripe_on is not None)
        raise SoonAfterManure(ripe_on=str(ripe))
    if made.because == "over_ceiling" or (expected_grams and made.grams > expected_grams):
        raise Unlikely(grams=made.grams)


def claim(
    data: HarvestLot, held: Sequence[Held], yields: Yield | None, *, open_critical: bool = False,
    laboratory_awaited: bool = False,
) -> Claimed:  # fmt: skip
    """The highest claim that certificate, calendar, yield and wish allow, and why no higher.

    `open_critical`: an inspection found something critical on the plot that nobody has closed yet.
    `laboratory_awaited`: a kit found residues above the limit in the field.
    """
    best = sorted(held, key=lambda one: _preference(one, data.scheme))
    chosen = best[0] if best else None
    ceiling = ceiling_grams(yields, chosen) if yields and chosen else None
    if chosen is None:
        return Claimed("plain", "no_certificate")
    if data.wish == "plain":
        return Claimed("plain", "wished_lower")
    if open_critical:
        return Claimed("plain", "open_critical")
    if laboratory_awaited:
        return Claimed("plain", "laboratory_awaited")
    if doubt := _doubt(data, chosen, yields, ceiling):
        return Claimed("plain", doubt, ceiling_grams=ceiling)
    earned: Claim = "organic" if chosen.stage == "organic" else "in_conversion"
    given = max(earned, data.wish, key=HIGHER_FIRST.index)
    return Claimed(
        given,
        _because(chosen) if given == earned else "wished_lower",
        chosen.certificate,
        chosen.scheme,
        tuple(one.certificate for one in best[1:]),
        ceiling,
    )


def _because(held: Held) -> str:
    """Whether the land has moved on since the paper was printed, or begun anew."""
    if held.printed in ("", held.stage):
        return "certificate_held"
    return "stage_passed" if held.stage == "organic" else "stage_restarted"


def beside(here: Sequence[Held], others: Sequence[Sequence[Held]]) -> str:
    """The lowest stage of the same crop on other land of the farmer, where it is not this one's."""
    found = {_stage(held) for held in others} - {_stage(here)}
    return next((stage for stage in LOWEST_FIRST if stage in found), "")


def _stage(held: Sequence[Held]) -> str:
    """Land without a certificate for the crop counts as conventional."""
    return max((one.stage for one in held), key=LOWEST_FIRST.index, default="conventional")


def ceiling_grams(yields: Yield, held: Held) -> int | None:
    if yields.expected_grams is None:
        return None
    return yields.expected_grams * held.yield_tolerance.part // held.yield_tolerance.of


def _preference(held: Held, scheme: str | None) -> tuple[bool, bool, str, str]:
    """The wished scheme first, then organic before conversion, then the same order every time."""
    return held.scheme != scheme, held.stage != "organic", held.scheme, held.certificate


def _doubt(data: HarvestLot, held: Held, yields: Yield | None, ceiling: int | None) -> str | None:
    """Why a certificate that held is not enough."""
    if doubt := _of_the_land(data, held):
        return doubt
    if yields is None:
        return "no_planting"
    beside = timedelta(days=WINDOW_DAYS_EITHER_SIDE)
    if not yields.window_from - beside <= data.harvested_on <= yields.window_until + beside:
        return "outside_window"
    if ceiling is None:
        return "yield_unknown"
    return "over_ceiling" if yields.claimed_grams + data.grams > ceiling else None


def _of_the_land(data: HarvestLot, held: Held) -> str | None:
    if held.stage == "conventional":
        return "still_conventional"
    if held.stage != "organic" and not held.conversion_labelled:
        return "conversion_not_labelled"
    soon = held.ripe_on is not None and data.harvested_on < held.ripe_on
    return "raw_manure" if soon else None
