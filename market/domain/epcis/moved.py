"""Crates, what goes from place to place, and what was called back, said as events. Pure."""

from __future__ import annotations

from typing import Any

from market.domain.epcis.facts import CalledBack, Crated, Moved
from market.domain.epcis.written import Said, here, location, opaque, quantities

CRATED = {"filled": ("ADD", "packing"), "emptied": ("DELETE", "unpacking")}


def crated(fact: Crated, origin: str) -> Said:
    action, step = CRATED[fact.turn]
    crate = f"S/{fact.crate}"
    said = {
        "action": action,
        "bizStep": step,
        "disposition": "in_progress",
        "parentID": f"{origin}/{crate}",
        "readPoint": here(fact, fact.place, origin),
        "childQuantityList": quantities(fact.lots, origin),
    }
    names = (crate, *(f"L/{one.lot}" for one in fact.lots))
    return "AggregationEvent", fact.told_at, said, names, True


MOVED = {
    "sent": ("shipping", "in_transit"),
    "counted": ("receiving", "in_progress"),
    "counted_otherwise": ("receiving", "mismatch_quantity"),
}


def moved(fact: Moved, origin: str) -> Said:
    step, disposition = MOVED[fact.turn]
    said: dict[str, Any] = {
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "bizTransactionList": [
            {"type": "desadv", "bizTransaction": opaque("dispatch", fact.dispatch)}
        ],
        "readPoint": here(fact, fact.from_place if fact.turn == "sent" else fact.to_place, origin),
        "quantityList": quantities(fact.lots, origin),
    }
    if fact.crates:
        said["epcList"] = [f"{origin}/S/{crate}" for crate in fact.crates]
    if fact.from_place:
        said["sourceList"] = location("source", fact.from_place, origin)
    if fact.to_place:
        said["destinationList"] = location("destination", fact.to_place, origin)
    names = (*(f"L/{one.lot}" for one in fact.lots), *(f"S/{crate}" for crate in fact.crates))
    return "ObjectEvent", fact.at, said, names, True


CALLED_BACK = {
    "recalled": ("holding", "recalled", "set"),
    "cleared": ("inspecting", "conformant", "unset"),
}


def called_back(fact: CalledBack, origin: str) -> Said:
    """No quantity: whatever there is of it, wherever it is."""
    step, disposition, lasting = CALLED_BACK[fact.turn]
    said = {
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "persistentDisposition": {lasting: ["recalled"]},
        "readPoint": here(fact, None, origin),
        "quantityList": [{"epcClass": f"{origin}/L/{fact.lot}"}],
    }
    return "ObjectEvent", fact.told_at, said, (f"L/{fact.lot}",), True
