"""What farmers promise, and what never comes onto the land: the words of a draft."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.text import Text
from certification.schemes.content import Content, Pledge, Prohibition
from certification.schemes.queries import Draft
from market.access.permit import Permit
from market.answers.language import words_for
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages.drafts import compared, opened, saved
from market.web.pages.farm_view import Ask

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
ROWS_MAX, EMPTY = 40, 2


@get("/draft/{scheme:str}/words", opt={"op": "scheme.edit"})
async def words_page(request: Ask, scheme: FromPath[str], permit: Mine) -> Response[bytes]:
    draft, _ = await opened(scheme, permit)
    return _shown(request, draft)


@post("/draft/{scheme:str}/words", opt={"op": "scheme.edit"})
async def words(request: Ask, scheme: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """An emptied row is taken out."""
    draft, _ = await opened(scheme, permit)
    form, content = await Form.of(request), None
    try:
        content = _wanted(form, draft.content)
        await saved(form, draft, content, permit, at)
    except Refusal as no:
        return _shown(request, draft, no=no, typed=form.typed, wished=content)
    return onward(f"/draft/{scheme}")


def _wanted(form: Form, content: Content) -> Content:
    name = Text(form.text("name.th", most=120), form.text("name.en", most=120, required=False))
    promises = [
        Text(form.text(f"promise.{n}.th", most=400), form.raw(f"promise.{n}.en")[:400])
        for n in range(ROWS_MAX)
        if form.raw(f"promise.{n}.th")
    ]
    never = [
        Prohibition(
            form.text(f"never.{n}.code", most=20),
            Text(form.text(f"never.{n}.th", most=400), form.raw(f"never.{n}.en")[:400]),
        )
        for n in range(ROWS_MAX)
        if form.raw(f"never.{n}.th")
    ]
    form.done()
    return msgspec.structs.replace(
        content, name=name, pledge=Pledge(tuple(promises)), prohibitions=tuple(never)
    )


def _shown(
    request: Ask,
    draft: Draft,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
    wished: Content | None = None,
) -> Response[bytes]:
    say, content = words_for(request), draft.content
    return page(
        request,
        "draft_words.html",
        no=no,
        typed=typed or {},
        draft=draft,
        title=say.name(content.name),
        own=content.name,
        promises=[*content.pledge.promises, *[Text("", "")] * EMPTY],
        never=[*content.prohibitions, *[Prohibition("", Text("", ""))] * EMPTY],
        theirs=compared(say, draft, wished),
    )


DOORS = [words_page, words]
