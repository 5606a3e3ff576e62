"""What a truck operator has: trucks with their hours, the terms of each stop, usual rounds."""

from __future__ import annotations

from piccolo import columns as column
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from certification.basis import columns
from certification.basis.schema import PROVEN
from certification.groups.tables import Group
from market.domain.places.tables import Place


class Truck(Table, tablename="truck", tags=[PROVEN]):
    id = columns.row_id()
    operator = columns.link(Group)
    """The group or network whose truck it is."""
    name = column.Varchar(length=60, default=None)
    plate = columns.word(20, null=True)
    capacity_grams = columns.number()
    crates = column.Integer(default=None)
    cold = column.Boolean(default=False)
    satang_per_km = columns.number()
    satang_per_min = columns.number()
    base = columns.link(Place)
    """Where it stands at night: a place of the kind `base`, in no public list."""
    retired_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()
    truck_carries = Check((capacity_grams > 0) & (crates > 0))
    truck_costs = Check((satang_per_km >= 0) & (satang_per_min >= 0))


class TruckShift(Table, tablename="truck_shift", tags=[PROVEN]):
    """The hours of one weekday, and the break within."""

    id = columns.row_id()
    truck = columns.link(Truck)
    weekday = column.Integer(default=None)
    """1 Monday … 7 Sunday (ISO 8601)"""
    starts_minute = column.Integer(default=None)
    ends_minute = column.Integer(default=None)
    break_minutes = column.Integer(default=0)
    break_from_minute = column.Integer(null=True, default=None)
    break_until_minute = column.Integer(null=True, default=None)
    """The break begins and ends between these two."""
    by = columns.person()
    at = columns.instant()
    truck_shift_once = Unique([truck, weekday])
    truck_shift_lasts = Check(
        "weekday BETWEEN 1 AND 7 AND starts_minute >= 0 AND ends_minute > starts_minute"
        " AND ends_minute <= 1440 AND break_minutes >= 0"
    )


class StopTerms(Table, tablename="stop_terms", tags=[PROVEN]):
    """How a truck may stand at a place; the weekday windows are the place's own."""

    id = columns.row_id()
    place = columns.link(Place, unique=True)
    stall_minutes = column.Integer(default=None)
    required = column.Boolean(default=False)
    fee_satang = columns.number()
    value_satang = columns.number(null=True)
    """What passers-by are expected to buy for; null where nobody knows yet."""
    permission = column.Varchar(length=200, null=True, default=None)
    """Who allowed it, in words."""
    permitted_until = columns.day(null=True)
    """The last day."""
    parking_note = column.Varchar(length=200, null=True, default=None)
    host_name = columns.private()
    host_phone = columns.private()
    visits_a_week = column.Integer(default=1)
    salt = columns.salt()
    by = columns.person()
    at = columns.instant()
    stop_terms_stall = Check(
        "stall_minutes > 0 AND fee_satang >= 0 AND visits_a_week BETWEEN 0 AND 7"
    )


class RouteTemplate(Table, tablename="route_template", tags=[PROVEN]):
    """A usual round; each day copies it and then lives by itself."""

    id = columns.row_id()
    operator = columns.link(Group)
    name = column.Varchar(length=60, default=None)
    weekday = column.Integer(null=True, default=None)
    truck = columns.link(Truck, null=True)
    retired_at = columns.instant(null=True)
    by = columns.person()
    at = columns.instant()


class RouteTemplateStop(Table, tablename="route_template_stop", tags=[PROVEN]):
    id = columns.row_id()
    template = columns.link(RouteTemplate)
    seq = column.Integer(default=None)
    place = columns.link(Place)
    route_template_stop_once = Unique([template, seq])
