"""What the rows of a day mean to the planner: orders bind, walk-up sells what is left."""

from datetime import date, datetime

from msgspec.structs import replace

from certification.basis.units import THAILAND
from market.domain.fleet.queries import TruckView
from market.domain.fleet.rules import SetTerms
from market.domain.trips import gathered, solve
from market.domain.trips.estimate import banded
from market.domain.trips.gathered import Rows, WalkUp, crop_of, lot_of, merged, spots_of
from market.domain.trips.problem import Problem
from market.domain.trips.views import DayStopView, DayTruckView, DayView, PreOrder
from market.domain.trips.ways import sound
from tests.cast import MALEE, NOK

ON = date(2026, 11, 25)
BASE, MARKET, HOSPITAL, PLOT, FAR = (
    (7.12, 100.30),
    (7.01, 100.47),
    (7.13, 100.26),
    (7.1, 100.2),
    (7.2, 100.2),
)
SPOTS = {"base": BASE, "market": MARKET, "hospital": HOSPITAL, "plot": PLOT, "far": FAR}


def problem_of(of: Rows, _: object = None) -> Problem:
    return gathered.problem_of(of, ways(spots_of(of)))


def ways(spots):
    return sound(*banded(spots), spots, [str(n) for n in range(len(spots))], "estimate")


def stop(place: str, opens: int, closes: int, **how) -> DayStopView:
    said = {"required": False, "on_truck": None, "state": "planned", "cause": None, **how}
    return DayStopView(f"{place}{opens}", place, opens, closes, **said)


def order(place: str, code: str, grams: int, plot: str = "plot", hours=(9, 11)) -> PreOrder:
    begins, ends = (datetime(2026, 11, 25, h, tzinfo=THAILAND) for h in hours)
    return PreOrder(
        place, f"o{code}", "ORDER", NOK, "cash", "confirmed", "line", "product", "คะน้า", "Kale",
        f"lot{code}", code, "kale", plot, MALEE, grams, grams * 4, begins, begins, ends,
    )  # fmt: skip


def rows(*stops: DayStopView, orders=(), walk_up=(), trucks: int = 1, terms=None) -> Rows:
    going = tuple(
        DayTruckView(f"d{n}", f"truck{n}", None, 300, 1080, 30, 660, 780, "ready")
        for n in range(trucks)
    )
    return Rows(
        DayView("day", "network", ON, "planning", None, going, stops, ()),
        {t.truck: TruckView(t.truck, "network", "รถ", "base", 800_000, 60, 450, 150, False, None,
                            None, ()) for t in going},
        terms or {}, tuple(orders), tuple(walk_up), SPOTS,
    )  # fmt: skip


def test_windows_that_touch_are_one() -> None:
    assert merged([(600, 660), (540, 600), (900, 960)]) == ((32_400, 39_600), (54_000, 57_600))


def test_an_order_binds_its_stop_its_lot_and_its_time() -> None:
    made = problem_of(
        rows(stop("hospital", 540, 720), stop("hospital", 900, 960), stop("market", 540, 720),
             orders=[order("hospital", "AAAA0001", 2_000), order("hospital", "AAAA0001", 500)]),
        ways,
    )  # fmt: skip
    hospital, market, plot = made.visits
    assert (hospital.id, hospital.required, market.required) == ("hospital", True, False)
    assert hospital.windows == ((32_400, 43_200), (54_000, 57_600))
    assert hospital.promised == (32_400, 39_600)
    assert hospital.goods == plot.goods == {"kale:AAAA0001": 2_500}
    assert (crop_of("kale:AAAA0001"), lot_of("kale:AAAA0001")) == ("kale", "AAAA0001")
    assert (plot.id, plot.kind, plot.crates, plot.windows) == (
        "plot",
        "plot",
        1,
        ((18_000, 64_800),),
    )
    [truck] = made.trucks
    assert (truck.rest.seconds, truck.rest.window) == (1_800, (39_600, 45_000))
    assert made.roads == "estimate"
    assert len(made.spots) == len(made.metres) == 4


def test_orders_that_were_told_other_times_promise_what_both_were_told() -> None:
    def promised(*hours):
        orders = [order("market", "AAAA0001", 1, hours=one) for one in hours]
        return problem_of(rows(stop("market", 480, 900), orders=orders), ways).visits[0].promised

    assert promised((8, 10), (9, 12)) == (32_400, 36_000)
    assert promised((8, 9), (10, 12)) is None


def test_what_is_taken_along_is_asked_for_by_its_worth() -> None:
    terms = {"market": SetTerms("market", 45, value_satang=100_000, fee_satang=500),
             "hospital": SetTerms("hospital", 20, value_satang=0)}  # fmt: skip
    lots = [WalkUp("AAAA0001", "kale", "plot", 30_000, 4_000, at_base=False),
            WalkUp("AAAA0002", "okra", "far", 10_000, 8_000, at_base=True)]  # fmt: skip
    stops = (stop("market", 540, 720), stop("hospital", 540, 720))
    made = problem_of(rows(*stops, walk_up=lots, terms=terms), ways)
    market, hospital, plot, base = made.visits
    assert market.walkup == {"kale:AAAA0001": 15_000, "okra:AAAA0002": 5_000}
    assert sum(g * market.satang_per_kg[k] // 1000 for k, g in market.walkup.items()) == 100_000
    assert (market.service_s, market.value_satang, hospital.walkup) == (2_700, 0, {})
    assert (plot.id, base.id, base.goods) == ("plot", "base", {"okra:AAAA0002": 10_000})
    assert made.metres[0][4] == 0
    two = problem_of(rows(*stops, walk_up=lots, terms=terms, trucks=2), ways)
    assert [v.id for v in two.visits] == ["market", "hospital", "plot", "base:AAAA0002"]
    none = problem_of(rows(*stops, terms=terms), ways)
    assert [v.value_satang for v in none.visits] == [99_500, 0]


def test_a_lock_and_a_cancelled_window_hold() -> None:
    made = problem_of(
        rows(stop("market", 540, 720, on_truck="truck1"),
             stop("market", 900, 960, state="cancelled"),
             stop("hospital", 540, 720, state="cancelled"), trucks=2),
        ways,
    )  # fmt: skip
    [market] = made.visits
    assert (market.truck, market.windows) == ("truck1", ((32_400, 43_200),))


def test_a_day_of_rows_is_planned() -> None:
    made = problem_of(
        rows(stop("market", 540, 720), stop("hospital", 540, 720),
             orders=[order("hospital", "AAAA0001", 2_000),
                     order("market", "AAAA0002", 900, "far")]),
        ways,
    )  # fmt: skip
    plan = solve.by_iterations(made, 200, 1)
    assert sorted(plan.routes[0]) == ["far", "hospital", "market", "plot"]
    assert plan.unserved == ()
    assert solve.by_iterations(replace(made, spots=()), 200, 1) == plan
