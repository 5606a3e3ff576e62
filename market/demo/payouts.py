"""Where the money of the demo's rounds went: settled each evening, paid out after every second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from market.demo.days import Days, named
from market.demo.people import HAT_YAI, KHUAN_LANG, NETWORK, RATTAPHUM, who
from market.demo.rounds import Round, rounds
from market.demo.story import Deed, deed
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settled
from market.domain.settlement.rules import DecideRun, Level, MakeRun, MarkPaid, Settle

TREASURER, SECOND = who("prasert"), who("dao")
GROUPS = (RATTAPHUM, KHUAN_LANG, HAT_YAI)
PAYERS = (NETWORK, *GROUPS)
WHOLE = 1_000
"""More payouts than any run has."""


def settle(days: Days) -> Iterator[Deed]:
    past = [each for each in rounds(days) if each.over]
    for number, each in enumerate(past):
        wanted = Settle(named("settle", each.key), each.id, NETWORK)
        at = days.at(each.market_day, 18)
        yield deed(settlement.settle, wanted, by=TREASURER, at=at)
        if each.key == "last":
            yield from _last(each, days)
        elif number % 2:
            yield from _everybody(each, days)


def _everybody(round: Round, days: Days) -> Iterator[Deed]:
    yield _run(NETWORK, "group", round, days.at(round.market_day, 19))
    for number, group in enumerate(GROUPS):
        yield _run(group, "farmer", round, days.at(round.market_day, 20, 10 * number))


def _last(round: Round, days: Days) -> Iterator[Deed]:
    """Rattaphum's farmers have their money; at Hat Yai one has; Khuan Lang's run waits for its
    second pair of hands."""
    day = round.market_day
    yield _run(NETWORK, "group", round, days.at(day, 19))
    yield _run(RATTAPHUM, "farmer", round, days.at(day, 20))
    yield _run(HAT_YAI, "farmer", round, days.at(day, 20, 10), paid=1)
    yield _run(KHUAN_LANG, "farmer", round, days.at(day, 20, 20), approved=False)


def _run(
    payer: str, level: Level, round: Round, at: datetime, *, approved: bool = True,
    paid: int = WHOLE,
) -> Deed:  # fmt: skip
    return Deed(at, partial(_pay_out, payer, level, round.key, at, paid if approved else -1))


async def _pay_out(payer: str, level: Level, market: str, at: datetime, paid: int) -> None:
    """Made by one treasurer, approved by the other, then paid line by line, as many as `paid`."""
    if not await settled.due(payer, level):
        return
    made = MakeRun(named("run", market, payer, level), payer, level)
    await settlement.make_run(made, by=TREASURER, at=at)
    if paid < 0:
        return
    yes = DecideRun(made.id, payer, approve=True)
    await settlement.decide_run(yes, by=SECOND, at=at)
    for place, payout in enumerate((await settled.payouts(made.id))[:paid]):
        slip = f"DEMO-{market.upper()}-{PAYERS.index(payer)}-{place}"
        done = MarkPaid(payout.id, payer, "004", slip)
        await settlement.mark_paid(done, by=TREASURER, at=at)
