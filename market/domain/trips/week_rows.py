"""A week that comes as one problem: its trucks by their shifts, its stops by their windows, how
often each wishes the truck; days that were made already as they are."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import new_id
from market.domain.fleet import queries as fleet
from market.domain.fleet.rules import SetTerms
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView
from market.domain.trips import queries, rows
from market.domain.trips.gathered import Rows
from market.domain.trips.rules import NothingToPlan
from market.domain.trips.views import DayStopView, DayTruckView, DayView
from market.domain.trips.week import Wish

LAST_VISITS = (
    'SELECT v.place, MAX(t."on") AS last FROM stop_visit v JOIN day_truck d ON d.id = v.truck'
    ' JOIN truck_day t ON t.id = d.day WHERE t.operator = {} AND t."on" < {} GROUP BY v.place'
)
UNKNOWN_SINCE = 7
DAYS = 7


class WeekRows(msgspec.Struct, frozen=True):
    """Days on which a truck could go out; `there` are those made before."""

    days: tuple[tuple[date, Rows], ...]
    there: tuple[date, ...]
    wishes: dict[str, Wish]


async def week_rows(operator: str, begins: date) -> WeekRows:
    """NothingToPlan: no truck works, or no stop is open, on any of the seven days."""
    stops = await _stops(operator)
    terms = await fleet.terms_of([one.id for one in stops])
    days, there = list[tuple[date, Rows]](), list[date]()
    for ahead in range(DAYS):
        on = begins + timedelta(days=ahead)
        known = await queries.day_on(operator, on)
        if known and known.state != "cancelled":
            there.append(on)
            view = await queries.day(known.id)
        else:
            view = await _day(operator, on, stops, terms)
        if view.trucks and view.places:
            days.append((on, await rows.rows(view)))
    if not days:
        raise NothingToPlan()
    wishes = await _wishes(operator, begins, stops, terms)
    asked = {place for _, of in days for place in of.day.places}
    return WeekRows(tuple(days), tuple(there), {id: w for id, w in wishes.items() if id in asked})


async def _stops(operator: str) -> list[PlaceView]:
    owners = sorted(await fleet.networks_of(operator))
    found = [one for owner in owners for one in await places.places(owner)]
    return [one for one in found if one.kind != "base"]


async def _wishes(
    operator: str, begins: date, stops: list[PlaceView], terms: dict[str, SetTerms]
) -> dict[str, Wish]:
    rows_ = await in_use().query(LAST_VISITS, operator, begins)
    last = {row["place"]: _day_of(row["last"]) for row in rows_}
    found = {}
    for one in stops:
        times = terms[one.id].visits_a_week if one.id in terms else 1
        since = (begins - last[one.id]).days if one.id in last else UNKNOWN_SINCE
        found[one.id] = Wish(times, max(DAYS // max(times, 1), 1), min(max(since, 1), 366))
    return found


def _day_of(said: object) -> date:
    return said if isinstance(said, date) else date.fromisoformat(str(said))


async def _day(
    operator: str, on: date, stops: list[PlaceView], terms: dict[str, SetTerms]
) -> DayView:
    """As it would be made: nothing of it is kept yet."""
    trucks = []
    for truck in await fleet.trucks(operator):
        if shift := truck.shift_on(on):
            said = msgspec.structs.asdict(shift)
            said.pop("weekday")
            trucks.append(
                DayTruckView(id=new_id(), truck=truck.id, driver=None, **said, state="ready")
            )
    found = [
        DayStopView(
            new_id(), place.id, window.opens_minute, window.closes_minute,
            place.id in terms and terms[place.id].required, None, "planned", None,
        )
        for place in stops
        if _wanted(terms.get(place.id), on)
        for window in place.windows
        if window.weekday == on.isoweekday()
    ]  # fmt: skip
    return DayView(
        id=new_id(), operator=operator, on=on, state="planning", template=None,
        trucks=tuple(trucks), stops=tuple(found), lots=(),
    )  # fmt: skip


def _wanted(terms: SetTerms | None, on: date) -> bool:
    """Whose permission has run out, or who wishes no visit, is not asked about."""
    if terms is None:
        return True
    until = terms.permitted_until
    return terms.visits_a_week > 0 and (until is None or until >= on)
