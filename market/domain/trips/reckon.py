"""What a route carries, and what its goods and its changes cost, for the search: in plain lists."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import add

from market.domain.trips.ground import Goods, Ground, Rig
from market.domain.trips.problem import SATANG_UNIT

MANY = 10**12


def tails(
    ground: Ground, rig: Rig, places: Sequence[int]
) -> tuple[list[Goods], list[int], list[int]]:
    """From each place in the order to the trip's end: the least of each crop, the most in all.

    Counted before the visit at that place: what an insertion there may take, or add.
    """
    aboard, load = rig.aboard, rig.load
    stocks, loads = [aboard], [load]
    for place in places:
        if place == ground.reload:
            aboard, load = ground.goods[0], 0
        elif place < ground.nowhere:
            goods = ground.goods[place]
            aboard = tuple(map(add, aboard, goods))
            load += ground.weight[place]
        stocks.append(aboard)
        loads.append(load)
    least, most, crates = [stocks[-1]], [loads[-1]], [0] * len(stocks)
    for at in range(len(places) - 1, -1, -1):
        stock, load = stocks[at], loads[at]
        if places[at] != ground.reload:
            stock = tuple(map(min, stock, least[-1]))
            load = max(most[-1], load)
        least.append(stock)
        most.append(load)
    if ground.crates:
        crates = _crates(ground, places, stocks)
    return least[::-1], most[::-1], crates


def _crates(ground: Ground, places: Sequence[int], stocks: list[Goods]) -> list[int]:
    """The most from each place to the trip's end."""
    most = [stocks[-1][-1]]
    for at in range(len(places) - 1, -1, -1):
        here = stocks[at][-1]
        most.append(here if places[at] == ground.reload else max(here, most[-1]))
    return most[::-1]


def extras(
    ground: Ground, rig: Rig, places: list[int], begins: list[int], day: tuple[int, int]
) -> int:
    """Parts of a satang beyond way and duty: changes, what crops lose, less what is sold."""
    cost = _changes(ground, rig, places, begins) if ground.earlier else 0
    if not (ground.walkup or any(ground.fresh)):
        return cost
    stocks = _stocks(ground, rig, places)
    sold = _sold(ground, places, stocks)
    for amounts in sold:
        cost -= sum(grams * price for _, grams, price in amounts) * 60
    if any(ground.fresh):
        cost += _fading(ground, rig, places, begins, day, stocks, sold)
    return cost


def _stocks(ground: Ground, rig: Rig, places: list[int]) -> list[list[int]]:
    """After each visit, should nobody walk up."""
    crops = range(len(ground.crops))
    aboard, found = list(rig.aboard), []
    for place in places:
        if place == ground.reload:
            aboard = [0 for _ in crops]
        else:
            goods = ground.goods[place]
            aboard = [aboard[crop] + goods[crop] for crop in crops]
        found.append(aboard)
    return found


def _sold(
    ground: Ground, places: list[int], stocks: list[list[int]]
) -> list[list[tuple[int, int, int]]]:
    """Crop, grams, satang for a kilogram: to whom walks up, of what nobody further on awaits."""
    spare, least = [], [MANY] * len(ground.crops)
    for place, stock in zip(reversed(places), reversed(stocks), strict=True):
        least = list(map(min, least, stock))
        spare.append(least)
        if place == ground.reload:
            least = [MANY] * len(ground.crops)
    spare.reverse()
    gone, found = [0] * len(ground.crops), []
    for at, place in enumerate(places):
        if place == ground.reload:
            gone = [0] * len(ground.crops)
        amounts = []
        for crop, wanted, price in ground.walkup.get(place, ()):
            grams = min(wanted, spare[at][crop] - gone[crop])
            if grams > 0:
                gone[crop] += grams
                amounts.append((crop, grams, price))
        found.append(amounts)
    return found


def _fading(
    ground: Ground, rig: Rig, places: list[int], begins: list[int], day: tuple[int, int],
    stocks: list[list[int]], sold: list[list[tuple[int, int, int]]],
) -> int:  # fmt: skip
    leaves, back = day
    moments, held = [leaves], [list(rig.aboard)]
    gone = [0] * len(ground.crops)
    for at, place in enumerate(places):
        lasts = ground.service[place] if place < ground.nowhere else rig.token[place][0]
        moments.append(begins[at] + lasts)
        if place == ground.reload:
            gone = [0] * len(ground.crops)
        for crop, grams, _ in sold[at]:
            gone[crop] += grams
        held.append([have - less for have, less in zip(stocks[at], gone, strict=False)])
    moments.append(back)
    weighed = 0
    for aboard, (since, until) in zip(held, pairwise(moments), strict=True):
        rate = sum(grams * satang for grams, satang in zip(aboard, ground.fresh, strict=False))
        weighed += rate * (until - since)
    return weighed // 60


def _changes(ground: Ground, rig: Rig, places: list[int], begins: list[int]) -> int:
    told = ground.earlier
    assert told
    costs, truck, satang = told.costs, rig.truck.id, 0
    for place, begin in zip(places, begins, strict=True):
        if place in told.begins:
            away = abs(begin - told.begins[place]) - costs.moved_s
            if away > 0:
                satang += costs.moved_satang + away // 60 * costs.moved_satang_per_min
        if told.trucks.get(place, truck) != truck:
            satang += costs.truck_satang
    visits = [place for place in places if place < ground.nowhere]
    for first, then in pairwise(visits):
        together = told.trucks.get(first) == told.trucks.get(then) == truck
        if together and told.begins.get(first, 0) > told.begins.get(then, MANY):
            satang += costs.order_satang
    return satang * SATANG_UNIT
