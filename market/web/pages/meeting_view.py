"""A meeting in words: who is there for whom, the agenda in its four parts, what was agreed and
decided; no doors of its own."""

from __future__ import annotations

from datetime import date

from certification.applications import queries as applications
from certification.decisions import queries as decisions
from certification.decisions.queries import DecisionView
from certification.findings import queries as findings
from certification.groups import queries as groups
from certification.hearings import queries as hearings
from certification.hearings.queries import RulingView
from certification.meetings import queries
from certification.meetings.queries import ActionView, MeetingView
from certification.meetings.rules import PARTS
from certification.organs import queries as organs
from certification.organs.rules import balance
from certification.people import queries as people
from certification.plots import queries as plots
from market.answers.words import Words
from market.web.pages import finding_view
from market.web.pages.farm_standing import chip
from market.web.pages.farm_view import Shown, crop_name, plot_name

OUTCOME_LOOKS = {
    "approved": ("ok", "check"),
    "rejected": ("bad", "no"),
    "deferred": ("warn", "clock"),
    "returned": ("warn", "back"),
}

SAID_LOOKS = {
    "extended": ("warn", "clock"),
    "stands": ("bad", "flag"),
    "withdrawn": ("ok", "check"),
}


async def head(say: Words, found: MeetingView) -> Shown:
    return {
        "meeting": found,
        "organ": say.name(await groups.group(found.organ)),
        "body": say(f"body.{found.body}"),
    }


async def seats(say: Words, organ: str) -> list[list[str]]:
    """Those of the charters that the organ's network works by, in their order."""
    return [[seat.code, say.name(seat.name)] for seat in await organs.panel_seats(organ)]


async def present(say: Words, found: MeetingView) -> list[Shown]:
    there = await queries.attendance(found.id)
    names = await people.names([one.person for one in there])
    known = dict(await seats(say, found.organ))
    return [
        {
            "person": one.person, "name": names.get(one.person, ""),
            "seat": known.get(one.seat, one.seat), "leg": say(f"leg.{one.leg}"), "of": one,
            "here": one.gone_at is None,
        }
        for one in there
    ]  # fmt: skip


def legs(say: Words, there: list[Shown]) -> list[tuple[str, int]]:
    """Of those who are there now; a leg without anybody shows as 0."""
    count = balance(one["of"].leg for one in there if one["here"])
    return [(say(f"leg.{leg}"), number) for leg, number in count.items()]


async def before(say: Words, found: MeetingView, today: date) -> list[Shown]:
    """Findings that the charter lays before the committee, without those taken off here."""
    off = await queries.withdrawn(found.id, "finding")
    waits = await findings.before_a_meeting(found.organ, today)
    return [await finding_view.shown(say, one, today) for one in waits if one.finding.id not in off]


async def on_findings(say: Words, found: MeetingView, today: date) -> list[Shown]:
    """What this meeting said of findings."""
    return [
        {
            **await finding_view.shown(say, told, today), "step": step,
            "outcome": said_chip(say, step.kind),
        }
        for told, step in await findings.of_meeting(found.id, today)
    ]  # fmt: skip


async def agenda(say: Words, found: MeetingView, today: date) -> list[Shown]:
    """Part by part: what was put there, and what stands there by itself."""
    items, earlier = await queries.items(found.id), await queries.to_adopt(found)
    done = await queries.adoptions(one.id for one in earlier)
    adopt = [{"meeting": one, "adopted": done.get(one.id)} for one in earlier]
    matters = await actions(await queries.matters_arising(found), today)
    off = await taken_off(say, found, today)
    return [
        {
            "part": part,
            "number": number,
            "name": say(f"agenda.{part}"),
            "items": [one for one in items if one.part == part],
            "adopt": adopt if part == "adopt" else [],
            "matters": matters if part == "matters" else [],
            "off": off if part == "decide" else [],
        }
        for number, part in enumerate(PARTS, start=1)
    ]


async def taken_off(say: Words, found: MeetingView, today: date) -> list[Shown]:
    """Items stand where they were put; the others here, each with the reason."""
    off: list[Shown] = []
    for of, why in (await queries.withdrawn(found.id, "case")).items():
        off.append({**await case(say, of), "reason": why})
    for of, why in (await queries.withdrawn(found.id, "hearing")).items():
        asked = await hearings.hearing(of)
        what = say(f"hearing.matter.{asked.matter}")
        one = await case(say, asked.application)
        off.append({"name": f"{what} · {one['name']}", "farmer": one["farmer"], "reason": why})
    for of, why in (await queries.withdrawn(found.id, "finding")).items():
        told = await finding_view.shown(say, await findings.story(of, today), today)
        what = f"{say('Finding')} · {told['plot']}"
        off.append({"name": what, "farmer": told["farmer"], "reason": why})
    return off


async def actions(listed: list[ActionView], today: date) -> list[Shown]:
    names = await people.names([one.owner for one in listed])
    return [
        {
            "of": one,
            "owner": names.get(one.owner, ""),
            "late": one.done_at is None and one.due_on < today,
        }
        for one in listed
    ]


async def case(say: Words, application: str) -> Shown:
    asked = await applications.application(application)
    names = await people.names([asked.applicant])
    plot = await plots.plot(asked.plot)
    return {
        "application": asked, "name": plot_name(say, plot), "plot": plot,
        "farmer": names.get(asked.applicant, ""),
    }  # fmt: skip


async def decided(say: Words, found: MeetingView) -> list[Shown]:
    return [
        {
            "of": one,
            **await case(say, one.application),
            "chip": outcome_chip(say, one.outcome),
            "left_out": crops(say, one.left_out),
            "covers": crops(say, one.crops),
        }
        for one in await decisions.of_meeting(found.id)
    ]


async def told(say: Words, application: str) -> list[Shown]:
    """What each body decided on it, for the farmer: whose meeting, how many, and why."""
    shown = []
    for one in await decisions.of_application(application):
        held = await queries.meeting(one.meeting)
        shown.append({
            "of": one,
            "body": say(f"body.{one.body}"),
            "on": held.held_on,
            "chip": outcome_chip(say, one.outcome),
            "covers": crops(say, one.crops),
            "left_out": crops(say, one.left_out),
        })  # fmt: skip
    return shown


def outcome_chip(say: Words, outcome: str) -> Shown:
    return chip(OUTCOME_LOOKS[outcome], say(f"board.outcome.{outcome}"))


def said_chip(say: Words, kind: str) -> Shown:
    return chip(SAID_LOOKS[kind], say(f"finding.step.{kind}"))


def crops(say: Words, codes: tuple[str, ...]) -> str:
    return ", ".join(crop_name(say, one) for one in codes)


def votes(say: Words, one: DecisionView | RulingView) -> str:
    return say(
        "{yes} for, {against} against, {abstained} abstained, {recused} stood back",
        yes=one.votes_for, against=one.votes_against, abstained=one.abstained,
        recused=one.recused,
    )  # fmt: skip
