"""What a stop's past suggests: nothing, the average, or as much as pays for a kilo too many."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.domain.truck_day.balance import ensure_balanced, pours
from market.domain.truck_day.learning import (
    VISITS_ENOUGH,
    VISITS_MIN,
    Past,
    Stay,
    critical,
    par,
    report,
)
from market.domain.truck_day.refusals import NotBalanced
from market.domain.truck_day.rules import (
    Cost,
    LotLeft,
    Pieces,
    cost_postings,
    counted,
    difference_postings,
)
from market.domain.walkup.rules import Leased, Sell, SoldLine, priced, sale_postings
from tests.cast import NETWORK, TODAY

GRAMS = st.integers(0, 40_000)
PASTS = st.lists(st.tuples(GRAMS, GRAMS).map(lambda one: Past(TODAY, *one)), max_size=30)


def past(*sold: int, left: int = 1_000) -> list[Past]:
    return [Past(TODAY - timedelta(days=n), grams, left) for n, grams in enumerate(sold)]


def test_it_says_on_how_much_it_rests() -> None:
    assert (par(past(5_000, 6_000)).how, par(past(5_000, 6_000)).grams) == ("too_few", 0)
    four = par(past(1_000, 2_000, 3_000, 4_000))
    assert (four.how, four.visits, four.grams) == ("average", 4, 2_500)
    many = par(past(*range(1_000, 11_000, 1_000)))
    assert (many.how, many.visits) == ("newsvendor", 10)
    assert critical() == (6, 10)  # 30 are gained on a kilo sold, 20 lost on one too many
    assert many.grams == 6_000
    assert par(past(*[2_000] * 8, left=0)).grams == 2_500  # sold out: a fifth more, in half kilos


@given(PASTS)
def test_never_more_than_was_ever_wanted(visits: list[Past]) -> None:
    found = par(visits)
    most = max((one.wanted_grams for one in visits), default=0)
    assert 0 <= found.grams < most + 500
    assert (found.grams == 0) or len(visits) >= VISITS_MIN
    assert (found.how == "newsvendor") == (len(visits) >= VISITS_ENOUGH)


@given(PASTS, st.integers(1, 9))
def test_more_that_may_be_left_over_is_more_taken_along(visits: list[Past], part: int) -> None:
    if len(visits) >= VISITS_ENOUGH:
        assert par(visits, (part, 10)).grams <= par(visits, (part + 1, 10)).grams


def test_a_report_is_the_sum_of_its_stays() -> None:
    stays = [
        Stay(TODAY, 10_000, 3_000, 5, 1, 4, 12, 4_000),
        Stay(TODAY, 6_000, 0, 2, 0, 0, None, 4_000),
    ]
    found = report(stays)
    assert (found.sales_satang, found.buyers, found.no_shows, found.late_minutes) == (
        16_000,
        7,
        1,
        12,
    )
    assert found.satang_per_km == 2_000
    assert report([]).satang_per_km is None


@given(st.builds(LotLeft, st.just("lot"), GRAMS, GRAMS, GRAMS, st.integers(-40_000, 40_000)), GRAMS)
def test_leftovers_are_poured_once_and_never_more_than_the_lease(told: LotLeft, lease: int) -> None:
    found = pours(told, lease)
    assert found.returned + found.wasted + found.given == lease
    assert min(msgspec_values(found)) >= 0
    assert found.wasted + found.waste_of_orders == told.wasted_grams + max(told.shrink_grams, 0)
    assert found.given + found.given_of_orders == told.donated_grams


def msgspec_values(of: object) -> list[int]:
    return [getattr(of, name) for name in of.__struct_fields__]  # type: ignore[attr-defined]


@given(st.dictionaries(st.sampled_from("abc"), GRAMS), st.integers(-9, 9))
def test_a_lot_balances_to_the_gram(left: dict[str, int], off: int) -> None:
    told = [LotLeft(lot, grams) for lot, grams in left.items()]
    ensure_balanced(left, told, {})
    if left and off:
        lot = min(left)
        with pytest.raises(NotBalanced) as no:
            ensure_balanced({**left, lot: left[lot] + off}, told, {})
        assert (no.value.facts["lot"], no.value.facts["grams"]) == (lot, off)


@given(st.integers(-99_999, 99_999), st.integers(-99_999, 99_999), st.integers(1, 99_999))
def test_differences_and_costs_move_exactly_so_much(cash: int, bank: int, cost: int) -> None:
    moved = {"cash": 0, "bank": 0, "till_difference": 0, "truck_cost": 0}
    spent = Cost("x", "truck", "ice", cost)
    for one in (*difference_postings(NETWORK, cash, bank), *cost_postings(NETWORK, spent)):
        moved[one.debit.kind] += one.satang
        moved[one.credit.kind] -= one.satang
    assert moved == {
        "cash": cash - cost, "bank": bank, "till_difference": -cash - bank, "truck_cost": cost,
    }  # fmt: skip
    assert counted([Pieces(100, 7), Pieces(2_000, 2)]) == 4_700


@given(
    st.lists(st.tuples(st.sampled_from(["kg", "bag"]), st.integers(1, 9)), min_size=1, max_size=9)
)
def test_a_sale_is_priced_by_its_sum_and_pays_all_of_it(taps: list[tuple[str, int]]) -> None:
    lease = Leased("l", "s", "lot", "cycle", "group", 4_550, "bag", 333, 1_500, 10**9)
    lines = tuple(SoldLine("l", unit, 333 * n, n) for unit, n in taps)  # type: ignore[arg-type]
    found = priced(lines, {"l": lease})
    whole = sum(one.satang for one in found)
    kilos = sum(333 * n for unit, n in taps if unit == "kg")
    assert whole == kilos * 4_550 // 1000 + 1_500 * sum(n for unit, n in taps if unit == "bag")
    moved = sale_postings(Sell("x", NETWORK, "truck", lines), found)
    assert sum(one.satang for one in moved) == whole
    assert all(one.satang_per_kg * one.grams // 1000 <= one.satang for one in found)
