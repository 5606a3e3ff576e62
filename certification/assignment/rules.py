"""Who may look at which plot in a season, and why not.

Pure. A season is known by a number, a year as a rule. A `home` is a household, or a person who
lives alone: those of one home farm together, so what one of them may not judge none may.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import hypot
from typing import Literal

import msgspec

from certification.schemes.rules import PEER, RuleSet

ANY = "any"
"""A seat that whoever may look can take; the charter asks for a number, not for a role."""

Why = Literal[
    "own_plot", "household", "kin", "spouse", "employer", "buyer", "veto", "traded", "ring",
    "years_running", "untrained", "other_group", "no_such_seat", "full", "on_panel", "left",
]  # fmt: skip

COST: dict[Why, int] = {
    "full": 1, "years_running": 2, "other_group": 4, "ring": 8, "untrained": 16, "traded": 32,
    "kin": 64, "employer": 128, "buyer": 128,
}  # fmt: skip
"""What an override of each costs, the more the worse; what is missing is never overridden."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What of a charter bears on assignment; made from one by `of_charter`."""

    panel: dict[str, int]
    """How many of each seat at the least."""
    min_inspectors: int
    cross_group: bool = False
    kin_degree: int = 2
    reciprocity_years: int = 1
    """For so many seasons after A looked at B's, B does not look at A's; 0 allows it."""
    cycle_length: int = 2
    """No ring of so many homes or fewer within that time: A to B to C to A is a ring of 3."""
    max_consecutive_years: int = 2
    """The same person at the same plot; 0 asks nothing."""
    follow_up: int = 1
    """So many of last season's inspectors return, where they may."""
    reviews_per_year: int = 3
    """More is asked of a person only where a seat would stay empty otherwise."""
    travel_m: int = 0
    """Farther only where a seat would stay empty otherwise; 0 asks nothing."""

    def seats(self) -> tuple[str, ...]:
        named = [seat for seat in sorted(self.panel) for _ in range(self.panel[seat])]
        return (*named, *[ANY] * max(0, self.min_inspectors - len(named)))


def of_charter(charter: RuleSet) -> Settings:
    return Settings(
        panel={seat.code: seat.minimum for seat in charter.panel_seats if seat.minimum},
        min_inspectors=charter.min_inspectors,
        cross_group=charter.inspect_cross_group,
        kin_degree=charter.kin_degree,
        reciprocity_years=charter.reciprocity_years,
        cycle_length=charter.cycle_length,
        max_consecutive_years=charter.max_consecutive_years,
        follow_up=charter.follow_up_reviewers,
        reviews_per_year=charter.max_reviews_per_year,
        travel_m=charter.max_travel_km * 1_000,
    )


class Spot(msgspec.Struct, frozen=True):
    """Metres east and north of anywhere: only distances count."""

    east_m: int
    north_m: int


class Land(msgspec.Struct, frozen=True):
    plot: str
    farmer: str
    home: str
    group: str
    spot: Spot | None = None
    skills: frozenset[str] = frozenset()
    """One of those who come should know each: `orchard`, `rubber`."""


class Inspector(msgspec.Struct, frozen=True):
    person: str
    home: str
    seats: frozenset[str]
    groups: frozenset[str] = frozenset()
    """For whose producers this person may speak."""
    spot: Spot | None = None
    trained: bool = True
    skills: frozenset[str] = frozenset()
    most: int | None = None
    """So many plots this person has promised at the most."""


class Tie(msgspec.Struct, frozen=True):
    """Read both ways."""

    one: str
    other: str
    kind: Literal["kin", "spouse", "employer", "buyer", "veto"]
    degree: int = 1


class Look(msgspec.Struct, frozen=True):
    """Somebody looked at a plot: the history of earlier seasons."""

    season: int
    inspector: str
    inspector_home: str
    plot: str
    home: str
    """Whose plot it was then."""


class Season(msgspec.Struct, frozen=True):
    number: int
    seed: int
    lands: tuple[Land, ...]
    inspectors: tuple[Inspector, ...]
    ties: tuple[Tie, ...]
    history: tuple[Look, ...]
    settings: Settings


class Place(msgspec.Struct, frozen=True):
    """One seat on one plot's panel, and who sits there; nobody where none may."""

    plot: str
    seat: str
    person: str | None


class Past(msgspec.Struct, frozen=True):
    """What of the history still binds in a season."""

    looked: Mapping[str, frozenset[str]]
    """By home: at whose plots it looked within the years of reciprocity."""
    running: Mapping[tuple[str, str], int]
    """By plot and person: so many seasons in a row up to the last."""
    last: Mapping[str, frozenset[str]]
    """By plot: who looked at it last season."""


def past(season: Season) -> Past:
    looked: dict[str, set[str]] = {}
    seen: dict[tuple[str, str], set[int]] = {}
    last: dict[str, set[str]] = {}
    years = season.settings.reciprocity_years
    for one in season.history:
        if season.number == one.season or 0 < season.number - one.season <= years:
            looked.setdefault(one.inspector_home, set()).add(one.home)
        seen.setdefault((one.plot, one.inspector), set()).add(one.season)
        if one.season == season.number - 1:
            last.setdefault(one.plot, set()).add(one.inspector)
    return Past(
        {home: frozenset(at) for home, at in looked.items()},
        {pair: _running(seasons, season.number) for pair, seasons in seen.items()},
        {plot: frozenset(who) for plot, who in last.items()},
    )


def _running(seasons: set[int], number: int) -> int:
    count = 0
    while number - 1 - count in seasons:
        count += 1
    return count


def against(
    land: Land, who: Inspector, seat: str, ties: tuple[Tie, ...], before: Past, of: Settings
) -> Iterator[Why]:
    """All that stands against this person here, whoever else goes where. `ties`: of the home."""
    if who.person == land.farmer:
        yield "own_plot"
    elif who.home == land.home:
        yield "household"
    for tie in ties:
        if tie.kind != "kin" or tie.degree <= of.kin_degree:
            yield tie.kind
    if of.reciprocity_years and who.home in before.looked.get(land.home, ()):
        yield "traded"
    years = of.max_consecutive_years
    if years and before.running.get((land.plot, who.person), 0) >= years:
        yield "years_running"
    if not who.trained:
        yield "untrained"
    yield from _seat(land, who, seat, of)


def _seat(land: Land, who: Inspector, seat: str, of: Settings) -> Iterator[Why]:
    """For any seat a person who has no other to offer than a producer's is a producer."""
    if seat not in (ANY, *who.seats):
        yield "no_such_seat"
        return
    only = seat == PEER or (seat == ANY and who.seats == {PEER})
    if only and not of.cross_group and land.group not in who.groups:
        yield "other_group"


def ties_by_home(season: Season) -> dict[tuple[str, str], tuple[Tie, ...]]:
    """By farmer's home and person. What binds one of a home to somebody binds the home."""
    homes = {one.person: one.home for one in season.inspectors}
    homes |= {land.farmer: land.home for land in season.lands}
    found: dict[tuple[str, str], tuple[Tie, ...]] = {}
    for tie in season.ties:
        for here, there in ((tie.one, tie.other), (tie.other, tie.one)):
            key = (homes.get(here, here), there)
            found[key] = (*found.get(key, ()), tie)
    return found


def metres(one: Spot | None, other: Spot | None) -> int:
    """As the crow flies; nothing where nobody knows."""
    if one is None or other is None:
        return 0
    return round(hypot(one.east_m - other.east_m, one.north_m - other.north_m))
