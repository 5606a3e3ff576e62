"""How strong a group's guarantee is: counts of what was done in two years, for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.residues.queries import Share
from certification.strength import queries
from certification.strength.rules import FARMS_FEW, Strength
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.trace.past import subject
from market.web import sheets
from market.web.page import Ask, page
from market.web.scanned import scanned


class Figure(msgspec.Struct, frozen=True):
    what: str
    means: str
    year: str
    before: str


@get(["/G/{typed:str}/strength", "/g/{typed:str}/strength"], opt={"op": "trace.read"})
async def strength_page(
    request: Ask, typed: FromPath[str], at: NamedDependency[datetime]
) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        told = await queries.told(await subject(code, "group", "network"), today)
        say = words_for(request)
        figures = [
            Figure(what, means, year, before)
            for (what, means, year), (_, _, before) in zip(
                _figures(say, told.year, told.samples),
                _figures(say, told.before, told.samples_before),
                strict=True,
            )
        ]
        if kind := sheets.kind(request):
            made = sheets.book if kind == "xlsx" else sheets.sheet
            return made(f"strength-{told.code}", _heads(say, told), map(_row, figures))
        return page(request, "strength.html", told=told, figures=figures)

    return await scanned(request, "G", typed, at, show, below="/strength")


def _heads(say: Words, told: queries.Told) -> list[str]:
    spans = [f"{one.since:%Y-%m-%d} – {one.until:%Y-%m-%d}" for one in (told.year, told.before)]
    return [say("Figure"), *spans, say("What it means")]


def _row(one: Figure) -> list[str]:
    return [one.what, one.year, one.before, one.means]


def _figures(say: Words, of: Strength, samples: Share) -> Iterator[tuple[str, str, str]]:
    """What, what it means, and the count, in the order of the page."""
    visits = say("No visit") if not of.visits else ""
    yield (
        say("Visits that nobody announced"),
        say("Who does not know when somebody comes cannot put anything away first."),
        visits or say("{some} of {all} visits", some=of.unannounced, all=of.visits),
    )
    yield (
        say("Different people who looked"),
        say("The more eyes, the less one friendship or one quarrel decides."),
        visits or say("{people} people at {farms} farms", people=of.inspectors, farms=of.farms),
    )
    yield (
        say("Visits by the same two"),
        say("How often the two looked together who did so most: few is better."),
        visits or say("{some} of {all} visits", some=of.same_pair, all=of.visits),
    )
    yield (
        say("Samples tested for residues"),
        say("No kit sees everything; what it cannot see stands beside each result."),
        _tested(say, samples),
    )
    yield from _mended(say, of)
    yield (
        say("Complaints"),
        say("Anybody who scans a code may complain; it says nothing before it is looked into."),
        _complaints(say, of),
    )
    yield (
        say("Members who took part in meetings"),
        say("Neighbours vouch for one another; who never comes cannot."),
        say("{some} of {all} members, {held} meetings",
            some=of.took_part, all=of.members, held=of.meetings),
    )  # fmt: skip


def _tested(say: Words, of: Share) -> str:
    if not of.samples:
        return say("No sample")
    return say(
        "{all} samples: {found} with residues, of these {unsafe} unsafe; {waiting} wait for the"
        " laboratory",
        all=of.samples, found=of.safe + of.unsafe, unsafe=of.unsafe, waiting=of.waiting,
    )  # fmt: skip


def _mended(say: Words, of: Strength) -> Iterator[tuple[str, str, str]]:
    few = say("Not said: fewer than {few} farms were visited, it would tell of one", few=FARMS_FEW)
    found = of.findings
    yield (
        say("Things found wrong"),
        say("Who never finds anything does not look closely; what counts is mending in time."),
        say("{made} found, {closed} mended, {overdue} past the day",
            made=found.made, closed=found.closed, overdue=found.overdue) if found else few,
    )  # fmt: skip
    days = found.median_days if found else None
    yield (
        say("Days until it was mended"),
        say("Half of them were mended and looked at again within so many days."),
        few if found is None else say("None mended") if days is None else say("{n} days", n=days),
    )


def _complaints(say: Words, of: Strength) -> str:
    if not of.complaints:
        return say("None")
    told = say("{came} came in, {answered} answered", came=of.complaints, answered=of.answered)
    if of.answer_days is None:
        return told
    return f"{told}; {say('half of them within {n} days', n=of.answer_days)}"


DOORS = [strength_page]
