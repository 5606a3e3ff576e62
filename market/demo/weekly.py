"""What Nok has every week, and what she likes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from market.demo.days import Days, named
from market.demo.people import NETWORK, who
from market.demo.shop import PLACE, product
from market.demo.story import Deed, deed
from market.domain.standing import commands as standing
from market.domain.standing.rules import Begin, Wish

WISHES = (("kale", 1_000, 7_000), ("choy-sum", 500, 6_000))


def wish(days: Days) -> Iterator[Deed]:
    """Since the round that is open now was opened: it takes its first turn in the next."""
    at = days.at(-1, 20)
    wishes = tuple(Wish(product(crop), grams, most) for crop, grams, most in WISHES)
    begin = Begin(named("weekly"), NETWORK, PLACE, "cash", 1, 15_000, wishes)
    yield deed(standing.begin, begin, by=who("nok"), at=at)
    likes = partial(standing.keep, product("kale"), kept=True, by=who("nok"), at=at)
    yield Deed(at, likes)
