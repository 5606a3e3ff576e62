"""Order rounds for whoever runs them: say what is sold in it, see what to harvest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from certification.basis.units import arabic
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.groups.rules import GroupView
from certification.people import queries as people
from market.access import deeds, whose
from market.access.guard import may
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.refusals import NotATime
from market.answers.words import BANGKOK, Words
from market.domain.cycles import commands as round_deeds
from market.domain.cycles import queries as steps
from market.domain.cycles.rules import CLOSING, GOES_ON, REASON_MAX, CallOff
from market.domain.lots import queries as lots
from market.domain.offers import commands, queries
from market.domain.offers.queries import CycleView
from market.domain.offers.rules import DEPOSIT_PERCENT_MAX, SHARED_BY, MakeOffer
from market.domain.orders import queries as orders
from market.domain.places import queries as places
from market.domain.places.rules import PlaceView
from market.domain.products import queries as products
from market.web import cycle_text, for_line, goods
from market.web.form import Form
from market.web.page import onward, page
from market.web.sheets import Kilos, sheet, wanted

Ask = Request[Any, Any, Any]
At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
TIME = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])(?:\s*น\.?)?")
"""18.00, 18:00, 9.30 น."""


@get("/cycles", opt={"op": "cycle.read"})
async def all_cycles(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say = words_for(request)
    found = [
        await goods.stop(cycle, at, say)
        for merchant in await merchants(permit)
        for cycle in await queries.cycles(merchant.id)
    ]
    found.sort(key=lambda one: one.cycle.opens_at, reverse=True)
    seen = await steps.clock(at)
    late = {one.cycle for one in seen.overdue} & {one.cycle.id for one in found}
    if wanted(request):
        return _cycles_csv(say, found)
    packs = {"leader", "secretariat", "operator"} & {grant.role for grant in permit.grants}
    return page(
        request, "cycles.html", stops=found, may_pack=bool(packs),
        clock_ran=seen.ran_at, late=late,
    )  # fmt: skip


def _cycles_csv(say: Words, stops: list[goods.Stop]) -> Response[bytes]:
    head = [say("Order round"), say("Seller"), say("Pick-up place"), say("Ordering opens"),
            say("Ordering closes"), say("Pick up")]  # fmt: skip
    rows = [
        (say.name(one.cycle), say.name(one.merchant), say.name(where.place),
         say.moment(one.cycle.opens_at), say.moment(one.cycle.closes_at), where.window)
        for one in stops for where in one.where
    ]  # fmt: skip
    return sheet("rounds", head, rows)


@get("/cycles/{id:str}", opt={"op": "cycle.read"})
async def one(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    return await _one_shown(request, cycle, permit, at)


@post("/cycles/{id:str}/call-off", opt={"op": "cycle.open"})
async def call_off(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked = CallOff(id, form.text("because", most=REASON_MAX))
        form.done()
        deeds.ensure_storable(asked)
        await round_deeds.call_off(asked, by=permit.person, at=at)
    except Refusal as no:
        return await _one_shown(request, cycle, permit, at, form=form, no=no)
    return onward(f"/cycles/{id}")


@post("/cycles/{id:str}/offers", opt={"op": "offer.make"})
async def offer(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    form = await Form.of(request)
    try:
        asked = _offering(form, id)
        form.done()
        deeds.ensure_storable(asked, asked.id)
        stock = await lots.stock(asked.stock)
        _, of_lot = await whose.lot(stock.source)
        permit.check(of_lot)
        await run(commands.offer, asked, by=permit.person, at=at)
    except Refusal as no:
        return await _one_shown(request, cycle, permit, at, form=form, no=no)
    return onward(f"/cycles/{id}#offers")


@post("/cycles/{id:str}/withdraw", opt={"op": "offer.withdraw"})
async def withdraw(request: Ask, id: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    cycle, place = await whose.cycle(id)
    permit.check(place)
    offer = (await Form.of(request)).raw("offer")
    if not any(known.cycle == cycle.id for known in (await queries.terms([offer])).values()):
        raise NotThere
    await run(commands.withdraw, offer, by=permit.person, at=at)
    return onward(f"/cycles/{id}#offers")


async def merchants(permit: Permit) -> list[GroupView]:
    """Who may sell under this permit: the networks and groups it reaches, the networks first."""
    found: dict[str, GroupView] = {}
    for reached in sorted(permit.groups()):
        found[reached] = await groups.group(reached)
        found |= {group.id: group for group in await groups.networks_groups(reached)}
    return sorted(found.values(), key=lambda group: (group.network is not None, group.name_th))


async def places_of(merchant: GroupView) -> list[PlaceView]:
    """Its own and its network's."""
    own = await places.places(merchant.id)
    return own + (await places.places(merchant.network) if merchant.network else [])


def _offering(form: Form, cycle: str) -> MakeOffer:
    """By the piece a step is one piece, at the weight of the heaviest."""
    piece, most = (
        form.grams(name) if form.raw(name).strip() else None for name in ("piece", "piece_max")
    )
    said = form.raw("shared_by") or SHARED_BY[0]
    shared_by = next((one for one in SHARED_BY if one == said), SHARED_BY[0])
    return MakeOffer(
        form.id(), cycle, form.text("stock"), form.text("product"), form.satang("price"),
        most or piece or form.grams("step"), piece, most, shared_by,
    )  # fmt: skip


