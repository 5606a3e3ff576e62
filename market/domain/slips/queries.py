"""Slips that wait for somebody, and those of one order."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from market.domain.slips.rules import Awaited, NoSuchSlip


class SlipView(msgspec.Struct, frozen=True):
    slip: str
    order: str
    order_code: str
    order_state: str
    merchant: str
    buyer: str
    asked_satang: int
    request_state: str
    account_number: str
    placed_at: datetime
    bank: str | None
    trans_ref: str | None
    has_photo: bool
    state: str
    because: str | None
    satang: int | None
    at: datetime

    @property
    def awaited(self) -> Awaited:
        return Awaited(self.asked_satang, self.account_number, self.placed_at)


SLIPS = (
    'SELECT s.id AS slip, o.id AS "order", o.code AS order_code, o.state AS order_state,'
    " r.merchant, o.buyer, r.satang AS asked_satang, r.state AS request_state,"
    " a.number AS account_number, o.placed_at, s.bank, s.trans_ref,"
    " s.photo IS NOT NULL AS has_photo, s.state, s.because, s.satang, s.at"
    " FROM payment_slip s JOIN payment_request r ON r.id = s.request"
    ' JOIN preorder o ON o.id = r."order" JOIN receiving_account a ON a.id = r.account'
)


async def slip(id: str) -> SlipView:
    found = await _views(f"{SLIPS} WHERE s.id = {{}}", id)
    if not found:
        raise NoSuchSlip()
    return found[0]


async def of_order(order: str) -> list[SlipView]:
    """The newest first."""
    return await _views(f'{SLIPS} WHERE r."order" = {{}} ORDER BY s.at DESC, s.id DESC', order)


async def waiting(merchant: str, limit: int = 500) -> list[SlipView]:
    """What the treasurer is to look at, the oldest first."""
    return await _views(
        f"{SLIPS} WHERE r.merchant = {{}} AND s.state = 'waiting' ORDER BY s.at, s.id LIMIT {{}}",
        merchant, limit,
    )  # fmt: skip


async def count_waiting(merchant: str) -> int:
    [row] = await in_use().query(
        "SELECT count(*) AS slips FROM payment_slip s JOIN payment_request r ON r.id = s.request"
        " WHERE r.merchant = {} AND s.state = 'waiting'",
        merchant,
    )
    return int(row["slips"])


async def photo(id: str) -> str | None:
    """The digest of its picture."""
    rows = await in_use().query("SELECT photo FROM payment_slip WHERE id = {}", id)
    return rows[0]["photo"] if rows else None


class ToCheck(msgspec.Struct, frozen=True):
    slip: str
    code: str
    satang: int


async def to_check(at: datetime, limit: int = 20) -> list[ToCheck]:
    """Whose bank may be asked now."""
    rows = await in_use().query(
        "SELECT s.id AS slip, s.code, r.satang FROM payment_slip s"
        " JOIN payment_request r ON r.id = s.request"
        " WHERE s.state = 'checking' AND s.next_at <= {} ORDER BY s.next_at, s.id LIMIT {}",
        at, limit,
    )  # fmt: skip
    return [ToCheck(**row) for row in rows]


async def _views(statement: str, *values: object) -> list[SlipView]:
    rows = await in_use().query(statement, *values)
    return [SlipView(**{**row, "has_photo": bool(row["has_photo"])}) for row in rows]
