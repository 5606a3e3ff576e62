"""A merchant opens a cycle under one split rule, and offers lots in it until it closes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from market.domain.floors import queries as floors
from market.domain.lineage import queries as lineage
from market.domain.lots import commands as lots
from market.domain.offers import queries, refusals, room, rules
from market.domain.offers.tables import Cycle, CyclePlace, Offer
from market.domain.places.queries import public_place
from market.domain.splits import queries as splits
from market.domain.splits.rules import NotInForce

MOVE_ON = "UPDATE cycle SET state = {} WHERE id = {} AND state IN (<before>) RETURNING id"


async def open_cycle(cycle: rules.OpenCycle, *, by: str, at: datetime) -> rules.CycleOpened:
    """Under the split rule in force on its first day.

    Refused: times out of order, another network's place, any other rule.
    """
    do = partial(_open_cycle, cycle, by=by, at=at)
    return await asked.once(
        cycle.id, "offers.open_cycle", cycle, do, rules.CycleOpened, by=by, at=at
    )


async def _open_cycle(cycle: rules.OpenCycle, *, by: str, at: datetime) -> rules.CycleOpened:
    rules.ensure_cycle(cycle, at)
    async with transaction():
        await _ensure_own_places(cycle)
        rule = await splits.in_force(cycle.merchant, local_day(max(at, cycle.opens_at)))
        if cycle.split_rule not in (None, rule.id):
            raise NotInForce()
        row = Cycle(
            id=cycle.id, merchant=cycle.merchant, name_th=cycle.name_th, name_en=cycle.name_en,
            opens_at=cycle.opens_at, closes_at=cycle.closes_at, hold_minutes=cycle.hold_minutes,
            split_rule=rule.id, state="planned", by=by, at=at,
            deposit_percent=cycle.deposit_percent,
        )  # fmt: skip
        await insert(row)
        stops = [
            stop_row(following(cycle.id, f"place {number}"), cycle.id, stop)
            for number, stop in enumerate(cycle.stops, 1)
        ]
        await insert(*stops)
        await room.lay(stops)
        opened = rules.CycleOpened(cycle.id, cycle.merchant, rule.id)
        rows = [(CyclePlace, stop.id) for stop in stops]
        log.append(opened, (Cycle, cycle.id), *rows, subject=cycle.id, by=by, at=at)
    return opened


async def _ensure_own_places(cycle: rules.OpenCycle) -> None:
    selling = await queries.selling_as(cycle.merchant)
    for place in dict.fromkeys(stop.place for stop in cycle.stops):
        if (await public_place(place)).network not in selling:
            raise refusals.OtherPlace(place=place)


def stop_row(id: str, cycle: str, asked: rules.PickUp) -> CyclePlace:
    return CyclePlace(
        id=id, cycle=cycle, place=asked.place,
        pickup_from=asked.pickup_from, pickup_until=asked.pickup_until,
        capacity_orders=asked.capacity_orders, capacity_grams=asked.capacity_grams,
    )  # fmt: skip


async def claim(cycle: str) -> None:
    """Held until the deed ends: what was sold in it is divided, or taken back, one after the
    other. Who orders is not kept waiting. NoSuchCycle."""
    if not await in_use().query("UPDATE cycle SET at = at WHERE id = {} RETURNING id", cycle):
        raise refusals.NoSuchCycle()


async def move_on(cycle: str, state: str, before: Sequence[str]) -> bool:
    """From one of these states; False where somebody else was before us."""
    asked = MOVE_ON.replace("<before>", ", ".join("{}" for _ in before))
    return bool(await in_use().query(asked, state, cycle, *before))


async def offer(offer: rules.MakeOffer, *, by: str, at: datetime) -> rules.Offered:
    """Of a lot's stock, before the cycle closes; a lot has one price in a cycle."""
    do = partial(_offer, offer, by=by, at=at)
    return await asked.once(offer.id, "offers.offer", offer, do, rules.Offered, by=by, at=at)


async def _offer(offer: rules.MakeOffer, *, by: str, at: datetime) -> rules.Offered:
    async with transaction():
        cycle = await queries.cycle(offer.cycle)
        rules.ensure_before_closing(cycle.times, at)
        goods = await queries.goods(offer.stock, offer.product, cycle.merchant)
        rules.ensure_offer(offer, goods)
        growers = {goods.farmer} if goods.farmer else await lineage.farmers_of(goods.lot or "")
        await floors.ensure_not_below(offer.satang_per_kg, growers, goods.crop, local_day(at))
        piece, piece_max = rules.piece_of(offer, goods)
        await lots.ensure_free(offer.stock)
        new = await in_use().query(
            'INSERT INTO offer (id, cycle, lot, stock, product, "group", farmer, satang_per_kg,'
            " step_grams, piece_grams, piece_grams_max, shared_by,"
            ' "by", at)'
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (cycle, stock) DO NOTHING RETURNING id",
            *(offer.id, offer.cycle, goods.lot, offer.stock, offer.product, goods.group),
            *(goods.farmer, offer.satang_per_kg, offer.step_grams, piece, piece_max),
            *(offer.shared_by, by, at),
        )
        if not new:
            raise refusals.AlreadyOffered(lot=goods.lot or "")
        offered = rules.Offered(offer.id, offer.cycle, offer.stock, offer.satang_per_kg)
        log.append(offered, (Offer, offer.id), subject=offer.id, by=by, at=at)
    return offered


async def withdraw(offer: str, *, by: str, at: datetime) -> rules.Withdrawn:
    """Nothing more is ordered of it; what was ordered stays ordered. Again changes nothing."""
    async with transaction():
        rows = await in_use().query("SELECT cycle FROM offer WHERE id = {}", offer)
        if not rows:
            raise refusals.NoSuchOffer()
        withdrawn = rules.Withdrawn(offer, rows[0]["cycle"])
        new = await in_use().query(
            "UPDATE offer SET withdrawn_at = {} WHERE id = {} AND withdrawn_at IS NULL"
            " RETURNING id",
            at, offer,
        )  # fmt: skip
        if new:
            log.append(withdrawn, (Offer, offer), subject=offer, by=by, at=at)
    return withdrawn
