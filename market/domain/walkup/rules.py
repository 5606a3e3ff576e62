"""What is sold from a truck to who comes by: by the kilo, the bag or the bunch, never more than
the truck has, and divided like every other sale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec

from certification.basis.refusal import Invalid, Refusal
from market.domain.ledger import rules as ledger
from market.domain.ledger.rules import AccountName, Posting, postings
from market.domain.offers.rules import price

Rail = Literal["cash", "promptpay", "credit", "counted"]
Unit = Literal["kg", "bag", "bunch"]
Pack = Literal["bag", "bunch"]
LINES_MAX = 30
COUNT_MAX = 10_000
GRAMS_MAX = 10**9


class NoSuchLease(Refusal):
    """Not on this truck."""

    code = "walkup.no_such_lease"


class NoSuchSale(Refusal):
    """Not of this truck."""

    code = "walkup.no_such_sale"


class NotSoMuchAboard(Refusal):
    """`grams_left`: what this truck still has of the lot; another may have more."""

    code = "walkup.not_so_much_aboard"


class NothingSold(Invalid):
    code = "walkup.nothing_sold"


class NotSoldSo(Refusal):
    """This lot has no such bags or bunches."""

    code = "walkup.not_sold_so"


class WhoseCredit(Invalid):
    code = "walkup.whose_credit"


class AlreadyVoid(Refusal):
    code = "walkup.already_void"


class PackWrong(Invalid):
    code = "walkup.pack_wrong"


class PriceWrong(Invalid):
    code = "walkup.price_wrong"


class LeasedOtherwise(Refusal):
    """The truck has this lot already, at another price."""

    code = "walkup.leased_otherwise"


class Goods(msgspec.Struct, frozen=True):
    """What a truck takes along of a lot, and how it is sold."""

    stock: str
    lot: str
    product: str
    cycle: str
    group: str
    farmer: str | None
    satang_per_kg: int
    pack: Pack | None = None
    pack_grams: int | None = None
    pack_satang: int | None = None


class Leased(msgspec.Struct, frozen=True):
    """A lease as a sale needs it."""

    id: str
    stock: str
    lot: str
    cycle: str
    group: str
    satang_per_kg: int
    pack: str | None
    pack_grams: int | None
    pack_satang: int | None
    left_grams: int


class SoldLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`grams` of kilos, `count` of bags or bunches."""

    lease: str
    unit: Unit = "kg"
    grams: Annotated[int, msgspec.Meta(ge=0, le=GRAMS_MAX)] = 0
    count: Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)] = 1


class Sell(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    merchant: str
    holder: str
    lines: Annotated[tuple[SoldLine, ...], msgspec.Meta(max_length=LINES_MAX)]
    rail: Rail = "cash"
    place: str | None = None
    buyer: str | None = None


class Priced(msgspec.Struct, frozen=True):
    lease: Leased
    unit: Unit
    count: int
    grams: int
    satang: int
    satang_per_kg: int


class Took(msgspec.Struct, frozen=True, tag="walkup.leased"):
    lease: str
    holder: str
    lot: str
    grams: int


class Sold(msgspec.Struct, frozen=True, tag="walkup.sold"):
    sale: str
    merchant: str
    holder: str
    rail: str
    satang: int
    grams: int


class Voided(msgspec.Struct, frozen=True, tag="walkup.voided"):
    void: str
    sale: str
    satang: int


class CameBack(msgspec.Struct, frozen=True, tag="walkup.came_back"):
    """What became of leased grams that nobody bought."""

    lease: str
    returned_grams: int
    wasted_grams: int
    given_grams: int


def ensure_goods(goods: Goods) -> None:
    if not 0 < goods.satang_per_kg <= 10_000_000:
        raise PriceWrong(field="satang_per_kg")
    if goods.pack is None:
        if (goods.pack_grams, goods.pack_satang) != (None, None):
            raise PackWrong(field="pack")
        return
    if not 0 < (goods.pack_grams or 0) <= GRAMS_MAX:
        raise PackWrong(field="pack_grams")
    if not 0 < (goods.pack_satang or 0) <= 10_000_000:
        raise PackWrong(field="pack_satang")


def least_per_kg(goods: Goods) -> int:
    """What a kilo brings at least, by weight or in packs; rounded down."""
    if not goods.pack_grams or not goods.pack_satang:
        return goods.satang_per_kg
    return min(goods.satang_per_kg, goods.pack_satang * 1000 // goods.pack_grams)


def priced(lines: Sequence[SoldLine], leases: Mapping[str, Leased]) -> list[Priced]:
    """One line for each lot and unit, in the order of the stocks, in which they are claimed."""
    found: dict[tuple[str, str], Priced] = {}
    for line in lines:
        one = _priced(line, leases)
        known = found.get((line.lease, line.unit))
        found[line.lease, line.unit] = _joined(known, one) if known else one
    if not found:
        raise NothingSold(field="lines")
    return sorted(found.values(), key=lambda one: (one.lease.stock, one.unit))


def _priced(line: SoldLine, leases: Mapping[str, Leased]) -> Priced:
    lease = leases.get(line.lease)
    if lease is None:
        raise NoSuchLease()
    if line.unit == "kg":
        satang = price(line.grams, lease.satang_per_kg)
        _ensure_something(line.grams, satang)
        return Priced(lease, "kg", 1, line.grams, satang, lease.satang_per_kg)
    if lease.pack != line.unit or not lease.pack_grams or not lease.pack_satang:
        raise NotSoldSo(unit=line.unit)
    grams, satang = line.count * lease.pack_grams, line.count * lease.pack_satang
    _ensure_something(grams, satang)
    return Priced(lease, line.unit, line.count, grams, satang, satang * 1000 // grams)


def _ensure_something(grams: int, satang: int) -> None:
    if grams <= 0 or satang <= 0:
        raise NothingSold(field="grams")


def _joined(one: Priced, other: Priced) -> Priced:
    """The same thing twice in one sale; kilos are priced by their sum."""
    grams = one.grams + other.grams
    if one.unit == "kg":
        return msgspec.structs.replace(
            one, grams=grams, satang=price(grams, one.lease.satang_per_kg)
        )
    return msgspec.structs.replace(
        one, grams=grams, count=one.count + other.count, satang=one.satang + other.satang
    )


def paid_from(sell: Sell) -> AccountName:
    """Where the money is now, or was."""
    if sell.rail == "credit":
        if not sell.buyer:
            raise WhoseCredit(field="buyer")
        return ledger.credit(sell.merchant, sell.buyer)
    kind = {"cash": "cash", "promptpay": "bank", "counted": "till_difference"}[sell.rail]
    return ledger.own(kind, sell.merchant)


def sale_postings(sell: Sell, lines: Sequence[Priced]) -> list[Posting]:
    source, earned = paid_from(sell), dict[AccountName, int]()
    for line in lines:
        account = ledger.earned(sell.merchant, line.lease.group, line.lease.cycle)
        earned[account] = earned.get(account, 0) + line.satang
    return postings(*((source, account, satang) for account, satang in sorted(earned.items())))
