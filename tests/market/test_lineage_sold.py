"""A mixed lot is sold: who grew it is owed, and what befalls one of them reaches its buyers."""

from fractions import Fraction

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from certification.certificates import queries as certificates
from market.domain.lots import queries as lots
from market.domain.offers import commands as offers
from market.domain.offers.rules import MakeOffer
from market.domain.orders import barred
from market.domain.orders import queries as orders
from market.domain.products.tables import Product
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import Settle
from tests.cast import CHAN, DAO, MALEE, NETWORK, NOW, PRASERT, YESTERDAY, later
from tests.market.farm import farm
from tests.market.stall import faults, stall_in_village
from tests.market.test_lineage import beside, make


async def test_nok_buys_of_a_mix_and_both_who_grew_it_are_owed(db: Database) -> None:
    malee, chan = await farm(db), await beside(CHAN)
    first = await malee.harvest(5_000)
    second = await chan.harvest(5_000, by=CHAN, harvested_on=YESTERDAY)
    made = (await make("mix", {first.lot: 2_000, second.lot: 1_000}, 2_999)).lots[0]
    there, stock = await stall_in_village(), (await lots.lot(made.lot)).stock
    product = await Product.select(Product.id).first()
    assert product
    there.offer = new_id()
    offer = MakeOffer(there.offer, there.cycle, stock, product["id"], 3_333, 100)
    await run(offers.offer, offer, by=DAO, at=NOW)
    sold, waits = await there.paid(1_300), await there.paid(700)
    await there.hand_over(sold.order)
    [line] = [one for one in await orders.harvest_list(there.cycle) if one.lot == made.lot]
    assert (line.farmer, line.grams) == (None, 700)
    await run(
        settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=later(days=5)
    )
    [lump] = await settled.settlements(cycle=there.cycle)
    shares = {share.farmer: share for share in await settled.shares(lump.id)}
    assert sum(share.satang for share in shares.values()) == lump.farmers_satang
    assert sum(share.sales_satang for share in shares.values()) == lump.gross_satang
    assert sum(share.grams for share in shares.values()) == 1_300
    assert abs(shares[MALEE].satang - Fraction(2 * lump.farmers_satang, 3)) < 2
    [lot_line] = await settled.farmer_lots(CHAN, there.cycle)
    assert (lot_line.lot, lot_line.satang) == (made.lot, shares[CHAN].satang)

    async def under(certificate: str) -> dict[str, bool]:
        of = await certificates.certificate(certificate)
        return {one.lot: one.barred for one in await barred.under(of)}

    assert await under(chan.certificate) == {second.lot: False, made.lot: False}
    await chan.happened("revoked", YESTERDAY)
    assert await under(chan.certificate) == {second.lot: True, made.lot: True}
    assert (await under(malee.certificate))[made.lot] is False
    assert [one.code for one in await barred.of_order(waits.order)] == [made.code]
    assert [of.id for of in await barred.for_merchant(NETWORK)] == [chan.certificate]
    assert await faults() == [] == await settled.settlement_faults()
