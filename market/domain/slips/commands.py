"""A slip is shown once, counts once, and confirms nothing by itself."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from msgspec.structs import replace

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from market.domain.orders.queries import stored
from market.domain.orders.refusals import NoSuchOrder
from market.domain.payments import claims
from market.domain.payments import commands as payments
from market.domain.payments import queries as paying
from market.domain.payments.banks import bank_code
from market.domain.payments.rules import (
    Confirm,
    CreditExtra,
    NothingAsked,
    OwnOrder,
    Slip,
    SlipIncomplete,
    read_slip,
)
from market.domain.slips import queries, rules
from market.domain.slips.queries import SlipView
from market.domain.slips.tables import Slip as SlipRow

CLOCK = "clock"


async def show(shown: rules.ShowSlip, *, checker: bool, by: str, at: datetime) -> rules.SlipShown:
    """The buyer of an order shows what the bank gave; late it may come too.

    Refused: nothing asked yet, nothing shown, a slip used elsewhere or shown before, too many.
    """
    do = partial(_show, shown, checker=checker, by=by, at=at)
    return await asked.once(shown.id, "slips.show", shown, do, rules.SlipShown, by=by, at=at)


async def _show(shown: rules.ShowSlip, *, checker: bool, by: str, at: datetime) -> rules.SlipShown:
    rules.ensure_shown(shown)
    order = await stored(shown.order)
    if order.buyer != by:
        raise NoSuchOrder()
    if await paying.requested(order.id) is None:
        raise NothingAsked()
    read = _read(shown.text)
    before = await queries.of_order(order.id)
    if read and (read.bank, read.trans_ref) in {(one.bank, one.trans_ref) for one in before}:
        raise rules.ShownAlready()
    rules.ensure_not_too_many(len(before))
    if read:
        await claims.claim(read.bank, read.trans_ref, "payment", order.id, at=at)
    state, because = rules.first_state(shown.text, checker=checker)
    await insert(
        SlipRow(
            id=shown.id, request=order.id, bank=read and read.bank,
            trans_ref=read and read.trans_ref, code=shown.text.strip() or None, photo=shown.photo,
            state=state, because=because, satang=None, tries=0,
            next_at=at if state == "checking" else None, by=by, at=at, answered_by=None,
            answered_at=None,
        )
    )  # fmt: skip
    done = rules.SlipShown(shown.id, order.id, order.merchant, state)
    log.append(done, (SlipRow, shown.id), subject=order.id, by=by, at=at)
    return done


def _read(text: str) -> Slip | None:
    if not text.strip():
        return None
    slip = read_slip(text)
    return Slip(bank_code(slip.bank), slip.trans_ref.strip().upper())


async def checked(slip: str, said: rules.Said, *, at: datetime) -> rules.SlipChecked | None:
    """What the checker answered; None where somebody else was quicker.

    Only a real transfer, to this account, of exactly what was asked, not older than the order,
    confirms the payment; paid already it is the buyer's credit.
    """
    found = await queries.slip(slip)
    because = rules.judged(said, found.awaited)
    if because in ("delayed", "away") and await _later(slip, at):
        return None
    state = "waiting" if because else "accepted"
    if not await _claim(slip, "checking", state, because, said.satang):
        return None
    if state == "accepted":
        await _pay(found, found.asked_satang, following(slip, "seen"), "slip_check", CLOCK, at)
    done = rules.SlipChecked(slip, found.order, found.merchant, state, because or "")
    log.append(done, (SlipRow, slip), subject=found.order, by=CLOCK, at=at)
    return done


async def _later(slip: str, at: datetime) -> bool:
    [row] = await in_use().query("SELECT tries FROM payment_slip WHERE id = {}", slip)
    tries = row["tries"] + 1
    again = rules.next_try(tries, at)
    if again is None:
        return False
    await in_use().query(
        "UPDATE payment_slip SET tries = {}, next_at = {} WHERE id = {} AND state = 'checking'"
        " AND tries = {}",
        tries, again, slip, tries - 1,
    )  # fmt: skip
    return True


async def accept(asked_: rules.AcceptSlip, *, by: str, at: datetime) -> rules.SlipAnswered:
    """The treasurer saw the money at the bank: exactly what was asked pays the order, and a `part`
    of it keeps the goods; any other amount, or a second time, is the buyer's credit."""
    do = partial(_accept, asked_, by=by, at=at)
    return await asked.once(asked_.id, "slips.accept", asked_, do, rules.SlipAnswered, by=by, at=at)


