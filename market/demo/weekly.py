"""What Nok has every week and what she likes, and for whom a neighbour fetches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from market.demo.days import Days, named
from market.demo.goods import NEXT_ORDERS
from market.demo.money import buyer, order_id
from market.demo.people import NETWORK, who
from market.demo.shop import PLACE, product
from market.demo.story import Deed, deed
from market.domain.orders import neighbour
from market.domain.standing import commands as standing
from market.domain.standing.rules import Begin, Wish

WISHES = (("kale", 1_000, 7_000), ("choy-sum", 500, 6_000))
BY_A_NEIGHBOUR = NEXT_ORDERS[2]
"""Noi's, to be paid in cash at the stall."""


def wish(days: Days) -> Iterator[Deed]:
    """Since the round that is open now was opened: it takes its first turn in the next."""
    at = days.at(-1, 20)
    wishes = tuple(Wish(product(crop), grams, most) for crop, grams, most in WISHES)
    begin = Begin(named("weekly"), NETWORK, PLACE, "cash", 1, 15_000, wishes)
    yield deed(standing.begin, begin, by=who("nok"), at=at)
    likes = partial(standing.keep, product("kale"), kept=True, by=who("nok"), at=at)
    yield Deed(at, likes)
    fetched = partial(neighbour.give, order_id(BY_A_NEIGHBOUR), by=buyer(BY_A_NEIGHBOUR), at=at)
    yield Deed(at, fetched)
