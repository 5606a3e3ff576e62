"""A visit and its sheet in words; no doors of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from certification.applications import queries as applications
from certification.applications.rules import Said
from certification.basis.units import local_day
from certification.findings import queries as standings
from certification.findings.queries import Story
from certification.inspections import bound, layers, queries, sheets
from certification.inspections.answering import NOTED
from certification.inspections.views import AnswerView, FindingView, InspectionView, Record
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
    dissents = {one.person for one in await layers.dissents(of.id)}
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
                "dissents": m.person in dissents, "left_at": m.left_at, "excused": m.excused,
            }
            for m in members
        ],
    }  # fmt: skip


async def about(say: Words, of: InspectionView, reader: str) -> list[str]:
    """In words; who is inspected does not read who complained of what."""
    told = await queries.about(of.id)
    farms = reader in await bound.farmers(of)
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


async def findings(say: Words, of: Sequence[FindingView], content: Content | None) -> list[Shown]:
    """The gravest and the open ones first. Where each stands does not depend on the day."""
    names = await people.names([f.by for f in of] + [f.closed_by for f in of if f.closed_by])
    now = {one.finding.id: one for one in await standings.stories(of, date.min)}
    order = list(SEVERITY_LOOKS)
    listed = sorted(of, key=lambda f: (f.closed_at is not None, order.index(f.severity), f.at))
    return [
        {
            "of": f,
            "item": say.name(item) if (item := content and content.item(f.item)) else "",
            "chip": chip(SEVERITY_LOOKS[f.severity], say(f"inspect.severity.{f.severity}")),
            "by": names.get(f.by, ""),
            "due_on": now[f.id].standing.due_on,
            "action": now[f.id].action,
            "marks": marks(say, now[f.id]),
            "closed_by": names.get(f.closed_by or "", ""),
        }
        for f in listed
    ]


async def layered(say: Words, whole: Record, content: Content) -> dict[str, Shown]:
    """By question: what the farmer said, what the sheet said before, what reviewers say."""
    people_in = [one.farmer.by for one in whole.layers if one.farmer]
    people_in += [remark.by for one in whole.layers for remark in one.reviewer]
    names = await people.names([*people_in, *(a.by for a in whole.answers)])
    found: dict[str, Shown] = {}
    for one in whole.layers:
        item = content.item(one.item)
        if item is None:
            continue
        held, own = one.inspector, one.farmer
        found[one.item] = {
            "by": names.get(held.by, "") if held else "",
            "own": own and {
                "said": said(say, item, Said(own.value, own.note or "")) or own.note,
                "note": own.note, "by": names.get(own.by, ""),
                "on": say.day(local_day(own.at)),
            },
            "was": said(say, item, Said(held.signed_as, "")) if held and held.signed_as else "",
            "remarks": [
                {
                    "of": remark, "by": names.get(remark.by, ""),
                    "on": say.day(local_day(remark.at)),
                    "said": said(say, item, Said(remark.value, "")) if remark.value else "",
                }
                for remark in one.reviewer
            ],
            "differs": one.differs,
        }  # fmt: skip
    return found


async def beside_sheet(say: Words, whole: Record, content: Content) -> Shown:
    """Corrections, what came late, who did not sign, what the farmer said, the screening."""
    names = await people.names(
        [c.by for c in whole.corrections] + [p for c in whole.corrections for p in c.signed]
        + [one.by for one in whole.late] + [one.person for one in whole.dissents]
        + [one.by for one in whole.screenings] + ([whole.paper.by] if whole.paper else [])
    )  # fmt: skip

    def told(code: str, value: str, note: str | None) -> str:
        item = content.item(code)
        words = said(say, item, Said(value, note or "")) if item else value
        return " · ".join(part for part in (words, note or "") if part)

    return {
        "corrections": [
            {
                "of": one, "said": told(one.item, one.value, one.note),
                "by": names.get(one.by, ""), "signers": [names.get(p, "") for p in one.signed],
            }
            for one in whole.corrections
        ],
        "late": [
            {
                "of": one, "said": told(one.item, one.value, one.note),
                "by": names.get(one.by, ""),
                "mine": one.by in [m.person for m in whole.members],
            }
            for one in whole.late
        ],
        "dissents": [{"of": one, "by": names.get(one.person, "")} for one in whole.dissents],
        "farmer_said": whole.farmer_said,
        "screenings": [
            {
                "of": one, "by": names.get(one.by, ""),
                "words": say(f"inspect.screened.{one.outcome}"),
            }
            for one in whole.screenings
        ],
        "as_signed": whole.as_signed,
        "paper": whole.paper and {"of": whole.paper, "by": names.get(whole.paper.by, "")},
        "digest": (whole.inspection.sheet_digest or "")[:16],
    }  # fmt: skip


def marks(say: Words, of: Story) -> list[Shown]:
    """What is to be known beside how grave it is."""
    now = of.standing
    found = []
    if now.state == "done_claimed":
        found.append(chip(("info", "flag"), say("finding.state.done_claimed")))
    if now.disputed:
        found.append(chip(("warn", "people"), say("finding.disputed")))
    if now.escalated:
        found.append(chip(("bad", "vote"), say("finding.escalated")))
    return found


async def record(say: Words, of: InspectionView) -> Shown:
    """A finished sheet: what was denied first, then every chapter."""
    whole, content = await sheets.record(of.id), await sheets.sheet(of)
    given = {answer.item: answer for answer in whole.answers}
    beside = await layered(say, whole, content)
    bare = await sheets.bare(of.id, content)
    lines: dict[str, list[Shown]] = {}
    for item in content.checklist:
        answer = given.get(item.code)
        lines.setdefault(item.chapter, []).append({
            "item": item, "words": say.name(item), "said": said(say, item, answer),
            "note": answer.note if answer else "", "look": look(item, answer),
            "bare": item.code in bare, **beside.get(item.code, {}),
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
        "differs": [line for line in every if line.get("differs")],
        **await beside_sheet(say, whole, content),
    }
