"""The province's question: how many plots, farmers and groups, and how many kinds of produce?

Every figure is of one day and one area (a DOPA code is the prefix of all that lies in it; "" is the
whole country); every figure comes from the rows alone, none is kept.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from certification.areas import queries as areas
from certification.basis.database import in_use
from certification.basis.text import Text
from certification.crops import queries as crops

STAGES = ("organic", "in_conversion")

PLOTS = (
    'SELECT p.id, p."group", p.area_m2, p.tambon FROM plot p WHERE p.tambon LIKE {}'
    " AND NOT EXISTS (SELECT 1 FROM plot newer WHERE newer.replaces = p.id)"
)
"""Those that no other plot has replaced."""

LAND = (
    f"SELECT count(*) AS plots, coalesce(sum(p.area_m2), 0) AS m2,"  # noqa: S608  (a constant)
    f' count(DISTINCT p."group") AS groups FROM ({PLOTS}) AS p'
)
FARMERS = (
    f"SELECT count(DISTINCT h.person) AS farmers FROM ({PLOTS}) AS p"  # noqa: S608  (a constant)
    " JOIN plot_holder h ON h.plot = p.id AND h.since <= {}"
    " AND (h.until IS NULL OR h.until >= {})"
)
BY_TAMBON = (
    "SELECT p.tambon, count(*) AS plots, coalesce(sum(p.area_m2), 0) AS m2,"  # noqa: S608
    f' count(DISTINCT p."group") AS groups FROM ({PLOTS}) AS p GROUP BY p.tambon ORDER BY p.tambon'
)
HOLDS = (
    "c.valid_from <= {} AND c.valid_until >= {}"
    " AND coalesce((SELECT e.kind FROM certificate_event e WHERE e.certificate = c.id"
    " AND e.from_on <= {} ORDER BY e.seq DESC LIMIT 1), 'reinstated') = 'reinstated'"
)
"""That a certificate `c` holds on a day, given three times."""

FOUND = (
    "SELECT p.id, p.code, p.tambon, p.area_m2, g.code AS group_code, g.name_th, g.name_en"
    ' FROM plot p JOIN producer_group g ON g.id = p."group" WHERE p.tambon LIKE {}'
    " AND NOT EXISTS (SELECT 1 FROM plot newer WHERE newer.replaces = p.id) AND p.code > {}"
)
GROWS = (
    " AND EXISTS (SELECT 1 FROM planting t WHERE t.plot = p.id AND t.crop = {}"
    " AND t.sown_on <= {} AND t.harvest_until >= {})"
)
GROWN = (
    "SELECT DISTINCT t.plot, t.crop FROM planting t WHERE t.sown_on <= {} AND t.harvest_until >= {}"
    " AND t.plot IN ("
)
HELD = (
    "SELECT c.plot, c.code, c.number, c.stage, c.valid_until FROM certificate c"  # noqa: S608
    f" WHERE {HOLDS} AND c.plot IN ("
)
CERTIFIED = (
    "SELECT c.stage, count(*) AS certificates, count(DISTINCT c.plot) AS plots,"  # noqa: S608
    " coalesce(sum(p.area_m2), 0) AS m2"
    f" FROM ({PLOTS}) AS p JOIN certificate c ON c.plot = p.id WHERE {HOLDS} GROUP BY c.stage"
)
PRODUCE = (
    "SELECT p.tambon, t.crop, count(*) AS plantings, sum(t.area_m2) AS m2,"  # noqa: S608
    " coalesce(sum(t.expected_grams), 0) AS grams,"
    " sum(CASE WHEN t.expected_grams IS NULL THEN 1 ELSE 0 END) AS unknown"
    f" FROM ({PLOTS}) AS p JOIN planting t ON t.plot = p.id"
    " WHERE t.sown_on <= {} AND t.harvest_until >= {}"
    " GROUP BY p.tambon, t.crop ORDER BY p.tambon, t.crop"
)
"""What is in the ground. The noqa above: the text put in is a constant of this file."""


class Certified(msgspec.Struct, frozen=True):
    """Certificates that hold on the day, of one stage."""

    certificates: int
    plots: int
    m2: int
    """Of those plots; one with two certificates counts once for each."""


class Produce(msgspec.Struct, frozen=True):
    """One kind of produce in one tambon."""

    tambon: str
    tambon_name: Text
    crop: str
    crop_name: Text
    plantings: int
    m2: int
    expected_grams: int
    """Of the plantings whose yield is known."""
    unknown: int
    """Plantings whose yield nobody knows: they are in no sum."""


class Counts(msgspec.Struct, frozen=True):
    area: str
    on: date
    plots: int
    farmers: int
    groups: int
    m2: int
    """1,600 make a rai."""
    certified: dict[str, Certified]
    """By stage: organic, in_conversion."""
    kinds: int
    """How many kinds of produce."""
    produce: tuple[Produce, ...]


class InTambon(msgspec.Struct, frozen=True):
    tambon: str
    address: Text
    plots: int
    groups: int
    m2: int


class Held(msgspec.Struct, frozen=True):
    """A certificate that holds on the day."""

    code: str
    number: str
    stage: str
    valid_until: date


class Listed(msgspec.Struct, frozen=True):
    """A plot for the province's officers: whose it is, they ask the group."""

    code: str
    tambon: str
    address: Text
    m2: int
    group_code: str
    group: Text
    crops: tuple[Text, ...]
    """Growing on the day."""
    certificates: tuple[Held, ...]


