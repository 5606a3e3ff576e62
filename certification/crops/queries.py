"""The list of crops, read once from the file beside, and the figures committees have set."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from certification.basis import spelling
from certification.basis.database import in_use
from certification.basis.text import Text
from certification.basis.units import THAILAND
from certification.crops import rules
from certification.crops.rules import Crop, Yield

DATA = files("certification.crops") / "data"


class Figure(msgspec.Struct, frozen=True):
    id: str
    crop: str
    network: str
    kg_per_rai: int
    meeting_ref: str
    set_by: str
    at: datetime


def crops() -> tuple[Crop, ...]:
    """In the order of the file: leaves, fruits and roots of the garden, then trees, then rice."""
    return tuple(_crops().values())


def crop(id: str) -> Crop:
    """Refuses `crops.unknown`."""
    found = _crops().get(id)
    if found is None:
        raise rules.UnknownCrop(field="crop", crop=id[:40])
    return found


def search(text: str, limit: int = 10) -> list[Crop]:
    """By a name of it, Thai, English, southern or scientific; one slip is forgiven. Best first."""
    return spelling.search(text, crops(), _names)[:limit]


def _names(of: Crop) -> tuple[str, ...]:
    return (of.name.th, of.name.en, of.scientific, *of.also)


async def figure(crop: str, network: str, on: date) -> Figure | None:
    """The last that was set by the end of that day in Thailand; None where none was."""
    end = datetime.combine(on + timedelta(days=1), time.min, THAILAND)
    rows = await in_use().query(
        "SELECT id, crop, network, kg_per_rai, meeting_ref, set_by, at FROM crop_figure"
        " WHERE crop = {} AND network = {} AND at < {} ORDER BY at DESC, id DESC LIMIT 1",
        crop, network, end,
    )  # fmt: skip
    return _figure(rows[0]) if rows else None


async def figures(network: str) -> list[Figure]:
    """All a committee has set, the newest first."""
    rows = await in_use().query(
        "SELECT id, crop, network, kg_per_rai, meeting_ref, set_by, at FROM crop_figure"
        " WHERE network = {} ORDER BY at DESC, id DESC",
        network,
    )
    return [_figure(row) for row in rows]


async def expected_yield(crop_id: str, area_m2: int, network: str, on: date) -> Yield:
    """With the committee's figure of that day where there is one."""
    known = await figure(crop_id, network, on)
    return rules.expected_yield(crop(crop_id), area_m2, known.kg_per_rai if known else None)


def _figure(row: dict[str, Any]) -> Figure:
    return Figure(**row)


@cache
def _crops() -> dict[str, Crop]:
    lines = (DATA / "crops.csv").read_text(encoding="utf-8").splitlines()
    return {row["id"]: _crop(row) for row in csv.DictReader(lines)}


def _crop(row: dict[str, str]) -> Crop:
    """A value that does not fit the Struct stops the start: the file is part of the program."""
    return msgspec.convert(
        {
            **row,
            "name": Text(row["name_th"], row["name_en"]),
            "also": [name for name in row["also"].split(";") if name],
            "harvest_months": [_span(part) for part in row["harvest_months"].split(";") if part],
            "kg_per_rai": row["kg_per_rai"] or None,
        },
        Crop,
        strict=False,
    )


def _span(months: str) -> tuple[int, int]:
    first, _, last = months.partition("-")
    return int(first), int(last or first)
