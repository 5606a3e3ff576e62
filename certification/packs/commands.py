"""Writing down that a pack was taken."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from certification.packs import queries, rules
from certification.packs.rules import PackTaken, TakePack
from certification.packs.tables import Pack


async def take(data: TakePack, *, by: str, at: datetime) -> PackTaken:
    """Asked again with the same id it is one taking; the pack itself is made anew."""
    assert (data.plot is None) != (data.organ is None), "the doors name one of them"
    event = PackTaken(data.id, data.plot or "", data.organ or "", data.scheme or "", data.year or 0)
    async with transaction():
        written = await in_use().query(
            "INSERT INTO pack (id, plot, organ, scheme, year, by, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (id) DO NOTHING RETURNING id",
            data.id, data.plot, data.organ, data.scheme, data.year, by, at,
        )  # fmt: skip
        if not written:
            if await queries.pack(data.id) != (by, data):
                raise rules.PackDiffers(pack=data.id)
            return event
        subject = str(data.plot or data.organ)
        log.append(event, (Pack, data.id), subject=subject, by=by, at=at)
    return event
