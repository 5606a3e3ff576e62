"""What the market's stories begin with: the village, a place, a cycle, and lots that are offered.

there = await stall(db)                       # Malee's 10 kg at 40 baht, in steps of 100 g
placed = await there.order(grams=1_000)       # Nok, by PromptPay
"""

from datetime import date, datetime, timedelta

import msgspec

from certification.basis import codes
from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.plots.tables import Plot
from market.domain.ledger import queries as ledger
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.tables import Lot
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer, OpenCycle
from market.domain.orders import commands as orders
from market.domain.orders import queries as orders_seen
from market.domain.orders.rules import (
    PAID_FIRST,
    CancelOrder,
    DueBy,
    HandedOver,
    HandOver,
    Line,
    OrderPlaced,
    PlaceOrder,
    Rail,
    Weighed,
)
from market.domain.payments import commands as payments
from market.domain.payments.rules import Confirm, PaymentConfirmed, SetAccount
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace, Window
from market.domain.products.tables import Product
from market.domain.splits import commands as splits
from market.domain.splits.rules import Approved, Decide, Propose
from tests.cast import (
    DAO,
    MALEE,
    NETWORK,
    NOK,
    NOW,
    PRASERT,
    RATTAPHUM,
    TODAY,
    later,
    use_a_vault,
    village,
)
from tests.remembered import remembered

CLOSES = later(days=2)
PICKUP = later(days=3)
OVER = later(days=4)
SHARES = Propose(
    "", NETWORK, merchant_bp=200, truck_bp=1000, fund_bp=300, group_bp=500, decided_on=TODAY,
    holds_from=TODAY,
)  # fmt: skip
PHONE = "0812345678"


class Stall(msgspec.Struct):
    cycle: str
    place: str
    rule: str
    offer: str = ""
    stock: str = ""
    lot: str = ""

    async def order(
        self,
        grams: int = 1_000,
        *,
        rail: Rail = "promptpay",
        buyer: str = NOK,
        at: datetime = NOW,
        offer: str | None = None,
        id: str | None = None,
    ) -> OrderPlaced:
        lines = (Line(new_id() if id is None else f"{id[:-4]}11ne", offer or self.offer, grams),)
        asked = PlaceOrder(id or new_id(), self.cycle, buyer, rail, lines)
        return await run(orders.place, asked, by=buyer, at=at)

    async def pay(self, order: str, *, at: datetime = NOW, **otherwise: object) -> PaymentConfirmed:
        """Nok pays what is asked and Prasert confirms it."""
        requested = await run(payments.request, order, by=NOK, at=at)
        confirm = Confirm(new_id(), requested.request, NETWORK, requested.satang)
        confirm = msgspec.structs.replace(confirm, **otherwise)
        return await run(payments.confirm, confirm, by=PRASERT, at=at)

    async def paid(
        self, grams: int = 1_000, *, rail: Rail = "promptpay", **how: str
    ) -> OrderPlaced:
        placed = await self.order(grams, rail=rail, **how)
        if rail in PAID_FIRST:
            await self.pay(placed.order)
        return placed

    async def hand_over(
        self, order: str, *grams: int, at: datetime = PICKUP, id: str | None = None,
        due_by: DueBy = "cash",
    ) -> HandedOver:  # fmt: skip
        """All that was ordered, or so many grams of each line."""
        lines = (await orders_seen.merchants(order, NETWORK)).lines
        actual = grams or tuple(line.grams for line in lines)
        weighed = tuple(Weighed(line.id, g) for line, g in zip(lines, actual, strict=True))
        given = HandOver(id or new_id(), order, NETWORK, weighed, due_by)
        return await run(orders.hand_over, given, by=DAO, at=at)

    async def cancel(self, order: str, *, by: str = NOK, at: datetime = NOW) -> None:
        merchant = None if by == NOK else NETWORK
        await run(orders.cancel, CancelOrder(order, merchant), by=by, at=at)

    async def state(self, order: str) -> str:
        return (await orders_seen.stored(order)).state

    async def buckets(self, stock: str | None = None) -> tuple[int, int, int]:
        """Grams available, held and sold."""
        row = await lots_seen.stock(stock or self.stock)
        return row.available_grams, row.held_grams, row.sold_grams


