"""One chapter of the sheet with one button; what is wrong is marked, what is right is saved."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis import units
from certification.basis.ids import new_id
from certification.basis.refusal import Invalid, Refusal
from certification.basis.units import local_day
from certification.inspections import answering, queries, reviewing, sheets
from certification.inspections.answering import NOTED, AnswerGiven, GiveAnswers
from certification.inspections.views import AnswerView, InspectionView
from certification.schemes import queries as schemes
from certification.schemes.rules import Content, Item
from market.access import deeds, guarantee
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.refusals import Mistyped, NotANumber
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


class Held(Protocol):
    """An answer in whichever layer."""

    @property
    def value(self) -> str: ...

    @property
    def note(self) -> str | None: ...


@get("/inspect/{id:str}/{chapter:str}", opt={"op": "inspection.do"})
async def chapter_page(
    request: Ask, id: FromPath[str], chapter: FromPath[str], permit: Mine
) -> Response[bytes]:
    found = await guarantee.visit_done(id, permit)
    return await _chapter(request, found, chapter)


@post("/inspect/{id:str}/{chapter:str}", opt={"op": "inspection.do"})
async def save_chapter(
    request: Ask, id: FromPath[str], chapter: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    found = await guarantee.visit_done(id, permit)
    content = (await schemes.version(found.scheme_version)).content
    form, paper = await Form.of(request), await queries.paper(id)
    said_at = paper.ended_at if paper else at  # what is typed from paper was said there
    held = {answer.item: answer for answer in await sheets.answers(id)}
    given = [
        answer
        for item in items_of(content, chapter)
        if (answer := _answer(form, item, held.get(item.code), content, said_at))
    ]
    try:
        deeds.ensure_storable([one.note for one in given])
        if given:
            sheet = GiveAnswers(id, tuple(given))
            await reviewing.receive(sheet, by=permit.person, at=at)
        form.done()
    except Refusal as no:
        return await _chapter(request, found, chapter, form=form, no=no)
    kept = bool(given) or any(item.code in held for item in items_of(content, chapter))
    return onward(_after(id, chapter, await sheets.asked(found, content), kept=kept))


def _after(id: str, chapter: str, content: Content, *, kept: bool) -> str:
    """The next chapter of the sheet; after the last one, back to the visit."""
    keys = list(dict.fromkeys(item.chapter for item in content.checklist))
    following = keys[keys.index(chapter) + 1 :] if chapter in keys else []
    told = f"?saved={chapter}" if kept else ""  # nothing answered: nothing is said to be saved
    if following:
        return f"/inspect/{id}/{following[0]}{told}"
    return f"/inspect/{id}{told}"


def items_of(content: Content, chapter: str) -> list[Item]:
    found = [item for item in content.checklist if item.chapter == chapter]
    if not found:
        raise NotThere
    return found


def _answer(
    form: Form, item: Item, held: AnswerView | None, content: Content, at: datetime
) -> AnswerGiven | None:
    """None where nothing was said, or nothing new; what is wrong is marked in the form."""
    note = form.raw(f"n.{item.code}")
    try:
        value = value_of(form, item, note, at)
        if not value or (held and (held.value, held.note or "") == (value, note)):
            return None
        given = AnswerGiven(new_id(), item.code, value, at, note or None)
        answering.ensure_answer(given, content, at=at)
    except Invalid as why:
        form.wrong_is(item.code, why)
        return None
    return given


def value_of(form: Form, item: Item, note: str, at: datetime) -> str:
    name = f"v.{item.code}"
    if form.ticked(f"na.{item.code}"):
        return "na"
    if item.answer_type in NOTED:
        return "noted" if note else ""
    if item.answer_type == "multi_select":
        return ",".join(form.all(name))
    said = form.raw(name)
    if not said or item.answer_type in view.RADIOS or item.options:
        return said
    if item.answer_type == "date":
        return units.day(said, near=local_day(at), field=name).isoformat()
    said = units.arabic(said).replace(",", "").removesuffix("%").strip()
    if not answering.is_answer(item, said):
        raise NotANumber(field=item.code, given=said)
    return said


async def _chapter(
    request: Ask,
    found: InspectionView,
    chapter: str,
    *,
    form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:
    say = words_for(request)
    whole = (await schemes.version(found.scheme_version)).content
    content = await sheets.asked(found, whole)
    held = {answer.item: answer for answer in await sheets.answers(found.id)}
    progress = await sheets.progress(found.id)
    sections: dict[str, list[Shown]] = {}
    beside = await view.layered(say, await sheets.record(found.id), whole)
    every = "all" in request.query_params or form is not None
    narrow = [] if every else [item for item in content.checklist if item.chapter == chapter]
    for item in narrow or items_of(whole, chapter):
        shown = field(say, item, held.get(item.code), form)
        shown["denies"] = item.code in progress.without_finding
        shown |= beside.get(item.code, {})
        shown["evidence"] = [say(f"inspect.evidence.{one}") for one in item.evidence]
        shown["unshown"] = item.code in progress.without_evidence
        sections.setdefault(view.section_name(say, item.section), []).append(shown)
    listed = view.chapters(say, whole, dict.fromkeys(held, ""), progress.missing)
    before, head = request.query_params.get("saved", ""), await view.visit(say, found)
    return page(
        request,
        "inspect_chapter.html",
        no=no,
        **head,
        chapter=next(one for one in listed if one["key"] == chapter),
        sections=list(sections.items()),
        saved=view.chapter_name(say, before) if before in [one["key"] for one in listed] else "",
        last=listed[-1]["key"] == chapter,
        kept=isinstance(no, Mistyped),
        sealed=any(member["signed_at"] for member in head["members"]),
    )


def field(say: Words, item: Item, held: Held | None, form: Form | None) -> Shown:
    """As it is held, or as it was typed on the page that comes back."""
    kind = item.answer_type
    value = held.value if held else ""
    chosen = value.split(",") if value else []
    if kind == "date" and value and value != "na":
        value = say.day(value)
    shown: Shown = {
        "item": item, "words": say.name(item), "value": value, "chosen": chosen,
        "note": (held.note if held else "") or "", "na": bool(held and held.value == "na"),
        "form": "radio" if kind in view.RADIOS else "note" if kind in NOTED else kind,
        "radios": [(v, _radio(say, kind, v)) for v in view.RADIOS.get(kind, ())],
        "options": [(one, view.option_name(say, one)) for one in item.options],
        "unit": say(view.UNITS[kind]) if kind in view.UNITS else "",
        "denied": held is not None and held.value == "no",
    }  # fmt: skip
    if form is not None:
        shown |= {
            "value": form.raw(f"v.{item.code}"), "chosen": form.all(f"v.{item.code}"),
            "note": form.raw(f"n.{item.code}"),
            "na": form.ticked(f"na.{item.code}") or form.raw(f"v.{item.code}") == "na",
        }  # fmt: skip
    return shown


def _radio(say: Words, kind: str, value: str) -> str:
    return say(f"inspect.answer.{'yes_no_na' if value == 'na' else kind}.{value}")


DOORS = [chapter_page, save_chapter]
