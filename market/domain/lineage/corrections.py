"""A lot is told otherwise than it was, and so is what was made of it: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from market.domain.lineage.refusals import (
    CorrectedMeanwhile,
    CropGoneAlready,
    GoneAlready,
    HarvestedAfterReported,
    NoReason,
    NoteTooLong,
    NothingCorrected,
)
from market.domain.lineage.rules import NOTE_LETTERS_MAX, Source, common, papers
from market.domain.lots.refusals import HarvestTooLongAgo, NoGrams
from market.domain.lots.rules import GRAMS_MAX, HIGHER_FIRST, LATE_DAYS_MAX, Claim, Claimed, Facts


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
    certificate, also = papers(claim, sources)
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
