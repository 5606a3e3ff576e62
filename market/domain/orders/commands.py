"""Orders take grams before money and give back both; each claims the order's state first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from piccolo.table import Table

from certification.basis import asked, codes, log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.people import commands as people
from certification.people.rules import Particulars
from market.domain.bundles import commands as packing
from market.domain.bundles import queries as bundles
from market.domain.bundles.rules import SoldOut, Wanted
from market.domain.floors.rules import BelowMinimum
from market.domain.ledger import commands as ledger
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import AccountName, credit, discount, earned, held, postings
from market.domain.lots import commands as lots
from market.domain.lots.rules import OrderDeed, Portion
from market.domain.offers import queries as offers
from market.domain.offers import room
from market.domain.offers.queries import CycleView
from market.domain.offers.rules import CycleStop, chosen
from market.domain.orders import deposits, missed, queries, refusals, rules
from market.domain.orders.queries import StoredOrder
from market.domain.orders.rules import PlaceOrder, PricedLine
from market.domain.orders.tables import Order, OrderLine, Reservation

DEED = "orders.place"
EXPIRE_AT_ONCE = 100
Told = tuple[type[Table], str]
"""A row that was made or changed, as the log asks."""


async def place(order: PlaceOrder, *, by: str, at: datetime) -> rules.OrderPlaced:
    """Reserve the grams, and the credit if that is the rail; the same id again is the same order.

    Refused: closed, withdrawn, no multiple of the step, `lots.sold_out` with the grams left,
    `ledger.not_enough`.
    """
    do = partial(_place, order, by=by, at=at)
    return await asked.once(order.id, DEED, body(order), do, rules.OrderPlaced, by=by, at=at)


def body(order: PlaceOrder) -> tuple[object, ...]:
    """Without the guest: a name and number must not become guessable from a digest."""
    said = (order.cycle, order.buyer, order.rail, order.lines, order.stop)
    return (*said, order.bundles) if order.bundles else said


async def _place(order: PlaceOrder, *, by: str, at: datetime) -> rules.OrderPlaced:
    cycle, stop, lines = await agreed(order, at)
    if order.guest:
        await people.register(order.buyer, particulars(order.guest), by=by, at=at)
    satang = sum(line.satang for line in lines)
    deposit = deposits.placed(order.rail, satang, cycle.deposit_percent)
    placed = rules.OrderPlaced(
        order.id, await codes.issue("order", order.id, at=at), cycle.id, cycle.merchant,
        order.rail, satang, satang - deposits.ahead(order.rail, satang, deposit),
    )  # fmt: skip
    until = rules.expires_at(order.rail, cycle.hold_minutes, stop.pickup_until, at)
    await _write(order, placed, stop.id, until, by=by, at=at)
    rows = await _reserve(order.id, lines, until, by=by, at=at)
    await room.take(stop, sum(line.grams for line in lines))  # last: who comes after waits for it
    if order.rail == rules.CREDIT:
        spent = (credit(cycle.merchant, order.buyer), held(cycle.merchant, order.id))
        spending = postings((*spent, placed.satang))
        await ledger.post(new_id(), "credit_spent", order.id, spending, by=by, at=at)
    log.append(placed, (Order, order.id), *rows, subject=order.id, by=by, at=at)
    return placed


async def agreed(order: PlaceOrder, at: datetime) -> tuple[CycleView, CycleStop, list[PricedLine]]:
    """What its round and its offers say to it; whether the goods are there is asked after that."""
    cycle = await offers.cycle(order.cycle)
    named = dict.fromkeys(o for line in order.lines for o in (line.offer, line.instead) if o)
    terms = await offers.terms([*named])
    lines = rules.priced(order, terms, cycle.times, at)
    stop = chosen(cycle.stops, order.stop)
    for wanted in order.bundles:
        lines += await bundled(wanted, order.cycle, at)
    return cycle, stop, lines


def particulars(guest: rules.Guest) -> Particulars:
    return Particulars(guest.name, guest.phone)


async def bundled(wanted: Wanted, cycle: str, at: datetime) -> list[PricedLine]:
    """`bundles.sold_out` names the part, also where only a grower's minimum stands in the way."""
    parts = await bundles.resolved(wanted, cycle)
    for part in parts:
        try:
            await packing.ensure_not_below(part, at)
        except BelowMinimum:
            raise SoldOut(part=part.part) from None
    return [
        PricedLine(
            following(wanted.id, f"part {n}"), one.offer, one.stock, one.grams, one.satang_per_kg,
            one.satang, one.pieces, bundle=wanted.bundle, bundles=wanted.count,
        )
        for n, one in enumerate(parts)
    ]  # fmt: skip


