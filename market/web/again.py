"""An order once more: what of it is sold in the round that is open now."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from certification.basis.ids import is_id
from market.domain.offers import queries as offers
from market.domain.offers.queries import CycleView, ShopLine
from market.domain.orders.queries import OrderLineView, OrderView
from market.domain.products import queries as products
from market.domain.products.rules import NoProduct, Product

NAMED_MAX = 20


async def open_round(order: OrderView, at: datetime) -> CycleView | None:
    """Of the same seller; else of any, the one that closes first."""
    cycles = await offers.open_cycles(at)
    of_seller = [cycle for cycle in cycles if cycle.merchant == order.order.merchant]
    return next(iter([*of_seller, *cycles]), None)


def refilled(lines: Iterable[OrderLineView], sold: Iterable[ShopLine]) -> dict[str, int]:
    """Grams by offer: the same product, from the same group where it has any. A line that was
    split over several lots is one wish."""
    taken: dict[str, int] = {}
    wishes: dict[tuple[str, str, str], int] = {}
    offered = list(sold)
    for line in lines:
        kind = line.product, line.group, line.claim
        wishes[kind] = wishes.get(kind, 0) + line.grams
    for (product, group, claim), grams in wishes.items():
        same = [one for one in offered if one.product == product and can_be_had(one)]
        same.sort(key=lambda one: (one.group != group, one.claim != claim, one.offer))
        if same:
            best = same[0]
            wished = taken.get(best.offer, 0) + whole_steps(best, grams)
            taken[best.offer] = min(wished, can_be_had(best))
    return taken


def said(products: Iterable[str]) -> str:
    """For the address of the page that names what could not be had again."""
    named = ",".join(dict.fromkeys(products))
    return f"?gone={named}" if named else ""


async def gone(named: str) -> list[Product]:
    """Of what an address says, whatever somebody wrote into it."""
    ids = [one for one in named.split(",")[:NAMED_MAX] if is_id(one)]
    found: list[Product] = []
    for id in ids:
        with suppress(NoProduct):
            found.append(await products.product(id))
    return found


def can_be_had(line: ShopLine) -> int:
    return line.grams_left - line.grams_left % line.step_grams


def whole_steps(line: ShopLine, grams: int) -> int:
    """At least one step."""
    return max(grams - grams % line.step_grams, line.step_grams)
