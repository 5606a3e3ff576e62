"""Shares in per cent, and worked out on the last round: what several pages of them show alike."""

from __future__ import annotations

from datetime import date

from certification.groups.rules import GroupView
from market.domain.offers import queries as offers
from market.domain.settlement import queries as settlement
from market.domain.settlement.rules import summed, tally
from market.domain.splits import queries
from market.domain.splits.rules import BASIS_POINTS, NoSuchRule, Split

PARTS = ("merchant", "truck", "fund", "group")
ALL_PARTS = ("farmer", "group", "truck", "fund", "merchant")


def in_percent(of: Split) -> dict[str, str]:
    """The farmers' rest too."""
    points = {part: int(getattr(of, f"{part}_bp")) for part in PARTS}
    shown = {part: percent(bp) for part, bp in points.items()}
    return {"farmer": percent(BASIS_POINTS - sum(points.values())), **shown}


def percent(points: int) -> str:
    return f"{points / 100:.2f}".rstrip("0").rstrip(".")


async def held(merchant: str, on: date) -> Split | None:
    try:
        return await queries.in_force(merchant, on)
    except NoSuchRule:
        return None


async def example(seller: GroupView, would_be: Split | None) -> dict[str, object] | None:
    """The last round that was divided: by its own rule, and by these shares; none without both."""
    done = await settlement.settlements(merchant=seller.id)
    if not done or would_be is None:
        return None
    last = done[-1]
    sold = await settlement.sales(last.cycle)
    was = await offers.rule_of(last.cycle)
    then, would = (summed(tally(sale, rule) for sale in sold) for rule in (was, would_be))
    rows = [(part, getattr(then.parts, part), getattr(would.parts, part)) for part in ALL_PARTS]
    name = {"th": last.cycle_th, "en": last.cycle_en}
    return {"seller": seller, "name": name, "whole": then, "rows": rows}
