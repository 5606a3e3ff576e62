"""What a person was told."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use


class NoticeView(msgspec.Struct, frozen=True):
    kind: str
    """The event's tag; its sentence is `notice.<kind>` in the catalogues."""
    subject: str
    facts: dict[str, str | int]
    at: datetime
    read: bool


async def of_person(person: str, *, limit: int = 50) -> list[NoticeView]:
    """Newest first."""
    rows = await in_use().query(
        "SELECT kind, subject, facts, at, read_at FROM notice WHERE person = {}"
        " ORDER BY event_seq DESC LIMIT {}",
        person, limit,
    )  # fmt: skip
    return [
        NoticeView(
            row["kind"],
            row["subject"],
            msgspec.json.decode(row["facts"], type=dict[str, str | int]),
            row["at"],
            row["read_at"] is not None,
        )
        for row in rows
    ]
