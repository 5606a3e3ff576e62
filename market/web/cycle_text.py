"""A round as a text for a chat: what is offered, for buyers; what to harvest, for who brings it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from market.answers.words import Words
from market.domain.orders.queries import HarvestLine
from market.web import for_line
from market.web.goods import Good, Stop


def offered(say: Words, there: Stop, sold: list[Good], address: str) -> str:
    """For buyers: until when, where, and what there is."""
    until = f"{say('Order until')} {say.moment(there.cycle.closes_at)}"
    where = [f"{say('Pick up')}: {say.name(one.place)} {one.window}" for one in there.where]
    lines = [
        f"• {say.name(one.line)} {say.baht(one.unit_price)} / "
        + say("piece" if one.line.piece_grams else "kg")
        for one in sold
        if not one.sold_out
    ]
    return for_line.text(say.name(there.cycle), [until, *where, *lines], address)


def to_harvest(say: Words, there: Stop, harvest: Iterable[HarvestLine], address: str) -> str:
    """For a chat of many: what is ordered of each kind, and of nobody by name."""
    sums = Counter[str]()
    for line in harvest:
        sums[say.name(line)] += line.grams
    lines = [f"• {name} {say.kilos(grams)}" for name, grams in sorted(sums.items())]
    return for_line.text(f"{say('To harvest')}: {say.name(there.cycle)}", lines, address)
