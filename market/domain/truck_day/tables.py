"""One truck's day from loading to closing: what was done, by whom and when."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.plots.tables import Plot
from market.domain.lots.tables import Lot
from market.domain.orders.tables import Order
from market.domain.places.tables import Place
from market.domain.trips.tables import DayTruck, PlanVersion
from market.domain.walkup.tables import Lease


class Aboard(Table, tablename="truck_aboard"):
    """The row for which all wait who load one truck, and who drives off with it.

    Not told to the log: `market verify stock` recomputes it from the loadings.
    """

    truck = column.Varchar(length=36, primary_key=True)
    """`day_truck`"""
    grams = columns.number()
    closed = column.Boolean(default=False)
    truck_aboard_not_below_zero = Check(grams >= 0)


class Loading(Table, tablename="truck_loading", tags=[PROVEN]):
    """A lot for one stop's orders, or to sell on the way; once, until it is taken off again."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    goes_to = columns.word(36)
    """The place of the stop whose orders it is for, or `walkup`."""
    lot = columns.link(Lot)
    grams = columns.number()
    lease = columns.link(Lease, null=True)
    unloaded_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()
    truck_loading_once = Unique([truck, goes_to, lot])
    truck_loading_positive = Check(grams > 0)


class LeftBehind(Table, tablename="truck_left_behind", tags=[PROVEN, APPEND_ONLY]):
    """A line of the load list that is not there, and what becomes of those who ordered it."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    place = columns.link(Place)
    lot = columns.link(Lot)
    decision = columns.word(20)
    """short: handed over without it; call_off: those orders end, what was paid is credit"""
    cause = columns.word(10)
    """short, spoilt, refused, forgotten"""
    by = columns.person()
    at = columns.instant()
    truck_left_behind_once = Unique([truck, place, lot])


class Departure(Table, tablename="truck_departure", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    truck = columns.link(DayTruck, unique=True)
    grams = columns.number()
    """Aboard at that moment."""
    by = columns.person()
    at = columns.instant()


class StopVisit(Table, tablename="stop_visit", tags=[PROVEN]):
    id = columns.row_id()
    truck = columns.link(DayTruck)
    place = columns.link(Place)
    planned_at = columns.instant(null=True)
    """By the plan that was published when the truck came."""
    arrived_at = columns.instant()
    arrived_by = columns.person()
    left_at = columns.instant(null=True)
    left_by = columns.person(null=True)
    stop_visit_once = Unique([truck, place])


class PlotVisit(Table, tablename="plot_visit", tags=[PROVEN]):
    """The truck at a plot; what was collected there are its loadings of the plot's lots."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    plot = columns.link(Plot)
    planned_at = columns.instant(null=True)
    arrived_at = columns.instant()
    arrived_by = columns.person()
    left_at = columns.instant(null=True)
    left_by = columns.person(null=True)
    grams = columns.number(null=True)
    """Of the plot's lots aboard when the truck left."""
    plot_visit_once = Unique([truck, plot])


class DrivenLeg(Table, tablename="truck_leg", tags=[PROVEN, APPEND_ONLY]):
    """A way that was driven as the published plan had it: from one visit straight to the next."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    goes_from = columns.word(36)
    goes_to = columns.word(36)
    """A place or a plot."""
    metres = columns.number()
    planned_s = columns.number()
    corrected = column.Boolean(default=False)
    """What was planned was corrected already by what trucks had taken."""
    took_s = columns.number()
    left_at = columns.instant()
    by = columns.person()
    at = columns.instant()


class TruckHandover(Table, tablename="truck_handover", tags=[PROVEN, APPEND_ONLY]):
    """That an order was handed over from this truck; weights and money are the order's."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    place = columns.link(Place)
    order = columns.link(Order, unique=True)
    cash_satang = columns.number()
    bank_satang = columns.number()
    """Paid there by PromptPay."""
    """Taken into the drawer."""
    by = columns.person()
    at = columns.instant()


class HandedElsewhere(Table, tablename="truck_elsewhere", tags=[PROVEN, APPEND_ONLY]):
    """An order that was aboard and was handed over at the stall: what of it was this truck's."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    order = columns.link(Order)
    from_truck = column.Boolean(default=False)
    """Else its goods are still aboard."""
    cash_satang = columns.number()
    """Of it in this truck's drawer."""
    by = columns.person()
    at = columns.instant()
    truck_elsewhere_once = Unique([truck, order])


