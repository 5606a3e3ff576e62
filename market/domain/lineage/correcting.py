"""A harvest that was told wrongly: what was told stays, what is known now stands beside it."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial

import msgspec
from piccolo.table import Table

from certification.basis import log
from certification.basis.asked import once
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.plots import queries as plots
from market.domain.lineage import corrections, queries, refusals, rules
from market.domain.lineage.barred import bars
from market.domain.lineage.corrections import CorrectLot
from market.domain.lineage.rules import LotCorrected
from market.domain.lineage.tables import LotCorrection, LotDeed
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.earning import earned, given_back
from market.domain.lots.queries import Lot
from market.domain.lots.refusals import NotTheHolder
from market.domain.lots.rules import Claim, Claimed, Facts, HarvestLot
from market.domain.lots.tables import Lot as LotRow
from market.domain.lots.tables import LotAlso
from market.domain.lots.telling import tell_otherwise

Rows = list[tuple[type[Table], str]]


class Derived(msgspec.Struct, frozen=True):
    lot: Lot
    before: Facts
    after: Facts
    beside: str | None
    also: tuple[str, ...]
    could_be: Claim
    """The claim that it has earned, where nobody said yes to more than it bore."""


async def correct(data: CorrectLot, *, by: str, at: datetime) -> LotCorrected:
    """Weight, day, crop or planting of a harvest; what was made of it follows, downwards only."""
    do = partial(_correct, data, by=by, at=at)
    async with transaction():
        return await once(data.id, "lineage.correct", data, do, LotCorrected, by=by, at=at)


async def _correct(data: CorrectLot, *, by: str, at: datetime) -> LotCorrected:
    found = await derive(data, by=by, at=at)
    more = found.after.grams - found.before.grams
    if more:
        await lots.weigh_again(found.lot.stock, more, subject=data.id, by=by, at=at)
    await insert(
        LotDeed(
            id=data.id, kind="correction", group=found.lot.group, loss_grams=0,
            note=data.reason.strip(), by=by, at=at, salt=secrets.token_bytes(16),
        )
    )  # fmt: skip
    told = found.before, found.after
    rows = await _told(data.id, data.lot, *told, found.beside, found.also)
    others = await _follow(data, by=by, at=at)
    event = LotCorrected(
        data.id, data.lot, [one.crop for one in told],
        [one.harvested_on.isoformat() for one in told], [one.grams for one in told],
        [one.claim for one in told], others,
    )  # fmt: skip
    log.append(event, (LotDeed, data.id), *rows, subject=data.lot, by=by, at=at)
    return event


async def preview(data: CorrectLot, *, by: str, at: datetime) -> Derived:
    """What it would come to, or the refusal; nothing is kept."""
    try:
        async with transaction():
            raise _Looked(await derive(data, by=by, at=at))
    except _Looked as looked:
        return looked.found


class _Looked(Exception):
    def __init__(self, found: Derived) -> None:
        self.found = found


async def derive(data: CorrectLot, *, by: str, at: datetime) -> Derived:
    """What a correction comes to, or why it is refused; its grams are counted anew."""
    await lots.claim(data.lot)
    lot = await lots_seen.lot(data.lot)
    if lot.deed or lot.plot is None or lot.farmer is None:
        raise refusals.OnlyHarvests(lot=lot.code)
    before = facts_of(lot)
    turns = len(await queries.corrections(lot.id))
    corrections.check_correction(data, before, local_day(lot.at), turns)
    stock = await lots_seen.stock_of(lot.id)
    corrections.check_gone(data, before, stock.capacity_grams - stock.available_grams)
    if await plots.holder(lot.plot, data.harvested_on) != lot.farmer:
        raise NotTheHolder(plot=lot.plot)
    claimed, beside, could_be = await _claim(data, lot, at=at)
    if corrections.rises(before.claim, claimed.claim):
        if by == lot.farmer:
            raise refusals.OwnClaim(lot=lot.code)
        rules.check_free(await bars(lot.id, local_day(at)), lot.code)
    after = Facts(
        data.crop, data.harvested_on, data.grams, data.planting,
        claimed.claim, claimed.because, claimed.scheme, claimed.certificate,
    )  # fmt: skip
    return Derived(lot, before, after, beside or None, claimed.also, could_be)


async def _claim(data: CorrectLot, lot: Lot, *, at: datetime) -> tuple[Claimed, str, Claim]:
    """As if it were reported now with what is known now; a wish of then is kept."""
    assert lot.plot
    assert lot.farmer
    await given_back(lot.planting, lot.harvested_on, lot.grams, lot.claim)
    wish = lot.claim if lot.because == "wished_lower" and not data.higher else "organic"
    told = HarvestLot(
        lot.plot, data.crop, data.harvested_on, data.grams, data.planting, wish, lot.scheme
    )
    has, beside = await earned(told, lot.group, lot.farmer, at=at)
    kept = corrections.kept(lot.claim, has, higher=data.higher)
    if kept.claim == "plain" != has.claim:
        await given_back(data.planting, data.harvested_on, data.grams, has.claim)
    return kept, beside, has.claim


async def _told(
    deed: str, lot: str, before: Facts, after: Facts, beside: str | None, also: tuple[str, ...]
) -> Rows:
    new = await tell_otherwise(lot, before, after, beside, also)
    if new is None:
        raise refusals.CorrectedMeanwhile()
    turn = len(await queries.corrections(lot)) + 1
    old = {f"old_{name}": value for name, value in msgspec.structs.asdict(before).items()}
    now = {f"new_{name}": value for name, value in msgspec.structs.asdict(after).items()}
    row = LotCorrection(id=following(deed, lot), deed=deed, lot=lot, turn=turn, **old, **now)
    await insert(row)
    return [(LotRow, lot), (LotCorrection, str(row.id)), *((LotAlso, id) for id in new)]


async def _follow(data: CorrectLot, *, by: str, at: datetime) -> list[str]:
    """Sources before what was made of them, so that each is told once."""
    others = []
    for kin in await queries.descendants(data.lot):
        lot = await lots_seen.lot(kin.lot)
        sources = [await queries.source(link.lot) for link in await queries.inputs_of(lot.id)]
        before = facts_of(lot)
        after, also = corrections.following(before, sources)
        if after == before:
            continue
        rows = await _told(data.id, lot.id, before, after, lot.beside, also)
        days = [one.harvested_on.isoformat() for one in (before, after)]
        event = rules.Followed(data.id, lot.id, days, [before.claim, after.claim])
        log.append(event, *rows, subject=lot.id, by=by, at=at)
        others.append(lot.id)
    return others


def facts_of(lot: Lot) -> Facts:
    return Facts(
        lot.crop, lot.harvested_on, lot.grams, lot.planting, lot.claim, lot.because,
        lot.scheme, lot.certificate,
    )  # fmt: skip
