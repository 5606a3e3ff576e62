"""At the stall: find the order, weigh every line, take the cash or say what becomes credit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import codes, units
from certification.basis.asked import for_good
from certification.basis.ids import following
from certification.basis.refusal import Missing, Refusal
from certification.basis.transaction import run
from certification.people import queries as people
from market.access import books, deeds
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.complaints import queries as complaints
from market.domain.complaints import reweighing
from market.domain.complaints.reweighing import Reweigh
from market.domain.complaints.rules import WORDS_MAX
from market.domain.ledger import queries as ledger
from market.domain.ledger.rules import discount
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView
from market.domain.orders import (
    barred,
    commands,
    exchanging,
    neighbour,
    packing,
    queries,
    rules,
)
from market.domain.orders.exchanging import Exchange
from market.domain.orders.queries import OrderView, StoredOrder
from market.domain.orders.refusals import MoreThanOrdered
from market.domain.orders.rules import HandedOver, HandOver, Weighed
from market.web import due, money
from market.web.form import Form
from market.web.page import onward, page
from market.web.sheets import Baht, Kilos, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
CYCLES_SHOWN = 6
ELSEWHERE_SHOWN = 12
WAITS = {"confirmed": 0, "held": 1}
"""What can still become goods stands first."""


class Caller(msgspec.Struct, frozen=True):
    """An order, and as much of its buyer as the stall needs to know the right one."""

    order: StoredOrder
    name: str
    last4: str
    neighbour: str = ""
    """The code with which somebody else fetches it."""

    def fits(self, said: str) -> bool:
        return (
            self.order.code.startswith(codes.read(said))
            or (len(said) >= 3 and self.last4.endswith(said))
            or said.lower() in self.name.lower()
        )


@get("/stall", opt={"op": "handover.read"})
async def stall(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say, of = words_for(request), await money.shelf(request, permit)
    cycles = await offers.cycles(of.book.id)
    cycle = _chosen(cycles, request.query_params.get("cycle", ""), at)
    said = units.arabic(request.query_params.get("q", ""))[:40].strip()
    if said and (code := await _by_code(said, of.book.id)):
        return onward(f"/stall/{code}")
    every = await queries.orders_in(cycle.id) if cycle else []
    come = await callers([o for o in every if o.state in ("confirmed", "handed_over")], say)
    if wanted(request):
        return await _csv(say, [one for one in come if one.order.state == "confirmed"])
    found = [one for one in come if not said or one.fits(said)]
    rounds = cycles[:CYCLES_SHOWN]
    return page(
        request, "stall.html", shelf=of, cycle=cycle, cycles=rounds, q=said,
        elsewhere=await _elsewhere(said, cycle, rounds, say) if said else [],
        names_of={other.id: other for other in rounds},
        waiting=[one for one in found if one.order.state == "confirmed"],
        done=[one for one in found if one.order.state == "handed_over"],
        unpaid=sum(order.state == "held" for order in every),
        barred_by=await barred.for_merchant(of.book.id),
    )  # fmt: skip


def _chosen(cycles: list[CycleView], wished: str, at: datetime) -> CycleView | None:
    """The one that is fetched now; else the next; else the last."""
    if wished:
        found = [cycle for cycle in cycles if cycle.id == wished]
        if not found:
            raise NotThere
        return found[0]
    ahead = [cycle for cycle in cycles if at < cycle.pickup_until]
    if ahead:
        return min(ahead, key=lambda cycle: (cycle.pickup_from, cycle.id))
    return max(cycles, key=lambda cycle: (cycle.pickup_until, cycle.id), default=None)


async def _elsewhere(
    said: str, here: CycleView | None, rounds: list[CycleView], say: Words
) -> list[Caller]:
    """Who fits and is not on this list: of another round, or not paid, called off, too late."""
    every = [order for one in rounds for order in await queries.orders_in(one.id)]
    listed = ("confirmed", "handed_over")
    other = [
        order for order in every
        if not (here and order.cycle == here.id and order.state in listed)
    ]  # fmt: skip
    fits = [one for one in await callers(other, say) if one.fits(said)]
    fits.sort(key=lambda one: one.order.placed_at, reverse=True)
    fits.sort(key=lambda one: WAITS.get(one.order.state, 2))
    return fits[:ELSEWHERE_SHOWN]


async def _by_code(said: str, merchant: str) -> str:
    """Of whatever cycle and state; nothing where it is no whole code of this merchant's."""
    code = codes.read(said)
    if not codes.well_formed(code):
        return ""
    try:
        await queries.by_code(code, merchant)
    except Missing:
        return ""
    return code


async def callers(orders: list[StoredOrder], say: Words) -> list[Caller]:
    known = await people.particulars_of(order.buyer for order in orders)
    return [
        Caller(order, of.name, (of.phone or "")[-4:])
        if (of := known.get(order.buyer))
        else Caller(order, say("Name removed"), "")
        for order in orders
    ]


async def _csv(say: Words, callers: list[Caller]) -> Response[bytes]:
    head = [say("Order code"), say("Buyer"), say("Goods"), say("Lot"), say("Kilos"), say("Pieces"),
            say("Baht"), say("How to pay")]  # fmt: skip
    rows = [
        (one.order.code, one.name, say.name(line), line.lot_code, Kilos(line.grams),
         line.pieces, Baht(line.satang), say(f"orders.rail.{one.order.rail}"))
        for one in callers
        for line in (await queries.merchants(one.order.id, one.order.merchant)).lines
    ]  # fmt: skip
    return sheet("handovers", head, rows)


