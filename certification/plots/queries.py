"""Plots by id, code, farmer and group; what grows on them; and what a stranger may see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from certification.basis import codes
from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.basis.text import Text
from certification.groups import queries as groups
from certification.plots import rules, shape
from certification.plots.rules import Land, Overlap, PlotMissing
from certification.plots.tables import Planting

_PLOT = (
    'SELECT p.id, p.code, p."group", p.farmer, p.name, p.kind, p.tambon, p.moo, p.area_m2, p.pots,'
    " p.shape_source, p.shape, p.lat_e7, p.lon_e7, p.replaces,"
    " (SELECT n.id FROM plot n WHERE n.replaces = p.id LIMIT 1) AS replaced_by FROM plot p"
)


class PlotView(msgspec.Struct, frozen=True):
    """For its farmer, its inspectors and its committee; strangers see `PublicPlot`."""

    id: str
    code: str
    group: str
    farmer: str
    """Who registered it; who farms it on a day says `holder`."""
    name: str | None
    kind: str
    tambon: str
    moo: int | None
    area_m2: int
    pots: int | None
    shape_source: str
    shape: str | None
    """GeoJSON geometry."""
    lat_e7: int
    lon_e7: int
    replaces: str | None
    replaced_by: str | None


class PlantingView(msgspec.Struct, frozen=True):
    id: str
    plot: str
    crop: str
    variety: str | None
    area_m2: int
    sown_on: date
    harvest_from: date
    harvest_until: date
    yield_kg_per_rai: int | None
    yield_source: str
    expected_grams: int | None


class PublicPlot(msgspec.Struct, frozen=True):
    """No name, no outline, no exact place."""

    code: str
    group: Text
    group_code: str
    tambon: str
    kind: str
    tenths_of_a_rai: int
    crops: tuple[str, ...]
    lat_e3: int
    lon_e3: int
    """Thousandths of a degree: the middle of its hundredth."""


async def plot(id: str) -> PlotView:
    return _only(await _where("p.id = {}", id), id)


async def by_code(typed: str) -> PlotView:
    """Any case, with or without hyphens."""
    code = codes.read(typed)
    return _only(await _where("p.code = {}", code), code)


async def of_farmer(person: str, on: date) -> list[PlotView]:
    """Those the person farms on that day, the oldest first."""
    return await _where(
        "EXISTS (SELECT 1 FROM plot_holder h WHERE h.plot = p.id AND h.person = {}"
        " AND h.since <= {} AND (h.until IS NULL OR h.until >= {}))",
        person, on, on,
    )  # fmt: skip


async def of_group(group: str) -> list[PlotView]:
    """The oldest first, with those that others have replaced."""
    return await _where('p."group" = {}', group)


async def outlines(plot: str) -> list[str]:
    """The plot and all whose place it has taken: one piece of land, drawn anew."""
    rows = await in_use().query(
        "WITH RECURSIVE drawn (id, replaces) AS ("
        " SELECT id, replaces FROM plot WHERE id = {} UNION"
        " SELECT p.id, p.replaces FROM plot p JOIN drawn d ON p.id = d.replaces)"
        " SELECT id FROM drawn",
        plot,
    )
    return [row["id"] for row in rows]


async def holder(plot: str, on: date) -> str | None:
    """Who farms it on that day; of two from the same time the later entry."""
    rows = await in_use().query(
        "SELECT person FROM plot_holder WHERE plot = {} AND since <= {}"
        " AND (until IS NULL OR until >= {}) ORDER BY since DESC, id DESC LIMIT 1",
        plot, on, on,
    )  # fmt: skip
    return str(rows[0]["person"]) if rows else None


async def holders(plot: str) -> list[str]:
    """Whoever is written down to have farmed it at any time."""
    rows = await in_use().query(
        "SELECT DISTINCT person FROM plot_holder WHERE plot = {} ORDER BY person", plot
    )
    return [str(row["person"]) for row in rows]


async def seen(plot: str, farmer: str | None) -> str:
    """A digest of the land as it stands now, farmed by that person: outline, area and tambon. Under
    the plot's own salt, so that nobody finds the outline by trying."""
    rows = await in_use().query(
        "SELECT id, shape, lat_e7, lon_e7, area_m2, pots, tambon, salt FROM plot WHERE id = {}",
        plot,
    )
    salt = bytes(rows[0].pop("salt") or b"")
    told = msgspec.json.encode([rows[0], farmer], order="deterministic")
    return hashlib.sha256(salt + told).hexdigest()


async def plantings(plot: str) -> list[PlantingView]:
    """All there ever were, the oldest first."""
    rows = await (
        Planting.select().where(Planting.plot == plot).order_by(Planting.sown_on, Planting.id)
    )
    return [_planting(row) for row in rows]


async def planting(id: str) -> PlantingView:
    row = await Planting.select().where(Planting.id == id).first()
    if row is None:
        raise PlotMissing(planting=id)
    return _planting(row)


async def growing(plot: str, on: date) -> list[PlantingView]:
    """Sown by that day, or planned for later, and not past the window of harvest."""
    return [p for p in await plantings(plot) if p.harvest_until >= on]


async def overlaps(id: str) -> tuple[Overlap, ...]:
    view = await plot(id)
    return rules.overlaps(_land(view), await neighbours(_land(view), but=(id, view.replaces)))


async def neighbours(land: Land, *, but: Iterable[str | None] = ()) -> list[tuple[str, Land]]:
    """Plots whose frames share a cell with it, without those that another one has replaced."""
    xs, ys = zip(*land.cells, strict=True)
    near = await _where(
        "p.id IN (SELECT c.plot FROM plot_cell c WHERE c.cx BETWEEN {} AND {}"
        " AND c.cy BETWEEN {} AND {})",
        min(xs), max(xs), min(ys), max(ys),
    )  # fmt: skip
    skip = set(but)
    return [(v.id, _land(v)) for v in near if v.id not in skip and v.replaced_by is None]


async def public(view: PlotView, on: date) -> PublicPlot:
    group = await groups.group(view.group)
    lat, lon = rules.blurred(view.lat_e7, view.lon_e7)
    return PublicPlot(
        view.code, Text(group.name_th, group.name_en), group.code, view.tambon, view.kind,
        rules.tenths_of_a_rai(view.area_m2),
        tuple(sorted({p.crop for p in await growing(view.id, on)})),
        lat, lon,
    )  # fmt: skip


async def _where(condition: str, *values: Any) -> list[PlotView]:
    template = f"{_PLOT} WHERE {condition} ORDER BY p.at, p.id"
    return [PlotView(**row) for row in await in_use().query(template, *values)]


def _only(found: list[PlotView], asked: str) -> PlotView:
    if not found:
        raise PlotMissing(plot=asked)
    return found[0]


def _planting(row: dict[str, Any]) -> PlantingView:
    return as_view(PlantingView, row)


def _land(view: PlotView) -> Land:
    at = (view.lon_e7 / 1e7, view.lat_e7 / 1e7)
    if view.shape_source == "point" or view.shape is None:
        return Land(view.area_m2, "point", at, None, (shape.cell(at),))
    outline = shape.read(view.shape)
    return Land(view.area_m2, "polygon", at, outline, tuple(shape.cells(outline)))
