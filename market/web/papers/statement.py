"""A farmer's statement on A4: what was weighed, what was taken off by which rule, what was paid."""

from __future__ import annotations

from datetime import date

from certification.basis.units import baht, kilos, local_day, thai_date
from certification.crops import queries as crops
from certification.groups import queries as groups
from certification.people import queries as people
from market.domain.labels.drawing import qr_svg
from market.domain.offers import queries as offers
from market.domain.settlement import queries
from market.domain.settlement.queries import FarmerStatement, LotLine, ShareLine
from market.domain.settlement.rules import PayoutView
from market.domain.splits.rules import Split


async def content(
    farmer: str, found: FarmerStatement, origin: str, today: date
) -> dict[str, object]:
    names = await people.names([farmer])
    through = dict.fromkeys(share.group for share in found.shares)
    return {
        "name": names.get(farmer, ""),
        "groups": [(await groups.group(group)).name_th for group in through],
        "until": thai_date(today), "printed": thai_date(today),
        "settled": baht(found.settled_satang), "paid": baht(found.paid_satang),
        "due": baht(found.due_satang),
        "rounds": [await _round(farmer, share) for share in reversed(found.shares)],
        "payouts": [_payout(one) for one in reversed(found.payouts)],
        "qr": qr_svg(f"{origin}/farm/money"),
    }  # fmt: skip


async def _round(farmer: str, share: ShareLine) -> dict[str, object]:
    rule, version = await offers.rule_of(share.cycle), await offers.rule_version(share.cycle)
    lots = await queries.farmer_lots(farmer, share.cycle)
    return {
        "name": share.cycle_th, "on": thai_date(local_day(share.at)),
        "rule": f"กติกาแบ่งเงิน ฉบับที่ {version}: {_said(rule)}",
        "lots": [_lot(lot) for lot in lots if lot.group == share.group],
        "sales": baht(share.sales_satang), "taken": baht(share.sales_satang - share.satang),
        "share": baht(share.satang),
    }  # fmt: skip


def _lot(lot: LotLine) -> dict[str, str]:
    parts = lot.parts
    return {
        "name": crops.crop(lot.crop).name.th, "code": f"{lot.lot_code[:4]} {lot.lot_code[4:]}",
        "on": thai_date(lot.harvested_on), "weighed": kilos(lot.grams),
        "sales": baht(lot.sales_satang), "group": baht(parts.group), "truck": baht(parts.truck),
        "rest": baht(parts.fund + parts.merchant), "share": baht(lot.satang),
    }  # fmt: skip


def _said(rule: Split) -> str:
    taken = {
        "กลุ่ม": rule.group_bp,
        "รถ": rule.truck_bp,
        "กองทุน": rule.fund_bp,
        "ผู้ขาย": rule.merchant_bp,
    }
    parts = [f"{who} {bp / 100:g}%" for who, bp in taken.items() if bp]
    return " · ".join([f"เกษตรกร {(10_000 - sum(taken.values())) / 100:g}%", *parts])


def _payout(one: PayoutView) -> dict[str, str]:
    way = "เงินสด" if one.bank == "cash" else one.bank or ""
    on = thai_date(local_day(one.paid_at)) if one.paid_at else ""
    return {"on": on, "reference": f"{way} {one.trans_ref or ''}", "sum": baht(one.satang)}
