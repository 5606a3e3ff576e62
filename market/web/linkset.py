"""All that is told of a code, as links: a linkset (RFC 9264) in the shape of GS1's own schema.

A link stands here only where its target answers; `tests/web/test_resolver.py` follows each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Response

from certification.basis.text import Text
from market.answers.language import language_of, spoken
from market.answers.words import LANGUAGES, words
from market.web.negotiated import FACTS, LINKSET, PAGE, VOCABULARY, NoSuchLink, preferred
from market.web.page import Ask

CONTEXT = (
    "<https://ref.gs1.org/standards/resolver/linkset-context>;"
    ' rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
)
DEFAULT, DEFAULT_MULTI = "defaultLink", "defaultLinkMulti"


class Link(msgspec.Struct, frozen=True):
    relation: str
    """A link type of the GS1 Web Vocabulary, by its last word."""
    path: str
    title: str
    """A sentence of the catalogues."""
    type: str = PAGE


class Of(msgspec.Struct, frozen=True):
    """What bears a code, for programs."""

    path: str
    """Its address: that of its page."""
    name: Text
    links: tuple[Link, ...]
    facts: object = None
    """As the API tells them; nothing where nothing is reported yet."""

    def all_links(self) -> Iterator[Link]:
        """The page first, as what a resolver leads to by default."""
        yield Link(DEFAULT_MULTI, self.path, "links.page")
        yield from self.links


def answer(request: Ask, of: Of, anchor: str = "") -> Response[bytes]:
    origin: str = request.app.state.settings.origin
    of_type: dict[str, list[dict[str, Any]]] = {
        f"{VOCABULARY}{DEFAULT}": [_default(request, origin, of)]
    }
    for link in of.all_links():
        of_type.setdefault(VOCABULARY + link.relation, []).extend(_told(request, origin, link))
    language = language_of(request)
    described = {"anchor": anchor or origin + of.path, "itemDescription": _in(of.name, language)}
    return _json(LINKSET, {"linkset": [{**described, **of_type}]}, CONTEXT)


def facts(of: Of) -> Response[bytes]:
    return _json(FACTS, of.facts)


def target(request: Ask, of: Of, relation: str) -> str:
    """Where a link of that type leads, in the reader's language and, if there are several, form."""
    ways = [one for one in of.all_links() if one.relation == relation]
    if relation == DEFAULT:
        ways = [Link(DEFAULT, of.path, "links.page")]
    if not ways:
        known = dict.fromkeys(f"gs1:{one.relation}" for one in of.all_links())
        raise NoSuchLink(asked=relation, known=[*known])
    wanted = preferred(request.headers.get("accept", ""))
    way = next((one for one in ways if one.type == wanted), ways[0])
    language = language_of(request, spoken(way.path))
    return f"/{language}{way.path}" if way.type == PAGE else way.path


def ways(of: Of) -> list[Link]:
    """What a person may be offered: each page once, however many types it has."""
    return [*{one.path: one for one in of.links if one.type == PAGE}.values()]


def _default(request: Ask, origin: str, of: Of) -> dict[str, Any]:
    say = words(language_of(request))
    return {"href": origin + of.path, "title": say("links.page"), "hreflang": [*spoken(of.path)],
            "type": PAGE}  # fmt: skip


def _told(request: Ask, origin: str, link: Link) -> Iterator[dict[str, Any]]:
    """A page once in each language; what programs read, once for all."""
    if link.type != PAGE:
        title = words(language_of(request))(link.title)
        yield {"href": origin + link.path, "title": title, "hreflang": [*LANGUAGES],
               "type": link.type}  # fmt: skip
        return
    for language in spoken(link.path):
        href = f"{origin}/{language}{link.path}"
        yield {"href": href, "title": words(language)(link.title), "hreflang": [language],
               "type": PAGE}  # fmt: skip


def _in(name: Text, language: str) -> str:
    return words(language).name(name)


def _json(kind: str, content: object, *links: str) -> Response[bytes]:
    headers = {"vary": "accept, accept-language, cookie", "cache-control": "no-cache"}
    if links:
        headers["link"] = ", ".join(links)
    return Response(msgspec.json.encode(content), media_type=kind, headers=headers)
