"""The journeys of a day as its published plan drives them."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from certification.areas import queries as areas
from certification.basis.database import in_use
from certification.basis.units import Instant
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.people import queries as people
from certification.plots import queries as plots
from market.domain.fleet import queries as fleet
from market.domain.fleet.rules import SetTerms
from market.domain.journeys.rules import (
    Goods,
    Journey,
    NotPublished,
    OrderLine,
    Pickup,
    Spot,
    Terms,
    Visit,
    initial,
)
from market.domain.lots import queries as lots
from market.domain.places import queries as places
from market.domain.products.rules import CRATE_GRAMS
from market.domain.trips import queries as trips
from market.domain.trips.check import Checked, check
from market.domain.trips.gathered import crop_of, goods_key, lot_of
from market.domain.trips.parts import place_of
from market.domain.trips.queries import PlannedVisit, Published
from market.domain.trips.views import DayTruckView, DayView, PreOrder

PRICE = (
    "SELECT f.satang_per_kg FROM offer f JOIN lot l ON l.id = f.lot WHERE l.code = {}"
    " ORDER BY f.at DESC, f.id DESC LIMIT 1"
)


async def journeys(day: str) -> list[Journey]:
    """Of each truck that goes out; NoSuchDay, NotPublished."""
    seen, plan = await trips.day(day), await trips.published_plan(day)
    if plan is None:
        raise NotPublished()
    driven = check(plan.problem, plan.plan)
    going = {one.truck: one for one in seen.trucks}
    goods = await _goods(plan)
    found = [
        await _journey(seen, going[truck.id], plan, driven, at, goods)
        for at, truck in enumerate(plan.problem.trucks)
        if truck.id in going and any(one.truck == truck.id for one in plan.visits)
    ]
    unplanned = await _unplanned(seen, found)
    return [msgspec.structs.replace(one, spare=(*one.spare, *unplanned)) for one in found]


class TypedPart(msgspec.Struct, frozen=True):
    part: str
    by: str
    at: Instant


async def typed_parts(truck: str) -> dict[str, TypedPart]:
    """What of a truck's day was typed in from paper: morning, evening, the place of a stop."""
    rows = await in_use().query(
        'SELECT part, "by", at FROM typed_from_paper WHERE truck = {} ORDER BY at', truck
    )
    return {row["part"]: msgspec.convert(row, TypedPart, strict=False) for row in rows}


async def _journey(
    day: DayView, going: DayTruckView, plan: Published, driven: Checked, at: int,
    goods: dict[str, Goods],
) -> Journey:  # fmt: skip
    truck, operator = await fleet.truck(going.truck), await groups.group(day.operator)
    base = await _place(truck.base)
    planned = sorted((v for v in plan.visits if v.truck == truck.id), key=lambda v: v.seq)
    visits = [await _visit(day, plan, one, base, goods) for one in planned]
    return Journey(
        going.id, day.id, day.on, truck.id, truck.name, truck.plate,
        operator.name_th, operator.name_en, plan.version.version,
        plan.version.published_at or plan.version.at, day.state == "cancelled", plan.problem.roads,
        base, driven.leave_base[at], driven.back_at_base[at], driven.metres[at], tuple(visits),
        _by_lot(planned[-1].load, goods),
    )  # fmt: skip


async def _unplanned(day: DayView, found: list[Journey]) -> list[Goods]:
    """Lots at the base that the plan puts on no truck: with one truck they go along, of several
    each may take them, and nobody says how much.
    """
    planned = {x.lot_code for one in found for v in one.loadings for x in v.goods}
    goods = []
    for one in day.lots:
        lot = await lots.lot(one.lot)
        if one.at_base and one.walk_up_grams and lot.code not in planned:
            grams = one.walk_up_grams if len(found) == 1 else 0
            named = await _named(goods_key(lot.crop, lot.code), {})
            goods.append(_so_much(named, grams))
    return goods


