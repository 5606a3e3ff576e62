"""What a sheet for others looks like, and over what it reaches. Heads are fixed: whoever reads the
file by program finds them whatever the language of the page was."""

from __future__ import annotations

from datetime import date

import msgspec

from certification.basis.refusal import Missing

Cell = str | int | date | None
Row = tuple[Cell, ...]
FIRST, LAST = date(1900, 1, 1), date(9998, 12, 31)


class NoSuchSheet(Missing):
    """There is no table of that name."""

    code = "exchange.no_sheet"


class Grams(int):
    """To be written as kilos."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    groups: tuple[str, ...]
    """Ids; of a network, those of its groups."""
    networks: tuple[str, ...] = ()
    since: date = FIRST
    until: date = LAST
    lot: str | None = None
    """Its id: only what went into it and what came of it."""
    today: date
    names: bool = False
    """Whether who asks may know the farmers by name."""


class Head(msgspec.Struct, frozen=True):
    name: str
    fills: tuple[str, ...] = ()
    """Paragraphs of 21 CFR part 1 subpart S that ask for it."""


def heads(*named: str) -> tuple[Head, ...]:
    return tuple(Head(one) for one in named)
