"""A merchant opens a round under a rule, and sells in it what its own groups grow."""

import msgspec
import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.groups import commands as groups
from certification.groups.rules import Found
from market.domain.offers import commands, queries, refusals, rules
from market.domain.offers.refusals import Closed
from market.domain.offers.rules import MakeOffer, OpenCycle
from market.domain.places.rules import NoSuchPlace
from market.domain.products.tables import Product
from market.domain.splits.rules import NoSuchRule, NotInForce, Parts
from tests.cast import (
    ADMIN,
    DAO,
    KRITS_GROUP,
    LONG_AGO,
    MALEE,
    NETWORK,
    NOW,
    RATTAPHUM,
    TOMORROW,
    later,
)  # fmt: skip
from tests.market.stall import CLOSES, OVER, PICKUP, Stall, shared, stall

CYCLE = OpenCycle(
    "", NETWORK, "รอบ", "Round", "", opens_at=NOW, closes_at=CLOSES, pickup_from=PICKUP,
    pickup_until=OVER,
)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name_th": ""}, refusals.NameMissing),
        ({"closes_at": NOW}, refusals.TimesWrong),
        ({"opens_at": later(days=-3), "closes_at": later(days=-1)}, refusals.TimesWrong),
        ({"pickup_from": later(hours=-1)}, refusals.TimesWrong),
        ({"pickup_until": PICKUP}, refusals.TimesWrong),
        ({"pickup_from": NOW, "pickup_until": later(days=1)}, refusals.TimesWrong),
        ({"hold_minutes": 0}, refusals.HoldWrong),
        ({"hold_minutes": 99_999}, refusals.HoldWrong),
    ],
)
def test_times_come_in_their_order(wrong, refusal) -> None:
    with pytest.raises(refusal):
        rules.ensure_cycle(msgspec.structs.replace(CYCLE, **wrong), NOW)


async def test_a_round_keeps_the_shares_it_was_opened_under(db: Database) -> None:
    there = await stall(db)
    before = await queries.shop(there.cycle)
    newer = new_id()
    assert (await run(shared, newer, fund_bp=5_000)).version == 2
    assert await queries.shop(there.cycle) == before
    opening = msgspec.structs.replace(CYCLE, id=new_id(), place=there.place)
    assert (await run(commands.open_cycle, opening, by=DAO, at=NOW)).split_rule == newer
    older = msgspec.structs.replace(opening, id=new_id(), split_rule=there.rule)
    with pytest.raises(NotInForce):
        await run(commands.open_cycle, older, by=DAO, at=NOW)


async def test_a_round_has_the_shares_of_its_first_day(db: Database) -> None:
    there = await stall(db)
    await run(shared, new_id(), fund_bp=5_000, holds_from=TOMORROW)
    for opens, as_before in ((later(hours=-1), True), (later(days=1), False)):
        opening = msgspec.structs.replace(CYCLE, id=new_id(), place=there.place, opens_at=opens)
        opened = await run(commands.open_cycle, opening, by=DAO, at=NOW)
        assert (opened.split_rule == there.rule) == as_before


async def test_the_shop_shows_what_is_left_and_where_each_baht_goes(db: Database) -> None:
    there = await stall(db)
    await there.order(1_000)
    [line] = await queries.shop(there.cycle)
    assert (line.grams_left, line.claim, line.farmer) == (9_000, "plain", MALEE)
    assert line.parts == Parts(3_200, 200, 400, 120, 80)
    assert line.parts.whole == line.satang_per_kg
    await run(commands.withdraw, line.offer, by=DAO, at=NOW)
    assert await queries.shop(there.cycle) == []
    with pytest.raises(refusals.NoSuchOffer):
        await run(commands.withdraw, new_id(), by=DAO, at=NOW)


async def test_the_nearest_round_is_the_one_that_closes_first(db: Database) -> None:
    there = await stall(db)
    soon = msgspec.structs.replace(CYCLE, id=new_id(), place=there.place, closes_at=later(days=1))
    await run(commands.open_cycle, soon, by=DAO, at=NOW)
    nearest = await queries.nearest_cycle(NOW)
    assert nearest
    assert nearest.id == soon.id
    assert [cycle.id for cycle in await queries.open_cycles(NOW)] == [soon.id, there.cycle]
    before = await queries.nearest_cycle(later(days=-9))
    assert before
    assert not before.is_open(later(days=-9))
    assert await queries.nearest_cycle(CLOSES) is None
    assert len(await queries.cycles(NETWORK)) == 2
    with pytest.raises(refusals.NoSuchCycle):
        await queries.cycle(new_id())


