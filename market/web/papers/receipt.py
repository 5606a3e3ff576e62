"""A receipt: a strip of 58 or 80 mm for the stall's printer, or A5."""

from __future__ import annotations

from certification.areas import queries as areas
from certification.basis.units import baht, kilos, local_day, thai_date
from certification.groups import queries as groups
from market.answers.words import words
from market.domain.complaints import queries as complaints
from market.domain.custody import queries as custody
from market.domain.labels.drawing import qr_svg
from market.domain.labels.rules import address
from market.domain.orders import queries as orders
from market.domain.orders.rules import DEPOSIT
from market.domain.payments import queries as payments
from market.domain.payments.rules import NoAccount
from market.domain.receipts import queries, rules
from market.domain.receipts.rules import Line, Receipt

WIDTHS = {"a5": 148, "80": 80, "58": 58}
VAT = {"exempt": "ยกเว้นภาษีมูลค่าเพิ่ม ม.81(1)(ก)", "standard": "", "not_registered": ""}


async def content(of: Receipt, origin: str, size: str) -> dict[str, object]:
    merchant, lines = await groups.group(of.merchant), await queries.lines(of.order)
    all_exempt, corrections = rules.exempt(lines), await complaints.corrections(of.order)
    total = of.satang
    if corrections:  # its number stays; what it says is what the scales say now
        total = rules.paid(sum(line.satang for line in lines), of.discount_satang)
    scan = address(origin, "L", lines[0].lot_code) if lines else origin
    return {
        "width_mm": WIDTHS[size],
        "number": of.shown, "year": str(of.year), "count": f"{of.number:05}",
        "merchant": merchant.name_th, "where": areas.address(merchant.area),
        "tax_id": await _tax_id(of.merchant),
        "on": thai_date(local_day(of.at)), "order": of.order_code,
        "rail": words("th")(f"orders.rail.{of.rail}") + await _parts(of, total),
        "lines": [_line(line, silent=all_exempt) for line in lines],
        "discount": baht(of.discount_satang) if of.discount_satang else "",
        "total": baht(total), "words": rules.in_words(total), "exempt": all_exempt,
        "deposits": [
            {"code": f"{one.code[:4]}…{one.code[12:]}", "sum": baht(one.deposit_satang)}
            for one in await custody.loans_of_order(of.order)
        ],
        "corrected": [
            f"แก้น้ำหนัก {kilos(one.grams_before)} เป็น {kilos(one.grams)} เพราะ {one.reason}"
            for one in corrections
        ],
        "qr": qr_svg(scan),
    }  # fmt: skip


async def _parts(of: Receipt, total: int) -> str:
    """Of a deposit: what was paid ahead, and what at the pick-up."""
    handed = await orders.handed(of.order) if of.rail == DEPOSIT else None
    if handed is None or total != of.satang:  # put right since: the lines below say how
        return ""
    there = handed.due_satang
    return f" ({baht(total - there)} + {baht(there)})"


def _line(line: Line, *, silent: bool) -> dict[str, str]:
    """`silent`: what is true of all lines stands once below them."""
    return {
        "name": line.name_th, "sum": baht(line.satang), "weighed": _weighed(line),
        "price": baht(line.satang_per_kg), "lot": f"{line.lot_code[:4]} {line.lot_code[4:]}",
        "vat": "" if silent else VAT[line.vat_class],
    }  # fmt: skip


def _weighed(line: Line) -> str:
    """`2.1 กก. (สั่ง 3 ชิ้น)`, `0.9 กก. (สั่ง 1 กก.)`, or the weight alone where it is as ordered."""
    if line.pieces:
        return f"{kilos(line.grams)} (สั่ง {line.pieces} ชิ้น)"
    if line.grams != line.ordered_grams:
        return f"{kilos(line.grams)} (สั่ง {kilos(line.ordered_grams)})"
    return kilos(line.grams)


async def _tax_id(merchant: str) -> str:
    """Known only where the merchant is paid under it; else it is written by hand."""
    try:
        account = await payments.account(merchant)
    except NoAccount:
        return ""
    return account.number if account.kind == "tax_id" else ""
