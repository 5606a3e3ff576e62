"""What befell lots and land, said as EPCIS 2.0 events: facts in, events out.

The same fact gives the same bytes and the same id for ever. An event names lots, plots, groups and
stops by our own addresses and nobody by name; an order is an opaque number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from certification.basis.refusal import Invalid, Missing
from market.domain.epcis import moved, prehash
from market.domain.epcis.facts import (
    CalledBack,
    Carried,
    CertificateTurned,
    Crated,
    Fact,
    Harvested,
    Inspected,
    Made,
    Moved,
    Ordered,
    SoldInSum,
    Spoilt,
    Weighed,
)
from market.domain.epcis.vocabulary import EPCIS_CONTEXT
from market.domain.epcis.written import (
    Said,
    instant,
    kilos,
    location,
    midnight,
    opaque,
    quantities,
)

PREFIX, NAMESPACE = "tk", "urn:talat-khiao:v1:"
"""Our own words, as `certification/basis/contexts/v1.jsonld` explains them."""
NAMESPACES = {PREFIX: NAMESPACE}
ZONE = "+07:00"
VERSION = "2.0"


class NoSuchEvent(Missing):
    """Nobody told it here, or not to everybody."""

    code = "epcis.no_such_event"


class NotAsked(Invalid):
    """A filter that is not known here, or whose value cannot be read."""

    code = "epcis.query_parameter"


class Event(msgspec.Struct, frozen=True):
    id: str
    at: datetime
    told_at: datetime
    entry: int
    group: str
    kind: str
    public: bool
    names: tuple[str, ...]
    """What it is about, as `L/7K2M9QXD`."""
    body: bytes


def context() -> list[Any]:
    """Of every document of ours. Our own words have an address each, none is caught by `@vocab`."""
    return [EPCIS_CONTEXT, NAMESPACES]


def event(fact: Fact, origin: str) -> Event:
    kind, at, said, names, public = _said(fact, origin)
    head = {
        "type": kind,
        "eventTime": instant(at),
        "eventTimeZoneOffset": ZONE,
        "recordTime": instant(fact.told_at),
    }
    whole = {**head, **said}
    if public:  # whoever follows an order's entry in the record would find the order
        whole[f"{PREFIX}:entry"] = f"{origin}/log/proof/{fact.entry}"
    id = prehash.event_id(whole, NAMESPACES)
    body = msgspec.json.encode({"eventID": id, **whole})
    return Event(id, at, fact.told_at, fact.entry, fact.group, kind, public, names, body)


def _said(fact: Fact, origin: str) -> Said:
    if isinstance(fact, Spoilt | SoldInSum):
        return _of_lot(fact, fact.lot, GONE[type(fact)], origin)
    said: Said = SAID[type(fact)](fact, origin)
    return said


GONE: dict[type[Fact], dict[str, str]] = {
    Spoilt: {"action": "DELETE", "bizStep": "destroying", "disposition": "disposed"},
    SoldInSum: {"action": "OBSERVE", "bizStep": "retail_selling", "disposition": "retail_sold"},
}


def _harvested(fact: Harvested, origin: str) -> Said:
    plot = {"id": f"{origin}/P/{fact.plot}"}
    ilmd = {
        f"{PREFIX}:cropCode": fact.crop,
        f"{PREFIX}:harvestDate": fact.on.isoformat(),
        f"{PREFIX}:claim": fact.claim,
    }
    if fact.certificate:
        ilmd[f"{PREFIX}:certificate"] = f"{origin}/C/{fact.certificate}"
    said = {
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "readPoint": plot,
        "bizLocation": plot,
        "quantityList": quantities([fact.lot], origin),
        "ilmd": ilmd,
    }
    if fact.certificate:
        said["certificationInfo"] = f"{origin}/C/{fact.certificate}"
    return "ObjectEvent", midnight(fact.on), said, (f"L/{fact.lot.lot}",), True


def _inspected(fact: Inspected, origin: str) -> Said:
    """That something was found is told to those who may read findings, and to nobody else."""
    plot = f"{origin}/P/{fact.plot}"
    said = {
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "disposition": "conformant" if fact.conformant else "non_conformant",
        "readPoint": {"id": plot},
        "epcList": [plot],
    }
    return "ObjectEvent", fact.ended_at, said, (f"P/{fact.plot}",), fact.conformant


TURNS = {
    "suspended": ("holding", "non_sellable_other", "set"),
    "reinstated": ("inspecting", "conformant", "unset"),
    "revoked": ("holding", "non_conformant", "set"),
}


def _turned(fact: CertificateTurned, origin: str) -> Said:
    step, disposition, lasting = TURNS[fact.turn]
    plot, paper = f"{origin}/P/{fact.plot}", f"{origin}/C/{fact.certificate}"
    said = {
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": disposition,
        "persistentDisposition": {lasting: ["non_sellable_other"]},
        "certificationInfo": paper,
        "readPoint": {"id": plot},
        "epcList": [plot],
        "bizTransactionList": [{"type": "cert", "bizTransaction": paper}],
    }
    return "ObjectEvent", midnight(fact.on), said, (f"P/{fact.plot}",), True


CARRIED = {
    "loaded": ("shipping", "in_transit"),
    "unloaded": ("void_shipping", "active"),
    "returned": ("receiving", "returned"),
}


def _carried(fact: Carried, origin: str) -> Said:
    step, disposition = CARRIED[fact.turn]
    step_said: dict[str, Any] = {"action": "OBSERVE", "bizStep": step, "disposition": disposition}
    if fact.place:
        step_said["destinationList"] = location("destination", fact.place, origin)
    return _of_lot(fact, fact.lot, step_said, origin)


def _of_lot(fact: Fact, lot: Weighed, step: Mapping[str, Any], origin: str) -> Said:
    said = {
        **step,
        "readPoint": {"id": f"{origin}/G/{fact.group}"},
        "quantityList": quantities([lot], origin),
    }
    return "ObjectEvent", fact.told_at, said, (f"L/{lot.lot}",), True


ORDERED = {
    "reserved": ("ADD", "reserving", "reserved"),
    "handed_over": ("OBSERVE", "retail_selling", "retail_sold"),
    "cancelled": ("DELETE", "reserving", "sellable_accessible"),
}


def _ordered(fact: Ordered, origin: str) -> Said:
    action, step, disposition = ORDERED[fact.turn]
    said = {
        "action": action,
        "bizStep": step,
        "disposition": disposition,
        "bizTransactionList": [{"type": "po", "bizTransaction": opaque("order", fact.order)}],
        "readPoint": {"id": f"{origin}/G/{fact.group}"},
        "quantityList": quantities(fact.lots, origin),
    }
    names = tuple(f"L/{one.lot}" for one in fact.lots)
    return "TransactionEvent", fact.told_at, said, names, False


STEPS = {"split": "repackaging", "mix": "commissioning", "pack": "packing"}


def _made(fact: Made, origin: str) -> Said:
    """The claim of what came out is not said: a correction may change it, and the lot's page and
    its signed file tell it as it is known now."""
    said = {
        "bizStep": STEPS[fact.kind],
        "disposition": "active",
        "readPoint": {"id": f"{origin}/G/{fact.group}"},
        "inputQuantityList": quantities(fact.inputs, origin),
        "outputQuantityList": quantities(fact.outputs, origin),
        "ilmd": {f"{PREFIX}:lossKilos": kilos(fact.loss_grams)},
    }
    names = tuple(f"L/{one.lot}" for one in (*fact.inputs, *fact.outputs))
    return "TransformationEvent", fact.told_at, said, names, True


def declared_wrong(body: str, right: Event) -> bytes:
    """The event that was told, under its own id, with what is to be believed instead."""
    wrong = {
        "declarationTime": instant(right.told_at),
        "reason": "incorrect_data",
        "correctiveEventIDs": [right.id],
    }
    return msgspec.json.encode({**msgspec.json.decode(body), "errorDeclaration": wrong})


SAID: dict[type[Fact], Any] = {
    Harvested: _harvested, Inspected: _inspected, CertificateTurned: _turned, Carried: _carried,
    Ordered: _ordered, Made: _made, Crated: moved.crated, Moved: moved.moved,
    CalledBack: moved.called_back,
}  # fmt: skip