@get("/stall/{code:str}", opt={"op": "handover.read"})
async def one(request: Ask, code: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _shown(request, await _found(code, permit), code)


@post("/stall/{code:str}", opt={"op": "handover.do"})
async def hand_over(request: Ask, code: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    """First the sum is shown, then it is handed over; or only packed; or a weight is put right."""
    form = await Form.of(request)
    found, look = await _found(code, permit), None
    try:
        if form.raw("step").startswith("instead-"):
            await _exchange(form, found, by=permit.person, at=at)
            return onward(f"/stall/{_read(code)}")
        if form.raw("step") == "right":
            await _put_right(form, found, by=permit.person, at=at)
            return onward(f"/stall/{found.order.code}")
        lines = weights(form, found)
        given = HandOver(form.id(), found.order.id, found.order.merchant, lines, due.said(form))
        deeds.ensure_storable(given, given.id)
        if form.raw("step") == "pack":
            packed = packing.Pack(given.order, given.merchant, given.lines)
            await run(packing.pack, packed, by=permit.person, at=at)
            return onward(f"/stall/{found.order.code}")
        if form.raw("step") == "give":
            await run(commands.hand_over, given, by=permit.person, at=at)
            return onward(f"/stall/{_read(code)}")
        look = await looked_at(found.order, given)
    except Refusal as no:
        return await _shown(request, found, code, no=no, typed=form.typed)
    return await _shown(request, found, code, typed=form.typed, look=look)


async def _exchange(form: Form, found: OrderView, *, by: str, at: datetime) -> None:
    """For a good of a bundle that is not there; pressed twice it is exchanged once."""
    line = form.raw("step").removeprefix("instead-")
    offer, id = form.text(f"instead-{line}", most=36), following(form.id(), line)
    form.done()
    wanted = Exchange(id, found.order.id, found.order.merchant, line, offer)
    deeds.ensure_storable(wanted, id, line, offer)
    await for_good(exchanging.exchange, wanted, by=by, at=at)


async def _put_right(form: Form, found: OrderView, *, by: str, at: datetime) -> None:
    line = form.raw("line")[:36]
    wanted = Reweigh(
        form.id(), found.order.id, found.order.merchant, line, form.grams(f"r-{line}"),
        form.text(f"why-{line}", most=WORDS_MAX),
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(wanted, wanted.id)
    await run(reweighing.reweigh, wanted, by=by, at=at)


def weights(form: Form, found: OrderView) -> tuple[Weighed, ...]:
    weighed = []
    for line in found.lines:
        field = f"g-{line.id}"
        grams = form.grams(field) if line.grams else 0
        if grams > line.grams:
            form.wrong_is(field, MoreThanOrdered(line=line.id, grams_max=line.grams))
        weighed.append(Weighed(line.id, grams))
    form.done()
    return tuple(weighed)


async def looked_at(order: StoredOrder, given: HandOver) -> HandedOver:
    """What handing over would come to."""
    rules.ensure_can_hand_over(order.state)
    weighed = rules.weigh(await queries.ordered_lines(order.id), given.lines)
    less = await ledger.balance(discount(order.merchant, order.id))
    final = sum(line.satang for line in weighed)
    return rules.handed(order.id, order.ahead_satang, less, final, "cash")


async def _found(code: str, permit: Permit) -> OrderView:
    """Out of reach and not there are the same."""
    if "\0" in code:
        raise NotThere
    try:
        id = await queries.id_of(code)
    except Missing:
        raise NotThere from None
    order, place = await books.order(id)
    permit.check(place)
    return await queries.merchants(id, order.merchant)


async def _shown(
    request: Ask,
    found: OrderView,
    code: str,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
    look: HandedOver | None = None,
) -> Response[bytes]:
    order = found.order
    caller, shown = await _caller(order, _read(code), words_for(request))
    return page(
        request, "stall_order.html", no=no, typed=typed or _packed(found), caller=caller,
        order=order, code=shown, corrections=await complaints.corrections(order.id),
        divided=await _divided(found),
        lines=found.lines, instead=await exchanging.instead(order), look=look,
        change=money.change(look.cash_satang) if look else [],
        credited=await _credited(order), ways=await due.ways(order, look),
        handed=await queries.handed(order.id),
        own=order.buyer == request.state.permit.person,
    )  # fmt: skip


def _packed(found: OrderView) -> dict[str, str]:
    """What was weighed while it was packed stands in the fields; never more than is ordered now."""
    return {
        f"g-{line.id}": f"{min(line.packed_grams, line.grams) / 1_000:g}"
        for line in found.lines
        if line.packed_grams is not None
    }


async def _divided(found: OrderView) -> list[str]:
    """The groups whose part of this round is divided: their weights stand."""
    if found.order.state != "handed_over":
        return []
    groups = sorted({line.group for line in found.lines})
    return [one for one in groups if await reweighing.is_divided(found.order.cycle, one)]


def _read(code: str) -> str:
    return codes.read(code)[: codes.LONG]


async def _caller(order: StoredOrder, code: str, say: Words) -> tuple[Caller, str]:
    """Who comes, and with which code: with a neighbour's the buyer is a first letter only."""
    [buyer] = await callers([order], say)
    out = await neighbour.code_of(order.id)
    if out and code == out:
        return Caller(order, buyer.name[:1], "", out), out
    return msgspec.structs.replace(buyer, neighbour=out), order.code


async def _credited(order: StoredOrder) -> int:
    """Satang that its handover left with the merchant for the buyer."""
    if order.state != "handed_over":
        return 0
    lines = await ledger.statement(order.merchant, order.buyer)
    return sum(
        line.satang
        for line in lines
        if (line.subject, line.account) == (order.id, "credit")
        and (line.kind == reweighing.KIND or (line.kind == "handover" and line.satang > 0))
    )


DOORS = [stall, one, hand_over]
