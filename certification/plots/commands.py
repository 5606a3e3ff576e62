"""Registering land and saying what is planted on it."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from certification.areas import queries as areas
from certification.basis import codes, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.crops import rules as crop_rules
from certification.groups import queries as groups
from certification.plots import queries, rules, shape
from certification.plots.rules import CropPlanted, Land, PlantCrop, PlotRegistered, RegisterPlot
from certification.plots.tables import Planting, Plot, PlotCell, PlotHolder


async def register(data: RegisterPlot, *, by: str, at: datetime) -> PlotRegistered:
    land = rules.measured(data)
    tambon, warnings = _tambon(data.tambon, land)
    async with transaction():
        await _ensure_member(data, local_day(at))
        await _ensure_replaceable(data, local_day(at))
        met = rules.overlaps(land, await queries.neighbours(land, but=(data.replaces,)))
        warnings += land.warnings + (("overlaps",) if met else ())
        code = await codes.issue("plot", data.id, at=at)
        event = PlotRegistered(data.id, code, data.group, tambon, land.area_m2, warnings, met)
        held = await _write_plot(data, land, event, by=by, at=at)
        log.append(event, (Plot, data.id), (PlotHolder, held), subject=data.id, by=by, at=at)
    return event


async def plant(data: PlantCrop, *, by: str, at: datetime) -> CropPlanted:
    """By whoever farms the plot on that day, or by a helper who names that person."""
    today = local_day(at)
    async with transaction():
        plot = await queries.plot(data.plot)
        holder = await queries.holder(data.plot, today)
        same = by != holder and await groups.belongs(by, plot.group, at)
        rules.ensure_farmer(holder, data.on_behalf_of, by=by, same_group=same, plot=plot.id)
        rules.ensure_fits(data, plot.area_m2, today=today)
        event = await _plant(data, plot, by=by, at=at)
        log.append(event, (Planting, data.id), subject=data.plot, by=by, at=at)
    return event


def _tambon(declared: str | None, land: Land) -> tuple[str, tuple[str, ...]]:
    known = False
    if declared:
        code = areas.area(declared).code
        known = areas.polygon(code[:2]) is not None
    lon, lat = land.at
    touched = areas.tambons_touching(shape.touching(land.outline)) if land.outline else []
    return rules.tambon(declared, areas.tambon_at(lat, lon), touched, known=known)


async def _ensure_member(data: RegisterPlot, on: date) -> None:
    if data.group not in await groups.groups_of(data.farmer, on):
        raise rules.NotAMember(group=data.group)


async def _ensure_replaceable(data: RegisterPlot, on: date) -> None:
    """Of the same farmer: an outline drawn anew gives nobody's land to somebody else."""
    if data.replaces is None:
        return
    # Claims the old plot's row: of two that would replace it at once the second waits, and sees.
    old = await in_use().query(
        'UPDATE plot SET area_m2 = area_m2 WHERE id = {} AND "group" = {} RETURNING id',
        data.replaces, data.group,
    )  # fmt: skip
    if not old:
        raise rules.PlotMissing(plot=data.replaces)
    if (await queries.plot(data.replaces)).replaced_by:
        raise rules.ReplacedAlready(plot=data.replaces)
    if await queries.holder(data.replaces, on) != data.farmer:
        raise rules.NotYourPlot(plot=data.replaces)


async def _write_plot(
    data: RegisterPlot, land: Land, event: PlotRegistered, *, by: str, at: datetime
) -> str:
    lon, lat = land.at
    await insert(Plot(
        id=data.id, code=event.code, group=data.group, farmer=data.farmer, name=data.name.strip(),
        kind=data.kind, tambon=event.tambon, moo=data.moo, area_m2=land.area_m2,
        pots=data.pots, shape_source=land.source, shape=land.geojson,
        lat_e7=round(lat * 10**7), lon_e7=round(lon * 10**7),
        replaces=data.replaces, by=by, at=at, salt=secrets.token_bytes(16),
    ))  # fmt: skip
    await insert(*(PlotCell(id=new_id(), cx=x, cy=y, plot=data.id) for x, y in land.cells))
    holder, since = new_id(), data.farmed_since or local_day(at)
    await insert(
        PlotHolder(id=holder, plot=data.id, person=data.farmer, since=since, until=None, by=by)
    )
    return holder


async def _plant(data: PlantCrop, plot: queries.PlotView, *, by: str, at: datetime) -> CropPlanted:
    crop, today = crops.crop(data.crop), local_day(at)
    first, last = crop_rules.harvest_window(crop, data.sown_on)
    network = (await groups.group(plot.group)).network or plot.group
    promise = await crops.expected_yield(crop.id, data.area_m2, network, today)
    beside = [
        other.area_m2
        for other in await queries.plantings(plot.id)
        if other.sown_on <= last and data.sown_on <= other.harvest_until
    ]
    warnings = rules.crowded(plot.area_m2, [*beside, data.area_m2])
    warnings += (promise.warning,) if promise.warning else ()
    await insert(Planting(
        id=data.id, plot=plot.id, crop=crop.id, variety=data.variety, area_m2=data.area_m2,
        sown_on=data.sown_on, harvest_from=first, harvest_until=last,
        yield_kg_per_rai=promise.kg_per_rai, yield_source=promise.source,
        expected_grams=promise.grams, by=by, at=at,
    ))  # fmt: skip
    grams = -1 if promise.grams is None else promise.grams
    return CropPlanted(
        data.id, plot.id, crop.id, data.area_m2, str(first), str(last), grams, warnings
    )
