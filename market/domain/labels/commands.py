"""Printing labels: counted against the grams of the lot, whoever prints at the same moment."""

from __future__ import annotations

from datetime import datetime

from certification.basis import codes, log
from certification.basis.asked import once
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.groups import queries as groups
from certification.residues import queries as residues
from market.domain.labels import queries, rules
from market.domain.labels.rules import LabelsPrinted, PrintLabels
from market.domain.labels.tables import LabelRun, LabelShift
from market.domain.lots import commands as pours
from market.domain.lots import queries as lots

MAY_PRINT = {"leader", "secretariat", "operator"}
"""For the farmers of their group or network."""


async def print_run(id: str, data: PrintLabels, *, by: str, at: datetime) -> LabelsPrinted:
    """The same id and words again are answered as before: a sheet that jammed is a reprint."""

    async def do() -> LabelsPrinted:
        return await _print(id, data, by=by, at=at)

    async with transaction():
        return await once(id, "labels.print", data, do, LabelsPrinted, by=by, at=at)


async def issue_codes(data: rules.IssueCodes, *, by: str, at: datetime) -> rules.CodesIssued:
    """A block for a device, to be written on crates where there is no signal and bound later."""
    async with transaction():
        rules.check_codes(data.count, len(await codes.waiting("lot", data.device)))
        await codes.issue_block("lot", data.device, data.count, at=at)
        event = rules.CodesIssued(data.device, data.count)
        log.append(event, subject=data.device, by=by, at=at)
    return event


async def set_shift(data: rules.SetShift, *, by: str, at: datetime) -> rules.ShiftSet:
    """Sheets that are opened from now on are moved, those of earlier runs too."""
    async with transaction():
        rules.check_shift(data)
        await insert(
            LabelShift(
                id=data.id, sheet=data.sheet, right_tenths=data.right, down_tenths=data.down,
                by=by, at=at,
            )
        )  # fmt: skip
        event = rules.ShiftSet(data.id, data.sheet)
        log.append(event, subject=by, by=by, at=at)
    return event


async def _print(id: str, data: PrintLabels, *, by: str, at: datetime) -> LabelsPrinted:
    rules.check(data)
    lot = await lots.lot(data.lot)
    await _ensure_may_print(lot, by=by, at=at)
    if not await queries.claim_stands(lot):
        waits = await residues.lot_waits(lot.id)
        raise rules.LaboratoryAwaited(lot=lot.code) if waits else rules.ClaimLost(lot=lot.code)
    await pours.ensure_free(lot.stock)
    grams = data.packet_grams * data.labels
    if data.reprint_of is None:
        if left := await _counted(lot.id, grams, lot.grams):
            raise rules.TooManyPackets(grams_left=left[0])
    else:
        first = await queries.run(data.reprint_of)
        rules.check_reprint(data, first)
        if await _counted(first.id, grams, first.packet_grams * first.labels):
            raise rules.TooManyReprints(run=first.id)
    return await _write(id, data, by=by, at=at)


async def _ensure_may_print(lot: lots.Lot, *, by: str, at: datetime) -> None:
    if by == lot.farmer:
        return
    group = await groups.group(lot.group)
    grants = await groups.grants_of(by, at)
    if not any(g.role in MAY_PRINT and g.group in (group.id, group.network) for g in grants):
        raise rules.NotYourLot(lot=lot.code)


async def _counted(id: str, grams: int, most: int) -> tuple[int] | None:
    """Count `grams` for `id`; else what is left of `most`."""
    counted = grams <= most and await in_use().query(
        "INSERT INTO label_total (id, grams) VALUES ({}, {})"
        " ON CONFLICT (id) DO UPDATE SET grams = label_total.grams + excluded.grams"
        " WHERE label_total.grams + excluded.grams <= {} RETURNING grams",
        id, grams, most,
    )  # fmt: skip
    return None if counted else (most - await queries.labelled_grams(id),)


async def _write(id: str, data: PrintLabels, *, by: str, at: datetime) -> LabelsPrinted:
    await insert(
        LabelRun(
            id=id, lot=data.lot, sheet=data.sheet, packet_grams=data.packet_grams,
            labels=data.labels, start_at=data.start_at, reprint_of=data.reprint_of,
            level=data.level, reason=data.reason, by=by, at=at,
        )
    )  # fmt: skip
    event = LabelsPrinted(
        id, data.lot, data.labels, data.packet_grams, data.reprint_of or "", data.reason or ""
    )
    log.append(event, (LabelRun, id), subject=data.lot, by=by, at=at)
    return event
