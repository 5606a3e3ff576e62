"""`/01/{GTIN}` and `/01/{GTIN}/10/{lot}` (GS1 Digital Link), for groups that hold a prefix."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from certification.basis.refusal import Invalid, Missing
from certification.basis.text import Text
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.access.refusals import NotThere
from market.answers.errors import problem
from market.domain.identifiers import digital_link, queries
from market.domain.identifiers.digital_link import DigitalLink
from market.domain.identifiers.queries import Meant
from market.domain.products import queries as products
from market.web import known, linkset
from market.web.kept import kept
from market.web.linkset import Link, Of
from market.web.negotiated import PAGE, VOCABULARY, kind, link_type, negotiable
from market.web.page import Ask, page
from market.web.scanned import there, told_of

NAME = "Talat Khiao"


class Pack(msgspec.Struct, frozen=True):
    """Goods in one size of pack, as anybody may know them."""

    gtin: str
    name: Text
    pack_grams: int
    group: Text
    group_code: str
    since: date
    until: date | None
    """The last day on which the number was given to new packets."""
    lots: tuple[str, ...]
    """Codes of the newest lots of these goods."""


@get(["/01/{gtin:str}", "/01/{gtin:str}/{rest:path}"], opt={"op": "trace.read"})
async def identified(request: Ask, at: NamedDependency[datetime]) -> Response[bytes]:
    try:
        link = digital_link.read(_address(request))
        found = await queries.meant(link)
    except (Invalid, Missing) as no:
        if kind(request) != PAGE:
            return problem(request, no)
        return page(request, "gtin_unknown.html", no=no)
    of = await _of(found, link, local_day(at))
    if kind(request) != PAGE or link_type(request):
        origin = request.app.state.settings.origin
        return told_of(request, kind(request), of, link.uri(origin) if not link.attributes else "")
    if found.lot:
        return there(of.path)
    return kept(request, negotiable(page(request, "gtin.html", pack=of.facts)))


def _address(request: Ask) -> str:
    """As it was asked for: a value may hold an escaped slash."""
    scope: Any = request.scope
    query = scope["query_string"].decode("latin-1")
    asked = "&".join(one for one in query.split("&") if not one.startswith(("lang=", "linkType=")))
    origin = request.app.state.settings.origin
    return f"{origin}{scope['raw_path'].decode('latin-1')}{f'?{asked}' if asked else ''}"


async def _of(found: Meant, link: DigitalLink, today: date) -> Of:
    if found.lot:
        return await known.lot(found.lot.code, today)
    given = found.given
    group, made = await groups.group(given.organ), await products.product(given.product)
    pack = Pack(
        given.gtin, made.name, given.pack_grams, Text(group.name_th, group.name_en), group.code,
        given.since, given.until, tuple(await queries.newest_lots(given)),
    )  # fmt: skip
    here = DigitalLink(link.path[:1]).uri()
    links = [Link("pip", here, "links.pack"), Link("homepage", f"/G/{group.code}", "links.group")]
    links += [Link("traceability", f"/L/{code}", "links.trace") for code in pack.lots[:5]]
    return Of(here, made.name, tuple(links), pack)


@get("/.well-known/gs1resolver", opt={"op": "trace.read"})
async def resolver(request: Ask) -> Response[bytes]:
    """Nothing, while nobody here has a number of GS1's."""
    if not await queries.any_given():
        raise NotThere
    description = {
        "name": NAME,
        "resolverRoot": request.app.state.settings.origin,
        "supportedPrimaryKeys": ["01"],
        "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": False,
    }
    return linkset.facts(Of("", Text("", ""), (), description))


DOORS = [identified, resolver]
