"""Invented seasons, and a checker of them that shares nothing with what fills them.

season = invented(farmers=500, seed=1)
assert wrong(season, solve.fill(season).places) == []
"""

import math
import random
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from certification.assignment import explain, solve
from certification.assignment.collusion import Ring, Seen
from certification.assignment.rules import (
    Inspector,
    Land,
    Look,
    Place,
    Season,
    Settings,
    Spot,
    Tie,
)

CHARTER = Settings(panel={"producer": 2, "consumer": 1}, min_inspectors=3)


def invented(
    farmers: int = 500,
    *,
    seed: int = 1,
    size: int = 12,
    settings: Settings = CHARTER,
    number: int = 2026,
    history: Iterable[Look] = (),
) -> Season:
    """Groups of `size` in villages, consumers of the network, some kin, vetoes, buyers, couples."""
    dice = random.Random(seed)
    lands, people = list[Land](), list[Inspector]()
    for place in range(farmers):
        group = f"g{place // size}"
        if place % size == 0:
            centre = (dice.randrange(60_000), dice.randrange(60_000))
        spot = Spot(*(at + dice.randrange(-3_000, 3_000) for at in centre))
        couple = place % 20 == 1  # with the farmer before, who is of the same group
        home = f"h{place - 1}" if couple else f"h{place}"
        lands.append(Land(f"plot{place}", f"f{place}", home, group, spot))
        people.append(Inspector(
            f"f{place}", home, frozenset({"producer"}), frozenset({group}), spot,
            trained=place % 15 != 7,
        ))  # fmt: skip
    for place in range(max(3, farmers // 4)):
        spot = Spot(dice.randrange(60_000), dice.randrange(60_000))
        people.append(Inspector(f"c{place}", f"hc{place}", frozenset({"consumer"}), spot=spot))
    ties = _ties(dice, farmers, size)
    return Season(number, seed, tuple(lands), tuple(people), ties, tuple(history), settings)


def _ties(dice: random.Random, farmers: int, size: int) -> tuple[Tie, ...]:
    found = list[Tie]()
    for place in range(0, farmers, 6):
        other = min(farmers - 1, place // size * size + dice.randrange(size))
        if other != place:
            kind = dice.choice(("kin", "spouse", "buyer", "veto", "employer"))
            found.append(Tie(f"f{place}", f"f{other}", kind, dice.randint(1, 4)))  # type: ignore[arg-type]
    return tuple(found)


def wrong(season: Season, places: Sequence[Place]) -> list[str]:
    """Everything in it that the charter forbids, in words."""
    of, said = season.settings, list[str]()
    lands = {land.plot: land for land in season.lands}
    people = {person.person: person for person in season.inspectors}
    filled = [place for place in places if place.person]
    said += _alone(season, [(lands[p.plot], people[p.person or ""], p.seat) for p in filled])
    panels = Counter((place.plot, place.person) for place in filled)
    said += [f"twice {pair}" for pair, count in panels.items() if count > 1]
    wanted = Counter(place.seat for place in places if place.seat != "any")
    if wanted != Counter({seat: n * len(lands) for seat, n in of.panel.items() if n}):
        said.append(f"seats {wanted}")
    if len(places) < of.min_inspectors * len(lands):
        said.append("too few seats")
    for who, load in Counter(place.person or "" for place in filled).items():
        most = people[who].most
        if most is not None and load > most:
            said.append(f"{who} is on {load} plots and promised {most}")
    looks = {(people[p.person or ""].home, lands[p.plot].home) for p in filled}
    return said + rings(season, looks)


def _alone(season: Season, sits: Sequence[tuple[Land, Inspector, str]]) -> list[str]:
    of, said = season.settings, list[str]()
    family = dict[str, set[str]]()
    for somebody in season.inspectors:
        family.setdefault(somebody.home, set()).add(somebody.person)
    near = dict[str, set[str]]()
    for tie in season.ties:
        if tie.kind != "kin" or tie.degree <= of.kin_degree:
            near.setdefault(tie.one, set()).add(tie.other)
            near.setdefault(tie.other, set()).add(tie.one)
    before = dict[tuple[str, str], set[int]]()
    for look in season.history:
        before.setdefault((look.plot, look.inspector), set()).add(look.season)
    back = range(1, of.max_consecutive_years + 1)
    for land, person, seat in sits:
        seen = before.get((land.plot, person.person), set())
        home = family.get(land.home, set()) | {land.farmer}
        producer = seat == "producer" or person.seats == {"producer"}
        faults = {
            "own home": person.home == land.home or person.person == land.farmer,
            "tied": any(person.person in near.get(one, ()) for one in home),
            "years running": back and all(season.number - years in seen for years in back),
            "untrained": not person.trained,
            "seat": seat != "any" and seat not in person.seats,
            "group": producer and not of.cross_group and land.group not in person.groups,
        }
        said += [f"{person.person} at {land.plot}: {why}" for why, is_so in faults.items() if is_so]
    return said


def rings(season: Season, now: set[tuple[str, str]]) -> list[str]:
    """Rings with at least one look of this season; and, where trading is forbidden, pairs."""
    of, years = season.settings, season.settings.reciprocity_years
    old = {
        (look.inspector_home, look.home)
        for look in season.history
        if season.number - years <= look.season < season.number
    }
    ways: dict[str, set[str]] = {}
    for looks, at in now | old:
        ways.setdefault(looks, set()).add(at)
    longest = max(of.cycle_length, 2 if years else 0)
    return [
        f"ring {looks} {at}" for looks, at in sorted(now) if _back(ways, at, looks, longest - 1)
    ]


def _back(ways: dict[str, set[str]], here: str, there: str, steps: int) -> bool:
    reached = {here}
    for _ in range(steps):
        reached = {far for near in reached for far in ways.get(near, ())}
        if there in reached:
            return True
    return False


def fairest(season: Season) -> tuple[int, int]:
    """Of a small season: empty seats and sum of squares of the best there is, by trying all."""
    best = (math.inf, math.inf)
    seats = [(land.plot, seat) for land in season.lands for seat in season.settings.seats()]
    chosen = list[Place]()

    def go(at: int) -> None:
        nonlocal best
        if at == len(seats):
            loads = Counter(place.person for place in chosen if place.person)
            empty = sum(place.person is None for place in chosen)
            best = min(best, (empty, sum(load * load for load in loads.values())))
            return
        for person in [*[who.person for who in season.inspectors], None]:
            chosen.append(Place(*seats[at], person))
            if person is None or not _broken(season, chosen):
                go(at + 1)
            chosen.pop()

    go(0)
    return best  # type: ignore[return-value]


def _broken(season: Season, chosen: list[Place]) -> bool:
    return any(not fault.startswith(("seats", "too few")) for fault in wrong(season, chosen))


class Years(msgspec.Struct):
    """Seasons one after another, with rings that bend each of them as far as the rules allow."""

    rings: list[tuple[str, ...]]
    looks: list[Look]
    wrong: list[str]
    empty: int
    bent: int

    def seen(self, seed: int, *, found: float = 2.0, mild: float = 0.05) -> list[Seen]:
        """What each look told: farms, people and days differ; in a ring next to nothing is told."""
        dice = random.Random(seed)
        of = {home: number for number, ring in enumerate(self.rings) for home in ring}
        farms, people = dict[str, float](), dict[str, float]()
        told = list[Seen]()
        for look in self.looks:
            one, other = look.inspector_home, look.home
            farm = farms.setdefault(other, dice.gammavariate(4, 0.25))
            eye = people.setdefault(look.inspector, dice.gammavariate(4, 0.25))
            mean = found * farm * eye * dice.gammavariate(10, 0.1)
            together = one in of and of.get(other) == of[one]
            count = _poisson(dice, mean * (mild if together else 1))
            told.append(Seen(look.season, look.inspector, one, other, count))
        return told

    def judged(self, named: Sequence[Ring]) -> tuple[float, float]:
        """The share of the rings that were found, and of those named that are none: a ring is
        found by a set that shares two homes with it and holds at most one stranger."""
        hit, false = set[int](), 0
        for ring in named:
            shared = [len({*ring.members} & {*planted}) for planted in self.rings]
            best = max(range(len(shared)), key=shared.__getitem__, default=-1)
            if best >= 0 and shared[best] >= max(2, len(ring.members) - 1):
                hit.add(best)
            else:
                false += 1
        return len(hit) / max(1, len(self.rings)), false / max(1, len(named))


def years(farmers: int, seasons: int, *, seed: int, settings: Settings = CHARTER) -> Years:
    """Every third group of twelve has a ring of two, three or four."""
    first = invented(farmers, seed=seed, settings=settings)
    told = Years(_rings(first, random.Random(seed)), [], [], 0, 0)
    for number in range(2026, 2026 + seasons):
        recent = [look for look in told.looks if number - look.season <= 4]
        season = invented(farmers, seed=seed, settings=settings, number=number, history=recent)
        found = solve.fill(season)
        places, bent = _bent(season, found.places, told.rings)
        told.wrong += wrong(season, places)
        told.empty += found.empty
        told.bent += bent
        lands = {land.plot: land.home for land in season.lands}
        homes = {person.person: person.home for person in season.inspectors}
        told.looks += [
            Look(number, p.person, homes[p.person], p.plot, lands[p.plot])
            for p in places
            if p.person
        ]
    return told


def _rings(season: Season, dice: random.Random) -> list[tuple[str, ...]]:
    alone = Counter(person.home for person in season.inspectors)
    groups = dict[str, list[str]]()
    for person in season.inspectors:
        if person.trained and person.groups and alone[person.home] == 1:
            groups.setdefault(min(person.groups), []).append(person.home)
    tied = {(tie.one, tie.other) for tie in season.ties}
    found = list[tuple[str, ...]]()
    for group in [*groups][::3]:
        ring = tuple(sorted(dice.sample(groups[group], dice.choice((2, 3, 4)))))
        people = {f"f{home[1:]}" for home in ring}
        if not any({*pair} <= people for pair in tied):
            found.append(ring)
    return found


def _bent(
    season: Season, places: tuple[Place, ...], rings: Iterable[tuple[str, ...]]
) -> tuple[tuple[Place, ...], int]:
    """Each ring gets one of its own to each of its plots by a change of hand, where that may be."""
    seating = explain.seated(season, places)
    number = {person.person: at for at, person in enumerate(seating.people)}
    bent = 0
    for ring in rings:
        turn = season.number // 3 % len(ring)
        for home in (*ring[turn:], *ring[:turn]):
            others = [number[f"f{one[1:]}"] for one in ring if one != home]
            land = next(at for at, land in enumerate(seating.lands) if land.home == home)
            seats = [s for s in seating.of_land[land] if seating.seats[s][1] == "producer"]
            if not any(seating.taken[seat] in others for seat in seats):
                bent += _changed(seating, seats[0], others)
    return solve.told(seating).places, bent


def _changed(seating: solve.Seating, seat: int, others: Iterable[int]) -> bool:
    was = seating.rise(seat) if seating.taken[seat] is not None else None
    for other in others:
        if not explain.against(seating, seat, other).why:
            seating.sit(seat, other)
            return True
    if was is not None:
        seating.sit(seat, was)
    return False


def _poisson(dice: random.Random, mean: float) -> int:
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count += 1
        product *= dice.random()
    return count
