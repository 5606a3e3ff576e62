"""A round in the village by a seed: buyers, a bank, a provider of notices, a treasurer, a stall.

Two processes serve, ten minutes apart by their clocks; one may die at any named point and comes
back with nothing but what was committed. People decide by the seed alone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from certification.basis.database import Database, in_use, use
from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.db import all_tables, engine_for
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import credit, own
from market.domain.orders import commands as orders
from market.domain.orders.rules import (
    DUE_BY,
    CancelOrder,
    HandedOver,
    HandOver,
    Line,
    PlaceOrder,
    Weighed,
)
from market.domain.payments import commands as payments
from market.domain.payments import rules as paying
from market.domain.payments.rules import CreditPaidBack as PaidBack
from tests.cast import DAO, NETWORK, NOK, NOW, PRASERT, SOMCHAI
from tests.market.stall import OVER, Stall
from tests.simulation.engine import COMMITS, POINTS, Crash, Dying
from tests.simulation.network import Deed, Message, Network

SKEWS = (timedelta(), timedelta(minutes=10), timedelta(minutes=-10))
ARMED = 0.5
"""How often a crash is laid out for some deed to come."""


class Transfer(msgspec.Struct):
    """Money on the bank's side."""

    ref: str
    order: str
    satang: int


class Morning(msgspec.Struct):
    """What stands when a round begins to go wrong: two offers, and orders that wait for money."""

    there: Stall
    other: str
    placed: dict[str, PlaceOrder] = {}
    asked: dict[str, int] = {}
    bank: list[Transfer] = []


async def morning(there: Stall, other: str) -> Morning:
    begun, chance = Morning(there, other), Random("morning")
    for number, grams in enumerate((300, 500, 700)):
        id, buyer = drawn(chance), (NOK, SOMCHAI)[number % 2]
        lines = (Line(drawn(chance), (there.offer, other)[number % 2], grams),)
        wanted = begun.placed[id] = PlaceOrder(id, there.cycle, buyer, "promptpay", lines)
        await run(orders.place, wanted, by=buyer, at=NOW)
        begun.asked[id] = (await run(payments.request, id, by=buyer, at=NOW)).satang
    begun.bank.append(Transfer("EARLIER", id, 5_000))  # and some credit to spend
    beside = paying.CreditExtra(drawn(chance), id, NETWORK, 5_000, "004", "EARLIER")
    await run(payments.credit_extra, beside, by=PRASERT, at=NOW)
    return begun


def drawn(chance: Random) -> str:
    """An id that is the same each time the seed is."""
    return str(UUID(int=chance.getrandbits(128), version=4))


