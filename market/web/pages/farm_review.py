"""The farmer's own layer of the checklist, chapter by chapter, each saved by itself.

A renewal begins with last year's answers and says which were changed.
"""

from __future__ import annotations

from datetime import datetime

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import commands, queries
from certification.applications import rules as applications
from certification.applications.rules import DraftView, Said, SaveDraft
from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.inspections import answering
from certification.inspections.answering import AnswerGiven
from certification.plots.queries import PlotView
from certification.schemes import queries as schemes
from certification.schemes.rules import Content, Item, NotInForce, Version
from market.access import deeds, whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.refusals import Mistyped
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages import inspect_view
from market.web.pages.farm_view import Ask, Shown
from market.web.pages.inspect_sheet import field, items_of, value_of

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]


@get("/farm/plots/{id:str}/review/{chapter:str}", opt={"op": "application.submit"})
async def review_page(
    request: Ask, id: FromPath[str], chapter: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    version = await _version(id, request.query_params.get("scheme", ""), at)
    return await _chapter(request, (plot, place), version, chapter, permit)


@post("/farm/plots/{id:str}/review/{chapter:str}", opt={"op": "application.submit"})
async def save_review(
    request: Ask, id: FromPath[str], chapter: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    plot, place = await whose.plot(id, at)
    permit.check(place)
    form = await Form.of(request)
    version = await _version(id, form.raw("scheme"), at)
    content = version.content
    given: dict[str, Said] = {}
    for item in _items(content, chapter):
        if (said := _said(form, item, content, at)) is not None:
            given[item.code] = said
    try:
        deeds.ensure_storable([one.note for one in given.values()])
        saved = SaveDraft(plot=id, scheme=version.scheme, answers=given, on_behalf_of=place.owner)
        await run(commands.save_draft, saved, by=permit.person, at=at)
        form.done()
    except Refusal as no:
        return await _chapter(request, (plot, place), version, chapter, permit, form=form, no=no)
    keys = list(dict.fromkeys(item.chapter for item in applications.farmers(content)))
    after = keys[keys.index(chapter) + 1 :]
    there = f"review/{after[0]}" if after else "apply"
    return onward(f"/farm/plots/{id}/{there}?scheme={version.scheme}&saved={chapter}")


def _items(content: Content, chapter: str) -> list[Item]:
    if chapter == applications.VISIT:
        raise NotThere
    return items_of(content, chapter)


async def _version(plot: str, scheme: str, at: datetime) -> Version:
    """The one named; else what the plot is asked by."""
    try:
        if scheme:
            return await schemes.in_force(scheme, local_day(at))
        found = await queries.charter(plot, local_day(at))
    except NotInForce:
        raise NotThere from None
    if found is None:
        raise NotThere
    return found


def _said(form: Form, item: Item, content: Content, at: datetime) -> Said | None:
    """Empty takes an answer back; what is wrong is marked and left as it was."""
    note = form.raw(f"n.{item.code}")
    try:
        value = value_of(form, item, note, at)
        if value:
            answer = AnswerGiven("", item.code, value, at, note or None)
            answering.ensure_answer(answer, content, at=at)
    except Invalid as why:
        form.wrong_is(item.code, why)
        return None
    return Said(value, note)


async def _chapter(
    request: Ask,
    found: tuple[PlotView, Place],
    version: Version,
    chapter: str,
    permit: Permit,
    *,
    form: Form | None = None,
    no: Refusal | None = None,
) -> Response[bytes]:
    say, content, (plot, place) = words_for(request), version.content, found
    draft = await queries.draft(plot.id, version.scheme)
    last = await queries.before(plot.id, version.scheme)
    before = await queries.self_answers(last.id) if last else {}
    sections: dict[str, list[Shown]] = {}
    for item in _items(content, chapter):
        shown = field(say, item, draft.answers.get(item.code), form)
        old = before.get(item.code)
        shown["changed"] = bool(old) and draft.answers.get(item.code) != old
        sections.setdefault(inspect_view.section_name(say, item.section), []).append(shown)
    listed = chapters(say, content, draft)
    saved = request.query_params.get("saved", "")
    return page(
        request,
        "farm_review.html",
        no=no,
        plot=plot,
        name=view.plot_name(say, plot),
        helped=await view.helped(permit, place.owner),
        scheme=version.scheme,
        chapter=next(one for one in listed if one["key"] == chapter),
        sections=list(sections.items()),
        renews=bool(before),
        saved=inspect_view.chapter_name(say, saved) if saved in [c["key"] for c in listed] else "",
        last=listed[-1]["key"] == chapter,
        kept=isinstance(no, Mistyped),
    )


def chapters(say: Words, content: Content, draft: DraftView) -> list[Shown]:
    """With how many are answered, and how many nobody may leave out are still open."""
    open_ = [
        item.code for item in applications.farmers(content)
        if item.must_be_answered and item.code not in draft.answers
    ]  # fmt: skip
    given = {item: one.value for item, one in draft.answers.items()}
    listed = inspect_view.chapters(say, content, given, open_)
    return [one for one in listed if one["key"] != applications.VISIT]


def told(
    say: Words, content: Content, said: dict[str, Said], before: dict[str, Said]
) -> dict[str, object]:
    """For whoever looks an application through: what was denied, and what changed since last
    time."""
    changed = set(applications.changed(said, before)) if before else set()
    lines: list[Shown] = [
        {
            "item": item, "words": say.name(item), "said": inspect_view.said(say, item, one),
            "note": one.note, "changed": item.code in changed, "denied": one.value in ("no", "0"),
        }
        for item in applications.farmers(content)
        if (one := said.get(item.code)) is not None
    ]  # fmt: skip
    return {
        "answered": len(lines),
        "of": len(applications.farmers(content)),
        "denied": [line for line in lines if line["denied"]],
        "changed": [line for line in lines if line["changed"]],
        "lines": lines,
        "renews": bool(before),
    }


DOORS = [review_page, save_review]
