"""A paper by others: who may say it, what its number looks like, whether it stands on a day.

Nothing here is read by a rule of certificates, decisions or claims.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, get_args

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.basis.units import arabic

Kind = Literal["gap", "organic_thailand", "fsc", "halal", "fda", "gi", "other"]
Why = Literal["revoked", "mistaken"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WHYS: tuple[Why, ...] = get_args(Why)
FDA_DIGITS = 13
"""เลขสารบบอาหาร; of the others no format is sure enough to refuse by."""
TEXT_MAX, NUMBER_MAX, PLOTS_MAX = 200, 60, 50
SOON = timedelta(days=60)
SEEN_BACK = timedelta(days=366)
YEARS_AHEAD = timedelta(days=20 * 366)


class MarkMissing(Missing):
    code = "marks.missing"


class TextMissing(Invalid):
    """Issuer, number, or the name of what no kind names; empty or too long."""

    code = "marks.text_missing"


class NotThirteenDigits(Invalid):
    code = "marks.not_thirteen_digits"


class DaysOutOfOrder(Invalid):
    """Issued in the future, or ended before it was issued."""

    code = "marks.days_out_of_order"


class NotTheHolders(Forbidden):
    """The holder belongs to the group and farms each plot that is named."""

    code = "marks.not_the_holders"


class PdfStaysInside(Invalid):
    """A photo is drawn anew before strangers see it; a PDF cannot be."""

    code = "marks.pdf_stays_inside"


class SeenByAnother(Forbidden):
    """Not the holder nor who lives with them; of a group's own paper not who wrote it down."""

    code = "marks.seen_by_another"


class SeenOutOfTime(Invalid):
    code = "marks.seen_out_of_time"


class EndedAlready(Refusal):
    code = "marks.ended_already"


class NotInItsPlace(Refusal):
    """A new paper takes the place of one of the same holder and kind."""

    code = "marks.not_in_its_place"


class NoteMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    organ: str
    kind: Kind
    issuer: str
    number: str
    issued_on: date
    valid_until: date | None = None
    holder: str | None = None
    """None: the group's own."""
    name: str = ""
    plots: tuple[str, ...] = ()
    covers: str = ""
    scan: str | None = None
    """Digest, as it was kept."""
    scan_public: bool = False
    replaces: str | None = None


class SeeMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    mark: str
    seen_on: date


class EndMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    mark: str
    why: Why
    ended_on: date


class MarkNoted(msgspec.Struct, frozen=True, tag="marks.noted"):
    mark: str
    kind: str
    organ: str


class OriginalSeen(msgspec.Struct, frozen=True, tag="marks.seen"):
    mark: str
    person: str
    seen_on: str


class MarkHasEnded(msgspec.Struct, frozen=True, tag="marks.ended"):
    mark: str
    why: str


class MarkEnding(msgspec.Struct, frozen=True, tag="marks.ending"):
    """Within sixty days; said once."""

    mark: str
    holder: str
    organ: str
    valid_until: str


def ensure_sound(data: NoteMark, *, today: date) -> None:
    texts = [("issuer", data.issuer, TEXT_MAX), ("number", data.number, NUMBER_MAX)]
    if data.kind == "other":
        texts.append(("name", data.name, TEXT_MAX))
    for field, said, most in texts:
        if not said.strip() or len(said) > most:
            raise TextMissing(field=field, most=most)
    ensure_number(data.kind, data.number)
    _ensure_in_bounds(data)
    _ensure_days(data, today)


def _ensure_in_bounds(data: NoteMark) -> None:
    for field, said in (("name", data.name), ("covers", data.covers)):
        if len(said) > TEXT_MAX:
            raise TextMissing(field=field, most=TEXT_MAX)
    if len(data.plots) > PLOTS_MAX:
        raise NotTheHolders(field="plots")


def _ensure_days(data: NoteMark, today: date) -> None:
    if data.issued_on > today:
        raise DaysOutOfOrder(field="issued_on")
    until = data.valid_until
    if until is not None and not data.issued_on <= until <= today + YEARS_AHEAD:
        raise DaysOutOfOrder(field="valid_until")


def ensure_number(kind: Kind, number: str) -> None:
    """Blanks and hyphens are as people write them; Thai digits count."""
    if kind == "fda":
        plain = arabic(number).replace("-", "").replace(" ", "")
        if not (plain.isascii() and plain.isdecimal() and len(plain) == FDA_DIGITS):
            raise NotThirteenDigits(field="number", given=len(plain), needed=FDA_DIGITS)


def ensure_seen(seen_on: date, issued_on: date, *, today: date) -> None:
    if not max(issued_on, today - SEEN_BACK) <= seen_on <= today:
        raise SeenOutOfTime(field="seen_on")


def ensure_ends(ended_on: date, issued_on: date, *, today: date) -> None:
    if not issued_on <= ended_on <= today:
        raise DaysOutOfOrder(field="ended_on")


State = Literal["unseen", "stands", "ending", "expired", "ended"]


def state(*, seen: bool, ended: bool, valid_until: date | None, on: date) -> State:
    if ended:
        return "ended"
    if valid_until is not None and valid_until < on:
        return "expired"
    if not seen:
        return "unseen"
    return "ending" if valid_until is not None and valid_until <= on + SOON else "stands"
