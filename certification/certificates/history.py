"""What has happened to a certificate, and so whether it held on a day: pure.

An event decides on all days from its `from_on` on, also against earlier events: a suspension that
turns out to have been a mistake is lifted from its own first day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.decisions.rules import Stage

Kind = Literal["suspended", "reinstated", "revoked", "surrendered", "superseded"]
State = Literal["not_yet", "active", "suspended", "revoked", "surrendered", "superseded", "expired"]


class Certificate(msgspec.Struct, frozen=True):
    stage: Stage
    valid_from: date
    valid_until: date
    """The last day."""
    crops: frozenset[str]
    holder: str = ""


class Event(msgspec.Struct, frozen=True):
    kind: Kind
    from_on: date
    because: str = ""


class Standing(msgspec.Struct, frozen=True):
    held: bool
    state: State
    stage: Stage
    why: str
    """Why it did not hold: the event's reason, `crop_not_covered`, `not_yet` or `expired`."""
    since: date | None = None
    """Its first day; of `not_yet` the day from which it will hold. None while it holds."""


def standing(
    certificate: Certificate, events: Sequence[Event], crop: str | None, on: date
) -> Standing:
    """Whether it held for this crop on that day, by all that is known now.

    `events` in the order in which they were decided; no `crop` asks for the certificate as such.
    A withdrawal is told before an expiry: it stays true when the time is over.
    """
    last = next((event for event in reversed(events) if event.from_on <= on), None)
    state: State = "active" if last is None or last.kind == "reinstated" else last.kind
    why, since = "", None
    if on < certificate.valid_from:
        state = why = "not_yet"
        since = certificate.valid_from
    elif last is not None and state != "active":
        why, since = last.because, _unbroken(events, last, on)
    elif on > certificate.valid_until:
        state = why = "expired"
        since = certificate.valid_until + timedelta(days=1)
    elif crop is not None and crop not in certificate.crops:
        why = "crop_not_covered"
    return Standing(state == "active" and not why, state, certificate.stage, why, since)


def _unbroken(events: Sequence[Event], last: Event, on: date) -> date:
    """The first day from which it stood so without a break, and for this reason."""
    since = last.from_on
    for day in sorted({event.from_on for event in events if event.from_on <= on}, reverse=True):
        ruled = next(event for event in reversed(events) if event.from_on <= day)
        if (ruled.kind, ruled.because) != (last.kind, last.because):
            break
        since = day
    return since


def latest_state(events: Sequence[Event]) -> State:
    """As of the last event decided, whatever the day."""
    kind = events[-1].kind if events else "reinstated"
    return "active" if kind == "reinstated" else kind


def rests_since(events: Sequence[Event]) -> date | None:
    """The day before which another suspension still says something: the first on which it rests,
    the last of all days where it does not rest, none where it has ended."""
    state = latest_state(events)
    if state == "suspended":
        return events[-1].from_on
    return date.max if state == "active" else None


def restoring(events: Sequence[Event], undone: int, because: str) -> tuple[Event, ...]:
    """The events after which every day stands as if `events[undone]` had never been."""
    without = [*events[:undone], *events[undone + 1 :]]
    first = events[undone].from_on
    found: list[Event] = []
    for day in sorted({event.from_on for event in events if event.from_on >= first}):
        rules = next((event for event in reversed(without) if event.from_on <= day), None)
        kind: Kind = rules.kind if rules else "reinstated"
        why = rules.because if rules and kind != "reinstated" else because
        if not found or (found[-1].kind, found[-1].because) != (kind, why):
            found.append(Event(kind, day, why))
    return tuple(found)
