"""A message is written, may be stopped for a while, and goes out by the clock."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import run, transaction
from certification.basis.units import local_day
from market.domain.broadcasts import queries, rules
from market.domain.broadcasts.rules import (
    BroadcastStopped,
    BroadcastWent,
    BroadcastWritten,
    WriteBroadcast,
)
from market.domain.broadcasts.tables import Broadcast

CLOCK = "clock"


async def write(data: WriteBroadcast, *, by: str, at: datetime) -> BroadcastWritten:
    """It goes out a while later: until then whoever may write may stop it."""
    rules.ensure_sound(data)
    place, goes_at = data.organ or data.area, at + rules.STOPPABLE_FOR
    async with transaction():
        people = len(await queries.audience(data.organ, data.area, at))
        if not people:
            raise rules.NobodyThere
        event = BroadcastWritten(data.id, place, people, log.instant(goes_at))
        for turn in range(1, rules.A_DAY_MAX + 1):  # each turn of a day is taken once
            if await _taken(data, turn, place, people, goes_at, by, at):
                break
        else:
            raise rules.EnoughToday(most=rules.A_DAY_MAX)
        log.append(event, (Broadcast, data.id), subject=data.id, by=by, at=at)
    return event


async def _taken(
    data: WriteBroadcast, turn: int, place: str, people: int, goes_at: datetime, by: str,
    at: datetime,
) -> bool:  # fmt: skip
    written = await in_use().query(
        "INSERT INTO broadcast (id, organ, area, place, on_day, turn, text_th, text_en, people,"
        " goes_at, by, at, salt) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (place, on_day, turn) DO NOTHING RETURNING id",
        data.id, data.organ or None, data.area or None, place, local_day(at), turn,
        data.text_th.strip(), data.text_en.strip(), people, goes_at, by, at,
        secrets.token_bytes(16),
    )  # fmt: skip
    return bool(written)


async def stop(id: str, *, by: str, at: datetime) -> BroadcastStopped:
    """Stopped twice is stopped once; what went out is out."""
    event = BroadcastStopped(id)
    async with transaction():
        if await in_use().query(
            "UPDATE broadcast SET stopped_at = {}, stopped_by = {} WHERE id = {}"
            " AND went_at IS NULL AND stopped_at IS NULL RETURNING id",
            at, by, id,
        ):  # fmt: skip
            log.append(event, (Broadcast, id), subject=id, by=by, at=at)
        elif (await queries.broadcast(id)).went_at:
            raise rules.OnItsWay
    return event


async def go(at: datetime) -> None:
    """By the clock: whatever is due, each in a transaction of its own."""
    for row in await in_use().query(
        "SELECT id FROM broadcast WHERE goes_at <= {} AND went_at IS NULL"
        " AND stopped_at IS NULL LIMIT 50",
        at,
    ):
        await run(_go, row["id"], at)


async def _go(id: str, at: datetime) -> None:
    if await in_use().query(
        "UPDATE broadcast SET went_at = {} WHERE id = {} AND went_at IS NULL"
        " AND stopped_at IS NULL RETURNING id",
        at, id,
    ):  # fmt: skip
        log.append(BroadcastWent(id), (Broadcast, id), subject=id, by=CLOCK, at=at)
