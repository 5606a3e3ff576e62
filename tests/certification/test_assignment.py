"""A whole season of inspectors at once: nobody where the charter forbids it, and fairly."""

from collections import Counter
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.assignment import collusion, explain, solve
from certification.assignment.collusion import Seen
from certification.assignment.rules import Inspector, Land, Look, Place, Season, Settings, Spot, Tie
from tests.certification.seasons import CHARTER, fairest, invented, wrong, years


def test_nobody_goes_where_the_charter_forbids_it_and_loads_are_fair() -> None:
    season = invented(240)
    found = solve.fill(season)
    assert wrong(season, found.places) == []
    assert (found.empty, found.amiss) == (0, 0)
    consumers = Counter(p.person for p in found.places if p.seat == "consumer")
    assert {*consumers.values()} == {4}, "240 plots, 60 consumers"
    producers = Counter(p.person for p in found.places if p.seat == "producer")
    assert max(producers.values()) <= 3
    assert solve.fill(season) == found, "the same season is filled alike"


@pytest.mark.parametrize(("ring", "across"), [(2, False), (3, False), (4, True)])
def test_rings_are_closed_neither_in_a_season_nor_over_seasons(ring: int, *, across: bool) -> None:
    of = msgspec.structs.replace(CHARTER, cycle_length=ring, cross_group=across)
    looks = list[Look]()
    for number in range(2026, 2029):
        season = invented(96, size=16, settings=of, number=number, history=looks)
        found = solve.fill(season)
        assert wrong(season, found.places) == []
        lands = {land.plot: land.home for land in season.lands}
        homes = {person.person: person.home for person in season.inspectors}
        looks += [
            Look(number, p.person, homes[p.person], p.plot, lands[p.plot])
            for p in found.places
            if p.person
        ]
    assert found.amiss == 0, "one of last season's inspectors returns to each plot"


def test_the_checker_sees_each_fault() -> None:
    """What it cannot see it cannot vouch for."""
    season = invented(24)
    places = solve.fill(season).places
    assert wrong(season, places) == []
    first = places[1]
    owner = season.lands[0].farmer
    assert wrong(season, (places[0], msgspec.structs.replace(first, person=owner), *places[2:]))
    veto = Tie(owner, str(first.person), "veto")
    assert wrong(msgspec.structs.replace(season, ties=(*season.ties, veto)), places)
    homes = {person.person: person.home for person in season.inspectors}
    home = homes[str(first.person)]
    traded = Look(2025, owner, season.lands[0].home, "elsewhere", home)
    assert wrong(msgspec.structs.replace(season, history=(traded,)), places)
    twice = [Look(n, str(first.person), home, first.plot, "h0") for n in (2024, 2025)]
    assert wrong(msgspec.structs.replace(season, history=tuple(twice)), places)


@given(st.integers(0, 10_000))
@settings(max_examples=12)
def test_a_small_season_is_as_full_and_as_fair_as_can_be(seed: int) -> None:
    of = Settings(panel={"producer": 1}, min_inspectors=2, cross_group=True)
    lands = tuple(Land(f"p{n}", f"f{n}", f"h{n}", "g", Spot(n * 100, 0)) for n in range(3))
    people = [
        Inspector(f"f{n}", f"h{n}", frozenset({"producer"}), frozenset({"g"})) for n in range(4)
    ]
    nok = Inspector("nok", "nok", frozenset({"consumer"}), most=seed % 3)
    tie = Tie(f"f{seed % 3}", "f3", ("kin", "veto")[seed % 2])  # type: ignore[arg-type]
    past = (Look(2025, f"f{seed % 2}", f"h{seed % 2}", "p9", f"h{seed % 2 + 1}"),) * (seed % 5 > 0)
    season = Season(2026, seed, lands, (*people, nok), (tie,), past, of)
    found = solve.fill(season)
    assert wrong(season, found.places) == []
    assert (found.empty, found.squares) == fairest(season)


