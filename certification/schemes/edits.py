"""Changes of a draft, each from one content to the next. Pure; judged when it is published."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from certification.schemes.content import Content, Input, Item, Source
from certification.schemes.settings import RuleSet


def with_settings(
    content: Content, rules: RuleSet, confirmed: Collection[str], meeting: str
) -> Content:
    """What a meeting confirmed is sourced by that meeting from now on."""
    sources = dict(content.sources)
    for name in confirmed:
        if name in sources:
            sources[name] = Source("sourced", meeting)
    return msgspec.structs.replace(content, rules=rules, sources=sources)


def with_item(content: Content, item: Item, instead_of: str | None) -> Content:
    """In the place of the one it mends; a new one stands behind the last of its chapter."""
    items = list(content.checklist)
    at = next((n for n, one in enumerate(items) if one.code == instead_of), None)
    if at is not None:
        items[at] = item
    else:
        last = [n for n, one in enumerate(items) if one.chapter == item.chapter]
        items.insert(last[-1] + 1 if last else len(items), item)
    return msgspec.structs.replace(content, checklist=tuple(items))


def without_item(content: Content, code: str) -> Content:
    left = tuple(one for one in content.checklist if one.code != code)
    return msgspec.structs.replace(content, checklist=left)


def moved(content: Content, code: str, steps: int) -> Content:
    """One up (-1) or down (1) within its chapter; at the end of it nothing moves."""
    items = list(content.checklist)
    at = next(n for n, one in enumerate(items) if one.code == code)
    own = [n for n, one in enumerate(items) if one.chapter == items[at].chapter]
    place = own.index(at) + steps
    if 0 <= place < len(own):
        items[at], items[own[place]] = items[own[place]], items[at]
    return msgspec.structs.replace(content, checklist=tuple(items))


def with_input(content: Content, one: Input, instead_of: int | None) -> Content:
    """In the row of the one it mends, or as the last."""
    inputs = list(content.inputs)
    if instead_of is not None and 0 <= instead_of < len(inputs):
        inputs[instead_of] = one
    else:
        inputs.append(one)
    return msgspec.structs.replace(content, inputs=tuple(inputs))


def without_input(content: Content, row: int) -> Content:
    left = tuple(one for n, one in enumerate(content.inputs) if n != row)
    return msgspec.structs.replace(content, inputs=left)
