"""Who sits where on a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from certification.basis.rows import as_view
from certification.groups import queries as groups
from certification.organs import rules
from certification.organs.rules import Sitting
from certification.organs.tables import Appointment
from certification.schemes import queries as schemes
from certification.schemes.rules import PLAINEST, PanelSeat


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


async def panel_seats(organ: str) -> list[PanelSeat]:
    """Of the newest version of every scheme that the organ's network works by; a code that two of
    them know once. Before its first version is adopted: of the plainest that ships."""
    network = (await groups.group(organ)).network or organ
    found: dict[str, PanelSeat] = {}
    for scheme in sorted(await schemes.used_by(network)):
        for newest in (await schemes.versions(scheme))[-1:]:
            for seat in newest.content.rules.panel_seats:
                found.setdefault(seat.code, seat)
    return list(found.values()) or list(schemes.preset(PLAINEST).rules.panel_seats)


async def seat_codes(organ: str) -> frozenset[str]:
    """The charter's, and those to which the organ has appointed somebody."""
    chosen = {one.seat for one in await of_organ(organ)}
    return frozenset(chosen.union(seat.code for seat in await panel_seats(organ)))


async def _sitting(condition: Any) -> list[Sitting]:
    rows = await (
        Appointment.select()
        .where(condition)
        .order_by(Appointment.since, Appointment.id, ascending=False)
    )
    return [as_view(Sitting, row) for row in rows]
