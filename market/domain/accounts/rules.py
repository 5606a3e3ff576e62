"""What a PIN may be, how often it may be tried, and how long one stays signed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal
from certification.basis.units import arabic
from certification.people.rules import Actor, Grant

PIN_DIGITS = 6
CODE_LETTERS = 10
"""Nine random Crockford letters (45 bits) and a check letter."""
CODE_LASTS = timedelta(days=14)
STEP_UP_LASTS = timedelta(minutes=5)
TOUCH_EVERY = timedelta(minutes=5)
"""A request writes nothing while the session was seen a short while ago."""

FREE_TRIES = 5
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""After five wrong tries on a device one may try again after each of these; the last repeats."""
DAY = timedelta(days=1)
BUDGETS = {
    "home": (20, DAY),
    "away": (20, DAY),
    "person_home": (20, DAY),
    "person_away": (30, DAY),
    "unknown": (60, DAY),
    "address": (100, timedelta(hours=1)),
    "grievance": (20, timedelta(hours=1)),
    "grievance_code": (40, DAY),
}
"""Most tries within a window. `home` and `away`: one person on one device, at the address of the
last sign-in there and elsewhere; so at most 50 of a person's PINs are looked at in a day, and who
guesses from elsewhere, even with a copy of the device's secret, does not keep the owner out.
`unknown`: numbers of nobody on that device. `grievance`: complaints from one address and about one
code. A village shares one address behind its router."""
LADDERS = frozenset({"home", "away"})
SHARING_MAX = 3
"""People of one phone number on one device whose PINs are tried."""
TITLES = ("นาย", "นางสาว", "นาง", "คุณ")

STRICT = frozenset({"secretariat", "officer", "admin"})
STAFF = frozenset({"leader", "treasurer", "inspector", "committee", "operator"})
LIMITS = (
    (STRICT, timedelta(minutes=30), timedelta(hours=10)),
    (STAFF, timedelta(hours=12), timedelta(days=7)),
)
LONGEST = (timedelta(days=30), timedelta(days=180))
"""Idle and whole time of a farmer or buyer on an enrolled device."""
BUYER = Grant("buyer")
"""Whoever is signed in may buy; it is granted to nobody."""


class CodeMistyped(Invalid):
    code = "accounts.code_mistyped"


class CodeUnknown(Missing):
    code = "accounts.code_unknown"


class CodeUsed(Refusal):
    code = "accounts.code_used"


class CodeExpired(Refusal):
    code = "accounts.code_expired"


class PinNotSixDigits(Invalid):
    code = "accounts.pin_not_six_digits"


class PinTooEasy(Invalid):
    """All the same, a run, a repeat, a date."""

    code = "accounts.pin_too_easy"


class PinFromOwnNumbers(Invalid):
    """It stands in the phone, member or card number."""

    code = "accounts.pin_from_own_numbers"


class WrongPin(Refusal):
    """`tries_left` before one has to wait."""

    code = "accounts.wrong_pin"


class TooManyTries(Refusal):
    """`retry_after_s`: whole seconds until the next try is looked at."""

    code, status = "accounts.too_many_tries", 429


class DeviceUnknown(Refusal):
    """Never enrolled, or revoked: another code is needed."""

    code = "accounts.device_unknown"


class WhoMissing(Invalid):
    """Several people sign in on this device: whose PIN is it?"""

    code = "accounts.who_missing"


class HasAPin(Refusal):
    """Who has chosen a PIN gets a new code only by two people, or by signing in."""

    code = "accounts.has_a_pin"


class SessionEnded(Refusal):
    code, status = "accounts.session_ended", 401


class NoSuchDevice(Missing):
    code = "accounts.no_such_device"


class PhoneMissing(Invalid):
    code = "accounts.phone_missing"


class AlreadyRegistered(Refusal):
    code = "accounts.already_registered"


class LetIn(msgspec.Struct, frozen=True):
    """For the browser only: neither secret is stored or logged."""

    person: str
    device: str
    device_secret: str
    """Empty where the browser holds it already."""
    session_secret: str


