"""Who sits where on a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from certification.groups import queries as groups
from certification.organs import rules
from certification.organs.rules import Sitting
from certification.organs.tables import Appointment
from certification.schemes import queries as schemes
from certification.schemes.rules import PanelSeat


async def appointment(id: str) -> Sitting:
    found = await _sitting(Appointment.id == id)
    if not found:
        raise rules.AppointmentMissing(appointment=id)
    return found[0]


async def of_organ(organ: str) -> list[Sitting]:
    """All terms there ever were, the newest of each body first."""
    return await _sitting(Appointment.organ == organ)


async def terms(organ: str, body: str, person: str) -> list[Sitting]:
    return [one for one in await of_organ(organ) if (one.body, one.person) == (body, person)]


async def sitting(organ: str, body: str, on: date) -> list[Sitting]:
    return [one for one in await of_organ(organ) if one.body == body and one.holds(on)]


async def people_of(organ: str, body: str, on: date, at: datetime) -> frozenset[str]:
    """The body's own people: a group's members; else who is appointed on that day, and as long as
    nobody is, who holds the role of that name."""
    if body == "group":
        return frozenset(await groups.members(organ, on))
    if appointed := await sitting(organ, body, on):
        return frozenset(one.person for one in appointed)
    role = rules.HOLDS.get(body)
    return frozenset(await groups.holders_of(role, organ, at)) if role else frozenset()


async def panel_seats() -> list[PanelSeat]:
    """Of the newest version of every scheme; a code that two of them know once."""
    found: dict[str, PanelSeat] = {}
    for scheme in await schemes.schemes():
        for seat in (await schemes.versions(scheme))[-1].content.rules.panel_seats:
            found.setdefault(seat.code, seat)
    return list(found.values())


async def _sitting(condition: Any) -> list[Sitting]:
    rows = await (
        Appointment.select()
        .where(condition)
        .order_by(Appointment.since, Appointment.id, ascending=False)
    )
    return [Sitting(**{name: row[name] for name in Sitting.__struct_fields__}) for row in rows]
