"""What lies on a meeting's table, in the order in which it is taken up: plots, matters of a
certificate, findings, and what else stands in the part to decide. No doors of its own."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from certification.decisions import queries as decisions
from certification.decisions import votes
from certification.decisions.votes import HandsOutdated, tally
from certification.findings import queries as findings
from certification.hearings import queries as hearings
from certification.inspections import queries as inspections
from certification.meetings import queries as meetings
from certification.meetings.queries import MeetingView
from market.answers.words import Words
from market.web.pages import finding_view, hearing_view, inspect_view
from market.web.pages import meeting_view as view
from market.web.pages.farm_view import Shown
from market.web.pages.hearings import counted
from market.web.pages.meetings import quorum


class Matter(msgspec.Struct, frozen=True):
    what: Literal["case", "hearing", "finding", "item"]
    of: str


async def order(found: MeetingView, today: date) -> tuple[list[Matter], set[str]]:
    """What was dealt with and what waits, each kind together; and what was dealt with."""
    off = set(await meetings.withdrawn(found.id))
    before = await decisions.waiting(found.organ, found.body)
    asked = await hearings.waiting(found.organ, found.body)
    told = await findings.before_a_meeting(found.organ, today)
    items = [one for one in await meetings.items(found.id) if one.part == "decide"]
    waits = [
        *(Matter("case", one.application) for one in before),
        *(Matter("hearing", one.id) for one in asked),
        *(Matter("finding", one.finding.id) for one in told),
        *(Matter("item", one.id) for one in items if not one.notes),
    ]
    settled = await findings.of_meeting(found.id, today)
    done = [
        *(Matter("case", one.application) for one in await decisions.of_meeting(found.id)),
        *(Matter("hearing", one.hearing) for one in await hearings.ruled_in(found.id)),
        *(Matter("finding", told.finding.id) for told, _ in settled),
        *(Matter("item", one.id) for one in items if one.notes),
    ]
    once = dict.fromkeys([*done, *(() if found.closed_at else waits)])
    return [one for one in once if one.of not in off], {one.of for one in done}


async def shown(say: Words, found: MeetingView, on_table: Matter, today: date) -> Shown:
    match on_table.what:
        case "case":
            return await _case(say, found, on_table.of)
        case "hearing":
            return await _hearing(say, found, on_table.of)
        case "finding":
            return await _finding(say, found, on_table.of, today)
    return {"item": await meetings.item(on_table.of)}


async def _case(say: Words, found: MeetingView, application: str) -> Shown:
    head = await view.case(say, application)
    cause, _ = await decisions.cause(application, found.held_on)
    assembly = await decisions.assembly(found.id, application)
    visit = await inspections.finished(application)
    made = [one for one in await decisions.of_application(application) if one.meeting == found.id]
    opened = await inspections.open_findings(head["plot"].id)
    shown: Shown = {
        **head,
        "visit": await inspect_view.visit(say, visit) if visit else None,
        "record": await inspect_view.record(say, visit) if visit else None,
        "photos": [one.id for one in await inspections.photos(visit.id)][:6] if visit else [],
        "findings": await inspect_view.findings(say, opened, None),
        "quorum": await quorum(say, found, application),
        "crops": view.crops(say, tuple(sorted(cause.crops))),
        "hands": assembly.hands,
        "stale": False,
        "made": made[-1] if made else None,
        "chip": view.outcome_chip(say, made[-1].outcome) if made else None,
    }
    try:
        shown["tally"] = tally(cause, assembly)
    except HandsOutdated:
        shown["tally"], shown["stale"] = None, True
    return shown


async def _hearing(say: Words, found: MeetingView, id: str) -> Shown:
    one = await hearings.hearing(id)
    listed = await hearing_view.listed(say, one)
    cause, _ = await hearings.cause(one, found.held_on)
    assembly = await hearings.assembly(found, id)
    appeal = await hearings.appeal_of(id)
    steps = [(step, say(f"hearing.step.{step.kind}")) for step in await hearings.steps(id)]
    return {
        **listed,
        "because": say(f"certs.because.{one.because}") if one.matter != "appeal" else "",
        "grounds": appeal.grounds if appeal else "",
        "steps": steps,
        "quorum": await counted(say, one, cause, assembly),
        "tally": votes.tally(cause, assembly),
    }


async def _finding(say: Words, found: MeetingView, id: str, today: date) -> Shown:
    told = await findings.story(id, today)
    said = [step for step in told.steps if step.meeting == found.id]
    return {
        **await finding_view.shown(say, told, today),
        "history": await finding_view.history(say, told, f"/findings/{id}/steps"),
        "said": said[-1] if said else None,
        "outcome": view.said_chip(say, said[-1].kind) if said else None,
    }
