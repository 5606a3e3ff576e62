"""Who sits in which body of a group or network, for which leg, and for how long.

A body is the capacity in which people meet: a group's own assembly, producers of all groups with
consumers, the team that screens, the committee, the board of the network, the secretariat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.groups.rules import GROUP, NETWORK
from certification.schemes.settings import Leg

Body = Literal["group", "inter_group", "screening", "committee", "board", "secretariat"]
BODIES: tuple[Body, ...] = get_args(Body)
LEGS: tuple[Leg, ...] = get_args(Leg)
MEETS: dict[str, tuple[Body, ...]] = {
    GROUP: ("group", "committee"),
    NETWORK: ("committee", "inter_group", "screening", "board", "secretariat"),
}
"""Which bodies a group or a network has; the first is meant where none is named."""
HOLDS: dict[str, str] = {"committee": "committee", "secretariat": "secretariat"}
"""The role that makes somebody one of the body as long as nobody is appointed to it."""
SEAT_LETTERS_MAX, REFERENCE_LETTERS_MAX = 40, 120


class AppointmentMissing(Missing):
    code = "organs.appointment_missing"


class NoSuchBody(Invalid):
    """A group has no board, a network no assembly of one group."""

    code = "organs.no_such_body"


class NotOneself(Forbidden):
    """Nobody gives themselves a seat, and nobody's seat is taken by their own hand only."""

    code = "organs.not_oneself"


class SitsAlready(Refusal):
    code = "organs.sits_already"


class TermOutOfOrder(Invalid):
    """Its last day would be before its first."""

    code = "organs.term_out_of_order"


class ReferenceMissing(Invalid):
    """Which meeting chose this person."""

    code = "organs.reference_missing"


class SeatMissing(Invalid):
    code = "organs.seat_missing"


class OverAlready(Refusal):
    code = "organs.over_already"


class Appoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    """A group or network."""
    body: Body
    person: str
    seat: str
    leg: Leg
    since: date
    chosen_by: str
    """Which meeting chose this person: the date or number of its minutes."""
    until: date | None = None
    """The last day of the term."""


class Dismiss(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    appointment: str
    until: date


class Appointed(msgspec.Struct, frozen=True, tag="organs.appointed"):
    appointment: str
    organ: str
    body: str
    person: str
    seat: str
    leg: str
    since: str


class Dismissed(msgspec.Struct, frozen=True, tag="organs.dismissed"):
    appointment: str
    until: str


class Sitting(msgspec.Struct, frozen=True):
    """One appointment, as it is shown."""

    id: str
    organ: str
    body: str
    person: str
    seat: str
    leg: str
    since: date
    until: date | None
    chosen_by: str
    ended_by: str | None

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


def body_of(kind: str, body: str | None) -> Body:
    """The body that meets; NoSuchBody where a group or network has none of that name."""
    has = MEETS[kind]
    if body is None:
        return has[0]
    for one in has:
        if one == body:
            return one
    raise NoSuchBody(field="body", body=body)


def ensure_may_sit(data: Appoint, kind: str, others: Iterable[Sitting], *, by: str) -> None:
    """`others`: this person's terms in the same body."""
    body_of(kind, data.body)
    if data.person == by:
        raise NotOneself(person=by)
    if not data.seat.strip() or len(data.seat) > SEAT_LETTERS_MAX:
        raise SeatMissing(field="seat")
    if not data.chosen_by.strip() or len(data.chosen_by) > REFERENCE_LETTERS_MAX:
        raise ReferenceMissing(field="chosen_by")
    if data.until is not None and data.until < data.since:
        raise TermOutOfOrder(field="until", since=str(data.since))
    last = data.until or date.max
    if any(one.since <= last and data.since <= (one.until or date.max) for one in others):
        raise SitsAlready(field="person", person=data.person)


def ensure_may_leave(data: Dismiss, sitting: Sitting, *, by: str) -> None:
    if sitting.person == by:
        raise NotOneself(person=by)
    if sitting.ended_by is not None or (sitting.until is not None and sitting.until < data.until):
        raise OverAlready(until=str(sitting.until))
    if data.until < sitting.since:
        raise TermOutOfOrder(field="until", since=str(sitting.since))


def balance(legs: Iterable[str]) -> dict[str, int]:
    """How many of each leg, in the charter's order; a leg without anybody shows as 0."""
    count = Counter(legs)
    return {leg: count[leg] for leg in LEGS}
