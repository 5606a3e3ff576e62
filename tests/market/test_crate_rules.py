"""Crates and the money left for them, in any order of deeds: pure, against a purse and a shelf."""

from collections import defaultdict
from datetime import timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from certification.basis.ids import new_id
from market.domain.custody import moves, refusals, rules
from market.domain.custody.moves import Counted, Line, Send, Sent
from market.domain.custody.rules import DefineKind
from market.domain.ledger import rules as ledger
from tests.cast import NETWORK, NOW, TODAY

CRATES = tuple(f"crate {n}" for n in range(3))
TOLD = {
    "ready": {"fill", "send", "lend", "lose", "retire"},
    "filled": {"fill", "empty", "send", "lend"},
    "moving": {"arrive", "miss"},
    "away": {"return", "forfeit"},
    "back": {"send", "wash", "lose", "retire"},
    "lost": {"find", "retire"},
    "retired": set(),
}
"""Written from the words of docs/model/custody.md, not from the rules."""


class Shelf(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state = dict.fromkeys(CRATES, "ready")
        self.books: dict[str, int] = defaultdict(int)
        self.out: dict[str, tuple[str, int, int]] = {}
        self.in_hand = self.taken = self.refunded = self.kept = 0

    def go(self, crate: str, deed: str) -> bool:
        before, after = rules.GO[deed]
        assert (self.state[crate] in before) == (deed in TOLD[self.state[crate]])
        if self.state[crate] not in before:
            return False
        self.state[crate] = after
        return True

    def post(self, postings: list[ledger.Posting]) -> None:
        for one in postings:
            assert one.satang > 0
            self.books[str(one.debit)] += one.satang
            self.books[str(one.credit)] -= one.satang

    @rule(crate=st.sampled_from(CRATES), deed=st.sampled_from(sorted(rules.GO)))
    def without_money(self, crate: str, deed: str) -> None:
        if deed not in ("lend", "return", "forfeit"):
            self.go(crate, deed)

    @rule(
        crate=st.sampled_from(CRATES), rail=st.sampled_from(rules.RAILS),
        deposit=st.integers(0, 900_000), part=st.integers(0, 100),
    )  # fmt: skip
    def lend(self, crate: str, rail: str, deposit: int, part: int) -> None:
        keeps = deposit * part // 100
        asked = DefineKind(new_id(), NETWORK, "ลัง", "Crate", 20_000, 1_500, deposit, keeps, 14)
        rules.ensure_kind(asked)
        if self.go(crate, "lend"):
            self.post(rules.left_for(NETWORK, crate, rail, deposit))
            self.out[crate] = rail, deposit, keeps
            self.taken += deposit

    @rule(crate=st.sampled_from(CRATES), rail=st.sampled_from(rules.RAILS))
    def give_back(self, crate: str, rail: str) -> None:
        if self.go(crate, "return"):
            _, deposit, _ = self.out.pop(crate)
            self.post(rules.given_back(NETWORK, crate, rail, deposit))
            self.refunded += deposit

    @rule(crate=st.sampled_from(CRATES), days=st.integers(-3, 3))
    def forfeit(self, crate: str, days: int) -> None:
        try:
            rules.ensure_overdue(TODAY, TODAY + timedelta(days=days))
        except refusals.NotOverdue:
            assert days <= 0
            return
        if self.go(crate, "forfeit"):
            rail, deposit, keeps = self.out.pop(crate)
            self.post(rules.kept(NETWORK, crate, rail, deposit, keeps))
            self.refunded, self.kept = self.refunded + deposit - keeps, self.kept + keeps

    @invariant()
    def every_satang_is_somewhere(self) -> None:
        owed = sum(deposit for _, deposit, _ in self.out.values())
        assert self.taken == owed + self.refunded + self.kept
        money = sum(self.books[str(ledger.own(rail, NETWORK))] for rail in rules.RAILS)
        assert money == owed + self.kept
        assert -self.books[str(ledger.own("deposit_kept", NETWORK))] == self.kept
        for crate in CRATES:
            of = self.out.get(crate, ("", 0, 0))[1]
            assert -self.books[str(ledger.deposit(NETWORK, crate))] == of
            assert (crate in self.out) == (self.state[crate] == "away")


def test_in_any_order_a_deposit_is_given_back_or_kept_once() -> None:
    run_state_machine_as_test(
        Shelf, settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
    )


def test_terms_and_sizes_that_make_no_sense_are_refused() -> None:
    good = DefineKind(new_id(), NETWORK, "ลัง", "Crate", 20_000, 1_500, 10_000, 10_000, 14)
    for wrong, no in (
        ({"name_en": " "}, refusals.NameMissing), ({"holds_grams": 0}, refusals.SizeWrong),
        ({"tare_grams": 20_000}, refusals.SizeWrong),
        ({"kept_satang": 10_001}, refusals.TermsWrong), ({"kept_satang": -1}, refusals.TermsWrong),
        ({"days": 0}, refusals.TermsWrong),
    ):  # fmt: skip
        with pytest.raises(no):
            rules.ensure_kind(replace(good, **wrong))
    for call, no in (
        (lambda: rules.ensure_count(201), refusals.CountWrong),
        (lambda: rules.ensure_rail("barter"), refusals.RailUnknown),
        (lambda: rules.ensure_holds(20_000, 15_000, 5_001), refusals.CrateTooSmall),
        (lambda: rules.ensure_there(10_000, 6_000, 3_000, 1_001, "lot"), refusals.NotSoMuchThere),
    ):
        with pytest.raises(no):
            call()


THINGS = st.tuples(st.sampled_from(["lot a", "lot b"]), st.sampled_from([None, "crate 0"]))
GRAMS = st.integers(0, 5)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(THINGS, st.integers(1, 5)), st.dictionaries(THINGS, GRAMS), st.data())
def test_each_gram_that_was_sent_came_or_differs(
    sent: dict[tuple[str, str | None], int],
    came: dict[tuple[str, str | None], int],
    data: st.DataObject,
) -> None:
    reasons = {thing: data.draw(st.sampled_from((None, *moves.REASONS))) for thing in came}
    lines = [Line(lot, crate, grams, lot) for (lot, crate), grams in sent.items()]
    counted = [Counted(grams, *thing, reasons[thing]) for thing, grams in came.items()]
    found = moves.differences(lines, counted)
    gone = sum(one.sent_grams - one.counted_grams for one in found)
    assert gone == sum(sent.values()) - sum(came.values())
    assert {(one.lot, one.crate) for one in found} == {
        thing for thing in {*sent, *came} if sent.get(thing, 0) != came.get(thing, 0)
    }
    for one in found:
        assert one.reason is None or one.reason == reasons[one.lot, one.crate]
        less = one.sent_grams - one.counted_grams
        assert one.lost_grams == (less if one.reason in moves.LOST else 0)
    try:
        moves.ensure_told(lines, counted)
    except (refusals.NotCounted, refusals.NotSent):
        assert sent.keys() != came.keys()
    except (refusals.ReasonMissing, refusals.ReasonWrong):
        assert any(one.reason is None for one in found)
    else:
        assert sent.keys() == came.keys()
        assert all(one.reason for one in found), "nothing is silent"


def test_what_is_sent_is_something_from_here_to_there_in_time() -> None:
    good = Send(new_id(), NETWORK, "here", "there", NOW + timedelta(hours=4), (Sent("lot a", 5),))
    moves.ensure_sent(good, NOW)
    for wrong, no in (
        ({"lots": ()}, refusals.NothingSent), ({"to_place": "here"}, refusals.SamePlace),
        ({"due_at": NOW}, refusals.DueWrong), ({"due_at": NOW + timedelta(32)}, refusals.DueWrong),
        ({"crates": ("crate 0", "crate 0")}, refusals.SentTwice),
    ):  # fmt: skip
        with pytest.raises(no):
            moves.ensure_sent(replace(good, **wrong), NOW)
    for lines, no in (
        ([Counted(1)], refusals.CountWrong), ([Counted(-1, "lot a")], refusals.CountWrong),
        ([Counted(0, None, "crate 0"), Counted(0, None, "crate 0")], refusals.SentTwice),
        ([Counted(1, "lot a", reason="magic")], refusals.ReasonWrong),
    ):  # fmt: skip
        with pytest.raises(no):
            moves.ensure_counts(lines)
