"""Whatever people do in whatever order, every satang and every gram is accounted for.

A machine places, pays, pays late, twice and wrong amounts, expires, cancels, hands over, gives
credit back, settles, pays out and loses power at random; a small oracle in plain Python says what
must be there, and after every step the invariants hold.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from certification.basis.database import Database, use
from certification.basis.ids import new_id
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.db import all_tables, engine_for
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import NotEnough, credit, own
from market.domain.lots.refusals import SoldOut
from market.domain.orders import commands as orders
from market.domain.orders import queries as orders_seen
from market.domain.orders import refusals
from market.domain.payments import commands as payments
from market.domain.payments import queries as payments_seen
from market.domain.payments import rules as payment_rules
from market.domain.settlement import commands as settlement
from market.domain.settlement import queries as settlement_seen
from market.domain.settlement import rules as settlement_rules
from market.domain.settlement.rules import DecideRun, MakeRun, MarkPaid, Settle
from market.domain.splits.rules import Parts, parts_of_kilo
from tests.cast import DAO, MALEE, NETWORK, NOK, NOW, PRASERT, RATTAPHUM
from tests.databases import Build, build
from tests.market.stall import SHARES, Stall, faults, stall
from tests.simulation.engine import POINTS, Crash, Dying

T = TypeVar("T")
CAPACITY, PER_KG = 3_000, 3_333
SHOWN = parts_of_kilo(PER_KG, SHARES)


class Known:
    """The oracle's order."""

    def __init__(self, id: str, grams: int, rail: str, satang: int, until: Any) -> None:
        self.id, self.grams, self.rail, self.satang, self.until = id, grams, rail, satang, until
        self.state = "held" if rail == "promptpay" else "confirmed"
        self.asked: int | None = None
        self.paid = False


