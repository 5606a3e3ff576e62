"""The settings of a draft in one form, each with its source; what a meeting confirmed is ticked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.units import arabic
from certification.schemes import edits
from certification.schemes.content import Content
from certification.schemes.presets import preset
from certification.schemes.queries import Draft
from certification.schemes.settings import Leg, OrganKind, Part, Public, RuleSet, StageKind
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.refusals import FieldMissing, FieldWrong, NotANumber
from market.answers.words import Words
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import charter_view as view
from market.web.pages.drafts import compared, opened, saved
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
KINDS: dict[str, Any] = get_type_hints(RuleSet)
ROWS: dict[str, tuple[tuple[str, ...], int]] = {
    "panel_seats": (("code", "th", "en", "leg", "minimum", "training"), 2),
    "decision_stages": (("organ", "th", "en"), 1),
    "stages": (("code", "th", "en", "kind"), 1),
}
"""Settings that are a table: its columns, and how many empty rows stand below."""
CHOICES: dict[str, tuple[str, ...]] = {
    "leg": get_args(Leg), "organ": get_args(OrganKind), "kind": get_args(StageKind),
    "training": ("members", "everybody"),
}  # fmt: skip


@get("/draft/{scheme:str}/settings", opt={"op": "scheme.edit"})
async def settings_page(request: Ask, scheme: FromPath[str], permit: Mine) -> Response[bytes]:
    draft, _ = await opened(scheme, permit)
    return _shown(request, draft)


@post("/draft/{scheme:str}/settings", opt={"op": "scheme.edit"})
async def settings(request: Ask, scheme: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    draft, _ = await opened(scheme, permit)
    form, content = await Form.of(request), None
    try:
        content = _wanted(form, draft.content)
        await saved(form, draft, content, permit, at)
    except Refusal as no:
        return _shown(request, draft, no=no, form=form, wished=content)
    return onward(f"/draft/{scheme}")


def _wanted(form: Form, content: Content) -> Content:
    typed = {name: _typed(form, name, content) for name in RuleSet.__struct_fields__}
    confirmed = form.all("confirmed")
    meeting = form.text("confirmed_by", most=120, required=bool(confirmed))
    form.done()
    rules = msgspec.convert(typed, RuleSet)
    return edits.with_settings(content, rules, confirmed, meeting)


def shape(name: str) -> str:
    """How a setting is typed."""
    kind = KINDS[name]
    known = {"number_prefix": "kept", "residue_kits": "kits", "public_fields": "fields"}
    if name in known or name in ROWS:
        return known.get(name, "table")
    if get_origin(kind) is dict:
        return "cells"
    if get_origin(kind) is Literal:
        return "choice"
    return {Part: "part", bool: "flag", int: "number"}.get(kind, "text")


def _typed(form: Form, name: str, content: Content) -> Any:
    now = getattr(content.rules, name)
    return READ[shape(name)](form, name, now)


def _typed_kits(form: Form, name: str, now: Any) -> Any:
    ticked = form.all(name)
    return [msgspec.to_builtins(kit) for kit in _kits(now) if kit.code in ticked]


READ: dict[str, Callable[[Form, str, Any], Any]] = {
    "kept": lambda _form, _name, now: now,
    "table": lambda form, name, _: _table(form, name),
    "kits": _typed_kits,
    "fields": lambda form, name, _: [f for f in get_args(Public) if f in form.all(name)],
    "part": lambda form, name, _: {k: _whole(form, f"{name}.{k}") for k in ("part", "of")},
    "cells": lambda form, name, now: {key: _whole(form, f"{name}.{key}") for key in now},
    "flag": lambda form, name, _: form.choice(name, ("yes", "no")) == "yes",
    "choice": lambda form, name, _: form.choice(name, get_args(KINDS[name])),
    "number": lambda form, name, _: _whole(form, name),
    "text": lambda form, name, _: form.text(name, most=120),
}


def _whole(form: Form, name: str) -> int:
    said = form.raw(name)
    if not said:
        form.wrong_is(name, FieldMissing(field=name))
    elif not (said := arabic(said)).isdecimal() or len(said) > 6:
        form.wrong_is(name, NotANumber(field=name, given=said))
    else:
        return int(said)
    return 0


def _table(form: Form, name: str) -> list[dict[str, Any]]:
    """Rows whose first cell is filled, in their order."""
    columns, _ = ROWS[name]
    rows: list[dict[str, Any]] = []
    for n in range(20):
        if not form.raw(f"{name}.{n}.{columns[0]}"):
            continue
        cells: dict[str, Any] = {c: form.raw(f"{name}.{n}.{c}") for c in columns}
        if "training" in cells:
            cells["training"] = cells["training"] or "members"
        row = {"name": {"th": cells.pop("th"), "en": cells.pop("en")}, **cells}
        for column, allowed in CHOICES.items():
            if column in cells and cells[column] not in allowed:
                form.wrong_is(f"{name}.{n}.{column}", FieldWrong(field=column))
        if "minimum" in cells:
            row["minimum"] = _whole(form, f"{name}.{n}.minimum")
        rows.append(row)
    return rows


def _kits(now: Any) -> list[Any]:
    """The draft's own, then those that ship."""
    every = {kit.code: kit for kit in (*preset("sgs-pgs").rules.residue_kits, *now)}
    return list(every.values())


