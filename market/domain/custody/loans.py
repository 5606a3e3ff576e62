"""A crate goes to somebody with a deposit, which is given back once, or kept by the terms once."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.units import local_day
from market.domain.custody import queries, refusals, rules
from market.domain.custody.commands import Rows, claim, ensure_place, let_go, take_out
from market.domain.custody.queries import LoanView
from market.domain.custody.rules import GiveBack, Lend, Lent, LoanEnded, OfCrate, Swap, Swapped
from market.domain.custody.tables import CrateLoan
from market.domain.ledger import commands as ledger
from market.domain.orders import queries as orders


async def lend(data: Lend, *, by: str, at: datetime) -> Lent:
    """On the terms of its kind as they are today."""
    do = partial(_lend, data, by=by, at=at)
    return await asked.once(data.id, "custody.lend", data, do, Lent, by=by, at=at)


async def _lend(data: Lend, *, by: str, at: datetime) -> Lent:
    rules.ensure_rail(data.rail)
    rows = await claim(data.crate, "lend", subject=data.id, by=by, at=at)
    crate = await queries.crate(data.crate)
    await _ensure_ours(data, crate.owner)
    for one in await queries.inside(crate.id):
        await let_go(one.lot, crated=one.grams)
    terms = await queries.kind(crate.kind)
    due = rules.due_on(local_day(at), terms.days)
    await insert(
        CrateLoan(
            id=data.id, crate=crate.id, owner=crate.owner, order=data.order, person=data.person,
            place=data.place, deposit_satang=terms.deposit_satang, kept_satang=terms.kept_satang,
            due_on=due, rail=data.rail, state="out", by=by, at=at,
        )
    )  # fmt: skip
    if moved := rules.left_for(crate.owner, crate.id, data.rail, terms.deposit_satang):
        await ledger.post(data.id, "crate_deposit", data.id, moved, by=by, at=at)
    event = Lent(data.id, crate.id, terms.deposit_satang, due.isoformat())
    log.append(event, *rows, (CrateLoan, data.id), subject=crate.id, by=by, at=at)
    return event


async def _ensure_ours(data: Lend, owner: str) -> None:
    if data.place:
        await ensure_place(data.place, owner)
    if data.order:
        order = await orders.stored(data.order)
        if await queries.network_of(order.merchant) != await queries.network_of(owner):
            raise refusals.NotOurs()


async def give_back(data: GiveBack, *, by: str, at: datetime) -> LoanEnded:
    """The crate is here and the deposit goes back: once, whoever else is told so too."""
    do = partial(_give_back, data, by=by, at=at)
    return await asked.once(data.id, "custody.give_back", data, do, LoanEnded, by=by, at=at)


async def _give_back(data: GiveBack, *, by: str, at: datetime) -> LoanEnded:
    rules.ensure_rail(data.rail)
    loan, rows = await _end(data.id, data.crate, "back", by=by, at=at)
    rows += await claim(data.crate, "return", subject=loan.id, by=by, at=at)
    inside = [one.id for one in await queries.inside(data.crate)]
    rows += await take_out(inside, by=by, at=at)
    moved = rules.given_back(loan.owner, loan.crate, data.rail, loan.deposit_satang)
    if moved:
        await ledger.post(data.id, "crate_refund", loan.id, moved, by=by, at=at)
    event = LoanEnded(loan.id, loan.crate, "back", loan.deposit_satang, 0)
    log.append(event, *rows, subject=loan.crate, by=by, at=at)
    return event


async def lose(data: OfCrate, *, by: str, at: datetime) -> LoanEnded:
    """Overdue and not coming back: the owner keeps what the loan's terms say."""
    do = partial(_lose, data, by=by, at=at)
    return await asked.once(data.id, "custody.lose_lent", data, do, LoanEnded, by=by, at=at)


async def _lose(data: OfCrate, *, by: str, at: datetime) -> LoanEnded:
    loan, rows = await _end(data.id, data.crate, "lost", by=by, at=at)
    rules.ensure_overdue(loan.due_on, local_day(at))
    rows += await claim(data.crate, "forfeit", subject=loan.id, by=by, at=at)
    inside = [one.id for one in await queries.inside(data.crate)]
    rows += await take_out(inside, by=by, at=at)
    moved = rules.kept(loan.owner, loan.crate, loan.rail, loan.deposit_satang, loan.kept_satang)
    if moved:
        await ledger.post(data.id, "crate_lost", loan.id, moved, by=by, at=at)
    refunded = loan.deposit_satang - loan.kept_satang
    event = LoanEnded(loan.id, loan.crate, "lost", refunded, loan.kept_satang)
    log.append(event, *rows, subject=loan.crate, by=by, at=at)
    return event


async def swap(data: Swap, *, by: str, at: datetime) -> Swapped:
    """An empty one for a full one; the deposit of each is its own line."""

    async def do() -> Swapped:
        loan = await queries.loan_of(data.back)
        if loan is None:
            raise refusals.NotLent()
        back = GiveBack(following(data.id, "back"), data.back, data.rail)
        out = Lend(
            following(data.id, "out"), data.out, data.rail, loan.order, loan.person, loan.place
        )
        await _give_back(back, by=by, at=at)
        lent = await _lend(out, by=by, at=at)
        event = Swapped(data.back, data.out, lent.loan)
        log.append(event, subject=data.out, by=by, at=at)
        return event

    return await asked.once(data.id, "custody.swap", data, do, Swapped, by=by, at=at)


async def _end(id: str, crate: str, state: str, *, by: str, at: datetime) -> tuple[LoanView, Rows]:
    """Claims the loan: of two who take the same crate back one finds it ended."""
    rows = await in_use().query(
        "UPDATE crate_loan SET state = {}, ended_id = {}, ended_by = {}, ended_at = {}"
        " WHERE crate = {} AND state = 'out' RETURNING id",
        state, id, by, at, crate,
    )  # fmt: skip
    if not rows:
        raise refusals.NotLent()
    return await queries.loan(rows[0]["id"]), [(CrateLoan, rows[0]["id"])]