class Money(RuleBasedStateMachine):
    """`fresh` is set by the test: the URL of another database in which the stall stands."""

    fresh: Callable[[], str]
    there: Stall
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.url = self.fresh()
        self.db: Database = engine_for(self.url)
        self.wait(self.db.open())
        use(self.db, all_tables())
        self.at, self.known = NOW, list[Known]()
        self.bank = self.cash = self.credit = self.final = self.settled = self.paid_out = 0
        self.sold, self.held, self.farmer = 0, 0, 0

    def teardown(self) -> None:
        self.wait(self.db.close())
        self.loop.close()

    def wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def refused(
        self, kinds: type[Refusal] | tuple[type[Refusal], ...], coroutine: Coroutine[Any, Any, Any]
    ) -> None:
        with pytest.raises(kinds):
            self.wait(coroutine)

    @property
    def left(self) -> int:
        return CAPACITY - self.held - self.sold

    @initialize(target=orders, hundreds=st.lists(st.integers(1, 6), min_size=4, max_size=4))
    def a_morning(self, hundreds: list[int]) -> Any:
        """One to pay at the stall, one paid, one paid and fetched, one waiting."""
        cash, paid, fetched, waiting = (
            self.placed(each * 100, rail)
            for each, rail in zip(hundreds, ("cash", *("promptpay",) * 3), strict=True)
        )
        for known in (paid, fetched):
            self.ask_for_the_money(known)
            self.pay(known)
        self.ask_for_the_money(waiting)
        self.hand_over(fetched, 10)
        self.settle()
        return multiple(cash, paid, fetched, waiting)

    @rule(
        target=orders, hundreds=st.integers(1, 9),
        rail=st.sampled_from(["promptpay", "promptpay", "cash", "credit"]),
    )  # fmt: skip
    def place(self, hundreds: int, rail: Any) -> Any:
        grams, satang = hundreds * 100, hundreds * 100 * PER_KG // 1000
        deed = self.there.order(grams, rail=rail, at=self.at)
        if grams > self.left:
            self.refused(SoldOut, deed)
            return multiple()
        if rail == "credit" and satang > self.credit:
            self.refused(NotEnough, deed)
            return multiple()
        deed.close()
        return self.placed(grams, rail)

    def placed(self, grams: int, rail: Any, id: str | None = None) -> Known:
        satang = grams * PER_KG // 1000
        placed = self.wait(self.there.order(grams, rail=rail, at=self.at, id=id))
        assert placed.satang == satang
        known = Known(placed.order, grams, rail, satang, self.at + timedelta(minutes=60))
        self.known.append(known)
        if rail == "promptpay":
            self.held += grams
        else:
            self.sold += grams
        if rail == "credit":
            self.credit -= satang
        return known

    @rule(minutes=st.integers(20, 90))
    def time_passes(self, minutes: int) -> None:
        if self.at + timedelta(minutes=minutes) < NOW + timedelta(hours=40):
            self.at += timedelta(minutes=minutes)

    @rule(known=orders)
    def ask_for_the_money(self, known: Known) -> None:
        deed = run(payments.request, known.id, by=NOK, at=self.at)
        waits = known.rail == "promptpay" and known.state == "held" and self.at < known.until
        if known.asked is None and not waits:
            self.refused(payment_rules.NothingAsked, deed)
            return
        asked = self.wait(deed)
        assert known.asked in (None, asked.satang)
        assert asked.satang + asked.discount_satang == known.satang
        known.asked = asked.satang

    @rule(known=orders)
    def in_time_or_late(self, known: Known) -> None:
        """Also for what was cancelled, or twice."""
        self.pay(known)

    def pay(self, known: Known, id: str | None = None) -> None:
        if known.asked is None:
            return
        confirm = payment_rules.Confirm(id or new_id(), known.id, NETWORK, known.asked)
        deed = run(payments.confirm, confirm, by=PRASERT, at=self.at)
        if known.paid:
            self.refused(payment_rules.AlreadyPaid, deed)
            return
        done, known.paid = self.wait(deed), True
        self.bank += known.asked
        retaken = known.state == "expired" and known.grams <= self.left
        if known.state == "held" or retaken:
            assert done.outcome == "confirmed"
            self.held -= 0 if retaken else known.grams
            self.sold += known.grams
            known.state = "confirmed"
        else:
            assert done.outcome == "paid_unfulfillable"
            self.credit += known.asked

    @precondition(lambda self: self.missed())
    @rule(sell_out=st.booleans())
    def money_comes_after_all(self, sell_out: bool) -> None:
        """For an order that was cancelled, or that expired and whose goods may be gone."""
        if sell_out and self.left >= 100:
            self.placed(self.left // 100 * 100, "cash")
        self.pay(self.missed()[0])

    def missed(self) -> list[Known]:
        over = ("cancelled", "expired")
        return [k for k in self.known if k.state in over and k.asked and not k.paid]

    @precondition(lambda self: any(k.state == "held" and k.asked for k in self.known))
    @rule()
    def an_hour_passes_unpaid(self) -> None:
        self.time_passes(60)
        self.sweep()

    @precondition(lambda self: any(k.state == "held" for k in self.known))
    @rule()
    def sweep(self) -> None:
        due = [k for k in self.known if k.state == "held" and k.until <= self.at]
        assert self.wait(run(orders.expire, at=self.at)) == len(due)
        self.wait(run(payments.free_amounts, at=self.at))
        for known in due:
            known.state = "expired"
            self.held -= known.grams

    @rule(known=orders)
    def cancel(self, known: Known) -> None:
        deed = self.there.cancel(known.id, by=DAO, at=self.at)
        if known.state not in ("held", "confirmed"):
            self.refused((refusals.Ended, refusals.AlreadyHandedOver), deed)
            return
        self.wait(deed)
        if known.state == "held":
            self.held -= known.grams
        else:
            self.sold -= known.grams
            if known.rail != "cash":
                self.credit += known.asked or known.satang
        known.state = "cancelled"

    @rule(known=orders, missing=st.integers(0, 300))
    def hand_over(self, known: Known, missing: int) -> None:
        grams = max(known.grams - missing, 0)
        deed = self.there.hand_over(known.id, grams, at=self.at)
        if known.state != "confirmed":
            kinds = (refusals.Ended, refusals.AlreadyHandedOver, refusals.NotPaid)
            self.refused(kinds, deed)
            return
        handed, final = self.wait(deed), grams * PER_KG // 1000
        assert handed.final_satang == final
        known.state = "handed_over"
        self.sold -= known.grams - grams
        self.final += final
        self.farmer += final - sum(part * grams // 1000 for part in fees(SHOWN))
        if known.rail == "cash":
            self.cash += final
        else:
            paid = known.asked if known.rail == "promptpay" and known.asked else known.satang
            self.credit += paid - max(final - (known.satang - paid), 0)

    @rule(known=orders, more=st.sampled_from([0, 1, -50]))
    def money_beside(self, known: Known, more: int) -> None:
        """Paid once more, or another amount: refused as that payment, and credit."""
        if known.asked is None or (not more and not known.paid):
            return
        came = known.asked + more
        wrong = payment_rules.WrongAmount if more else payment_rules.AlreadyPaid
        seen = payment_rules.Confirm(new_id(), known.id, NETWORK, came, "slip", "004", new_id())
        self.refused(wrong, run(payments.confirm, seen, by=PRASERT, at=self.at))
        extra = payment_rules.CreditExtra(
            new_id(), known.id, NETWORK, came, "004", str(seen.trans_ref)
        )
        self.wait(run(payments.credit_extra, extra, by=PRASERT, at=self.at))
        self.bank += came
        self.credit += came

    @rule(parts=st.integers(1, 3), more=st.integers(0, 1))
    def give_credit_back(self, parts: int, more: int) -> None:
        """Some of it, all of it, or a satang more than there is."""
        satang = max(self.credit // parts, 1) + more
        given = payment_rules.PayBackCredit(new_id(), NETWORK, NOK, satang, "006", new_id())
        deed = run(payments.pay_back_credit, given, by=PRASERT, at=self.at)
        if satang > self.credit:
            self.refused(NotEnough, deed)
            return
        self.wait(deed)
        self.credit -= satang
        self.bank -= satang

    @rule(target=orders, hundreds=st.integers(1, 9), point=st.sampled_from([*POINTS]))
    def power_fails_while_ordering(self, hundreds: int, point: str) -> Any:
        """And comes back; the phone asks again with the same id."""
        if hundreds * 100 > self.left:
            return multiple()
        id = new_id()
        self.dies(point, lambda: self.there.order(hundreds * 100, at=self.at, id=id))
        return self.placed(hundreds * 100, "promptpay", id)

    @precondition(lambda self: any(k.state == "held" and k.asked for k in self.known))
    @rule(point=st.sampled_from([*POINTS]))
    def power_fails_while_paying(self, point: str) -> None:
        known = next(k for k in self.known if k.state == "held" and k.asked)
        assert known.asked
        confirm = payment_rules.Confirm(new_id(), known.id, NETWORK, known.asked)
        self.dies(point, lambda: run(payments.confirm, confirm, by=PRASERT, at=self.at))
        self.pay(known, confirm.id)

    def dies(self, point: str, deed: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Where the deed comes so far; then everything but what was committed is gone."""
        dying = Dying(self.db, Counter())
        dying.at = point
        with contextlib.suppress(Crash):
            self.wait(deed())
        self.wait(self.db.close())
        self.db = engine_for(self.url)
        self.wait(self.db.open())
        use(self.db, all_tables())

    @precondition(lambda self: self.final > 0)
    @rule()
    def settle(self) -> None:
        wanted = Settle(new_id(), self.there.cycle, NETWORK)
        deed = run(settlement.settle, wanted, by=PRASERT, at=self.at)
        if self.final == self.settled:
            self.refused(settlement_rules.NothingToSettle, deed)
            return
        assert self.wait(deed).gross_satang == self.final - self.settled
        self.settled = self.final

    @precondition(lambda self: self.settled > 0)
    @rule(level=st.sampled_from(["group", "farmer"]), approve=st.booleans())
    def pay_out(self, level: Any, approve: bool) -> None:
        payer = NETWORK if level == "group" else RATTAPHUM
        due = self.wait(settlement_seen.due(payer, level))
        deed = run(settlement.make_run, MakeRun(new_id(), payer, level), by=PRASERT, at=self.at)
        if not due:
            self.refused(settlement_rules.NothingDue, deed)
            return
        made = self.wait(deed)
        assert made.satang == sum(due.values())
        decided = DecideRun(made.run, payer, approve)
        self.refused_if_alike(decided)
        self.wait(run(settlement.decide_run, decided, by=DAO, at=self.at))
        for payout in self.wait(settlement_seen.payouts(made.run)):
            paid = MarkPaid(payout.id, payer, "006", payout.id)
            deed = run(settlement.mark_paid, paid, by=PRASERT, at=self.at)
            if not approve:
                self.refused(settlement_rules.NotApproved, deed)
                continue
            self.wait(deed)
            self.bank -= payout.satang if level == "group" else 0
            self.paid_out += payout.satang if level == "farmer" else 0

    def refused_if_alike(self, decided: DecideRun) -> None:
        if decided.approve:
            deed = run(settlement.decide_run, decided, by=PRASERT, at=self.at)
            self.refused(settlement_rules.SameHands, deed)

    @invariant()
    def nothing_is_lost(self) -> None:
        self.wait(self._compare())

    async def _compare(self) -> None:
        found = [
            *await faults(), *await payments_seen.payment_faults(),
            *await settlement_seen.settlement_faults(),
        ]  # fmt: skip
        assert found == []
        assert await self.there.buckets() == (self.left, self.held, self.sold)
        assert await ledger.balance(credit(NETWORK, NOK)) == self.credit
        assert await ledger.balance(own("bank", NETWORK)) == self.bank
        assert await ledger.balance(own("cash", NETWORK)) == self.cash
        statement = await settlement_seen.farmer_statement(MALEE)
        assert statement.paid_satang == self.paid_out
        if self.final == self.settled:
            assert statement.settled_satang == self.farmer
        states = {order.id: order.state for order in await orders_seen.orders_in(self.there.cycle)}
        assert states == {known.id: known.state for known in self.known}


def fees(parts: Parts) -> tuple[int, ...]:
    return parts.group, parts.truck, parts.fund, parts.merchant


async def stand(db: Database) -> None:
    await build(db, all_tables())
    Money.there = await stall(db, CAPACITY, PER_KG)


@pytest.mark.parametrize("thoroughly", [False, pytest.param(True, marks=pytest.mark.long)])
def test_every_satang_and_every_gram_is_accounted_for(
    url_of: Callable[[str, Build], str], engine: str, thoroughly: bool
) -> None:
    """Mostly on SQLite, which is quicker; PostgreSQL differs where things meet (test_races)."""
    Money.fresh = staticmethod(lambda: url_of("money", stand))
    examples = {"sqlite": 8, "postgres": 2}[engine] * (40 if thoroughly else 1)
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=examples, stateful_step_count=20, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