def _shown(
    request: Ask,
    draft: Draft,
    *,
    no: Refusal | None = None,
    form: Form | None = None,
    wished: Content | None = None,
) -> Response[bytes]:
    say, content = words_for(request), draft.content
    sections = view.sections(say, content)
    for section in sections:
        for line in section["lines"]:
            line.update(_field(request, line["key"], content, form))
    return page(
        request,
        "draft_settings.html",
        no=no,
        typed=form.typed if form else {},
        ticked=form.all("confirmed") if form else [],
        draft=draft,
        title=say.name(content.name),
        sections=sections,
        theirs=compared(say, draft, wished),
    )


def _field(request: Ask, name: str, content: Content, form: Form | None) -> Shown:
    say, now, how = words_for(request), getattr(content.rules, name), shape(name)
    field: Shown = {"form": how, "now": str(now)}
    if how == "table":
        field |= _rows_of(request, name, now)
    elif how in ("kits", "fields"):
        marked = form.all(name) if form else [getattr(one, "code", one) for one in now]
        field["options"] = [[code, words, code in marked] for code, words in _ticks(say, how, now)]
    elif how == "part":
        field["cells"] = [["part", str(now.part)], ["of", str(now.of)]]
    elif how == "cells":
        words = {key: say(f"setting.{name}.{key}", n="…") for key in now}
        field["cells"] = [[key, words[key], str(count)] for key, count in now.items()]
    elif how == "flag":
        field["options"] = [["yes", say("setting.yes")], ["no", say("setting.no")]]
        field["now"] = "yes" if now else "no"
    elif how == "choice":
        field["options"] = [[one, say(f"setting.parallel.{one}")] for one in get_args(KINDS[name])]
    return field


def _ticks(say: Words, how: str, now: Any) -> list[tuple[str, str]]:
    if how == "kits":
        return [(kit.code, say.name(kit.name)) for kit in _kits(now)]
    return [(one, say(f"setting.public.{one}")) for one in get_args(Public)]


def _rows_of(request: Ask, name: str, value: Any) -> Shown:
    say = words_for(request)
    columns, empty = ROWS[name]
    rows = [*_cells(columns, value), *([""] * len(columns) for _ in range(empty))]
    return {
        "columns": [[c, say(f"charter.column.{c}")] for c in columns],
        "options": {
            c: [[one, say(f"setting.{c}.{one}")] for one in CHOICES[c]]
            for c in columns
            if c in CHOICES
        },
        "rows": rows,
    }


def _cells(columns: tuple[str, ...], value: Any) -> Iterator[list[str]]:
    for one in value:
        yield [str(getattr(one.name if c in ("th", "en") else one, c)) for c in columns]


DOORS = [settings_page, settings]
