"""What closed days tell of each stop: what sold out, what came home, what the way there brought."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from certification.basis.database import in_use
from market.domain.orders import queries as ordered
from market.domain.places import queries as places
from market.domain.trips import queries as trips
from market.domain.truck_day import learning, queries, waiting
from market.domain.truck_day.learning import Par, Past, Report, Stay
from market.domain.truck_day.queries import TruckView
from market.domain.walkup import queries as walked


class ProductPar(msgspec.Struct, frozen=True):
    product: str
    name_th: str
    name_en: str
    sold_grams: int
    """The mean of a visit."""
    left_grams: int
    """On the truck when it left, in the mean."""
    par: Par


class StopPast(msgspec.Struct, frozen=True):
    place: str
    name_th: str
    name_en: str
    report: Report
    pars: list[ProductPar]


async def stops(operator: str, since: date) -> list[StopPast]:
    """Of closed days, the stop that sold most first."""
    stays: dict[str, list[Stay]] = {}
    pasts: dict[tuple[str, str], list[Past]] = {}
    names: dict[str, tuple[str, str]] = {}
    for ride in await queries.trucks_since(operator, since):
        if ride.closed_at is None:
            continue
        sales = [one for one in await walked.sales(ride.id) if not one.void and not one.late]
        metres = await _metres(ride)
        for stop in await queries.stops(ride):
            if stop.arrived_at and stop.left_at:
                here = [one for one in sales if one.place == stop.place]
                stay = await _stay(ride, stop, here, metres.get(stop.place, 0))
                stays.setdefault(stop.place, []).append(stay)
                for product, past in (await _pasts(ride, stop, sales, names)).items():
                    pasts.setdefault((stop.place, product), []).append(past)
    found = [await _stop(place, known, pasts, names) for place, known in stays.items()]
    return sorted(found, key=lambda one: (-one.report.sales_satang, one.place))


async def _stop(
    place: str, stays: list[Stay], pasts: dict[tuple[str, str], list[Past]],
    names: dict[str, tuple[str, str]],
) -> StopPast:  # fmt: skip
    of = await places.place(place)
    pars = [
        ProductPar(
            product, *names[product], _mean(one.sold_grams for one in past),
            _mean(one.left_grams for one in past), learning.par(past),
        )
        for (at, product), past in pasts.items()
        if at == place
    ]  # fmt: skip
    pars.sort(key=lambda one: (-one.sold_grams, one.name_th))
    return StopPast(place, of.name_th, of.name_en, learning.report(stays), pars)


def _mean(values: Iterable[int]) -> int:
    known = list(values)
    return round(sum(known) / len(known)) if known else 0


async def _stay(
    ride: TruckView, stop: queries.Stop, sales: list[walked.SaleView], metres: int
) -> Stay:
    fetched = await waiting.fetched_at(ride, stop.place)
    [row] = await in_use().query(
        "SELECT COUNT(*) AS many FROM no_show WHERE truck = {} AND place = {}", ride.id, stop.place
    )
    grams = sum(line.grams for one in sales for line in one.lines)
    for order in fetched:
        lines = (await ordered.merchants(order.id, order.merchant)).lines
        grams += sum(line.actual_grams or 0 for line in lines)
    return Stay(
        ride.on,
        sum(one.satang for one in sales) + sum(order.final_satang or 0 for order in fetched),
        grams, len(sales) + len(fetched), row["many"], len(fetched) + row["many"],
        await _late(ride, stop), metres,
    )  # fmt: skip


async def _late(ride: TruckView, stop: queries.Stop) -> int | None:
    """As the plan stood when the truck came."""
    [row] = await in_use().query(
        "SELECT planned_at, arrived_at FROM stop_visit WHERE truck = {} AND place = {}",
        ride.id, stop.place,
    )  # fmt: skip
    if row["planned_at"] is None:
        return None
    late_s: float = (row["arrived_at"] - row["planned_at"]).total_seconds()
    return round(late_s / 60)


async def _pasts(
    ride: TruckView, stop: queries.Stop, sales: list[walked.SaleView],
    names: dict[str, tuple[str, str]],
) -> dict[str, Past]:  # fmt: skip
    """By product that the truck had for sale: sold here, and what it left with."""
    taken: dict[str, int] = {}
    for lease in await walked.aboard(ride.id):
        names[lease.product] = lease.name_th, lease.name_en
        taken[lease.product] = taken.get(lease.product, 0) + lease.taken_grams
    here, until = dict.fromkeys(taken, 0), dict.fromkeys(taken, 0)
    for sale in sales:
        for line in sale.lines:
            if stop.left_at and sale.at <= stop.left_at:
                until[line.product] += line.grams
            if sale.place == stop.place:
                here[line.product] += line.grams
    return {
        product: Past(ride.on, here[product], max(taken[product] - until[product], 0))
        for product in taken
    }


async def _metres(ride: TruckView) -> dict[str, int]:
    """The way to each stop from the visit before it, by the plan."""
    plan = await trips.published_plan(ride.day)
    if plan is None:
        return {}
    at = {visit.id: number for number, visit in enumerate(plan.problem.visits, 1)}
    found, before = {}, 0
    for visit in queries.route(ride, plan):
        here = at[visit.id]
        found[visit.id] = plan.problem.metres[before][here]
        before = here
    return found
