"""What may be done with a day of the truck, and when.

planning ──publish──> published ──the first truck departs──> under_way ──close──> closed
planning, published ──> cancelled ──reopen──> planning
"""

from __future__ import annotations

from datetime import date

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

MINUTES_A_DAY = 1440
OPEN = ("planning", "published", "under_way")
"""States in which a plan may still be made."""
BEFORE_IT_BEGINS = ("planning", "published")
"""States in which the whole day may be planned; then only what is left of it (`replan`)."""
BECAUSE = ("planned", "reordered", "replanned")
SECONDS_MAX = 60
"""Of wall time for one planning."""
GRACE_S = 3
"""So much later a planning that has not ended is cut short."""


class NoSuchDay(Missing):
    code = "trips.no_such_day"


class NoSuchStop(Missing):
    code = "trips.no_such_stop"


class NoSuchVersion(Missing):
    code = "trips.no_such_version"


class DayThere(Refusal):
    """This operator has a day on that date already."""

    code = "trips.day_there"


class DayOver(Refusal):
    """Closed or cancelled, or it has left planning: `state` says which."""

    code = "trips.day_over"


class HoursWrong(Invalid):
    """An end that is not after its beginning."""

    code = "trips.hours_wrong"


class WalkUpWrong(Invalid):
    """Less than nothing, or more than is left of the lot."""

    code = "trips.walk_up_wrong"


class NotADriver(Refusal):
    """Who drives is an operator of this group or network."""

    code = "trips.not_a_driver"


class NotOurTruck(Refusal):
    code = "trips.not_our_truck"


class NothingToPlan(Refusal):
    """No truck, or no stop."""

    code = "trips.nothing_to_plan"


class PlannedSince(Refusal):
    """Somebody kept version `version` meanwhile; what was asked is not lost."""

    code = "trips.planned_since"


class RuleBroken(Refusal):
    """`faults` rules are broken; the first is `rule`."""

    code = "trips.rule_broken"


class NoSuchWeek(Missing):
    code = "trips.no_such_week"


class WeekNotPlanned(Refusal):
    """It is under way still, or nothing came of it."""

    code = "trips.week_not_planned"


class UnderPlanning(Refusal):
    """A planning of this day is under way."""

    code = "trips.under_planning"


class MakeDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    operator: str
    on: date
    template: str | None = None


class SetDayTruck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: str
    truck: str
    starts_minute: int
    ends_minute: int
    driver: str | None = None
    break_minutes: int = 0
    break_from_minute: int | None = None
    break_until_minute: int | None = None
    cold: bool | None = None
    """Whether it keeps cold on this day; None: as the truck does."""


class SetDayStop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    day: str
    place: str
    opens_minute: int
    closes_minute: int
    required: bool = False
    on_truck: str | None = None


class SetDayLot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    day: str
    lot: str
    walk_up_grams: int = 0
    at_base: bool = False


class KeepVersion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the newest version that whoever asks has seen, 0 for none."""

    id: str
    day: str
    after: int
    because: str
    seed: int = 0


class DayMade(msgspec.Struct, frozen=True, tag="trips.day_made"):
    day: str
    operator: str
    on: str
    left_out: tuple[str, ...] = ()
    """Places of the round that have no window on that weekday."""


class DayTruckSet(msgspec.Struct, frozen=True, tag="trips.day_truck_set"):
    day: str
    truck: str


class DayTruckOff(msgspec.Struct, frozen=True, tag="trips.day_truck_off"):
    day: str
    truck: str


class DayStopSet(msgspec.Struct, frozen=True, tag="trips.day_stop_set"):
    day: str
    place: str


class DayStopOff(msgspec.Struct, frozen=True, tag="trips.day_stop_off"):
    day: str
    place: str


class DayLotSet(msgspec.Struct, frozen=True, tag="trips.day_lot_set"):
    day: str
    lot: str
    walk_up_grams: int


class VersionKept(msgspec.Struct, frozen=True, tag="trips.version_kept"):
    day: str
    version: int
    because: str
    cost_satang: int
    faults: int


class PlanTold(msgspec.Struct, frozen=True, tag="trips.plan_told"):
    """Published: buyers and stops may rely on it."""

    day: str
    version: int


class DayCancelled(msgspec.Struct, frozen=True, tag="trips.day_cancelled"):
    day: str


class DayReopened(msgspec.Struct, frozen=True, tag="trips.day_reopened"):
    day: str


class DayBegan(msgspec.Struct, frozen=True, tag="trips.day_began"):
    day: str


class DayEnded(msgspec.Struct, frozen=True, tag="trips.day_ended"):
    day: str


class DayTruckIs(msgspec.Struct, frozen=True, tag="trips.day_truck_is"):
    day: str
    truck: str
    state: str


def ensure_hours(starts: int, ends: int, field: str = "opens_minute") -> None:
    if not 0 <= starts < ends <= MINUTES_A_DAY:
        raise HoursWrong(field=field)


def ensure_rest(asked: SetDayTruck) -> None:
    begins, ends = asked.break_from_minute, asked.break_until_minute
    if not asked.break_minutes and begins is None and ends is None:
        return
    if begins is None or ends is None or not 0 < asked.break_minutes <= ends - begins:
        raise HoursWrong(field="break_minutes")
    if begins < asked.starts_minute or ends > asked.ends_minute:
        raise HoursWrong(field="break_minutes")


def ensure_open(state: str) -> None:
    if state not in OPEN:
        raise DayOver(state=state)


def ensure_not_begun(state: str) -> None:
    if state not in BEFORE_IT_BEGINS:
        raise DayOver(state=state)


def ensure_newest(after: int, newest: int) -> None:
    if after != newest:
        raise PlannedSince(version=newest)
