"""Orders as the doors place them: of goods that are gone nothing is written but the no.

A look at what is committed says no and never yes: whoever passes it takes the grams, or is refused,
by the one statement that both checks and takes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from certification.basis import asked
from certification.basis.refusal import Refusal
from certification.people import rules as people
from market.domain.lots import commands as lots
from market.domain.lots.rules import Portion
from market.domain.offers import queries as offers
from market.domain.orders import commands, deposits
from market.domain.orders.rules import OrderPlaced, PlaceOrder


async def place(order: PlaceOrder, *, by: str, at: datetime) -> OrderPlaced:
    return await with_it(order, partial(commands.place, order, by=by, at=at), by=by, at=at)


async def with_it(
    order: PlaceOrder, do: Callable[[], Awaitable[OrderPlaced]], *, by: str, at: datetime
) -> OrderPlaced:
    """`do` places it, and what else is done in the same moment; a no is remembered."""
    return await asked.for_good_after(partial(_ensure_left, order, by=by, at=at), do)


async def _ensure_left(order: PlaceOrder, *, by: str, at: datetime) -> None:
    wanted = dict.fromkeys((line.offer for line in order.lines), 0)
    for line in order.lines:
        wanted[line.offer] += line.grams  # of pieces the weight is not known here: none
    if not wanted or order.bundles or await offers.are_left(wanted):
        return
    if await asked.is_known(order.id):  # looked for last: who took these grams may be this order
        return
    try:
        await _refuse(order, at)
    except Refusal as no:
        digest = asked.digest_of(commands.DEED, by, commands.body(order))
        no.deed = asked.Deed(order.id, commands.DEED, by, digest, OrderPlaced, at)
        raise


async def _refuse(order: PlaceOrder, at: datetime) -> None:
    """What else stands in the way is said first, as where the order is placed."""
    cycle, _, lines = await commands.agreed(order, at)
    if order.guest:
        people.normalised(commands.particulars(order.guest))
    deposits.placed(order.rail, sum(line.satang for line in lines), cycle.deposit_percent)
    lines.sort(key=lambda line: line.stock)
    await lots.ensure_left([Portion(line.stock, line.grams, line.id) for line in lines])