async def a_product(network: str = NETWORK, crop: str = "kale", grams: int | None = None) -> str:
    id = new_id()
    await Product.insert(
        Product(
            id=id, network=network, crop=crop, name_th="ผัก", name_en="Greens",
            unit="piece" if grams else "kg", piece_grams=grams, vat_class="exempt", by=DAO, at=NOW,
        )
    )  # fmt: skip
    return id


async def make(there: Stall, product: str, **how: int | str) -> rules.Offered:
    made = MakeOffer(new_id(), there.cycle, there.stock, product, 4_000, 100)
    made = msgspec.structs.replace(made, **how)
    return await run(commands.offer, made, by=DAO, at=NOW)


async def test_a_lot_has_one_price_in_a_round(db: Database) -> None:
    there = await stall(db)
    with pytest.raises(refusals.AlreadyOffered):
        await make(there, await a_product())


async def test_what_does_not_fit_is_not_offered(db: Database) -> None:
    there = await stall(db)
    opening = msgspec.structs.replace(CYCLE, id=new_id(), place=there.place)
    there.cycle = (await run(commands.open_cycle, opening, by=DAO, at=NOW)).cycle
    product = await a_product()
    with pytest.raises(refusals.NoSuchStock):
        await make(there, product, stock=new_id())
    with pytest.raises(refusals.NoSuchCycle):
        await make(there, product, cycle=new_id())
    with pytest.raises(refusals.OtherCrop):
        await make(there, await a_product(crop="okra"))
    with pytest.raises(refusals.PriceWrong):
        await make(there, product, satang_per_kg=0)
    with pytest.raises(refusals.StepWrong):
        await make(there, product, step_grams=0)
    with pytest.raises(refusals.StepWrong):
        await make(there, await a_product(grams=300), step_grams=400)
    late = MakeOffer(new_id(), there.cycle, there.stock, product, 4_000, 100)
    with pytest.raises(Closed):
        await run(commands.offer, late, by=DAO, at=CLOSES)
    assert await make(there, await a_product(grams=300), step_grams=600)


async def test_another_network_s_merchant_sells_nothing_of_it(db: Database) -> None:
    there = await stall(db)
    other = new_id()
    founding = Found(other, "network", "เครือข่ายอื่น", "Another network", "93")
    await run(groups.found, founding, by=ADMIN, at=LONG_AGO)
    with pytest.raises(refusals.OtherPlace):
        theirs = msgspec.structs.replace(CYCLE, id=new_id(), merchant=other, place=there.place)
        await run(commands.open_cycle, theirs, by=DAO, at=NOW)
    with pytest.raises(NoSuchPlace):
        nowhere = msgspec.structs.replace(CYCLE, id=new_id(), place=new_id())
        await run(commands.open_cycle, nowhere, by=DAO, at=NOW)
    with pytest.raises(refusals.OtherNetwork):
        opening = msgspec.structs.replace(CYCLE, id=new_id(), place=there.place)
        there.cycle = (await run(commands.open_cycle, opening, by=DAO, at=NOW)).cycle
        await make(there, await a_product(network=other))
    group = msgspec.structs.replace(CYCLE, id=new_id(), merchant=KRITS_GROUP, place=there.place)
    with pytest.raises(NoSuchRule):
        await run(commands.open_cycle, group, by=DAO, at=NOW)


def goods(**otherwise: str | None) -> rules.Goods:
    known = rules.Goods(
        "lot", "kale", RATTAPHUM, NETWORK, MALEE, NETWORK, None, "kale", NETWORK, None
    )
    return msgspec.structs.replace(known, **otherwise)


def test_a_group_may_sell_its_neighbours_harvest_and_nobody_else_s() -> None:
    made = MakeOffer("", "", "", "", 4_000, 100)
    rules.ensure_offer(made, goods())
    rules.ensure_offer(made, goods(merchant=KRITS_GROUP, merchant_network=NETWORK))
    rules.ensure_offer(
        made, goods(merchant=RATTAPHUM, merchant_network=None, group_network=None,
                    product_network=RATTAPHUM),
    )  # fmt: skip
    with pytest.raises(refusals.OtherNetwork):
        rules.ensure_offer(made, goods(group_network="another"))
