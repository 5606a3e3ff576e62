"""What a buyer still pays when goods are handed over, and in which ways that can be done."""

from __future__ import annotations

import msgspec

from market.domain.labels.drawing import qr_svg
from market.domain.ledger.queries import balance
from market.domain.ledger.rules import credit
from market.domain.orders.queries import StoredOrder
from market.domain.orders.rules import DUE_BY, DueBy, HandedOver
from market.domain.payments import queries as payments
from market.domain.payments.rules import NoAccount, payload
from market.web.form import Form


class Ways(msgspec.Struct, frozen=True):
    """Beside cash."""

    qr: str
    """For exactly what is due, at the seller's PromptPay; empty where it has none."""
    account: str
    credit: int
    """The buyer's, where it is enough; else nothing."""


def said(form: Form) -> DueBy:
    """Nothing said is cash."""
    return next((one for one in DUE_BY if one == form.raw("due_by")), "cash")


async def ways(order: StoredOrder, look: HandedOver | None) -> Ways | None:
    """None where nothing is due, or it is not weighed yet."""
    if look is None or not look.due_satang:
        return None
    left = await balance(credit(order.merchant, order.buyer))
    enough = left if left >= look.due_satang else 0
    try:
        to = await payments.account(order.merchant)
    except NoAccount:
        return Ways("", "", enough)
    ref = order.code if to.kind == "biller" else ""
    qr = qr_svg(payload(to.kind, to.number, look.due_satang, ref1=ref))
    return Ways(qr, to.number, enough)
