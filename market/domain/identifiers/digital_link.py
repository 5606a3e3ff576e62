"""GS1 Digital Link: an address that says what a thing is, read and written. Pure.

Only as the standard (URI Syntax 1.6) has it by default: fourteen digits of a GTIN, a key and its
qualifiers in their order, numbers and no words. GS1's own cases are the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote

import msgspec

from certification.basis.refusal import Invalid
from market.domain.identifiers.syntax import Entry, ValueUnfit, dictionary, ensure_fits

ADDRESS = re.compile(r"(https?|HTTPS?)://([A-Za-z0-9.:\[\]-]+)(/[^?#]*)(?:\?([^#]*))?(?:#.*)?")
LETTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
"""All that an address may hold (RFC 3986)."""
BRACKETED = re.compile(r"\(([0-9]{2,4})\)((?:[^(]|\((?![0-9]{2,4}\)))+)")
Element = tuple[str, str]
"""An AI and its value."""


class NotAnAddress(Invalid):
    """No http(s), no domain, or letters that no address holds."""

    code = "identifiers.not_an_address"


class NoKey(Invalid):
    """Nothing in the address says what it is of: no `/01/…` or its like."""

    code = "identifiers.no_key"


class UnknownAi(Invalid):
    code = "identifiers.unknown_ai"


class WrongOrder(Invalid):
    """What qualifies the key stands in another order than GS1 says, or does not belong to it."""

    code = "identifiers.wrong_order"


class BelongsInThePath(Invalid):
    code = "identifiers.belongs_in_the_path"


class NotInTheQuery(Invalid):
    code = "identifiers.not_in_the_query"


class SaidTwice(Invalid):
    code = "identifiers.said_twice"


class DigitalLink(msgspec.Struct, frozen=True):
    path: tuple[Element, ...]
    """The key, then what qualifies it."""
    attributes: tuple[Element, ...] = ()
    stem: str = ""

    def value(self, ai: str) -> str:
        return dict([*self.attributes, *self.path]).get(ai, "")

    def element_string(self) -> str:
        """As a barcode holds it; `^` is FNC1."""
        said, separated = "^", True
        for ai, value in (*self.path, *self.attributes):
            said += f"{'' if separated else '^'}{ai}{value}"
            separated = dictionary()[ai].fixed
        return said

    def uri(self, stem: str = "") -> str:
        path = "".join(f"/{ai}/{_escaped(value)}" for ai, value in self.path)
        query = "&".join(f"{ai}={_escaped(value)}" for ai, value in self.attributes)
        return f"{(stem or self.stem).rstrip('/')}{path}{f'?{query}' if query else ''}"


def read(address: str) -> DigitalLink:
    """What an address says; each way in which it cannot be meant has a refusal of its own."""
    found = ADDRESS.fullmatch(address)
    if not found or not LETTERS.fullmatch(address):
        raise NotAnAddress(field="address")
    scheme, domain, path, query = found.groups()
    stem, pairs = _split(path)
    elements = tuple([(ai, _decoded(ai, value)) for ai, value in pairs])
    attributes = tuple(_attributes(query or ""))
    return _sound(elements, attributes, f"{scheme}://{domain}{stem}")


def made(elements: Sequence[Element], stem: str) -> DigitalLink:
    """Of what is known of a thing: its first key, what qualifies it, and the rest as attributes.

    Attributes of a fixed length come first.
    """
    values = dict(elements)
    if len(values) != len(elements):
        raise SaidTwice(ai=next(ai for ai, _ in elements if [a for a, _ in elements].count(ai) > 1))
    key = next((ai for ai, _ in elements if _entry(ai).qualifiers is not None), None)
    if key is None:
        raise NoKey(field="address")
    ways = _entry(key).qualifiers or ((),)
    way = max(ways, key=lambda one: len([ai for ai in one if ai in values]))
    path = [key, *(ai for ai in way if ai in values)]
    rest = sorted((one for one in elements if one[0] not in path), key=_variable)
    return _sound(tuple([(ai, values[ai]) for ai in path]), tuple(rest), stem)


def elements(bracketed: str) -> tuple[Element, ...]:
    """From `(01)…(10)…`, as people write it."""
    found = BRACKETED.findall(bracketed)
    if not found or "".join(f"({ai}){value}" for ai, value in found) != bracketed:
        raise UnknownAi(ai=bracketed[:20])
    for ai, value in found:
        ensure_fits(_entry(ai), value)
    return tuple(found)


def _split(path: str) -> tuple[str, list[Element]]:
    """The stem, and the pairs from the rightmost key on."""
    parts = path.split("/")[1:]
    for place in range(len(parts) - 2, -1, -2):
        entry = dictionary().get(parts[place])
        if entry is None:
            break
        if entry.qualifiers is not None:
            stem = "".join(f"/{one}" for one in parts[:place])
            return stem, list(zip(parts[place::2], parts[place + 1 :: 2], strict=True))
    raise NoKey(field="address")


def _attributes(query: str) -> Iterator[Element]:
    """What is no number is not GS1's: `linkType` and its like."""
    for pair in query.split("&"):
        ai, equals, value = pair.partition("=")
        if equals and ai.isascii() and ai.isdecimal():
            yield ai, _decoded(ai, value.replace("+", " "))


def _decoded(ai: str, value: str) -> str:
    decoded = unquote(value, encoding="latin-1")
    if "\0" in decoded:
        raise ValueUnfit(ai=ai, value="")
    return decoded


def _sound(path: tuple[Element, ...], attributes: tuple[Element, ...], stem: str) -> DigitalLink:
    order = [ai for ai, _ in path]
    for ai, value in (*path, *attributes):
        ensure_fits(_entry(ai), value)
    if not _is_in_order(order):
        raise WrongOrder(ai=order[-1], first=order[0])
    for place, (ai, _) in enumerate(attributes):
        if ai in order or ai in [one for one, _ in attributes[:place]]:
            raise SaidTwice(ai=ai)
        if not _entry(ai).attribute:
            raise NotInTheQuery(ai=ai)
        if any(_is_in_order([*order[:n], ai, *order[n:]]) for n in range(1, len(order) + 1)):
            raise BelongsInThePath(ai=ai, first=order[0])
    return DigitalLink(path, attributes, stem)


def _is_in_order(order: Sequence[str]) -> bool:
    key, *qualifiers = order
    ways = _entry(key).qualifiers
    if ways is None:
        return False
    return not qualifiers or any(_is_within(qualifiers, way) for way in ways)


def _is_within(some: Sequence[str], way: Sequence[str]) -> bool:
    """Some of them, in their order, each once."""
    rest = iter(way)
    return all(one in rest for one in some)


def _entry(ai: str) -> Entry:
    entry = dictionary().get(ai)
    if entry is None:
        raise UnknownAi(ai=ai[:20])
    return entry


def _variable(element: Element) -> bool:
    return not _entry(element[0]).fixed


def _escaped(value: str) -> str:
    return quote(value, safe="", encoding="latin-1")
