"""Money is asked for by an exact amount and confirmed once; money that came is never lost."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from market.domain.ledger import commands as ledger
from market.domain.ledger.rules import credit, discount, held, own, postings
from market.domain.orders import commands as orders
from market.domain.orders.queries import StoredOrder, stored
from market.domain.orders.refusals import NoSuchOrder
from market.domain.payments import claims, queries, rules
from market.domain.payments.queries import Account
from market.domain.payments.rules import Confirm, PaymentConfirmed, PaymentRequested
from market.domain.payments.tables import Evidence, PaymentRequest, ReceivingAccount, Repayment
from market.domain.recovery import queries as recovery


async def set_account(account: rules.SetAccount, *, by: str, at: datetime) -> rules.AccountSet:
    """Where a merchant's money goes from now on; what was asked for before stays as it was."""
    do = partial(_set_account, account, by=by, at=at)
    return await asked.once(
        account.id, "payments.set_account", account, do, rules.AccountSet, by=by, at=at
    )


async def _set_account(account: rules.SetAccount, *, by: str, at: datetime) -> rules.AccountSet:
    number = rules.normalised(account)
    await recovery.ensure_rested(by, at)
    ended = await in_use().query(
        "UPDATE receiving_account SET until = {} WHERE merchant = {} AND until IS NULL"
        " RETURNING id",
        at, account.merchant,
    )  # fmt: skip
    row = ReceivingAccount(
        id=account.id, merchant=account.merchant, kind=account.kind, number=number,
        since=at, until=None, by=by,
    )  # fmt: skip
    await insert(row)
    changed = rules.AccountSet(account.id, account.merchant, account.kind)
    rows = [(ReceivingAccount, id) for id in (account.id, *(row["id"] for row in ended))]
    log.append(changed, *rows, subject=account.merchant, by=by, at=at)
    return changed


async def request(order: str, *, by: str, at: datetime) -> PaymentRequested:
    """Ask the buyer of a held order for its money; asked again it is the same request.

    An order has one request, whose id is the order's. Refused: `NothingAsked`, `NoAccount`,
    `AmountsUsedUp`.
    """
    async with transaction():
        wanted = await stored(order)
        if wanted.buyer != by:
            raise NoSuchOrder()
        if known := await queries.requested(order):
            return known
        rules.ensure_asked(wanted.state, wanted.rail, wanted.expires_at, at)
        account = await queries.account(wanted.merchant)
        free = await _free(wanted, account, at)
        if not free:
            raise rules.AmountsUsedUp()
        if not await _write_request(wanted, account, free[0], at):
            known = await queries.requested(order)  # by another, at this moment
            assert known
            return known
        less = free[0] and await _take_amount(wanted, account, free, at)
        asking = PaymentRequested(order, order, wanted.ahead_satang - less, less)
        log.append(asking, (PaymentRequest, order), subject=order, by=by, at=at)
    return asking


async def _write_request(order: StoredOrder, account: Account, less: int, at: datetime) -> bool:
    new = await in_use().query(
        'INSERT INTO payment_request (id, "order", merchant, rail, account, satang,'
        " discount_satang, reference, state, expires_at, at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 'awaiting', {}, {})"
        " ON CONFLICT (id) DO NOTHING RETURNING id",
        *(order.id, order.id, order.merchant, order.rail, account.id, order.ahead_satang - less),
        *(less, order.code, order.expires_at, at),
    )
    return bool(new)


async def _free(order: StoredOrder, account: Account, at: datetime) -> list[int]:
    """The discounts that may be given for it."""
    if account.kind == "biller":
        return [0] if order.ahead_satang else []
    taken = await queries.amounts_in_use(account.id, order.ahead_satang, at)
    return rules.free_discounts(order.ahead_satang, taken)


async def _take_amount(order: StoredOrder, account: Account, free: list[int], at: datetime) -> int:
    """The discount that makes (account, amount) this request's alone: the first that nobody took
    in the meantime."""
    total = order.ahead_satang
    for less in free:
        if await in_use().query(
            "INSERT INTO open_amount (id, account, satang, request, free_at)"
            " VALUES ({}, {}, {}, {}, NULL) ON CONFLICT (account, satang) DO UPDATE"
            " SET request = excluded.request, free_at = NULL"
            " WHERE open_amount.free_at <= {} RETURNING id",
            new_id(), account.id, total - less, order.id, at,
        ):  # fmt: skip
            if less != free[0]:
                await in_use().query(
                    "UPDATE payment_request SET satang = {}, discount_satang = {} WHERE id = {}",
                    total - less, less, order.id,
                )  # fmt: skip
            return less
    raise rules.AmountsUsedUp()


