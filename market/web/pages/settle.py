"""Dividing what a cycle earned: looked at first, then settled, merchant → group → farmers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import books, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.ledger import queries as ledger
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView
from market.domain.orders import queries as orders
from market.domain.settlement import commands, queries
from market.domain.settlement.queries import SettlementView
from market.domain.settlement.rules import FarmerShare, Settle
from market.domain.splits.rules import Parts
from market.web import money
from market.web.form import Form
from market.web.page import onward, page
from market.web.sheets import Baht, Kilos, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
WAITING_SHOWN = 60
Mine = NamedDependency[Permit]


class Divided(msgspec.Struct, frozen=True):
    """One group's part, proposed or settled."""

    group: str
    gross: int
    parts: Parts
    shares: Sequence[FarmerShare]
    round: int = 0
    at: datetime | None = None
    id: str = ""


@get("/settle", opt={"op": "settlement.read"})
async def waiting(request: Ask, permit: Mine) -> Response[bytes]:
    """Cycles of which something was handed over and not divided, and what was divided."""
    say, of = words_for(request), await money.shelf(request, permit)
    done = await _of_book(of.book.id)
    if wanted(request):
        return await _csv(say, [await _settled(one) for one in done])
    earned: dict[str, int] = {}
    for account in await ledger.balances(of.book.id, "earned"):
        if account.cycle and account.satang > 0:
            earned[account.cycle] = earned.get(account.cycle, 0) + account.satang
    open_ones = [(await offers.cycle(cycle), satang) for cycle, satang in earned.items()]
    names = await money.groups_called({one.group for one in done}, say)
    return page(
        request, "settle.html", shelf=of, names=names, waiting=open_ones, done=done[::-1],
    )  # fmt: skip


async def _of_book(book: str) -> list[SettlementView]:
    """Where it divides as the merchant, and where it receives as a group; the oldest first."""
    divides, receives = (
        await queries.settlements(merchant=book), await queries.settlements(group=book)
    )  # fmt: skip
    found = {one.id: one for one in [*divides, *receives]}
    return sorted(found.values(), key=lambda one: (one.at, one.id))


@get("/settle/{cycle:str}", opt={"op": "settlement.read"})
async def look(request: Ask, cycle: FromPath[str], permit: Mine) -> Response[bytes]:
    found, place = await whose.cycle(cycle)
    permit.check(place)
    return await _shown(request, found, permit)


@post("/settle/{cycle:str}", opt={"op": "settlement.make"})
async def settle(request: Ask, cycle: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    found, place = await whose.cycle(cycle)
    permit.check(place)
    wished = Settle((await Form.of(request)).id(), cycle, found.merchant)
    try:
        await run(commands.settle, wished, by=permit.person, at=at)
    except Refusal as no:
        return await _shown(request, found, permit, no)
    return onward(f"/settle/{cycle}")


async def _shown(
    request: Ask, cycle: CycleView, permit: Permit, no: Refusal | None = None
) -> Response[bytes]:
    say = words_for(request)
    proposed = [
        Divided(one.group, one.tally.satang, one.tally.parts, one.shares)
        for one in await queries.unsettled(cycle.id)
    ]
    done = [await _settled(one) for one in await queries.settlements(cycle=cycle.id)]
    unweighed = await orders.to_hand_over(cycle.id)
    return page(
        request, "settle_cycle.html", no=no, cycle=cycle, proposed=proposed, done=done,
        names=await _names([*proposed, *done], say),
        may_settle="treasurer" in {grant.role for grant in permit.grants},
        unweighed=unweighed[:WAITING_SHOWN], waits=len(unweighed),
        weighs=may(request, "handover.read", (await whose.cycle(cycle.id))[1]),
    )  # fmt: skip


@get("/settlements/{id:str}", opt={"op": "settlement.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine) -> Response[bytes]:
    say, found = words_for(request), await books.settled(id, permit)
    divided = await _settled(found)
    if wanted(request):
        return await _csv(say, [divided])
    names = await _names([divided], say)
    names |= await money.groups_called([found.merchant], say)
    return page(request, "settlement.html", settled=found, divided=divided, names=names)


async def _settled(found: SettlementView) -> Divided:
    parts = Parts(
        found.farmers_satang, found.group_satang, found.truck_satang, found.fund_satang,
        found.merchant_satang,
    )  # fmt: skip
    shares = await queries.shares(found.id)
    return Divided(
        found.group, found.gross_satang, parts, shares, found.round, found.at, found.id
    )  # fmt: skip


async def _names(divided: Sequence[Divided], say: Words) -> dict[str, str]:
    farmers = {share.farmer for one in divided for share in one.shares}
    names = await money.people_called(farmers, say)
    return names | await money.groups_called({one.group for one in divided}, say)


async def _csv(say: Words, divided: Sequence[Divided]) -> Response[bytes]:
    names = await _names(divided, say)
    head = [say("Group"), say("Round"), say("Settled on"), say("Farmer"), say("Kilos"),
            say("Sales"), say("Farmer's share")]  # fmt: skip
    rows = [
        (names[one.group], one.round, say.day(one.at), names[share.farmer], Kilos(share.grams),
         Baht(share.sales_satang), Baht(share.satang))
        for one in divided
        for share in one.shares
    ]  # fmt: skip
    return sheet("settlements", head, rows)


DOORS = [waiting, look, settle, one]
