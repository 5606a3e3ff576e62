"""Crates, cold and days to keep: what goods ask of a truck, from the rows to the plan."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from market.domain.trips import solve
from market.domain.trips.cargo import Kept, loose, packed, strictest
from market.domain.trips.check import check
from market.domain.trips.evaluate import evaluate
from market.domain.trips.gathered import Rows, WalkUp
from market.domain.trips.problem import Plan, Visit
from market.domain.trips.since import changed
from tests.market.test_gathered import ON, order, problem_of, rows, stop
from tests.market.trips import named

COLD = Kept(cold=True, crate_grams=4_000, days=3, harvested_on=ON, satang_per_kg=8_000)
LINES = st.lists(
    st.tuples(st.sampled_from("ABC"), st.sampled_from(["x", "y", "z"]), st.integers(1, 30_000)),
    max_size=12,
)  # fmt: skip


@given(LINES, st.dictionaries(st.sampled_from(["x", "y"]), st.builds(
    Kept, crate_grams=st.one_of(st.none(), st.integers(1_000, 20_000)))))  # fmt: skip
def test_what_is_handed_over_was_filled_and_no_stop_shares_a_crate(lines, kept) -> None:
    stops, lots = packed(lines, kept)
    assert stops.total() == lots.total()
    assert all(grams > 0 and stops[one] > 0 for one, _, grams in lines)
    for one in stops:
        mine = [(lot, grams) for place, lot, grams in lines if place == one]
        assert stops[one] == loose(mine, kept)
    for lot in "xyz":
        apart = {p for p, other, _ in lines if other == lot}
        whole = sum(kept.get(lot, Kept()).crates(g) for _, other, g in lines if other == lot)
        assert lots[lot] <= whole + len(apart), "at most one begun crate for each stop"


def test_small_orders_of_one_stop_share_a_crate_and_two_stops_can_be_served() -> None:
    """One crate's worth from a plot for two stops is two crates, or the second would get none."""
    day = problem_of(rows(
        stop("market", 540, 720), stop("hospital", 540, 720),
        orders=[order("market", "AAAA0001", 700), order("market", "AAAA0002", 900, "far"),
                order("hospital", "AAAA0001", 1_000)],
    ))  # fmt: skip
    assert {visit.id: visit.crates for visit in day.visits} == {
        "market": 1, "hospital": 1, "far": 1, "plot": 1,
    }  # fmt: skip
    one_plot = problem_of(rows(
        stop("market", 540, 720), stop("hospital", 540, 720),
        orders=[order("market", "AAAA0001", 700), order("hospital", "AAAA0001", 1_000)],
    ))  # fmt: skip
    assert [visit.crates for visit in one_plot.visits] == [1, 1, 2]
    assert solve.by_iterations(one_plot, 50, 1).unserved == ()
    made = solve.by_iterations(day, 50, 1)
    assert made.unserved == ()
    full = replace(day, trucks=tuple(replace(truck, crates=1) for truck in day.trucks))
    tight = evaluate(full, made.routes)
    assert [(fault.rule, fault.amount) for fault in tight.faults] == [(6, 1)]


def kept_rows(of: Rows, *, lots: dict[str, Kept], cold: bool | None = None) -> Rows:
    going = tuple(replace(one, cold=cold) for one in of.day.trucks)
    return replace(of, kept=lots, day=replace(of.day, trucks=going))


def two_stops() -> Rows:
    """Mushrooms for the hospital, kale for the market, both from one plot."""
    return rows(
        stop("market", 540, 720), stop("hospital", 540, 720),
        orders=[order("market", "AAAA0001", 1_000), order("hospital", "AAAA0002", 500)],
        walk_up=[WalkUp("AAAA0002", "kale", "plot", 3_000, 8_000, at_base=False)],
    )  # fmt: skip


def test_what_must_be_kept_cold_stays_where_no_truck_keeps_cold_and_the_rest_rides() -> None:
    warm = problem_of(kept_rows(two_stops(), lots={"AAAA0002": COLD}))
    visits = {visit.id: visit for visit in warm.visits}
    assert (visits["hospital"].needs, visits["market"].needs, visits["plot"].needs) == (
        ("cold",), (), (),
    )  # fmt: skip
    assert visits["plot"].goods == {"kale:AAAA0001": 1_000}
    assert visits["market"].walkup == {}
    made = solve.by_iterations(warm, 50, 1)
    assert [(one.id, one.reason, one.promised) for one in made.unserved] == [
        ("hospital", "cold", True)
    ]
    icy = problem_of(kept_rows(two_stops(), lots={"AAAA0002": COLD}, cold=True))
    assert solve.by_iterations(icy, 50, 1).unserved == ()
    assert icy.cold == ("kale:AAAA0002",)
    broken = [one.kind for one in changed(icy, warm)]
    assert "trucks_changed" in broken
    assert "kept_otherwise" in broken, "the plot needs no cold any more: nothing cold is fetched"


