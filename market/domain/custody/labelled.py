"""Which crates bear a label since when, and the labels as the files that printers take."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.text import Text
from certification.groups import queries as groups
from market.domain.custody import queries
from market.domain.custody.queries import CrateView
from market.domain.labels import files, rules
from market.domain.labels.files import File
from market.domain.labels.layouts import Level, Sheet
from market.domain.labels.rules import Again, Label, NoRun, Printed

SHOWN_MAX = 20


class CrateRun(msgspec.Struct, frozen=True):
    id: str
    owner: str
    sheet: Sheet
    start_at: int
    level: Level
    reason: Again | None
    at: datetime
    crates: tuple[str, ...] = ()


async def times(crates: Collection[str]) -> dict[str, int]:
    """How often labels of these were printed; those never printed are not named."""
    where, asked = queries.among("crate", crates)
    rows = await in_use().query(
        f"SELECT crate, MAX(seq) AS seq FROM crate_label WHERE {where} GROUP BY crate",  # noqa: S608
        *asked,
    )
    return {row["crate"]: int(row["seq"]) for row in rows}


async def waiting(owners: Collection[str]) -> list[CrateView]:
    """That bear no label yet."""
    where, asked = queries.among("c.owner", owners)
    rows = await in_use().query(
        f"{queries.CRATE} WHERE {where} AND c.state <> 'retired' AND NOT EXISTS"  # noqa: S608
        " (SELECT 1 FROM crate_label b WHERE b.crate = c.id) ORDER BY c.code LIMIT 2000",
        *asked,
    )
    return [msgspec.convert(row, CrateView, strict=False) for row in rows]


async def runs(owners: Collection[str]) -> list[CrateRun]:
    """The newest first."""
    where, asked = queries.among("owner", owners)
    rows = await in_use().query(
        f"SELECT id, owner, sheet, start_at, level, reason, at FROM crate_label_run WHERE {where}"  # noqa: S608
        f" ORDER BY at DESC, id DESC LIMIT {SHOWN_MAX}",
        *asked,
    )
    return [await _with_crates(row) for row in rows]


async def run(id: str) -> CrateRun:
    rows = await in_use().query(
        "SELECT id, owner, sheet, start_at, level, reason, at FROM crate_label_run WHERE id = {}",
        id,
    )
    if not rows:
        raise NoRun(run=id[:36])
    return await _with_crates(rows[0])


async def file(of: CrateRun, name: str, origin: str, *, reader: str) -> File:
    """Named as those of lots: `{run}.pdf`, and of a thermal strip `{run}-203.zpl`; NoRun."""
    asked = files.RUN.fullmatch(name)
    if asked is None or asked[1] != of.id:
        raise NoRun(run=name[:36])
    known = {one.id: one for one in await queries.of_ids(of.crates)}
    labels = tuple([await label(known[id], origin) for id in of.crates])
    printed = Printed(labels, of.sheet, of.start_at, of.level)
    return File(await files.of_run(printed, asked[2], asked[3], reader), files.KINDS[asked[3]])


async def label(of: CrateView, origin: str) -> Label:
    owner = await groups.group(of.owner)
    names = Text(of.name_th, of.name_en), Text(owner.name_th, owner.name_en)
    return rules.returnable(*names, of.tare_grams, of.code, origin)


async def _with_crates(row: dict[str, object]) -> CrateRun:
    found = await in_use().query(
        "SELECT b.crate FROM crate_label b JOIN crate c ON c.id = b.crate WHERE b.run = {}"
        " ORDER BY c.code",
        row["id"],
    )
    return msgspec.convert({**row, "crates": [one["crate"] for one in found]}, CrateRun)
