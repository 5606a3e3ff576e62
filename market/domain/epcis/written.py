"""How amounts, moments and addresses are written in an event. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from certification.basis.units import THAILAND
from market.domain.epcis.facts import Fact, Weighed

KILO_GRAMS = 1000
Said = tuple[str, datetime, dict[str, Any], tuple[str, ...], bool]
"""Type, time, all the rest, what it is about, whether everybody may know."""


def opaque(kind: str, id: str) -> str:
    """Ids are random; of this digest nobody finds one again, and no code opens anything."""
    digest = hashlib.sha256(f"talat-khiao epcis {kind} {id}".encode()).hexdigest()
    return f"urn:talat-khiao:{kind}:{digest[:32]}"


def here(fact: Fact, place: str | None, origin: str) -> dict[str, str]:
    """With whom, where no place may be named."""
    return {"id": f"{origin}/stops#{place}" if place else f"{origin}/G/{fact.group}"}


def location(end: str, place: str, origin: str) -> list[dict[str, str]]:
    return [{"type": "location", end: f"{origin}/stops#{place}"}]


def quantities(lots: Sequence[Weighed], origin: str) -> list[dict[str, Any]]:
    return [
        {"epcClass": f"{origin}/L/{one.lot}", "quantity": kilos(one.grams), "uom": "KGM"}
        for one in lots
    ]


def kilos(grams: int) -> int | float:
    whole, left = divmod(grams, KILO_GRAMS)
    return grams / KILO_GRAMS if left else whole


def instant(at: datetime) -> str:
    """In the village's time, which `eventTimeZoneOffset` names too."""
    return at.astimezone(THAILAND).isoformat(timespec="milliseconds")


def midnight(on: date) -> datetime:
    return datetime.combine(on, time(), THAILAND)
