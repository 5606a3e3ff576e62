"""Lots are split, mixed and packed; the grams that go in are poured out of their stock."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import partial

from piccolo.table import Table

from certification.basis import log
from certification.basis.asked import once
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from market.domain.lineage import queries, refusals, rules
from market.domain.lineage.barred import bars
from market.domain.lineage.rules import LotsMade, Made, MakeLots, Outcome
from market.domain.lineage.tables import LotDeed, LotFreeze, LotInput, LotOrigin
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.making import MakeLot, make
from market.domain.lots.refusals import LotRecalled, SoldOut


async def make_lots(data: MakeLots, *, by: str, at: datetime) -> LotsMade:
    """Of what is available only; the same id and words again are answered as before."""
    do = partial(_make_lots, data, by=by, at=at)
    async with transaction():
        return await once(data.id, "lineage.make", data, do, LotsMade, by=by, at=at)


async def preview(data: MakeLots, at: datetime) -> Outcome:
    """What would come out, or the refusal; nothing is written."""
    rules.check(data)
    for picked in data.inputs:
        lot = await lots_seen.lot(picked.lot)
        rules.check_free(await bars(lot.id, local_day(at)), lot.code)
        if lot.grams_left < picked.grams:
            raise refusals.NotSoMuchLeft(lot=lot.code, grams_left=lot.grams_left)
    return rules.outcome(data, [await queries.source(picked.lot) for picked in data.inputs])


async def _make_lots(data: MakeLots, *, by: str, at: datetime) -> LotsMade:
    rules.check(data)
    await _use(data, by=by, at=at)  # first: from here on nobody corrects or freezes these lots
    for picked in data.inputs:
        lot = await lots_seen.lot(picked.lot)
        rules.check_free(await bars(lot.id, local_day(at)), lot.code)
    found = rules.outcome(data, [await queries.source(picked.lot) for picked in data.inputs])
    await _write(data, found, by=by, at=at)
    made = [await _came_out(data, found, turn, by=by, at=at) for turn in range(len(data.outputs))]
    event = LotsMade(
        data.id, data.kind, found.claim, found.because, found.loss_grams, [*data.inputs], made
    )
    log.append(event, (LotDeed, data.id), subject=data.id, by=by, at=at)
    return event


async def _use(data: MakeLots, *, by: str, at: datetime) -> None:
    """In one order, so that two who mix the same lots do not wait for each other."""
    there = [(await lots_seen.lot(picked.lot), picked.grams) for picked in data.inputs]
    for lot, grams in sorted(there, key=lambda one: one[0].stock):
        try:
            await lots.use(lot.stock, grams, subject=data.id, by=by, at=at)
        except SoldOut as no:
            raise refusals.NotSoMuchLeft(lot=lot.code, grams_left=no.facts["grams_left"]) from None
        except LotRecalled:
            raise refusals.Recalled(lot=lot.code, of=lot.code) from None


async def _write(data: MakeLots, found: Outcome, *, by: str, at: datetime) -> None:
    await insert(
        LotDeed(
            id=data.id, kind=data.kind, group=found.group, loss_grams=found.loss_grams,
            note=data.note, by=by, at=at, salt=secrets.token_bytes(16),
        )
    )  # fmt: skip
    for picked in data.inputs:
        id = following(data.id, picked.lot)
        await insert(LotInput(id=id, deed=data.id, lot=picked.lot, grams=picked.grams))
        used = rules.Used(picked.lot, data.id, data.kind, picked.grams)
        log.append(used, (LotInput, id), subject=picked.lot, by=by, at=at)


async def _came_out(data: MakeLots, found: Outcome, turn: int, *, by: str, at: datetime) -> Made:
    parcel, id = data.outputs[turn], following(data.id, f"lot {turn}")
    made = await make(
        MakeLot(
            id=id, deed=data.id, grams=parcel.grams, group=found.group, crop=found.crop,
            harvested_on=found.harvested_on, claim=found.claim, because=found.because,
            plot=found.plot, farmer=found.farmer, planting=found.planting, scheme=found.scheme,
            certificate=found.certificate, also=found.also, code=parcel.code,
        ),
        by=by, at=at,
    )  # fmt: skip
    rows: list[tuple[type[Table], str]] = []
    for part in found.parts[turn]:
        row = LotOrigin(id=following(id, part.origin), lot=id, origin=part.origin, grams=part.grams)
        await insert(row)
        rows.append((LotOrigin, str(row.id)))
    of = [rules.Pick(part.origin, part.grams) for part in found.parts[turn]]
    log.append(rules.Divided(id, of), *rows, subject=id, by=by, at=at)
    return Made(id, made.code, parcel.grams)


async def freeze(
    id: str, lot: str, because: refusals.Barred, reference: str, *, by: str, at: datetime
) -> rules.Frozen:
    """It is neither split, mixed, corrected, sold nor loaded until it is thawed; again for the
    same changes nothing. Called by what stands above: a recall."""
    event = rules.Frozen(lot, because, reference)
    async with transaction():
        await lots.claim(lot)
        new = await in_use().query(
            'INSERT INTO lot_freeze (id, lot, because, reference, "by", at)'
            " VALUES ({}, {}, {}, {}, {}, {}) ON CONFLICT (lot, reference) DO UPDATE SET"
            " thawed_by = NULL, thawed_at = NULL WHERE lot_freeze.thawed_at IS NOT NULL"
            " RETURNING id",
            id, lot, because, reference, by, at,
        )  # fmt: skip
        if new:
            log.append(event, (LotFreeze, new[0]["id"]), subject=lot, by=by, at=at)
            await lots.stop(lot, by=by, at=at)
    return event


async def thaw(lot: str, reference: str, *, by: str, at: datetime) -> rules.Thawed:
    """What it was frozen for is over; other reasons stay."""
    event = rules.Thawed(lot, reference)
    async with transaction():
        done = await in_use().query(
            "UPDATE lot_freeze SET thawed_by = {}, thawed_at = {} WHERE lot = {}"
            " AND reference = {} AND thawed_at IS NULL RETURNING id",
            by, at, lot, reference,
        )  # fmt: skip
        for row in done:
            log.append(event, (LotFreeze, row["id"]), subject=lot, by=by, at=at)
            await lots.resume(lot, by=by, at=at)
    return event
