"""One value of an EPCIS document: an address, a time with its zone, a word of the vocabulary.

Each check yields (what inside it, kind of fault); nothing where all is well. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from market.domain.epcis.vocabulary import ACTIONS, BIZ_STEPS, WEB

Faulty = tuple[str, str]
Prefixes = Mapping[str, str]

BUILT_IN = ("cbv", "cbvmda", "epcis", "gs1", "rdfs", "rdf", "owl", "xsd", "dcterms", "schema")
"""Prefixes that the context of the standard itself brings along."""
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
OFFSET = re.compile(r"[+-]((0\d|1[0-3]):[0-5]\d|14:00)")
UNIT = re.compile(r"[A-Z0-9]{2,3}")
HEX = re.compile(r"[A-Fa-f0-9]+")
OLD_WORDS = ("urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/")
LETTERS_MAX = 2_000


def context(said: Any, *, own: bool = False) -> tuple[dict[str, str], list[Faulty]]:
    """The prefixes that it declares. A document needs one that is the standard's; an event's own
    may add to it."""
    parts = said if isinstance(said, list) else [said]
    prefixes: dict[str, str] = {}
    addresses = []
    for part in parts:
        if isinstance(part, str):
            addresses.append(part)
        elif isinstance(part, dict):
            prefixes |= {k: v for k, v in part.items() if isinstance(v, str) and ":" in v}
            if "@vocab" in part:
                return {}, [("@context", "vocab")]
        else:
            return {}, [("@context", "missing" if said is None else "not_a_context")]
    if not own and not any("epcis-context" in one.lower() for one in addresses):
        return prefixes, [("@context", "not_the_standards")]
    return prefixes, []


def extension(name: str, prefixes: Prefixes) -> Iterator[Faulty]:
    """A field that the standard does not know must stand in somebody's namespace."""
    prefix, colon, local = name.partition(":")
    known = prefix in prefixes or prefix in BUILT_IN
    if not (colon and local and (known or local.startswith("//") or prefix == "urn")):
        yield name[:100], "no_namespace"


def uri(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, str) or len(said) > LETTERS_MAX or not SCHEME.fullmatch(said):
        yield "", "not_an_address"


def text(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, str) or not said or len(said) > LETTERS_MAX:
        yield "", "not_a_text"


def number(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if isinstance(said, bool) or not isinstance(said, int | float):
        yield "", "not_a_number"


def truth(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, bool):
        yield "", "not_true_or_false"


def hexadecimal(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, str) or not HEX.fullmatch(said):
        yield "", "not_hexadecimal"


def unit(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, str) or not UNIT.fullmatch(said):
        yield "", "not_a_unit"


def instant(said: Any, _: Prefixes) -> Iterator[Faulty]:
    """RFC 3339, with its zone."""
    if not isinstance(said, str) or not INSTANT.fullmatch(said):
        yield "", "not_a_time"
        return
    try:
        datetime.fromisoformat(said.upper())
    except ValueError:
        yield "", "not_a_time"


def offset(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, str) or not OFFSET.fullmatch(said):
        yield "", "not_a_zone"


def action(said: Any, _: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, str) or said not in ACTIONS:
        yield "", "not_an_action"


def word(kind: str, known: frozenset[str]) -> Callable[[Any, Prefixes], Iterator[Faulty]]:
    """A bare word of the vocabulary, the same as an address, or an address of somebody's own."""

    def check(said: Any, _: Prefixes) -> Iterator[Faulty]:
        if not isinstance(said, str):
            yield "", "not_a_word"
        elif said.startswith(OLD_WORDS):
            yield "", "old_word"
        elif said.startswith((own := f"{WEB}{kind}-", f"cbv:{kind}-")):
            local = said.removeprefix(own).removeprefix(f"cbv:{kind}-")
            yield from [] if local in known else [("", "not_a_word")]
        elif said not in known and not SCHEME.fullmatch(said):
            yield "", "not_a_word"

    return check


STEP = word("BizStep", BIZ_STEPS)