async def confirm(confirmed: Confirm, *, by: str, at: datetime) -> PaymentConfirmed:
    """The money is there: it wins from every state but paid.

    In time, or late while the goods can still be had, the order is confirmed. Otherwise the whole
    amount is the buyer's credit. Of a `part` the rest is due at the pick-up, as after a deposit.
    Refused: another amount, a slip used before, one's own order.
    """
    do = partial(_confirm, confirmed, by=by, at=at)
    return await asked.once(
        confirmed.id, "payments.confirm", confirmed, do, PaymentConfirmed, by=by, at=at
    )


async def _confirm(confirmed: Confirm, *, by: str, at: datetime) -> PaymentConfirmed:
    known, order = await _asked(confirmed.request, confirmed.merchant, by)
    rules.ensure_amount(known.satang, confirmed.satang, part=confirmed.part)
    if not await in_use().query(
        "UPDATE payment_request SET state = 'paid', paid_at = {}, satang = {},"
        " discount_satang = {} WHERE id = {} AND state <> 'paid' RETURNING id",
        at, confirmed.satang, 0 if confirmed.part else known.discount_satang, known.request,
    ):  # fmt: skip
        raise rules.AlreadyPaid()
    await _keep_evidence(confirmed, confirmed.kind, by=by, at=at)
    await _cool(known.request, at)
    part = confirmed.satang if confirmed.part else None
    secured = await orders.secure(order.id, part=part, by=by, at=at)
    less = 0 if confirmed.part else known.discount_satang
    await _post(confirmed, order, less if secured else None, by=by, at=at)
    paid = "part_paid" if confirmed.part else "confirmed"
    outcome = paid if secured else "paid_unfulfillable"
    done = PaymentConfirmed(known.request, order.id, confirmed.satang, outcome)
    rows = (PaymentRequest, known.request), (Evidence, confirmed.id)
    log.append(done, *rows, subject=order.id, by=by, at=at)
    return done


async def credit_extra(extra: rules.CreditExtra, *, by: str, at: datetime) -> rules.ExtraCredited:
    """Paid twice, or another amount: it is the buyer's credit, and the request stays as it was."""
    do = partial(_credit_extra, extra, by=by, at=at)
    return await asked.once(
        extra.id, "payments.credit_extra", extra, do, rules.ExtraCredited, by=by, at=at
    )


async def _credit_extra(extra: rules.CreditExtra, *, by: str, at: datetime) -> rules.ExtraCredited:
    rules.ensure_extra(extra.satang)
    known, order = await _asked(extra.request, extra.merchant, by)
    shown = Confirm(
        extra.id, extra.request, extra.merchant, extra.satang, "slip", extra.bank, extra.trans_ref
    )
    await _keep_evidence(shown, "extra", by=by, at=at)
    left = credit(order.merchant, order.buyer)
    into = own(rules.purse(extra.bank), order.merchant)
    moved = postings((into, left, extra.satang))
    await ledger.post(extra.id, "extra_payment", order.id, moved, by=by, at=at)
    done = rules.ExtraCredited(known.request, order.id, extra.satang)
    log.append(done, (Evidence, extra.id), subject=order.id, by=by, at=at)
    return done


async def pay_back_credit(
    given: rules.PayBackCredit, *, by: str, at: datetime
) -> rules.CreditPaidBack:
    """Credit leaves as money, never more than there is: of two at once one is refused.

    Refused: `ledger.not_enough`, a slip or receipt used before, one's own credit; for an order more
    than is left of what came for it.
    """
    do = partial(_pay_back_credit, given, by=by, at=at)
    return await asked.once(
        given.id, "payments.pay_back_credit", given, do, rules.CreditPaidBack, by=by, at=at
    )


