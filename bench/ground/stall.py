"""Goods to scan and to order, brought in by the doors' own commands beside the demo's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from certification.basis import schema
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.transaction import run
from certification.basis.units import local_day
from market import settings
from market.app import opened
from market.db import MIGRATIONS, engine_for
from market.demo import seed, shop
from market.demo.land import LAND
from market.demo.people import who
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot, LotHarvested
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer

CROP, FIELD = "banana-namwa", "malee-orchard"
SATANG_PER_KG, STEP_GRAMS = 2_000, 100
DAYS = 10
"""Of harvest, up to today."""


async def demo(data: Path, url: str) -> None:
    said = settings.read({"MARKET_DATA": str(data), "DATABASE_URL": url})
    db = engine_for(url)
    await db.open()
    await schema.migrate(db, MIGRATIONS)
    await db.close()
    async with opened(said):
        await seed.when_empty(said, at=datetime.now(UTC))


async def harvests(data: Path, url: str, *, count: int) -> list[str]:
    """The codes of so many organic lots, from all land that can bear them and of so many days."""
    async with opened(settings.read({"MARKET_DATA": str(data), "DATABASE_URL": url})):
        fields = await in_use().query(BEARING, local_day(datetime.now(UTC)))
        bearing = [field for field in fields if (await _harvest(field, 100)).claim == "organic"]
        made = [
            await _harvest(bearing[n % len(bearing)], 100 + n % 90, n // len(bearing) % DAYS)
            for n in range(count)
        ]
        assert {one.claim for one in made} == {"organic"}
        return [one.code for one in made]


BEARING = (
    "SELECT q.id, q.plot, q.crop, max(l.farmer) AS farmer FROM planting q"
    " JOIN lot l ON l.planting = q.id WHERE l.claim = 'organic' AND q.harvest_until > {}"
    " AND q.expected_grams > 1000000 GROUP BY q.id, q.plot, q.crop ORDER BY q.id"
)


async def _harvest(field: dict[str, str], grams: int, days_ago: int = 0) -> LotHarvested:
    at = datetime.now(UTC)
    on = local_day(at) - timedelta(days=days_ago)
    cut = HarvestLot(field["plot"], field["crop"], on, grams, field["id"], as_plain=True)
    return await run(lots.harvest, new_id(), cut, by=field["farmer"], at=at)


async def offered(data: Path, url: str, grams: int) -> MakeOffer:
    """One lot in the round that is open; its stock is `stock`."""
    async with opened(settings.read({"MARKET_DATA": str(data), "DATABASE_URL": url})):
        land, at = next(land for land in LAND if land.key == FIELD), datetime.now(UTC)
        cut = HarvestLot(land.id, CROP, local_day(at), grams, as_plain=True)
        lot = await run(lots.harvest, new_id(), cut, by=land.farmer_id, at=at)
        made = MakeOffer(
            new_id(), shop.cycle("next"), lot.stock, shop.product(CROP), SATANG_PER_KG, STEP_GRAMS
        )
        await run(offers.offer, made, by=who("dao"), at=at)
        return made


def order(offer: MakeOffer, grams: int, number: int) -> dict[str, object]:
    """A guest's, as the API takes it."""
    id = new_id()
    return {
        "id": id, "cycle": offer.cycle, "rail": ("promptpay", "cash")[number % 2],
        "lines": [{"offer": offer.id, "grams": grams}],
        "guest": {
            "name": f"ลูกค้า {number} (ตัวอย่าง)", "phone": f"08{number:08}",
            "key": following(id, "key"),
        },
    }  # fmt: skip
