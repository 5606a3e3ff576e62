"""A round with offers by the thousand, and what people send for one order, step by step.

By the API: place, ask for the exact amount, the treasurer confirms. By page: look into the basket,
order, see the code to pay, the treasurer confirms. Each order is of two goods.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from bench.ground.bulk import laying
from bench.ground.load import get, load, post, put
from certification.basis.database import Database, in_use
from certification.basis.ids import following, new_id
from certification.basis.transaction import run
from market import settings
from market.app import opened
from market.demo import shop
from market.demo.people import who
from market.domain.accounts import commands as accounts

PIN = "508294"
AMOUNTS = 400
"""So many prices of an order: of each only 99 can be told apart by their last satang."""
STEP_GRAMS = 100
PAGE = {"sec_fetch_site": "same-origin"}
FORM = {**PAGE, "content_type": "application/x-www-form-urlencoded"}


class Crowd(msgspec.Struct):
    """Of one database; `offers` are those that were laid."""

    data: Path
    url: str
    cycle: str
    offers: list[str]
    treasurer: str
    """What the treasurer's program signs in with."""
    asked: int = 0


async def gathered(data: Path, url: str, offers: int) -> Crowd:
    """The demo's open round, with so many offers in it."""
    cycle = shop.cycle("next")
    async with opened(settings.read({"MARKET_DATA": str(data), "DATABASE_URL": url})):
        [there] = await in_use().query("SELECT count(*) AS n FROM offer WHERE cycle = {}", cycle)
        await _lay(in_use(), cycle, offers - there["n"])
        rows = await in_use().query(LAID, cycle)
    return Crowd(data, url, cycle, [row["id"] for row in rows], "")


LAID = (
    "SELECT o.id FROM offer o JOIN stock s ON s.id = o.stock"
    " WHERE o.cycle = {} AND s.capacity_grams = 500000000 ORDER BY o.id"
)
LIKE = (
    'SELECT p.id, p.crop, o.farmer, o."group" AS of FROM offer o JOIN product p'
    " ON p.id = o.product JOIN lot l ON l.id = o.lot AND p.crop = l.crop"
    " WHERE o.cycle = {} AND o.withdrawn_at IS NULL AND o.farmer IS NOT NULL ORDER BY o.id LIMIT 1"
)


async def _lay(db: Database, cycle: str, count: int) -> None:
    [like] = await db.query(LIKE, cycle)
    async with laying(db) as lay:
        me = {"by": f"'{who('dao')}'", "at": lay.at}
        whose = {"group": f"'{like['of']}'", "farmer": f"'{like['farmer']}'"}
        await lay(
            "lot", count, id=lay.id("crowd lot", "i"), code=lay.code("Z", "i"),
            crop=f"'{like['crop']}'", harvested_on=lay.day("i % 90"), grams="500000000",
            claim="'plain'", because="'no_planting'", **whose, **me,
        )  # fmt: skip
        await lay(
            "stock", count, id=lay.id("crowd stock", "i"), kind="'lot'",
            source=lay.id("crowd lot", "i"), capacity_grams="500000000",
            available_grams="500000000", held_grams="0", leased_grams="0", sold_grams="0",
            waste_grams="0", used_grams="0", frozen="0",
        )  # fmt: skip
        await lay(
            "offer", count, id=lay.id("crowd offer", "i"), cycle=f"'{cycle}'",
            lot=lay.id("crowd lot", "i"), stock=lay.id("crowd stock", "i"),
            product=f"'{like['id']}'", satang_per_kg="2000", step_grams=str(STEP_GRAMS),
            shared_by="'first_come'",
            **whose, **me,
        )  # fmt: skip


async def sign_in(crowd: Crowd, port: int) -> None:
    """The treasurer, by a printed code, at a server that runs."""
    async with opened(settings.read({"MARKET_DATA": str(crowd.data), "DATABASE_URL": crowd.url})):
        prasert = who("prasert")
        code = await run(accounts.issue_code, prasert, by=prasert, at=datetime.now(UTC))
    enrol = json.dumps({"code": code, "pin": PIN}).encode()
    told = load([port], [post("/api/v1/devices", enrol)], connections=1)
    crowd.treasurer = json.loads(told.first)["session_secret"]


class Basket(msgspec.Struct, frozen=True):
    """Two goods of a guest, who will pay by PromptPay."""

    id: str
    number: int
    lines: list[tuple[str, int]]

    @property
    def key(self) -> str:
        return following(self.id, "key")

    @property
    def guest(self) -> dict[str, str]:
        return {"name": f"ลูกค้า {self.number} (ตัวอย่าง)", "phone": f"08{self.number:08}"}


def baskets(crowd: Crowd, count: int) -> list[Basket]:
    """Of other goods and other amounts each time; the amounts come round after `AMOUNTS`."""
    made = []
    for _ in range(count):
        crowd.asked = number = crowd.asked + 1
        size = 1 + number % AMOUNTS
        pair = (crowd.offers[(number * 2 + side) % len(crowd.offers)] for side in (0, 1))
        made.append(Basket(new_id(), number, [(offer, size * STEP_GRAMS) for offer in pair]))
    return made


def placing(crowd: Crowd, made: list[Basket]) -> list[bytes]:
    return [
        post("/api/v1/orders", json.dumps({
            "id": one.id, "cycle": crowd.cycle, "rail": "promptpay",
            "lines": [{"offer": offer, "grams": grams} for offer, grams in one.lines],
            "guest": {**one.guest, "key": one.key},
        }).encode())
        for one in made
    ]  # fmt: skip


def asking(made: list[Basket]) -> list[bytes]:
    return [put(f"/api/v1/orders/{one.id}/payment-request", x_order_key=one.key) for one in made]


async def confirming(crowd: Crowd, made: list[Basket]) -> list[bytes]:
    """What the treasurer sends when the bank shows the exact amounts."""
    async with opened(settings.read({"MARKET_DATA": str(crowd.data), "DATABASE_URL": crowd.url})):
        rows = await in_use().query("SELECT id, satang FROM payment_request")
    satang = {row["id"]: row["satang"] for row in rows}
    return [
        put(
            f"/api/v1/payments/{one.id}/confirmation",
            json.dumps({"id": new_id(), "satang": satang[one.id], "kind": "treasurer"}).encode(),
            authorization=f"Bearer {crowd.treasurer}",
        )
        for one in made
    ]


def looking(made: list[Basket]) -> list[bytes]:
    """Into the basket: the page with the form."""
    return [get("/basket", cookie=_cookie(one), **PAGE) for one in made]


def ordering(crowd: Crowd, made: list[Basket]) -> list[bytes]:
    """The form as the page sends it."""
    return [
        post("/order", urlencode({
            "id": one.id, "key": one.key, "cycle": crowd.cycle, "rail": "promptpay", **one.guest,
            **{f"kg-{offer}": f"{grams / 1000:g}" for offer, grams in one.lines},
        }).encode(), cookie=_cookie(one), **FORM)
        for one in made
    ]  # fmt: skip


async def paying(crowd: Crowd, made: list[Basket]) -> list[bytes]:
    """The page with the code, to which the form leads."""
    async with opened(settings.read({"MARKET_DATA": str(crowd.data), "DATABASE_URL": crowd.url})):
        rows = await in_use().query("SELECT id, code FROM preorder")
    code = {row["id"]: row["code"] for row in rows}
    return [get(f"/order/{code[one.id]}/pay?key={one.key}", **PAGE) for one in made]


def _cookie(one: Basket) -> str:
    return "basket=" + ".".join(f"{offer}:{grams}" for offer, grams in one.lines)
