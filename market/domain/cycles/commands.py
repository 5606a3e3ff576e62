"""What staff do to a cycle: call it off, or make another like it."""

from __future__ import annotations

from datetime import datetime, timedelta

from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import run, transaction
from market.domain.cycles import clockwork, rules, steps
from market.domain.cycles.rules import CalledOff, CallOff, CloneCycle, Due
from market.domain.offers import commands as round_deeds
from market.domain.offers import queries as offers
from market.domain.offers import room
from market.domain.offers.rules import CycleOpened, MakeOffer, OpenCycle
from market.domain.offers.tables import CyclePlace
from market.domain.pickups import commands as pickups

LEFT = (
    "SELECT o.id, o.stock, o.product, o.satang_per_kg, o.step_grams, o.piece_grams,"
    " o.piece_grams_max FROM offer o JOIN stock s ON s.id = o.stock JOIN product p"
    " ON p.id = o.product LEFT JOIN lot l ON l.id = o.lot WHERE o.cycle = {}"
    " AND o.withdrawn_at IS NULL AND s.frozen = 0 AND s.available_grams >= o.step_grams"
    " AND (l.id IS NULL OR l.crop = p.crop) ORDER BY o.id"
)


async def call_off(asked: CallOff, *, by: str, at: datetime) -> CalledOff:
    """From this moment nothing is ordered in it; its orders are given back in credit, by the
    clock if not at once. Again changes nothing."""
    called = await run(_call_off, asked, by=by, at=at)
    await clockwork.give_back(asked.cycle, at)
    return called


async def _call_off(asked: CallOff, *, by: str, at: datetime) -> CalledOff:
    async with transaction():
        cycle = await offers.cycle(asked.cycle)
        called = CalledOff(cycle.id, cycle.merchant)
        if cycle.state in (rules.CANCELLING, rules.CANCELLED):
            return called
        rules.ensure_can_be_called_off(cycle.state, asked.because)
        due = Due(cycle.id, rules.CANCELLING, at)
        because = asked.because.strip()[: rules.REASON_MAX]
        if not await steps.claim(due, *rules.GOES_ON, by=by, at=at, because=because):
            raise rules.AlreadyOver(state=(await offers.cycle(cycle.id)).state)
        shut = [(CyclePlace, one.id) for one in cycle.stops if await room.shut(one.id, at)]
        await steps.tell(due, called, *shut, by=by, at=at)
    return called


async def clone(asked: CloneCycle, *, by: str, at: datetime) -> CycleOpened:
    """The same places and hours so many days later, and the offers of whose lots, or expected
    harvests, something is left. Under the split rule in force then."""
    return await run(_clone, asked, by=by, at=at)


async def _clone(asked: CloneCycle, *, by: str, at: datetime) -> CycleOpened:
    of, later = await offers.cycle(asked.of), timedelta(days=asked.days)
    first, *more = [one.as_asked(later) for one in of.stops]
    opening = OpenCycle(
        asked.id, of.merchant, asked.name_th, asked.name_en, first.place, of.opens_at + later,
        of.closes_at + later, first.pickup_from, first.pickup_until, of.hold_minutes, None,
        first.capacity_orders, first.capacity_grams, tuple(more), of.deposit_percent,
    )  # fmt: skip
    opened = await round_deeds.open_cycle(opening, by=by, at=at)
    await pickups.carry_on(of.id, asked.id, by=by, at=at)
    for row in await in_use().query(LEFT, of.id):
        made = MakeOffer(following(asked.id, row.pop("id")), asked.id, **row)
        await round_deeds.offer(made, by=by, at=at)
    return opened
