"""The first thing of the shop: at which place, on which day and hours one wants to fetch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from certification.basis.ids import is_id
from market.answers.words import Words
from market.domain.offers.queries import CycleView
from market.domain.offers.room import Room
from market.domain.offers.stops import OpenStop, open_stops
from market.web import goods

STOP = "stop"
"""What an address calls it."""
AT_A_GLANCE = 3
"""The others are one tap away, so that the goods are near on a phone."""


class Choice(msgspec.Struct, frozen=True):
    of: OpenStop
    href: str
    window: str
    room: str
    """How much still fits; empty where it has no limit, or takes none."""
    left: str
    """Until ordering closes."""
    why: str
    """What keeps one from choosing it: full, closed; else empty."""
    wished: bool
    shown: bool
    """Its round is what the page shows."""


class Choices(msgspec.Struct, frozen=True):
    first: list[Choice]
    """Of several; empty where one is chosen, or there is one only and it can be had."""
    more: list[Choice]
    chosen: str
    """The stop that was wished for, where the round shown has it and it can be had."""


def asked(query: Mapping[str, str]) -> str:
    """The stop that an address names; nothing where it is none."""
    named = query.get(STOP, "")
    return named if is_id(named) else ""


def chosen(cycle: CycleView, wished: str) -> str:
    """`wished`, where it is one of the round's and was not closed; else nothing."""
    return next((one.id for one in cycle.stops if one.id == wished and not one.closed_at), "")


async def choices(cycle: CycleView, wished: str, at: datetime, say: Words) -> Choices:
    every = [_choice(one, cycle.id, wished, at, say) for one in await open_stops(at)]
    barred = [one.of.room.stop for one in every if one.why]
    taken = chosen(cycle, wished)
    if taken and taken not in barred:
        return Choices([], [one for one in every if one.of.room.stop != taken], taken)
    if not barred and [one.shown for one in every] == [True]:
        return Choices([], [], "")
    first = sorted(every, key=_weight)[:AT_A_GLANCE]
    return Choices(
        [one for one in every if one in first], [one for one in every if one not in first], ""
    )


def _weight(one: Choice) -> tuple[bool, bool, bool]:
    """What was asked for, then what can be had, then what the page shows."""
    return not one.wished, one.why != "", not one.shown


def _choice(of: OpenStop, shown: str, wished: str, at: datetime, say: Words) -> Choice:
    why = "closed" if of.room.closed else "" if of.room.fits(1) else "full"
    return Choice(
        of, f"/shop/{of.cycle}?{STOP}={of.room.stop}",
        goods.window(say, of.pickup_from, of.pickup_until), "" if why else _room(of.room, say),
        goods.time_left(say, of.closes_at - at), why, of.room.stop == wished, of.cycle == shown,
    )  # fmt: skip


def _room(room: Room, say: Words) -> str:
    told = []
    if room.orders_max is not None:
        told.append(say("{count} more orders fit", count=room.orders_max - room.orders))
    if room.grams_max is not None:
        told.append(say("{kilos} more fit", kilos=say.kilos(room.grams_max - room.grams)))
    return " · ".join(told)