class World:
    def __init__(self, seed: int, url: str, begun: Morning, met: Counter[str]) -> None:
        self.chance, self.url, self.there = Random(seed), url, begun.there
        self.offers, self.met = (begun.there.offer, begun.other), met
        self.network, self.at, self.told = Network(self.chance), NOW, list[str]()
        self.placed, self.asked = {**begun.placed}, {**begun.asked}
        self.before = {*begun.placed}
        first = [*POINTS][seed % len(POINTS)]
        self.points = [*self.chance.choices([*POINTS], k=50), first]
        self.acknowledged: dict[str, bytes] = {}
        self.bank = [*begun.bank]
        self.answers: dict[str, Any] = {}

    async def open(self) -> None:
        self.db: Database = engine_for(self.url)
        await self.db.open()
        use(self.db, all_tables())
        self.dying = Dying(self.db, self.met)

    async def close(self) -> None:
        await self.db.close()

    @property
    def commits(self) -> int:
        return self.met[COMMITS]

    def id(self) -> str:
        return drawn(self.chance)

    # What happens next

    async def step(self) -> None:
        await self.chance.choices(
            (self.deliver, self.meet, self.buy, self.pay, self.wait, self.sweep, self.cancel,
             self.fetch, self.give_credit_back),
            (10, 3, 3, 5, 2, 2, 1, 2, 1),
        )[0]()  # fmt: skip

    async def deliver(self) -> None:
        message = self.network.next()
        if message is None:
            self.network.send_again()
            return
        if not self.dying.at and self.chance.random() < ARMED and not self.network.sound:
            self.dying.at = self.points.pop()  # until some deed comes so far
        try:
            self._hear(message, await message.do(self.some_clock()))
        except Crash:
            await self._come_back(message.what)
        except Refusal as no:
            self._hear_no(message, no)

    async def meet(self) -> None:
        """Some at the same moment; where the database takes turns, whoever comes first."""
        meeting = [one for one in (self.network.next() for _ in range(3)) if one]
        armed, self.dying.at = self.dying.at, ""
        clocks = [self.some_clock() for _ in meeting]
        deeds = (one.do(at) for one, at in zip(meeting, clocks, strict=True))
        answers = await asyncio.gather(*deeds, return_exceptions=True)
        self.dying.at = armed
        for message, answer in zip(meeting, answers, strict=True):
            if isinstance(answer, Refusal):
                self._hear_no(message, answer)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._hear(message, answer)

    def some_clock(self) -> datetime:
        return self.at + self.chance.choice(SKEWS)

    async def _come_back(self, what: str) -> None:
        self.told.append(f"{what}: crash")
        await self.close()
        await self.open()

    def _hear(self, message: Message, answer: Any) -> None:
        self.told.append(f"{message.what}: {getattr(answer, 'outcome', 'ok')}")
        self._same_as_before(message, answer)
        if self.network.heard(message) and message.answered:
            message.answered(answer)

    def _hear_no(self, message: Message, no: Refusal) -> None:
        self.told.append(f"{message.what}: {no.code}")
        again = message.id in self.acknowledged
        assert not again, f"{message.what} was answered, then refused: {no.code}"
        if self.network.heard(message) and message.refused:
            message.refused(no)

    def _same_as_before(self, message: Message, answer: Any) -> None:
        if message.what == "cancel":
            return  # it has no id of its own, and happens once
        said = msgspec.json.encode(answer)
        before = self.acknowledged.setdefault(message.id, said)
        self.answers[message.id] = answer
        assert before == said, f"{message.what} was answered {before!r}, then {said!r}"

    async def wait(self) -> None:
        self.at += timedelta(minutes=self.chance.choice((1, 20, 70)))
        self.network.send_again()

    # People

    async def buy(self) -> None:
        buyer = self.chance.choice((NOK, SOMCHAI))
        offers = self.chance.sample(self.offers, self.chance.choice((1, 1, 2)))
        rail = self.chance.choice(("promptpay", "promptpay", "promptpay", "cash", "credit"))
        lines = tuple(Line(self.id(), one, self.chance.randint(1, 9) * 100) for one in offers)
        wanted = PlaceOrder(self.id(), self.there.cycle, buyer, rail, lines)
        self.placed[wanted.id] = wanted
        do = _at(orders.place, wanted, by=buyer)
        self.network.send(Message(wanted.id, "place", do, partial(self._ask, wanted)))

    def _ask(self, wanted: PlaceOrder, _: Any) -> None:
        if wanted.rail == "promptpay":
            do = _at(payments.request, wanted.id, by=wanted.buyer)
            self.network.send(Message(f"ask {wanted.id}", "ask", do, self._amount))

    def _amount(self, asked: paying.PaymentRequested) -> None:
        self.asked[asked.order] = asked.satang

    async def pay(self) -> None:
        """Of what was asked: exactly once, again, or another amount; the bank tells it twice."""
        if not self.asked:
            return
        order = self.chance.choice(sorted(self.asked))
        wrong = self.chance.choice((0, 0, 0, 0, 1, -50))
        came = Transfer(self.id()[:18].upper(), order, max(self.asked[order] + wrong, 1))
        self.bank.append(came)
        self._notice(came, "statement")
        if self.chance.random() < 0.3:
            self._notice(came, "slip")

    def _notice(self, came: Transfer, kind: Any) -> None:
        seen = paying.Confirm(self.id(), came.order, NETWORK, came.satang, kind, "004", came.ref)
        do = _at(payments.confirm, seen, by=PRASERT)
        self.network.send(
            Message(seen.id, f"confirm {kind}", do, None, partial(self._beside, came))
        )

    def _beside(self, came: Transfer, no: Refusal) -> None:
        """Another amount, or paid already: the treasurer writes it to the buyer's credit."""
        if isinstance(no, paying.SlipUsed):
            return
        assert isinstance(no, paying.AlreadyPaid | paying.WrongAmount), no.code
        if came.satang < self.asked[came.order] and self.chance.random() < 0.5:
            self._keep_for_a_part(came)
            return
        extra = paying.CreditExtra(self.id(), came.order, NETWORK, came.satang, "004", came.ref)
        do = _at(payments.credit_extra, extra, by=PRASERT)
        self.network.send(Message(extra.id, "extra", do))

    def _keep_for_a_part(self, came: Transfer) -> None:
        """The rest is due when it is fetched."""
        part = paying.Confirm(
            self.id(), came.order, NETWORK, came.satang, "statement", "004", came.ref, part=True
        )
        do = _at(payments.confirm, part, by=PRASERT)
        self.network.send(Message(part.id, "confirm part", do, None, partial(self._beside, came)))

    async def sweep(self) -> None:
        """By whichever process: each by its own clock, and both at once."""
        jobs = (orders.expire, orders.expire, payments.free_amounts)
        try:
            for job in jobs:
                await run(job, at=self.some_clock())
        except Crash:
            await self._come_back("sweep")

    async def cancel(self) -> None:
        if not self.placed:
            return
        wanted = self.placed[self.chance.choice(sorted(self.placed))]
        own_wish = self.chance.random() < 0.5
        by, merchant = (wanted.buyer, None) if own_wish else (DAO, NETWORK)
        do = _at(orders.cancel, CancelOrder(wanted.id, merchant), by=by)
        self.network.send(Message(f"cancel {self.id()}", "cancel", do))

    async def fetch(self) -> None:
        """At the stall: some of it weighs less."""
        if not self.placed:
            return
        wanted = self.placed[self.chance.choice(sorted(self.placed))]
        weighed = tuple(
            Weighed(line.id, max(line.grams - self.chance.choice((0, 0, 30, 999)), 0))
            for line in wanted.lines
        )
        due_by = self.chance.choice(DUE_BY)
        given = HandOver(self.id(), wanted.id, NETWORK, weighed, due_by)
        do = _at(orders.hand_over, given, by=DAO)
        self.network.send(Message(given.id, "hand over", do))

    async def give_credit_back(self) -> None:
        """To whoever has most; sometimes a satang more than there is."""
        of = [(await ledger.balance(credit(NETWORK, each)), each) for each in (NOK, SOMCHAI)]
        left, buyer = max(of)
        satang = max(self.chance.choice((left // 2, left + 1)), 1)
        given = paying.PayBackCredit(self.id(), NETWORK, buyer, satang, "006", self.id()[:18])
        do = _at(payments.pay_back_credit, given, by=PRASERT)
        self.network.send(Message(given.id, "pay credit back", do))

    # The end

    async def settle_down(self) -> None:
        """The network is mended and everybody is heard; then the stall has gone."""
        self.network.sound, self.dying.at = True, ""
        for _ in range(50):
            self.network.send_again()
            while self.network.flying:
                await self.deliver()
            if not self.network.waiting:
                break
        assert not self.network.waiting, [one.what for one in self.network.waiting.values()]
        self.at = OVER + timedelta(minutes=11)
        await self.sweep()

    async def nothing_is_lost(self) -> None:
        """All that was ever acknowledged is there, and every satang that the bank has."""
        rows = await in_use().query("SELECT id FROM preorder")
        there = {row["id"] for row in rows}
        assert self.before | (self.acknowledged.keys() & self.placed.keys()) == there
        rows = await in_use().query("SELECT trans_ref, satang FROM payment_evidence")
        told = sorted((row["trans_ref"], row["satang"]) for row in rows)
        assert told == sorted((one.ref, one.satang) for one in self.bank), "bank and books differ"
        out = [one.satang for one in self.answers.values() if isinstance(one, PaidBack)]
        left = await ledger.balance(own("bank", NETWORK))
        there = [one.bank_satang for one in self.answers.values() if isinstance(one, HandedOver)]
        came = sum(one.satang for one in self.bank) + sum(there)
        assert left == came - sum(out), "not what came and went"
        assert not await in_use().query("SELECT id FROM stock WHERE held_grams > 0")


def _at(command: Callable[..., Any], asked: Any, *, by: str) -> Deed:
    """The deed, once somebody's clock says when."""
    return lambda at: run(command, asked, by=by, at=at)
