"""What came short, how it was shared, and who is served first."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.offers.tables import Cycle, Offer
from market.domain.orders.tables import Order, OrderLine


class Shortage(Table, tablename="shortage", tags=[PROVEN, APPEND_ONLY]):
    """One sharing of what came of an offer; `case_json` is all that it follows from."""

    id = columns.row_id()
    offer = columns.link(Offer)
    cycle = columns.link(Cycle)
    merchant = columns.link(Group)
    shared_by = columns.word(12)
    there_grams = columns.number()
    ordered_grams = columns.number()
    given_grams = columns.number()
    credited_satang = columns.number()
    case_json = column.Text(default=None)
    by = columns.person()
    at = columns.instant()
    shortage_less = Check("given_grams <= there_grams AND there_grams < ordered_grams")


class ShortageShare(Table, tablename="shortage_share", tags=[PROVEN, APPEND_ONLY]):
    """What one line got of it."""

    id = columns.row_id()
    shortage = columns.link(Shortage)
    order = columns.link(Order)
    line = columns.link(OrderLine)
    ordered_grams = columns.number()
    given_grams = columns.number()
    because = columns.word(12)
    """whole, first_come, pro_rata, first, priority, left_out, below_least"""
    instead = columns.link(Offer, null=True)
    instead_grams = columns.number()
    shortage_share_less = Check("given_grams BETWEEN 0 AND ordered_grams AND instead_grams >= 0")


class ShortageTold(Table, tablename="shortage_told", tags=[PROVEN, APPEND_ONLY]):
    """Somebody said that so many grams come; the newest is what waits to be shared out."""

    id = columns.row_id()
    offer = columns.link(Offer)
    grams = columns.number()
    by = columns.person()
    at = columns.instant()
    shortage_told_grams = Check(grams >= 0)


class ServedFirst(Table, tablename="served_first", tags=[PROVEN, APPEND_ONLY]):
    """Whom a seller serves first where less comes; the newest of a buyer holds, null: no longer."""

    id = columns.row_id()
    merchant = columns.link(Group)
    buyer = columns.link(Person)
    kind = columns.word(10, null=True)
    """need, hospital, school"""
    by = columns.person()
    at = columns.instant()
