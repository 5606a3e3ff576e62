"""PromptPay codes and slips as they are printed, exact amounts, and what proves a payment.

Payloads follow EMVCo Merchant-Presented Mode with the Thai QR Payment standard: tag 29 pays a
PromptPay id and carries no reference, so the amount itself must tell payments apart; tag 30 pays a
biller and carries the order's code. CRC-16/CCITT-FALSE over everything including `6304`. A slip's
own small code holds the sending bank and the transfer's reference and nothing else: no amount, no
receiver, no signature. It shows that one slip is not used twice, not that money came.
"""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.personal_numbers import phone
from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.basis.units import arabic
from market.domain.orders.rules import PAID_FIRST
from market.domain.payments.banks import IN_CASH as IN_CASH
from market.domain.payments.banks import bank_code

DISCOUNT_MAX_SATANG = 99
STRIPE = "STRIPE"
EXTRA_SATANG_MAX = 10**10
COOLING = timedelta(hours=72)
"""How long an exact amount is kept after its request ended, for who pays late."""

PROMPTPAY_AID, BILL_AID = "A000000677010111", "A000000677010112"
TARGETS = {"phone": "01", "tax_id": "02", "ewallet": "03"}
DIGITS = {"phone": {10}, "tax_id": {13}, "ewallet": {15}, "biller": {13, 15}}

AccountKind = Literal["phone", "tax_id", "ewallet", "biller"]
EvidenceKind = Literal["treasurer", "slip", "statement", "cash"]
ToldByOthers = Literal["slip_check", "stripe"]
"""Not by the treasurer: a slip-check provider, the merchant's own account at Stripe."""


class NoSuchRequest(Missing):
    code = "payments.no_such_request"


class NoAccount(Refusal):
    """The merchant has not said yet where money is to go."""

    code = "payments.no_account"


class NotAnAccount(Invalid):
    code = "payments.not_an_account"


class NotASlip(Invalid):
    code = "payments.not_a_slip"


class SlipIncomplete(Invalid):
    code = "payments.slip_incomplete"


class NothingAsked(Refusal):
    """The order is paid, ended, or to be paid at the stall."""

    code = "payments.nothing_asked"


class AmountsUsedUp(Refusal):
    """All 99 exact amounts are in use: pay with a slip, or at the stall."""

    code = "payments.amounts_used_up"


class NotAnAmount(Invalid):
    code = "payments.not_an_amount"


class OwnOrder(Forbidden):
    """Nobody confirms his own payment."""

    code = "payments.own_order"


class WrongAmount(Refusal):
    code = "payments.wrong_amount"


class SlipUsed(Refusal):
    code = "payments.slip_used"


class AlreadyPaid(Refusal):
    code = "payments.already_paid"


class MoreThanCame(Refusal):
    """Of what came for this order no more is its buyer's credit, or it went back already."""

    code = "payments.more_than_came"


class SetAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    merchant: str
    kind: AccountKind
    number: str


class Confirm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    request: str
    merchant: str
    satang: int
    """What came, as the bank or the cash box shows it."""
    kind: EvidenceKind | ToldByOthers = "treasurer"
    bank: str | None = None
    trans_ref: str | None = None
    part: bool = False
    """Less than was asked, and the rest is paid at the pick-up."""


class AccountSet(msgspec.Struct, frozen=True, tag="payments.account_set"):
    account: str
    merchant: str
    kind: str


class PaymentRequested(msgspec.Struct, frozen=True, tag="payments.requested"):
    request: str
    order: str
    satang: int
    discount_satang: int


class RequestEnded(msgspec.Struct, frozen=True, tag="payments.request_ended"):
    request: str
    state: str


class PaymentConfirmed(msgspec.Struct, frozen=True, tag="payments.confirmed"):
    """`outcome`: confirmed, part_paid where the rest is due at the pick-up, or paid_unfulfillable
    when the goods were gone: then it is credit."""

    request: str
    order: str
    satang: int
    outcome: str