async def by_tambon(area: str) -> tuple[InTambon, ...]:
    """Only those with plots."""
    if area:
        areas.area(area)
    return tuple(
        InTambon(
            row["tambon"], _address(row["tambon"]), row["plots"], row["groups"], int(row["m2"])
        )
        for row in await in_use().query(BY_TAMBON, f"{area}%")
    )


async def plots(
    area: str, on: date, *, code: str = "", crop: str = "", after: str = "", most: int = 100
) -> tuple[Listed, ...]:
    """In the order of their codes, from the one after `after`; of one code, or growing one crop."""
    areas.area(area)
    template, given = FOUND, list[Any]([f"{area}%", after])
    if code:
        template, given = f"{template} AND p.code = {{}}", [*given, code]
    if crop:
        template, given = template + GROWS, [*given, crop, on, on]
    rows = await in_use().query(f"{template} ORDER BY p.code LIMIT {most}", *given)
    ids = [row["id"] for row in rows]
    grown, held = await _grown(ids, on), await _held(ids, on)
    return tuple(
        Listed(
            row["code"], row["tambon"], _address(row["tambon"]), row["area_m2"], row["group_code"],
            Text(row["name_th"], row["name_en"]), grown.get(row["id"], ()), held.get(row["id"], ()),
        )
        for row in rows
    )  # fmt: skip


async def _grown(ids: list[str], on: date) -> dict[str, tuple[Text, ...]]:
    found: dict[str, tuple[Text, ...]] = {}
    for row in await in_use().query(f"{GROWN}{_places(ids)}) ORDER BY t.crop", on, on, *ids):
        found[row["plot"]] = (*found.get(row["plot"], ()), crops.crop(row["crop"]).name)
    return found


async def _held(ids: list[str], on: date) -> dict[str, tuple[Held, ...]]:
    found: dict[str, tuple[Held, ...]] = {}
    for row in await in_use().query(f"{HELD}{_places(ids)}) ORDER BY c.number", on, on, on, *ids):
        paper = Held(row["code"], row["number"], row["stage"], row["valid_until"])
        found[row["plot"]] = (*found.get(row["plot"], ()), paper)
    return found


def _places(ids: list[str]) -> str:
    return ", ".join("{}" for _ in ids) or "NULL"


def _address(tambon: str) -> Text:
    return Text(areas.address(tambon), areas.address(tambon, "en"))


async def counts(area: str, on: date) -> Counts:
    if area:
        areas.area(area)
    within = f"{area}%"
    [land] = await in_use().query(LAND, within)
    [people] = await in_use().query(FARMERS, within, on, on)
    produce = tuple(_produce(row) for row in await in_use().query(PRODUCE, within, on, on))
    return Counts(
        area, on, land["plots"], people["farmers"], land["groups"], int(land["m2"]),
        await _certified(within, on), len({one.crop for one in produce}), produce,
    )  # fmt: skip


async def _certified(within: str, on: date) -> dict[str, Certified]:
    rows = await in_use().query(CERTIFIED, within, on, on, on)
    found = {
        row["stage"]: Certified(row["certificates"], row["plots"], int(row["m2"])) for row in rows
    }
    return {stage: found.get(stage, Certified(0, 0, 0)) for stage in STAGES}


def _produce(row: dict[str, Any]) -> Produce:
    return Produce(
        row["tambon"], areas.area(row["tambon"]).name, row["crop"], crops.crop(row["crop"]).name,
        row["plantings"], int(row["m2"]), int(row["grams"]), row["unknown"],
    )  # fmt: skip
