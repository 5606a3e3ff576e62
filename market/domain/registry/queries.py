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
CERTIFIED = (
    "SELECT c.stage, count(*) AS certificates, count(DISTINCT c.plot) AS plots,"  # noqa: S608
    " coalesce(sum(p.area_m2), 0) AS m2"
    f" FROM ({PLOTS}) AS p JOIN certificate c ON c.plot = p.id"
    " WHERE c.valid_from <= {} AND c.valid_until >= {}"
    " AND coalesce((SELECT e.kind FROM certificate_event e WHERE e.certificate = c.id"
    " AND e.from_on <= {} ORDER BY e.seq DESC LIMIT 1), 'reinstated') = 'reinstated'"
    " GROUP BY c.stage"
)
PRODUCE = (
    "SELECT p.tambon, t.crop, count(*) AS plantings, sum(t.area_m2) AS m2,"  # noqa: S608
    " coalesce(sum(t.expected_grams), 0) AS grams,"
    " sum(CASE WHEN t.expected_grams IS NULL THEN 1 ELSE 0 END) AS unknown"
    f" FROM ({PLOTS}) AS p JOIN planting t ON t.plot = p.id"
    " WHERE t.sown_on <= {} AND t.harvest_until >= {}"
    " GROUP BY p.tambon, t.crop ORDER BY p.tambon, t.crop"
)
"""What is in the ground. The noqa above: the text put in is the constant PLOTS."""


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
