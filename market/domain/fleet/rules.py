"""What a truck, its hours, a stop's terms and a usual round must say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

MINUTES_A_DAY = 1440
CAPACITY_GRAMS_MAX = 30_000_000
CRATES_MAX = 5_000
STALL_MINUTES_MAX = 720
SATANG_MAX = 100_000_000
STOPS_MAX = 60
RUNS_OUT = timedelta(days=14)
"""So long before a permission ends the operator is told."""


class NoSuchTruck(Missing):
    code = "fleet.no_such_truck"


class NoSuchTemplate(Missing):
    code = "fleet.no_such_template"


class NameMissing(Invalid):
    code = "fleet.name_missing"


class LoadWrong(Invalid):
    """It carries nothing, or more than any truck."""

    code = "fleet.load_wrong"


class CostWrong(Invalid):
    code = "fleet.cost_wrong"


class ShiftWrong(Invalid):
    """A shift ends before it begins, stands twice on a weekday, or its break lies outside."""

    code = "fleet.shift_wrong"


class StallWrong(Invalid):
    code = "fleet.stall_wrong"


class NotABase(Refusal):
    """A truck stands at a base of its own network."""

    code = "fleet.not_a_base"


class NotAStop(Refusal):
    """Another network's place, or one where no truck sells."""

    code = "fleet.not_a_stop"


class NoStops(Invalid):
    code = "fleet.no_stops"


class Retired(Refusal):
    code = "fleet.retired"


class KeepTruck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    operator: str
    name: str
    base: str
    capacity_grams: int
    crates: int
    satang_per_km: int
    satang_per_min: int
    cold: bool = False
    plate: str | None = None


class Shift(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    weekday: int
    """1 Monday … 7 Sunday (ISO 8601)"""
    starts_minute: int
    ends_minute: int
    break_minutes: int = 0
    break_from_minute: int | None = None
    break_until_minute: int | None = None


class SetTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    place: str
    stall_minutes: int
    required: bool = False
    fee_satang: int = 0
    value_satang: int | None = None
    permission: str | None = None
    permitted_until: date | None = None
    parking_note: str | None = None
    host_name: str | None = None
    host_phone: str | None = None
    visits_a_week: Annotated[int, msgspec.Meta(ge=0, le=7)] = 1
    """How often the stop wishes the truck."""


class KeepTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`stops` are places, in the order of the round."""

    id: str
    operator: str
    name: str
    stops: tuple[str, ...]
    weekday: int | None = None
    truck: str | None = None


class TruckAdded(msgspec.Struct, frozen=True, tag="fleet.truck_added"):
    truck: str
    operator: str


class TruckChanged(msgspec.Struct, frozen=True, tag="fleet.truck_changed"):
    truck: str


class TruckRetired(msgspec.Struct, frozen=True, tag="fleet.truck_retired"):
    truck: str


class ShiftsSet(msgspec.Struct, frozen=True, tag="fleet.shifts_set"):
    truck: str
    weekdays: tuple[int, ...]


class TermsSet(msgspec.Struct, frozen=True, tag="fleet.terms_set"):
    place: str


class TemplateKept(msgspec.Struct, frozen=True, tag="fleet.template_kept"):
    template: str
    operator: str
    stops: tuple[str, ...]


class TemplateDropped(msgspec.Struct, frozen=True, tag="fleet.template_dropped"):
    template: str


def ensure_truck(asked: KeepTruck) -> None:
    if not asked.name.strip():
        raise NameMissing(field="name")
    if not 0 < asked.capacity_grams <= CAPACITY_GRAMS_MAX:
        raise LoadWrong(field="capacity_grams")
    if not 0 < asked.crates <= CRATES_MAX:
        raise LoadWrong(field="crates")
    for field in ("satang_per_km", "satang_per_min"):
        if not 0 <= getattr(asked, field) <= SATANG_MAX:
            raise CostWrong(field=field)


def ensure_shifts(shifts: Sequence[Shift]) -> None:
    weekdays = [shift.weekday for shift in shifts]
    if len(set(weekdays)) != len(weekdays) or not set(weekdays) <= set(range(1, 8)):
        raise ShiftWrong(field="weekday")
    for shift in shifts:
        ensure_hours(shift.starts_minute, shift.ends_minute)
        if not _rests_within(shift):
            raise ShiftWrong(field="break_minutes")


def ensure_hours(starts: int, ends: int) -> None:
    if not 0 <= starts < ends <= MINUTES_A_DAY:
        raise ShiftWrong(field="starts_minute")


def _rests_within(shift: Shift) -> bool:
    begins, ends = shift.break_from_minute, shift.break_until_minute
    if not shift.break_minutes:
        return begins is None and ends is None
    if begins is None or ends is None:
        return False
    inside = shift.starts_minute <= begins and ends <= shift.ends_minute
    return inside and 0 < shift.break_minutes <= ends - begins


def ensure_terms(asked: SetTerms) -> None:
    if not 0 < asked.stall_minutes <= STALL_MINUTES_MAX:
        raise StallWrong(field="stall_minutes")
    for field in ("fee_satang", "value_satang"):
        if not 0 <= (getattr(asked, field) or 0) <= SATANG_MAX:
            raise CostWrong(field=field)


def ensure_template(asked: KeepTemplate) -> None:
    if not asked.name.strip():
        raise NameMissing(field="name")
    if not 0 < len(asked.stops) <= STOPS_MAX or len(set(asked.stops)) != len(asked.stops):
        raise NoStops(field="stops")
    if asked.weekday is not None and not 1 <= asked.weekday <= 7:
        raise ShiftWrong(field="weekday")


def permission_state(permitted_until: date | None, on: date) -> str:
    """`open` where no last day is known, `holds`, `runs_out` within a fortnight, `ended`."""
    if permitted_until is None:
        return "open"
    if permitted_until < on:
        return "ended"
    return "runs_out" if permitted_until - on <= RUNS_OUT else "holds"
