"""Taking a matter off a meeting's agenda, of whichever kind: the reason stands in the minutes,
votes given on it there count for nothing, and it waits for the next meeting."""

from __future__ import annotations

from datetime import datetime

from certification.basis.transaction import transaction
from certification.decisions import commands as decisions
from certification.findings import ruled as findings
from certification.hearings import refusals
from certification.hearings.commands import in_hand
from certification.meetings import commands as meetings
from certification.meetings import queries as met
from certification.meetings.rules import AgendaChanged, Withdraw


async def withdraw(data: Withdraw, *, by: str, at: datetime) -> AgendaChanged:
    match data.what:
        case "hearing":
            return await _put_off(data, by=by, at=at)
        case "finding":
            return await findings.put_off(data, by=by, at=at)
    return await decisions.withdraw(data, by=by, at=at)


async def _put_off(data: Withdraw, *, by: str, at: datetime) -> AgendaChanged:
    """Not once it is ruled. A suspension by one person does not go on unconfirmed for ever."""
    async with transaction():
        found = await in_hand(await meetings.under_way(data.meeting), data.of)
        if found.matter == "confirm" and await met.put_off(found.id):
            raise refusals.PutOffAlready
        return await meetings.withdraw(data, by=by, at=at)
