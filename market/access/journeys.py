"""A truck's papers: for the operators of its group or network, and for the one who drives it.

day, trucks = await journeys.reached(id, permit)     # NotThere where there is none
"""

from __future__ import annotations

import msgspec

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.access.whose import of_group
from market.domain.journeys import queries
from market.domain.journeys.rules import Journey, NoPaper
from market.domain.trips import queries as trips
from market.domain.trips.views import DayTruckView, DayView
from market.domain.truck_day import queries as rides


async def reached(id: str, permit: Permit) -> tuple[DayView, list[DayTruckView]]:
    """By the day's id, or that of one truck on the day: then that truck alone."""
    if not is_id(id):
        raise NotThere
    try:
        day = await trips.day(id)
    except Missing:
        try:
            day = await trips.day((await rides.truck(id)).day)
        except Missing:
            raise NotThere from None
    place = await of_group(day.operator)
    found = [
        one for one in day.trucks
        if id in (day.id, one.id)
        and permit.sees(msgspec.structs.replace(place, owner=_driver(one, permit)))
    ]  # fmt: skip
    if not found and not permit.sees(place):
        raise NotThere
    return day, found


def _driver(one: DayTruckView, permit: Permit) -> str:
    """Whoever is no operator any more drives no more either."""
    works = any(grant.role == "operator" for grant in permit.grants)
    return one.driver or "" if works else ""


async def journeys(id: str, permit: Permit) -> list[Journey]:
    """NotPublished before a plan is."""
    day, trucks = await reached(id, permit)
    ids = {one.id for one in trucks}
    return [one for one in await queries.journeys(day.id) if one.id in ids]


async def journey(id: str, permit: Permit) -> Journey:
    """Of the one truck that is meant; NoPaper where there are several, or none goes out."""
    found = await journeys(id, permit)
    if len(found) != 1:
        raise NoPaper()
    return found[0]
