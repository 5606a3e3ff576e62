"""What differs between two versions, in the order in which people read a charter. Pure.

Nothing of it is kept: any two versions can be held up against each other at any time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from certification.schemes.content import Content, Input
from certification.schemes.settings import RuleSet

Where = Literal["name", "settings", "sources", "pledge", "prohibitions", "checklist", "inputs"]
What = Literal["added", "removed", "changed", "moved"]


class Change(msgspec.Struct, frozen=True):
    where: Where
    what: What
    key: str
    """Name of a setting, number of a promise, code of a question or an input."""
    before: Any = None
    after: Any = None
    fields: tuple[str, ...] = ()
    """Of a question or an input: which of its fields differ."""


def between(before: Content, after: Content) -> list[Change]:
    return list(_between(before, after))


def _between(before: Content, after: Content) -> Iterator[Change]:
    if before.name != after.name:
        yield Change("name", "changed", "name", before.name, after.name)
    for name in RuleSet.__struct_fields__:
        was, is_ = getattr(before.rules, name), getattr(after.rules, name)
        if was != is_:
            yield Change("settings", "changed", name, was, is_)
    yield from _things("sources", before.sources, after.sources)
    yield from _things("pledge", _numbered(before), _numbered(after))
    yield from _things("prohibitions", *({p.code: p for p in c.prohibitions}
                                         for c in (before, after)))  # fmt: skip
    asked = [{item.code: item for item in c.checklist} for c in (before, after)]
    yield from _things("checklist", *asked)
    yield from _moved(*map(list, asked))
    yield from _things("inputs", *({_day_of(one): one for one in c.inputs}
                                   for c in (before, after)))  # fmt: skip


def _numbered(content: Content) -> dict[str, Any]:
    return {str(n): promise for n, promise in enumerate(content.pledge.promises, 1)}


def _day_of(one: Input) -> str:
    return f"{one.code} {one.from_on}" if one.from_on else one.code


def _things(where: Where, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for key, one in now.items():
        if key not in was:
            yield Change(where, "added", key, None, one)
        elif was[key] != one:
            yield Change(where, "changed", key, was[key], one, _fields(was[key], one))
    for key, one in was.items():
        if key not in now:
            yield Change(where, "removed", key, one, None)


def _fields(was: Any, now: Any) -> tuple[str, ...]:
    return tuple(f for f in now.__struct_fields__ if getattr(was, f) != getattr(now, f))


def _moved(was: list[str], now: list[str]) -> Iterator[Change]:
    """Those that stand behind another question than before, of those that stand in both."""
    was, now = ([code for code in one if code in other] for one, other in ((was, now), (now, was)))
    before = dict(zip(was, ["", *was], strict=False))
    for code, behind in zip(now, ["", *now], strict=False):
        if before[code] != behind:
            yield Change("checklist", "moved", code, before[code], behind)