class Browser(msgspec.Struct, frozen=True):
    """What a browser or program brings: neither of the two lets anybody in by itself."""

    device_secret: str = ""
    session_secret: str = ""
    """Ended when another begins in its place."""
    kind: str = "other"


NEW = Browser()


class Standing(msgspec.Struct, frozen=True):
    """A session that holds, and who it makes of its bearer."""

    actor: Actor
    device: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime


class DeviceView(msgspec.Struct, frozen=True):
    """A device on which somebody may sign in. `seen_at`: of the newest session that holds."""

    id: str
    kind: str
    enrolled_at: datetime
    sessions: int = 0
    seen_at: datetime | None = None


class CodeIssued(msgspec.Struct, frozen=True, tag="accounts.code_issued"):
    person: str


class DeviceEnrolled(msgspec.Struct, frozen=True, tag="accounts.device_enrolled"):
    device: str
    person: str


class DeviceRevoked(msgspec.Struct, frozen=True, tag="accounts.device_revoked"):
    device: str
    person: str


class SessionsEnded(msgspec.Struct, frozen=True, tag="accounts.sessions_ended"):
    person: str


class Closed(msgspec.Struct, frozen=True, tag="accounts.closed"):
    person: str


def pin(typed: str) -> str:
    """A PIN to be chosen: not one that is among the first to be guessed."""
    chosen = digits(typed)
    if _repeats(chosen) or _runs(chosen) or _a_date(chosen):
        raise PinTooEasy(field="pin")
    return chosen


def digits(typed: str) -> str:
    """Six digits, Thai ones too."""
    read = "".join(arabic(typed).split())
    if len(read) != PIN_DIGITS or not read.isascii() or not read.isdigit():
        raise PinNotSixDigits(field="pin")
    return read


def ensure_not_own_number(pin: str, numbers: Iterable[str | None]) -> None:
    for number in numbers:
        if pin in "".join(c for c in number or "" if c.isdigit()):
            raise PinFromOwnNumbers(field="pin")


def wait_after(tries: int) -> timedelta:
    """How long after this many tries of one person on one device nothing is looked at."""
    return timedelta(0) if tries < FREE_TRIES else WAITS[min(tries - FREE_TRIES, len(WAITS) - 1)]


def kind_of_device(said: str) -> str:
    """From what a browser calls itself; only for its owner to know it again."""
    words = said.lower()
    for kind, signs in (
        ("android", ("android",)),
        ("iphone", ("iphone", "ipad")),
        ("computer", ("windows", "macintosh", "x11", "linux")),
    ):
        if any(sign in words for sign in signs):
            return kind
    return "other"


def calling_name(name: str) -> str:
    """What neighbours say: neither title nor family name."""
    first, *more = name.split() or [""]
    if first in TITLES and more:
        return more[0]
    return next((first.removeprefix(t) for t in TITLES if first.startswith(t)), first)


def limits(roles: Iterable[str]) -> tuple[timedelta, timedelta]:
    """Idle and whole time of a session: the shortest that any of the roles asks for."""
    held = frozenset(roles)
    return next(((idle, whole) for some, idle, whole in LIMITS if some & held), LONGEST)


def holds(standing: Standing, at: datetime) -> bool:
    """By the roles of this moment: a role granted later shortens the session at once."""
    idle, whole = limits(grant.role for grant in standing.actor.grants)
    return at < standing.seen_at + idle and at < min(standing.began_at + whole, standing.ends_at)


def _repeats(pin: str) -> bool:
    """000000, 121212, 123123, 112233."""
    return pin in (pin[:1] * 6, pin[:2] * 3, pin[:3] * 2) or pin[::2] == pin[1::2]


def _runs(pin: str) -> bool:
    """123456, 901234, 654321, 135790: the same step all the way."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1


def _a_date(pin: str) -> bool:
    """A birthday as it is written: day, month, and two digits of any year."""
    try:
        date(2000, int(pin[2:4]), int(pin[:2]))
    except ValueError:
        return False
    return True
