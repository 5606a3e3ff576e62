"""What a driven day costs, for the checker: reckoned from times and goods, in parts of a satang."""

from __future__ import annotations

from itertools import pairwise

from market.domain.trips.check_drive import Drive, Goods
from market.domain.trips.problem import SATANG_UNIT, Earlier, Problem


def of_truck(drive: Drive, goods: Goods) -> int:
    """Nothing for a truck that stays at its base."""
    truck = drive.truck
    if not drive.steps and (truck.out or not truck.position):
        return 0
    driven = drive.metres() * truck.satang_per_km * 60
    duty = (drive.back - drive.left) * truck.satang_per_min * 1000
    over = max(drive.back - truck.shift[1], 0) * truck.satang_per_overtime_min * 1000
    return driven + duty + over + _fading(drive, goods) + _changes(drive) - _earned(drive, goods)


def of_dropped(problem: Problem, served: set[str]) -> int:
    """People were told of a visit, and it is not made."""
    if problem.earlier is None:
        return 0
    kept_off = {visit.id for visit in problem.visits if visit.off}
    known = {visit.id for visit in problem.visits}
    dropped = (set(problem.earlier.begins) & known) - served - kept_off
    return len(dropped) * problem.earlier.dropped_satang * SATANG_UNIT


def _earned(drive: Drive, goods: Goods) -> int:
    visits = [step.visit for step in drive.steps if step.visit]
    parts = sum(visit.value_satang for visit in visits) * SATANG_UNIT
    for step, sold in zip(drive.steps, goods.sold, strict=True):
        for crop, grams in sold.items():
            assert step.visit
            parts += grams * step.visit.satang_per_kg.get(crop, 0) * 60
    return parts


def _fading(drive: Drive, goods: Goods) -> int:
    """Grams x seconds aboard x satang for a kilogram and hour."""
    fresh = drive.problem.fresh
    if not fresh:
        return 0
    position = drive.truck.position
    held = [position.aboard if position else {}, *goods.left()]
    moments = [drive.left, *(leave for _, _, leave in drive.times), drive.back]
    weighed = 0
    for aboard, (since, until) in zip(held, pairwise(moments), strict=True):
        weighed += sum(fresh.get(crop, 0) * n for crop, n in aboard.items()) * (until - since)
    return weighed // 60


def _changes(drive: Drive) -> int:
    """Against what people were told."""
    earlier = drive.problem.earlier
    if earlier is None:
        return 0
    satang = 0
    for step, (_, begin, _) in zip(drive.steps, drive.times, strict=True):
        if step.id in earlier.begins:
            satang += _moved(earlier, abs(begin - earlier.begins[step.id]))
        if earlier.trucks.get(step.id, drive.truck.id) != drive.truck.id:
            satang += earlier.truck_satang
    visits = [step.id for step in drive.steps if step.visit]
    turned = sum(_turned(earlier, drive.truck.id, a, b) for a, b in pairwise(visits))
    return (satang + turned * earlier.order_satang) * SATANG_UNIT


def _moved(earlier: Earlier, seconds: int) -> int:
    if seconds <= earlier.moved_s:
        return 0
    beyond = (seconds - earlier.moved_s) // 60
    return earlier.moved_satang + beyond * earlier.moved_satang_per_min


def _turned(earlier: Earlier, truck: str, first: str, then: str) -> bool:
    told = earlier.begins
    together = earlier.trucks.get(first) == earlier.trucks.get(then) == truck
    return together and first in told and then in told and told[first] > told[then]
