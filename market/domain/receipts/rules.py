"""What a receipt of the Revenue Code's section 105 bis says, and a sum in Thai words.

The number counts without a gap in each book: one merchant, one Buddhist year. Produce that is
exempt is called so (section 81(1)(ก)); no receipt of ours is a tax invoice.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.refusal import Missing
from certification.basis.units import BUDDHIST, local_day

DIGITS = ("", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
PLACES = ("", "สิบ", "ร้อย", "พัน", "หมื่น", "แสน")
MILLION = 1_000_000


class NoReceipt(Missing):
    """Nothing was handed over and paid for yet; or not for whoever asks."""

    code = "receipts.missing"


class ReceiptIssued(msgspec.Struct, frozen=True, tag="receipts.issued"):
    receipt: str
    order: str
    year: int
    number: int


class Line(msgspec.Struct, frozen=True):
    """Goods that were handed over, by their weight on the scales."""

    name_th: str
    name_en: str
    lot_code: str
    vat_class: str
    ordered_grams: int
    grams: int
    satang_per_kg: int
    satang: int
    pieces: int | None = None
    """How many were ordered of what is sold by the piece."""


class Receipt(msgspec.Struct, frozen=True):
    id: str
    merchant: str
    year: int
    """พ.ศ."""
    number: int
    order: str
    order_code: str
    buyer: str
    rail: str
    satang: int
    """What was paid, after the discount."""
    discount_satang: int
    at: datetime
    final_satang: int
    """Of the order as its weights stand now."""

    @property
    def now_satang(self) -> int:
        """As issued, until a weight was put right."""
        return paid(self.final_satang, self.discount_satang)

    @property
    def shown(self) -> str:
        return f"{self.year}/{self.number:05}"


def year_of(at: datetime) -> int:
    return thai_year(local_day(at))


def thai_year(on: date) -> int:
    return on.year + BUDDHIST


def paid(final: int, discount: int) -> int:
    """What the goods that were handed over cost the buyer (`orders.rules.given_back`)."""
    return max(final - discount, 0)


def exempt(lines: tuple[Line, ...]) -> bool:
    """Only where each line is."""
    return bool(lines) and all(line.vat_class == "exempt" for line in lines)


def in_words(satang: int) -> str:
    """`หนึ่งพันสองร้อยบาทห้าสิบสตางค์`, `ยี่สิบเอ็ดบาทถ้วน`; for sums of nothing and more."""
    baht, rest = divmod(satang, 100)
    said = f"{_number(baht)}บาท" if baht or not rest else ""
    return f"{said}{_number(rest)}สตางค์" if rest else f"{said}ถ้วน"


def _number(value: int) -> str:
    if value == 0:
        return "ศูนย์"
    millions, rest = divmod(value, MILLION)
    head = f"{_number(millions)}ล้าน" if millions else ""
    return head + _below_million(rest, after=bool(millions))


def _below_million(value: int, *, after: bool) -> str:
    said = ""
    for place in range(5, -1, -1):
        digit = value // 10**place % 10
        if digit:
            said += _digit(digit, place, alone=not (said or after)) + PLACES[place]
    return said


def _digit(digit: int, place: int, *, alone: bool) -> str:
    if place == 1 and digit <= 2:
        return ("", "", "ยี่")[digit]
    return "เอ็ด" if place == 0 and digit == 1 and not alone else DIGITS[digit]