async def _pay_back_credit(
    given: rules.PayBackCredit, *, by: str, at: datetime
) -> rules.CreditPaidBack:
    rules.ensure_another(given.buyer, by)
    rules.ensure_extra(given.satang)
    if given.order is not None:
        await _ensure_left(given, given.order)
    bank, trans_ref = rules.paid_back_by(given)
    new = await in_use().query(
        'INSERT INTO credit_repayment (id, merchant, buyer, satang, bank, trans_ref, "by", at)'
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (bank, trans_ref) DO NOTHING"
        " RETURNING id",
        *(given.id, given.merchant, given.buyer, given.satang, bank, trans_ref, by, at),
    )
    if not new:
        raise rules.SlipUsed()
    await claims.claim(bank, trans_ref, "repayment", given.id, at=at)
    out = own("cash" if bank == rules.IN_CASH else "bank", given.merchant)
    moved = postings((credit(given.merchant, given.buyer), out, given.satang))
    about = given.order or given.id
    await ledger.post(given.id, "credit_paid_back", about, moved, by=by, at=at)
    done = rules.CreditPaidBack(given.id, given.merchant, given.buyer, given.satang)
    log.append(done, (Repayment, given.id), subject=given.buyer, by=by, at=at)
    return done


async def _ensure_left(given: rules.PayBackCredit, order: str) -> None:
    """Claimed first: of two at once for one order the second sees what the first gave."""
    await in_use().query(
        'UPDATE payment_request SET state = state WHERE "order" = {} RETURNING id', order
    )
    found = await stored(order)
    if (found.merchant, found.buyer) != (given.merchant, given.buyer):
        raise NoSuchOrder()
    rules.ensure_left(given.satang, await queries.to_pay_back(order))


async def _asked(request: str, merchant: str, by: str) -> tuple[PaymentRequested, StoredOrder]:
    known = await queries.requested(request)
    if known is None:
        raise rules.NoSuchRequest()
    order = await stored(known.order)
    if order.merchant != merchant:
        raise rules.NoSuchRequest()
    rules.ensure_another(order.buyer, by)
    return known, order


async def _keep_evidence(shown: Confirm, kind: str, *, by: str, at: datetime) -> None:
    bank, trans_ref = rules.slip_of(shown)
    await claims.claim(bank, trans_ref, "payment", shown.request, at=at)
    new = await in_use().query(
        'INSERT INTO payment_evidence (id, request, kind, bank, trans_ref, satang, "by", at)'
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (bank, trans_ref) DO NOTHING"
        " RETURNING id",
        *(shown.id, shown.request, kind, bank, trans_ref, shown.satang),
        *(by, at),
    )
    if not new:
        raise rules.SlipUsed()


async def _post(
    confirmed: Confirm, order: StoredOrder, less: int | None, *, by: str, at: datetime
) -> None:
    """`less`: the discount that is now given; None: there are no goods, so all is credit."""
    purse = "cash" if confirmed.kind == "cash" else rules.purse(confirmed.bank)
    into = own(purse, order.merchant)
    owed = held(order.merchant, order.id)
    if less is None:
        moved = postings((into, credit(order.merchant, order.buyer), confirmed.satang))
    else:
        given = discount(order.merchant, order.id)
        moved = postings((into, owed, confirmed.satang), (given, owed, less))
    kind = "paid_unfulfillable" if less is None else "payment"
    await ledger.post(confirmed.id, kind, order.id, moved, by=by, at=at)


async def free_amounts(*, at: datetime, by: str = "clock") -> int:
    """End the requests of orders that wait for nothing any more; how many those were.

    Their amounts cool for 72 hours before another order may be asked for the same.
    """
    async with transaction():
        ended = await in_use().query(
            "UPDATE payment_request SET state = CASE WHEN (SELECT o.state FROM preorder o"
            " WHERE o.id = payment_request.\"order\") = 'expired' THEN 'expired'"
            " ELSE 'cancelled' END WHERE state = 'awaiting' AND \"order\" IN"
            " (SELECT id FROM preorder WHERE state <> 'held') RETURNING id, state"
        )
        for row in ended:
            await _cool(row["id"], at)
            done = rules.RequestEnded(row["id"], row["state"])
            log.append(done, (PaymentRequest, row["id"]), subject=row["id"], by=by, at=at)
    return len(ended)


async def _cool(request: str, at: datetime) -> None:
    await in_use().query(
        "UPDATE open_amount SET free_at = {} WHERE request = {} AND free_at IS NULL",
        at + rules.COOLING, request,
    )  # fmt: skip
