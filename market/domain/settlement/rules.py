"""Who is owed what from a cycle, by the rule it froze, and who may let it be paid.

Each sale is divided by the parts of a kilo that the shop showed (`offers.rules.Parts.of_sale`); a
farmer's share is the sum over his own sales, so nobody's odd satang are pooled with another's.
What was settled before is subtracted, so a second round holds only what was handed over since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from market.domain.ledger import rules as ledger
from market.domain.ledger.rules import Posting, own, postings
from market.domain.payments.banks import IN_CASH as IN_CASH
from market.domain.payments.banks import bank_code
from market.domain.splits.rules import NOTHING, Parts, Split, parts_of_kilo

Level = Literal["group", "farmer"]
DUE: dict[Level, str] = {"group": "group_due", "farmer": "farmer_due"}
"""The accounts in the payer's book that a run of this level pays."""
"""Given as the bank, it says that cash was paid out; the reference is then a receipt's number."""


class NothingToSettle(Refusal):
    code = "settlement.nothing_to_settle"


class NothingDue(Refusal):
    code = "settlement.nothing_due"


class MadeMeanwhile(Refusal):
    """Somebody made a run at the same moment; look at that one first."""

    code = "settlement.made_meanwhile"


class NoSuchRun(Missing):
    code = "settlement.no_such_run"


class NoSuchPayout(Missing):
    code = "settlement.no_such_payout"


class SameHands(Refusal):
    """Who made a run does not approve it."""

    code = "settlement.same_hands"


class AlreadyDecided(Refusal):
    code = "settlement.already_decided"


class NotApproved(Refusal):
    code = "settlement.not_approved"


class AlreadyPaid(Refusal):
    code = "settlement.already_paid"


class SlipUsed(Refusal):
    code = "settlement.slip_used"


class SlipMissing(Invalid):
    code = "settlement.slip_missing"


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    cycle: str
    merchant: str


class MakeRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """level group: a merchant pays its groups; farmer: a group pays its farmers."""

    id: str
    payer: str
    level: Level


class DecideRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    run: str
    payer: str
    approve: bool