async def _write(
    order: PlaceOrder, placed: rules.OrderPlaced, stop: str, until: datetime | None, *,
    by: str, at: datetime,
) -> None:  # fmt: skip
    row = Order(
        id=order.id, code=placed.code, cycle=order.cycle, stop=stop,
        merchant=placed.merchant, buyer=order.buyer, state="held" if until else "confirmed",
        rail=order.rail, total_satang=placed.satang, final_satang=None, placed_at=at,
        deposit_satang=placed.satang - placed.due_satang if order.rail == rules.DEPOSIT else None,
        expires_at=until, guest_key_hash=order.guest.key_hash if order.guest else None, by=by,
    )  # fmt: skip
    await insert(row)


async def _reserve(
    order: str, lines: list[PricedLine], until: datetime | None, *, by: str, at: datetime
) -> list[Told]:
    """In the order of the stocks' ids, so that two baskets never wait for one another."""
    state = "held" if until else "confirmed"
    stored, reserved = list[OrderLine](), list[Reservation]()
    for line in sorted(lines, key=lambda line: line.stock):
        stored.append(OrderLine(
            id=line.id, order=order, offer=line.offer, grams=line.grams,
            satang_per_kg=line.satang_per_kg, satang=line.satang, pieces=line.pieces,
            if_short=line.if_short, least_grams=line.least_grams, instead=line.instead,
            bundle=line.bundle, bundles=line.bundles,
        ))  # fmt: skip
        reserved.append(Reservation(
            id=new_id(), line=line.id, stock=line.stock, grams=line.grams, state=state,
            expires_at=until,
        ))  # fmt: skip
    portions = [Portion(one.stock, one.grams, one.id) for one in reserved]
    await lots.pour_each("hold" if until else "take", portions, by=by, at=at)
    await insert(*stored)
    await insert(*reserved)
    return [*((OrderLine, row.id) for row in stored), *((Reservation, row.id) for row in reserved)]


async def secure(order: str, *, by: str, at: datetime, part: int | None = None) -> bool:
    """Its money has come: are its goods there? Called by payments, inside their transaction.

    A held order is confirmed unless a lot of it was recalled; an expired one too, if all its grams
    can still be had and there is time to fetch them. Otherwise False, and nothing has changed.
    `part`: so much of it came, and the rest is paid at the pick-up.
    """
    async with transaction():
        if await _claim(order, "held", "confirmed"):
            lines = _portions(await queries.ordered_lines(order))
            if not await lots.sell_if_free(lines, by=by, at=at):
                await _claim(order, "confirmed", "held")
                return False
        elif not await _retake(order, by=by, at=at):
            return False
        if part is not None:
            await in_use().query(
                "UPDATE preorder SET rail = 'deposit', deposit_satang = {} WHERE id = {}",
                part, order,
            )  # fmt: skip
        await _confirmed(order, by=by, at=at)
    return True


def _portions(lines: Iterable[rules.OrderedLine]) -> list[Portion]:
    """Of a line that was left out nothing is reserved."""
    return [Portion(line.stock, line.grams, line.reservation) for line in lines if line.grams]


def _stocks(lines: Iterable[rules.OrderedLine]) -> list[str]:
    """Each once, in the order in which all deeds claim them."""
    return sorted({line.stock for line in lines})


async def _retake(order: str, *, by: str, at: datetime) -> bool:
    """Claimed first: of two payments that come late only one may take the stock again."""
    stored = await queries.stored(order)
    if at >= stored.pickup_until or not await _claim(order, "expired", "confirmed"):
        return False
    taken: list[rules.OrderedLine] = []
    for line in await queries.ordered_lines(order):
        if not await lots.take_if_left(
            line.stock, line.grams, subject=line.reservation, by=by, at=at
        ):
            return await _not_retaken(order, taken, by=by, at=at)
        taken.append(line)
    if await room.take_if_left(stored.stop, sum(line.grams for line in taken)):
        return True
    return await _not_retaken(order, taken, by=by, at=at)


async def _not_retaken(
    order: str, taken: list[rules.OrderedLine], *, by: str, at: datetime
) -> bool:
    for back in taken:
        await lots.unsell(back.stock, back.grams, subject=back.reservation, by=by, at=at)
    await _claim(order, "confirmed", "expired")
    return False


