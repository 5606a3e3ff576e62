"""What Nok ordered before she registered is hers by its link, never by its telephone number."""

import asyncio
from hashlib import sha256

import pytest

from certification.basis.database import Database
from certification.basis.ids import following, new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.orders import changing, keeping, refusals
from market.domain.orders import commands as orders
from market.domain.orders import queries as seen
from market.domain.orders.changing import Change
from market.domain.orders.rules import Guest, Line, PlaceOrder, Weighed
from market.domain.payments import commands as payments
from market.domain.payments.rules import Confirm
from tests.cast import MALEE, NETWORK, NOK, NOW, PRASERT
from tests.market.stall import Stall, faults, stall

KEY = sha256(b"what only the link says, 128 bits").hexdigest()


async def test_who_holds_the_link_keeps_the_order_with_its_credit_and_nobody_after_her(
    db: Database,
) -> None:
    there = await stall(db)
    order, guest = await guests(there)
    with pytest.raises(refusals.NoSuchOrder):
        await run(keeping.keep, order, sha256(b"0812345678").hexdigest(), by=MALEE, at=NOW)
    kept = await run(keeping.keep, order, KEY, by=NOK, at=NOW)
    assert await run(keeping.keep, order, KEY, by=NOK, at=NOW) == keeping.OrderKept(order, NOK, 0)
    assert kept.satang == await balance(credit(NETWORK, NOK)) == 2_000
    with pytest.raises(refusals.NoSuchOrder):
        await run(keeping.keep, order, KEY, by=MALEE, at=NOW)
    assert await balance(credit(NETWORK, guest)) == 0
    assert [one.id for one in await seen.orders_of(NOK)] == [order]
    assert await faults() == []


async def test_of_two_who_keep_it_at_once_one_has_it(db: Database) -> None:
    there = await stall(db)
    order, _ = await guests(there)
    said = await asyncio.gather(
        *(run(keeping.keep, order, KEY, by=one, at=NOW) for one in (NOK, MALEE)),
        return_exceptions=True,
    )
    assert not [one for one in said if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert await faults() == []


def guest_of(order: str) -> str:
    return following(order, "guest")


async def guests(there: Stall) -> tuple[str, str]:
    id = new_id()
    asked = PlaceOrder(
        id, there.cycle, guest_of(id), "promptpay", (Line(new_id(), there.offer, 1_000),),
        Guest("Nok", "0812345678", KEY),
    )  # fmt: skip
    await run(orders.place, asked, by=guest_of(id), at=NOW)
    wanted = await run(payments.request, id, by=guest_of(id), at=NOW)
    paid = Confirm(new_id(), wanted.request, NETWORK, wanted.satang)
    await run(payments.confirm, paid, by=PRASERT, at=NOW)
    [line] = (await seen.guests(id, KEY)).lines
    less = Change(new_id(), id, (Weighed(line.id, 500),))
    await run(changing.change, less, by=guest_of(id), at=NOW)
    return id, guest_of(id)
