"""What befell lots and land, said as EPCIS 2.0 events: facts in, events out.

The same fact gives the same bytes and the same id for ever. An event names lots, plots, groups and
stops by our own addresses and nobody by name; an order is an opaque number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Literal

import msgspec

from certification.basis.refusal import Invalid, Missing
from certification.basis.units import THAILAND
from market.domain.epcis import prehash
from market.domain.epcis.vocabulary import EPCIS_CONTEXT

PREFIX, NAMESPACE = "tk", "urn:talat-khiao:v1:"
"""Our own words, as `certification/basis/contexts/v1.jsonld` explains them."""
NAMESPACES = {PREFIX: NAMESPACE}
KILO_GRAMS = 1000
ZONE = "+07:00"
VERSION = "2.0"


class NoSuchEvent(Missing):
    """Nobody told it here, or not to everybody."""

    code = "epcis.no_such_event"


class NotAsked(Invalid):
    """A filter that is not known here, or whose value cannot be read."""

    code = "epcis.query_parameter"


class Weighed(msgspec.Struct, frozen=True):
    lot: str
    """Its code."""
    grams: int


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What stands in the record, with all of the rows around it that an event says."""

    entry: int
    """Its number in the record."""
    told_at: datetime
    group: str
    """Whose it is: the code of the producer group."""


class Harvested(Fact, frozen=True, kw_only=True):
    lot: Weighed
    plot: str
    crop: str
    on: date
    claim: str
    certificate: str | None = None


class Inspected(Fact, frozen=True, kw_only=True):
    plot: str
    ended_at: datetime
    conformant: bool
    """Nothing critical or major was found."""


class CertificateTurned(Fact, frozen=True, kw_only=True):
    """Suspended, lifted or revoked: what of the plot may be called organic from that day."""

    plot: str
    certificate: str
    turn: Literal["suspended", "reinstated", "revoked"]
    on: date


class Carried(Fact, frozen=True, kw_only=True):
    """Onto a truck, off again before it left, or back from the round."""

    lot: Weighed
    turn: Literal["loaded", "unloaded", "returned"]
    place: str | None = None
    """The stop it goes to; none: to be sold on the way."""


class Spoilt(Fact, frozen=True, kw_only=True):
    lot: Weighed


class SoldInSum(Fact, frozen=True, kw_only=True):
    """All of a lot that was sold in a round until it was settled."""

    lot: Weighed


class Ordered(Fact, frozen=True, kw_only=True):
    """One order's lines of one group."""

    order: str
    """Only a digest of it is told."""
    lots: tuple[Weighed, ...]
    turn: Literal["reserved", "handed_over", "cancelled"]


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


Said = tuple[str, datetime, dict[str, Any], tuple[str, ...], bool]
"""Type, time, all the rest, what it is about, whether everybody may know."""


def _said(fact: Fact, origin: str) -> Said:
    match fact:
        case Harvested():
            return _harvested(fact, origin)
        case Inspected():
            return _inspected(fact, origin)
        case CertificateTurned():
            return _turned(fact, origin)
        case Carried():
            return _carried(fact, origin)
        case Ordered():
            return _ordered(fact, origin)
        case _:
            assert isinstance(fact, Spoilt | SoldInSum)
            return _of_lot(fact, fact.lot, GONE[type(fact)], origin)


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
        "quantityList": _quantities([fact.lot], origin),
        "ilmd": ilmd,
    }
    if fact.certificate:
        said["certificationInfo"] = f"{origin}/C/{fact.certificate}"
    return "ObjectEvent", _midnight(fact.on), said, (f"L/{fact.lot.lot}",), True


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
    return "ObjectEvent", _midnight(fact.on), said, (f"P/{fact.plot}",), True


CARRIED = {
    "loaded": ("shipping", "in_transit"),
    "unloaded": ("void_shipping", "active"),
    "returned": ("receiving", "returned"),
}


def _carried(fact: Carried, origin: str) -> Said:
    step, disposition = CARRIED[fact.turn]
    step_said: dict[str, Any] = {"action": "OBSERVE", "bizStep": step, "disposition": disposition}
    if fact.place:
        place = {"type": "location", "destination": f"{origin}/stops#{fact.place}"}
        step_said["destinationList"] = [place]
    return _of_lot(fact, fact.lot, step_said, origin)


def _of_lot(fact: Fact, lot: Weighed, step: Mapping[str, Any], origin: str) -> Said:
    said = {
        **step,
        "readPoint": {"id": f"{origin}/G/{fact.group}"},
        "quantityList": _quantities([lot], origin),
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
        "bizTransactionList": [{"type": "po", "bizTransaction": opaque(fact.order)}],
        "readPoint": {"id": f"{origin}/G/{fact.group}"},
        "quantityList": _quantities(fact.lots, origin),
    }
    names = tuple(f"L/{one.lot}" for one in fact.lots)
    return "TransactionEvent", fact.told_at, said, names, False


def opaque(id: str) -> str:
    """An order's id is random; of this digest nobody finds it again, and no code opens anything."""
    digest = hashlib.sha256(f"talat-khiao epcis order {id}".encode()).hexdigest()
    return f"urn:talat-khiao:order:{digest[:32]}"


def _quantities(lots: Sequence[Weighed], origin: str) -> list[dict[str, Any]]:
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


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), THAILAND)
