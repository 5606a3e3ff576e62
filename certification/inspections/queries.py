"""What was seen on a plot: visits, who was there, findings, photos."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from certification.applications import queries as applications
from certification.applications.queries import ApplicationView
from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.basis.units import local_day
from certification.inspections import kinds, refusals
from certification.inspections.panel import Assigned
from certification.inspections.refusals import InspectionMissing
from certification.inspections.tables import (
    Finding,
    FindingClosed,
    Inspection,
    InspectionMember,
    MemberExcused,
    Photo,
    VisitAbout,
    VisitPaper,
)
from certification.inspections.views import (
    AboutView,
    ExcuseView,
    FindingView,
    InspectionView,
    MemberView,
    PaperView,
    PhotoView,
    Yearly,
)
from certification.plots import queries as plots
from certification.schemes import queries as schemes


async def inspection(id: str) -> InspectionView:
    found = await _inspections(Inspection.id == id)
    if not found:
        raise InspectionMissing(inspection=id)
    return found[0]


async def of_application(application: str) -> list[InspectionView]:
    """The newest first."""
    return await _inspections(Inspection.application == application)


async def of_plot(plot: str) -> list[InspectionView]:
    return await _inspections(Inspection.plot == plot)


async def of_inspector(person: str) -> list[InspectionView]:
    mine = await InspectionMember.select(InspectionMember.inspection).where(
        InspectionMember.person == person
    )
    return (
        await _inspections(Inspection.id.is_in([row["inspection"] for row in mine])) if mine else []
    )


async def finished(application: str) -> InspectionView | None:
    """The newest signed visit; a decision rests on it."""
    signed = [i for i in await of_application(application) if i.state == "signed"]
    return max(signed, key=lambda i: (i.ended_at or i.at, i.id), default=None)


async def about(inspection: str) -> tuple[AboutView, ...]:
    rows = await (
        VisitAbout.select().where(VisitAbout.inspection == inspection).order_by(VisitAbout.id)
    )
    return tuple(as_view(AboutView, row) for row in rows)


async def yearly(asked: ApplicationView, year: int) -> int:
    """Announced visits of that year, done or to come, under the same version's scheme."""
    scheme = (await schemes.version(asked.scheme_version)).scheme
    found = 0
    for one in await of_plot(asked.plot):
        counts = one.kind in kinds.YEARLY and one.state != "cancelled"
        if counts and (local_day(one.ended_at) if one.ended_at else one.planned_on).year == year:
            found += (await schemes.version(one.scheme_version)).scheme == scheme
    return found


async def years_visits(group: str, year: int) -> list[Yearly]:
    """The announced visits of that year to plots of the group, done or to come."""
    rows = await in_use().query(
        "SELECT i.plot, v.scheme, i.state, i.planned_on FROM inspection i"
        " JOIN plot p ON p.id = i.plot JOIN scheme_version v ON v.id = i.scheme_version"
        ' WHERE p."group" = {} AND i.planned_on BETWEEN {} AND {}'
        " AND i.kind IN ('initial', 'annual') AND i.state <> 'cancelled'",
        group, date(year, 1, 1), date(year, 12, 31),
    )  # fmt: skip
    return [Yearly(**row) for row in rows]


async def of_group(group: str) -> list[InspectionView]:
    """Of all its plots, the newest first."""
    lands = [plot.id for plot in await plots.of_group(group)]
    return await _inspections(Inspection.plot.is_in(lands)) if lands else []


async def members(inspection: str) -> tuple[MemberView, ...]:
    rows = await (
        InspectionMember.select()
        .where(InspectionMember.inspection == inspection)
        .order_by(InspectionMember.id)
    )
    return tuple(as_view(MemberView, row) for row in rows)


async def decided(visit: InspectionView) -> bool:
    """A meeting decided on the application that this visit carried before it."""
    asked = await applications.application(visit.application)
    return visit.carries and asked.state == "decided"


async def findings(inspection: str) -> tuple[FindingView, ...]:
    return await _findings(Finding.inspection == inspection)


async def finding(id: str) -> FindingView:
    found = await _findings(Finding.id == id)
    if not found:
        raise refusals.NoSuchFinding(finding=id)
    return found[0]


