"""An order of visits made a route: which window each begins in, where the break falls."""

from __future__ import annotations

from collections.abc import Sequence

from market.domain.trips.ground import Ground, Rig
from market.domain.trips.problem import Window
from market.domain.trips.route import Route, Segment, along, begins, join


def built(ground: Ground, rig: Rig, places: Sequence[int]) -> Route | None:
    """None where a visit or the base is reached too late; the break is put where it costs least."""
    if rig.rested:
        return _built(ground, rig, places) if rig.trips_more == 0 else _trips(ground, rig, places)
    visits = [place for place in places if place != ground.rest]
    route = _trips(ground, rig, visits)
    free = route is not None and _free_of_rest(route)
    if route is None or (free and not ground.rich):
        return route
    visits = route.places  # without trips to nobody, before a break stands between them
    tried = [
        _trips(ground, rig, [*visits[:at], ground.rest, *visits[at:]])
        for at in range(len(rig.fixed), len(visits) + 1)
    ]
    tried += [route] if free else []
    found = [one for one in tried if one is not None]
    return min(found, key=lambda one: one.cost, default=None)


def _trips(ground: Ground, rig: Rig, places: Sequence[int]) -> Route | None:
    """Without trips to nobody, and no more of them than allowed."""
    kept: list[int] = []
    for place in places:
        before = kept[-1:] or [-1 if rig.under_way else ground.reload]
        if place != ground.reload or before != [ground.reload]:
            kept.append(place)
    while len(kept) > len(rig.fixed) and kept[-1] == ground.reload:
        kept.pop()
    return _built(ground, rig, kept) if kept.count(ground.reload) <= rig.trips_more else None


def _free_of_rest(route: Route) -> bool:
    """The driver rests before the day or after it."""
    lasts, (opens, closes) = route.rig.token[route.ground.rest]
    if route.back <= closes:
        return True
    return not route.rig.under_way and (not route.places or route.leaves >= opens + lasts)


def _built(ground: Ground, rig: Rig, places: Sequence[int]) -> Route | None:
    stays, windows, spots = along(ground, rig, places)
    if all(len(several) == 1 for several in windows):
        chosen: list[Window] | None = [several[0] for several in windows]
    else:
        chosen = _windows(ground, rig, stays, windows, spots)
    if chosen is None:
        return None
    visits = [(stay, *window) for stay, window in zip(stays, chosen, strict=True)]
    before = _before(ground, rig, visits, spots)
    if before is None:
        return None
    whole = join(before[-1], ground.seconds[spots[-2]][spots[-1]], rig.returns)
    rest = _rest(ground, rig, visits, spots) if whole else None
    if whole is None or rest is None:
        return None
    if not places and not rig.under_way:
        whole = (0, rig.leaves[1], rig.leaves[2])
    route = Route(ground, rig, list(places), spots, before, rest, whole)
    return None if ground.spoils and _spoiled(route) else route


def _before(
    ground: Ground, rig: Rig, visits: list[Segment], spots: list[int]
) -> list[Segment] | None:
    """From the start to each visit."""
    segment, seconds = rig.leaves, ground.seconds
    found = [segment]
    for at, visit in enumerate(visits):
        joined = join(segment, seconds[spots[at]][spots[at + 1]], visit)
        if joined is None:
            return None
        segment = joined
        found.append(segment)
    return found


def _rest(
    ground: Ground, rig: Rig, visits: list[Segment], spots: list[int]
) -> list[Segment] | None:
    """From each visit to the end."""
    segment, seconds = rig.returns, ground.seconds
    found = [segment]
    for at in range(len(visits) - 1, -1, -1):
        joined = join(visits[at], seconds[spots[at + 1]][spots[at + 2]], segment)
        if joined is None:
            return None
        segment = joined
        found.append(segment)
    found.reverse()
    return found


def _windows(
    ground: Ground, rig: Rig, stays: list[int], windows: list[tuple[Window, ...]], spots: list[int]
) -> list[Window] | None:
    """For each visit the window it begins in: home as early as can be, left as late for that."""
    now, seconds = rig.leaves[1], ground.seconds
    for at, stay in enumerate(stays):
        now += seconds[spots[at]][spots[at + 1]]
        for window in windows[at]:
            if now <= window[1]:
                break
        else:
            return None
        now = max(now, window[0]) + stay
    latest = now
    now += seconds[spots[-2]][spots[-1]]
    if now > rig.returns[2]:
        return None
    chosen = []
    for at in range(len(stays) - 1, -1, -1):
        begin = latest - stays[at]
        window = next(w for w in reversed(windows[at]) if w[0] <= begin)
        chosen.append(window)
        latest = min(begin, window[1]) - seconds[spots[at]][spots[at + 1]]
    return chosen[::-1]


def _spoiled(route: Route) -> bool:
    """Whether something is handed over when its time has passed."""
    ground, until = route.ground, dict[int, int]()
    for place, begin in zip(route.places, begins(route), strict=True):
        if place == ground.reload:
            until = {}
        limit = ground.use_by[place]
        for crop in range(len(ground.crops)):
            if ground.goods[place][crop] > 0 and limit is not None:
                until[crop] = min(limit, until.get(crop, limit))
            elif ground.goods[place][crop] < 0 and begin > until.get(crop, begin):
                return True
    return False
