"""A round has opened: each standing order of its merchant takes its turn in it, once."""

from __future__ import annotations

from datetime import datetime

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.domain.lots.refusals import SoldOut
from market.domain.orders.rules import PAID_FIRST
from market.domain.payments import commands as payments
from market.domain.standing import commands, queries
from market.domain.standing.queries import Due

AT_ONCE = 100


async def take_turns(at: datetime) -> None:
    """Until none is left; what others bought at this moment is looked at anew next time."""
    tried: set[Due] = set()
    while due := [one for one in await queries.due(at, AT_ONCE + len(tried)) if one not in tried]:
        for one in due:
            tried.add(one)
            await _take(one, at)


async def _take(one: Due, at: datetime) -> None:
    try:
        placed = await run(commands.take_turn, one.standing, one.cycle, at=at)
    except SoldOut:
        return
    except Refusal as no:
        await run(commands.pass_over, one.standing, one.cycle, no, at=at)
        return
    if placed and placed.rail in PAID_FIRST:
        await _ask_for_money(placed.order, at)


async def _ask_for_money(order: str, at: datetime) -> None:
    """Where it cannot be, the order stands all the same, and its page says why and what else."""
    mine = await queries.owner_of(order)
    try:
        await run(payments.request, order, by=mine, at=at)
    except Refusal:
        return
