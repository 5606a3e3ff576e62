"""Who has it: each order, truck, stop, crate and pile of a recall, on its page and as a table."""

from __future__ import annotations

from litestar import Response

from certification.basis.units import local_day
from certification.people import queries as people
from certification.people.rules import Particulars
from market.access import whose
from market.access.guard import may
from market.access.permit import Place
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.recalls import balance, queries
from market.domain.recalls.queries import RecallView, Whole
from market.web import sheets
from market.web.pages.farm_view import Ask, Shown, crop_name
from market.web.sheets import Kilos

CAME = ("came_in", "mixed_in")
WENT = (
    "in_stock", "held", "waiting", "handed_over", "aboard", "sold", "given", "wasted", "lost",
    "unexplained",
)  # fmt: skip


async def shown(request: Ask, of: RecallView, place: Place) -> Shown:
    say, whole = words_for(request), await queries.whole(of.id)
    found, buyers = whole.found, await _buyers(request, whole, place)
    codes = {one.lot: one.code for one in found.lots}
    cleared = {one.lot: one for one in whole.lots}
    who = [p for p in (of.by, of.confirmed_by, *(c.cleared_by for c in whole.lots)) if p]
    return {
        "whole": whole,
        "codes": codes,
        "people": await people.names(who),
        "buyers": [
            {"who": buyers.get(buyer), "orders": orders}
            for buyer, orders in balance.buyers(found.orders).items()
        ],
        "lots": [
            {"of": one, "crop": crop_name(say, one.crop), "named": cleared[one.lot]}
            for one in found.lots
        ],
        "came": [(name, getattr(whole.totals, name)) for name in CAME],
        "went": [(name, getattr(whole.totals, name)) for name in WENT],
    }


async def held(request: Ask, groups: list[str]) -> list[Shown]:
    """Lots that a sample holds, with their orders and, for who may call back, whom to call."""
    say, rows = words_for(request), list[Shown]()
    for one in await queries.held(groups):
        orders = (await queries.who_has(await queries.held_by(one.lot))).orders
        calls = may(request, "recall.open", await whose.of_group(one.group))
        who = await people.particulars_of({of.buyer for of in orders}) if calls else {}
        rows.append({
            "of": one, "crop": crop_name(say, one.crop),
            "buyers": [
                {"who": who.get(buyer), "orders": mine}
                for buyer, mine in balance.buyers(orders).items()
            ],
        })  # fmt: skip
    return rows


async def _buyers(request: Ask, whole: Whole, place: Place) -> dict[str, Particulars]:
    """Only while it holds, and only for who runs it: a drill calls nobody."""
    if whole.recall.state != "in_force" or not may(request, "recall.open", place):
        return {}
    return await people.particulars_of({one.buyer for one in whole.found.orders})


async def table(request: Ask, of: RecallView, place: Place) -> Response[bytes] | None:
    """None where the page itself is asked for."""
    kind = sheets.kind(request)
    if not kind:
        return None
    say, whole = words_for(request), await queries.whole(of.id)
    heads = [
        say("Lot"), say("Where it is"), say("Order code"), say("Kilos"), say("Place"),
        say("Pick up"), say("Buyer"), say("Phone"),
    ]  # fmt: skip
    rows = _orders(say, whole, await _buyers(request, whole, place)) + _elsewhere(say, whole)
    return (sheets.book if kind == "xlsx" else sheets.sheet)("recall", heads, rows)


Row = tuple[object, ...]
PILES = {"held": "held", "confirmed": "waiting", "collected": "handed_over"}


def _orders(say: Words, whole: Whole, buyers: dict[str, Particulars]) -> list[Row]:
    rows = list[Row]()
    codes = {one.lot: one.code for one in whole.found.lots}
    for buyer, orders in balance.buyers(whole.found.orders).items():
        who = buyers.get(buyer)
        rows += [
            (
                codes[one.lot], say(f"recalls.total.{PILES[one.state]}"), one.code,
                Kilos(one.grams), say.name(one), local_day(one.pickup_from),
                who and who.name, who and who.phone,
            )
            for one in orders
        ]  # fmt: skip
    return rows


def _elsewhere(say: Words, whole: Whole) -> list[Row]:
    found = whole.found
    codes = {one.lot: one.code for one in found.lots}
    none = (None, None, None)
    return [
        *[
            (codes[one.lot], say("recalls.total.aboard"), None, Kilos(one.left), one.name, *none)
            for one in found.aboard
        ],
        *[
            (codes[one.lot], say("recalls.total.sold"), None, Kilos(one.grams),
             say.name(one) if one.place else None, *none)
            for one in found.sold
        ],
        *[
            (one.code, say(f"recalls.total.{pile}"), None, Kilos(grams), None, *none)
            for one in found.lots
            for pile, grams in (("in_stock", one.available), ("wasted", one.waste))
            if grams
        ],
    ]  # fmt: skip
