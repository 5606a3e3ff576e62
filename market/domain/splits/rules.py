"""Where each baht of a sale goes: what a meeting decided, one wrote down and a second approved.

The parts of a kilo are computed once, from the frozen split rule, and settlement computes the same
(`Parts.of_sale`): what is shown is what is paid. Every part but the farmer's is rounded down, so
the odd satang is the farmer's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

BASIS_POINTS = 10_000
A_YEAR = timedelta(days=366)
ROLES = ("treasurer", "leader", "secretariat")
"""Who writes a new split down, and who approves it, in the merchant or its network."""
State = Literal["proposed", "approved", "returned", "withdrawn"]


class NoSuchRule(Missing):
    code = "splits.no_such_rule"


class NoSuchProposal(Missing):
    code = "splits.no_such_proposal"


class SharesWrong(Invalid):
    """Negative parts, or more than the whole."""

    code = "splits.shares_wrong"


class MeetingToCome(Invalid):
    """What no meeting has decided yet is not written down as decided."""

    code = "splits.meeting_to_come"


class MeetingLongAgo(Invalid):
    code = "splits.meeting_long_ago"


class FromWrong(Invalid):
    """Nothing holds backwards, nor from a day that nobody remembers when it comes."""

    code = "splits.from_wrong"


class ReasonMissing(Invalid):
    code = "splits.reason_missing"


class NotInForce(Refusal):
    """A round is opened under the rule of its first day, not under one of the asker's choice."""

    code = "splits.not_in_force"


class SameHands(Refusal):
    """Who wrote it down neither approves it nor sends it back."""

    code = "splits.same_hands"


class NotYours(Refusal):
    """Who wrote it down takes it back; others send it back."""

    code = "splits.not_yours"


class AlreadyDecided(Refusal):
    code = "splits.already_decided"


class Overtaken(Refusal):
    """Another was approved since this was written down; what it was held against is gone."""

    code = "splits.overtaken"


class DayPassed(Refusal):
    """It was to hold from a day that is over."""

    code = "splits.day_passed"


class ProposerLeft(Refusal):
    """Two who answer for it today: the first no longer does."""

    code = "splits.proposer_left"


class Split(msgspec.Struct, frozen=True):
    """In basis points of the sale; the rest is the farmers'."""

    id: str
    merchant: str
    merchant_bp: int
    truck_bp: int
    fund_bp: int
    group_bp: int


class Propose(Split, frozen=True, forbid_unknown_fields=True):
    decided_on: date
    """The day of the meeting."""
    holds_from: date
    """For rounds that open on this day or later."""


class Decide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    proposal: str
    merchant: str
    approve: bool
    reason: str = ""
    """Why it is sent back."""


class Proposal(Split, frozen=True):
    decided_on: date
    holds_from: date
    after_version: int
    """The newest approved when this was written down; the next must be this one."""
    state: State
    by: str
    at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class Proposed(msgspec.Struct, frozen=True, tag="splits.proposed"):
    proposal: str
    merchant: str
    decided_on: date
    holds_from: date


class Approved(msgspec.Struct, frozen=True, tag="splits.approved"):
    """`rule`, which has the proposal's id, is the merchant's newest version."""

    rule: str
    merchant: str
    version: int
    holds_from: date
    proposed_by: str


class Returned(msgspec.Struct, frozen=True, tag="splits.returned"):
    proposal: str
    merchant: str
    proposed_by: str


class Withdrawn(msgspec.Struct, frozen=True, tag="splits.withdrawn"):
    proposal: str
    merchant: str


class Parts(msgspec.Struct, frozen=True):
    """Satang of one kilo, or of one sale: what each gets; together the price."""

    farmer: int
    group: int
    truck: int
    fund: int
    merchant: int

    @property
    def whole(self) -> int:
        return self.farmer + self.group + self.truck + self.fund + self.merchant

    def plus(self, other: Parts) -> Parts:
        return Parts(
            self.farmer + other.farmer, self.group + other.group, self.truck + other.truck,
            self.fund + other.fund, self.merchant + other.merchant,
        )  # fmt: skip

    def of_sale(self, grams: int, satang: int) -> Parts:
        """The parts of one sale, `self` being those of a kilo; `satang` is what was paid for it.

        Whole kilos give exactly what was shown, other weights the farmer never a satang less than
        the exact part rounded down.
        """
        group, truck, fund, merchant = (
            part * grams // 1000 for part in (self.group, self.truck, self.fund, self.merchant)
        )
        return Parts(satang - group - truck - fund - merchant, group, truck, fund, merchant)


NOTHING = Parts(0, 0, 0, 0, 0)


def parts_of_kilo(satang_per_kg: int, rule: Split) -> Parts:
    group, truck, fund, merchant = (
        satang_per_kg * bp // BASIS_POINTS
        for bp in (rule.group_bp, rule.truck_bp, rule.fund_bp, rule.merchant_bp)
    )
    farmer = satang_per_kg - group - truck - fund - merchant
    return Parts(farmer, group, truck, fund, merchant)


def ensure_shares(asked: Split) -> None:
    bps = (asked.merchant_bp, asked.truck_bp, asked.fund_bp, asked.group_bp)
    if min(bps) < 0 or sum(bps) > BASIS_POINTS:
        raise SharesWrong(field="merchant_bp")


def ensure_proposal(asked: Propose, today: date) -> None:
    ensure_shares(asked)
    if asked.decided_on > today:
        raise MeetingToCome(field="decided_on")
    if today - asked.decided_on > A_YEAR:
        raise MeetingLongAgo(field="decided_on", days=A_YEAR.days)
    if not today <= asked.holds_from <= today + A_YEAR:
        raise FromWrong(field="holds_from", days=A_YEAR.days)


def ensure_second(of: Proposal, *, by: str) -> None:
    if by == of.by:
        raise SameHands()


def hindrance(
    of: Proposal, in_office: Collection[str], last_version: int, today: date
) -> Refusal | None:
    """Why nobody can approve it any more; it can still be sent back or taken back."""
    if last_version != of.after_version:
        return Overtaken(version=last_version)
    if of.holds_from < today:
        return DayPassed(holds_from=of.holds_from.isoformat())
    if of.by not in in_office:
        return ProposerLeft()
    return None
