"""Findings as they stand today, what happened to each, and how long it took to close them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.basis.units import local_day
from certification.findings import rules
from certification.findings.standings import (
    REMIND_DAYS,
    Kind,
    Made,
    Standing,
    Step,
    standing,
    to_tell,
)
from certification.findings.tables import FindingStep
from certification.groups import queries as groups
from certification.inspections import queries as inspections
from certification.inspections.rules import ripe_for_major
from certification.inspections.views import FindingView
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import RuleSet

VOID = ("withdrawn", "retested")


class StepView(msgspec.Struct, frozen=True):
    id: str
    kind: Kind
    words: str | None
    due_on: date | None
    photo: str | None
    decided_on: date | None
    meeting_ref: str | None
    meeting: str | None
    by: str
    at: datetime


class Story(msgspec.Struct, frozen=True):
    """A finding with all that happened, as it stands on the day asked for."""

    finding: FindingView
    standing: Standing
    steps: tuple[StepView, ...]
    action: str | None
    """The newest that was agreed."""
    minors: int
    """Open minor findings of the land, where they are enough to count as a major."""

    @property
    def proposes_suspension(self) -> bool:
        """For the committee: late by the charter's days, and grave or one of many."""
        grave = self.finding.severity != "minor" or self.minors > 0
        return self.standing.escalated and grave


async def story(id: str, on: date) -> Story:
    [found] = await stories([await inspections.finding(id)], on)
    return found


async def of_plots(lands: Iterable[str], on: date, *, closed: bool = False) -> list[Story]:
    """What is due first, first."""
    found = await inspections.findings_on(lands)
    told = await stories([f for f in found if closed or f.closed_at is None], on)
    return sorted(told, key=lambda one: (one.standing.due_on, one.finding.at, one.finding.id))


async def in_groups(within: Iterable[str], on: date, *, closed: bool = False) -> list[Story]:
    lands = [plot.id for group in within for plot in await plots.of_group(group)]
    return await of_plots(lands, on, closed=closed)


async def of_farmer(person: str, on: date, *, closed: bool = False) -> list[Story]:
    """On the land that this person farms on that day, under its earlier outlines too; and what
    nobody else farms any more."""
    mine = [o for p in await plots.of_farmer(person, on) for o in await plots.outlines(p.id)]
    left = await inspections.findings_by(person)
    lands = dict.fromkeys([*mine, *(f.plot for f in left)])
    told = await of_plots(lands, on, closed=closed)
    return [one for one in told if await answerable(one.finding, on) == person]


async def that_stand(found: Sequence[FindingView]) -> tuple[FindingView, ...]:
    """Without those of which a meeting said that they are none, or a corrected test."""
    told = await _steps([one.id for one in found])
    none = {id for id, steps in told.items() if any(one.kind in VOID for one in steps)}
    return tuple(one for one in found if one.id not in none)


async def is_long_overdue(plot: str, on: date) -> bool:
    """A ground to suspend: major, or so many minor ones, and late by the days of grace."""
    for one in await of_plots(await plots.outlines(plot), on):
        grave = one.finding.severity != "minor" or one.minors > 0
        if grave and one.standing.days_late >= max((await settings_of(one.finding)).grace_days, 1):
            return True
    return False


async def answerable(finding: FindingView, on: date) -> str:
    """Who farms the land now; who did when it was found, where nobody does."""
    return await plots.holder(finding.plot, on) or finding.farmer


async def of_meeting(meeting: str, on: date) -> list[tuple[Story, StepView]]:
    """What a meeting said of findings, in the order in which it did."""
    rows = await (
        FindingStep.select(FindingStep.finding, FindingStep.id)
        .where(FindingStep.meeting == meeting)
        .order_by(FindingStep.at, FindingStep.id)
    )
    found = await inspections.findings_named([row["finding"] for row in rows])
    told = {one.finding.id: one for one in await stories(found, on)}
    said = {step.id: step for one in told.values() for step in one.steps}
    return [(told[row["finding"]], said[row["id"]]) for row in rows]


async def before_a_meeting(organ: str, on: date) -> list[Story]:
    """What the charter lays before the committee: disputed, or late beyond its grace."""
    under = [one.id for one in await groups.networks_groups(organ)] or [organ]
    told = await in_groups(under, on)
    return [one for one in told if one.standing.disputed or one.standing.escalated]


async def settings_of(finding: FindingView) -> RuleSet:
    """Of the version under which it was made, whatever was published since."""
    return (await schemes.version(finding.scheme_version)).content.rules


async def stories(found: Sequence[FindingView], on: date) -> list[Story]:
    told = await _steps([one.id for one in found])
    settings: dict[str, RuleSet] = {}
    minors: dict[str, Mapping[str, int]] = {}
    made = []
    for one in found:
        if one.scheme_version not in settings:
            settings[one.scheme_version] = await settings_of(one)
        if one.plot not in minors:
            minors[one.plot] = await inspections.open_count(one.plot)
        rules_of, steps = settings[one.scheme_version], told.get(one.id, ())
        now = standing(made_of(one), [step_of(s) for s in steps], rules_of, today=on)
        agreed = [s.words for s in steps if s.kind == "agreed"]
        many = ripe_for_major(minors[one.plot], rules_of)
        made.append(Story(one, now, steps, agreed[-1] if agreed else one.action, many))
    return made


def made_of(one: FindingView) -> Made:
    return Made(
        local_day(one.at), one.due_on, one.severity, one.action is not None,
        one.closed_at is not None,
    )  # fmt: skip


def step_of(one: StepView) -> Step:
    return Step(one.kind, local_day(one.at), one.due_on, one.by)


async def _steps(ids: Sequence[str]) -> dict[str, tuple[StepView, ...]]:
    if not ids:
        return {}
    rows = await (
        FindingStep.select().where(FindingStep.finding.is_in(list(ids))).order_by(FindingStep.seq)
    )
    found: dict[str, tuple[StepView, ...]] = {}
    for row in rows:
        view = as_view(StepView, row)
        found[row["finding"]] = (*found.get(row["finding"], ()), view)
    return found


async def unsettled(at: datetime) -> list[str]:
    """Everywhere, of whom the clock has something to say."""
    today = local_day(at)
    soon = today + timedelta(days=REMIND_DAYS)
    rows = await in_use().query(
        "SELECT f.id FROM finding f LEFT JOIN finding_closed c ON c.finding = f.id"
        " WHERE c.id IS NULL AND (f.due_on <= {} OR EXISTS"
        " (SELECT 1 FROM finding_step s WHERE s.finding = f.id AND s.due_on <= {}))"
        " ORDER BY f.due_on, f.id",
        soon, soon,
    )  # fmt: skip
    found = await inspections.findings_named([row["id"] for row in rows])
    return [
        one.finding.id
        for one in await stories(found, today)
        if to_tell(
            one.standing, [step_of(s) for s in one.steps], await settings_of(one.finding),
            today=today,
        )
    ]  # fmt: skip


async def days_to_close(within: Iterable[str], since: date, until: date) -> int | None:
    """The median of all closed in these days; for the public figures."""
    lands = [plot.id for group in within for plot in await plots.of_group(group)]
    closed = [f for f in await inspections.findings_on(lands) if f.closed_at is not None]
    ends = [(local_day(f.closed_at), local_day(f.at)) for f in closed if f.closed_at]
    return rules.median_days([(end - made).days for end, made in ends if since <= end <= until])
