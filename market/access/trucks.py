"""Where the truck's things stand, for `Permit.check`: with the group or network that operates it.

found, place = await trucks.day(id)
permit.check(place)                      # 404 out of reach, just as if it were not there
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.access.whose import of_group
from market.domain.fleet import queries as fleet
from market.domain.fleet.queries import TemplateView, TruckView
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView
from market.domain.trips import queries as trips
from market.domain.trips import weeks
from market.domain.trips.views import DayHead
from market.domain.trips.weeks import WeekView

T = TypeVar("T")


async def truck(id: str) -> tuple[TruckView, Place]:
    found = await _there(fleet.truck, id)
    return found, await of_group(found.operator)


async def template(id: str) -> tuple[TemplateView, Place]:
    found = await _there(fleet.template, id)
    return found, await of_group(found.operator)


async def day(id: str) -> tuple[DayHead, Place]:
    found = await _there(trips.head, id)
    return found, await of_group(found.operator)


async def week(id: str) -> tuple[WeekView, Place]:
    found = await _there(weeks.week, id)
    return found, await of_group(found.operator)


async def stop(id: str, permit: Permit) -> PlaceView:
    """A place whose terms are kept by the operators of who named it; else NotThere."""
    found = await _there(places.public_place, id)
    permit.check(await of_group(found.network))
    return found


async def _there(find: Callable[[str], Awaitable[T]], id: str) -> T:
    if not is_id(id):
        raise NotThere
    try:
        return await find(id)
    except Missing:
        raise NotThere from None
