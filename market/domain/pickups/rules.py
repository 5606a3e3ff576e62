"""What a seller promises for goods that nobody fetches, and for a stop that moves; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid

Choice = Literal["move", "hold", "credit", "refund", "donate"]
CHOICES: tuple[Choice, ...] = ("move", "hold", "credit", "refund", "donate")
"""move    kept for a later stop of the same day; where there is none it is kept as by `hold`
hold    kept for so many days, to be fetched from the seller
credit  the order ends, what was paid is credit with the seller
refund  the order ends, what was paid is given back by the treasurer
donate  the order ends, the goods are given away, what was paid is credit
"""
HOLD_DAYS_MAX = 14
KEEPING = ("credit", "donate")
"""With these a part of the price may be kept for who grew the goods, the rest is credit."""
DECISIONS = {"hold": "hold", "credit": "sell", "refund": "refund", "donate": "donate"}
"""As who leaves a stop decides."""


class DaysWrong(Invalid):
    code = "pickups.days_wrong"


class NotForMoved(Invalid):
    """Who cannot come because the seller moved the stop does not give the goods away."""

    code = "pickups.not_for_moved"


class KeptNotHere(Invalid):
    """Something is kept only where the order ends and nobody promised the money back."""

    code = "pickups.kept_not_here"


class SetPickupRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    merchant: str
    absent: Choice
    moved: Choice
    hold_days: int
    cycle: str | None = None
    """For this round alone; None: for all of which nothing else is said."""
    kept_percent: int = 0
    """Of the price, as far as it was paid, kept for who grew the goods when a buyer does not come;
    never where the seller moved the stop."""


class PickupRule(msgspec.Struct, frozen=True):
    absent: Choice
    moved: Choice
    hold_days: int
    at: datetime
    kept_percent: int = 0

    def choice(self, *, moved: bool) -> Choice:
        return self.moved if moved else self.absent


class PickupRuleSet(msgspec.Struct, frozen=True, tag="pickups.rule_set"):
    rule: str
    merchant: str
    absent: str
    moved: str
    hold_days: int
    cycle: str = ""
    kept_percent: int = 0


def ensure_rule(asked: SetPickupRule) -> None:
    if not 1 <= asked.hold_days <= HOLD_DAYS_MAX:
        raise DaysWrong(field="hold_days", most=HOLD_DAYS_MAX)
    if asked.moved == "donate":
        raise NotForMoved(field="moved")
    if not 0 <= asked.kept_percent <= (100 if asked.absent in KEEPING else 0):
        raise KeptNotHere(field="kept_percent")


def decision(rule: PickupRule, *, moved: bool, later: Sequence[str]) -> tuple[str, str | None]:
    """What the rule says now, with the next stop to which it is taken along."""
    choice = rule.choice(moved=moved)
    if choice == "move":
        return ("move", later[0]) if later else ("hold", None)
    return DECISIONS[choice], None
