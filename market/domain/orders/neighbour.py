"""A neighbour fetches an order with a code that opens nothing else and can be taken back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import codes, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.refusal import Missing
from certification.basis.transaction import transaction
from certification.people import queries as people
from market.domain.orders import queries, refusals, rules
from market.domain.orders.queries import StoredOrder
from market.domain.orders.tables import PickupPass


class NoSuchPass(Missing):
    code = "orders.no_such_pass"


class PassGiven(msgspec.Struct, frozen=True, tag="orders.pass_given"):
    order: str


class PassTakenBack(msgspec.Struct, frozen=True, tag="orders.pass_taken_back"):
    order: str


class Pass(msgspec.Struct, frozen=True):
    """All that whoever holds it sees: for whom by the first letter only, where and when."""

    code: str
    initial: str
    withdrawn: bool
    order: StoredOrder


async def give(order: str, *, by: str, at: datetime) -> str:
    """Its code; asked again while one is out, the same."""
    async with transaction():
        stored = await queries.stored(order)
        if stored.buyer != by:
            raise refusals.NoSuchOrder
        rules.ensure_open_state(stored.state)
        await in_use().query(  # of two at once the second waits here
            "UPDATE preorder SET buyer = buyer WHERE id = {} RETURNING id", order
        )
        if known := await code_of(order):
            return known
        id = new_id()
        code = await codes.issue("pass", id, at=at)
        row = PickupPass(id=id, order=order, code=code, withdrawn_at=None, by=by, at=at)
        await insert(row)
        log.append(PassGiven(order), (PickupPass, id), subject=order, by=by, at=at)
    return code


async def take_back(order: str, *, by: str, at: datetime) -> None:
    """From now on the code fetches nothing; none out is none out."""
    async with transaction():
        if (await queries.stored(order)).buyer != by:
            raise refusals.NoSuchOrder
        rows = await in_use().query(
            'UPDATE pickup_pass SET withdrawn_at = {} WHERE "order" = {} AND withdrawn_at IS NULL'
            " RETURNING id",
            at, order,
        )  # fmt: skip
        if rows:
            told = [(PickupPass, row["id"]) for row in rows]
            log.append(PassTakenBack(order), *told, subject=order, by=by, at=at)


async def code_of(order: str) -> str:
    """Empty where none is out."""
    rows = await in_use().query(
        'SELECT code FROM pickup_pass WHERE "order" = {} AND withdrawn_at IS NULL', order
    )
    return str(rows[0]["code"]) if rows else ""


async def shown(typed: str) -> Pass:
    """NoSuchPass."""
    rows = await in_use().query(
        'SELECT code, "order" AS of, withdrawn_at FROM pickup_pass WHERE code = {}',
        codes.read(typed)[: codes.LONG],
    )
    if not rows:
        raise NoSuchPass
    order = await queries.stored(rows[0]["of"])
    name = (await people.particulars(order.buyer)).name
    return Pass(rows[0]["code"], name[:1], rows[0]["withdrawn_at"] is not None, order)
