"""A meeting's word on a finding: more time, whether what is disputed stands, or not today."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.ids import following
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.findings import queries, rules
from certification.findings.commands import Row, ensure_independent, write
from certification.findings.queries import Story
from certification.findings.rules import DeadlineExtended, DisputeSettledBy, Extend, Settle
from certification.groups import queries as groups
from certification.inputs import commands as inputs
from certification.inspections import commands as inspections
from certification.inspections.rules import CloseFinding
from certification.meetings import commands as meetings
from certification.meetings import queries as held
from certification.meetings.queries import MeetingView
from certification.meetings.rules import AgendaChanged, OffTheAgenda, Withdraw
from certification.plots import queries as plots


class Where(msgspec.Struct, frozen=True):
    """Which meeting said it: one that is under way here, or one of which somebody tells."""

    ref: str
    on: date
    meeting: str | None = None


async def extend(data: Extend, *, by: str, at: datetime) -> DeadlineExtended:
    """For all of the group to read."""
    today = local_day(at)
    rules.ensure_reason(data.reason)
    async with transaction():
        told = await queries.story(data.finding, today)
        where = await _where(data, told, today)
        await ensure_independent(told.finding, by, today)
        rules.ensure_extends(told.standing, data.due_on, today=today)
        farmer = await queries.answerable(told.finding, today)
        event = DeadlineExtended(data.finding, farmer, str(data.due_on))
        row = Row(
            data.id, "extended", data.reason.strip(), data.due_on, None, where.on, where.ref,
            where.meeting,
        )  # fmt: skip
        await write(told, row, event, by=by, at=at)
    return event


async def settle(data: Settle, *, by: str, at: datetime) -> DisputeSettledBy:
    """Withdrawn, it is closed; and a use that it came from counts for nothing any more."""
    today = local_day(at)
    async with transaction():
        told = await queries.story(data.finding, today)
        where = await _where(data, told, today)
        rules.ensure_settles(told.standing, data.reason)
        await ensure_independent(told.finding, by, today)
        farmer = await queries.answerable(told.finding, today)
        event = DisputeSettledBy(data.finding, farmer, data.verdict)
        row = Row(
            data.id, data.verdict, data.reason.strip(), None, None, where.on, where.ref,
            where.meeting,
        )  # fmt: skip
        if data.verdict == "withdrawn":
            shut = CloseFinding(following(data.id, "closed"), data.finding, data.reason)
            await inspections.close_finding(shut, by=by, at=at)
            if told.finding.use is not None:
                await inputs.drop(told.finding.use, where.ref, where.on, by=by, at=at)
        await write(told, row, event, by=by, at=at)
    return event


async def put_off(data: Withdraw, *, by: str, at: datetime) -> AgendaChanged:
    """Off the agenda of this meeting: it stays disputed, or with the committee."""
    today = local_day(at)
    async with transaction():
        told = await queries.story(data.of, today)
        await _in_hand(await meetings.under_way(data.meeting), told)
        rules.ensure_open(told.standing)
        if not (told.standing.disputed or told.standing.escalated):
            raise rules.NotBeforeTheMeeting
        return await meetings.withdraw(data, by=by, at=at)


async def _where(data: Extend | Settle, told: Story, today: date) -> Where:
    if data.meeting is None:
        on = rules.ensure_meeting(data.meeting_ref, data.decided_on, today=today)
        return Where(data.meeting_ref.strip(), on)
    view = await meetings.under_way(data.meeting)
    await _in_hand(view, told)
    return Where(str(view.held_on), view.held_on, view.id)


async def _in_hand(view: MeetingView, told: Story) -> None:
    """Of the group or network of this land, not held before it came up, not taken off there."""
    group = await groups.group((await plots.plot(told.finding.plot)).group)
    came_up = [one.at for one in told.steps if one.kind in ("disputed", "escalated")]
    since = local_day(came_up[-1] if came_up else told.finding.at)
    if view.organ not in (group.id, group.network) or view.held_on < since:
        raise rules.OtherMeeting
    if told.finding.id in await held.withdrawn(view.id, "finding"):
        raise OffTheAgenda(of=told.finding.id)
