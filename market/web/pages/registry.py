"""The province's view: counts for everybody on a map and in a table, plots for its officers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from certification.areas import queries as areas
from certification.basis import codes
from certification.basis.text import Text
from certification.basis.units import local_day
from certification.crops import queries as crops
from certification.groups import queries as groups
from market.access import province
from market.access.guard import may
from market.access.permit import Permit, Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.registry import queries
from market.domain.registry.queries import Counts, InTambon, Listed
from market.web import maps, sheets
from market.web.kept import kept
from market.web.page import Ask, page

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
Code = Annotated[str, QueryParameter(max_length=20)]
Sought = Annotated[str, QueryParameter(max_length=80)]
Crop = Annotated[str, QueryParameter(max_length=40)]
RAI_M2 = 1_600
AT_ONCE = 25


class Kind(msgspec.Struct, frozen=True):
    """A kind of produce in the whole area."""

    crop: str
    name: Text
    plantings: int
    m2: int
    grams: int
    unknown: int


@get("/registry/public", opt={"op": "registry.count"})
async def public(request: Ask, at: At, area: Code = "") -> Response[bytes]:
    counts = await queries.counts(area, local_day(at))
    if sheets.kind(request):
        return _produce(request, counts)
    tambons = await queries.by_tambon(area)
    shown = page(
        request,
        "registry_public.html",
        counts=counts,
        tambons=tambons,
        kinds=kinds(counts),
        path_of=areas.path(area) if area else (),
        below=_below(tambons, area),
        map=_map(tambons, area, words_for(request)),
    )
    return kept(request, shown)


@get("/registry/public.csv", opt={"op": "registry.count"})
async def public_csv(request: Ask, at: At, area: Code = "") -> Response[bytes]:
    """One line for each kind of produce in each tambon."""
    return _produce(request, await queries.counts(area, local_day(at)))


def _produce(request: Ask, counts: Counts) -> Response[bytes]:
    say = words_for(request)
    heads = ("DOPA", "Tambon", "Crop", "Plantings", "Rai", "Expected kg")
    rows = [
        (
            one.tambon, say.name(one.tambon_name), say.name(one.crop_name), one.plantings,
            round(one.m2 / RAI_M2, 2), round(one.expected_grams / 1000, 3),
        )
        for one in counts.produce
    ]  # fmt: skip
    return sheets.saved(request, f"registry-{counts.area or 'all'}", heads, rows)


@get("/registry", opt={"op": "registry.read"})
async def registry(
    request: Ask,
    permit: Mine,
    at: At,
    area: Code = "",
    q: Sought = "",
    crop: Crop = "",
    after: Code = "",
) -> Response[bytes]:
    wanted = _understood(permit, area, q, crop)
    if sheets.kind(request):
        return await _plots(request, wanted, local_day(at))
    counts = await queries.counts(wanted.area, local_day(at))
    found = await _found(wanted, local_day(at), codes.read(after), AT_ONCE + 1)
    return page(
        request,
        "registry.html",
        counts=counts,
        found=found[:AT_ONCE],
        more=found[AT_ONCE - 1].code if len(found) > AT_ONCE else "",
        wanted=wanted,
        typed={"q": q, "crop": crop, "area": area},
        granted=[areas.area(code) for code in province.granted(permit)],
        within=areas.path(wanted.area),
        kinds=kinds(counts),
        tell=await _tell(request, wanted.area),
        map=_map(await queries.by_tambon(wanted.area), wanted.area, words_for(request)),
    )


@get("/registry.csv", opt={"op": "registry.read"})
async def registry_csv(
    request: Ask,
    permit: Mine,
    at: At,
    area: Code = "",
    q: Sought = "",
    crop: Crop = "",
) -> Response[bytes]:
    return await _plots(request, _understood(permit, area, q, crop), local_day(at))


class Wanted(msgspec.Struct, frozen=True):
    """What the search box was taken to mean."""

    area: str
    code: str = ""
    crop: str = ""
    nothing: bool = False
    """No plot's code and no area within reach is called so."""


