"""The certificate on A4, to be signed by hand."""

from __future__ import annotations

from datetime import date

from certification.areas import queries as areas
from certification.basis.text import Text
from certification.basis.units import english_date, local_day, thai_area, thai_date
from certification.certificates import queries as certificates
from certification.certificates.queries import CertificateView
from certification.crops import queries as crops
from certification.decisions import queries as decisions
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.meetings import queries as meetings
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.domain.labels.drawing import qr_svg
from market.domain.labels.rules import address

TITLES = {
    "organic": Text(
        "ใบรับรองแปลงเกษตรอินทรีย์", "Certificate of organic land, by participatory guarantee"
    ),
    "in_conversion": Text(
        "ใบรับรองแปลงระยะปรับเปลี่ยน", "Certificate of land in conversion, by participatory guarantee"
    ),
}
STAGES = {
    "organic": Text("อินทรีย์", "organic"),
    "in_conversion": Text("ระยะปรับเปลี่ยน ยังไม่เรียกว่าอินทรีย์", "in conversion, not yet organic"),
}
OVER = {
    "suspended": "พักการรับรอง", "revoked": "เพิกถอนแล้ว", "surrendered": "คืนแล้ว",
    "superseded": "มีใบใหม่แทน", "expired": "หมดอายุ",
}  # fmt: skip
"""What is written across a paper that no longer holds."""
UNKNOWN = "................................"
"""Whoever was erased: the paper keeps a line for the hand."""


async def content(of: CertificateView, origin: str, today: date) -> dict[str, object]:
    plot, group = await plots.plot(of.plot), await groups.group(of.group)
    network = await groups.group(group.network) if group.network else group
    version = await schemes.version(of.scheme_version)
    names = [crops.crop(crop).name for crop in of.crops]
    scan = address(origin, "C", of.code)
    standing = await certificates.standing(of, None, today)
    return {
        "number": of.number,
        "title": TITLES[of.stage].th, "title_en": TITLES[of.stage].en,
        "stage": STAGES[of.stage].th, "stage_en": STAGES[of.stage].en,
        "over": OVER.get(standing.state, ""),
        "network": network.name_th, "network_en": network.name_en,
        "group": group.name_th, "group_en": group.name_en,
        "holder": (await people.names([of.holder])).get(of.holder, UNKNOWN),
        "scheme": version.content.name.th, "version": str(version.version),
        "plot": f"{plot.code[:4]}-{plot.code[4:]}",
        "where": areas.address(plot.tambon), "where_en": areas.address(plot.tambon, "en"),
        "area": thai_area(plot.area_m2),
        "crops": [name.th for name in names], "crops_en": [name.en for name in names],
        "valid": f"{thai_date(of.valid_from)} ถึง {thai_date(of.valid_until)}",
        "valid_en": f"{english_date(of.valid_from)} – {english_date(of.valid_until)}",
        **await _decided(of),
        "qr": qr_svg(scan), "address": f"{origin}/C/{of.code}",
        "printed": thai_date(today),
    }  # fmt: skip


async def _decided(of: CertificateView) -> dict[str, str]:
    decision = await decisions.decision(of.decision)
    meeting = await meetings.meeting(decision.meeting)
    votes = f"เห็นชอบ {decision.votes_for} ไม่เห็นชอบ {decision.votes_against}"
    held = thai_date(meeting.held_on)
    visit, _ = await decisions.visits(decision.application)
    signed = [one for one in await inspections.members(visit.id) if one.signed_at] if visit else []
    on = local_day(visit.ended_at) if visit and visit.ended_at else None
    seen = f"{thai_date(on)} ผู้ตรวจลงชื่อ {len(signed)} คน" if on else ""
    return {"inspected": seen, "decided": f"{held} {votes} ผู้เข้าประชุม {decision.present} คน"}
