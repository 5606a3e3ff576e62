"""Who took along all that is kept of a plot or a group: the taking is written down, for whom it is
about to read."""

from __future__ import annotations

import msgspec

from certification.basis.refusal import Refusal

FIRST_YEAR = 2000
LAST_YEAR = 2200


class PackDiffers(Refusal):
    """This id already stands for another pack."""

    code = "packs.differs"


class TakePack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one plot, or of all plots of a group or network."""

    id: str
    plot: str | None = None
    organ: str | None = None
    scheme: str | None = None
    """Of one charter; of all where none is named."""
    year: int | None = None
    """Of the common era; of all years where none is named."""


class PackTaken(msgspec.Struct, frozen=True, tag="packs.taken"):
    """Empty, and the year 0, where nothing was said."""

    pack: str
    plot: str
    organ: str
    scheme: str
    year: int
