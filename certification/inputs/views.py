"""A use, a ruling, and what waits for one, as they are read."""

from __future__ import annotations

from datetime import date

import msgspec

from certification.inputs.claims import CLAIMED, COUNTS, Word
from certification.inputs.rules import Judged, worst
from certification.schemes.content import InputStatus


class UseView(msgspec.Struct, frozen=True):
    id: str
    plot: str
    farmer: str
    code: str | None
    product: str | None
    amount: str
    used_on: date
    crop: str | None
    area_m2: int | None
    supplier: str | None
    photo: str | None
    by: str
    judged: tuple[Judged, ...]
    """By each scheme as it stands now."""
    word: Word
    struck: str | None
    """Why it was struck, by a later entry."""

    @property
    def status(self) -> InputStatus:
        return worst(one.status for one in self.judged)

    @property
    def counts(self) -> bool:
        """Whether anything follows from it."""
        return self.word in COUNTS and self.struck is None

    @property
    def claimed(self) -> bool:
        """Said by somebody else, and the farmer has not said that it was so."""
        return self.status == "prohibited" and self.word in CLAIMED and self.struck is None


class RulingView(msgspec.Struct, frozen=True):
    id: str
    scheme: str
    key: str
    status: InputStatus
    restriction: str | None
    decided_on: date
    meeting_ref: str


class Unknown(msgspec.Struct, frozen=True):
    """Something used that a scheme does not know, with the uses that wait."""

    scheme: str
    key: str
    code: str | None
    product: str
    uses: tuple[str, ...]
    first_used_on: date
