"""Payments that wait for the treasurer, and the account to which money goes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.asked import for_good
from certification.basis.transaction import run
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.domain.payments import commands, queries
from market.domain.payments.queries import RequestView
from market.domain.payments.rules import (
    AccountSet,
    Confirm,
    CreditExtra,
    EvidenceKind,
    ExtraCredited,
    PaymentConfirmed,
    SetAccount,
    with_slip,
)

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`satang`: what came, to the satang; `slip`: the text of the small code on the bank's slip."""

    id: str
    satang: Annotated[int, msgspec.Meta(ge=1, le=10**12)]
    kind: EvidenceKind = "treasurer"
    bank: str | None = None
    trans_ref: str | None = None
    slip: str | None = None
    part: bool = False
    """Less than was asked keeps the goods, and the rest is paid at the pick-up."""


class Extra(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came in one transfer, to the satang, and the slip by which it is known."""

    id: str
    satang: int
    bank: str
    trans_ref: str


@get(
    "/api/v1/payments",
    opt={"op": "payment.read"},
    tags=["payments"],
    summary="What is asked of buyers and not paid, late ones too",
)
async def list_payments(permit: Mine, merchant: FromQuery[str]) -> list[RequestView]:
    permit.check(await whose.of_group(merchant))
    return await queries.to_confirm(merchant)


@put(
    "/api/v1/payments/{id:str}/confirmation",
    opt={"op": "payment.confirm"},
    tags=["payments"],
    summary="The money is there; too late for the goods it becomes the buyer's credit",
)
async def confirm(
    id: FromPath[str], data: JSONBody[Confirmation], permit: Mine, at: Now
) -> PaymentConfirmed:
    """`id` is the payment's, which is its order's."""
    asked, place = await books.payment(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    given = Confirm(
        data.id, id, asked.merchant, data.satang, data.kind, data.bank, data.trans_ref,
        data.part,
    )  # fmt: skip
    if data.slip is not None:
        given = with_slip(given, data.slip)
    return await for_good(commands.confirm, given, by=permit.person, at=at)


@put(
    "/api/v1/payments/{id:str}/extra",
    opt={"op": "payment.confirm"},
    tags=["payments"],
    summary="Money that came twice, or another amount than asked: it becomes the buyer's credit",
)
async def credit_extra(
    id: FromPath[str], data: JSONBody[Extra], permit: Mine, at: Now
) -> ExtraCredited:
    asked, place = await books.payment(id)
    permit.check(place)
    deeds.ensure_storable(data, data.id)
    extra = CreditExtra(data.id, id, asked.merchant, data.satang, data.bank, data.trans_ref)
    return await for_good(commands.credit_extra, extra, by=permit.person, at=at)


@post(
    "/api/v1/receiving-accounts",
    opt={"op": "account.set"},
    tags=["payments"],
    summary="Where a merchant's money goes from now on: its own PromptPay id",
)
async def set_account(data: JSONBody[SetAccount], permit: Mine, at: Now) -> AccountSet:
    permit.check(await whose.of_group(data.merchant))
    deeds.ensure_storable(data, data.id)
    return await run(commands.set_account, data, by=permit.person, at=at)


DOORS = [list_payments, confirm, credit_extra, set_account]
