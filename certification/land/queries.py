"""The land of a plot as its farmer tells it; names on papers are for who may read the plot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.basis.units import local_day
from certification.land.rules import LEVELS, SIDES, PaperMissing
from certification.land.tables import Holding, LandPaper, LandSide, LandWater, LandYear
from certification.land.views import (
    HoldingView,
    LandView,
    PaperView,
    SideView,
    WaterView,
    YearView,
)
from certification.people import sealed
from certification.plots import queries as plots


async def land(plot: str, on: date) -> LandView:
    view = await plots.plot(plot)
    farmer = await plots.holder(plot, on) or view.farmer
    rows = await LandYear.select().where(LandYear.plot == plot).order_by(LandYear.at, LandYear.id)
    years = {row["year"]: as_view(YearView, row) for row in rows}
    rows = await LandSide.select().where(LandSide.plot == plot).order_by(LandSide.at, LandSide.id)
    sides = {row["side"]: as_view(SideView, row) for row in rows}
    return LandView(
        plot,
        view.kind,
        await papers(plot),
        tuple(years[year] for year in sorted(years, reverse=True)),
        tuple(sides[side] for side in SIDES if side in sides),
        await water(plot),
        await holding(farmer, on),
    )


async def synthetic_years(plot: str) -> list[tuple[int, date]]:
    """Years of which was last said that synthetic things were used, and the day it was said."""
    rows = await LandYear.select().where(LandYear.plot == plot).order_by(LandYear.at, LandYear.id)
    last = {row["year"]: row for row in rows}
    return [
        (year, local_day(row["at"])) for year, row in last.items() if row["used"] == "synthetic"
    ]


async def papers(plot: str) -> tuple[PaperView, ...]:
    """Those that were not taken out."""
    rows = await (
        LandPaper.select()
        .where(LandPaper.plot == plot, LandPaper.ended_at.is_null())
        .order_by(LandPaper.at, LandPaper.id)
    )
    names = await sealed.unseal(
        {row["id"]: (row["farmer"], row["holder_sealed"]) for row in rows if row["holder_sealed"]}
    )
    return tuple(_paper(row, names) for row in rows)


async def holders_told(person: str) -> dict[str, str]:
    """Names that this farmer wrote on papers, by paper."""
    rows = await LandPaper.select(LandPaper.id, LandPaper.holder_sealed).where(
        LandPaper.farmer == person, LandPaper.holder_sealed.is_not_null()
    )
    return await sealed.unseal({row["id"]: (person, row["holder_sealed"]) for row in rows})


async def plot_of(paper: str) -> str:
    row = await LandPaper.select(LandPaper.plot).where(LandPaper.id == paper).first()
    if row is None:
        raise PaperMissing(paper=paper)
    return str(row["plot"])


async def water(plot: str) -> WaterView | None:
    row = await (
        LandWater.select()
        .where(LandWater.plot == plot)
        .order_by(LandWater.at, LandWater.id, ascending=False)
        .first()
    )
    return as_view(WaterView, {**row, "sources": tuple(row["sources"].split(","))}) if row else None


async def holding(person: str, on: date) -> HoldingView | None:
    row = await (
        Holding.select()
        .where(Holding.person == person)
        .order_by(Holding.at, Holding.id, ascending=False)
        .first()
    )
    if row is None:
        return None
    return as_view(HoldingView, {**row, "registered_m2": await registered_m2(person, on)})


async def registered_m2(person: str, on: date) -> int:
    """Of all plots that this person farms on that day, each in its newest outline."""
    [row] = await in_use().query(
        "SELECT coalesce(sum(p.area_m2), 0) AS m2 FROM plot p WHERE NOT EXISTS"
        " (SELECT 1 FROM plot n WHERE n.replaces = p.id) AND EXISTS"
        " (SELECT 1 FROM plot_holder h WHERE h.plot = p.id AND h.person = {}"
        " AND h.since <= {} AND (h.until IS NULL OR h.until >= {}))",
        person, on, on,
    )  # fmt: skip
    return int(row["m2"])


def _paper(row: dict[str, Any], names: Mapping[str, str]) -> PaperView:
    told = {"level": LEVELS[row["kind"]], "holder": names.get(row["id"], "")}
    return as_view(PaperView, {**row, **told})