async def findings_on(lands: Iterable[str]) -> tuple[FindingView, ...]:
    """All there ever were."""
    ids = list(lands)
    return await _findings(Finding.plot.is_in(ids)) if ids else ()


async def findings_named(ids: Iterable[str]) -> tuple[FindingView, ...]:
    wanted = list(ids)
    return await _findings(Finding.id.is_in(wanted)) if wanted else ()


async def findings_by(farmer: str) -> tuple[FindingView, ...]:
    """Those that were this farmer's when they were made."""
    return await _findings(Finding.farmer == farmer)


async def findings_of(plot: str) -> tuple[FindingView, ...]:
    """Of all visits to the plot, of whichever application, also under its earlier outlines."""
    return await _findings(Finding.plot.is_in(await plots.outlines(plot)))


async def open_findings(plot: str) -> tuple[FindingView, ...]:
    return tuple(f for f in await findings_of(plot) if f.closed_at is None)


async def open_in(groups: Iterable[str]) -> tuple[FindingView, ...]:
    """Of all plots of these groups, what is due first."""
    lands = [plot.id for group in groups for plot in await plots.of_group(group)]
    found = await _findings(Finding.plot.is_in(lands)) if lands else ()
    return tuple(sorted((f for f in found if f.closed_at is None), key=lambda f: (f.due_on, f.at)))


async def open_count(plot: str) -> Mapping[str, int]:
    """By severity."""
    return Counter(finding.severity for finding in await open_findings(plot))


async def photos(inspection: str) -> tuple[PhotoView, ...]:
    rows = await Photo.select().where(Photo.inspection == inspection).order_by(Photo.at, Photo.id)
    return tuple(as_view(PhotoView, row) for row in rows)


async def seats(inspection: str) -> tuple[Assigned, ...]:
    return tuple(msgspec.convert(
        [
            {"person": m.person, "seat": m.seat}
            for m in await members(inspection)
            if m.left_at is None
        ],
        tuple[Assigned, ...],
    ))  # fmt: skip


async def paper(inspection: str) -> PaperView | None:
    row = await VisitPaper.select().where(VisitPaper.inspection == inspection).first()
    return as_view(PaperView, row) if row else None


async def _inspections(condition: Any) -> list[InspectionView]:
    rows = await (
        Inspection.select()
        .where(condition)
        .order_by(Inspection.planned_on, Inspection.at, Inspection.id, ascending=False)
    )
    return [as_view(InspectionView, row) for row in rows]


async def _findings(condition: Any) -> tuple[FindingView, ...]:
    rows = await Finding.select().where(condition).order_by(Finding.at, Finding.id)
    if not rows:
        return ()
    closings = await FindingClosed.select().where(
        FindingClosed.finding.is_in([row["id"] for row in rows])
    )
    closed = {row["finding"]: row for row in closings}
    return tuple(_finding(row, closed.get(row["id"])) for row in rows)


def _finding(row: dict[str, Any], closing: dict[str, Any] | None) -> FindingView:
    end = closing or {"by": None, "at": None, "note": None}
    both = {**row, "closed_by": end["by"], "closed_at": end["at"], "closing_note": end["note"]}
    return as_view(FindingView, both)


async def excuses(inspection: str) -> tuple[ExcuseView, ...]:
    rows = await (
        MemberExcused.select()
        .where(MemberExcused.inspection == inspection)
        .order_by(MemberExcused.at, MemberExcused.id)
    )
    return tuple(as_view(ExcuseView, row) for row in rows)


async def excused_on(plot: str) -> list[ExcuseView]:
    """For the public page of the plot: signed by two, the newest first."""
    rows = await in_use().query(
        "SELECT e.* FROM inspection_member_excused e JOIN inspection i ON i.id = e.inspection"
        " WHERE i.plot = {} AND e.signed_at IS NOT NULL ORDER BY e.signed_at DESC, e.id",
        plot,
    )
    return [as_view(ExcuseView, row) for row in rows]


async def excused(inspection: str) -> frozenset[str]:
    rows = await InspectionMember.select(InspectionMember.person, InspectionMember.excused).where(
        InspectionMember.inspection == inspection
    )
    return frozenset(row["person"] for row in rows if row["excused"])
