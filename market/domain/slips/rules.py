"""A slip that a buyer shows: what it may prove, what a checker says of it, and what follows.

shown ──no checker, or only a photo──> waiting ──the treasurer──> accepted | refused
shown ──a checker is asked──> checking ──real, ours, exact, not older──> accepted
                                       ──anything else──> waiting, with the reason

The small code on a slip holds the sending bank and a reference, no amount and no receiver, and
anybody can make one. So a slip alone never confirms anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

SLIPS_MAX = 5
"""Of one order, so that nobody fills the treasurer's table."""
OLDER_THAN_ORDER = timedelta(minutes=5)
"""Clocks of banks and phones differ by so much."""
PAUSES = tuple(timedelta(minutes=n) for n in (1, 2, 5, 10, 20, 40, 60, 120))
"""A bank tells some transfers late: asked again after these, then the treasurer looks."""
TAIL_DIGITS = 4
"""Of a masked account, at least so many must be shown and be ours."""

Because = Literal[
    "unread", "unchecked", "delayed", "wrong_amount", "wrong_receiver", "too_old", "repeated",
    "not_found", "away",
]  # fmt: skip
BECAUSE: tuple[Because, ...] = (
    "unread", "unchecked", "delayed", "wrong_amount", "wrong_receiver", "too_old", "repeated",
    "not_found", "away",
)  # fmt: skip
Reason = Literal["not_arrived", "not_ours", "too_little", "used", "unreadable"]
REASONS: tuple[Reason, ...] = ("not_arrived", "not_ours", "too_little", "used", "unreadable")


class NoSuchSlip(Missing):
    code = "slips.no_such_slip"


class NothingShown(Invalid):
    """Neither a photo nor what the small code holds."""

    code = "slips.nothing_shown"


class ShownAlready(Refusal):
    code = "slips.shown_already"


class TooMany(Refusal):
    code = "slips.too_many"


class Answered(Refusal):
    """Accepted or refused already."""

    code = "slips.answered"


class ShowSlip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`text`: what the small code on the slip holds; `photo`: digest of the kept picture."""

    id: str
    order: str
    text: str = ""
    photo: str | None = None


class AcceptSlip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`satang`: what the bank shows came, to the satang."""

    id: str
    slip: str
    satang: int
    bank: str = ""
    """Of a photo that could not be read: what the treasurer reads on it."""
    trans_ref: str = ""
    part: bool = False
    """Less than was asked keeps the goods, and the rest is paid at the pick-up."""


class RefuseSlip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    slip: str
    because: Reason


class SlipShown(msgspec.Struct, frozen=True, tag="slips.shown"):
    slip: str
    order: str
    merchant: str
    state: str


class SlipChecked(msgspec.Struct, frozen=True, tag="slips.checked"):
    """What the checker said: accepted, or why it waits for the treasurer."""

    slip: str
    order: str
    merchant: str
    state: str
    because: str
    """Empty where it was accepted."""


class SlipAnswered(msgspec.Struct, frozen=True, tag="slips.answered"):
    """By the treasurer. `outcome`: accepted, refused."""

    slip: str
    order: str
    outcome: str
    because: str


class Said(msgspec.Struct, frozen=True):
    """A checker's answer about one slip. `verdict` is its own judgement; the rest is what it read.

    `receivers`: account and PromptPay id, masked as banks mask them: `xxx-x-x5678-x`.
    """

    verdict: Literal["real", "delayed", "wrong_amount", "wrong_receiver", "repeated", "not_found",
                     "away"]  # fmt: skip
    satang: int | None = None
    receivers: tuple[str, ...] = ()
    sent_at: datetime | None = None


class Awaited(msgspec.Struct, frozen=True):
    """What the slip would have to show."""

    satang: int
    number: str
    """Of the account that is to be paid: digits."""
    placed_at: datetime


def first_state(text: str, *, checker: bool) -> tuple[str, Because | None]:
    if not text:
        return "waiting", "unread"
    return ("checking", None) if checker else ("waiting", "unchecked")


def ensure_shown(asked: ShowSlip) -> None:
    if not asked.text.strip() and not asked.photo:
        raise NothingShown(field="text")


def ensure_not_too_many(shown: int) -> None:
    if shown >= SLIPS_MAX:
        raise TooMany(most=SLIPS_MAX)


def judged(said: Said, awaited: Awaited) -> Because | None:
    """Why it is not accepted; None where all that can be known is right."""
    if said.verdict != "real":
        return said.verdict
    if said.satang != awaited.satang:
        return "wrong_amount"
    if not any(is_ours(masked, awaited.number) for masked in said.receivers):
        return "wrong_receiver"
    if said.sent_at is None or said.sent_at < awaited.placed_at - OLDER_THAN_ORDER:
        return "too_old"
    return None


def is_ours(masked: str, number: str) -> bool:
    """Whether every digit that is shown stands at its place from the end, and enough of them are.

    `xxx-xxx-5678` of 0812345678; a phone may be written with the country's 66.
    """
    shown = [letter for letter in masked.upper() if letter.isdigit() or letter in "X*"]
    digits = list(number[-len(shown) :]) if shown else []
    pairs = list(zip(reversed(shown), reversed(digits), strict=False))
    known = [(one, ours) for one, ours in pairs if one.isdigit()]
    return len(known) >= TAIL_DIGITS and all(one == ours for one, ours in known)


def next_try(tries: int, at: datetime) -> datetime | None:
    """When a slip that a bank has not told yet is asked for again; None: never."""
    return at + PAUSES[tries - 1] if tries <= len(PAUSES) else None
