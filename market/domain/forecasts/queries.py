"""What is expected of whom, and how earlier promises were kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from certification.basis.database import in_use
from market.domain.forecasts import rules
from market.domain.forecasts.rules import Bounds, Kept, NoSuchForecast, Share

DELIVERED = (
    "(SELECT COALESCE(SUM(l.grams), 0) FROM forecast_delivery d JOIN lot l ON l.id = d.lot"
    " WHERE d.forecast = f.id)"
)
FORECAST = (
    'SELECT f.id, s.id AS stock, f.planting, f."group" AS group_id,'  # noqa: S608  (constants)
    " f.farmer, f.crop,"
    " f.ready_on, f.promised_grams, f.percent, f.because, f.claim, f.given_up_at, f.at,"
    " s.capacity_grams AS presold_grams, s.held_grams + s.sold_grams AS reserved_grams,"
    f" {DELIVERED} AS delivered_grams FROM forecast f JOIN stock s ON s.source = f.id"
)
BESIDE = timedelta(days=rules.DAYS_EITHER_SIDE)


class ForecastView(msgspec.Struct, frozen=True):
    id: str
    stock: str
    planting: str
    group: str
    farmer: str
    crop: str
    ready_on: date
    promised_grams: int
    percent: int
    because: str
    claim: str
    given_up_at: datetime | None
    at: datetime
    presold_grams: int
    """What of it may be ordered before it is there."""
    reserved_grams: int
    delivered_grams: int


async def forecast(id: str) -> ForecastView:
    """NoSuchForecast."""
    found = await _where("f.id = {}", id)
    if not found:
        raise NoSuchForecast()
    return found[0]


async def of_farmer(farmer: str, since: date) -> list[ForecastView]:
    """Ready on that day or later; the next first."""
    return await _where(
        "f.farmer = {} AND f.ready_on >= {} ORDER BY f.ready_on, f.id", farmer, since
    )


async def usual_grams(farmer: str, crop: str) -> list[int]:
    """What was promised of it before; the newest first, each once."""
    rows = await in_use().query(
        "SELECT promised_grams FROM forecast WHERE farmer = {} AND crop = {}"
        " ORDER BY at DESC, id DESC LIMIT 20",
        farmer, crop,
    )  # fmt: skip
    return list(dict.fromkeys(row["promised_grams"] for row in rows))


async def awaiting(planting: str, on: date, reported: datetime) -> ForecastView | None:
    """What a harvest of that day was promised as before it was reported, while not all of it has
    come; of several the one that is due first."""
    found = await _where(
        "f.planting = {} AND f.given_up_at IS NULL AND f.ready_on >= {} AND f.ready_on <= {}"
        " AND f.at <= {} ORDER BY f.ready_on, f.id",
        planting, on - BESIDE, on + BESIDE, reported,
    )  # fmt: skip
    return next((one for one in found if one.delivered_grams < one.promised_grams), None)


async def delivered(forecast: str) -> list[str]:
    """The lots that came of it, in the order in which they were cut."""
    rows = await in_use().query(
        "SELECT d.lot FROM forecast_delivery d JOIN lot l ON l.id = d.lot WHERE d.forecast = {}"
        " ORDER BY l.harvested_on, d.at, d.lot",
        forecast,
    )
    return [row["lot"] for row in rows]


async def kept_by(lot: str) -> str | None:
    """The forecast that a lot came of."""
    rows = await in_use().query("SELECT forecast FROM forecast_delivery WHERE lot = {}", lot)
    return str(rows[0]["forecast"]) if rows else None


async def still_to_come(planting: str, today: date) -> int:
    """Grams that are promised of it and not harvested yet."""
    found = await _where(
        "f.planting = {} AND f.given_up_at IS NULL AND f.ready_on >= {}", planting, today - BESIDE
    )
    return sum(max(0, one.promised_grams - one.delivered_grams) for one in found)


async def record(farmer: str, crop: str, today: date) -> list[Kept]:
    """Of this crop where there is enough of it to tell, else of all crops; the newest first."""
    rows = await in_use().query(
        f"SELECT f.crop, f.promised_grams, {DELIVERED} AS delivered_grams FROM forecast f"  # noqa: S608
        " WHERE f.farmer = {} AND f.given_up_at IS NULL AND (f.ready_on < {}"
        f" OR f.promised_grams <= {DELIVERED}) ORDER BY f.ready_on DESC, f.id DESC",
        farmer, today - BESIDE,
    )  # fmt: skip
    same = [row for row in rows if row["crop"] == crop]
    told = same if len(same) >= rules.FEW else rows
    return [Kept(row["promised_grams"], int(row["delivered_grams"])) for row in told[: rules.LAST]]


async def share(farmer: str, crop: str, today: date, bounds: Bounds) -> Share:
    return rules.share(await record(farmer, crop, today), bounds)


async def _where(condition: str, *values: object) -> list[ForecastView]:
    rows = await in_use().query(f"{FORECAST} WHERE {condition}", *values)
    return [
        ForecastView(
            group=row.pop("group_id"), **{**row, "delivered_grams": int(row["delivered_grams"])}
        )
        for row in rows
    ]
