"""Why somebody does not sit on a plot's panel, and what it would take to fill an empty seat.

Pure.
"""

from __future__ import annotations

import msgspec

from certification.assignment import rules
from certification.assignment.rules import COST, Place, Season, Why
from certification.assignment.seating import Seating


class Excluded(msgspec.Struct, frozen=True):
    person: str
    why: tuple[Why, ...]
    ring: tuple[str, ...] = ()
    """The homes it would close, where the reason is a ring."""

    def cost(self) -> int | None:
        """Of overriding all of it; None where something of it is never overridden."""
        if any(why not in COST for why in self.why):
            return None
        return sum(COST[why] for why in self.why)


class EmptySeat(msgspec.Struct, frozen=True):
    place: Place
    excluded: tuple[Excluded, ...]
    cheapest: Excluded | None
    """Whose being asked breaks the least; nobody where nobody may be asked at all."""


def seated(season: Season, places: tuple[Place, ...]) -> Seating:
    """As they sit, whatever stands against it; who is not of the season any more sits nowhere."""
    seating = Seating(season)
    number = {person.person: at for at, person in enumerate(season.inspectors)}
    free: dict[tuple[str, str], list[int]] = {}
    for seat, (land, kind) in reversed(list(enumerate(seating.seats))):
        free.setdefault((seating.lands[land].plot, kind), []).append(seat)
    for place in places:
        if place.person in number and free.get((place.plot, place.seat)):
            seating.sit(free[place.plot, place.seat].pop(), number[place.person])
    return seating


def against(seating: Seating, seat: int, person: int) -> Excluded:
    """All that stands against this person there, beforehand and as the others sit."""
    land, kind = seating.seats[seat]
    here, who = seating.lands[land], seating.people[person]
    ties = seating.ties.get((here.home, who.person), ())
    why = list(rules.against(here, who, kind, ties, seating.past, seating.of))
    ring = [] if here.home == who.home else seating.ring(who.home, here.home)
    if ring and "traded" not in why:
        why.append("ring" if len(ring) > 2 else "traded")
    if seating.on_panel(land, person):
        why.append("on_panel")
    if seating.load(person) >= seating.most[person]:
        why.append("full")
    return Excluded(who.person, tuple(dict.fromkeys(why)), tuple(ring))


def sent(season: Season, person: str, seat: str) -> Excluded:
    """All that stands against one person on the season's first land, on that seat of a panel."""
    seating = Seating(season)
    who = next((one for one in season.inspectors if one.person == person), None)
    if who is None:
        return Excluded(person, ("left",))
    land = season.lands[0]
    ties = seating.ties.get((land.home, person), ())
    why = list(rules.against(land, who, seat, ties, seating.past, seating.of))
    ring = [] if land.home == who.home else seating.ring(who.home, land.home)
    if ring and "traded" not in why:
        why.append("ring" if len(ring) > 2 else "traded")
    return Excluded(person, tuple(why), tuple(ring))


def candidates(seating: Seating, seat: int) -> tuple[Excluded, ...]:
    """Everybody, for one seat: who may take it first (no `why`), by load and way; the others by
    what an override would cost."""
    found = [(against(seating, seat, person), person) for person in range(len(seating.people))]
    found.sort(key=lambda one: _order(seating, seat, *one))
    return tuple(one for one, _ in found)


def empty(seating: Seating) -> tuple[EmptySeat, ...]:
    return tuple(
        _empty(seating, seat) for seat, person in enumerate(seating.taken) if person is None
    )


def _empty(seating: Seating, seat: int) -> EmptySeat:
    land, kind = seating.seats[seat]
    asked = candidates(seating, seat)
    cheapest = asked[0] if asked and asked[0].cost() is not None else None
    return EmptySeat(Place(seating.lands[land].plot, kind, None), asked, cheapest)


def faults(seating: Seating) -> tuple[tuple[Place, Excluded], ...]:
    """Who sits where the rules do not allow it: after changes by hand, or of facts since."""
    found: list[tuple[Place, Excluded]] = []
    for seat, person in enumerate(seating.taken):
        if person is None:
            continue
        seating.rise(seat)
        why = against(seating, seat, person)
        seating.sit(seat, person)
        if why.why:
            land, kind = seating.seats[seat]
            found.append((Place(seating.lands[land].plot, kind, why.person), why))
    return tuple(found)


def _order(seating: Seating, seat: int, one: Excluded, person: int) -> tuple[int, int, int, str]:
    cost = one.cost()
    price = sum(COST.values()) + 1 if cost is None else cost
    return price, seating.load(person), seating.away(seat, person), one.person