def deposit_of(form: Form) -> int | None:
    """In percent; left empty: none."""
    if not form.raw("deposit_percent").strip():
        return None
    return form.whole("deposit_percent", least=1, most=DEPOSIT_PERCENT_MAX)


def moment_of(form: Form, name: str, today: date) -> datetime:
    return time_of(form, f"{name}_time", form.day(f"{name}_day", near=today))


def room_of(form: Form, tail: str = "") -> tuple[int | None, int | None]:
    """How many orders and grams fit; left empty: as many as come."""
    orders, kilos = f"capacity_orders{tail}", f"capacity_kg{tail}"
    return (
        form.whole(orders, least=1) if form.raw(orders).strip() else None,
        form.grams(kilos) if form.raw(kilos).strip() else None,
    )


def time_of(form: Form, name: str, on: date) -> datetime:
    """A time of that day in Thailand."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=BANGKOK)
    text = form.text(name)
    said = TIME.fullmatch(arabic(text))
    if said is None:
        form.wrong.setdefault(name, NotATime(field=name, given=text[:20]))
        return midnight.astimezone(UTC)
    return (midnight + timedelta(hours=int(said[1]), minutes=int(said[2]))).astimezone(UTC)


def _harvest_csv(
    say: Words, harvest: Sequence[orders.HarvestLine], names: Mapping[str, str]
) -> Response[bytes]:
    head = [say("Farmer"), say("Product"), say("Lot"), say("Orders"), say("Weight"), say("Pieces")]
    rows = [
        (names.get(line.farmer or "", ""), say.name(line), line.lot_code, line.orders,
         Kilos(line.grams), line.pieces)
        for line in harvest
    ]  # fmt: skip
    return sheet("to-harvest", head, rows)


async def _one_shown(
    request: Ask, cycle: CycleView, permit: Permit, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:  # fmt: skip
    say = words_for(request)
    harvest = await orders.harvest_list(cycle.id)
    names = await people.names(line.farmer for line in harvest if line.farmer)
    if no is None and wanted(request):
        return _harvest_csv(say, harvest, names)
    states = [order.state for order in await orders.orders_in(cycle.id)]
    there, several = await goods.stop(cycle, at, say), say("several farmers")
    sold = await goods.shop(cycle.id, {}, say)
    origin = request.app.state.settings.origin
    text = cycle_text.offered(say, there, sold, f"{origin}/shop/{cycle.id}")
    to_harvest = (
        cycle_text.to_harvest(say, there, harvest, f"{origin}/farm/lots") if harvest else ""
    )
    if no is None and for_line.wanted(request):
        return for_line.plain(to_harvest if "harvest" in request.query_params else text)
    return page(
        request, "cycle.html", steps=await steps.steps(cycle.id),
        reasons=await _reasons(cycle),
        may_call_off=cycle.state in GOES_ON,
        progress=await steps.progress(cycle.id) if cycle.state == CLOSING else None,
        no=no, typed=form.typed if form else {}, stop=there, goods=sold,
        lots=await _offerable(say, cycle, permit, sold) if there.state != "closed" else [],
        harvest=[
            {"line": line, "farmer": names.get(line.farmer, "–") if line.farmer else several}
            for line in harvest
        ],
        orders=[[state, states.count(state)] for state in sorted(set(states))],
        text=text if sold else "", to_harvest=to_harvest,
        promises=may(request, "rule.define", await whose.of_group(cycle.merchant)),
    )  # fmt: skip


async def _reasons(cycle: CycleView) -> list[dict[str, object]]:
    """Why ordering closes later, and why places closed; a calling off says why in its step."""
    of = {stop.id: stop.place for stop in cycle.stops}
    return [
        {"of": one, "place": await places.place(of[one.stop]) if one.stop else None}
        for one in await steps.reasons(cycle.id)
        if one.word != "called_off"
    ]


class _Offerable(msgspec.Struct, frozen=True):
    """A lot that has something left, with the products it may be sold as."""

    lot: lots.Lot
    crop: Any
    group: GroupView
    products: list[list[str]]


async def _offerable(
    say: Words, cycle: CycleView, permit: Permit, sold: Sequence[goods.Good]
) -> list[_Offerable]:
    merchant = await groups.group(cycle.merchant)
    growing = await groups.networks_groups(merchant.id) or (merchant,)
    taken = {good.line.lot for good in sold}
    selling = [id for id in (merchant.id, merchant.network) if id]
    named = [one for id in selling for one in await products.of_network(id)]
    found = []
    for group in growing:
        if not permit.sees(await whose.of_group(group.id)):
            continue
        for lot in await lots.of_group(group.id):
            fitting = [[one.id, say.name(one.name)] for one in named if one.crop == lot.crop]
            if lot.grams_left > 0 and lot.id not in taken:
                found.append(_Offerable(lot, crops.crop(lot.crop), group, fitting))
    return found


DOORS = [all_cycles, one, call_off, offer, withdraw]
