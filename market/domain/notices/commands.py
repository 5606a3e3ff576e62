"""A reader of the log: whoever an event concerns is told once, however often it is read."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.log import Entry
from certification.basis.transaction import run
from certification.groups import queries as groups
from market.domain.notices import queries, rules


async def tell(entry: Entry, *, at: datetime) -> None:
    """May be handed the same entry twice: (person, event, kind) is unique."""
    tag = str(entry.event["type"])
    telling = rules.TELLINGS.get(tag)
    if telling is None:
        return
    subject = str(entry.event.get(telling.about) or entry.subject)
    event = {**await queries.known(telling.about, subject), **entry.event}
    if not rules.concerns(telling, event):
        return
    told = set(rules.persons(telling, event))
    if group := event.get(telling.group_field):
        told |= set(await groups.holders_of(telling.role, str(group), at))
    await run(_write, entry, tag, sorted(told - {entry.by}), event, at)


async def _write(
    entry: Entry, tag: str, persons: list[str], event: dict[str, object], at: datetime
) -> None:
    facts = msgspec.json.encode(rules.facts(event)).decode()
    for person in persons:
        await in_use().query(
            "INSERT INTO notice (id, person, event_seq, kind, subject, facts, at)"
            " VALUES ({}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (person, event_seq, kind) DO NOTHING",
            new_id(), person, entry.seq, tag, entry.subject, facts, at,
        )  # fmt: skip


async def mark_read(person: str, *, at: datetime) -> None:
    await in_use().query(
        "UPDATE notice SET read_at = {} WHERE person = {} AND read_at IS NULL", at, person
    )