async def pay_at_stall(order: str, *, by: str, at: datetime) -> rules.OrderConfirmed:
    """The buyer of a held order changes from PromptPay to cash at pick-up; not where its round
    asks for a deposit."""
    async with transaction():
        stored = await queries.stored(order)
        if stored.buyer != by:
            raise refusals.NoSuchOrder()
        rules.ensure_open_state(stored.state)
        deposits.placed(rules.CASH, stored.total_satang, stored.deposit_percent)
        if not await _claim(order, "held", "confirmed"):
            raise refusals.AlreadyPaid()
        await in_use().query(
            "UPDATE preorder SET rail = {}, deposit_satang = NULL WHERE id = {}", rules.CASH, order
        )
        lines = await queries.ordered_lines(order)
        await lots.pour_each("sell", _portions(lines), by=by, at=at)
        return await _confirmed(order, by=by, at=at)


async def _confirmed(order: str, *, by: str, at: datetime) -> rules.OrderConfirmed:
    [row] = await in_use().query(
        "UPDATE preorder SET expires_at = NULL WHERE id = {} RETURNING rail", order
    )
    rows = await _set_reservations(order, "confirmed")
    confirmed = rules.OrderConfirmed(order, row["rail"])
    log.append(confirmed, (Order, order), *rows, subject=order, by=by, at=at)
    return confirmed


async def expire(*, at: datetime, by: str = "clock") -> int:
    """Give back the grams of unpaid orders whose time is over; how many orders that were."""
    async with transaction():
        ended = await in_use().query(
            "UPDATE preorder SET state = 'expired' WHERE state = 'held' AND id IN (SELECT id"
            " FROM preorder WHERE state = 'held' AND expires_at <= {} ORDER BY expires_at, id"
            " LIMIT {}) RETURNING id",
            at, EXPIRE_AT_ONCE,
        )  # fmt: skip
        orders = sorted(row["id"] for row in ended)
        lines = [line for order in orders for line in await queries.ordered_lines(order)]
        lines.sort(key=lambda line: (line.stock, line.id))
        await lots.pour_each("release", _portions(lines), by=by, at=at)
        await room.give_back(await queries.room_taken(orders))
        for order in orders:
            rows = await _set_reservations(order, "expired")
            expired = rules.OrderExpired(order)
            log.append(expired, (Order, order), *rows, subject=order, by=by, at=at)
    return len(orders)


async def cancel(
    asked_: rules.CancelOrder, *, by: str, at: datetime, kept_percent: int = 0
) -> rules.OrderCancelled:
    """By the buyer until the cycle closes, by the merchant until handover; what was paid is
    credit with the merchant. `kept_percent`: of the price, where nobody came and it was said so."""
    async with transaction():
        order = await queries.stored(asked_.order)
        if order.buyer != by if asked_.merchant is None else order.merchant != asked_.merchant:
            raise refusals.NoSuchOrder()
        rules.ensure_open_state(order.state)
        if asked_.merchant is None:
            rules.ensure_in_time_to_cancel(order.closes_at, at, shut=order.shut)
        if not await _claim(order.id, order.state, "cancelled"):
            rules.ensure_open_state((await queries.stored(order.id)).state)
            raise refusals.AlreadyPaid()  # it was paid at this moment: asked again, it is cancelled
        was, order = order.state, await queries.stored(order.id)  # nobody changes it any more
        lines = await queries.ordered_lines(order.id)
        pour: OrderDeed = "release" if was == "held" else "unsell"
        await lots.pour_each(pour, _portions(lines), by=by, at=at)
        await room.give_back(await queries.room_taken([order.id]))
        rows = await _set_reservations(order.id, "cancelled")
        kept = {}
        if kept_percent and was == "confirmed":
            kept = await missed.keep(order, lines, kept_percent)
        rows += [(OrderLine, line.id) for line in lines if kept]
        back = await _refund(order, kept, by=by, at=at)
        cancelled = rules.OrderCancelled(order.id, back, sum(kept.values()))
        log.append(cancelled, (Order, order.id), *rows, subject=order.id, by=by, at=at)
    return cancelled


