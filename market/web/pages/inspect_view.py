"""A visit and its sheet in words; no doors of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from certification.applications import queries as applications
from certification.applications.rules import Said
from certification.inspections import queries
from certification.inspections.queries import AnswerView, FindingView, InspectionView
from certification.inspections.rules import NOTED
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import Content, Item
from market.answers.words import Words
from market.web.pages.farm_standing import chip
from market.web.pages.farm_view import Shown, place_of, plot_name

STATE_LOOKS = {
    "assigned": ("info", "clock"),
    "under_way": ("warn", "leaf"),
    "signed": ("ok", "check"),
    "cancelled": ("off", "no"),
}
SEVERITY_LOOKS = {"critical": ("bad", "no"), "major": ("warn", "warn"), "minor": ("info", "flag")}
RADIOS = {"yes_no_na": ("yes", "no", "na"), "score_0_2": ("2", "1", "0", "na")}
BAD_CHOICES = frozenset({"unsafe", "lab_positive", "refuse"})
UNITS = {
    "number_percent": "inspect.unit.percent", "number_m": "inspect.unit.metres",
    "number_days": "inspect.unit.days", "area_rai": "inspect.unit.rai",
}  # fmt: skip


async def visit(say: Words, of: InspectionView) -> Shown:
    """The head of every page of a visit: whose plot, where, when, and how far it has come."""
    asked = await applications.application(of.application)
    plot = await plots.plot(of.plot)
    members = await queries.members(of.id)
    names = await people.names([asked.applicant, *[m.person for m in members]])
    content = (await schemes.version(of.scheme_version)).content
    return {
        "visit": of,
        "name": plot_name(say, plot),
        "plot": plot,
        "place": place_of(say, plot),
        "farmer": names.get(asked.applicant, ""),
        "applicant": asked.applicant,
        "group": plot.group,
        "kind": say(f"inspect.kind.{of.kind}"),
        "chip": chip(STATE_LOOKS[of.state], say(f"inspect.state.{of.state}")),
        "members": [
            {
                "person": m.person, "name": names.get(m.person, ""),
                "seat": seat_name(say, content, m.seat), "signed_at": m.signed_at,
            }
            for m in members
        ],
    }  # fmt: skip


async def about(say: Words, of: InspectionView, reader: str) -> list[str]:
    """In words; who is inspected does not read who complained of what."""
    told = await queries.about(of.id)
    farms = reader in await queries.farmers(of)
    content = (await schemes.version(of.scheme_version)).content
    every = {f.id: f for f in await queries.findings_of(of.plot)}
    lines = []
    for one in told:
        if one.what == "finding" and one.of in every:
            lines.append(f"{every[one.of].item} {every[one.of].what}")
        elif one.what == "item" and (item := content.item(one.of or "")):
            lines.append(f"{item.code} {say.name(item)}")
        elif one.what == "complaint" and not farms:
            lines.append(say("Complaint {number}", number=one.of or ""))
        elif one.what == "reason" and not (farms and of.kind == "complaint"):
            lines.append(one.words or "")
    return lines


def seat_name(say: Words, content: Content, code: str) -> str:
    seat = content.rules.seat(code)
    return say.name(seat.name) if seat else code


def chapters(
    say: Words, content: Content, given: Mapping[str, str], needed: Sequence[str]
) -> list[Shown]:
    """In the order of the sheet, with how many are answered and how many must still be."""
    found: dict[str, Shown] = {}
    for item in content.checklist:
        one = found.setdefault(
            item.chapter,
            {"key": item.chapter, "name": chapter_name(say, item.chapter), "done": 0, "of": 0,
             "missing": 0},
        )  # fmt: skip
        one["of"] += 1
        one["done"] += item.code in given
        one["missing"] += item.code in needed
    return list(found.values())


def chapter_name(say: Words, key: str) -> str:
    return _known(say, f"inspect.chapter.{key}", key)


def section_name(say: Words, key: str) -> str:
    return _known(say, f"inspect.section.{key}", key)


def option_name(say: Words, key: str) -> str:
    """Of a choice; a charter may bring choices of its own."""
    return _known(say, f"inspect.option.{key}", key)


def _known(say: Words, key: str, otherwise: str) -> str:
    return say(key) if say.knows(key) else otherwise.replace("_", " ")


def said(say: Words, item: Item, answer: AnswerView | Said | None) -> str:
    """An answer as it is read out."""
    if answer is None:
        return ""
    value = answer.value
    if value == "na" or item.answer_type in RADIOS:
        of = "yes_no_na" if value == "na" else item.answer_type
        return say(f"inspect.answer.{of}.{value}")
    if item.answer_type in NOTED:
        return ""
    if item.options:
        return ", ".join(option_name(say, one) for one in value.split(","))
    if item.answer_type == "date":
        return say.day(date.fromisoformat(value))
    unit = UNITS.get(item.answer_type)
    return f"{value} {say(unit)}" if unit else value


def look(item: Item, answer: AnswerView | None) -> str:
    """`ok`, `bad`, `off` for "does not apply", or nothing."""
    if answer is None or answer.value == "na":
        return "off" if answer else ""
    bad = {"yes_no_na": {"no"}, "score_0_2": {"0"}}.get(item.answer_type, BAD_CHOICES)
    good = {"yes_no_na": {"yes"}, "score_0_2": {"1", "2"}}.get(item.answer_type, set())
    return "bad" if answer.value in bad else "ok" if answer.value in good else ""


async def diary(say: Words, plot: str) -> Shown:
    """The head of a finding that no visit made."""
    return {"visit": None, "name": plot_name(say, await plots.plot(plot)), "plot": plot}


async def findings(say: Words, of: Sequence[FindingView], content: Content | None) -> list[Shown]:
    """The gravest and the open ones first."""
    names = await people.names([f.by for f in of] + [f.closed_by for f in of if f.closed_by])
    order = list(SEVERITY_LOOKS)
    listed = sorted(of, key=lambda f: (f.closed_at is not None, order.index(f.severity), f.at))
    return [
        {
            "of": f,
            "item": say.name(item) if (item := content and content.item(f.item)) else "",
            "chip": chip(SEVERITY_LOOKS[f.severity], say(f"inspect.severity.{f.severity}")),
            "by": names.get(f.by, ""),
            "closed_by": names.get(f.closed_by or "", ""),
        }
        for f in listed
    ]


async def record(say: Words, of: InspectionView) -> Shown:
    """A finished sheet: what was denied first, then every chapter."""
    content = await queries.sheet(of)
    given = {answer.item: answer for answer in await queries.answers(of.id)}
    lines: dict[str, list[Shown]] = {}
    for item in content.checklist:
        answer = given.get(item.code)
        lines.setdefault(item.chapter, []).append({
            "item": item, "words": say.name(item), "said": said(say, item, answer),
            "note": answer.note if answer else "", "look": look(item, answer),
        })  # fmt: skip
    every = [line for chapter in lines.values() for line in chapter]
    return {
        "denied": [line for line in every if line["look"] == "bad"],
        "open": [line for line in every if line["look"] == "off" and line["item"].must_be_answered],
        "good": sum(line["look"] == "ok" for line in every),
        "answered": len(given),
        "items": len(content.checklist),
        "chapters": [(chapter_name(say, key), listed) for key, listed in lines.items()],
        "findings": await findings(say, await queries.findings(of.id), content),
        "photos": await queries.photos(of.id),
    }
