"""How a cycle went on from state to state, and what farmers were told to harvest at its closing."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.lots.tables import Lot
from market.domain.offers.tables import Cycle, CyclePlace, Offer
from market.domain.places.tables import Place
from market.domain.products.tables import Product


class CycleStep(Table, tablename="cycle_step", tags=[PROVEN, APPEND_ONLY]):
    """One state reached: when it was due, and when somebody came to it."""

    id = columns.row_id()
    cycle = columns.link(Cycle)
    state = columns.word(20)
    due_at = columns.instant()
    because = columns.private()
    """Why it was called off."""
    salt = columns.salt()
    by = columns.person()
    at = columns.instant()
    cycle_step_once = Unique([cycle, state])


class HarvestList(Table, tablename="harvest_list", tags=[PROVEN]):
    """What is harvested for a cycle, as it was told when ordering had closed; it stays so."""

    id = columns.row_id()
    cycle = columns.link(Cycle, unique=True)
    orders = columns.number()
    lines = columns.number()
    grams = columns.number()
    taken_at = columns.instant()
    """When the orders in it were set aside."""
    frozen_at = columns.instant(null=True)
    """When it was all written."""


class HarvestOrder(Table, tablename="harvest_order"):
    """An order that is in the list; what became of it since is a later change."""

    order = column.Varchar(length=36, primary_key=True)
    list = columns.link(HarvestList)


class HarvestLine(Table, tablename="harvest_line", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    list = columns.link(HarvestList)
    stop = columns.link(CyclePlace)
    offer = columns.link(Offer)
    group = columns.link(Group)
    farmer = columns.link(Person, null=True)
    lot = columns.link(Lot, null=True)
    product = columns.link(Product)
    orders = columns.number()
    grams = columns.number()
    pieces = columns.number(null=True)
    harvest_line_once = Unique([list, stop, offer])
    harvest_line_positive = Check("orders > 0 AND grams > 0")


class CycleClosing(Table, tablename="cycle_closing"):
    """How far the closing of a cycle has come, so that it goes on where it was broken off."""

    cycle = column.Varchar(length=36, primary_key=True)
    lines = columns.number()
    done = columns.number()
    after = columns.word(36)
    """The last offer that is written, in the order of ids; empty before the first."""
    began_at = columns.instant()


class ClockRun(Table, tablename="clock_run"):
    """When the clock last looked, to be read by people who ask whether it runs."""

    clock = column.Varchar(length=20, primary_key=True)
    at = columns.instant()


class CycleTemplate(Table, tablename="cycle_template"):
    """A round that comes again: its days, and how long before each it opens and closes."""

    id = columns.row_id()
    merchant = columns.link(Group)
    name_th = column.Varchar(length=100, default=None)
    name_en = column.Varchar(length=100, default=None)
    every = columns.word(10)
    """week, fortnight, month"""
    weekdays = columns.word(7)
    """1 is Monday, 7 is Sunday: `36` is Wednesday and Saturday."""
    nth = column.Integer(null=True, default=None)
    """Of a month: the first to the fourth of these weekdays, 5 the last; null otherwise."""
    first_on = columns.day()
    """No round before it; every second week is counted from its week."""
    ends_on = columns.day(null=True)
    skip_holidays = column.Boolean(default=True)
    opens_before_minutes = columns.number()
    closes_before_minutes = columns.number()
    """Before the first pick-up of the day begins."""
    hold_minutes = column.Integer(default=None)
    deposit_percent = columns.number(null=True)
    ahead_days = column.Integer(default=None)
    """So long before the day the round stands as a draft that can be edited."""
    by = columns.person()
    at = columns.instant()
    cycle_template_times = Check("opens_before_minutes > closes_before_minutes")


class CycleTemplatePlace(Table, tablename="cycle_template_place"):
    id = columns.row_id()
    template = columns.link(CycleTemplate)
    place = columns.link(Place)
    from_minute = column.Integer(default=None)
    """Of the day, in Thailand."""
    until_minute = column.Integer(default=None)
    capacity_orders = columns.number(null=True)
    capacity_grams = columns.number(null=True)
    template_place_once = Unique([template, place, from_minute])
    template_place_hours = Check("from_minute >= 0 AND until_minute > from_minute")


class CycleTemplateDate(Table, tablename="cycle_template_date"):
    """A day that is dealt with: its round is made, or it is left out. So each is made once."""

    id = columns.row_id()
    template = columns.link(CycleTemplate)
    on = columns.day()
    cycle = columns.link(Cycle, null=True)
    """Null where it is left out."""
    because = column.Varchar(length=120, null=True, default=None)
    by = columns.person()
    at = columns.instant()
    template_date_once = Unique([template, on])
