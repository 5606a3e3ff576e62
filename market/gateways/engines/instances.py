"""Benchmark instances of routing in VRPLIB's format, read and judged by ourselves.

Customers are numbered as in `.sol` files: customer n is node n + 1 of the file, 0 is the depot.
Rounded as the literature does by kind: CVRP to whole numbers; VRPTW, prizes and several trips
truncated to one decimal, times ten; pick-up and delivery (Li and Lim) times a thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

import msgspec

from market.domain.trips.problem import NotADay

SCALES = {"CVRP": 1, "VRPTW": 10, "PCVRPTW": 10, "MTVRPTWR": 10, "PDPTW": 1000}
FOREVER = 10**9
NODES_MAX = 2_000


class Instance(msgspec.Struct, frozen=True):
    """By number of customer, 0 being the depot; in the rounded unit."""

    name: str
    kind: str
    scale: int
    capacity: int
    vehicles: int | None
    metres: list[list[int]]
    windows: list[tuple[int, int]]
    service: list[int]
    demand: list[int]
    pickup_of: dict[int, int]
    prize: list[int] | None
    release: list[int]
    trips: bool


Routes = Sequence[Sequence[int]]


def read(text: str) -> Instance:
    """NotADay where it is no such file."""
    try:
        return _read(text)
    except (KeyError, ValueError, IndexError, TypeError) as wrong:
        raise NotADay(why=f"no VRPLIB instance: {wrong!r}") from None


def _read(text: str) -> Instance:
    words, sections = _parts(text)
    kind = words["TYPE"]
    if kind not in SCALES or words.get("EDGE_WEIGHT_TYPE") != "EUC_2D":
        raise NotADay(why=f"{kind} {words.get('EDGE_WEIGHT_TYPE')}: not a kind that is read here")
    scale, spots = SCALES[kind], [(row[1], row[2]) for row in sections["NODE_COORD"]]
    size = len(spots)
    if not 1 < size <= NODES_MAX or int(words["DIMENSION"]) != size:
        raise NotADay(why=f"{size} nodes; two at least, {NODES_MAX} at most, as DIMENSION says")
    whole = int if kind != "PDPTW" else round
    service = [0] + [int(words.get("SERVICE_TIME", "0"))] * (size - 1)
    pickup_of: dict[int, int] = {}
    if rows := sections.get("PICKUP_AND_DELIVERY"):
        demand = [int(row[1]) for row in rows]
        windows = [(int(row[2]), int(row[3])) for row in rows]
        service = [int(row[4]) for row in rows]
        pickup_of = {int(row[0]) - 1: int(row[5]) - 1 for row in rows if row[5]}
    else:
        demand = [int(row[1]) for row in sections["DEMAND"]]
        windows = [(int(row[1]), int(row[2])) for row in sections.get("TIME_WINDOW", [])]
        service = [int(row[1]) for row in sections.get("SERVICE_TIME", [])] or service
    prizes = [int(row[1]) * scale for row in sections["PRIZE"]] if "PRIZE" in sections else None
    release = [int(row[1]) * scale for row in sections.get("RELEASE_TIME", [])] or [0] * size
    metres = [[_way(a, b, scale, round if kind == "CVRP" else whole) for b in spots] for a in spots]
    return Instance(
        words.get("NAME", ""), kind, scale, int(words["CAPACITY"]),
        int(words["VEHICLES"]) if "VEHICLES" in words else None, metres,
        [(a * scale, b * scale) for a, b in windows] or [(0, FOREVER)] * size,
        [n * scale for n in service], demand, pickup_of, prizes, release, kind == "MTVRPTWR",
    )  # fmt: skip


def _way(a: tuple[float, float], b: tuple[float, float], scale: int, whole: object) -> int:
    assert callable(whole)
    return int(whole(scale * hypot(a[0] - b[0], a[1] - b[1])))


def _parts(text: str) -> tuple[dict[str, str], dict[str, list[list[float]]]]:
    words: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    rows: list[list[float]] = []
    for line in text.splitlines():
        if ":" in line and not line[:1].isspace():
            name, _, said = line.partition(":")
            words[name.strip()] = said.strip()
        elif line.strip().endswith("_SECTION"):
            rows = sections.setdefault(line.strip().removesuffix("_SECTION"), [])
        elif line.strip() not in ("", "EOF"):
            rows.append([float(word) for word in line.split()])
    return words, sections


def judge(instance: Instance, routes: Routes) -> tuple[int, list[str]]:
    """What the routes cost, with the prizes that they leave, and everything that is wrong.

    In a route 0 is a visit to the depot, to load for another trip.
    """
    faults = _served(instance, routes)
    if any("no customer" in why for why in faults):
        return 0, faults
    cost = 0
    for number, route in enumerate(routes, start=1):
        cost += sum(instance.metres[a][b] for a, b in pairwise([0, *route, 0]))
        faults += [f"route {number}: {why}" for why in _driven(instance, route)]
    if instance.prize:
        seen = {customer for route in routes for customer in route}
        cost += sum(prize for n, prize in enumerate(instance.prize) if n and n not in seen)
    return cost, faults


def _served(instance: Instance, routes: Routes) -> list[str]:
    visits = [customer for route in routes for customer in route if customer]
    size = len(instance.demand)
    faults = [f"{n} is no customer" for n in visits if not 0 < n < size]
    if len(visits) > len(set(visits)):
        faults.append("somebody is visited twice")
    if instance.prize is None and (missing := set(range(1, size)) - set(visits)):
        faults.append(f"{len(missing)} are not visited")
    if instance.vehicles is not None and len(routes) > instance.vehicles:
        faults.append(f"{len(routes)} vehicles of {instance.vehicles}")
    if not instance.trips and 0 in [customer for route in routes for customer in route]:
        faults.append("there is one trip only")
    return faults


def _driven(instance: Instance, route: Sequence[int]) -> list[str]:
    faults: list[str] = []
    now, here = instance.windows[0][0], 0
    for trip in _trips(route):
        now = max([now, *(instance.release[customer] for customer in trip)])
        faults += _loaded(instance, trip)
        for customer in [*trip, 0]:
            now += instance.metres[here][customer]
            opens, closes = instance.windows[customer]
            if now > closes:
                faults.append(f"{customer} is reached {now - closes} late")
            now, here = max(now, opens) + instance.service[customer] * bool(customer), customer
    return faults


def _trips(route: Sequence[int]) -> list[list[int]]:
    trips: list[list[int]] = [[]]
    for customer in route:
        if customer:
            trips[-1].append(customer)
        else:
            trips.append([])
    return trips


def _loaded(instance: Instance, trip: Sequence[int]) -> list[str]:
    if not instance.pickup_of:
        over = sum(instance.demand[customer] for customer in trip) - instance.capacity
        return [f"{over} over the capacity"] if over > 0 else []
    load, faults, seen = 0, [], set[int]()
    for customer in trip:
        seen.add(customer)
        load += instance.demand[customer]
        if load > instance.capacity:
            faults.append(f"{load - instance.capacity} over the capacity at {customer}")
        if instance.pickup_of.get(customer, customer) not in seen:
            faults.append(f"{customer} is delivered before it is picked up")
    return faults
