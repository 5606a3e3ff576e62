"""Beginning, pausing, skipping and ending a standing order; and its turn in a round."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

import msgspec

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.refusal import Refusal
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.offers import queries as offers
from market.domain.offers import shelves
from market.domain.offers.queries import CycleView
from market.domain.offers.refusals import PlaceFull
from market.domain.offers.rules import CycleStop
from market.domain.orders import changing
from market.domain.orders import commands as orders
from market.domain.orders.rules import (
    CASH,
    CREDIT,
    DEPOSIT,
    PAID_FIRST,
    Line,
    OrderPlaced,
    PlaceOrder,
)
from market.domain.places import queries as places
from market.domain.products import queries as products
from market.domain.standing import queries, rules
from market.domain.standing.queries import StandingRow
from market.domain.standing.rules import Basket, Begin, Miss, Offered, Outcome, Why, Wish
from market.domain.standing.tables import Favourite, Standing, StandingMiss, StandingWish

CLOCK = "clock"


async def begin(wanted: Begin, *, by: str, at: datetime) -> rules.Begun:
    """From the next round on that opens; the same id again is answered as before."""
    do = partial(_begin, wanted, by=by, at=at)
    return await asked.once(wanted.id, "standing.begin", wanted, do, rules.Begun, by=by, at=at)


async def _begin(wanted: Begin, *, by: str, at: datetime) -> rules.Begun:
    rules.ensure_begin(wanted)
    await groups.group(wanted.merchant)
    await places.place(wanted.place)
    for wish in wanted.wishes:
        await products.product(wish.product)
    row = Standing(
        id=wanted.id, person=by, merchant=wanted.merchant, place=wanted.place, rail=wanted.rail,
        every_weeks=wanted.every_weeks, satang_most=wanted.satang_most, since=at,
        paused_from=None, paused_until=None, skips_next=False, ended_at=None,
    )  # fmt: skip
    await insert(row)
    for number, wish in enumerate(wanted.wishes):
        wished = StandingWish(
            id=new_id(), standing=wanted.id, place_in_list=number, product=wish.product,
            grams=wish.grams, satang_per_kg_most=wish.satang_per_kg_most,
        )  # fmt: skip
        await insert(wished)
    begun = rules.Begun(wanted.id, by, wanted.merchant, wanted.every_weeks)
    log.append(begun, subject=wanted.id, by=by, at=at)
    return begun


async def pause(id: str, wanted: rules.Pause | None, *, by: str, at: datetime) -> None:
    """None: it goes on."""
    async with transaction():
        await _ensure_goes_on(id, by)
        if wanted:
            rules.ensure_pause(wanted, local_day(at))
        days = (wanted.since, wanted.until) if wanted else (None, None)
        await in_use().query(
            "UPDATE standing_order SET paused_from = {}, paused_until = {} WHERE id = {}",
            *days, id,
        )  # fmt: skip


async def skip(id: str, *, next_round: bool, by: str) -> None:
    """The next round that opens passes it by, or not after all."""
    async with transaction():
        await _ensure_goes_on(id, by)
        await in_use().query(
            "UPDATE standing_order SET skips_next = {} WHERE id = {}", next_round, id
        )


async def end(id: str, *, by: str, at: datetime) -> rules.Ended:
    """Orders that came of it stay; ended twice is ended."""
    async with transaction():
        await queries.one(id, by)
        ended = rules.Ended(id, by)
        if await in_use().query(
            "UPDATE standing_order SET ended_at = {} WHERE id = {} AND ended_at IS NULL"
            " RETURNING id",
            at, id,
        ):  # fmt: skip
            log.append(ended, subject=id, by=by, at=at)
    return ended


async def _ensure_goes_on(id: str, person: str) -> None:
    if (await queries.one(id, person)).ended_at is not None:
        raise rules.HasEnded


async def keep(product: str, *, kept: bool, by: str, at: datetime) -> None:
    """A favourite, or none any more; twice is once."""
    async with transaction():
        await products.product(product)
        if not kept:
            await in_use().query(
                "DELETE FROM favourite WHERE person = {} AND product = {}", by, product
            )
            return
        row = Favourite(id=new_id(), person=by, product=product, at=at)
        await Favourite.insert(row).on_conflict(
            target=(Favourite.person, Favourite.product), action="DO NOTHING"
        )


async def take_turn(id: str, cycle: str, *, at: datetime) -> OrderPlaced | None:
    """What the round can give of it is ordered once; the rest is told with why.

    The turn is claimed first, so that of two clocks one goes on. Its order waits for money until
    `rules.hold_until`.
    """
    async with transaction():
        turn, placed = new_id(), None
        if not await _claim(turn, id, cycle, at):
            return None
        mine, round_ = await queries.stored(id), await offers.cycle(cycle)
        stop = next(iter(round_.at_place(mine.place)), None)
        if passed := await _passed_by(mine, stop or round_.stops[0], turn):
            await _keep(turn, passed, None)
            return None
        found = await _found(mine, round_, stop)
        if found.lines and stop:
            placed = await _order(mine, round_, stop, found, turn, at)
        await _tell(mine, cycle, turn, found, placed, at)
    return placed


async def pass_over(id: str, cycle: str, no: Refusal, *, at: datetime) -> None:
    """It could not be ordered, whatever is there: the place is full, or was closed."""
    async with transaction():
        turn = new_id()
        if await _claim(turn, id, cycle, at):
            wishes = await queries.wishes(id)
            nothing = _nothing(wishes, "no_room" if isinstance(no, PlaceFull) else "not_offered")
            await _tell(await queries.stored(id), cycle, turn, nothing, None, at)


async def _claim(turn: str, id: str, cycle: str, at: datetime) -> bool:
    return bool(
        await in_use().query(
            "INSERT INTO standing_turn (id, standing, cycle, outcome, at)"
            " VALUES ({}, {}, {}, 'not_due', {}) ON CONFLICT (standing, cycle) DO NOTHING"
            " RETURNING id",
            turn, id, cycle, at,
        )
    )  # fmt: skip


async def _tell(
    mine: StandingRow, cycle: str, turn: str, found: Basket, placed: OrderPlaced | None,
    at: datetime,
) -> None:  # fmt: skip
    await _keep(turn, found.outcome, placed)
    for miss in found.misses:
        await _miss(turn, miss)
    told = rules.Turned(mine.id, mine.person, cycle, found.outcome)
    if placed:
        told = msgspec.structs.replace(told, order=placed.order, code=placed.code)
    log.append(told, subject=mine.id, by=CLOCK, at=at)


def _nothing(wishes: Iterable[Wish], why: Why) -> Basket:
    return Basket((), tuple(Miss(one.product, one.grams, why) for one in wishes))


async def _passed_by(mine: StandingRow, stop: CycleStop, turn: str) -> Outcome | None:
    on, last = local_day(stop.pickup_from), await queries.last_pickup(mine.id, but=turn)
    if rules.is_paused(mine.paused_from, mine.paused_until, on):
        return "paused"
    if not rules.is_due(mine.every_weeks, local_day(last) if last else None, on):
        return "not_due"
    if not mine.skips_next:
        return None
    await skip(mine.id, next_round=False, by=mine.person)
    return "skipped"


async def _found(mine: StandingRow, round_: CycleView, stop: CycleStop | None) -> Basket:
    wishes = await queries.wishes(mine.id)
    if stop is None:
        return _nothing(wishes, "not_offered")
    offered = [
        Offered(one.offer, one.product, one.satang_per_kg, one.step_grams, one.grams_left)
        for one in await shelves.lines_of(round_.id, [wish.product for wish in wishes])
    ]
    found = rules.basket(wishes, offered, mine.satang_most)
    if mine.rail == CREDIT:
        left = await balance(credit(mine.merchant, mine.person))
        if found.satang > left:
            return _nothing(wishes, "no_credit")
    return found


async def _order(
    mine: StandingRow, round_: CycleView, stop: CycleStop, found: Basket, turn: str, at: datetime
) -> OrderPlaced:
    id = following(turn, "order")
    lines = tuple(Line(following(id, one.offer), one.offer, one.grams) for one in found.lines)
    pays = DEPOSIT if mine.rail == CASH and round_.deposit_percent else mine.rail
    wanted = PlaceOrder(id, round_.id, mine.person, pays, lines, None, stop.id)
    placed = await orders.place(wanted, by=mine.person, at=at)
    if pays in PAID_FIRST:
        until = rules.hold_until(round_.closes_at, at)
        await changing.hold_until(id, until, by=CLOCK, at=at)
    return placed


async def _keep(turn: str, outcome: Outcome, placed: OrderPlaced | None) -> None:
    await in_use().query(
        'UPDATE standing_turn SET outcome = {}, "order" = {} WHERE id = {}',
        outcome, placed and placed.order, turn,
    )  # fmt: skip


async def _miss(turn: str, miss: Miss) -> None:
    row = StandingMiss(id=new_id(), turn=turn, product=miss.product, grams=miss.grams, why=miss.why)
    await insert(row)
