"""What was seen on a plot: the sheet as it stands, what is still open, and who is bound to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from certification.applications import queries as applications
from certification.applications.queries import ApplicationView, SelfView
from certification.basis.database import in_use
from certification.basis.refusal import Refusal
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.inspections import kinds, layers, panel, rules
from certification.inspections.layers import (
    CorrectionView,
    DissentView,
    FarmerSaidView,
    LateView,
    RemarkView,
    ScreeningView,
)
from certification.inspections.panel import Assigned, Ties
from certification.inspections.rules import InspectionMissing
from certification.inspections.tables import (
    Answer,
    Correction,
    Finding,
    FindingClosed,
    Inspection,
    InspectionMember,
    MemberExcused,
    Photo,
    VisitAbout,
    VisitPaper,
)
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import Content, RuleSet, Severity

View = TypeVar("View", bound=msgspec.Struct)


class InspectionView(msgspec.Struct, frozen=True):
    id: str
    application: str
    plot: str
    scheme_version: str
    kind: str
    state: str
    planned_on: date
    started_at: datetime | None
    ended_at: datetime | None
    farmer_signature: str | None
    sheet_digest: str | None
    land_digest: str | None
    carries: bool
    """Its end carries the application from accepted to inspected."""
    assigned_by: str
    at: datetime


class AboutView(msgspec.Struct, frozen=True):
    what: str
    """finding, complaint, item, reason"""
    of: str | None
    words: str | None


class Yearly(msgspec.Struct, frozen=True):
    plot: str
    scheme: str
    state: str
    planned_on: date


class MemberView(msgspec.Struct, frozen=True):
    person: str
    seat: str
    signed_at: datetime | None
    excused: bool
    """What stands against this person was overridden, by two and in public."""
    left_at: datetime | None
    """Replaced by another."""


class ExcuseView(msgspec.Struct, frozen=True):
    id: str
    inspection: str
    person: str
    why: str
    reason: str
    by: str
    at: datetime
    signed_by: str | None
    signed_at: datetime | None


class PaperView(msgspec.Struct, frozen=True):
    started_at: datetime
    ended_at: datetime
    photo: str
    by: str
    at: datetime


class AnswerView(msgspec.Struct, frozen=True):
    id: str
    item: str
    value: str
    note: str | None
    by: str
    answered_at: datetime
    received_at: datetime
    seq: int
    signed_as: str | None = None
    """What the sheet says, where a correction holds."""


class Layered(msgspec.Struct, frozen=True):
    """One question in its three layers, with who and when."""

    item: str
    farmer: SelfView | None
    inspector: AnswerView | None
    reviewer: tuple[RemarkView, ...]
    differs: bool
    """The last reviewer who gave a value gave another than the inspectors."""


class FindingView(msgspec.Struct, frozen=True):
    id: str
    source: str
    """visit, use, test, complaint"""
    about: str
    inspection: str | None
    """None where no visit made it."""
    use: str | None
    plot: str
    farmer: str
    scheme_version: str
    item: str
    severity: Severity
    what: str
    action: str | None
    due_on: date
    by: str
    at: datetime
    closed_by: str | None
    closed_at: datetime | None
    closing_note: str | None


class PhotoView(msgspec.Struct, frozen=True):
    id: str
    item: str | None
    blob: str
    by: str
    at: datetime


class Record(msgspec.Struct, frozen=True):
    """The whole sheet; `answers` are those that hold, one for each item."""

    inspection: InspectionView
    members: tuple[MemberView, ...]
    answers: tuple[AnswerView, ...]
    findings: tuple[FindingView, ...]
    photos: tuple[PhotoView, ...]
    about: tuple[AboutView, ...] = ()
    dissents: tuple[DissentView, ...] = ()
    farmer_said: FarmerSaidView | None = None
    corrections: tuple[CorrectionView, ...] = ()
    screenings: tuple[ScreeningView, ...] = ()
    late: tuple[LateView, ...] = ()
    """Answers that came when the sheet was closed: no part of it."""
    excuses: tuple[ExcuseView, ...] = ()
    paper: PaperView | None = None
    """Filled in on paper and typed afterwards."""
    layers: tuple[Layered, ...] = ()
    as_signed: bool = True
    """Its rows still give the digest that was written at the last signature."""


class Progress(msgspec.Struct, frozen=True):
    answered: int
    items: int
    missing: tuple[str, ...]
    """Critical and major items without an answer."""
    without_finding: tuple[str, ...]
    signatures: int
    members: int
    without_evidence: tuple[str, ...] = ()
    """Photo or paper asked for, none there and no word why."""


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
    return tuple(_as(AboutView, row) for row in rows)


async def sheet(visit: InspectionView) -> Content:
    """Its frozen version, with the questions that this visit asks."""
    return await asked(visit, (await schemes.version(visit.scheme_version)).content)


async def asked(visit: InspectionView, content: Content) -> Content:
    if visit.kind not in kinds.NARROW:
        return content
    of = [one for one in await about(visit.id) if one.of]
    ids = [one.of for one in of if one.what == "finding"]
    named = {str(one.of) for one in of if one.what == "item"}
    named |= {f.item for f in (await _findings(Finding.id.is_in(ids)) if ids else ())}
    told = {one.item for one in await findings(visit.id)} | {*await values(visit.id)}
    return kinds.asked(content, visit.kind, named, told)


async def farmer(asked: ApplicationView, *, carries: bool, on: date) -> str:
    """Whose land is looked at: who applied; in a visit to certified land who farms it now."""
    return asked.applicant if carries else (await plots.holder(asked.plot, on) or asked.applicant)


async def farmers(visit: InspectionView) -> frozenset[str]:
    """Who applied, and who farms it on the planned day."""
    asked = await applications.application(visit.application)
    return frozenset({asked.applicant, await farmer(asked, carries=False, on=visit.planned_on)})


async def kept_from(visit: InspectionView) -> frozenset[str]:
    """Who must learn nothing of it yet: of an unannounced visit that has not begun the farmer, and
    whoever may not judge the farmer because of living or working too near."""
    if not kinds.hidden(visit.kind, visit.started_at):
        return frozenset()
    return await near(visit, visit.planned_on)


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
    return tuple(_as(MemberView, row) for row in rows)


async def answers(inspection: str) -> tuple[AnswerView, ...]:
    """Those that hold: of each item the last that came, in the order in which they came; after
    signing the last correction that enough have signed."""
    rows = await Answer.select().where(Answer.inspection == inspection).order_by(Answer.seq)
    holding = {row["item"]: _as(AnswerView, {**row, "signed_as": None}) for row in rows}
    for one in await _corrected(inspection):
        if one.holds_since is not None:
            was = holding.get(one.item)
            holding[one.item] = AnswerView(
                one.id, one.item, one.value, one.note or one.reason, one.by, one.at,
                one.holds_since, was.seq if was else len(rows) + 1,
                (was.signed_as or was.value) if was else "",
            )  # fmt: skip
    return tuple(sorted(holding.values(), key=lambda answer: answer.seq))


async def _corrected(id: str) -> list[CorrectionView]:
    none = not await Correction.exists().where(Correction.inspection == id)
    return [] if none else await corrections(await inspection(id))


async def corrections(visit: InspectionView) -> list[CorrectionView]:
    """By when they came to hold; those that do not yet last."""
    settings = (await schemes.version(visit.scheme_version)).content.rules
    found = await layers.corrections(visit.id, settings)
    return sorted(found, key=lambda c: (c.holds_since is None, c.holds_since or c.at, c.id))


async def bare(inspection: str, sheet: Content) -> list[str]:
    """Questions that ask for a photo or a paper and have neither that nor a word on why."""
    given = await answers(inspection)
    noted = {one.item for one in given if (one.note or "").strip()}
    shown = {one.item for one in await photos(inspection) if one.item}
    return rules.without_evidence(sheet, {a.item: a.value for a in given}, noted, shown)


async def layered(visit: InspectionView) -> tuple[Layered, ...]:
    """Farmer, inspector, reviewer side by side, in the order of the sheet."""
    own = {one.item: one for one in await applications.self_layer(visit.application)}
    given = {one.item: one for one in await answers(visit.id)}
    said: dict[str, list[RemarkView]] = {}
    for remark in await layers.remarks(visit.id):
        said.setdefault(remark.item, []).append(remark)
    content = (await schemes.version(visit.scheme_version)).content
    found = []
    for item in content.checklist:
        code, reviewers = item.code, said.get(item.code, [])
        if code not in own and code not in given and not reviewers:
            continue
        held = given.get(code)
        last = next((one.value for one in reversed(reviewers) if one.value is not None), None)
        differs = last is not None and last != (held.value if held else None)
        found.append(Layered(code, own.get(code), held, tuple(reviewers), differs))
    return tuple(found)


async def near(visit: InspectionView, on: date) -> frozenset[str]:
    """The farmers, and whoever is too near to judge them on that day."""
    farms = await farmers(visit)
    degree = (await schemes.version(visit.scheme_version)).content.rules.kin_degree
    bound = [panel.too_near(await people.related(p, on), kin_degree=degree) for p in farms]
    return farms.union(*bound)


async def decided(visit: InspectionView) -> bool:
    """A meeting decided on the application that this visit carried before it."""
    asked = await applications.application(visit.application)
    return visit.carries and asked.state == "decided"


async def values(inspection: str) -> dict[str, str]:
    return {answer.item: answer.value for answer in await answers(inspection)}


async def findings(inspection: str) -> tuple[FindingView, ...]:
    return await _findings(Finding.inspection == inspection)


async def finding(id: str) -> FindingView:
    found = await _findings(Finding.id == id)
    if not found:
        raise rules.NoSuchFinding(finding=id)
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
    return tuple(_as(PhotoView, row) for row in rows)


async def record(id: str) -> Record:
    visit = await inspection(id)
    anew = await layers.sheet_digest(id) if visit.sheet_digest else None
    return Record(
        visit,
        await members(id),
        await answers(id),
        await findings(id),
        await photos(id),
        await about(id),
        await layers.dissents(id),
        await layers.farmer_said(id),
        tuple(await corrections(visit)),
        await layers.screenings(id),
        await layers.late(id),
        await excuses(id),
        await paper(id),
        await layered(visit),
        anew == visit.sheet_digest,
    )


async def progress(id: str) -> Progress:
    content = await sheet(await inspection(id))
    given, seats = await values(id), [m for m in await members(id) if m.left_at is None]
    told = [(finding.item, finding.severity) for finding in await findings(id)]
    return Progress(
        len(given),
        len(content.checklist),
        tuple(rules.unanswered(content, given)),
        tuple(rules.without_finding(content, given, told)),
        sum(member.signed_at is not None for member in seats),
        len(seats),
        tuple(await bare(id, content)),
    )


async def ties(farmer: str, group: str, settings: RuleSet, *, on: date) -> Ties:
    """What binds a farmer of this group to others on that day."""
    near = await _near(group, settings)
    neighbours = [person for one in near for person in await groups.members(one, on)]
    return Ties(
        farmer,
        await people.related(farmer, on),
        await _inspected_by(farmer, settings.reciprocity_years, on),
        frozenset(neighbours),
    )


async def _near(group: str, settings: RuleSet) -> list[str]:
    """The groups whose producers may look."""
    found = {group}
    if settings.inspect_cross_group and (network := (await groups.group(group)).network):
        found |= {other.id for other in await groups.networks_groups(network)}
    return sorted(found)


async def tied(plot: str, farmer: str, settings: RuleSet, *, on: date) -> Ties:
    return await ties(farmer, (await plots.plot(plot)).group, settings, on=on)


async def candidates(
    group: str, bound: Ties, settings: RuleSet, *, at: datetime
) -> list[panel.Candidate]:
    """Who holds the role of inspector in the group, its network, or a group that may look too."""
    near = await _near(group, settings)
    held = [p for one in near for p in await groups.holders_of("inspector", one, at)]
    return [panel.candidate(person, bound, settings) for person in dict.fromkeys(held)]


async def _inspected_by(farmer: str, years: int, on: date) -> frozenset[str]:
    """Who farms the land that this farmer looked at, or is to look at, within these years; of an
    unannounced visit nothing is told before it begins."""
    rows = await in_use().query(
        "SELECT DISTINCT h.person FROM inspection_member m"
        " JOIN inspection i ON i.id = m.inspection JOIN plot_holder h ON h.plot = i.plot"
        " WHERE m.person = {} AND i.state <> 'cancelled' AND i.planned_on > {}"
        " AND NOT (i.kind = 'random' AND i.state = 'assigned')"
        " AND h.since <= i.planned_on AND (h.until IS NULL OR h.until >= i.planned_on)",
        farmer, panel.years_before(on, years),
    )  # fmt: skip
    return frozenset(row["person"] for row in rows) if years else frozenset()


async def seats(inspection: str) -> tuple[Assigned, ...]:
    return tuple(msgspec.convert(
        [
            {"person": m.person, "seat": m.seat}
            for m in await members(inspection)
            if m.left_at is None
        ],
        tuple[Assigned, ...],
    ))  # fmt: skip


async def standing(visit: InspectionView, at: datetime) -> dict[str, Refusal]:
    """What has come to stand against each of the panel since they were asked, but for those whom
    two have excused in public; never for the farmer."""
    on = local_day(at)
    asked = await applications.application(visit.application)
    farms = await farmer(asked, carries=visit.carries, on=on)
    settings = (await schemes.version(visit.scheme_version)).content.rules
    bound = await tied(visit.plot, farms, settings, on=on)
    lost, let = await _lost_role(visit, settings, at), await excused(visit.id)
    found: dict[str, Refusal] = {}
    for one in await seats(visit.id):
        if one.person in let and one.person != farms:
            continue
        try:
            panel.ensure_independent(one, bound, kin_degree=settings.kin_degree)
        except Refusal as no:
            found[one.person] = no
        else:
            if one.person in lost:
                found[one.person] = panel.RoleLost(person=one.person)
    return found


async def _lost_role(visit: InspectionView, settings: RuleSet, at: datetime) -> frozenset[str]:
    """Who was an inspector there when the visit was assigned, and is none any more."""
    near = await _near((await plots.plot(visit.plot)).group, settings)
    was = {p for one in near for p in await groups.holders_of("inspector", one, visit.at)}
    now = {p for one in near for p in await groups.holders_of("inspector", one, at)}
    return frozenset(was - now)


async def excuses(inspection: str) -> tuple[ExcuseView, ...]:
    rows = await (
        MemberExcused.select()
        .where(MemberExcused.inspection == inspection)
        .order_by(MemberExcused.at, MemberExcused.id)
    )
    return tuple(_as(ExcuseView, row) for row in rows)


async def excused_on(plot: str) -> list[ExcuseView]:
    """For the public page of the plot: signed by two, the newest first."""
    rows = await in_use().query(
        "SELECT e.* FROM inspection_member_excused e JOIN inspection i ON i.id = e.inspection"
        " WHERE i.plot = {} AND e.signed_at IS NOT NULL ORDER BY e.signed_at DESC, e.id",
        plot,
    )
    return [_as(ExcuseView, row) for row in rows]


async def paper(inspection: str) -> PaperView | None:
    row = await VisitPaper.select().where(VisitPaper.inspection == inspection).first()
    return _as(PaperView, row) if row else None


async def changed(visit: InspectionView, on: date) -> list[str]:
    """What of the plot is not as it was at the visit: `shape`, `hands`."""
    seen_on = local_day(visit.ended_at or visit.started_at or visit.at)
    found = ["shape"] if (await plots.plot(visit.plot)).replaced_by else []
    was, now = await plots.holder(visit.plot, seen_on), await plots.holder(visit.plot, on)
    return [*found, "hands"] if was != now and visit.started_at else found


async def excused(inspection: str) -> frozenset[str]:
    rows = await InspectionMember.select(InspectionMember.person, InspectionMember.excused).where(
        InspectionMember.inspection == inspection
    )
    return frozenset(row["person"] for row in rows if row["excused"])


async def _inspections(condition: Any) -> list[InspectionView]:
    rows = await (
        Inspection.select()
        .where(condition)
        .order_by(Inspection.planned_on, Inspection.at, Inspection.id, ascending=False)
    )
    return [_as(InspectionView, row) for row in rows]


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
    return _as(FindingView, both)


def _as(view: type[View], row: dict[str, Any]) -> View:
    """The fields of a view out of a row that has more."""
    return view(**{name: row[name] for name in view.__struct_fields__})
