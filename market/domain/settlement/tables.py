"""What each group and farmer is owed from a cycle, and that it was paid."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.offers.tables import Cycle
from market.domain.splits.tables import SplitRule


class Settlement(Table, tablename="settlement", tags=[PROVEN, APPEND_ONLY]):
    """One producer group's part of one cycle: merchant → group → farmer, by the frozen rule."""

    id = columns.row_id()
    cycle = columns.link(Cycle)
    merchant = columns.link(Group)
    group = columns.link(Group)
    split_rule = columns.link(SplitRule)
    round = column.Integer(default=None)
    """1, and more where goods were handed over after the first settlement."""
    gross_satang = columns.number()
    merchant_satang = columns.number()
    truck_satang = columns.number()
    fund_satang = columns.number()
    group_satang = columns.number()
    farmers_satang = columns.number()
    by = columns.person()
    at = columns.instant()
    settlement_once = Unique([cycle, group, round])
    settlement_sums = Check(
        "merchant_satang + truck_satang + fund_satang + group_satang + farmers_satang"
        " = gross_satang"
    )


class Share(Table, tablename="settlement_share", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    settlement = columns.link(Settlement)
    farmer = columns.link(Person)
    grams = columns.number()
    sales_satang = columns.number()
    satang = columns.number()
    settlement_share_once = Unique([settlement, farmer])


class PayoutRun(Table, tablename="payout_run", tags=[PROVEN]):
    """Made by one, approved by another, then paid line by line."""

    id = columns.row_id()
    payer = columns.link(Group)
    level = columns.word(10)
    """group (merchant pays groups), farmer (a group pays its farmers)"""
    number = column.Integer(default=None)
    """Counted per payer and level, so that two made at the same moment cannot pay the same due."""
    state = columns.word(20)
    """made, approved, rejected"""
    made_by = columns.person()
    made_at = columns.instant()
    decided_by = columns.person(null=True)
    decided_at = columns.instant(null=True)
    payout_run_once = Unique([payer, level, number])
    payout_run_two_people = Check((decided_by != made_by) | decided_by.is_null())


class Payout(Table, tablename="payout_line", tags=[PROVEN]):
    id = columns.row_id()
    run = columns.link(PayoutRun)
    payee = columns.word(36, index=True)
    """A group's id or a person's, by the run's level."""
    satang = columns.number()
    state = columns.word(20)
    """due, paid"""
    bank = columns.word(10, null=True)
    trans_ref = columns.word(40, null=True)
    """`cash` and a receipt number, or the slip's bank and reference; never twice."""
    paid_by = columns.person(null=True)
    paid_at = columns.instant(null=True)
    payout_positive = Check(satang > 0)
    payout_one_slip = Unique([bank, trans_ref])
    payout_once_a_run = Unique([run, payee])
