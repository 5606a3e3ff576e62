"""Mariya brings less lemongrass than is ordered: the hospital's ward is served first, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from market.demo.days import Days, named
from market.demo.people import NETWORK, who
from market.demo.shop import offer
from market.demo.story import Deed, deed
from market.domain.intake import commands as intake
from market.domain.intake.rules import WeighIn
from market.domain.orders import queries as orders
from market.domain.shortage import commands, queries
from market.domain.shortage.rules import ServeFirst, ShareOut

OFFER = offer("next", "mariya-field", "lemongrass")
CAME_GRAMS, SPOILT_GRAMS = 2_500, 300


def fall_short(days: Days) -> Iterator[Deed]:
    evening = days.at(-1, 21, 10)
    brought = WeighIn(
        named("intake", "lemongrass"), OFFER, CAME_GRAMS + SPOILT_GRAMS, CAME_GRAMS, "spoilt",
        last=True,
    )  # fmt: skip
    yield deed(intake.weigh_in, brought, by=who("dao"), at=evening)
    shared = days.at(-1, 21, 30)
    yield Deed(shared, partial(_shared, shared))


async def _shared(at: datetime) -> None:
    ward = (await orders.stored(named("order", "next-8"))).code
    first = ServeFirst(named("served-first", "ward"), NETWORK, ward, "hospital")
    await commands.serve_first(first, by=who("dao"), at=at)
    seen = (await queries.preview(OFFER, CAME_GRAMS)).seen
    asked = ShareOut(named("shortage", "lemongrass"), OFFER, CAME_GRAMS, seen)
    await commands.share_out(asked, by=who("dao"), at=at)
