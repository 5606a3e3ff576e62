"""A hundred people press the button at the same moment, for twice of what is there."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import httpx

from certification.basis.ids import following, new_id
from certification.basis.transaction import run
from certification.basis.units import local_day
from market import verify
from market.app import opened
from market.demo import shop
from market.demo.land import LAND
from market.demo.people import who
from market.demo.server import serving
from market.domain.lots import commands as lots
from market.domain.lots import queries as stocks
from market.domain.lots.rules import HarvestLot
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer

BUYERS, EACH_GRAMS, STOCK_GRAMS = 100, 400, 20_000
CROP = "banana-namwa"


async def offered() -> MakeOffer:
    """Bananas of Malee's in the round that is open."""
    land, at = next(land for land in LAND if land.key == "malee-orchard"), datetime.now(UTC)
    cut = HarvestLot(land.id, CROP, local_day(at), STOCK_GRAMS, as_plain=True)
    lot = await run(lots.harvest, new_id(), cut, by=land.farmer_id, at=at)
    made = MakeOffer(new_id(), shop.cycle("next"), lot.stock, shop.product(CROP), 2_000, EACH_GRAMS)
    await run(offers.offer, made, by=who("dao"), at=at)
    return made


def order(offer: str, number: int) -> dict:
    id = new_id()
    return {
        "id": id, "cycle": shop.cycle("next"), "rail": ("promptpay", "cash")[number % 2],
        "lines": [{"offer": offer, "grams": EACH_GRAMS}],
        "guest": {
            "name": f"ลูกค้า {number} (ตัวอย่าง)", "phone": f"08{number:08}",
            "key": following(id, "key"),
        },
    }  # fmt: skip


async def test_exactly_what_is_there_is_sold_and_all_others_are_told(demo):
    async with opened(demo):
        made = await offered()
        asked = [order(made.id, number) for number in range(BUYERS)]
        async with serving(demo) as origin:
            answers, again = await pressed(origin, asked)
        told = Counter(a.json().get("code", "sold") if a.is_error else "sold" for a in answers)
        assert told == {"sold": STOCK_GRAMS // EACH_GRAMS, "lots.sold_out": BUYERS // 2}
        assert {a.status_code for a in answers} == {201, 409}
        assert [a.status_code for a in again] == [a.status_code for a in answers[: len(again)]]
        stock = await stocks.stock(made.stock)
        assert (stock.available_grams, stock.held_grams + stock.sold_grams) == (0, STOCK_GRAMS)
        assert await verify.faults(["log", "ledger", "stock"]) == []


async def pressed(origin: str, asked: list[dict]) -> tuple[list[httpx.Response], ...]:
    """All at once; then the first few once more, as a nervous finger does."""
    limits = httpx.Limits(max_connections=BUYERS)
    async with httpx.AsyncClient(base_url=origin, timeout=120, limits=limits) as buyers:
        return tuple([
            await asyncio.gather(*(buyers.post("/api/v1/orders", json=body) for body in bodies))
            for bodies in (asked, asked[:20])
        ])  # fmt: skip
