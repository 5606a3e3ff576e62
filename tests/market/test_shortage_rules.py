"""Twelve of twenty kilos came: whoever shares them, nobody gets more than he ordered."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from market.domain.shortage.rules import MORE_MAX, Case, Want, allocate, more_for

STEP = 100


def kilos(shared_by: str, there: int, *wants: Want) -> list[tuple[int, str]]:
    case = Case(shared_by, there, 1_000, wants)
    of = {share.line: (share.grams, share.because) for share in allocate(case)}
    return [of[want.line] for want in wants]


def want(line: int, grams: int = 2_000, **how: object) -> Want:
    return Want(f"{line:02}", f"{line:02}", f"2026-11-2{line % 10}T00:00:00Z", grams, **how)


def test_who_paid_first_is_served_first() -> None:
    early, late, last = want(1), want(2), want(3)
    assert kilos("first_come", 3_000, late, early, last) == [
        (1_000, "first_come"), (2_000, "whole"), (0, "first_come"),
    ]  # fmt: skip


def test_everybody_gets_the_same_part_and_the_odd_step_is_the_earlier_ones() -> None:
    assert kilos("pro_rata", 5_000, want(2), want(1), want(3, 4_000)) == [
        (1_000, "pro_rata"), (1_000, "pro_rata"), (3_000, "pro_rata"),
    ]  # fmt: skip
    assert kilos("pro_rata", 3_000, want(2), want(1)) == [(1_000, "pro_rata"), (2_000, "whole")]


def test_the_hospital_comes_first_and_who_went_short_before_gets_more_of_the_rest() -> None:
    hospital, short_before = want(9, 4_000, first=True), want(3, more=more_for(10, 10))
    assert kilos("priority", 6_000, want(1), want(2), hospital, short_before) == [
        (1_000, "priority"), (0, "priority"), (4_000, "whole"), (1_000, "priority"),
    ]  # fmt: skip
    assert kilos("priority", 6_000, want(1), want(2), hospital, want(3)) == [
        (1_000, "priority"), (1_000, "priority"), (4_000, "whole"), (0, "priority"),
    ]  # fmt: skip
    assert kilos("priority", 3_000, want(1), hospital)[1] == (3_000, "first")
    assert [more_for(10, missed) for missed in (0, 2, 5, 10)] == [0, 200, 500, 500]


def test_who_would_rather_have_nothing_has_nothing_and_it_goes_round() -> None:
    fussy, modest = want(1, if_short="leave_out"), want(2, least_grams=2_000)
    assert kilos("pro_rata", 3_000, fussy, modest, want(3)) == [
        (2_000, "whole"), (0, "below_least"), (1_000, "pro_rata"),
    ]  # fmt: skip
    assert kilos("pro_rata", 1_000, fussy, modest) == [(0, "left_out"), (0, "below_least")]


WANTS = st.lists(
    st.builds(
        Want,
        line=st.uuids().map(str), order=st.uuids().map(str),
        paid_at=st.sampled_from(["1", "2", "3"]),
        grams=st.integers(1, 40).map(lambda n: n * STEP),
        if_short=st.sampled_from(["less", "less", "substitute", "leave_out"]),
        least_grams=st.sampled_from([0, 0, STEP, 5 * STEP]),
        first=st.booleans(), more=st.integers(0, MORE_MAX),
    ),
    min_size=1, max_size=12, unique_by=lambda one: one.line,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(WANTS, st.integers(0, 50_000), st.sampled_from(["first_come", "pro_rata", "priority"]),
       st.randoms())  # fmt: skip
def test_however_it_is_shared(wants: list[Want], there: int, shared_by: str, chance) -> None:
    """Never more than ordered or than is there; never less than a buyer takes; nothing lies about
    that somebody would have; and the order in which lines are told changes nothing."""
    case = Case(shared_by, there, STEP, tuple(wants))
    shares = allocate(case)
    of = {one.line: one for one in wants}
    assert sorted(share.line for share in shares) == sorted(of)
    left = there - sum(share.grams for share in shares)
    assert left >= 0
    for share in shares:
        one = of[share.line]
        assert 0 <= share.grams <= one.grams
        assert share.grams % STEP == 0
        assert (share.because == "whole") == (share.grams == one.grams)
        if 0 < share.grams < one.grams:
            assert one.if_short != "leave_out"
            assert share.grams >= one.least_grams
        if one.if_short != "leave_out" and share.grams + STEP >= one.least_grams:
            assert left < STEP or share.grams == one.grams
        assert not (share.grams == 0 and left >= one.grams)
    chance.shuffle(wants)
    assert allocate(replace(case, wants=tuple(wants))) == shares


@settings(max_examples=200, deadline=None)
@given(WANTS, st.integers(0, 50_000))
def test_who_comes_first_is_never_worse_off_for_it(wants: list[Want], there: int) -> None:
    """And where all take what comes, every step that is there is given."""
    plain = tuple(replace(one, if_short="less", least_grams=0, more=0) for one in wants)
    case = Case("pro_rata", there, STEP, plain)
    firsts = {one.line for one in plain if one.first}
    by_part = {share.line: share.grams for share in allocate(case)}
    first = {share.line: share.grams for share in allocate(replace(case, shared_by="priority"))}
    assert sum(first[line] for line in firsts) >= sum(by_part[line] for line in firsts)
    assert all(first[line] >= by_part[line] - STEP for line in firsts)
    whole = min(there // STEP * STEP, case.ordered_grams)
    assert sum(by_part.values()) == sum(first.values()) == whole
    exact = [(one.grams * min(there, case.ordered_grams), one.line) for one in plain]
    assert all(abs(by_part[line] * case.ordered_grams - grams) < 2 * STEP * case.ordered_grams
               for grams, line in exact)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(WANTS, st.integers(0, 50_000), st.integers(1, MORE_MAX))
def test_having_gone_short_never_makes_it_worse(wants: list[Want], there: int, more: int) -> None:
    plain = [replace(one, if_short="less", least_grams=0, more=0, first=False) for one in wants]
    case = Case("priority", there, STEP, tuple(plain))
    before = {share.line: share.grams for share in allocate(case)}
    cut = replace(plain[0], more=more)
    after = {s.line: s.grams for s in allocate(replace(case, wants=(cut, *plain[1:])))}
    assert after[cut.line] >= before[cut.line]
    assert after[cut.line] * 1_000 <= (before[cut.line] + 2 * STEP) * (1_000 + more)
