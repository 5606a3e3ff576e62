"""The questions and the input list of a draft: one at a time, or the whole list as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, get_args

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.schemes import content as document
from certification.schemes import edits, lists
from certification.schemes.content import Content
from certification.schemes.queries import Draft
from certification.schemes.settings import Severity
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.web import sheets
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import charter_view as view
from market.web.pages.drafts import compared, opened, saved
from market.web.pages.farm_view import Ask, Shown
from market.web.pages.inspect_view import chapter_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
LISTS = ("items", "inputs")
LONG = frozenset({"th", "en", "criterion", "restriction_th", "restriction_en"})
FREE = frozenset({
    "en", "options", "evidence", "name_en", "substance", "from_on", "until", "restriction_th",
    "restriction_en", "criterion",
})  # fmt: skip
"""Cells that may stay empty."""
CHOICES: dict[str, tuple[str, ...]] = {
    "answer_type": get_args(document.AnswerType), "severity": get_args(Severity),
    "source_level": get_args(document.SourceLevel), "applies_to": get_args(document.AppliesTo),
    "kind": get_args(document.InputKind), "status": get_args(document.InputStatus),
}  # fmt: skip


def _columns(which: str) -> tuple[str, ...]:
    if which not in LISTS:
        raise NotThere
    return lists.columns(which)


@get("/draft/{scheme:str}/lists/{which:str}", opt={"op": "scheme.edit"})
async def list_page(
    request: Ask, scheme: FromPath[str], which: FromPath[str], permit: Mine
) -> Response[bytes]:
    columns = _columns(which)
    draft, _ = await opened(scheme, permit)
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        return made(f"{scheme}-{which}", columns, lists.rows(which, draft.content))
    return _listed(request, draft, which)


@post("/draft/{scheme:str}/lists/{which:str}", opt={"op": "scheme.edit"})
async def bring(
    request: Ask, scheme: FromPath[str], which: FromPath[str], permit: Mine, at: Now
) -> Response[bytes]:
    """The whole list out of a table; what it says differently is shown on the draft."""
    _columns(which)
    draft, _ = await opened(scheme, permit)
    form, content = await Form.of(request), None
    try:
        file = form.file("file")
        if which == "items":
            content = msgspec.structs.replace(draft.content, checklist=lists.read_items(file))
        else:
            content = msgspec.structs.replace(draft.content, inputs=lists.read_inputs(file))
        await saved(form, draft, content, permit, at)
    except Refusal as no:
        return _listed(request, draft, which, no=no, wished=content)
    return onward(f"/draft/{scheme}")


@get("/draft/{scheme:str}/lists/{which:str}/{key:str}", opt={"op": "scheme.edit"})
async def row_page(
    request: Ask, scheme: FromPath[str], which: FromPath[str], key: FromPath[str], permit: Mine
) -> Response[bytes]:
    _columns(which)
    draft, _ = await opened(scheme, permit)
    return _row(request, draft, which, key)


@post("/draft/{scheme:str}/lists/{which:str}/{key:str}", opt={"op": "scheme.edit"})
async def change_row(
    request: Ask, scheme: FromPath[str], which: FromPath[str], key: FromPath[str], permit: Mine,
    at: Now,
) -> Response[bytes]:  # fmt: skip
    """Kept, moved or taken out, by the button that was pressed."""
    _columns(which)
    draft, _ = await opened(scheme, permit)
    _cells(draft, which, key)
    form, content = await Form.of(request), None
    try:
        content = _changed(form, draft.content, which, key)
        await saved(form, draft, content, permit, at)
    except Refusal as no:
        return _row(request, draft, which, key, no=no, typed=form.typed, wished=content)
    return onward(f"/draft/{scheme}/lists/{which}#r-{form.raw('code') or key}")


def _cells(draft: Draft, which: str, key: str) -> Sequence[str]:
    """Of the row that the address names; empty ones for `new`."""
    if key == "new":
        return [""] * len(_columns(which))
    rows = lists.rows(which, draft.content)
    if which == "items":
        return next((row for row in rows if row[0] == key), None) or _not_there()
    return rows[int(key)] if key.isdecimal() and int(key) < len(rows) else _not_there()


def _not_there() -> Sequence[str]:
    raise NotThere


def _changed(form: Form, content: Content, which: str, key: str) -> Content:
    pressed = form.raw("do") or "keep"
    if pressed != "keep" and key != "new":
        return ALSO[which](content, key, pressed)
    row = {name: form.text(name, most=400, required=name not in FREE) for name in _columns(which)}
    for name, among in CHOICES.items():
        if name in row:
            form.choice(name, among)
    form.done()
    if which == "items":
        return edits.with_item(content, lists.item(row), None if key == "new" else key)
    return edits.with_input(content, lists.an_input(row), None if key == "new" else int(key))


def _also_item(content: Content, key: str, pressed: str) -> Content:
    steps = {"up": -1, "down": 1}
    if pressed in steps:
        return edits.moved(content, key, steps[pressed])
    return edits.without_item(content, key)


ALSO: dict[str, Callable[[Content, str, str], Content]] = {
    "items": _also_item,
    "inputs": lambda content, key, _: edits.without_input(content, int(key)),
}


def _listed(
    request: Ask,
    draft: Draft,
    which: str,
    *,
    no: Refusal | None = None,
    wished: Content | None = None,
) -> Response[bytes]:
    say, content = words_for(request), draft.content
    parts: dict[str, list[Shown]] = {}
    if which == "items":
        for one in content.checklist:
            chapter = chapter_name(say, one.chapter)
            line = {"key": one.code, "code": one.code, "words": view.thing(say, one)}
            parts.setdefault(chapter, []).append(line)
    else:
        for n, listed in enumerate(content.inputs):
            line = {"key": str(n), "code": listed.code, "words": view.thing(say, listed)}
            parts.setdefault(say(f"input.kind.{listed.kind}"), []).append(line)
    return page(
        request,
        "draft_list.html",
        no=no,
        typed={},
        draft=draft,
        which=which,
        title=say.name(content.name),
        parts=[{"name": name, "lines": lines} for name, lines in parts.items()],
        theirs=compared(say, draft, wished),
    )


def _row(
    request: Ask,
    draft: Draft,
    which: str,
    key: str,
    *,
    no: Refusal | None = None,
    typed: dict[str, str] | None = None,
    wished: Content | None = None,
) -> Response[bytes]:
    say = words_for(request)
    fields = [
        {
            "name": name, "words": say(f"charter.column.{name}"), "now": now,
            "long": name in LONG, "required": name not in FREE,
            "options": [[one, _choice(request, name, one)] for one in CHOICES.get(name, ())],
        }
        for name, now in zip(_columns(which), _cells(draft, which, key), strict=True)
    ]  # fmt: skip
    return page(
        request,
        "draft_row.html",
        no=no,
        typed=typed or {},
        draft=draft,
        which=which,
        key=key,
        title=say.name(draft.content.name),
        fields=fields,
        theirs=compared(say, draft, wished),
    )


def _choice(request: Ask, name: str, value: str) -> str:
    say = words_for(request)
    keys: dict[str, Any] = {"severity": "inspect.severity", "status": "input.status",
                            "kind": "input.kind"}  # fmt: skip
    return say(f"{keys.get(name, f'charter.{name}')}.{value}")


DOORS = [list_page, bring, row_page, change_row]
