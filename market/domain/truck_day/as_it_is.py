"""What a day's trucks really did so far, as the planner of what is left of it must know it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.units import THAILAND
from market.domain.lots import queries as lots
from market.domain.trips.gathered import goods_key, lot_of
from market.domain.trips.parts import place_of
from market.domain.trips.problem import Plan, Problem, Visit
from market.domain.trips.replan import AsItIs, Changed, Event
from market.domain.truck_day import driven, manifest, queries, waiting
from market.domain.truck_day.driven import AT_BASE
from market.domain.truck_day.manifest import LotAboard
from market.domain.truck_day.queries import TruckView

LOADED = (
    "SELECT l.plot, l.code, g.at FROM truck_loading g JOIN lot l ON l.id = g.lot"
    " WHERE g.truck = {} AND g.unloaded_at IS NULL ORDER BY g.at, g.id"
)
TAKEN_OVER = (
    "SELECT d.truck, h.at FROM truck_handed_on h JOIN day_truck d ON d.id = h.truck"
    " WHERE h.to_truck = {} ORDER BY h.at, h.id"
)


async def of(day: str, problem: Problem, plan: Plan, at: datetime) -> list[Event]:
    """Each truck where it is, with what it has; then each stop with what it can still get."""
    visits = {visit.id: visit for visit in problem.visits}
    ways = {t.id: ids for t, ids in zip(problem.trucks, plan.routes, strict=True)}
    trucks = [
        _in_parts(await _truck(one, visits, at), ways.get(one.truck, ()))
        for one in await queries.trucks_of(day)
    ]
    return [*trucks, *short(problem, plan.routes, trucks)]


def second(at: datetime) -> int:
    local = at.astimezone(THAILAND)
    return local.hour * 3600 + local.minute * 60 + local.second


def _in_parts(truck: AsItIs, way: Sequence[str]) -> AsItIs:
    """Of a plot those parts that this truck was to load; of others may still be."""
    made = [
        (part, leaves)
        for id, leaves in truck.made
        for part in ([one for one in way if place_of(one) == id] or [id])
    ]
    return msgspec.structs.replace(truck, made=tuple(made))


async def _truck(of: TruckView, visits: dict[str, Visit], at: datetime) -> AsItIs:
    if of.departed_at is None:
        return AsItIs(of.truck, None)
    came: list[tuple[datetime, str, int]] = []
    here = ""
    for one in await driven.visited(of.id):
        if one.left_at is None:
            here = one.id
        stays = visits[one.id].service_s if one.id in visits else 0
        on = second(one.arrived_at) + stays
        leaves = second(one.left_at) if one.left_at else max(on, second(at))
        came.append((one.arrived_at, one.id, leaves))
    pressed = {id for _, id, _ in came}
    came += [one for one in await _unpressed(of, visits) if one[1] not in pressed]
    came.sort()
    for_here = await _waiting_for(of, here) if here in visits else Counter[str]()
    aboard = {}
    for lot in await manifest.aboard(of.id):
        if (grams := lot.left_grams - for_here[lot.lot]) > 0:
            aboard[await _key(lot)] = grams
    return AsItIs(
        of.truck, second(of.departed_at), tuple((id, leaves) for _, id, leaves in came),
        aboard, _crates(visits, [id for _, id, _ in came]), of.closed_at is not None,
    )  # fmt: skip


async def _unpressed(of: TruckView, visits: dict[str, Visit]) -> list[tuple[datetime, str, int]]:
    """Lots of a plot that are aboard were collected, though nobody pressed; what lies at the base
    was loaded there; goods of another truck were taken over."""
    assert of.departed_at
    loaded = await in_use().query(LOADED, of.id)
    found, codes = {row["plot"]: row["at"] for row in loaded}, {row["code"] for row in loaded}
    for id, visit in visits.items():
        if id.startswith(AT_BASE) and {lot_of(key) for key in visit.goods} & codes:
            found[id] = of.departed_at
    for row in await in_use().query(TAKEN_OVER, of.id):
        found[f"stock-{row['truck']}"] = row["at"]
    return [
        (max(at, of.departed_at), id, second(max(at, of.departed_at)))
        for id, at in found.items()
        if id in visits
    ]


def _crates(visits: dict[str, Visit], came: list[str]) -> int:
    """As they were packed for the plan: what the scales say is no matter of crates."""
    of = [visits[id] for id in came if id in visits]
    return max(sum(one.crates if one.is_plot else -one.crates for one in of), 0)


async def _waiting_for(of: TruckView, place: str) -> Counter[str]:
    """Grams by lot of who may still come where the truck stands now."""
    return await manifest.grams_of([one.order.id for one in await waiting.at_stop(of, place)])


async def _key(one: LotAboard) -> str:
    return goods_key((await lots.lot(one.lot)).crop, one.lot_code)


def short(
    problem: Problem, routes: Sequence[Sequence[str]], trucks: Sequence[AsItIs]
) -> list[Event]:
    """Where there is less of a lot than its orders ask for, the stops that come last get less:
    a stop is not left out because of a kilo."""
    made = {id for truck in trucks for id, _ in truck.made}
    there = Counter[str]()
    for truck in trucks:
        there.update(truck.aboard)
    for visit in problem.visits:
        if visit.kind == "plot" and visit.id not in made and not visit.off:
            there.update(visit.goods)
    order = {id: at for ids in routes for at, id in enumerate(ids)}
    stops = [v for v in problem.visits if v.kind == "stop" and v.id not in made and not v.off]
    found: list[Event] = []
    for stop in sorted(stops, key=lambda one: order.get(one.id, len(problem.visits))):
        gets = {key: min(grams, max(there[key], 0)) for key, grams in stop.goods.items()}
        there.subtract(gets)
        if gets != stop.goods:
            found.append(Changed(stop.id, gets))
    return found
