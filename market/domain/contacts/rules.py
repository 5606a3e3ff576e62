"""Which channels there are, what proves that one is the person's own, and when nobody is woken."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from certification.basis.refusal import Invalid, Refusal
from certification.basis.units import THAILAND, local_day

CHANNELS = ("line", "sms", "email")
CODE_LASTS = timedelta(minutes=30)
TRIES_MAX = 5
ASKS_A_DAY_MAX = 5
ASK_AGAIN_AFTER = timedelta(minutes=1)
CODE_DIGITS, LINK_LETTERS = 6, 8
LINK_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DAY_MINUTES = 24 * 60
QUIET_FROM, QUIET_UNTIL = 21 * 60, 6 * 60
ADDRESS_LETTERS_MAX = 254
ADDRESS = re.compile(r"[^\s@<>,;:\"\\]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

TOPICS = ("orders", "money", "truck", "guarantee", "land", "market", "broadcasts")
"""What a person may wish not to be told of outside the page."""
ALWAYS = ("recalls", "account")
"""What is told wherever a person has a contact: food that is called back, and who gets in."""


class ChannelClosed(Refusal):
    """Nobody has set it up here."""

    code = "contacts.channel_closed"


class UnknownChannel(Invalid):
    code = "contacts.unknown_channel"


class NotAnAddress(Invalid):
    code = "contacts.not_an_address"


class NoPhone(Refusal):
    """The vault holds no phone of this person; a leader enters it."""

    code = "contacts.no_phone"


class AskedTooOften(Refusal):
    code = "contacts.asked_too_often"


class NothingAsked(Refusal):
    code = "contacts.nothing_asked"


class CodeIsOver(Refusal):
    """Too old, or tried wrongly too often: ask for a new one."""

    code = "contacts.code_is_over"


class WrongCode(Invalid):
    code = "contacts.wrong_code"


class NotHours(Invalid):
    code = "contacts.not_hours"


class UnknownTopic(Invalid):
    code = "contacts.unknown_topic"


class ContactAsked(msgspec.Struct, frozen=True, tag="contacts.asked"):
    contact: str
    person: str
    channel: str
    turn: str
    """The moment it was asked at: each asking is told once."""


class ContactProved(msgspec.Struct, frozen=True, tag="contacts.proved"):
    contact: str
    channel: str


class ContactEnded(msgspec.Struct, frozen=True, tag="contacts.ended"):
    contact: str
    channel: str


class Quiet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    from_minute: int = QUIET_FROM
    until_minute: int = QUIET_UNTIL

    def is_now(self, minute: int) -> bool:
        if self.from_minute == self.until_minute:
            return False
        if self.from_minute < self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


class ContactView(msgspec.Struct, frozen=True):
    id: str
    channel: str
    state: str
    """asked, proved, ended"""
    address: str
    asked_at: datetime


def ensure_known(channel: str) -> None:
    if channel not in CHANNELS:
        raise UnknownChannel(field="channel")


def ensure_channel(channel: str, open_here: Iterable[str]) -> None:
    ensure_known(channel)
    if channel not in open_here:
        raise ChannelClosed(channel=channel)


def mail(text: str) -> str:
    found = text.strip()
    if len(found) > ADDRESS_LETTERS_MAX or not ADDRESS.fullmatch(found) or not found.isprintable():
        raise NotAnAddress(field="address")
    return found


def asks(at: datetime, before: datetime | None, times: int) -> int:
    """How often on this day, with this one."""
    if before is None or local_day(before) != local_day(at):
        return 1
    if at - before < ASK_AGAIN_AFTER or times >= ASKS_A_DAY_MAX:
        raise AskedTooOften
    return times + 1


def code(channel: str, drawn: str) -> str:
    """`drawn`: hexadecimal, of the contact and the moment under the vault's key."""
    number = int(drawn, 16)
    if channel != "line":
        return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}}"
    letters = []
    for _ in range(LINK_LETTERS):
        number, place = divmod(number, len(LINK_ALPHABET))
        letters.append(LINK_ALPHABET[place])
    return "".join(letters)


def same(code: str, said: str) -> bool:
    """Without telling by its time how much of it was right."""
    return hmac.compare_digest(code.encode(), said.encode("utf-8", "replace"))


def minute_of(at: datetime) -> int:
    local = at.astimezone(THAILAND)
    return local.hour * 60 + local.minute


def due(at: datetime, quiet: Quiet, *, urgent: bool) -> datetime:
    """Now, or when the quiet hours are over; who is in danger of eating it is woken."""
    minute = minute_of(at)
    if urgent or not quiet.is_now(minute):
        return at
    waits = (quiet.until_minute - minute) % DAY_MINUTES
    return at.replace(second=0, microsecond=0) + timedelta(minutes=waits)


def hours(from_minute: int, until_minute: int) -> Quiet:
    if not (0 <= from_minute < DAY_MINUTES and 0 <= until_minute < DAY_MINUTES):
        raise NotHours(field="from_minute")
    return Quiet(from_minute, until_minute)


def muted(topics: Iterable[str]) -> tuple[str, ...]:
    said = set(topics)
    if strange := said - {*TOPICS}:
        raise UnknownTopic(field="muted", topic=min(strange))
    return tuple(one for one in TOPICS if one in said)
