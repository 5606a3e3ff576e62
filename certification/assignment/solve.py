"""Fills a whole season: as many seats as can be, then fairly, then near.

Pure; the same season with the same seed is filled alike. Compared in this order: seats that stay
empty, what is amiss (skills, follow-up, long ways), the loads (the sum of their squares, so that
the most loaded is relieved first), metres. Seats are first given to the least loaded, the scarcest
first; empty ones are won by moving those who sit elsewhere; then loads are levelled along the
shortest chains of hand-overs, which without rings and follow-ups ends at the fairest there is (a
semi-matching without such a chain is optimal: Harvey, Ladner, Lovász, Tamir 2003); last, people
change places where that shortens their ways and loads nobody more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import pairwise

import msgspec

from certification.assignment.rules import Place, Season
from certification.assignment.seating import Seating

TRIES, DEPTH = 4_000, 4
"""For one empty seat: so many moves are tried, so deep."""
TIMES, ENOUGH = 24, 200
"""How often a season is filled: fewer times the more plots it has."""
PASSES, NEIGHBOURS = 3, 8


class Found(msgspec.Struct, frozen=True):
    places: tuple[Place, ...]
    empty: int
    amiss: int
    most: int
    """The largest load."""
    squares: int
    metres: int


def fill(season: Season) -> Found:
    """A small season is filled several times over, in other orders, and the best is taken."""
    times = max(1, min(TIMES, ENOUGH // max(1, len(season.lands))))
    tried = [told(filled(season, turn)) for turn in range(times)]
    return min(tried, key=lambda f: (f.empty, f.amiss, f.squares, f.metres))


def filled(season: Season, turn: int = 0) -> Seating:
    seating = Seating(season, turn)
    _invite_back(seating)
    _give(seating, sorted(_empty(seating), key=lambda seat: (len(seating.near(seat)), seat)))
    _win(seating)
    _level(seating)
    while any(_left_instead(seating, seat) for seat in _empty(seating)):
        _level(seating)
    _shorten(seating)
    return seating


def told(seating: Seating) -> Found:
    places = tuple(
        Place(seating.lands[land].plot, kind, None if who is None else seating.people[who].person)
        for (land, kind), who in zip(seating.seats, seating.taken, strict=True)
    )
    loads = [seating.load(person) for person in range(len(seating.people))]
    return Found(
        places,
        len(_empty(seating)),
        sum(map(seating.amiss, range(len(seating.lands)))),
        max(loads, default=0),
        sum(load * load for load in loads),
        sum(seating.away(s, p) for s, p in enumerate(seating.taken) if p is not None),
    )


def _empty(seating: Seating) -> list[int]:
    return [seat for seat, person in enumerate(seating.taken) if person is None]


# ── first seats ──────────────────────────────────────────────────────────────────────────────


def _invite_back(seating: Seating) -> None:
    """So many of last season's inspectors as the charter wishes, the least loaded first."""
    for land in range(len(seating.lands)):
        wished = seating.of.follow_up
        for person in sorted(seating.returning(land), key=seating.load):
            if wished <= 0:
                break
            seat = next((s for s in seating.of_land[land] if _fits(seating, s, person)), None)
            if seat is not None:
                seating.sit(seat, person)
                wished -= 1


def _fits(seating: Seating, seat: int, person: int) -> bool:
    return (
        seating.taken[seat] is None and person in seating.near(seat) and seating.now(seat, person)
    )


def _give(seating: Seating, seats: Iterable[int]) -> None:
    for seat in seats:
        best = _best(seating, seat)
        if best is not None:
            seating.sit(seat, best)


def _best(seating: Seating, seat: int) -> int | None:
    """Who mends most of what is amiss; among them the least loaded, then the nearest."""
    land = seating.seats[seat][0]
    before, best, least = seating.amiss(land), None, 0
    for person in sorted(seating.near(seat), key=seating.load):
        if not seating.now(seat, person):
            continue
        change = seating.amiss(land, person) - before
        if best is None or change < least:
            best, least = person, change
        if least < 0 or (least == 0 == before):
            break
    return best


# ── empty seats ──────────────────────────────────────────────────────────────────────────────


def _win(seating: Seating) -> None:
    """Somebody who may sit there is freed of what stands against it elsewhere."""
    for seat in _empty(seating):
        seating._near[seating.seats[seat]] = seating.everybody(seat)
        left = [TRIES]
        _seated(seating, seat, DEPTH, left, frozenset({seat}))


def _seated(seating: Seating, seat: int, depth: int, left: list[int], kept: frozenset[int]) -> bool:
    """Whether somebody sits there now; `kept` seats are not touched, they are being filled."""
    people = sorted(seating.near(seat), key=seating.load)
    for person in people:
        if seating.now(seat, person):
            seating.sit(seat, person)
            return True
    if depth:
        return any(_freed(seating, seat, person, depth, left, kept) for person in people)
    return False


def _freed(
    seating: Seating, seat: int, person: int, depth: int, left: list[int], kept: frozenset[int]
) -> bool:
    if seating.on_panel(seating.seats[seat][0], person):
        return False
    for other in _in_the_way(seating, seat, person):
        if other in kept or left[0] <= 0:
            continue
        left[0] -= 1
        was = seating.rise(other)
        if seating.now(seat, person):
            seating.sit(seat, person)
            if _seated(seating, other, depth - 1, left, kept | {other}):
                return True
            seating.rise(seat)
        seating.sit(other, was)
    return False