def test_an_empty_seat_says_who_was_left_out_why_and_what_breaks_least() -> None:
    of = Settings(panel={"producer": 1}, min_inspectors=1)
    group, producer = frozenset({"g"}), frozenset({"producer"})
    malee = Land("plot", "malee", "home", "g")
    people = (
        Inspector("malee", "home", producer, group),
        Inspector("son", "home", producer, group),
        Inspector("chan", "chan", producer, group),
        Inspector("somchai", "somchai", producer, group),
        Inspector("krit", "krit", producer, frozenset({"other"})),
        Inspector("ying", "ying", producer, group, most=0),
        Inspector("nok", "nok", frozenset({"consumer"})),
    )
    ties = (Tie("somchai", "malee", "veto"), Tie("son", "chan", "kin", 2))
    history = (Look(2025, "malee", "home", "krits", "krit"),)
    season = Season(2026, 1, (malee,), people, ties, history, of)
    [seat] = explain.empty(solve.filled(season))
    assert {one.person: one.why for one in seat.excluded} == {
        "malee": ("own_plot",),
        "son": ("household",),
        "chan": ("kin",),
        "somchai": ("veto",),
        "krit": ("traded", "other_group"),
        "ying": ("full",),
        "nok": ("no_such_seat",),
    }
    assert seat.cheapest is not None
    assert seat.cheapest.person == "ying", "she promised no more, and may be asked"
    assert [one.cost() for one in seat.excluded[-4:]] == [None] * 4, "never overridden"


def test_a_change_by_hand_is_judged_as_the_others_sit() -> None:
    season = invented(24)
    places = list(solve.fill(season).places)
    home = {person.person: person.home for person in season.inspectors}
    look = next(p for p in places if p.seat == "producer")
    back = next(
        at for at, p in enumerate(places)
        if p.plot == f"plot{home[str(look.person)][1:]}" and p.seat == "producer"
    )  # fmt: skip
    owner = next(land.farmer for land in season.lands if land.plot == look.plot)
    places[back] = Place(places[back].plot, "producer", owner)
    faults = explain.faults(explain.seated(season, tuple(places)))
    assert ("traded",) in [why.why for _, why in faults]


def test_who_looks_away_among_friends_is_found_and_who_is_only_mild_is_no_ring() -> None:
    told = years(120, 12, seed=3)
    assert told.wrong == [], "nor by the changes of hand"
    seen = told.seen(1, found=4)
    found = collusion.report(seen)
    assert told.judged(found.rings) == (1.0, 0.0)
    honest = told.seen(1, found=4, mild=1)
    assert collusion.report(honest).rings == ()
    blind = honest[0].person
    closed = [
        Seen(s.season, s.person, s.inspector, s.home, 0 if s.person == blind else s.found)
        for s in honest
    ]
    again = collusion.report(closed)
    assert (blind, again.rings) == (again.mild[0].person, ())
    assert collusion.report([]).looks == 0


def test_who_goes_to_one_farm_again_and_again_is_told() -> None:
    looks = [Seen(n, "somchai", "somchai", f"h{n % 30}", 1) for n in range(60)]
    assert collusion.report(looks).often == ()
    [often] = collusion.report(
        [*looks, *[Seen(n, "somchai", "somchai", "h1", 1) for n in range(14)]]
    ).often
    assert (often.home, often.looks) == ("h1", 16)


@pytest.mark.long
def test_3000_farmers_over_20_seasons(record_property: Callable[[str, object], None]) -> None:
    """The marks are met in each draw where a visit tells three faults; with two, over three draws
    together."""
    told = years(3_000, 20, seed=7)
    record_property(
        "figure",
        f"forbidden pairs {len(told.wrong)}, empty seats {told.empty}, {len(told.rings)} rings",
    )
    judged = {
        faults: [
            told.judged(collusion.report(told.seen(seed, found=faults)).rings) for seed in seeds
        ]
        for faults, seeds in ((3.0, (1, 2, 3)), (2.0, (1, 2, 3)))
    }
    for faults, worlds in judged.items():
        record_property(
            "figure",
            f"{faults} faults a look: found {min(f for f, _ in worlds):.1%} or more,"
            f" false alarms {max(f for _, f in worlds):.1%} or fewer",
        )
    without = len(collusion.report(told.seen(1, found=3, mild=1)).rings)
    record_property("figure", f"named in a world without rings {without}")
    assert (told.wrong, told.empty, without) == ([], 0, 0)
    for found, false in judged[3.0]:
        assert found >= 0.95
        assert false <= 0.02
    assert sum(found for found, _ in judged[2.0]) / 3 >= 0.95
    assert sum(false for _, false in judged[2.0]) / 3 <= 0.02
