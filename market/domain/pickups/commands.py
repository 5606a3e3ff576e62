"""A seller says what becomes of goods that nobody fetches."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.groups import queries as groups
from market.domain.pickups import rules
from market.domain.pickups.rules import PickupRuleSet, SetPickupRule
from market.domain.pickups.tables import PickupRuleRow

NEWEST = (
    "SELECT merchant, absent, moved, hold_days, kept_percent FROM pickup_rule WHERE cycle = {}"
    " ORDER BY at DESC, id DESC LIMIT 1"
)


async def set_rule(asked: SetPickupRule, *, by: str, at: datetime) -> PickupRuleSet:
    """For orders from now on; those that stand keep what was said when they were placed."""
    do = partial(_set_rule, asked, by=by, at=at)
    return await deeds.once(asked.id, "pickups.set_rule", asked, do, PickupRuleSet, by=by, at=at)


async def carry_on(cycle: str, to: str, *, by: str, at: datetime) -> None:
    """What a round promises, its next one promises too."""
    async with transaction():
        for row in await in_use().query(NEWEST, cycle):
            asked = SetPickupRule(id=following(to, "pickup rule"), cycle=to, **row)
            await set_rule(asked, by=by, at=at)


async def _set_rule(asked: SetPickupRule, *, by: str, at: datetime) -> PickupRuleSet:
    rules.ensure_rule(asked)
    async with transaction():
        merchant = await groups.group(asked.merchant)
        row = PickupRuleRow(
            id=asked.id, merchant=merchant.id, absent=asked.absent, moved=asked.moved,
            hold_days=asked.hold_days, cycle=asked.cycle, kept_percent=asked.kept_percent, by=by,
            at=at,
        )  # fmt: skip
        await insert(row)
        event = PickupRuleSet(
            asked.id, merchant.id, asked.absent, asked.moved, asked.hold_days, asked.cycle or "",
            asked.kept_percent,
        )  # fmt: skip
        log.append(event, (PickupRuleRow, asked.id), subject=merchant.id, by=by, at=at)
    return event