def _in_the_way(seating: Seating, seat: int, person: int) -> list[int]:
    """Seats of this season by which this person may not take that one."""
    if seating.load(person) >= seating.most[person]:
        return sorted(seating.held[person])
    here = seating.lands[seating.seats[seat][0]].home
    way = seating.ring(seating.people[person].home, here)
    steps = set(pairwise(way))
    if not steps:
        return []
    homes = {looks for looks, _ in steps}
    people = [p for p, who in enumerate(seating.people) if who.home in homes]
    return [
        other
        for one in people
        for other in sorted(seating.held[one])
        if (seating.people[one].home, seating.lands[seating.seats[other][0]].home) in steps
    ]


# ── fair loads ───────────────────────────────────────────────────────────────────────────────


def _level(seating: Seating) -> None:
    """Until no chain of hand-overs leads from somebody to one with at least two seats fewer."""
    settled: set[int] = set()
    while True:
        open_ = [p for p in range(len(seating.people)) if p not in settled and seating.load(p) > 1]
        if not open_:
            return
        most = max(map(seating.load, open_))
        starts = [person for person in open_ if seating.load(person) == most]
        _relieve(seating, starts, most, settled)


def _left_instead(seating: Seating, empty: int) -> bool:
    """Whether a seat of somebody with more was left empty for this one of somebody with less."""
    land = seating.seats[empty][0]
    for seat in range(len(seating.seats)):
        giver = seating.taken[seat]
        if giver is None or seating.load(giver) < 2:
            continue
        load, lands = seating.load(giver), {land, seating.seats[seat][0]}
        before = sum(map(seating.amiss, lands))
        seating.rise(seat)
        for other in seating.near(empty):
            if seating.load(other) > load - 2 or not seating.now(empty, other):
                continue
            seating.sit(empty, other)
            if sum(map(seating.amiss, lands)) <= before:
                return True
            seating.rise(empty)
        seating.sit(seat, giver)
    return False


def _relieve(seating: Seating, starts: list[int], load: int, settled: set[int]) -> None:
    """One of them, along the shortest chain; where none can be, they are settled, and with them
    all whom they reach: none of these reaches anybody with fewer seats either."""
    came: dict[int, tuple[int, int]] = {}
    reached, queue, refused = set(starts), deque(starts), False
    while queue:
        person = queue.popleft()
        for seat in sorted(seating.held[person]):
            for other in seating.near(seat):
                if other in reached or other in settled:
                    continue
                reached.add(other)
                came[other] = (person, seat)
                if seating.load(other) <= load - 2:
                    if _handed_on(seating, other, came):
                        return
                    refused = True
                queue.append(other)
    settled.update(starts if refused else reached)


def _handed_on(seating: Seating, to: int, came: dict[int, tuple[int, int]]) -> bool:
    """Each gives a seat to the next, or none does."""
    done: list[tuple[int, int]] = []
    while to in came:
        giver, seat = came[to]
        if not _given(seating, seat, to):
            for undone, was in reversed(done):
                seating.rise(undone)
                seating.sit(undone, was)
            return False
        done.append((seat, giver))
        to = giver
    return True


def _given(seating: Seating, seat: int, to: int) -> bool:
    """Handed over if that may be and leaves nothing more amiss; the giver may be full."""
    land = seating.seats[seat][0]
    before = seating.amiss(land)
    giver = seating.rise(seat)
    if seating.now(seat, to):
        seating.sit(seat, to)
        if seating.amiss(land) <= before:
            return True
        seating.rise(seat)
    seating.sit(seat, giver)
    return False


# ── short ways ───────────────────────────────────────────────────────────────────────────────


def _shorten(seating: Seating) -> None:
    for _ in range(PASSES):
        moved = [_nearer(seating, s) for s, who in enumerate(seating.taken) if who is not None]
        if not any(moved):
            return


def _nearer(seating: Seating, seat: int) -> bool:
    person = seating.taken[seat]
    assert person is not None, "only seats that are taken"
    mine = seating.away(seat, person)
    for other in seating.near(seat)[:NEIGHBOURS]:
        saved = mine - seating.away(seat, other)
        if saved <= 0:
            return False
        if seating.load(other) < seating.load(person) and _given(seating, seat, other):
            return True
        if _exchanged(seating, seat, other, saved):
            return True
    return False


def _exchanged(seating: Seating, seat: int, other: int, saved: int) -> bool:
    person = seating.taken[seat]
    assert person is not None, "only seats that are taken"
    for theirs in sorted(seating.held[other]):
        more = seating.away(theirs, person) - seating.away(theirs, other)
        if more < saved and person in seating.near(theirs) and _swapped(seating, seat, theirs):
            return True
    return False


def _swapped(seating: Seating, one: int, two: int) -> bool:
    lands = [seating.seats[one][0], seating.seats[two][0]]
    before = sum(map(seating.amiss, lands))
    first, second = seating.rise(one), seating.rise(two)
    if seating.now(one, second):
        seating.sit(one, second)
        if seating.now(two, first):
            seating.sit(two, first)
            if sum(map(seating.amiss, lands)) <= before:
                return True
            seating.rise(two)
        seating.rise(one)
    seating.sit(one, first)
    seating.sit(two, second)
    return False
