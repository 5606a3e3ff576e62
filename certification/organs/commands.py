"""To give somebody a seat in a body, and to end the term."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.groups import queries as groups
from certification.organs import queries, rules
from certification.organs.rules import Appoint, Appointed, Dismiss, Dismissed
from certification.organs.tables import Appointment


async def appoint(data: Appoint, *, by: str, at: datetime) -> Appointed:
    event = Appointed(
        data.id, data.organ, data.body, data.person, data.seat, data.leg, str(data.since)
    )
    async with transaction():
        organ = await groups.group(data.organ)
        others = await queries.terms(data.organ, data.body, data.person)
        rules.ensure_may_sit(data, organ.kind, others, by=by)
        await insert(Appointment(
            id=data.id, organ=data.organ, body=data.body, person=data.person,
            seat=data.seat.strip(), leg=data.leg, since=data.since, until=data.until,
            chosen_by=data.chosen_by.strip(), by=by, at=at,
        ))  # fmt: skip
        log.append(event, (Appointment, data.id), subject=data.id, by=by, at=at)
    return event


async def dismiss(data: Dismiss, *, by: str, at: datetime) -> Dismissed:
    """The term ends with that day; who sat and decided until then, did."""
    event = Dismissed(data.appointment, str(data.until))
    async with transaction():
        rules.ensure_may_leave(data, await queries.appointment(data.appointment), by=by)
        ended = await in_use().query(
            "UPDATE appointment SET until = {}, ended_by = {}, ended_at = {}"
            " WHERE id = {} AND ended_by IS NULL RETURNING id",
            data.until, by, at, data.appointment,
        )  # fmt: skip
        if not ended:
            raise rules.OverAlready(until=str(data.until))
        log.append(event, (Appointment, data.appointment), subject=data.appointment, by=by, at=at)
    return event