async def _plots(request: Ask, wanted: Wanted, on: date) -> Response[bytes]:
    """All that were found, not only those of one page."""
    say, found = words_for(request), list[Listed]()
    while more := await _found(wanted, on, found[-1].code if found else "", AT_ONCE):
        found += more
    heads = ["Code", "DOPA", "Tambon", "Producer group", "Rai", "Crop", "Certificate number"]
    rows = [_line(one, say) for one in found]
    return sheets.saved(request, f"plots-{wanted.area}", [*heads, "Stage", "Last day"], rows)


def kinds(counts: Counts) -> list[Kind]:
    """Of all tambons together, the most land first."""
    sums: dict[str, Counter[str]] = {}
    names = {one.crop: one.crop_name for one in counts.produce}
    for one in counts.produce:
        sums.setdefault(one.crop, Counter()).update(
            plantings=one.plantings, m2=one.m2, grams=one.expected_grams, unknown=one.unknown
        )
    found = [
        Kind(crop, names[crop], s["plantings"], s["m2"], s["grams"], s["unknown"])
        for crop, s in sums.items()
    ]
    return sorted(found, key=lambda kind: (-kind.m2, kind.name.en))


async def _tell(request: Ask, area: str) -> list[tuple[str, str]]:
    """Groups and networks of the area whose events this reader may take along."""
    say = words_for(request)
    return [
        (one.id, say.name(one))
        for one in await groups.every()
        if one.area.startswith(area)
        and may(request, "epcis.period", Place("", one.id, one.network or one.id, one.area))
    ]


def _understood(permit: Permit, area: str, q: str, crop: str) -> Wanted:
    """A code, else the name of an area within the one asked for."""
    within = province.asked(permit, area)
    if crop:
        crops.crop(crop)
    code = codes.read(q)
    if codes.well_formed(code):
        return Wanted(within, code, crop)
    if not q.strip():
        return Wanted(within, crop=crop)
    named = areas.search(q, 1, within=within)
    return Wanted(named[0].code, crop=crop) if named else Wanted(within, crop=crop, nothing=True)


async def _found(wanted: Wanted, on: date, after: str, most: int) -> tuple[Listed, ...]:
    if wanted.nothing:
        return ()
    return await queries.plots(
        wanted.area, on, code=wanted.code, crop=wanted.crop, after=after, most=most
    )


def _line(one: Listed, say: Words) -> tuple[object, ...]:
    papers = one.certificates
    return (
        one.code, one.tambon, say.name(one.address), say.name(one.group),
        round(one.m2 / RAI_M2, 2), " / ".join(say.name(crop) for crop in one.crops),
        " / ".join(paper.number for paper in papers),
        " / ".join(say(f"lots.claim.{paper.stage}") for paper in papers),
        " / ".join(paper.valid_until.isoformat() for paper in papers),
    )  # fmt: skip


def _map(tambons: Iterable[InTambon], area: str, say: Words) -> str:
    """Of the province asked for, else of the one with the most plots."""
    plots = Counter({one.tambon: one.plots for one in tambons})
    by_province = Counter[str]()
    for tambon, count in plots.items():
        by_province[tambon[:2]] += count
    code = area[:2] or next((code for code, _ in by_province.most_common(1)), "")
    if not code or areas.polygon(code) is None:
        return ""
    shown = {tambon: count for tambon, count in plots.items() if tambon[:2] == code}
    return maps.province(code, say.name(areas.area(code).name), say.language, shown)


def _below(tambons: Iterable[InTambon], area: str) -> list[tuple[str, Text, int]]:
    """The next smaller areas that have plots: code, name, plots. None below a tambon."""
    counted = Counter[str]()
    for one in tambons:
        counted[one.tambon[: min(len(area) + 2, 6)]] += one.plots
    if len(area) >= 6:
        return []
    return [(code, areas.area(code).name, count) for code, count in sorted(counted.items())]


DOORS = [public, public_csv, registry, registry_csv]
