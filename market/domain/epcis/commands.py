"""A reader of the record: what an entry means for lots and land is told once as events."""

from __future__ import annotations

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.log import Entry
from certification.basis.transaction import run
from market.domain.epcis import gathered, rules, told

CORRECTED = "lineage.corrected"
BEFORE = (
    "SELECT e.event, e.at, e.body FROM epcis_event e JOIN epcis_name n ON n.event = e.seq"
    ' WHERE n.name = {} AND e.seq < {} AND e.body LIKE \'%"bizStep":"commissioning"%\''
    " AND e.kind = 'ObjectEvent' AND e.event NOT LIKE '%#%' ORDER BY e.seq DESC LIMIT 1"
)
OF_ONE_ENTRY = 1000
"""So many events at most are told of one entry of the record."""


async def follow(entry: Entry) -> None:
    """May be handed the same entry twice: place and id of an event are unique."""
    if str(entry.event["type"]) in gathered.BY_TAG:
        await run(_follow, entry)


async def _follow(entry: Entry) -> None:
    events = [rules.event(fact, told.origin()) for fact in await gathered.facts(entry)]
    if entry.event["type"] == CORRECTED:
        events = [wrong for one in events for wrong in (one, *await _declared(one))]
    for place, one in enumerate(events[:OF_ONE_ENTRY]):
        await _keep(entry.seq * OF_ONE_ENTRY + place, one)


async def _declared(right: rules.Event) -> list[rules.Event]:
    """What was told of the same lot's harvest before, now with the word that it is wrong."""
    told_of = await in_use().query(BEFORE, *right.names, right.entry * OF_ONE_ENTRY)
    return [
        msgspec.structs.replace(
            right, id=f"{row['event']}#{right.entry}", at=row["at"],
            body=rules.declared_wrong(row["body"], right),
        )
        for row in told_of
    ]  # fmt: skip


async def _keep(seq: int, one: rules.Event) -> None:
    kept = await in_use().query(
        'INSERT INTO epcis_event (seq, event, kind, "group", public, at, told_at, body)'
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT DO NOTHING RETURNING seq",
        seq, one.id, one.kind, one.group, one.public, one.at, one.told_at, one.body.decode(),
    )  # fmt: skip
    for name in sorted(set(one.names)) if kept else ():
        await in_use().query(
            "INSERT INTO epcis_name (id, event, name) VALUES ({}, {}, {})", new_id(), seq, name
        )
