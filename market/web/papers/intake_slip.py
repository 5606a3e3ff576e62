"""The slip of a weighing for the farmer: a strip of 58 or 80 mm, or A5."""

from __future__ import annotations

from certification.basis.units import THAILAND, kilos, local_day, thai_date
from certification.groups import queries as groups
from certification.people import queries as people
from market.answers.words import words
from market.domain.intake.queries import IntakeView
from market.domain.labels.drawing import qr_svg
from market.domain.labels.rules import address

WIDTHS = {"a5": 148, "80": 80, "58": 58}
UNKNOWN = "................................"
"""Whoever was erased: the slip keeps a line for the hand."""


async def content(of: IntakeView, origin: str, size: str) -> dict[str, object]:
    """Its code leads to the lot as everybody sees it; without a lot, to the slip."""
    group = await groups.group(of.group)
    names = await people.names([one for one in (of.farmer, of.by) if one])
    refused = of.weighed_grams - of.accepted_grams
    scan = address(origin, "L", of.lot_code) if of.lot_code else f"{origin}/intake/{of.id}"
    at = of.brought_at.astimezone(THAILAND)
    return {
        "width_mm": WIDTHS[size], "number": of.id[-6:].upper(),
        "group": group.name_th, "on": f"{thai_date(local_day(of.brought_at))} {at:%H.%M} น.",
        "farmer": names.get(of.farmer or "", UNKNOWN), "weigher": names.get(of.by, UNKNOWN),
        "product": of.name_th, "weighed": kilos(of.weighed_grams),
        "accepted": kilos(of.accepted_grams),
        "refused": kilos(refused) if refused else "",
        "because": words("th")(f"intake.because.{of.because}") if of.because else "",
        "lot": f"{of.lot_code[:4]} {of.lot_code[4:]}" if of.lot_code else "",
        "corrected": of.corrected_by is not None,
        "qr": qr_svg(scan), "scan": "ดูรุ่นผลผลิต" if of.lot_code else "ดูใบชั่ง",
    }  # fmt: skip
