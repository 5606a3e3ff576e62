"""What an event may say, and what follows from it: proposals, never a change by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

Kind = Literal["flood", "storm", "heat"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TAMBONS_MAX = 60
DAYS_BACK, DAYS_AHEAD, DAYS_MAX = timedelta(days=60), timedelta(days=14), timedelta(days=90)
HARVEST_AFTER = timedelta(days=21)
"""So long after it a harvest that was promised may still suffer."""
SOIL_WITHIN = timedelta(days=60)
"""From its last day, or from when it was told, where that is later."""
STOPS = frozenset({"flood", "storm"})


class EventMissing(Missing):
    code = "area_events.missing"


class ProposalMissing(Missing):
    code = "area_events.proposal_missing"


class NoTambons(Invalid):
    """At least one tambon, and each a tambon that is there."""

    code = "area_events.no_tambons"


class UnknownKind(Invalid):
    code = "area_events.unknown_kind"


class DaysOutOfRange(Invalid):
    code = "area_events.days_out_of_range"


class ShareOutOfRange(Invalid):
    code = "area_events.share_out_of_range"


class StruckAlready(Refusal):
    """Corrected, or said to be mistaken, by somebody meanwhile."""

    code = "area_events.struck_already"


class EndedAlready(Refusal):
    code = "area_events.ended_already"


class AnsweredAlready(Refusal):
    code = "area_events.answered_already"


class SoilNotNoted(Refusal):
    """That it was tested, after the water had gone, stands nowhere yet."""

    code = "area_events.soil_not_noted"


class EnterEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`corrects`: another that it takes the place of."""

    id: str
    kind: str
    tambons: tuple[str, ...]
    from_on: date
    until_on: date | None = None
    less_percent: int = 0
    corrects: str = ""


class EventEntered(msgspec.Struct, frozen=True, tag="area_events.entered"):
    event: str
    kind: str
    from_on: str
    until_on: str
    tambons: tuple[str, ...]
    less_percent: int


class EventProposed(msgspec.Struct, frozen=True, tag="area_events.proposed"):
    event: str
    kind: str
    tambons: tuple[str, ...]


class EventEnded(msgspec.Struct, frozen=True, tag="area_events.ended"):
    event: str
    kind: str
    until_on: str


class EventStruck(msgspec.Struct, frozen=True, tag="area_events.struck"):
    event: str
    kind: str


class ProposalAnswered(msgspec.Struct, frozen=True, tag="area_events.answered"):
    proposal: str
    kind: str
    state: str


class EventView(msgspec.Struct, frozen=True):
    id: str
    kind: str
    from_on: date
    until_on: date | None
    less_percent: int
    source: str
    confirmed: bool
    struck: bool
    tambons: tuple[str, ...] = ()


class ProposalView(msgspec.Struct, frozen=True):
    id: str
    event: str
    kind: str
    subject: str
    organ: str
    person: str | None
    grams: int | None
    due_on: date | None
    state: str


def ensure_sound(data: EnterEvent, *, today: date) -> None:
    if data.kind not in KINDS:
        raise UnknownKind(field="kind")
    if not 0 < len(set(data.tambons)) <= TAMBONS_MAX or {len(one) for one in data.tambons} != {6}:
        raise NoTambons(field="tambons", most=TAMBONS_MAX)
    if not 0 <= data.less_percent <= 100:
        raise ShareOutOfRange(field="less_percent")
    if not today - DAYS_BACK <= data.from_on <= today + DAYS_AHEAD:
        raise DaysOutOfRange(field="from_on")
    ensure_until(data.from_on, data.until_on)


def ensure_until(from_on: date, until_on: date | None) -> None:
    if until_on and not from_on <= until_on <= from_on + DAYS_MAX:
        raise DaysOutOfRange(field="until_on")


def lowered(promised_grams: int, less_percent: int) -> int:
    """Rounded to whole grams in the farmer's favour, and never to nothing: that is her own word."""
    return max(promised_grams - promised_grams * less_percent // 100, 1)


def flooded_days(event: EventView, today: date) -> int:
    last = event.until_on or max(today, event.from_on)
    return (last - event.from_on).days + 1


def soil_due_on(event: EventView, today: date) -> date:
    return max(event.until_on or today, today) + SOIL_WITHIN


RAIN_MM, GUST_KMH, HEAT_C = 90.0, 75.0, 40.0
"""Of a day: what the Thai Meteorological Department calls very heavy rain and very hot, and a
strong gale (Beaufort 9)."""


class Outlook(msgspec.Struct, frozen=True):
    on: date
    rain_mm: float
    gust_kmh: float
    heat_c: float


def first_days(days: Iterable[Outlook]) -> dict[Kind, date]:
    """By kind, the first day on which it is expected."""
    found: dict[Kind, date] = {}
    for one in days:
        expected: dict[Kind, bool] = {
            "flood": one.rain_mm >= RAIN_MM,
            "storm": one.gust_kmh >= GUST_KMH,
            "heat": one.heat_c >= HEAT_C,
        }
        for kind, is_so in expected.items():
            if is_so:
                found.setdefault(kind, one.on)
    return found