async def stall(db: Database, grams: int = 10_000, satang_per_kg: int = 4_000) -> Stall:
    use_a_vault()

    async def tell() -> Stall:
        await village(db)
        return await stall_in_village(grams, satang_per_kg)

    told = await remembered(db, f"stall {grams} {satang_per_kg}", tell)
    return msgspec.structs.replace(told)


async def stall_in_village(grams: int = 10_000, satang_per_kg: int = 4_000) -> Stall:
    """Where the village is there already, as with `doors`."""
    there = await run(opened)
    await harvest_and_offer(there, grams, satang_per_kg)
    return there


async def opened() -> Stall:
    place, cycle, rule = new_id(), new_id(), new_id()
    await places.define(
        DefinePlace(place, NETWORK, "pickup", "หลาดกรีน รพ.รัตภูมิ", "Rattaphum hospital", "900901",
                    7_130_000, 100_260_000, (Window(7, 540, 720),)),
        by=DAO, at=NOW,
    )  # fmt: skip
    await shared(rule)
    opening = OpenCycle(
        cycle, NETWORK, "รอบวันจันทร์", "Monday's round", place, opens_at=later(hours=-1),
        closes_at=CLOSES, pickup_from=PICKUP, pickup_until=OVER, hold_minutes=60,
    )  # fmt: skip
    await offers.open_cycle(opening, by=DAO, at=NOW)
    account = SetAccount(new_id(), NETWORK, "phone", PHONE)
    await payments.set_account(account, by=PRASERT, at=NOW)
    return Stall(cycle, place, rule)


async def shared(id: str, at: datetime = NOW, **changed: object) -> Approved:
    """Dao writes down what the meeting decided, Prasert approves it."""
    shares = msgspec.structs.replace(SHARES, id=id, **changed)
    await splits.propose(shares, by=DAO, at=at)
    done = await splits.decide(Decide(id, shares.merchant, approve=True), by=PRASERT, at=at)
    assert isinstance(done, Approved)
    return done


async def harvest_and_offer(
    there: Stall,
    grams: int,
    satang_per_kg: int,
    *,
    farmer: str = MALEE,
    group: str = RATTAPHUM,
    step_grams: int = 100,
) -> str:
    """A plain lot of that farmer, offered; `there` then speaks of it. Answers the offer."""
    there.lot, there.stock = await run(harvested, grams, farmer, group)
    product, there.offer = new_id(), new_id()
    await Product.insert(
        Product(
            id=product, network=NETWORK, crop="kale", name_th="คะน้า", name_en="Chinese kale",
            unit="kg", piece_grams=None, vat_class="exempt", by=DAO, at=NOW,
        )
    )  # fmt: skip
    made = MakeOffer(there.offer, there.cycle, there.stock, product, satang_per_kg, step_grams)
    await run(offers.offer, made, by=DAO, at=NOW)
    return there.offer


async def harvested(grams: int, farmer: str, group: str) -> tuple[str, str]:
    plot, lot, stock = new_id(), new_id(), new_id()
    async with transaction():
        await Plot.insert(
            Plot(
                id=plot, code=codes.make(), group=group, farmer=farmer, kind="field",
                tambon="900901", area_m2=1600, shape_source="point", lat_e7=71_000_000,
                lon_e7=1_002_000_000, by=farmer, at=NOW, salt=bytes(16),
            )
        )  # fmt: skip
        await Lot.insert(
            Lot(
                id=lot, code=codes.make(), group=group, plot=plot, farmer=farmer, crop="kale",
                harvested_on=date(2026, 11, 22), grams=grams, claim="plain",
                because="no_certificate", by=farmer, at=NOW,
            )
        )  # fmt: skip
        await lots.open_stock(stock, "lot", lot, grams, by=farmer, at=NOW)
    return lot, stock


async def faults() -> list[tuple[str, str, str, str]]:
    """Of stock, reservations and books: there must be none, whatever happened."""
    return [
        *await lots_seen.stock_faults(),
        *await orders_seen.reservation_faults(),
        *await ledger.ledger_faults(),
    ]


def minutes(number: int) -> datetime:
    return NOW + timedelta(minutes=number)