async def _refund(
    order: StoredOrder, kept: dict[AccountName, int], *, by: str, at: datetime
) -> int:
    if not await balance(held(order.merchant, order.id)):
        return 0
    given = await balance(discount(order.merchant, order.id))
    # what is kept is kept of what was paid: the discount goes back to where it came from
    returned = order.ahead_satang - given - sum(kept.values()), given
    back = rules.handover_postings(order.id, order.merchant, order.buyer, kept, returned, 0)
    await ledger.post(new_id(), "order_cancelled", order.id, back, by=by, at=at)
    return returned[0]


async def hand_over(
    given: rules.HandOver, *, by: str, at: datetime, told_later: bool = False
) -> rules.HandedOver:
    """Weigh every line, take what was not paid before, credit what is over.

    The same id again is answered as before; another id is refused, for it happens once. Of a
    recalled lot 0 g are weighed, unless it is `told_later` and was handed over already.
    """
    do = partial(_hand_over, given, by=by, at=at, told_later=told_later)
    return await asked.once(given.id, "orders.hand_over", given, do, rules.HandedOver, by=by, at=at)


async def _hand_over(
    given: rules.HandOver, *, by: str, at: datetime, told_later: bool
) -> rules.HandedOver:
    order = await queries.stored(given.order)
    if order.merchant != given.merchant:
        raise refusals.NoSuchOrder()
    rules.ensure_can_hand_over(order.state)
    if lines := await queries.unharvested(order.id):
        raise refusals.NotHarvested(lines=lines)
    weighed = rules.weigh(await queries.ordered_lines(order.id), given.lines)
    if not await _claim(order.id, "confirmed", "handed_over"):
        rules.ensure_can_hand_over((await queries.stored(order.id)).state)
    order = await queries.stored(order.id)  # nobody changes what is paid of it from here on
    for stock in _stocks(one.line for one in weighed if one.grams and not told_later):
        await lots.ensure_free(stock)
    final = sum(line.satang for line in weighed)
    await in_use().query("UPDATE preorder SET final_satang = {} WHERE id = {}", final, order.id)
    rows = [row for line in weighed for row in await _collect(line, by=by, at=at)]
    handed = await _settle_up(order, weighed, final, given.due_by, by=by, at=at)
    log.append(handed, (Order, order.id), *rows, subject=order.id, by=by, at=at)
    return handed


async def _collect(weighed: rules.WeighedLine, *, by: str, at: datetime) -> list[Told]:
    """What was not handed over can be sold again."""
    line = weighed.line
    await in_use().query(
        "UPDATE preorder_line SET actual_grams = {}, actual_satang = {} WHERE id = {}",
        weighed.grams, weighed.satang, line.id,
    )  # fmt: skip
    await in_use().query(
        "UPDATE reservation SET state = 'collected', grams = {} WHERE id = {}",
        weighed.grams, line.reservation,
    )  # fmt: skip
    if over := line.grams - weighed.grams:
        await lots.unsell(line.stock, over, subject=line.reservation, by=by, at=at)
    return [(OrderLine, line.id), (Reservation, line.reservation)]


async def _settle_up(
    order: StoredOrder, weighed: list[rules.WeighedLine], final: int, due_by: rules.DueBy, *,
    by: str, at: datetime,
) -> rules.HandedOver:  # fmt: skip
    given = 0 if order.rail == rules.CASH else await balance(discount(order.merchant, order.id))
    handed = rules.handed(order.id, order.ahead_satang, given, final, due_by)
    returned = rules.given_back(order.ahead_satang, given, min(final, order.ahead_satang))
    sales = {
        earned(order.merchant, group, order.cycle): sum(
            line.satang for line in weighed if line.line.group == group
        )
        for group in {line.line.group for line in weighed}
    }
    moved = rules.handover_postings(
        order.id, order.merchant, order.buyer, sales, returned, handed.due_satang, due_by
    )
    if moved:
        await ledger.post(new_id(), "handover", order.id, moved, by=by, at=at)
    return handed


async def _claim(order: str, state: str, then: str) -> bool:
    """Before stock or money is touched: of two deeds at once only one goes on."""
    return bool(
        await in_use().query(
            "UPDATE preorder SET state = {} WHERE id = {} AND state = {} RETURNING id",
            then, order, state,
        )
    )  # fmt: skip


async def _set_reservations(order: str, state: str) -> list[Told]:
    rows = await in_use().query(
        "UPDATE reservation SET state = {}, expires_at = NULL WHERE line IN"
        ' (SELECT id FROM preorder_line WHERE "order" = {}) RETURNING id',
        state, order,
    )  # fmt: skip
    return [(Reservation, row["id"]) for row in rows]