class CreditExtra(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money that came for a request and is not what was asked: twice, too much or too little."""

    id: str
    request: str
    merchant: str
    satang: int
    bank: str
    trans_ref: str


class ExtraCredited(msgspec.Struct, frozen=True, tag="payments.extra_credited"):
    request: str
    order: str
    satang: int


class PayBackCredit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`bank` is `cash` where it was given by hand; `trans_ref` is then the receipt's number."""

    id: str
    merchant: str
    buyer: str
    satang: int
    bank: str
    trans_ref: str
    order: str | None = None
    """Of what came for this order; without it, of whatever is left."""


class CreditPaidBack(msgspec.Struct, frozen=True, tag="payments.credit_paid_back"):
    repayment: str
    merchant: str
    buyer: str
    satang: int


class Slip(msgspec.Struct, frozen=True):
    bank: str
    """The sending bank's three digits."""
    trans_ref: str


def normalised(account: SetAccount) -> str:
    """The number in digits."""
    digits = "".join(letter for letter in arabic(account.number) if letter.isdigit())
    if account.kind == "phone":
        digits = phone(account.number, field="number")
    if len(digits) not in DIGITS[account.kind]:
        raise NotAnAccount(field="number")
    return digits


def payload(
    kind: str, number: str, satang: int | None = None, *, ref1: str = "", ref2: str = ""
) -> str:
    """What the QR holds. Without an amount the payer types it; refs belong to a biller."""
    if kind == "biller":
        refs = _tag("02", ref1) + (_tag("03", ref2) if ref2 else "")
        target = _tag("30", _tag("00", BILL_AID) + _tag("01", number) + refs)
    else:
        target = _tag("29", _tag("00", PROMPTPAY_AID) + _tag(TARGETS[kind], _proxy(kind, number)))
    head = _tag("00", "01") + _tag("01", "11" if satang is None else "12")
    amount = "" if satang is None else _tag("54", f"{satang // 100}.{satang % 100:02d}")
    return sealed(head + target + _tag("53", "764") + amount + _tag("58", "TH"), "63")


def _proxy(kind: str, number: str) -> str:
    """A phone is 13 digits with the country's: 0812345678 is 0066812345678."""
    return f"66{number.removeprefix('0')}".rjust(13, "0") if kind == "phone" else number


def _tag(id: str, value: str) -> str:
    assert 1 <= len(value) <= 99, (id, value)
    return f"{id}{len(value):02d}{value}"


def sealed(body: str, tag: str) -> str:
    body += f"{tag}04"
    return body + crc16(body)


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE (polynomial 1021, start FFFF) in four hex digits."""
    crc = 0xFFFF
    for byte in text.encode("ascii"):
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def tags(text: str) -> dict[str, str]:
    """Tag to value of one level; NotASlip where it is no such code."""
    found: dict[str, str] = {}
    while text:
        if not re.fullmatch("[0-9]{4}", text[:4]):
            raise NotASlip(field="slip")
        id, end = text[:2], 4 + int(text[2:4])
        if len(text) < end or id in found:
            raise NotASlip(field="slip")
        found[id], text = text[4:end], text[end:]
    return found


def read_slip(scanned: str) -> Slip:
    """The small code of a bank's slip: 00{00=000001 01=bank 02=reference} 51=TH 91=CRC."""
    text = scanned.strip()
    if not text.isascii() or text[-8:-4] != "9104" or crc16(text[:-4]) != text[-4:].upper():
        raise NotASlip(field="slip")
    outer = tags(text)
    inner = tags(outer.get("00", ""))
    if inner.get("00") != "000001" or outer.get("51") != "TH" or not {"01", "02"} <= inner.keys():
        raise NotASlip(field="slip")
    return Slip(inner["01"], inner["02"])


def with_slip(asked: Confirm, scanned: str) -> Confirm:
    """Shown by what the small code on the slip holds."""
    slip = read_slip(scanned)
    return msgspec.structs.replace(asked, kind="slip", bank=slip.bank, trans_ref=slip.trans_ref)


def ensure_asked(state: str, rail: str, expires_at: datetime | None, at: datetime) -> None:
    """Only a held order that has not run out is waiting for PromptPay."""
    if state != "held" or rail not in PAID_FIRST or expires_at is None or at >= expires_at:
        raise NothingAsked()


def free_discounts(total: int, taken: Container[int]) -> list[int]:
    """The discounts that give an amount nobody else is asked for, the smallest first."""
    most = min(DISCOUNT_MAX_SATANG, total - 1)
    return [less for less in range(1, most + 1) if total - less not in taken]


def slip_of(asked: Confirm) -> tuple[str | None, str | None]:
    """(bank, reference), written one way, so that one slip is always the same slip."""
    bank, ref = bank_code(asked.bank or ""), (asked.trans_ref or "").strip().upper()
    if bool(bank) != bool(ref) or (asked.kind == "slip" and not ref):
        raise SlipIncomplete(field="trans_ref")
    if len(bank) > 10 or len(ref) > 40:
        raise SlipIncomplete(field="trans_ref")
    return bank or None, ref or None


def paid_back_by(asked: PayBackCredit) -> tuple[str, str]:
    """(bank or `cash`, reference), written one way."""
    bank, ref = bank_code(asked.bank), asked.trans_ref.strip().upper()
    if not bank or not ref or len(bank) > 10 or len(ref) > 40:
        raise SlipIncomplete(field="trans_ref")
    return bank, ref


def purse(bank: str | None) -> str:
    """Where it lies: what came through a provider is with the provider until it pays out."""
    return "clearing" if bank == STRIPE else "bank"


def given_back(state: str, came: int, back: int) -> str:
    """`refunded` when all that came went back, `part_refunded` when some of it did."""
    if state != "paid" or not back:
        return state
    return "refunded" if back >= came else "part_refunded"


def ensure_another(buyer: str, by: str) -> None:
    if buyer == by:
        raise OwnOrder()


def ensure_left(satang: int, left: int) -> None:
    if satang > left:
        raise MoreThanCame(satang=left)


def ensure_extra(satang: int) -> None:
    if not 0 < satang <= EXTRA_SATANG_MAX:
        raise NotAnAmount(field="satang")


def ensure_amount(satang: int, came: int, *, part: bool = False) -> None:
    """To the satang; of a `part` it is less."""
    if not (0 < came < satang if part else came == satang):
        raise WrongAmount(satang=satang, came_satang=came)
