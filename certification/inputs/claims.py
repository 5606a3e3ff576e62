"""A prohibited use that somebody else typed is a claim, until the farmer says that it was so.

Nothing follows from a claim: no finding, no rest of the certificate, no conversion anew. Where the
farmer denies it, or says nothing, the committee of the network says in a meeting what it was.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Refusal

Said = Literal["yes", "no"]
Verdict = Literal["upheld", "dropped"]
VERDICTS: tuple[Verdict, ...] = ("upheld", "dropped")
Word = Literal["own", "waiting", "confirmed", "denied", "upheld", "dropped"]
CLAIMED: frozenset[Word] = frozenset({"waiting", "denied"})
COUNTS: frozenset[Word] = frozenset({"own", "confirmed", "upheld"})
REASON_MAX = 500


class NoClaim(Refusal):
    """The farmer's own word, settled already, or nothing that any scheme prohibits."""

    code = "inputs.no_claim"


class OwnClaim(Forbidden):
    """Neither who typed it nor of whom it is said decides on it."""

    code = "inputs.own_claim"


class StrikeReasonMissing(Invalid):
    code = "inputs.strike_reason_missing"


class NotYourEntry(Forbidden):
    """Struck by who wrote it or for whom it was written, by an entry for the same plot."""

    code = "inputs.not_your_entry"


class StruckAlready(Refusal):
    code = "inputs.struck_already"


class StrikeTooLate(Refusal):
    """Something followed from it already, or a committee has spoken: dispute the finding."""

    code = "inputs.strike_too_late"


class JudgeClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    use: str
    verdict: Verdict
    decided_on: date
    meeting_ref: str


class ProhibitedClaimed(msgspec.Struct, frozen=True, tag="inputs.prohibited_claimed"):
    """Typed by somebody else: nothing follows before the farmer's word."""

    use: str
    plot: str
    group: str
    schemes: tuple[str, ...]


class ClaimDenied(msgspec.Struct, frozen=True, tag="inputs.claim_denied"):
    """The farmer says that it was not so: a matter for the network's committee."""

    use: str
    plot: str
    network: str


class WordTaken(msgspec.Struct, frozen=True, tag="inputs.word_taken"):
    use: str
    said: str


class ClaimJudged(msgspec.Struct, frozen=True, tag="inputs.claim_judged"):
    use: str
    farmer: str
    outcome: str


class UseStruck(msgspec.Struct, frozen=True, tag="inputs.struck"):
    use: str
    instead: str


def word(*, own: bool, said: Collection[str]) -> Word:
    """A committee's before the farmer's; a no before an earlier yes, for a paper does not bind."""
    if "dropped" in said:
        return "dropped"
    if "upheld" in said:
        return "upheld"
    if own:
        return "own"
    return "denied" if "no" in said else "confirmed" if "yes" in said else "waiting"


def ensure_may_judge(concerned: Collection[str], *, claimed: bool, by: str) -> None:
    if not claimed:
        raise NoClaim
    if by in concerned:
        raise OwnClaim


def ensure_strikes(
    reason: str, standing: Word, *, prohibited: bool, ruled: bool, struck: bool, mine: bool
) -> None:
    if not mine:
        raise NotYourEntry
    if not reason.strip() or len(reason) > REASON_MAX:
        raise StrikeReasonMissing(field="strike_reason", most=REASON_MAX)
    if struck:
        raise StruckAlready
    if ruled or (prohibited and standing != "waiting"):
        raise StrikeTooLate
