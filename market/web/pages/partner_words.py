"""What partners told of a lot: an outsider's word, apart from all that we vouch for."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from market.answers.language import words_for
from market.answers.words import Words
from market.domain.partners import queries
from market.domain.partners.queries import ToldOf
from market.domain.trace.past import subject
from market.web.page import Ask, page
from market.web.scanned import scanned

At = NamedDependency[datetime]
BELOW = "/told-by-partners"
SAID = frozenset({
    "accepting", "arriving", "departing", "destroying", "holding", "inspecting", "loading",
    "packing", "receiving", "repackaging", "retail_selling", "sampling", "shipping", "stocking",
    "storing", "transporting", "unloading", "unpacking",
})  # fmt: skip
"""Steps that people have a word for; of others the kind of event is said."""


@get([f"/L/{{typed:str}}{BELOW}", f"/l/{{typed:str}}{BELOW}"], opt={"op": "trace.read"})
async def told(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    async def show(code: str, _: date) -> Response[bytes]:
        await subject(code, "lot")
        say, found = words_for(request), await queries.told(code)
        return page(
            request, "partner_words.html", code=code, most=queries.SHOWN_MAX,
            told=[{"of": one, "what": _what(say, one)} for one in found],
        )  # fmt: skip

    return await scanned(request, "L", typed, at, show, below=BELOW)


def _what(say: Words, one: ToldOf) -> str:
    if one.step in SAID:
        return say(f"partners.step.{one.step}")
    return say(f"partners.kind.{one.kind}")


DOORS = [told]
