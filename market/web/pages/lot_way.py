"""`/L/{code}/way`: through whose hands a lot came, as far as strangers may know.

Tambons, and places that stand in public lists; nobody by name, and of what was sold only where.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.areas import queries as areas
from certification.basis.units import local_day
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.custody import chain
from market.domain.custody.chain import Where
from market.domain.custody.recorded import line
from market.domain.lineage import queries as lineage
from market.domain.lots import queries as lots
from market.domain.trace import made
from market.web.page import Ask, page
from market.web.scanned import scanned

At = NamedDependency[datetime]
TO_BUYERS = ("handed_over", "sold")
ICONS = {
    "harvested": "scale", "made": "basket", "used": "basket", "dispatched": "truck",
    "received": "check", "loaded": "truck", "stop": "people",
}  # fmt: skip


class Mile(msgspec.Struct, frozen=True):
    """One step as it is told. `grams` None: not for strangers. `entry` None: the record has none;
    0: it is no step of the goods alone and stands with the orders."""

    on: date
    kind: str
    icon: str
    code: str
    where: str
    to: str
    grams: int | None
    entry: int | None


@get(["/L/{typed:str}/way", "/l/{typed:str}/way"], opt={"op": "trace.read"})
async def way_page(request: Ask, typed: FromPath[str], at: At) -> Response[bytes]:
    async def show(code: str, today: date) -> Response[bytes]:
        trace = await made.of_any(code, today)
        lot = await lots.by_code(trace.code)
        say = words_for(request)
        further = dict.fromkeys(one.code for one in await lineage.outputs_of(lot.id))
        return page(
            request, "lot_way.html", code=trace.code, crop_name=trace.crop_name,
            miles=await _miles(say, lot.id, trace.code), further=[*further],
        )  # fmt: skip

    return await scanned(request, "L", typed, at, show, below="/way")


async def _miles(say: Words, lot: str, code: str) -> list[Mile]:
    """From the harvests in it to the stops where it was handed over."""
    known = [
        Mile(
            local_day(one.step.at), one.step.kind, ICONS.get(one.step.kind, "basket"), one.code,
            _where(say, one.step.public), _where(say, one.step.goes_to), one.step.grams, one.seq,
        )
        for one in await line(lot)
    ]  # fmt: skip
    stops = {
        (local_day(step.at), _where(say, step.public)): None
        for step in await chain.chain(lot)
        if step.kind in TO_BUYERS
    }
    return [*known, *[Mile(on, "stop", ICONS["stop"], code, at, "", None, 0) for on, at in stops]]


def _where(say: Words, of: Where | None) -> str:
    if of is None:
        return ""
    if of.name:
        return say.name(of.name)
    return areas.address(of.tambon, say.language) if of.tambon else ""


DOORS = [way_page]
