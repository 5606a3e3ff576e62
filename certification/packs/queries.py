"""What a pack reaches over, and which were taken of somebody's land."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from certification.basis.rows import as_view
from certification.groups import queries as groups
from certification.packs.rules import TakePack
from certification.packs.tables import Pack
from certification.plots import queries as plots


class TakenView(msgspec.Struct, frozen=True):
    id: str
    plot: str | None
    organ: str | None
    scheme: str | None
    year: int | None
    by: str
    at: datetime


class Scope(msgspec.Struct, frozen=True):
    plots: tuple[str, ...]
    """All outlines, the earlier ones too."""
    organs: tuple[str, ...]
    """Those whose meetings belong to it."""
    scheme: str | None
    since: date
    until: date


async def pack(id: str) -> tuple[str, TakePack]:
    """By whom, and what was asked."""
    [row] = await Pack.select().where(Pack.id == id)
    asked = TakePack(row["id"], row["plot"], row["organ"], row["scheme"], row["year"])
    return row["by"], asked


async def taken(of: Iterable[str], organs: Iterable[str]) -> list[TakenView]:
    """Of these plots, or of groups that these plots are of; the newest first."""
    lands, held = [*of], [*organs]
    if not lands and not held:
        return []
    condition = Pack.plot.is_in(lands or [""]) | Pack.organ.is_in(held or [""])
    rows = await Pack.select().where(condition).order_by(Pack.at, ascending=False)
    return [as_view(TakenView, row) for row in rows]


async def scope(data: TakePack) -> Scope:
    since, until = date(1900, 1, 1), date(9999, 12, 31)
    if data.year is not None:
        since, until = date(data.year, 1, 1), date(data.year, 12, 31)
    if data.plot is not None:
        group = (await plots.plot(data.plot)).group
        lands = await plots.outlines(data.plot)
        return Scope(tuple(lands), (group,), data.scheme, since, until)
    organ = str(data.organ)
    organs = (organ, *(one.id for one in await groups.networks_groups(organ)))
    lands = [plot.id for one in organs for plot in await plots.of_group(one)]
    return Scope(tuple(lands), organs, data.scheme, since, until)
