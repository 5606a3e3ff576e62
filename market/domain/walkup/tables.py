"""Grams that a truck took along to sell, and what was sold of them to who came by."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.lots.tables import Lot, Stock
from market.domain.offers.tables import Cycle
from market.domain.places.tables import Place
from market.domain.products.tables import Product


class Lease(Table, tablename="lease", tags=[PROVEN]):
    """Of one lot on one truck: nobody else can sell these grams meanwhile.

    What is left on all leases of a stock is its `leased` bucket.
    """

    id = columns.row_id()
    holder = columns.word(36, index=True)
    """The truck on that day (`day_truck`)."""
    stock = columns.link(Stock)
    lot = columns.link(Lot)
    product = columns.link(Product)
    cycle = columns.link(Cycle)
    """Whose frozen split rule divides what is sold, and with which it is settled."""
    group = columns.link(Group)
    farmer = columns.link(Person, null=True)
    """None where the lot is of several."""
    satang_per_kg = columns.number()
    pack = columns.word(10, null=True)
    """bag, bunch"""
    pack_grams = columns.number(null=True)
    pack_satang = columns.number(null=True)
    taken_grams = columns.number()
    """Altogether, from available."""
    left_grams = columns.number()
    sold_grams = columns.number()
    """Given away too, for nothing."""
    by = columns.person()
    at = columns.instant()
    lease_once = Unique([holder, stock])
    lease_price = Check(satang_per_kg > 0)
    lease_grams = Check(
        "left_grams >= 0 AND sold_grams >= 0 AND left_grams + sold_grams <= taken_grams"
    )
    lease_pack = Check(
        "(pack IS NULL AND pack_grams IS NULL AND pack_satang IS NULL)"
        " OR (pack IS NOT NULL AND pack_grams > 0 AND pack_satang > 0)"
    )


class Sale(Table, tablename="walkup_sale", tags=[PROVEN, APPEND_ONLY]):
    """The ledger's entry has the same id."""

    id = columns.row_id()
    merchant = columns.link(Group)
    holder = columns.word(36, index=True)
    place = columns.link(Place, null=True)
    """The stop; null: on the way."""
    rail = columns.word(20)
    """cash, promptpay, credit; counted: cash that was in the drawer when it was counted"""
    buyer = columns.person(null=True)
    """Whose credit was spent."""
    satang = columns.number()
    late = column.Boolean(default=False)
    """Entered after the truck's day was closed."""
    by = columns.person()
    at = columns.instant()
    walkup_sale_something = Check(satang > 0)


class SaleLine(Table, tablename="walkup_line", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    sale = columns.link(Sale)
    lease = columns.link(Lease)
    unit = columns.word(10)
    """kg, bag, bunch"""
    packs = columns.number()
    """Bags or bunches; of kilos 1."""
    grams = columns.number()
    satang = columns.number()
    satang_per_kg = columns.number()
    """By which it is divided: of a bag what its kilo comes to."""
    walkup_line_positive = Check((grams > 0) & (satang > 0) & (packs > 0))
    walkup_line_once = Unique([sale, lease, unit])


class SaleVoid(Table, tablename="walkup_void", tags=[PROVEN, APPEND_ONLY]):
    """A sale that was none: the goods are on the truck again and the money went back."""

    id = columns.row_id()
    sale = columns.link(Sale, unique=True)
    by = columns.person()
    at = columns.instant()
