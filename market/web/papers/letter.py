"""A letter to an inspector's employer, and a certificate of the hours that somebody served."""

from __future__ import annotations

from datetime import date, datetime

from certification.areas import queries as areas
from certification.assignment import queries
from certification.assignment.queries import SeatView
from certification.basis.units import local_day, thai_date
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.people import queries as people
from certification.plots import queries as plots
from market.domain.labels.drawing import qr_svg


async def request(seat: SeatView, origin: str, today: date) -> dict[str, object]:
    """Says where and when, and of whom nothing but the name."""
    plan, plot = await queries.plan(seat.plan), await plots.plot(seat.plot)
    card = await queries.card(seat.person or "")
    visit = await inspections.inspection(seat.inspection) if seat.inspection else None
    names = await people.names([seat.person or ""])
    return {
        "to": (card and card.employer) or "…………………………………………………",
        "name": names.get(seat.person or "", ""),
        "organ": (await groups.group(plan.organ)).name_th,
        "group": (await groups.group(plot.group)).name_th,
        "area": areas.address(plot.tambon),
        "season": str(plan.season + 543),
        "on": thai_date(visit.planned_on) if visit else "",
        "printed": thai_date(today),
        "qr": qr_svg(f"{origin}/about"),
    }


async def service(person: str, first: date, last: date, origin: str) -> dict[str, object]:
    visits = await queries.service(person, first, last)
    names = await people.names([person])
    lines, minutes = list[dict[str, str]](), 0
    for one in visits:
        plot = await plots.plot(one["plot"])
        spent = minutes_of(one["started_at"], one["ended_at"])
        minutes += spent
        lines.append({
            "on": thai_date(local_day(one["started_at"] or one["ended_at"])),
            "plot": f"{plot.code[:4]}-{plot.code[4:]}", "area": areas.address(plot.tambon),
            "hours": said_hours(spent),
        })  # fmt: skip
    return {
        "name": names.get(person, ""), "first": thai_date(first), "last": thai_date(last),
        "visits": lines, "count": str(len(lines)), "hours": said_hours(minutes),
        "printed": thai_date(last), "qr": qr_svg(f"{origin}/log"),
    }  # fmt: skip


def minutes_of(began: datetime | None, ended: datetime | None) -> int:
    """Whole minutes on the plot; nothing where one of the two is unknown."""
    return round((ended - began).total_seconds() / 60) if began and ended else 0


def said_hours(minutes: int) -> str:
    return f"{minutes // 60} ชม. {minutes % 60} นาที"
