"""What a helper types is the farmer's word only once the farmer has said so."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from certification.basis.refusal import Forbidden, Invalid, Missing, Refusal

How = Literal["own", "pin", "paper"]
DEEDS_MAX = 100
"""That one PIN or one slip confirms."""


class Unknown(Missing):
    code = "spoken.unknown"


class OnlyOneself(Forbidden):
    """A yes on the own phone, and a "this was not me", are said by nobody else."""

    code = "spoken.only_oneself"


class TooMany(Invalid):
    """None of them was confirmed; `most` at once."""

    code = "spoken.too_many"


class Settled(Refusal):
    """Confirmed by the person, or denied: it stays as it was said."""

    code = "spoken.settled"


class NoPin(Refusal):
    """Who never chose a PIN signs on paper."""

    code = "spoken.no_pin"


class NothingChosen(Invalid):
    code = "spoken.nothing_chosen"


class Speak(msgspec.Struct, frozen=True):
    """`id` is the deed's, `deed` its event's tag, `subject` what it was about."""

    id: str
    person: str
    deed: str
    subject: str
    group: str


class SpokenView(msgspec.Struct, frozen=True):
    id: str
    person: str
    typed_by: str
    deed: str
    subject: str
    group: str
    at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    how: str | None
    slip: str | None
    denied_at: datetime | None

    @property
    def state(self) -> str:
        """`waiting`, `denied`, or how it was confirmed."""
        return "denied" if self.denied_at else self.how or "waiting"


class Said(msgspec.Struct, frozen=True, tag="spoken.said"):
    spoken: str
    person: str
    deed: str


class Confirmed(msgspec.Struct, frozen=True, tag="spoken.confirmed"):
    spoken: str
    person: str
    how: str


class Denied(msgspec.Struct, frozen=True, tag="spoken.denied"):
    """The board of the group is told."""

    spoken: str
    person: str
    typed_by: str
    deed: str
    group: str


def ensure_oneself(said: SpokenView, person: str) -> None:
    if said.person != person:
        raise OnlyOneself
