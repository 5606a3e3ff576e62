"""Saying what one's land is; each statement is kept, a later one takes its place."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.land import queries, rules
from certification.land.rules import (
    AttachScan,
    DeclareHolding,
    EndPaper,
    HoldingDeclared,
    NotePaper,
    NoteSide,
    NoteWater,
    NoteYear,
    PaperNoted,
    PaperScanned,
    PaperTakenOut,
    SideNoted,
    WaterNoted,
    YearNoted,
)
from certification.land.tables import Holding, LandPaper, LandSide, LandWater, LandYear
from certification.people import sealed
from certification.plots import queries as plots


async def note_paper(data: NotePaper, *, by: str, at: datetime) -> PaperNoted:
    rules.ensure_paper(data)
    event = PaperNoted(data.id, data.plot, data.kind)
    async with transaction():
        farmer = await _speaks(data.plot, data.on_behalf_of, by=by, at=at)
        name = " ".join(data.holder.split())
        await insert(LandPaper(
            id=data.id, plot=data.plot, kind=data.kind, number=data.number or None,
            area_m2=data.area_m2, farmer=farmer, relation=data.relation, scan=None,
            holder_sealed=await sealed.seal(farmer, name) if name else None,
            by=by, at=at, ended_by=None, ended_at=None, salt=_salt(),
        ))  # fmt: skip
        log.append(event, (LandPaper, data.id), subject=data.plot, by=by, at=at)
    return event


async def attach_scan(data: AttachScan, *, by: str, at: datetime) -> PaperScanned:
    """The same picture again changes nothing."""
    async with transaction():
        plot = await queries.plot_of(data.paper)
        await _speaks(plot, data.on_behalf_of, by=by, at=at)
        event = PaperScanned(data.paper, plot, data.scan)
        scanned = await in_use().query(
            "UPDATE land_paper SET scan = {} WHERE id = {} AND ended_at IS NULL"
            " AND (scan IS NULL OR scan = {}) RETURNING id",
            data.scan, data.paper, data.scan,
        )  # fmt: skip
        if not scanned:
            raise rules.ScannedAlready(paper=data.paper)
        log.append(event, (LandPaper, data.paper), subject=plot, by=by, at=at)
    return event


async def end_paper(data: EndPaper, *, by: str, at: datetime) -> PaperTakenOut:
    """Claims the row: taken out once."""
    async with transaction():
        plot = await queries.plot_of(data.paper)
        await _speaks(plot, data.on_behalf_of, by=by, at=at)
        ended = await in_use().query(
            "UPDATE land_paper SET ended_by = {}, ended_at = {} WHERE id = {}"
            " AND ended_at IS NULL RETURNING id",
            by, at, data.paper,
        )  # fmt: skip
        if not ended:
            raise rules.PaperEnded(paper=data.paper)
        event = PaperTakenOut(data.paper, plot)
        log.append(event, (LandPaper, data.paper), subject=plot, by=by, at=at)
    return event


async def note_year(data: NoteYear, *, by: str, at: datetime) -> YearNoted:
    rules.ensure_year(data, today=local_day(at))
    event = YearNoted(data.id, data.plot, data.year)
    async with transaction():
        await _speaks(data.plot, data.on_behalf_of, by=by, at=at)
        await insert(LandYear(
            id=data.id, plot=data.plot, year=data.year, crop=data.crop.strip(), used=data.used,
            inputs=data.inputs or None, by=by, at=at, salt=_salt(),
        ))  # fmt: skip
        log.append(event, (LandYear, data.id), subject=data.plot, by=by, at=at)
    return event


async def note_side(data: NoteSide, *, by: str, at: datetime) -> SideNoted:
    rules.ensure_side(data)
    event = SideNoted(data.id, data.plot, data.side)
    async with transaction():
        await _speaks(data.plot, data.on_behalf_of, by=by, at=at)
        await insert(LandSide(
            id=data.id, plot=data.plot, side=data.side, use=data.use, risk=data.risk,
            buffer=data.buffer, buffer_cm=data.buffer_cm, note=data.note or None,
            by=by, at=at, salt=_salt(),
        ))  # fmt: skip
        log.append(event, (LandSide, data.id), subject=data.plot, by=by, at=at)
    return event


async def note_water(data: NoteWater, *, by: str, at: datetime) -> WaterNoted:
    rules.ensure_water(data, today=local_day(at))
    event = WaterNoted(data.id, data.plot)
    async with transaction():
        await _speaks(data.plot, data.on_behalf_of, by=by, at=at)
        await insert(LandWater(
            id=data.id, plot=data.plot, sources=",".join(sorted(set(data.sources))),
            flood_days=data.flood_days, flooded_until=data.flooded_until,
            soil_tested_on=data.soil_tested_on, note=data.note or None,
            by=by, at=at, salt=_salt(),
        ))  # fmt: skip
        log.append(event, (LandWater, data.id), subject=data.plot, by=by, at=at)
    return event


async def declare_holding(data: DeclareHolding, *, by: str, at: datetime) -> HoldingDeclared:
    """Never less than what is registered here already."""
    event, today = HoldingDeclared(data.id, data.person), local_day(at)
    async with transaction():
        same = by != data.person and await _shares_a_group(by, data.person, at)
        rules.ensure_speaks(data.person, data.on_behalf_of, by=by, same=same)
        rules.ensure_holding(data, registered_m2=await queries.registered_m2(data.person, today))
        await insert(Holding(
            id=data.id, person=data.person, area_m2=data.area_m2, pieces=data.pieces,
            other_m2=data.other_m2, parallel=data.parallel, whole_by=data.whole_by,
            note=data.note or None, by=by, at=at, salt=_salt(),
        ))  # fmt: skip
        log.append(event, (Holding, data.id), subject=data.person, by=by, at=at)
    return event


async def _speaks(plot: str, on_behalf_of: str | None, *, by: str, at: datetime) -> str:
    view = await plots.plot(plot)
    holder = await plots.holder(plot, local_day(at))
    same = by != holder and await groups.belongs(by, view.group, at)
    return rules.ensure_speaks(holder, on_behalf_of, by=by, same=same)


async def _shares_a_group(by: str, person: str, at: datetime) -> bool:
    theirs = await groups.groups_of(person, local_day(at))
    return any([await groups.belongs(by, group, at) for group in theirs])


def _salt() -> bytes:
    return secrets.token_bytes(16)
