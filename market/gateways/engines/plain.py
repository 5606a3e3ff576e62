"""Plain deliveries as the literature has them: PyVRP where it is installed, else the planner's own.

    python -m market.gateways.engines.plain FILE DEADLINE SEED

prints the routes of one PyVRP search; `solve` runs one here and a second beside it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import msgspec

from market.domain.trips.ground import DAY_S, Ground
from market.domain.trips.improve import Search
from market.domain.trips.problem import NotADay, Problem, Truck, Visit
from market.gateways.engines.instances import FOREVER, Instance, judge, read

ALONE_S = 1.5
"""Below it a second process would hardly have begun."""
ENDS_S = 0.15
SPARE_TRUCKS = 5
SATANG_PER_KM = 1_000
"""A metre costs what one of a prize is worth."""
Routes = list[list[int]]


class Solved(msgspec.Struct, frozen=True):
    routes: Routes
    cost: int
    engine: str
    faults: list[str]


def solve(path: Path, seconds: float, seed: int) -> Solved:
    """The better of two searches that passes our own judgement; NotADay."""
    began = time.monotonic()
    instance = read(path.read_text())
    try:
        found = _beside(path, seconds - (time.monotonic() - began), seed)
        engine = "pyvrp"
    except ImportError:
        found = [ours(instance, seconds - (time.monotonic() - began), seed)]
        engine = "ruin-and-recreate"
    judged = [(judge(instance, routes), routes) for routes in found]
    (cost, faults), routes = min(judged, key=lambda one: (len(one[0][1]), one[0][0]))
    return Solved(routes, cost, engine, faults)


def _beside(path: Path, seconds: float, seed: int) -> list[Routes]:
    """One here, another in a process of its own where there is time for one."""
    import pyvrp  # noqa: F401, PLC0415 - the extra `routes`

    deadline = time.time() + seconds - 2 * ENDS_S  # starting and ending count
    words = [sys.executable, "-m", __name__, str(path), f"{deadline}", str(seed + 1000)]
    if seconds < ALONE_S:
        return [pyvrp_routes(path, max(seconds - ENDS_S, 0.05), seed)]
    other = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    began = time.monotonic()
    found = [pyvrp_routes(path, seconds - ENDS_S, seed)]
    try:
        left = max(seconds - (time.monotonic() - began), 0.05)
        said, _ = other.communicate(timeout=left)
        found.append(msgspec.json.decode(said, type=Routes))
    except (subprocess.TimeoutExpired, msgspec.MsgspecError):
        other.kill()
        other.communicate()
    return found


def pyvrp_routes(path: Path, seconds: float, seed: int) -> Routes:
    import pyvrp  # noqa: PLC0415 - the extra `routes`
    from pyvrp.stop import MaxRuntime  # noqa: PLC0415

    kind = read(path.read_text()).kind
    how = {"CVRP": "round", "PDPTW": "exact"}.get(kind, "dimacs")
    data = pyvrp.read(path, round_func=how)
    result = pyvrp.solve(data, MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    return [_customers(data, route) for route in result.best.routes()]


def _customers(data: object, route: object) -> list[int]:
    """Its activities as numbers of customers; a depot between two trips is 0."""
    found: list[int] = []
    for one in list(route)[1:-1]:  # type: ignore[call-overload]
        if one.is_depot():
            found.append(0)
        elif one.is_client():
            found.append(data.client(one.idx).location)  # type: ignore[attr-defined]
        else:
            shipment = data.shipment(one.idx)  # type: ignore[attr-defined]
            step = shipment.pickup if one.is_pickup() else shipment.delivery
            found.append(step.location)
    return found


def ours(instance: Instance, seconds: float, seed: int) -> Routes:
    """As a day of the green truck: pairs are crops of their own, all else is collected."""
    if instance.trips:
        raise NotADay(why="several trips that load at the depot need the extra `routes`")
    ground, began = Ground(_day(instance)), time.monotonic()
    places = Search(ground, seed).run(lambda _: (time.monotonic() - began) / seconds)
    return [list(route) for route in places if route]


def _day(instance: Instance) -> Problem:
    """Where the instance is finer than a planning day has seconds, these are rounded up."""
    size, latest = len(instance.demand), instance.windows[0][1]
    timeless = latest == FOREVER
    finer = 1 if timeless else max(1, -(-latest // (DAY_S - 1)))
    visits = tuple(_visit(instance, n, finer) for n in range(1, size))
    needed = -(-sum(n for n in instance.demand if n > 0) // instance.capacity)
    many = min(instance.vehicles or needed + SPARE_TRUCKS, size)
    shift = (0, min(latest // finer, DAY_S))
    trucks = tuple(Truck(f"T{n}", instance.capacity, shift, SATANG_PER_KM, 0) for n in range(many))
    metres = tuple(map(tuple, instance.metres))
    seconds = tuple(tuple(0 if timeless else -(-way // finer) for way in row) for row in metres)
    return Problem(instance.name, visits, trucks, metres, seconds)


def _visit(instance: Instance, n: int, finer: int) -> Visit:
    opens, closes = instance.windows[n]
    window = (-(-opens // finer), min(closes // finer, DAY_S))
    lasts, demand = -(-instance.service[n] // finer), instance.demand[n]
    prize = instance.prize[n] if instance.prize else 0
    pair = instance.pickup_of.get(n, n) if instance.pickup_of else 0
    stop = demand < 0
    return Visit(
        f"{n}", "stop" if stop else "plot", (window,), lasts,
        {f"{pair:04}" if instance.pickup_of else "goods": abs(demand)} if demand else {},
        value_satang=prize, required=instance.prize is None,
    )  # fmt: skip


def main() -> None:
    path, deadline, seed = sys.argv[1:]
    import pyvrp  # noqa: F401, PLC0415 - before the time is looked at

    seconds = max(float(deadline) - time.time(), 0.05)
    routes = pyvrp_routes(Path(path), seconds, int(seed))
    sys.stdout.buffer.write(msgspec.json.encode(routes))


if __name__ == "__main__":
    main()
