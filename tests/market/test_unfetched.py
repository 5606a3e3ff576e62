"""Nobody comes: what was said before it was ordered is kept, to the satang, and put right."""

import asyncio
from datetime import timedelta

import pytest

from certification.basis.database import Database
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit, earned, farmer_due, held
from market.domain.orders import missed, queries
from market.domain.orders.refusals import NoSuchOrder
from market.domain.orders.rules import DEPOSIT
from market.domain.payments import queries as payments_seen
from market.domain.pickups import commands as pickups
from market.domain.pickups.rules import KeptNotHere, SetPickupRule
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import Settle
from market.domain.truck_day import unfetched
from tests.cast import MALEE, NETWORK, NOK, NOW, PRASERT, RATTAPHUM
from tests.market.stall import OVER, Stall, faults, minutes, stall
from tests.market.test_deposits import asks

AFTER = OVER + timedelta(hours=1)


async def promises(there: Stall, absent: str = "credit", percent: int = 30, at=NOW, **how) -> None:
    asked = SetPickupRule(
        new_id(), NETWORK, absent, "credit", 3, kept_percent=percent,  # type: ignore[arg-type]
        **{"cycle": there.cycle, **how},
    )  # fmt: skip
    await run(pickups.set_rule, asked, by=PRASERT, at=at)


async def carried(by: str = PRASERT, at=AFTER) -> int:
    return await unfetched.carry_out(NETWORK, by=by, at=at)


async def stands(order: str, there: Stall) -> tuple[int, int, int]:
    """Held for it, Nok's credit, earned in the round."""
    return (
        await ledger.balance(held(NETWORK, order)),
        await ledger.balance(credit(NETWORK, NOK)),
        await ledger.balance(earned(NETWORK, RATTAPHUM, there.cycle)),
    )


async def nothing_is_wrong() -> None:
    assert [
        *await faults(), *await payments_seen.payment_faults(), *await settled.settlement_faults()
    ] == []  # fmt: skip


async def test_the_deposit_is_kept_for_malee_and_divided_with_the_round(db: Database) -> None:
    there = await asks(await stall(db))
    await promises(there)
    kept, whole = await there.paid(rail=DEPOSIT), await there.paid(rail="promptpay")
    await promises(there, "hold", 0, at=minutes(1))  # from now on; not of these two
    late = await there.order(rail=DEPOSIT, at=minutes(2))
    await there.pay(late.order, at=minutes(3))
    assert await carried(at=OVER - timedelta(seconds=1)) == 0
    with pytest.raises(NoSuchOrder):
        await unfetched.give_back(kept.order, RATTAPHUM, by=PRASERT, at=AFTER)
    with pytest.raises(unfetched.OwnKept):
        await unfetched.give_back(kept.order, NETWORK, by=NOK, at=AFTER)
    with pytest.raises(unfetched.NothingKept):
        await unfetched.give_back(kept.order, NETWORK, by=PRASERT, at=AFTER)
    assert await carried(by=NOK) == 0  # nobody ends an order of one's own
    assert [await carried(), await carried()] == [2, 0]
    assert [await there.state(one.order) for one in (kept, whole, late)] == [
        "cancelled", "cancelled", "confirmed",
    ]  # fmt: skip
    assert await there.buckets() == (9_000, 0, 1_000)
    # 11.99 were paid ahead of the one, 39.99 of the other, of which 12 baht are 30 in a hundred
    assert await stands(kept.order, there) == (0, 3_999 - 1_200, 1_199 + 1_200)
    await nothing_is_wrong()
    assert [one.order.id for one in await unfetched.waiting(NETWORK, AFTER)] == [late.order]
    assert await carried(at=OVER + timedelta(days=3)) == 1  # kept for three days, then credit
    assert (await stands(late.order, there))[2] == 2_399
    given = {one.order for one in (kept, whole)}
    assert {one.id for one in await unfetched.kept(NETWORK)} == given
    await run(unfetched.give_back, whole.order, NETWORK, by=PRASERT, at=AFTER)
    with pytest.raises(unfetched.NothingKept):
        await run(unfetched.give_back, whole.order, NETWORK, by=PRASERT, at=AFTER)
    assert (await stands(whole.order, there))[2] == 1_199
    await run(settlement.settle, Settle(new_id(), there.cycle, NETWORK), by=PRASERT, at=AFTER)
    assert await ledger.balance(farmer_due(RATTAPHUM, MALEE)) == 1_199
    with pytest.raises(unfetched.KeptIsDivided):
        await run(unfetched.give_back, kept.order, NETWORK, by=PRASERT, at=AFTER)
    assert await unfetched.kept(NETWORK) == []
    await nothing_is_wrong()


async def test_all_is_kept_where_the_goods_are_given_away_and_cash_owes_nothing(
    db: Database,
) -> None:
    there = await stall(db)
    await promises(there, "donate", 100)
    paid, cash = await there.paid(), await there.order(rail="cash")
    assert (await unfetched.waiting(NETWORK, AFTER))[0].before == 0
    assert await carried() == 2
    seen = await queries.stored(paid.order)
    assert (seen.final_satang, (await queries.stored(cash.order)).final_satang) == (3_999, None)
    assert await stands(paid.order, there) == (0, 0, 3_999)
    again = await there.order(rail="cash")
    [left] = await unfetched.waiting(NETWORK, AFTER)
    assert (left.order.id, left.before) == (again.order, 1)
    await nothing_is_wrong()


async def test_what_is_kept_is_kept_once_and_only_where_it_may_be_promised(db: Database) -> None:
    there = await stall(db, satang_per_kg=3_333)
    await promises(there, percent=33)
    placed = await there.paid(1_100)
    for wrong in ("hold", "move", "refund"):
        with pytest.raises(KeptNotHere):
            await promises(there, wrong, 1)
    with pytest.raises(KeptNotHere):
        await promises(there, "credit", 101)
    done = await asyncio.gather(*(carried() for _ in range(3)), return_exceptions=True)
    assert sum(one for one in done if isinstance(one, int)) == 1
    kept = -(-3_666 * 33 // 100)
    assert await stands(placed.order, there) == (0, 3_665 - kept, kept)
    assert await missed.groups_of(placed.order) == [RATTAPHUM]
    await nothing_is_wrong()
