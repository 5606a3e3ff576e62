"""One truck on one day, for `Permit.check`: it stands with the group or network that operates it.

ride = await rides.ride(id, permit)      # 404 out of reach, just as if it were not there
"""

from __future__ import annotations

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from market.access import books
from market.access.permit import Permit
from market.access.refusals import NotThere, OwnCause
from market.access.whose import of_group
from market.domain.orders.queries import StoredOrder
from market.domain.truck_day import queries
from market.domain.truck_day.queries import TruckView


async def ride(id: str, permit: Permit) -> TruckView:
    """By the id of the truck on that day; or of the day: then who asks for the own truck first."""
    if not is_id(id):
        raise NotThere
    try:
        found = await queries.truck(id)
    except Missing:
        every = await queries.trucks_of(id)
        own = [one for one in every if one.driver == permit.person]
        if not every:
            raise NotThere from None
        found = (own or every)[0]
    permit.check(await of_group(found.operator))
    return found


async def order(id: str, ride: TruckView, permit: Permit) -> StoredOrder:
    """One that this truck's operator sells; nobody decides on the own one."""
    found, place = await books.order(id)
    permit.check(place)
    if found.merchant != ride.operator:
        raise NotThere
    if found.buyer == permit.person:
        raise OwnCause
    return found