async def _visit(
    day: DayView, plan: Published, one: PlannedVisit, base: Spot, goods: dict[str, Goods]
) -> Visit:
    kind, spot, grower = one.kind, base, ""
    if one.kind == "stop":
        spot = await _place(one.id)
    elif one.id.partition(":")[0] == "base":
        kind = "base"
    else:
        spot, grower = await _plot(one.id)
    known = next(visit for visit in plan.problem.visits if visit.id == one.id)
    crates = _crates(plan, one)
    stop = one.kind == "stop"
    return Visit(
        one.id, one.seq, kind, spot, one.arrive_s, one.start_s, one.leave_s,
        known.windows if stop else (), _by_lot(one.goods, goods), crates,
        {lot_of(key): grams for key, grams in one.load.items()}, grower,
        _terms(await fleet.terms(one.id)) if stop else Terms(),
        await _pickups(day, one.id) if stop else (),
        stop and one.id not in day.places,
    )  # fmt: skip


def _crates(plan: Published, one: PlannedVisit) -> int:
    """Of all its parts that this truck loads."""
    routes = zip(plan.problem.trucks, plan.plan.routes, strict=True)
    mine = {id for truck, ids in routes if truck.id == one.truck for id in ids}
    parts = [v for v in plan.problem.visits if place_of(v.id) == one.id and v.id in mine]
    return sum(visit.crates for visit in parts)


def _terms(of: SetTerms | None) -> Terms:
    if of is None:
        return Terms()
    return Terms(of.host_name or "", of.host_phone or "", of.parking_note or "", of.fee_satang)


async def _pickups(day: DayView, place: str) -> tuple[Pickup, ...]:
    """By code."""
    lines = defaultdict[str, list[PreOrder]](list)
    for line in await trips.pre_orders(day, (place,)):
        lines[line.code].append(line)
    known = await people.particulars_of(each[0].buyer for each in lines.values())
    found = []
    for code, each in lines.items():
        of = known.get(each[0].buyer)
        found.append(Pickup(
            code, initial(of.name) if of else "", (of.phone or "")[-4:] if of else "",
            not each[0].due_satang, each[0].state == "handed_over", tuple(map(_line, each)),
            each[0].due_satang,
        ))  # fmt: skip
    return tuple(found)


def _line(one: PreOrder) -> OrderLine:
    return OrderLine(one.lot_code, one.name_th, one.name_en, one.grams, one.satang)


async def _goods(plan: Published) -> dict[str, Goods]:
    """What each `crop:LOTCODE` of the plan is called, and costs."""
    told = {k: s for visit in plan.problem.visits for k, s in visit.satang_per_kg.items()}
    keys = {key for visit in plan.problem.visits for key in visit.goods}
    full = plan.problem.crate_grams
    return {
        key: msgspec.structs.replace(
            await _named(key, told), crate_grams=full.get(key, CRATE_GRAMS)
        )
        for key in sorted({*keys, *told})
    }


async def _named(key: str, told: dict[str, int]) -> Goods:
    name = crops.crop(crop_of(key)).name
    price = told.get(key)
    if price is None:
        rows = await in_use().query(PRICE, lot_of(key))
        price = rows[0]["satang_per_kg"] if rows else None
    return Goods(lot_of(key), name.th, name.en, 0, 0, price)


def _by_lot(grams: dict[str, int], known: dict[str, Goods]) -> tuple[Goods, ...]:
    """The plan's `crop:LOTCODE` with their names."""
    return tuple(_so_much(known[key], each) for key, each in grams.items() if each)


def _so_much(of: Goods, grams: int) -> Goods:
    return msgspec.structs.replace(of, grams=grams, crates=-(-grams // of.crate_grams))


async def _place(id: str) -> Spot:
    found = await places.place(id)
    where = areas.address(found.tambon), areas.address(found.tambon, "en")
    return Spot(found.name_th, found.name_en, *where, found.lat_e6 * 10, found.lon_e6 * 10)


async def _plot(id: str) -> tuple[Spot, str]:
    """And who farms it."""
    found = await plots.plot(id)
    code = f"{found.code[:4]}-{found.code[4:]}"
    village = f"หมู่ {found.moo} " if found.moo else "", f"Moo {found.moo}, " if found.moo else ""
    names = await people.names([found.farmer])
    spot = Spot(
        f"แปลง {code}", f"Plot {code}", f"{village[0]}{areas.address(found.tambon)}",
        f"{village[1]}{areas.address(found.tambon, 'en')}", found.lat_e7, found.lon_e7,
    )  # fmt: skip
    return spot, names.get(found.farmer, "")
