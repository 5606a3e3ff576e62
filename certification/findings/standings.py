"""Where a finding stands: a fold over what happened to it, and what the clock has to say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec
from msgspec.structs import replace

from certification.schemes.rules import RuleSet, Severity

State = Literal["open", "action_agreed", "done_claimed", "verified_closed"]
Told = Literal["reminded", "overdue", "escalated"]
Kind = Literal[
    "agreed", "extended", "replied", "claimed", "disputed", "sent_back", "stands", "withdrawn",
    "retested", "verified", "reminded", "overdue", "escalated",
]  # fmt: skip
REMIND_DAYS = 7
"""Before the day by which it is mended; ours."""


class Step(msgspec.Struct, frozen=True):
    kind: Kind
    on: date
    due_on: date | None = None
    by: str = ""


class Made(msgspec.Struct, frozen=True):
    """A finding as it was made."""

    found_on: date
    due_on: date
    severity: Severity
    agreed: bool
    """An action was agreed on the spot."""
    closed: bool


class Standing(msgspec.Struct, frozen=True):
    state: State
    due_on: date
    latest: date
    """The last day that may be agreed on without a meeting."""
    days_late: int = 0
    """0 while it is in time, or was claimed in time and waits for somebody to look."""
    disputed: bool = False
    escalated: bool = False
    settled: bool = False
    """The committee has said once that it stands."""
    claimed_on: date | None = None
    claimed_by: str = ""

    @property
    def overdue(self) -> bool:
        return self.days_late > 0


AFTER: dict[Kind, dict[str, object]] = {
    "agreed": {"state": "action_agreed"},
    "claimed": {"state": "done_claimed"},
    "sent_back": {"state": "open", "claimed_on": None, "claimed_by": ""},
    "disputed": {"disputed": True},
    "stands": {"disputed": False, "settled": True},
    "escalated": {"escalated": True},
}
"""What a step makes of a finding; the others only tell."""


def standing(made: Made, steps: Sequence[Step], rules: RuleSet, *, today: date) -> Standing:
    """`steps` in their order; `today` is the local day."""
    latest = made.found_on + timedelta(days=rules.severity_deadline_days[made.severity])
    now = Standing("action_agreed" if made.agreed else "open", made.due_on, latest)
    for step in steps:
        now = _after(now, step)
    if made.closed:
        shut: State = "verified_closed"
        return replace(now, state=shut, disputed=False, escalated=False)
    return replace(now, days_late=max(((now.claimed_on or today) - now.due_on).days, 0))


def _after(now: Standing, step: Step) -> Standing:
    now = replace(now, **AFTER.get(step.kind, {}))
    if step.kind == "claimed":
        return replace(now, claimed_on=step.on, claimed_by=step.by)
    if step.kind in ("agreed", "extended") and step.due_on is not None:
        late = now.escalated and step.due_on <= now.due_on
        latest = max(now.latest, step.due_on) if step.kind == "extended" else now.latest
        return replace(now, due_on=step.due_on, latest=latest, escalated=late)
    return now


def to_tell(now: Standing, told: Sequence[Step], rules: RuleSet, *, today: date) -> list[Told]:
    """What the clock has to say on this day and has not said for this due day. A worker that was
    down says the gravest only."""
    if now.state == "verified_closed" or (now.state == "done_claimed" and not now.overdue):
        return []
    said = {step.kind for step in told if step.due_on == now.due_on}
    grave: list[Told] = []
    if now.days_late >= max(rules.grace_days, 1):
        grave = ["escalated", "overdue", "reminded"]
    elif now.days_late:
        grave = ["overdue", "reminded"]
    elif (now.due_on - today).days <= REMIND_DAYS:
        grave = ["reminded"]
    return grave[:1] if grave and grave[0] not in said else []
