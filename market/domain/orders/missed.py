"""Nobody came for a paid order: of its price so much is kept for who grew it as was said before.

Its lines then say 0 g and what was kept, so that it is divided with the round: no gram, so all of
it is the farmers'. Called by `commands.cancel` inside its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from certification.basis.database import in_use
from certification.basis.ids import new_id
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import AccountName, credit, discount, earned, postings, share
from market.domain.orders import deposits
from market.domain.orders.queries import StoredOrder
from market.domain.orders.rules import OrderedLine
from market.domain.orders.tables import Order, OrderLine

HARVESTED = (
    "SELECT pl.id FROM preorder_line pl JOIN offer f ON f.id = pl.offer"
    ' WHERE pl."order" = {} AND f.lot IS NOT NULL'
)
KEPT = (
    'SELECT pl.id, f."group" AS group_id, pl.actual_satang AS satang FROM preorder_line pl'
    ' JOIN offer f ON f.id = pl.offer WHERE pl."order" = {} AND pl.actual_satang > 0 ORDER BY pl.id'
)


async def keep(
    order: StoredOrder, lines: Sequence[OrderedLine], percent: int
) -> dict[AccountName, int]:
    """By account of a group's earnings; of the price of what was harvested, and never more than
    the buyer paid."""
    there = {row["id"] for row in await in_use().query(HARVESTED, order.id)}
    of = {line.id: line.satang for line in lines if line.id in there and line.satang}
    paid = order.ahead_satang - await balance(discount(order.merchant, order.id))
    kept = min(deposits.share(sum(of.values()), percent), paid)
    if kept <= 0:
        return {}
    found = dict[AccountName, int]()
    for line, satang in share(kept, of, odd_to="").items():
        await in_use().query(
            "UPDATE preorder_line SET actual_grams = 0, actual_satang = {} WHERE id = {}",
            satang, line,
        )  # fmt: skip
    await in_use().query("UPDATE preorder SET final_satang = {} WHERE id = {}", kept, order.id)
    for row in await in_use().query(KEPT, order.id):
        account = earned(order.merchant, row["group_id"], order.cycle)
        found[account] = found.get(account, 0) + row["satang"]
    return found


async def groups_of(order: str) -> list[str]:
    """For whose farmers something is kept of it."""
    return sorted({row["group_id"] for row in await in_use().query(KEPT, order)})


async def give_back(
    order: StoredOrder, *, by: str, at: datetime
) -> list[tuple[type[Order] | type[OrderLine], str]]:
    """All that is kept of it becomes the buyer's credit; for who has claimed the round."""
    rows = await in_use().query(KEPT, order.id)
    back = [
        (earned(order.merchant, row["group_id"], order.cycle),
         credit(order.merchant, order.buyer), int(row["satang"]))
        for row in rows
    ]  # fmt: skip
    await in_use().query(
        'UPDATE preorder_line SET actual_grams = NULL, actual_satang = NULL WHERE "order" = {}',
        order.id,
    )
    await in_use().query("UPDATE preorder SET final_satang = NULL WHERE id = {}", order.id)
    await ledger.post(new_id(), "kept_given_back", order.id, postings(*back), by=by, at=at)
    return [(Order, order.id), *((OrderLine, row["id"]) for row in rows)]
