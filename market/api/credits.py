"""Money that merchants keep for buyers, and giving it back."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.asked import for_good
from market.access import books, deeds, whose
from market.access.permit import Permit
from market.domain.payments import commands
from market.domain.payments.rules import CreditPaidBack, PayBackCredit

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class CreditView(msgspec.Struct, frozen=True):
    buyer: str
    satang: int


class PaidBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`bank` is `cash` where it was given by hand; `trans_ref` is then the receipt's number."""

    id: str
    merchant: str
    satang: int
    bank: str
    trans_ref: str
    order: str | None = None
    """Of what came for this order: its payment is then `part_refunded` or `refunded`."""


@get(
    "/api/v1/credits",
    opt={"op": "credit.read"},
    tags=["payments"],
    summary="Buyers who have credit with a merchant, and how much",
)
async def list_credits(permit: Mine, merchant: FromQuery[str]) -> list[CreditView]:
    permit.check(await whose.of_group(merchant))
    return [CreditView(buyer, left) for buyer, left in (await books.credits(merchant)).items()]


@put(
    "/api/v1/credits/{buyer:str}/repayment",
    opt={"op": "credit.pay_back"},
    tags=["payments"],
    summary="Credit was given back as money, by transfer or in cash",
)
async def pay_back(
    buyer: FromPath[str], data: JSONBody[PaidBack], permit: Mine, at: Now
) -> CreditPaidBack:
    permit.check(await books.credit(data.merchant, buyer))
    deeds.ensure_storable(data, data.id, data.order or data.id)
    given = PayBackCredit(
        data.id, data.merchant, buyer, data.satang, data.bank, data.trans_ref, data.order
    )  # fmt: skip
    return await for_good(commands.pay_back_credit, given, by=permit.person, at=at)


DOORS = [list_credits, pay_back]
