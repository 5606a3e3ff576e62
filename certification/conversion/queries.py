"""The facts from which a plot's stage follows, and the stage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from certification.applications import queries as applications
from certification.applications.queries import ApplicationView
from certification.applications.rules import LEFT
from certification.basis import log
from certification.basis.units import local_day
from certification.conversion import rules
from certification.conversion.rules import (
    GRAVE,
    Course,
    Facts,
    Review,
    Shortening,
    Span,
    Spoil,
)
from certification.conversion.tables import ConversionShortened
from certification.findings import queries as findings
from certification.inputs import queries as inputs
from certification.inspections import queries as inspections
from certification.inspections.kinds import YEARLY
from certification.inspections.views import FindingView, InspectionView
from certification.land import queries as land
from certification.meetings.tables import Meeting
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import Version
from certification.schemes.settings import CropClass


class ShorteningView(msgspec.Struct, frozen=True):
    id: str
    plot: str
    meeting: str
    held_on: date
    crop_class: CropClass
    months: int
    evidence: str
    reason: str
    votes_for: int
    votes_against: int
    by: str
    at: datetime


async def stage(plot: str, version: Version, of: CropClass, on: date) -> Span:
    """By all that is known now."""
    found = await facts(plot, version)
    return rules.course(found, of, version.content.rules).on(on)


async def courses(plot: str, version: Version) -> dict[CropClass, Course]:
    return rules.courses(await facts(plot, version), version.content.rules)


async def asked_under(plot: str) -> list[Version]:
    """Of each scheme under which the plot was applied for, the version asked for last."""
    found: dict[str, Version] = {}
    for one in await applications.of_plot(plot):
        if one.state not in LEFT:
            version = await schemes.version(one.scheme_version)
            found.setdefault(version.scheme, version)
    return [found[scheme] for scheme in sorted(found)]


async def facts(plot: str, version: Version) -> Facts:
    asked = [one for one in await _asked(plot, version.scheme) if one.state not in LEFT]
    since = tuple(one.no_prohibited_since for one in asked)
    lands = await plots.outlines(plot)
    found = await findings.that_stand(await inspections.findings_on(lands))
    visits = [one for land in lands for one in await inspections.of_plot(land)]
    spoils = [
        *[spoil async for spoil in _used(lands, version.scheme)],
        *_seen(visits, found, version),
        *[spoil async for spoil in _years(plot, since)],
    ]
    granted = [
        Shortening(one.held_on, one.crop_class, one.months)
        for one in await shortenings(plot, version.scheme)
    ]
    passed = [one async for one in _reviews(visits, found, asked)]
    return Facts(since, tuple(spoils), tuple(passed), tuple(granted))


async def shortenings(plot: str, scheme: str) -> list[ShorteningView]:
    """The oldest first."""
    mine = ConversionShortened.plot == plot
    return await _shortenings(mine & (ConversionShortened.scheme == scheme))


async def shortening(id: str) -> ShorteningView | None:
    found = await _shortenings(ConversionShortened.id == id)
    return found[0] if found else None


async def _shortenings(condition: Any) -> list[ShorteningView]:
    rows = await (
        ConversionShortened.select()
        .where(condition)
        .order_by(ConversionShortened.at, ConversionShortened.id)
    )
    held = await _held([row["meeting"] for row in rows])
    names = [name for name in ShorteningView.__struct_fields__ if name != "held_on"]
    return [
        ShorteningView(held_on=held[row["meeting"]], **{name: row[name] for name in names})
        for row in rows
    ]


async def _held(meetings: Sequence[str]) -> dict[str, date]:
    if not meetings:
        return {}
    rows = await Meeting.select(Meeting.id, Meeting.held_on).where(Meeting.id.is_in(list(meetings)))
    return {row["id"]: row["held_on"] for row in rows}


async def _asked(plot: str, scheme: str) -> list[ApplicationView]:
    return [
        one
        for one in await applications.of_plot(plot)
        if (await schemes.version(one.scheme_version)).scheme == scheme
    ]


async def _used(lands: Sequence[str], scheme: str) -> AsyncIterator[Spoil]:
    """Also under an earlier outline: it is the same soil."""
    for outline in lands:
        for one in await inputs.of_plot(outline):
            says = any(j.scheme == scheme and j.status == "prohibited" for j in one.judged)
            if one.counts and says:
                yield Spoil(one.used_on, one.used_on, "prohibited_use")


def _seen(
    visits: Sequence[InspectionView], found: Sequence[FindingView], version: Version
) -> Iterator[Spoil]:
    """What visits, tests and complaints found of it; what a diary tells has its own day."""
    days = {one.id: _day(one) for one in visits}
    chapters = {item.code: item.chapter for item in version.content.checklist}
    for one in found:
        grave = one.severity == "critical" and one.use is None
        if grave and rules.restarts(one.item, chapters.get(one.item, "")):
            on = days.get(one.inspection or "", local_day(one.at))
            yield Spoil(on, on, "critical_finding")


async def _years(plot: str, since: Sequence[date]) -> AsyncIterator[Spoil]:
    for year, told_on in await land.synthetic_years(plot):
        if spoil := rules.contradicted(year, told_on, since):
            yield spoil


async def _reviews(
    visits: Sequence[InspectionView], found: Sequence[FindingView], asked: Sequence[ApplicationView]
) -> AsyncIterator[Review]:
    """Of applications under this scheme that no meeting turned down."""
    under = {one.id: not await _turned_down(one) for one in asked}
    for one in visits:
        if one.kind in YEARLY and one.state == "signed" and under.get(one.application):
            grave = [f for f in found if f.inspection == one.id and f.severity in GRAVE]
            closed = [local_day(f.closed_at) if f.closed_at else None for f in grave]
            ends = [_day(one), *[on for on in closed if on]]
            yield Review(_day(one), None if None in closed else max(ends))


async def _turned_down(of: ApplicationView) -> bool:
    """Meetings stand above and tell the log."""
    if of.state != "decided":
        return False
    told = [entry.event for entry in await log.events_of(of.id)]
    return any(
        event["type"] == "decisions.decided" and event["outcome"] == "rejected" for event in told
    )


def _day(visit: InspectionView) -> date:
    return local_day(visit.ended_at or visit.started_at or visit.at)