class MarkPaid(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    payout: str
    payer: str
    bank: str
    """Its code, or `cash`."""
    trans_ref: str


class Settled(msgspec.Struct, frozen=True, tag="settlement.settled"):
    cycle: str
    settlements: list[str]
    gross_satang: int


class RunMade(msgspec.Struct, frozen=True, tag="settlement.run_made"):
    run: str
    payer: str
    level: str
    satang: int


class RunApproved(msgspec.Struct, frozen=True, tag="settlement.run_approved"):
    run: str
    payer: str


class RunRejected(msgspec.Struct, frozen=True, tag="settlement.run_rejected"):
    run: str
    payer: str


class PaidOut(msgspec.Struct, frozen=True, tag="settlement.paid_out"):
    payout: str
    payee: str
    satang: int


class PayoutView(msgspec.Struct, frozen=True):
    id: str
    run: str
    run_state: str
    payer: str
    level: str
    payee: str
    """A group's id or a person's, by the level."""
    satang: int
    state: str
    bank: str | None
    trans_ref: str | None
    paid_at: datetime | None


class RunView(msgspec.Struct, frozen=True):
    id: str
    payer: str
    level: str
    number: int
    state: str
    made_by: str
    made_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class Sale(msgspec.Struct, frozen=True):
    """A line that was handed over, by its actual grams."""

    group: str
    farmer: str | None
    """None where the lot is of several."""
    lot: str
    grams: int
    satang: int
    satang_per_kg: int
    of: Mapping[str, int] = {}
    """By farmer the grams that went into the lot, where it is of several."""


class Tally(msgspec.Struct, frozen=True):
    """What was sold and how it divides; `parts.whole` is `satang`."""

    grams: int
    satang: int
    parts: Parts

    def plus(self, other: Tally) -> Tally:
        return Tally(
            self.grams + other.grams, self.satang + other.satang, self.parts.plus(other.parts)
        )


EMPTY = Tally(0, 0, NOTHING)


class FarmerShare(msgspec.Struct, frozen=True):
    farmer: str
    grams: int
    sales_satang: int
    satang: int


class Division(msgspec.Struct, frozen=True):
    """One round of one group."""

    group: str
    tally: Tally
    shares: tuple[FarmerShare, ...]


def tally(sale: Sale, rule: Split) -> Tally:
    parts = parts_of_kilo(sale.satang_per_kg, rule).of_sale(sale.grams, sale.satang)
    assert parts.whole == sale.satang
    assert parts.farmer >= 0
    return Tally(sale.grams, sale.satang, parts)


def pieces(sale: Sale, rule: Split) -> dict[str, Tally]:
    """By farmer. A sale of a lot of several is divided as one, as the shop showed it, and each part
    then by the grams of their harvests: largest remainder, so that all of it is owed."""
    whole = tally(sale, rule)
    if sale.farmer is not None:
        return {sale.farmer: whole}
    grams = ledger.share(whole.grams, sale.of, odd_to="")
    dealt = [
        ledger.share(part, sale.of, odd_to="") for part in msgspec.structs.astuple(whole.parts)
    ]
    found = {}
    for farmer in sorted(sale.of):
        parts = Parts(*(part[farmer] for part in dealt))
        found[farmer] = Tally(grams[farmer], parts.whole, parts)
    return found


def summed(tallies: Iterable[Tally]) -> Tally:
    total = EMPTY
    for each in tallies:
        total = total.plus(each)
    return total


def divided(
    group: str,
    sales: Iterable[Sale],
    rule: Split,
    before: Tally,
    shared: Mapping[str, FarmerShare],
) -> Division:
    """`before`: what earlier rounds of the group settled; `shared`: per farmer."""
    by_farmer: dict[str, Tally] = {}
    for sale in sales:
        if sale.group == group:
            for farmer, piece in pieces(sale, rule).items():
                by_farmer[farmer] = by_farmer.get(farmer, EMPTY).plus(piece)
    shares = (
        _since(farmer, total, shared.get(farmer)) for farmer, total in sorted(by_farmer.items())
    )
    new = tuple(share for share in shares if share.grams or share.sales_satang)
    total = _less(summed(by_farmer.values()), before)
    assert sum(share.satang for share in new) == total.parts.farmer
    return Division(group, total, new)


def _since(farmer: str, total: Tally, before: FarmerShare | None) -> FarmerShare:
    known = before or FarmerShare(farmer, 0, 0, 0)
    return FarmerShare(
        farmer, total.grams - known.grams, total.satang - known.sales_satang,
        total.parts.farmer - known.satang,
    )  # fmt: skip


def _less(total: Tally, before: Tally) -> Tally:
    a, b = total.parts, before.parts
    parts = Parts(
        a.farmer - b.farmer, a.group - b.group, a.truck - b.truck, a.fund - b.fund,
        a.merchant - b.merchant,
    )  # fmt: skip
    return Tally(total.grams - before.grams, total.satang - before.satang, parts)


def settlement_postings(merchant: str, cycle: str, division: Division) -> list[Posting]:
    """In the merchant's book, and in the group's; where the two are one, straight to its own."""
    group, parts = division.group, division.tally.parts
    earned = ledger.earned(merchant, group, cycle)
    receivable = ledger.receivable(group, merchant)
    for_group = parts.group + parts.farmer
    one_book = merchant == group
    source = earned if one_book else receivable
    return postings(
        (earned, own("merchant_fee", merchant), parts.merchant),
        (earned, own("truck_fee", merchant), parts.truck),
        (earned, own("fund", merchant), parts.fund),
        (earned, ledger.group_due(merchant, group), 0 if one_book else for_group),
        (source, own("group_fee", group), parts.group),
        *((source, ledger.farmer_due(group, share.farmer), share.satang)
          for share in division.shares),
    )  # fmt: skip


def payout_postings(level: str, payer: str, payee: str, satang: int, bank: str) -> list[Posting]:
    purse = "cash" if bank == IN_CASH else "bank"
    if level == "farmer":
        return postings((ledger.farmer_due(payer, payee), own(purse, payer), satang))
    return postings(
        (ledger.group_due(payer, payee), own(purse, payer), satang),
        (own(purse, payee), ledger.receivable(payee, payer), satang),
    )


def slip_of(asked: MarkPaid) -> tuple[str, str]:
    """(bank, reference), written one way, so that one slip is always the same slip."""
    bank, ref = bank_code(asked.bank), asked.trans_ref.strip().upper()
    if not bank or not ref or len(bank) > 10 or len(ref) > 40:
        raise SlipMissing(field="trans_ref")
    return bank, ref
