"""On which days a round comes again, and when it opens, closes and is fetched. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, get_args

import msgspec

from certification.basis.refusal import Invalid, Missing
from certification.basis.units import THAILAND
from market.domain.offers.rules import HOLD_MINUTES_MAX, PLACES_MAX, PickUp, deposit_fits

Every = Literal["week", "fortnight", "month"]
EVERY: tuple[Every, ...] = get_args(Every)
LAST = 5
AHEAD_DAYS_MAX, BEFORE_MINUTES_MAX = 90, 60 * 24 * 60
DAY_MINUTES = 24 * 60
HOLIDAYS = {
    (1, 1): "วันขึ้นปีใหม่", (4, 6): "วันจักรี", (4, 13): "สงกรานต์", (4, 14): "สงกรานต์",
    (4, 15): "สงกรานต์", (5, 1): "วันแรงงาน", (5, 4): "วันฉัตรมงคล",
    (6, 3): "วันเฉลิมพระชนมพรรษาพระราชินี", (7, 28): "วันเฉลิมพระชนมพรรษา",
    (8, 12): "วันแม่แห่งชาติ", (10, 13): "วันนวมินทรมหาราช", (10, 23): "วันปิยมหาราช",
    (12, 5): "วันพ่อแห่งชาติ", (12, 10): "วันรัฐธรรมนูญ", (12, 31): "วันสิ้นปี",
}  # fmt: skip
"""Those with the same day every year. Those by the moon, and days moved by the cabinet, are left
out by hand."""


class NoSuchTemplate(Missing):
    code = "cycles.no_such_template"


class TemplateWrong(Invalid):
    """`field` names what cannot be."""

    code = "cycles.template_wrong"


class Spot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    place: str
    from_minute: int
    until_minute: int
    capacity_orders: int | None = None
    capacity_grams: int | None = None


class DefineTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same id again puts it as is said now; rounds that are made already stay as they are."""

    id: str
    merchant: str
    name_th: str
    name_en: str
    every: Every
    weekdays: Annotated[tuple[int, ...], msgspec.Meta(max_length=7)]
    first_on: date
    opens_before_minutes: int
    closes_before_minutes: int
    places: Annotated[tuple[Spot, ...], msgspec.Meta(max_length=PLACES_MAX)]
    nth: int | None = None
    hold_minutes: int = 60
    ahead_days: int = 14
    skip_holidays: bool = True
    ends_on: date | None = None
    deposit_percent: int | None = None


class Times(msgspec.Struct, frozen=True):
    opens_at: datetime
    closes_at: datetime
    places: tuple[PickUp, ...]


def ensure_template(asked: DefineTemplate) -> None:
    wrong = {
        "name_th": not 0 < len(asked.name_th.strip()) <= 100,
        "name_en": not 0 < len(asked.name_en.strip()) <= 100,
        "weekdays": not asked.weekdays or not set(asked.weekdays) <= set(range(1, 8)),
        "nth": (asked.nth in range(1, LAST + 1)) != (asked.every == "month"),
        "opens": not asked.closes_before_minutes < asked.opens_before_minutes <= BEFORE_MINUTES_MAX,
        "closes": not asked.closes_before_minutes >= 0,
        "hold_minutes": not 0 < asked.hold_minutes <= HOLD_MINUTES_MAX,
        "deposit_percent": not deposit_fits(asked.deposit_percent),
        "ahead_days": not 0 < asked.ahead_days <= AHEAD_DAYS_MAX,
        "ends_on": asked.ends_on is not None and asked.ends_on < asked.first_on,
        "place": not asked.places
        or len({(one.place, one.from_minute) for one in asked.places}) < len(asked.places),
        "hours": not all(
            0 <= one.from_minute < one.until_minute <= DAY_MINUTES for one in asked.places
        ),
        "capacity": any(
            room is not None and room <= 0
            for one in asked.places
            for room in (one.capacity_orders, one.capacity_grams)
        ),
    }
    for field, is_wrong in wrong.items():
        if is_wrong:
            raise TemplateWrong(field=field)


def days(of: DefineTemplate, since: date, until: date) -> Iterator[date]:
    """Its market days between the two, both of them included."""
    on = max(since, of.first_on)
    last = min(until, of.ends_on or until)
    while on <= last:
        if comes_on(of, on):
            yield on
        on += timedelta(days=1)


def comes_on(of: DefineTemplate, on: date) -> bool:
    if on.isoweekday() not in of.weekdays:
        return False
    if of.every == "fortnight":
        return (_monday(on) - _monday(of.first_on)).days % 14 == 0
    if of.every == "month":
        if of.nth == LAST:
            return (on + timedelta(days=7)).month != on.month
        return (on.day - 1) // 7 + 1 == of.nth
    return True


def _monday(on: date) -> date:
    return on - timedelta(days=on.weekday())


def holiday(on: date) -> str | None:
    return HOLIDAYS.get((on.month, on.day))


def times(of: DefineTemplate, on: date) -> Times:
    """In Thailand, where no clock is put forward or back."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=THAILAND)

    def at(minute: int) -> datetime:
        return midnight + timedelta(minutes=minute)

    places = tuple(
        PickUp(one.place, at(one.from_minute), at(one.until_minute), one.capacity_orders,
               one.capacity_grams)
        for one in of.places
    )  # fmt: skip
    begins = min(one.pickup_from for one in places)
    opens, closes = of.opens_before_minutes, of.closes_before_minutes
    return Times(begins - timedelta(minutes=opens), begins - timedelta(minutes=closes), places)
