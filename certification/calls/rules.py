"""A committee calls a visit: to which plot, of which kind and why. Who goes is not its business.

Pure. Inspectors are sent by who always sends them, and by all rules of any visit.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.inspections import kinds
from certification.inspections.kinds import WORDS_MAX, About
from certification.inspections.panel import Assigned

Kind = Literal["random", "complaint", "follow_up"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class CallMissing(Missing):
    code = "calls.missing"


class CalledAlready(Refusal):
    """Such a visit was called there and nobody is sent yet."""

    code = "calls.called_already"


class CallOver(Refusal):
    """Somebody was sent, or it was taken back."""

    code = "calls.over"


class OwnLand(Forbidden):
    """Own, or of somebody near: kin, spouse, household, employer."""

    code = "calls.own_land"


class ReasonMissing(Invalid):
    code = "calls.reason_missing"


class CallVisit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    application: str
    """By which the plot is, or was to be, certified."""
    kind: Kind
    reason: str


class SendCalled(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`id` becomes the visit's."""

    id: str
    call: str
    members: tuple[Assigned, ...]
    planned_on: date
    about: tuple[About, ...] = ()


class TakeBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    call: str
    reason: str


class VisitWasCalled(msgspec.Struct, frozen=True, tag="calls.made"):
    """Of an unannounced one neither plot nor application: the log is read before the visit."""

    call: str
    kind: str
    group: str
    application: str
    plot: str


class CallAnswered(msgspec.Struct, frozen=True, tag="calls.answered"):
    """Inspectors were sent."""

    call: str


class CallTakenBack(msgspec.Struct, frozen=True, tag="calls.taken_back"):
    call: str


def ensure_call(data: CallVisit, state: str, *, found_open: bool) -> None:
    """`state` of the application; `found_open`: some finding is open that could be followed."""
    ensure_reason(data.reason)
    kinds.ensure_ready(data.kind, state)
    if data.kind == "follow_up" and not found_open:
        raise kinds.NothingToFollow


def ensure_foreign(person: str, concerned: Collection[str]) -> None:
    if person in concerned:
        raise OwnLand


def ensure_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > WORDS_MAX:
        raise ReasonMissing(field="reason", most=WORDS_MAX)
