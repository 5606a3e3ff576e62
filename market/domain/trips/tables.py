"""A day of the truck: which trucks, stops and lots take part, and every plan made of it."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import APPEND_ONLY, PROVEN
from certification.groups.tables import Group
from certification.people.tables import Person
from market.domain.fleet.tables import RouteTemplate, Truck
from market.domain.lots.tables import Lot
from market.domain.places.tables import Place


class TruckDay(Table, tablename="truck_day", tags=[PROVEN]):
    """One operator, one date: its trucks go out together and share the lots of the day."""

    id = columns.row_id()
    operator = columns.link(Group)
    """The merchant of the orders that are fetched at its stops."""
    on = columns.day(index=True)
    state = columns.word(20)
    """planning, published, under_way, closed, cancelled"""
    template = columns.link(RouteTemplate, null=True)
    by = columns.person()
    at = columns.instant()
    truck_day_once = Unique([operator, on])


class DayTruck(Table, tablename="day_truck", tags=[PROVEN]):
    id = columns.row_id()
    day = columns.link(TruckDay)
    truck = columns.link(Truck)
    driver = columns.link(Person, null=True)
    starts_minute = column.Integer(default=None)
    ends_minute = column.Integer(default=None)
    break_minutes = column.Integer(default=0)
    break_from_minute = column.Integer(null=True, default=None)
    break_until_minute = column.Integer(null=True, default=None)
    cold = column.Boolean(null=True, default=None)
    """Whether it keeps cold on this day, by ice boxes or for want of a machine; null: as ever."""
    state = columns.word(20)
    """ready, departed, broken_down, home"""
    by = columns.person()
    at = columns.instant()
    day_truck_once = Unique([day, truck])
    day_truck_lasts = Check(
        "starts_minute >= 0 AND ends_minute > starts_minute AND ends_minute <= 1440"
    )


class DayStop(Table, tablename="day_stop", tags=[PROVEN]):
    """A window of a place on this day; a place with two windows has two rows, and one visit."""

    id = columns.row_id()
    day = columns.link(TruckDay)
    place = columns.link(Place)
    opens_minute = column.Integer(default=None)
    closes_minute = column.Integer(default=None)
    required = column.Boolean(default=False)
    on_truck = columns.link(Truck, null=True)
    """No other truck may come here."""
    state = columns.word(20)
    """planned, cancelled"""
    cause = column.Varchar(length=200, null=True, default=None)
    by = columns.person()
    at = columns.instant()
    day_stop_lasts = Check(
        "opens_minute >= 0 AND closes_minute > opens_minute AND closes_minute <= 1440"
    )


class DayLot(Table, tablename="day_lot", tags=[PROVEN]):
    """A lot that is taken along for passers-by, or is fetched elsewhere than at its plot."""

    id = columns.row_id()
    day = columns.link(TruckDay)
    lot = columns.link(Lot)
    at_base = column.Boolean(default=False)
    """It was brought to the base already, and is loaded there."""
    walk_up_grams = columns.number()
    by = columns.person()
    at = columns.instant()
    day_lot_once = Unique([day, lot])
    day_lot_grams = Check("walk_up_grams >= 0")


class PlanVersion(Table, tablename="plan_version", tags=[PROVEN, APPEND_ONLY]):
    """A plan as it was checked: the whole problem beside it, so that it can be checked again."""

    id = columns.row_id()
    day = columns.link(TruckDay)
    version = column.Integer(default=None)
    problem = column.Text(default=None)
    plan = column.Text(default=None)
    """JSON of `problem.Problem` (without the places' coordinates) and `problem.Plan`."""
    engine = columns.word(60)
    seed = column.BigInt(default=None)
    roads = columns.word(60)
    cost_satang = columns.number()
    proved = column.Boolean(default=False)
    faults = column.Integer(default=None)
    """What the checker found broken: a version with any can be kept and not published."""
    because = columns.word(40)
    """planned, reordered, replanned"""
    by = columns.person()
    at = columns.instant()
    plan_version_once = Unique([day, version])


class PlanPublished(Table, tablename="plan_published", tags=[PROVEN, APPEND_ONLY]):
    id = columns.row_id()
    version = columns.link(PlanVersion, unique=True)
    by = columns.person()
    at = columns.instant()


class PlanRun(Table, tablename="plan_run"):
    """A planning under way or over: kept as a row, for whoever asks may meet another process."""

    id = columns.row_id()
    day = columns.link(TruckDay)
    seconds = column.Integer(default=None)
    """The wall time it was given."""
    found = column.Integer(default=0)
    """How many better plans it has told so far."""
    cost_satang = columns.number(null=True)
    outcome = columns.word(20, null=True)
    """Null while it runs: done, cancelled, cut_short (killed or crashed), nothing"""
    version = column.Integer(null=True, default=None)
    by = columns.person()
    at = columns.instant()
    ended_at = columns.instant(null=True)


class WeekRun(Table, tablename="week_run"):
    """A week planned at once, under way or over; days made of it stand by themselves."""

    id = columns.row_id()
    operator = columns.link(Group)
    begins = columns.day()
    seconds = column.Integer(default=None)
    """For each day."""
    days = column.Integer(default=None)
    done = column.Integer(default=0)
    outcome = columns.word(20, null=True)
    """Null while it runs: done, cancelled, cut_short, nothing"""
    answer = column.Text(null=True, default=None)
    """JSON of `weeks.WeekAnswer`."""
    adopted_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()
    ended_at = columns.instant(null=True)
