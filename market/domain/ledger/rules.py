"""Which accounts there are, which of them is a claim, and how a sum is divided to the last satang.

a merchant's book                          a producer group's book
  bank, cash            it has               bank, cash     it has
  clearing              a provider has it
  provider_fee          what that kept
  advance               given for who
                        pays it back
  held (an order)       paid, not handed     receivable     a merchant owes it
  credit (a buyer)      left with it         group_fee      its own part
  discount (an order)   given to tell        farmer_due     it owes a farmer
                        payments apart
  earned (group, cycle) handed over, not
                        yet divided
  merchant_fee, truck_fee, fund
  group_due (a group)   it owes a group
  till_difference       counted less than
                        was expected
  truck_cost            fuel, ice, wages

either's book
  deposit (a crate)     left for it, owed to who brings it back
  deposit_kept          of crates that were lost
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

DEBIT_NORMAL = frozenset(
    {
        "bank",
        "cash",
        "clearing",
        "receivable",
        "discount",
        "till_difference",
        "truck_cost",
        "provider_fee", "advance",
    }
)  # fmt: skip
"""Assets and expenses grow by debits; every other kind grows by credits."""
CREDIT_NORMAL = frozenset(
    {
        "held", "credit", "earned", "merchant_fee", "truck_fee", "fund", "group_due", "group_fee",
        "farmer_due", "deposit", "deposit_kept",
    }
)  # fmt: skip
KINDS = DEBIT_NORMAL | CREDIT_NORMAL
CLAIMS = frozenset({"held", "credit", "earned", "group_due", "farmer_due", "receivable", "deposit"})
"""What somebody is owed: nobody can be owed less than nothing, so no entry takes it below zero."""


class NotEnough(Refusal):
    """A claim is spent that is not there: credit, or what is due to a group or farmer."""

    code = "ledger.not_enough"


class PostedOtherwise(Refusal):
    """This id already names another entry; a new entry needs a new id."""

    code = "ledger.posted_otherwise"


class AlreadyReversed(Refusal):
    code = "ledger.already_reversed"


class NoSuchEntry(Refusal):
    code = "ledger.no_such_entry"


class NoSuchAccount(Missing):
    code = "ledger.no_such_account"


class NotAPosting(Invalid):
    """Nothing to post, an amount that is not positive, or both sides the same."""

    code = "ledger.not_a_posting"


class AccountName(msgspec.Struct, frozen=True, order=True):
    """`book`: whose books. `of`: whom or what it is about, or the book itself."""

    kind: str
    book: str
    of: str
    cycle: str | None = None

    def __str__(self) -> str:
        return ":".join(filter(None, (self.kind, self.book, self.of, self.cycle)))


class Posting(msgspec.Struct, frozen=True):
    debit: AccountName
    credit: AccountName
    satang: int


class AccountOpened(msgspec.Struct, frozen=True, tag="ledger.account_opened"):
    account: str
    kind: str
    book: str


class EntryPosted(msgspec.Struct, frozen=True, tag="ledger.entry_posted"):
    entry: str
    kind: str
    subject: str
    satang: int
    """The sum of its transfers."""


class EntryReversed(msgspec.Struct, frozen=True, tag="ledger.entry_reversed"):
    entry: str
    reverses: str
    satang: int


def own(kind: str, book: str) -> AccountName:
    """bank, cash, clearing, provider_fee, merchant_fee, truck_fee, fund, group_fee,
    till_difference, truck_cost, deposit_kept: about the book itself."""
    return AccountName(kind, book, book)


def held(merchant: str, order: str) -> AccountName:
    return AccountName("held", merchant, order)


def credit(merchant: str, buyer: str) -> AccountName:
    return AccountName("credit", merchant, buyer)


def discount(merchant: str, order: str) -> AccountName:
    return AccountName("discount", merchant, order)


def earned(merchant: str, group: str, cycle: str) -> AccountName:
    return AccountName("earned", merchant, group, cycle)


def group_due(merchant: str, group: str) -> AccountName:
    return AccountName("group_due", merchant, group)


def receivable(group: str, merchant: str) -> AccountName:
    return AccountName("receivable", group, merchant)


def farmer_due(group: str, farmer: str) -> AccountName:
    return AccountName("farmer_due", group, farmer)


def deposit(owner: str, crate: str) -> AccountName:
    return AccountName("deposit", owner, crate)


def postings(*wished: tuple[AccountName, AccountName, int]) -> list[Posting]:
    """(debit, credit, satang), those of nothing left out."""
    return [Posting(debit, credit, satang) for debit, credit, satang in wished if satang]


def ensure_postings(asked: Sequence[Posting]) -> None:
    if not asked or any(p.satang <= 0 or p.debit == p.credit for p in asked):
        raise NotAPosting()
    for posting in asked:
        assert {posting.debit.kind, posting.credit.kind} <= KINDS, posting


def turned(asked: Iterable[Posting]) -> list[Posting]:
    """The opposite of an entry."""
    return [Posting(debit=p.credit, credit=p.debit, satang=p.satang) for p in asked]


def sums(asked: Iterable[Posting]) -> dict[AccountName, tuple[int, int]]:
    """Per account (debits, credits), in the one order in which accounts are claimed."""
    found: dict[AccountName, tuple[int, int]] = {}
    for posting in asked:
        debits, credits = found.get(posting.debit, (0, 0))
        found[posting.debit] = (debits + posting.satang, credits)
        debits, credits = found.get(posting.credit, (0, 0))
        found[posting.credit] = (debits, credits + posting.satang)
    return dict(sorted(found.items(), key=lambda named: str(named[0])))


def balance(kind: str, debits: int, credits: int) -> int:
    """On the side on which the kind grows."""
    return debits - credits if kind in DEBIT_NORMAL else credits - debits


def share(total: int, weights: Mapping[str, int], *, odd_to: str) -> dict[str, int]:
    """Divide `total` by weights, by largest remainder, ties by id; sums to `total` exactly.

    Each part is within one satang of the exact one and nothing goes to who weighs nothing. Where
    nobody weighs anything, `odd_to` takes the whole.
    """
    assert total >= 0
    assert all(weight >= 0 for weight in weights.values())
    whole = sum(weights.values())
    if not whole:
        return {**dict.fromkeys(weights, 0), odd_to: total}
    parts = {id: total * weight // whole for id, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda name: (-(total * weights[name] % whole), name))
    for id in by_remainder[: total - sum(parts.values())]:
        parts[id] += 1
    return parts
