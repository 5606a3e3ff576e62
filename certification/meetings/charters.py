"""A charter is adopted by a meeting: the record's own where it was held in it, else its minutes."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import msgspec

from certification.basis.transaction import transaction
from certification.basis.units import BUDDHIST
from certification.meetings import queries, rules
from certification.schemes import commands as schemes
from certification.schemes import queries as scheme_queries
from certification.schemes.rules import (
    AdoptScheme,
    PublishScheme,
    SchemeAdopted,
    SchemePublished,
)

Said = TypeVar("Said", PublishScheme, AdoptScheme)


async def publish(data: PublishScheme, *, by: str, at: datetime) -> SchemePublished:
    """By a meeting of the network that owns the scheme."""
    async with transaction():
        owner = (await scheme_queries.scheme(data.content.scheme)).owner
        return await schemes.publish(await _of_the_record(data, owner), by=by, at=at)


async def adopt(data: AdoptScheme, *, by: str, at: datetime) -> SchemeAdopted:
    """By a meeting of the network that adopts it."""
    async with transaction():
        return await schemes.adopt(await _of_the_record(data, data.network), by=by, at=at)


async def _of_the_record(data: Said, organ: str) -> Said:
    if data.meeting is None:
        return data
    held = await queries.meeting(data.meeting)
    if held.organ != organ:
        raise rules.MeetingOfAnother(field="meeting")
    said = data.meeting_ref.strip() or f"{held.held_on:%d/%m}/{held.held_on.year + BUDDHIST}"
    return msgspec.structs.replace(data, meeting_ref=said, minutes_on=held.held_on)
