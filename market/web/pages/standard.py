"""The charter as people read it: what is asked, promised and forbidden, and the sheet to print."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.schemes import queries
from certification.schemes.rules import DraftMissing, Item, Version
from market.access import whose
from market.access.guard import may
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.words import Words
from market.web.page import page
from market.web.pages import charter_view as view_charter
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask, Shown


@get("/standard", opt={"op": "scheme.read"})
async def standards(request: Ask) -> Response[bytes]:
    say, found, ours = words_for(request), [], []
    for scheme in await queries.founded():
        versions = list(reversed(await queries.versions(scheme.code)))
        found += [{"of": one, "name": say.name(one.content.name)} for one in versions]
        if may(request, "scheme.edit", await whose.of_group(scheme.owner)):
            ours.append(await _ours(say, scheme.code, versions))
    return page(request, "standards.html", versions=found, ours=ours)


async def _ours(say: Words, scheme: str, versions: list[Version]) -> Shown:
    """A scheme that the reader may prepare a next version of, or has begun to."""
    try:
        draft = await queries.draft(scheme)
    except DraftMissing:
        return {"scheme": scheme, "name": say.name(versions[0].content.name), "drafted": False}
    return {"scheme": scheme, "name": say.name(draft.content.name), "drafted": True}


@get("/standard/{id:str}", opt={"op": "scheme.read"})
async def standard(request: Ask, id: FromPath[str]) -> Response[bytes]:
    try:
        found = await queries.version(id if is_id(id) else "")
    except Missing:
        raise NotThere from None
    say, content = words_for(request), found.content
    return page(
        request,
        "standard.html",
        version=found,
        name=say.name(content.name),
        sections=view_charter.sections(say, content),
        promises=[say.name(promise) for promise in content.pledge.promises],
        prohibited=[say.name(one.name) for one in content.prohibitions],
        inputs=[view_charter.input_line(say, one) for one in content.inputs],
        chapters=_chapters(say, content.checklist),
        items=len(content.checklist),
    )


def _chapters(say: Words, checklist: tuple[Item, ...]) -> list[Shown]:
    found: dict[str, list[Shown]] = {}
    for item in checklist:
        grave = say(f"inspect.severity.{item.severity}")
        line = {"of": item, "words": say.name(item), "severity": grave}
        found.setdefault(item.chapter, []).append(line)
    return [{"name": view.chapter_name(say, key), "lines": lines} for key, lines in found.items()]


DOORS = [standards, standard]
