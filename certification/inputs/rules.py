"""What was put on the land, and what a scheme says of it: allowed, restricted, prohibited, unknown.

A use is judged by the version in force on its day, and by what the network's committee has decided
of things the list does not know. Whoever writes down something prohibited is told first what
follows; that it is written down honestly is thanked for, and changes nothing of what is true.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal
from certification.schemes.content import InputStatus

RULED: tuple[InputStatus, ...] = ("allowed", "restricted", "prohibited")
WORST_FIRST: tuple[InputStatus, ...] = ("prohibited", "unknown", "restricted", "allowed")
PRODUCT_MAX, AMOUNT_MAX, TEXT_MAX, REF_MAX = 80, 60, 500, 120
DAYS_BACK_MAX = 3 * 366
Contact = Literal["soil_contact", "no_contact"]
RAW_MANURE = "raw_manure"
"""The list's code for manure that was not composted."""
SARA_AM = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")


class UseMissing(Missing):
    code = "inputs.use_missing"


class NotYourLand(Forbidden):
    code = "inputs.not_yours"


class ProductMissing(Invalid):
    """Neither one of the list nor a name."""

    code = "inputs.product_missing"


class NotOnTheList(Invalid):
    code = "inputs.not_on_the_list"


class TooLong(Invalid):
    code = "inputs.too_long"


class DayOutOfRange(Invalid):
    """Still to come, or more than three years ago."""

    code = "inputs.day_out_of_range"


class LargerThanThePlot(Invalid):
    code = "inputs.larger_than_the_plot"


class CropNotThere(Invalid):
    code = "inputs.crop_not_there"


class Consequences(Refusal):
    """Prohibited: what follows has to be known before it is saved. Nothing is saved yet."""

    code = "inputs.consequences"


class PhotoAlready(Refusal):
    code = "inputs.photo_already"


class NotUnknown(Refusal):
    """The list says what it is; another word is a matter of the scheme's next version."""

    code = "inputs.not_unknown"


class RuledMeanwhile(Refusal):
    """Another word on the same matter was written down at this moment."""

    code = "inputs.ruled_meanwhile"


class OwnUse(Forbidden):
    """Nobody decides of what one has used oneself."""

    code = "inputs.own_use"


class RestrictionMissing(Invalid):
    """What is allowed on a condition only needs the condition."""

    code = "inputs.restriction_missing"


class MeetingMissing(Invalid):
    code = "inputs.meeting_missing"


class NoteUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    id: str
    plot: str
    code: str | None = None
    """Of the scheme's list; none where the list does not have it."""
    product: str = ""
    """Name on the packet."""
    amount: str
    used_on: date
    crop: str | None = None
    area_m2: int | None = None
    """Null is the whole plot."""
    supplier: str = ""
    knows: bool = False
    """The farmer was told what follows from something prohibited, and saves it all the same."""
    on_behalf_of: str | None = None
    strikes: str | None = None
    """An earlier entry that was wrong; it stays to be read, struck through."""
    strike_reason: str = ""


class AttachPhoto(msgspec.Struct, frozen=True):
    use: str
    photo: str
    on_behalf_of: str | None = None


class RuleInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The committee of a network says what a thing is that the list does not know."""

    id: str
    network: str
    scheme: str
    key: str
    """As `key_of` makes it."""
    status: InputStatus
    decided_on: date
    meeting_ref: str
    restriction: str = ""


class Judged(msgspec.Struct, frozen=True):
    scheme: str
    version: str
    status: InputStatus


class InputUsed(msgspec.Struct, frozen=True, tag="inputs.used"):
    """`code` is empty where the list does not know it; then the name is in the row alone."""

    use: str
    plot: str
    code: str
    used_on: str
    judged: tuple[Judged, ...]


class InputAsked(msgspec.Struct, frozen=True, tag="inputs.asked"):
    """The committee of the network is asked to say what it is."""

    use: str
    network: str
    schemes: tuple[str, ...]


class ProhibitedUsed(msgspec.Struct, frozen=True, tag="inputs.prohibited_used"):
    """A finding and a suspension follow; conversion counts from the day after."""

    use: str
    plot: str
    group: str
    schemes: tuple[str, ...]
    used_on: str
    restarts_on: str


class PhotoAttached(msgspec.Struct, frozen=True, tag="inputs.photo_attached"):
    use: str
    photo: str


class InputRuled(msgspec.Struct, frozen=True, tag="inputs.ruled"):
    ruling: str
    network: str
    scheme: str
    status: str
    uses: tuple[str, ...]
    """Those that it decided on."""


def key_of(code: str | None, product: str) -> str:
    """The same thing under the same name, whatever its width, case and blanks; SARA AM is one
    letter, whichever keyboard typed it."""
    if code:
        return f"code:{code}"
    even = unicodedata.normalize("NFKC", product).casefold()
    return SARA_AM.sub("\\1\u0e33", " ".join(even.split()))[:PRODUCT_MAX]


def evened(key: str) -> str:
    return key if key.startswith("code:") else key_of(None, key)


def worst(statuses: Iterable[InputStatus]) -> InputStatus:
    """Of no scheme at all nobody can say."""
    return min(statuses, key=WORST_FIRST.index, default="unknown")


def judged(listed: InputStatus | None, ruled: InputStatus | None) -> InputStatus:
    """The list first; a ruling where it does not know."""
    if listed not in (None, "unknown"):
        return listed
    return ruled or "unknown"


def ensure_speaks(holder: str | None, on_behalf_of: str | None, *, by: str, same: bool) -> str:
    if holder is None or not (by == holder or (on_behalf_of == holder and same)):
        raise NotYourLand
    return holder


def ensure_use(data: NoteUse, plot_m2: int, growing: Iterable[str], *, today: date) -> None:
    if not data.code and not key_of(None, data.product):
        raise ProductMissing(field="product")
    for field, text, most in (
        ("product", data.product, PRODUCT_MAX), ("amount", data.amount, AMOUNT_MAX),
        ("supplier", data.supplier, TEXT_MAX),
    ):  # fmt: skip
        if len(text) > most or (field == "amount" and not text.strip()):
            raise TooLong(field=field, most=most)
    if not today - timedelta(days=DAYS_BACK_MAX) <= data.used_on <= today:
        raise DayOutOfRange(field="used_on")
    if data.crop is not None and data.crop not in growing:
        raise CropNotThere(field="crop")
    if data.area_m2 is not None and not 0 < data.area_m2 <= plot_m2:
        raise LargerThanThePlot(field="area_m2", plot_m2=plot_m2)


def ensure_knows(data: NoteUse, found: Iterable[Judged]) -> None:
    schemes = [one.scheme for one in found if one.status == "prohibited"]
    if schemes and not data.knows:
        raise Consequences(schemes=schemes, restarts_on=str(restarts_on(data.used_on)))


def restarts_on(used_on: date) -> date:
    """From this day on nothing prohibited has been used."""
    return used_on + timedelta(days=1)


def ripe_on(manured_on: date, days: Mapping[Contact, int], *, touches_soil: bool) -> date:
    """The first day of a harvest after raw manure."""
    return manured_on + timedelta(days=days["soil_contact" if touches_soil else "no_contact"])


def ensure_ruling(data: RuleInput, listed: InputStatus | None, *, today: date) -> None:
    if data.status not in RULED or listed not in (None, "unknown"):
        raise NotUnknown(key=data.key)
    if data.status == "restricted" and not data.restriction.strip():
        raise RestrictionMissing(field="restriction")
    if len(data.restriction) > TEXT_MAX:
        raise TooLong(field="restriction", most=TEXT_MAX)
    ensure_meeting(data.meeting_ref, data.decided_on, today=today)


def ensure_meeting(ref: str, decided_on: date, *, today: date) -> None:
    if not ref.strip() or len(ref) > REF_MAX:
        raise MeetingMissing(field="meeting_ref", most=REF_MAX)
    if not today - timedelta(days=DAYS_BACK_MAX) <= decided_on <= today:
        raise DayOutOfRange(field="decided_on")
