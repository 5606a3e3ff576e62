"""Those who did not come, and what their seller's rule says: as it was when they ordered.

A stop that was told at another time since then is under what the seller promised for moved stops.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import transaction
from market.domain.orders.queries import StoredOrder
from market.domain.pickups import queries as pickups
from market.domain.pickups.rules import Choice, decision
from market.domain.truck_day import queries, stops, waiting
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import DecideNoShow

REFUNDS = (
    "SELECT \"order\" AS ended, at FROM no_show WHERE decision = 'refund' UNION ALL"
    " SELECT \"order\" AS ended, at FROM unfetched WHERE choice = 'refund'"
)


class ByRule(msgspec.Struct, frozen=True):
    """`choice` is what was promised, `decision` and `to_place` what it means at this stop."""

    choice: Choice
    hold_days: int
    moved: bool
    decision: str
    to_place: str | None
    kept_percent: int = 0
    """Of the price, as far as it was paid, kept for who grew the goods."""


async def by_rule(truck: TruckView, place: str, order: StoredOrder) -> ByRule | None:
    """None where the seller had said nothing."""
    rule = await pickups.rule_at(order.merchant, order.placed_at, order.cycle)
    if rule is None:
        return None
    moved = await waiting.moved_since(truck.day, place, order.placed_at)
    ahead = [stop.place for stop in await queries.stops(truck) if stop.is_ahead]
    later = [one for one in ahead if one != place]
    decided, to_place = decision(rule, moved=moved, later=later)
    return ByRule(rule.choice(moved=moved), rule.hold_days, moved, decided, to_place,
                  0 if moved else rule.kept_percent)  # fmt: skip


async def decide_all(truck: TruckView, place: str, *, by: str, at: datetime) -> int:
    """Each of whom nobody decided yet, as the rule says; how many. Again changes nothing."""
    many = 0
    async with transaction():
        for one in await waiting.at_stop(truck, place):
            said = None if one.decision else await by_rule(truck, place, one.order)
            if said:
                wanted = DecideNoShow(
                    following(one.order.id, f"absent {truck.id} {place}"), truck.id, place,
                    one.order.id, said.decision, said.to_place,  # type: ignore[arg-type]
                    by_promise=True,
                )  # fmt: skip
                await stops.decide(wanted, by=by, at=at)
                many += 1
    return many


async def to_be_paid_back(merchant: str) -> set[str]:
    """Buyers whose order ended with that promise, and to whom nothing was given back since."""
    rows = await in_use().query(
        f"SELECT p.buyer FROM ({REFUNDS}) n JOIN preorder p ON p.id = n.ended"  # noqa: S608  (constants)
        " WHERE p.merchant = {} AND p.rail <> 'cash' AND NOT EXISTS (SELECT r.id"
        " FROM credit_repayment r WHERE r.merchant = p.merchant AND r.buyer = p.buyer"
        " AND r.at >= n.at)",
        merchant,
    )
    return {row["buyer"] for row in rows}
