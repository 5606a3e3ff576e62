"""A small village with something of everything that a fault could tear apart, told by commands.

Malee's plot and lot, a round that is open by the real clock, orders unpaid, paid and in cash, and
three photos. Nothing in it is to come: the real `market serve` starts on it.
"""

from datetime import UTC, datetime, timedelta

from certification.basis import blobs
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.plots import commands as plots
from certification.plots.rules import PlantCrop, RegisterPlot
from market.domain.lots import commands as lots
from market.domain.lots.rules import HarvestLot
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer, OpenCycle
from market.domain.payments import commands as payments
from market.domain.payments.rules import SetAccount
from market.domain.places import commands as places
from market.domain.places.rules import DefinePlace, Window
from market.domain.products import commands as products
from market.domain.products.rules import DefineProduct
from market.domain.splits import commands as splits
from market.domain.splits.rules import Decide, Propose
from tests.cast import DAO, LONG_AGO, MALEE, NETWORK, PRASERT, RATTAPHUM, settle_village
from tests.market.stall import PHONE, Stall

CYCLE, OFFER, PLACE, RULE = new_id(), new_id(), new_id(), new_id()
STEP_GRAMS, STOCK_GRAMS = 10, 500_000
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40


async def tell_history() -> None:
    at = datetime.now(UTC)
    await run(settle_village)
    await run(_round, at)
    stock = await run(_harvested, at)
    product = new_id()
    await run(products.define, product, DefineProduct(NETWORK, "kale"), by=DAO, at=at)
    made = MakeOffer(OFFER, CYCLE, stock, product, 10_000, STEP_GRAMS)
    await run(offers.offer, made, by=DAO, at=at)
    stall = Stall(CYCLE, PLACE, RULE, OFFER, stock)
    await stall.order(100, at=at)
    await stall.order(200, at=at, rail="cash")
    await stall.pay((await stall.order(300, at=at)).order, at=at)
    for number in range(3):
        await run(blobs.keep, PHOTO + bytes([number]), by=MALEE, at=at)


async def _harvested(at: datetime) -> str:
    plot, planting, today = new_id(), new_id(), local_day(at)
    registered = RegisterPlot(
        id=plot, group=RATTAPHUM, farmer=MALEE, name="หลังบ้าน", kind="field", lat=7.0761,
        lon=100.2838, area_m2=3_200, tambon="900901", farmed_since=LONG_AGO.date(),
    )  # fmt: skip
    await plots.register(registered, by=MALEE, at=LONG_AGO)
    sown = PlantCrop(planting, plot, "kale", 3_200, today - timedelta(days=40))
    await plots.plant(sown, by=MALEE, at=at)
    cut = HarvestLot(plot, "kale", today, STOCK_GRAMS, planting, as_plain=True)
    return (await lots.harvest(new_id(), cut, by=MALEE, at=at)).stock


async def _round(at: datetime) -> None:
    window = (Window(7, 540, 720),)
    place = DefinePlace(
        PLACE, NETWORK, "pickup", "หลาดกรีน รพ.รัตภูมิ", "Rattaphum hospital", "900901",
        7_130_000, 100_260_000, window,
    )  # fmt: skip
    await places.define(place, by=DAO, at=at)
    today = local_day(at)
    shares = Propose(RULE, NETWORK, 200, 1000, 300, 500, decided_on=today, holds_from=today)
    await splits.propose(shares, by=DAO, at=at)
    await splits.decide(Decide(RULE, NETWORK, approve=True), by=PRASERT, at=at)
    opening = OpenCycle(
        CYCLE, NETWORK, "รอบวันจันทร์", "Monday's round", PLACE, opens_at=at - timedelta(hours=1),
        closes_at=at + timedelta(days=2), pickup_from=at + timedelta(days=3),
        pickup_until=at + timedelta(days=4), hold_minutes=60,
    )  # fmt: skip
    await offers.open_cycle(opening, by=DAO, at=at)
    await payments.set_account(SetAccount(new_id(), NETWORK, "phone", PHONE), by=PRASERT, at=at)
