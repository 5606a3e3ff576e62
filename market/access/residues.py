"""Where a test for residues stands, and whether one may be written down of these goods."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from certification.basis.ids import is_id
from certification.basis.units import local_day
from certification.plots import queries as plots
from certification.residues import queries
from certification.residues.queries import TestView
from certification.residues.rules import NoteTest, TestMissing
from market.access import whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere


async def test(id: str, at: datetime) -> tuple[TestView, Place]:
    """It stands where its land does, else where the market was held."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.test(id)
    except TestMissing:
        raise NotThere from None
    if found.plot:
        holder = await plots.holder(found.plot, local_day(at))
        return found, await whose.of_group(found.organ, owner=holder or "")
    return found, await whose.of_group(found.organ)


async def noted(permit: Permit, data: NoteTest, at: datetime) -> NoteTest:
    """With land and group of what is named; NotThere where that is out of reach."""
    if before := data.corrects or data.confirms:
        _, place = await test(before, at)
        permit.check(place)
        return data
    if data.lot:
        lot, place = await whose.lot(data.lot)
        permit.check(place)
        return replace(data, organ=lot.group, plot=lot.plot, lot_code=lot.code, crop=lot.crop)
    if data.plot:
        plot, place = await whose.plot(data.plot, at)
        permit.check(place)
        return replace(data, organ=plot.group)
    permit.check(await whose.of_group(data.organ))
    return data


async def seen(permit: Permit, at: datetime) -> list[TestView]:
    """All of the groups in reach, and of the own land."""
    reached = await whose.groups_reached(permit)
    found = {one.id: one for one in await queries.of_organs({*reached, *permit.groups()})}
    for land in await plots.of_farmer(permit.person, local_day(at)):
        found |= {one.id: one for one in await queries.of_plot(land.id)}
    return sorted(found.values(), key=lambda one: (one.taken_on, one.at, one.id), reverse=True)