async def _accept(asked_: rules.AcceptSlip, *, by: str, at: datetime) -> rules.SlipAnswered:
    found = await _open(asked_.slip, by)
    if not found.bank and asked_.bank:
        found = replace(found, bank=asked_.bank, trans_ref=asked_.trans_ref)
    if not await _answer(asked_.slip, "accepted", None, asked_.satang, by, at):
        raise rules.Answered()
    kind = "slip" if found.bank else "treasurer"
    seen = following(asked_.id, "seen")
    await _pay(found, asked_.satang, seen, kind, by, at, part=asked_.part)
    return _answered(found, "accepted", None, by=by, at=at)


async def _pay(
    found: SlipView, satang: int, id: str, kind: str, by: str, at: datetime, *, part: bool = False
) -> None:
    asked_for = await paying.request_of(found.order)
    assert asked_for
    part = part and satang < asked_for.satang
    if asked_for.state != "paid" and (part or satang == asked_for.satang):
        seen = Confirm(
            id, found.order, found.merchant, satang, kind,  # type: ignore[arg-type]  # one of ours
            found.bank, found.trans_ref, part,
        )  # fmt: skip
        await payments.confirm(seen, by=by, at=at)
        return
    if not found.bank or not found.trans_ref:
        raise SlipIncomplete(field="trans_ref")
    extra = CreditExtra(id, found.order, found.merchant, satang, found.bank, found.trans_ref)
    await payments.credit_extra(extra, by=by, at=at)


async def refuse(asked_: rules.RefuseSlip, *, by: str, at: datetime) -> rules.SlipAnswered:
    """Nothing came of it, and why; the buyer is told, and may show another."""
    do = partial(_refuse, asked_, by=by, at=at)
    return await asked.once(asked_.id, "slips.refuse", asked_, do, rules.SlipAnswered, by=by, at=at)


async def _refuse(asked_: rules.RefuseSlip, *, by: str, at: datetime) -> rules.SlipAnswered:
    found = await _open(asked_.slip, by)
    if not await _answer(asked_.slip, "refused", asked_.because, None, by, at):
        raise rules.Answered()
    await claims.let_go(found.bank, found.trans_ref, found.order)
    return _answered(found, "refused", asked_.because, by=by, at=at)


async def _open(slip: str, by: str) -> SlipView:
    found = await queries.slip(slip)
    if found.buyer == by:
        raise OwnOrder()
    return found


def _answered(
    found: SlipView, outcome: str, because: str | None, *, by: str, at: datetime
) -> rules.SlipAnswered:
    done = rules.SlipAnswered(found.slip, found.order, outcome, because or "")
    log.append(done, (SlipRow, found.slip), subject=found.order, by=by, at=at)
    return done


async def _answer(
    slip: str, then: str, because: str | None, satang: int | None, by: str, at: datetime
) -> bool:
    return bool(
        await in_use().query(
            "UPDATE payment_slip SET state = {}, because = {}, satang = {}, next_at = NULL,"
            " answered_by = {}, answered_at = {} WHERE id = {} AND state IN ('waiting', 'checking')"
            " RETURNING id",
            then, because, satang, by, at, slip,
        )
    )  # fmt: skip


async def _claim(slip: str, state: str, then: str, because: str | None, satang: int | None) -> bool:
    return bool(
        await in_use().query(
            "UPDATE payment_slip SET state = {}, because = {}, satang = {}, next_at = NULL"
            " WHERE id = {} AND state = {} RETURNING id",
            then, because, satang, slip, state,
        )
    )  # fmt: skip
