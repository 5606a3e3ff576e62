"""How long a message may be, how many a day, and until when it can be stopped."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from certification.basis.refusal import Invalid, Missing, Refusal

LETTERS_MAX = 500
A_DAY_MAX = 3
"""To one group or area: who is told too often hears nothing any more."""
STOPPABLE_FOR = timedelta(minutes=10)


class BroadcastMissing(Missing):
    code = "broadcasts.missing"


class TextMissing(Invalid):
    """In each language something, and not too much."""

    code = "broadcasts.text_missing"


class NoPlace(Invalid):
    """To a group, or to an area: one of the two."""

    code = "broadcasts.no_place"


class NobodyThere(Refusal):
    code = "broadcasts.nobody_there"


class EnoughToday(Refusal):
    code = "broadcasts.enough_today"


class OnItsWay(Refusal):
    """It went out before it could be stopped."""

    code = "broadcasts.on_its_way"


class WriteBroadcast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    text_th: str
    text_en: str
    organ: str = ""
    area: str = ""
    """A DOPA code; it covers every code that begins with it."""


class Reach(msgspec.Struct, frozen=True):
    """Whom it reaches, and how: counts, never names."""

    people: int
    channels: dict[str, int]
    page_only: int
    """Who reads it under "Mine" alone: no contact, or none for broadcasts."""
    declined: int
    """Of these, who does not wish to be sent broadcasts."""
    quiet_now: int
    """Of those with a contact, who sleeps now and is sent it afterwards."""


class BroadcastWritten(msgspec.Struct, frozen=True, tag="broadcasts.written"):
    broadcast: str
    place: str
    people: int
    goes_at: str


class BroadcastStopped(msgspec.Struct, frozen=True, tag="broadcasts.stopped"):
    broadcast: str


class BroadcastWent(msgspec.Struct, frozen=True, tag="broadcasts.went"):
    broadcast: str


class BroadcastView(msgspec.Struct, frozen=True):
    id: str
    organ: str | None
    area: str | None
    text_th: str
    text_en: str
    people: int
    goes_at: datetime
    by: str
    at: datetime
    went_at: datetime | None
    stopped_at: datetime | None

    @property
    def state(self) -> str:
        return "went" if self.went_at else "stopped" if self.stopped_at else "waiting"


def ensure_sound(data: WriteBroadcast) -> None:
    if bool(data.organ) == bool(data.area):
        raise NoPlace(field="organ")
    for field in ("text_th", "text_en"):
        said = getattr(data, field).strip()
        if not said or len(said) > LETTERS_MAX:
            raise TextMissing(field=field, most=LETTERS_MAX)
