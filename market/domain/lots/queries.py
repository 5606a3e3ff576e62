"""Lots, and where their grams are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from certification.basis.database import in_use
from market.domain.lots import refusals, rules
from market.domain.lots.tables import LotAlso

LOT = (
    'SELECT l.id, l.code, l."group", l.plot, l.farmer, l.crop, l.planting, l.harvested_on, l.grams,'
    " l.claim, l.because, l.beside, l.scheme, l.certificate, l.deed, l.at, s.id AS stock,"
    " s.available_grams AS grams_left"
    " FROM lot l JOIN stock s ON s.source = l.id"
)
FAULTS_MAX = 20

Fault = tuple[str, str, str, str]
"""Table, row, column, why."""


class Lot(msgspec.Struct, frozen=True):
    id: str
    code: str
    group: str
    plot: str | None
    """With farmer, planting and certificate: none where it was made of several."""
    farmer: str | None
    crop: str
    planting: str | None
    harvested_on: date
    grams: int
    claim: rules.Claim
    because: str
    beside: str | None
    """Another stage of land on which the same farmer grew the same crop that day."""
    """A word of `rules.BECAUSE`."""
    scheme: str | None
    certificate: str | None
    deed: str | None
    """The split, mix or packing it came out of; none: it was harvested."""
    at: datetime
    stock: str
    grams_left: int
    """Available: neither held nor sold."""


class Buckets(msgspec.Struct, frozen=True):
    id: str
    kind: str
    source: str
    capacity_grams: int
    available_grams: int
    held_grams: int
    leased_grams: int
    sold_grams: int
    waste_grams: int
    used_grams: int
    """Went into other lots."""
    frozen: int
    """How many recalls lie on it."""


async def lot(id: str) -> Lot:
    return _one(await in_use().query(f"{LOT} WHERE l.id = {{}}", id), id)


async def by_code(code: str) -> Lot:
    return _one(await in_use().query(f"{LOT} WHERE l.code = {{}}", code), code)


async def of_farmer(farmer: str, *, limit: int = 100) -> list[Lot]:
    """The newest first."""
    rows = await in_use().query(
        f"{LOT} WHERE l.farmer = {{}} ORDER BY l.at DESC, l.id LIMIT {{}}", farmer, limit
    )
    return [_lot(row) for row in rows]


async def of_group(group: str, *, limit: int = 100) -> list[Lot]:
    """The newest first."""
    rows = await in_use().query(
        f'{LOT} WHERE l."group" = {{}} ORDER BY l.at DESC, l.id LIMIT {{}}', group, limit
    )
    return [_lot(row) for row in rows]


async def poured_for(subject: str) -> int:
    """The grams that went from bucket to bucket for a deed, a reservation or a lease."""
    [row] = await in_use().query(
        "SELECT COALESCE(SUM(grams), 0) AS grams FROM stock_move WHERE subject = {}", subject
    )
    return int(row["grams"])


async def also(lot: str) -> list[str]:
    """Other certificates that held for the lot."""
    rows = await LotAlso.select(LotAlso.certificate).where(LotAlso.lot == lot)
    return sorted(row["certificate"] for row in rows)


class StillThere(msgspec.Struct, frozen=True):
    """What of a certificate's harvests is not sold yet."""

    lots: int
    grams: int


async def still_there(certificate: str) -> StillThere:
    [row] = await in_use().query(
        "SELECT COUNT(*) AS lots, CAST(COALESCE(SUM(s.available_grams + s.held_grams), 0)"
        " AS BIGINT) AS grams FROM lot l JOIN stock s ON s.source = l.id"
        " WHERE l.certificate = {} AND s.available_grams + s.held_grams > 0",
        certificate,
    )
    return StillThere(**row)


async def stock(id: str) -> Buckets:
    return _buckets(await in_use().query("SELECT * FROM stock WHERE id = {}", id), id)


async def stock_of(source: str) -> Buckets:
    """Of a lot or a forecast."""
    return _buckets(await in_use().query("SELECT * FROM stock WHERE source = {}", source), source)


async def stock_faults() -> list[Fault]:
    """Where the buckets are not the sums of the moves, or the totals not those of the lots."""
    return [*await _bucket_faults(), *await _total_faults()][:FAULTS_MAX]


BUCKET_SUMS = " UNION ALL ".join(
    f"SELECT s.id, '{bucket}_grams' AS bucket, s.{bucket}_grams AS told,"  # noqa: S608  (constants)
    " coalesce(sum(CASE"
    f" WHEN m.target = '{bucket}' THEN m.grams WHEN m.source = '{bucket}' THEN -m.grams END), 0)"
    " AS moved FROM stock s LEFT JOIN stock_move m ON m.stock = s.id"
    f" GROUP BY s.id, s.{bucket}_grams"
    for bucket in ("available", "held", "leased", "sold", "waste", "used")
)
CAPACITY = (
    "SELECT s.id, 'capacity_grams' AS bucket, s.capacity_grams AS told,"
    " coalesce(sum(CASE WHEN m.source = 'harvest' THEN m.grams"
    " WHEN m.target = 'harvest' THEN -m.grams END), 0) AS moved"
    " FROM stock s LEFT JOIN stock_move m ON m.stock = s.id GROUP BY s.id, s.capacity_grams"
)

UNLIKE_MOVES = (
    f"SELECT * FROM ({BUCKET_SUMS} UNION ALL {CAPACITY}) AS sums"  # noqa: S608  (constants)
    " WHERE told <> moved ORDER BY id, bucket LIMIT {}"
)


async def _bucket_faults() -> list[Fault]:
    rows = await in_use().query(UNLIKE_MOVES, FAULTS_MAX)
    return [
        ("stock", row["id"], row["bucket"], f"{row['told']} here, {row['moved']} by the moves")
        for row in rows
    ]


async def _total_faults() -> list[Fault]:
    rows = await in_use().query(
        "SELECT t.planting, t.told, coalesce(sum(l.grams), 0) AS summed"
        " FROM (SELECT planting, sum(claimed_grams) AS told FROM lot_total GROUP BY planting) AS t"
        " LEFT JOIN lot l ON l.planting = t.planting AND l.claim <> 'plain' AND l.deed IS NULL"
        " GROUP BY t.planting, t.told HAVING t.told <> coalesce(sum(l.grams), 0)"
        " ORDER BY t.planting LIMIT {}",
        FAULTS_MAX,
    )
    lots = await in_use().query(
        "SELECT l.id, l.grams, coalesce(s.capacity_grams, 0) AS capacity"
        " FROM lot l LEFT JOIN stock s ON s.source = l.id"
        " WHERE s.id IS NULL OR s.capacity_grams <> l.grams ORDER BY l.id LIMIT {}",
        FAULTS_MAX,
    )
    return [
        *(("lot_total", row["planting"], "claimed_grams",
           f"{row['told']} here, {row['summed']} by the lots") for row in rows),
        *(("lot", row["id"], "grams",
           f"{row['grams']} here, {row['capacity']} in stock") for row in lots),
    ]  # fmt: skip


def _one(rows: list[dict[str, Any]], asked: str) -> Lot:
    if not rows:
        raise refusals.NoLot(lot=asked)
    return _lot(rows[0])


def _lot(row: dict[str, Any]) -> Lot:
    return msgspec.convert(row, Lot, strict=False)


def _buckets(rows: list[dict[str, Any]], asked: str) -> Buckets:
    if not rows:
        raise refusals.NoStock(stock=asked)
    return msgspec.convert(rows[0], Buckets)
