"""A season as it is being filled: who may take which seat now, and what that would cost.

Pure, and of numbers, so that thousands of plots can be tried: seats, lands and people are known
by their place in the season. A ring is looked for among homes, with the looks of earlier seasons
that still bind.
"""

from __future__ import annotations

import random
from collections import Counter

from certification.assignment import rules
from certification.assignment.rules import ANY, Season
from certification.schemes.rules import PEER

NEAREST = 256
"""From a pool that is larger only so many of the nearest are tried, until a seat stays empty."""


class Seating:
    def __init__(self, season: Season, turn: int = 0) -> None:
        import numpy as np  # noqa: PLC0415  (0.2 s: only who fills a season waits for it)

        self.season, self.of = season, season.settings
        self.past, self.ties = rules.past(season), rules.ties_by_home(season)
        self.lands, self.people = season.lands, season.inspectors
        kinds = self.of.seats()
        self.seats = [(land, kind) for land in range(len(self.lands)) for kind in kinds]
        self.of_land = [
            range(land * len(kinds), (land + 1) * len(kinds)) for land in range(len(self.lands))
        ]
        self.taken: list[int | None] = [None] * len(self.seats)
        self.held: list[set[int]] = [set() for _ in self.people]
        self.most = [len(self.lands) if p.most is None else p.most for p in self.people]
        self.out: dict[str, Counter[str]] = {
            home: Counter(dict.fromkeys(sorted(seen), 1)) for home, seen in self.past.looked.items()
        }
        self._shuffled = random.Random(f"{season.seed} {turn}")  # noqa: S311  (an order, no secret)
        self._pools: dict[tuple[str, str], list[int]] = {}
        self._spots = np.array(
            [(p.spot.east_m, p.spot.north_m) if p.spot else (np.nan, np.nan) for p in self.people],
            dtype=float,
        ).reshape(-1, 2)
        self._near: dict[tuple[int, str], list[int]] = {}
        self._number = {person.person: place for place, person in enumerate(self.people)}

    # ── who may ──────────────────────────────────────────────────────────────────────────────

    def near(self, seat: int) -> list[int]:
        """Who may sit there by what is known beforehand, the nearest first."""
        key = self.seats[seat]
        if key not in self._near:
            self._near[key] = self._allowed(*key, most=NEAREST)
        return self._near[key]

    def everybody(self, seat: int) -> list[int]:
        return self._allowed(*self.seats[seat], most=len(self.people))

    def _allowed(self, land: int, kind: str, *, most: int) -> list[int]:
        import numpy as np  # noqa: PLC0415  (as above)

        pool = self._pool(land, kind)
        spot = self.lands[land].spot
        if spot is not None and pool:
            away = np.hypot(*(self._spots[pool] - (spot.east_m, spot.north_m)).T)
            pool = [pool[at] for at in np.argsort(np.nan_to_num(away), kind="stable")]
        found: list[int] = []
        for person in pool:
            if not self._barred(land, person, kind):
                found.append(person)
                if len(found) == most:
                    break
        return found

    def _pool(self, land: int, kind: str) -> list[int]:
        """Trained people of that seat and, where the charter says so, of that group; shuffled."""
        group = "" if self.of.cross_group else self.lands[land].group
        if (group, kind) not in self._pools:
            pool = [p for p, who in enumerate(self.people) if self._fits(who, kind, group)]
            self._shuffled.shuffle(pool)
            self._pools[group, kind] = pool
        return self._pools[group, kind]

    def _fits(self, who: rules.Inspector, kind: str, group: str) -> bool:
        if not who.trained or kind not in (ANY, *who.seats):
            return False
        only = kind == PEER or (kind == ANY and who.seats == {PEER})
        return not (only and group and group not in who.groups)

    def _barred(self, land: int, person: int, kind: str) -> bool:
        here, who = self.lands[land], self.people[person]
        ties = self.ties.get((here.home, who.person), ())
        return any(rules.against(here, who, kind, ties, self.past, self.of))

    # ── as it stands ─────────────────────────────────────────────────────────────────────────

    def now(self, seat: int, person: int) -> bool:
        """Whether somebody whom nothing bars may take that seat as the others sit now."""
        land = self.seats[seat][0]
        if len(self.held[person]) >= self.most[person] or self.on_panel(land, person):
            return False
        return not self.rings(self.people[person].home, self.lands[land].home)

    def on_panel(self, land: int, person: int) -> bool:
        return any(self.taken[seat] == person for seat in self.of_land[land])

    def rings(self, looks: str, at: str) -> bool:
        """Whether a look of `looks` at `at` would close a ring that the charter forbids."""
        return bool(self.ring(looks, at))

    def ring(self, looks: str, at: str) -> list[str]:
        """The shortest way from `at` back to `looks`, both named; empty where there is none."""
        ways = [[at]]
        for _ in range(self.of.cycle_length - 1):
            longer: list[list[str]] = []
            for way in ways:
                seen = self.out.get(way[-1])
                if not seen:
                    continue
                if looks in seen:
                    return [*way, looks]
                longer += [[*way, home] for home in seen if home not in way]
            ways = longer
        return []

    def sit(self, seat: int, person: int) -> None:
        self.taken[seat] = person
        self.held[person].add(seat)
        self.out.setdefault(self.people[person].home, Counter())[self._home(seat)] += 1

    def rise(self, seat: int) -> int:
        person = self.taken[seat]
        assert person is not None, "nobody sits there"
        self.taken[seat] = None
        self.held[person].discard(seat)
        looked, home = self.out[self.people[person].home], self._home(seat)
        looked[home] -= 1
        if not looked[home]:
            del looked[home]
        return person

    def load(self, person: int) -> int:
        return len(self.held[person])

    def away(self, seat: int, person: int) -> int:
        return rules.metres(self.lands[self.seats[seat][0]].spot, self.people[person].spot)

    def _home(self, seat: int) -> str:
        return self.lands[self.seats[seat][0]].home

    # ── what is wished for ───────────────────────────────────────────────────────────────────

    def amiss(self, land: int, also: int | None = None) -> int:
        """Skills nobody on the panel has, how far it is from the wished-for follow-up, and who has
        a longer way than the charter wishes."""
        here = self.lands[land]
        before = self.past.last.get(here.plot, frozenset())
        if not before and not here.skills and not self.of.travel_m:
            return 0
        there = [*(self.taken[seat] for seat in self.of_land[land]), also]
        panel = [self.people[person] for person in there if person is not None]
        missed = abs(self.of.follow_up - sum(who.person in before for who in panel))
        known = frozenset[str]().union(*(who.skills for who in panel))
        return len(here.skills - known) + (missed if before else 0) + self._far(here, panel)

    def _far(self, land: rules.Land, panel: list[rules.Inspector]) -> int:
        most = self.of.travel_m
        return sum(rules.metres(land.spot, who.spot) > most for who in panel) if most else 0

    def returning(self, land: int) -> list[int]:
        """Those who were here last season and still inspect."""
        before = self.past.last.get(self.lands[land].plot, ())
        return [self._number[person] for person in sorted(before) if person in self._number]