class NoShow(Table, tablename="no_show", tags=[PROVEN, APPEND_ONLY]):
    """Nobody came for an order, and what was decided."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    place = columns.link(Place)
    """Where it was waited for."""
    order = columns.link(Order)
    decision = columns.word(10)
    """hold, move, sell, refund, donate"""
    to_place = columns.link(Place, null=True)
    by = columns.person()
    at = columns.instant()
    no_show_once = Unique([truck, place, order])


class Unfetched(Table, tablename="unfetched", tags=[PROVEN, APPEND_ONLY]):
    """An order that ended because nobody came, as its seller had promised."""

    id = columns.row_id()
    order = columns.link(Order, unique=True)
    choice = columns.word(10)
    """move, hold, credit, refund, donate"""
    kept_satang = columns.number()
    """For who grew it; what was given back since is a later deed."""
    by = columns.person()
    at = columns.instant()


class HandedOn(Table, tablename="truck_handed_on", tags=[PROVEN, APPEND_ONLY]):
    """A lot that went from one truck to another truck, or to a person; both sides in one row."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    to_truck = columns.link(DayTruck, null=True)
    to_person = columns.person(null=True)
    lot = columns.link(Lot)
    grams = columns.number()
    leased_grams = columns.number()
    """Of these, what was for sale; the rest is for orders."""
    cause = columns.word(20)
    """breakdown, other"""
    by = columns.person()
    at = columns.instant()
    truck_handed_on_positive = Check("grams > 0 AND leased_grams >= 0 AND leased_grams <= grams")
    truck_handed_on_somebody = Check("(to_truck IS NULL) <> (to_person IS NULL)")


class Leftover(Table, tablename="truck_leftover", tags=[PROVEN, APPEND_ONLY]):
    """What nobody bought of a lot, by the scales."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    lot = columns.link(Lot)
    kind = columns.word(10)
    """returned, donated, wasted, shrink"""
    grams = columns.number()
    """Below zero: of `shrink` where more came back than could be, of the others a correction."""
    by = columns.person()
    at = columns.instant()
    truck_leftover_something = Check("grams <> 0")


class CashCount(Table, tablename="cash_count", tags=[PROVEN]):
    """Notes and coins of one kind in the drawer; the float may be counted again until departure."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    moment = columns.word(10)
    """float, close"""
    satang_each = columns.number()
    pieces = columns.number()
    by = columns.person()
    at = columns.instant()
    cash_count_once = Unique([truck, moment, satang_each])
    cash_count_pieces = Check("pieces >= 0 AND satang_each > 0")


class DayCost(Table, tablename="day_cost", tags=[PROVEN, APPEND_ONLY]):
    """Fuel, ice, wages, a stop's fee. The ledger's entry has the same id."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    kind = columns.word(10)
    satang = columns.number()
    paid_from = columns.word(10)
    """drawer, bank"""
    by = columns.person()
    at = columns.instant()
    day_cost_positive = Check(satang > 0)


class DayClosed(Table, tablename="truck_closed", tags=[PROVEN, APPEND_ONLY]):
    """The sums of the day as they were when it was closed; the ledger's entry of a difference has
    the same id.
    """

    id = columns.row_id()
    truck = columns.link(DayTruck, unique=True)
    expected_satang = columns.number()
    counted_satang = columns.number()
    promptpay_satang = columns.number()
    """By the sales."""
    promptpay_seen_satang = columns.number()
    """By the bank."""
    credit_satang = columns.number()
    cost_satang = columns.number()
    reason = columns.private()
    """Why it differs."""
    salt = columns.salt()
    by = columns.person()
    at = columns.instant()


class Mishap(Table, tablename="truck_mishap", tags=[PROVEN, APPEND_ONLY]):
    """Something that went otherwise than planned; the plan that answers it names it."""

    id = columns.row_id()
    truck = columns.link(DayTruck)
    kind = columns.word(20)
    """delay, stop_cancelled, plot_short, order_added, breakdown"""
    minutes = column.Integer(null=True, default=None)
    visit = columns.word(36, null=True)
    """The place or plot that it is about."""
    grams = columns.number(null=True)
    """What the plot gives now."""
    version = columns.link(PlanVersion, null=True)
    """The plan that was made of it, if one could be; published or not."""
    by = columns.person()
    at = columns.instant()


class StopEta(Table, tablename="stop_eta", tags=[PROVEN, APPEND_ONLY]):
    """When buyers were told to expect the truck, with a plan that took another's place."""

    id = columns.row_id()
    version = columns.link(PlanVersion)
    truck = columns.link(DayTruck)
    place = columns.link(Place)
    earliest_minute = column.Integer(null=True, default=None)
    latest_minute = column.Integer(null=True, default=None)
    """Minutes after midnight, Bangkok; null: not served any more."""
    at = columns.instant()
    stop_eta_once = Unique([version, place])
    stop_eta_range = Check("earliest_minute <= latest_minute")
