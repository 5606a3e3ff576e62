"""A meeting as a village holds it: who is there, the agenda in four parts, who does what, and
minutes that the next meeting adopts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.organs.rules import Body, SeatMissing
from certification.schemes.settings import PEER, Leg

Part = Literal["inform", "adopt", "matters", "decide"]
Kind = Literal["left", "returned"]
OnAgenda = Literal["item", "case", "hearing", "finding"]
PARTS: tuple[Part, ...] = get_args(Part)
OPEN_LATE_DAYS_MAX = 366
PLACE_LETTERS_MAX, TITLE_LETTERS_MAX, TEXT_LETTERS_MAX = 120, 300, 4_000


class MeetingMissing(Missing):
    code = "meetings.missing"


class ItemMissing(Missing):
    code = "meetings.item_missing"


class ActionMissing(Missing):
    code = "meetings.action_missing"


class HeldOutOfTime(Invalid):
    """In the future, or entered too long after it was held."""

    code = "meetings.held_out_of_time"


class PlaceMissing(Invalid):
    code = "meetings.place_missing"


class MeetingClosed(Refusal):
    code = "meetings.closed"


class NotOfThisOrgan(Refusal):
    """A producer's seat is for the organ's own people."""

    code = "meetings.not_of_this_organ"


class MeetingOfAnother(Invalid):
    """A charter is adopted in a meeting of the network that owns or adopts it."""

    code = "meetings.of_another"


class NotHere(Refusal):
    """Who goes was there, who comes back had gone."""

    code = "meetings.not_here"


class TextMissing(Invalid):
    """Empty, or too long for one item."""

    code = "meetings.text_missing"


class OffTheAgenda(Refusal):
    """Taken off in this meeting: nothing is noted, voted or decided on it here any more."""

    code = "meetings.off_the_agenda"


class DueBeforeTheMeeting(Invalid):
    code = "meetings.due_before_the_meeting"


class DoneAlready(Refusal):
    code = "meetings.done_already"


class StillUnderWay(Refusal):
    """Minutes are written when a meeting is over."""

    code = "meetings.still_under_way"


class NotItsMinutes(Refusal):
    """Only a later meeting of the same body finds them right."""

    code = "meetings.not_its_minutes"


class AdoptedAlready(Refusal):
    code = "meetings.adopted_already"


class OpenMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    organ: str
    """A group or network."""
    held_on: date
    place: str
    body: Body | None = None
    """A group's own assembly or a network's committee where nothing is said."""


class Attend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    person: str
    seat: str
    """A seat's code: one of the panel's in the scheme, or of the appointment."""
    leg: Leg | None = None
    """Of whom it sits for; as appointed, or as the seat says, where it is not named."""
    late: bool = False


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    meeting: str
    person: str
    kind: Kind


class AddItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    meeting: str
    part: Part
    title: str


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    meeting: str
    what: OnAgenda
    of: str
    """The id of the item, the application, the hearing or the finding."""
    reason: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    item: str
    text: str


class AddAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    meeting: str
    owner: str
    what: str
    due_on: date


class FinishAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    action: str
    note: str | None = None


class AdoptMinutes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    meeting: str
    """The meeting under way."""
    minutes_of: str
    corrections: str | None = None


class MeetingOpened(msgspec.Struct, frozen=True, tag="meetings.opened"):
    meeting: str
    organ: str
    body: str
    held_on: str


class Attended(msgspec.Struct, frozen=True, tag="meetings.attended"):
    meeting: str
    person: str
    seat: str
    leg: str


class Moved(msgspec.Struct, frozen=True, tag="meetings.moved"):
    meeting: str
    person: str
    kind: str


class ItemAdded(msgspec.Struct, frozen=True, tag="meetings.item_added"):
    item: str
    meeting: str
    part: str


class AgendaChanged(msgspec.Struct, frozen=True, tag="meetings.withdrawn"):
    withdrawal: str
    meeting: str
    what: str
    of: str


class Noted(msgspec.Struct, frozen=True, tag="meetings.noted"):
    note: str
    item: str


class ActionAdded(msgspec.Struct, frozen=True, tag="meetings.action_added"):
    action: str
    meeting: str
    owner: str
    due_on: str


class ActionFinished(msgspec.Struct, frozen=True, tag="meetings.action_finished"):
    action: str


class MinutesWereAdopted(msgspec.Struct, frozen=True, tag="meetings.minutes_adopted"):
    minutes_of: str
    meeting: str


class MeetingEnded(msgspec.Struct, frozen=True, tag="meetings.ended"):
    meeting: str


def ensure_may_open(data: OpenMeeting, *, today: date) -> None:
    ensure_in_time(data.held_on, today, days=OPEN_LATE_DAYS_MAX)
    if not data.place.strip() or len(data.place) > PLACE_LETTERS_MAX:
        raise PlaceMissing(field="place")


def ensure_in_time(held_on: date, entered_on: date, *, days: int) -> None:
    """The scheme's `meeting_typed_late_days` are asked at the decision, when it is known."""
    if not 0 <= (entered_on - held_on).days <= days:
        raise HeldOutOfTime(field="held_on", days=days)


def ensure_seat(data: Attend, seats: Collection[str], producers: Collection[str]) -> None:
    """One that the charter or an appointment knows; a producer comes from the group that meets, or
    from any group of a network that meets."""
    if data.seat not in seats:
        raise SeatMissing(field="seat")
    if data.seat == PEER and data.person not in producers:
        raise NotOfThisOrgan(person=data.person)


def ensure_moves(data: Move, attended: Collection[str], here: Collection[str]) -> None:
    among = here if data.kind == "left" else set(attended) - set(here)
    if data.person not in among:
        raise NotHere(person=data.person)


def ensure_text(text: str, field: str, *, most: int = TEXT_LETTERS_MAX) -> None:
    if not text.strip() or len(text) > most:
        raise TextMissing(field=field, most=most)


def ensure_action(data: AddAction, held_on: date) -> None:
    ensure_text(data.what, "what", most=TITLE_LETTERS_MAX)
    if data.due_on < held_on:
        raise DueBeforeTheMeeting(field="due_on", held_on=str(held_on))


class Sat(msgspec.Struct, frozen=True):
    """Which body met when."""

    organ: str
    body: str
    held_on: date
    closed: bool


def ensure_may_adopt(data: AdoptMinutes, now: Sat, before: Sat) -> None:
    if not before.closed:
        raise StillUnderWay(meeting=data.minutes_of)
    same = (now.organ, now.body) == (before.organ, before.body)
    if data.meeting == data.minutes_of or not same or now.held_on < before.held_on:
        raise NotItsMinutes(meeting=data.minutes_of)
    if len(data.corrections or "") > TEXT_LETTERS_MAX:
        raise TextMissing(field="corrections", most=TEXT_LETTERS_MAX)