def test_the_checker_finds_cold_goods_on_a_truck_that_is_not() -> None:
    """Even where no visit says what it needs."""
    icy = problem_of(kept_rows(two_stops(), lots={"AAAA0002": COLD}, cold=True))
    made = solve.by_iterations(icy, 50, 1)
    silent = replace(
        icy, visits=tuple(replace(visit, needs=()) for visit in icy.visits),
        trucks=tuple(replace(truck, has=()) for truck in icy.trucks),
    )  # fmt: skip
    faults = check(silent, made).faults
    assert {(fault.rule, fault.visit) for fault in faults} == {(12, "plot"), (12, "hospital")}
    assert check(replace(silent, cold=()), made).faults == ()


def test_another_truck_that_keeps_cold_takes_what_must_be_cold() -> None:
    of = rows(
        stop("market", 540, 720), stop("hospital", 540, 720), trucks=2,
        orders=[order("market", "AAAA0001", 1_000), order("hospital", "AAAA0002", 500, "far")],
    )  # fmt: skip
    first, second = of.day.trucks
    going = (first, replace(second, cold=True))
    day = problem_of(replace(of, kept={"AAAA0002": COLD}, day=replace(of.day, trucks=going)))
    made = solve.by_iterations(day, 100, 1)
    assert made.unserved == ()
    assert {"far", "hospital"} <= set(made.routes[1])
    assert not check(day, named(day, *made.routes)).faults
    swapped = Plan((made.routes[1], made.routes[0]), 0, "by hand")
    assert 12 in {fault.rule for fault in check(day, swapped).faults}


def test_what_keeps_for_fewer_days_is_loaded_later() -> None:
    """Two plots beside each other, no way longer than the other; one gives what spoils soon."""
    soon, late = (Visit(id, "plot", ((0, 86_400),), 600, {f"kale:{id}": 20_000}) for id in "AB")
    shop = Visit("S", "stop", ((36_000, 43_200),), 600, {"kale:A": 20_000, "kale:B": 20_000},
                 900_000, required=True)  # fmt: skip
    lots = {"A": Kept(days=1, satang_per_kg=9_000), "B": Kept(days=30, satang_per_kg=9_000)}
    ways = tuple(tuple(0 if a == b else 3_000 for b in range(4)) for a in range(4))
    [truck] = problem_of(rows(stop("market", 540, 720))).trucks
    day = problem_of(rows(stop("market", 540, 720)))
    day = replace(
        day, visits=(soon, late, shop), trucks=(replace(truck, rest=None),), metres=ways,
        seconds=tuple(tuple(way // 5 for way in row) for row in ways), spots=(),
        fresh={f"kale:{id}": lots[id].fades for id in lots},
    )  # fmt: skip
    assert (lots["A"].fades, lots["B"].fades) == (188, 6)
    assert solve.by_iterations(day, 50, 1).routes == (("B", "A", "S"),)
    swapped = replace(day, fresh={"kale:A": 6, "kale:B": 188})
    assert solve.by_iterations(swapped, 50, 1).routes == (("A", "B", "S"),)


def test_days_are_counted_from_the_harvest_and_the_strictest_word_counts() -> None:
    kept = Kept(days=3, harvested_on=date(2026, 11, 22))
    assert [kept.too_old(date(2026, 11, day)) for day in (22, 25, 26)] == [False, False, True]
    assert not replace(kept, days=None).too_old(ON + timedelta(days=99))
    assert (Kept().fades, Kept(days=0, satang_per_kg=2_400).fades) == (0, 100)
    bunch, kilo = Kept(crate_grams=6_000, days=5), Kept(cold=True, crate_grams=4_000, days=None)
    both = strictest([("x", bunch), ("x", kilo)])["x"]
    assert (both.cold, both.crate_grams, both.days) == (True, 4_000, 5)
