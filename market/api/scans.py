"""Lots that were scanned more often than their packets explain, and what it was."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from market.access import deeds, scans
from market.access.permit import Permit
from market.domain.scans import commands, queries, rules
from market.domain.scans.queries import Day, SignalView, Told

Mine = NamedDependency[Permit]
At = NamedDependency[datetime]


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`look`: one looks into it; `end`: what it was."""

    id: str
    deed: Literal["look", "end"]
    because: rules.Because = "other"
    words: str = ""


class SignalWhole(msgspec.Struct, frozen=True):
    signal: SignalView
    state: str
    days: tuple[Day, ...]
    places: tuple[Told, ...]


@get(
    "/api/v1/scan-signals", opt={"op": "scan.read"}, tags=["scans"],
    summary="Lots scanned unusually often within reach, what waits first",
)  # fmt: skip
async def list_signals(permit: Mine) -> list[SignalView]:
    return [_lots(one) for one in await scans.seen(permit)]


@get(
    "/api/v1/scan-signals/{id:str}", opt={"op": "scan.read"}, tags=["scans"],
    summary="One, with the sums of each day and of each district that was told",
)  # fmt: skip
async def read_signal(id: FromPath[str], permit: Mine) -> SignalWhole:
    of, place = await scans.signal(id)
    permit.check(place)
    days, places = await queries.days(of.lot), await queries.places(of.lot)
    return SignalWhole(_lots(of), of.state, tuple(days), tuple(places))


def _lots(of: SignalView) -> SignalView:
    """It is the lot's; whose land that was, who asks need not know."""
    return msgspec.structs.replace(of, farmer=None)


@post(
    "/api/v1/scan-signals/{id:str}/deeds", opt={"op": "scan.judge"}, tags=["scans"],
    summary="Look into it; close it with what it was",
)  # fmt: skip
async def judge(
    id: FromPath[str], data: JSONBody[Word], permit: Mine, at: At
) -> rules.LookedInto | rules.Explained | rules.Copied:
    _, place = await scans.signal(id)
    permit.check(place)
    if data.deed == "look":
        look = rules.Look(data.id, id)
        return await deeds.done(commands.look, look, by=permit.person, at=at)
    end = rules.End(data.id, id, data.because, data.words)
    return await deeds.done(commands.end, end, by=permit.person, at=at)


DOORS = [list_signals, read_signal, judge]
