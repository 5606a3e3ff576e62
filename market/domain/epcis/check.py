"""Whether a document is EPCIS 2.0: its form, the words of CBV, times with their zone, namespaces.

Written by the standard and not copied from GS1's schema, which may not be handed on. It refuses
what that schema refuses and more: a step, disposition or type that is no word of the vocabulary, a
field that no namespace knows, a time without a zone. Pure; every fault names event, field and kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from market.domain.epcis import values
from market.domain.epcis.values import Faulty, Prefixes
from market.domain.epcis.vocabulary import (
    COMPONENTS,
    DISPOSITIONS,
    ERRORS,
    EVENT_TYPES,
    PARTIES,
    TRANSACTIONS,
)

EVENTS_MAX = 500
WHOLE = 0
"""The number of the document itself; its events are 1, 2, …"""


class Fault(msgspec.Struct, frozen=True):
    event: int
    """1 is the first; 0: the document around them."""
    field: str
    kind: str
    """`epcis.fault.<kind>` in the catalogues says what to do."""


class Document(msgspec.Struct, frozen=True):
    events: tuple[dict[str, Any], ...]
    faults: tuple[Fault, ...]


Check = Callable[[Any, Prefixes], Iterator[Faulty]]


def read(said: bytes) -> Document:
    try:
        whole = msgspec.json.decode(said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _refused("", "not_json")
    if not isinstance(whole, dict):
        return _refused("", "not_an_object")
    prefixes, faults = values.context(whole.get("@context"))
    faults = [*faults, *_head(whole)]
    events = _events(whole)
    if isinstance(events, str):
        faults.append((events, "missing" if events != "eventList" else "not_a_list"))
        events = []
    if len(events) > EVENTS_MAX:
        return _refused("eventList", "too_many")
    found = [Fault(WHOLE, field, kind) for field, kind in faults]
    for place, one in enumerate(events, start=1):
        found += [Fault(place, field, kind) for field, kind in event(one, prefixes)]
    return Document(tuple(one for one in events if isinstance(one, dict)), tuple(found))


def _refused(field: str, kind: str) -> Document:
    return Document((), (Fault(WHOLE, field, kind),))


def _head(whole: Mapping[str, Any]) -> Iterator[Faulty]:
    if whole.get("type") not in ("EPCISDocument", "EPCISQueryDocument"):
        yield "type", "not_a_document"
    if str(whole.get("schemaVersion", "")).split(".")[0] != "2":
        yield "schemaVersion", "not_version_2"
    yield from _named("creationDate", values.instant, whole, {}, needed=True)


def _events(whole: Mapping[str, Any]) -> list[Any] | str:
    """Or the name of what is missing."""
    inside: Any = whole
    way = ["epcisBody"]
    if whole.get("type") == "EPCISQueryDocument":
        way += ["queryResults", "resultsBody"]
    for name in way:
        inside = inside.get(name)
        if not isinstance(inside, dict):
            return name
    events = inside.get("eventList", [inside["event"]] if "event" in inside else None)
    if events is None:
        return "epcisBody.eventList"
    return events if isinstance(events, list) and events else "eventList"


def event(one: Any, around: Prefixes) -> Iterator[Faulty]:
    if not isinstance(one, dict):
        yield "", "not_an_object"
        return
    own, faults = values.context(one["@context"], own=True) if "@context" in one else ({}, [])
    yield from faults
    prefixes = {**around, **own}
    kind = one.get("type")
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        yield "type", "missing" if kind is None else "no_such_event_type"
        return
    checks = {**OF_ALL, **OF_KIND[kind]}
    for name, check in checks.items():
        yield from _named(name, check, one, prefixes, needed=name in NEEDED[kind])
    for name in one:
        if name not in checks and name not in ("type", "@context"):
            yield from values.extension(name, prefixes)
    yield from _together(kind, one)


def _named(
    name: str, check: Check, inside: Mapping[str, Any], prefixes: Prefixes, *, needed: bool = False
) -> Iterator[Faulty]:
    if name not in inside:
        if needed:
            yield name, "missing"
        return
    for below, kind in check(inside[name], prefixes):
        yield (f"{name}.{below}" if below else name), kind


def _object(needed: tuple[str, ...] = (), *, free: bool = False, **fields: Check) -> Check:
    """`free`: fields of others' namespaces may stand in it."""

    def check(said: Any, prefixes: Prefixes) -> Iterator[Faulty]:
        if not isinstance(said, dict):
            yield "", "not_an_object"
            return
        for name, one in fields.items():
            yield from _named(name, one, said, prefixes, needed=name in needed)
        for name in said:
            if name not in fields:
                yield from values.extension(name, prefixes) if free else [(name, "unknown_field")]

    return check


def _list(each: Check, *, least: int = 0, once: bool = False) -> Check:
    def check(said: Any, prefixes: Prefixes) -> Iterator[Faulty]:
        if not isinstance(said, list):
            yield "", "not_a_list"
            return
        if len(said) < least:
            yield "", "empty"
        if once and len({str(one) for one in said}) < len(said):
            yield "", "twice"
        for place, one in enumerate(said, start=1):
            for below, kind in each(one, prefixes):
                yield (f"{place}.{below}" if below else str(place)), kind

    return check


def _one_or_many(each: Check) -> Check:
    many = _list(each, least=1)
    return lambda said, prefixes: (many if isinstance(said, list) else each)(said, prefixes)


def _ilmd(said: Any, prefixes: Prefixes) -> Iterator[Faulty]:
    if not isinstance(said, dict):
        yield "", "not_an_object"
        return
    for name in said:
        yield from values.extension(name, prefixes)


URI, TEXT, NUMBER = values.uri, values.text, values.number
DISPOSED = values.word("Disp", DISPOSITIONS)
STEP = values.STEP
PLACE = _object(("id",), free=True, id=URI)
QUANTITY = _object(("epcClass",), epcClass=URI, quantity=NUMBER, uom=values.unit)
EPCS = _list(URI, once=True)
QUANTITIES = _list(QUANTITY)
TRANSACTION = _object(
    ("bizTransaction",), type=values.word("BTT", TRANSACTIONS), bizTransaction=URI
)
PARTY = values.word("SDT", PARTIES)
REPORT = _object(
    ("type",), free=True, type=TEXT, exception=TEXT, time=values.instant, value=NUMBER,
    minValue=NUMBER, maxValue=NUMBER, meanValue=NUMBER, sDev=NUMBER, percRank=NUMBER,
    percValue=NUMBER, booleanValue=values.truth, hexBinaryValue=values.hexadecimal,
    stringValue=TEXT, uriValue=URI, uom=TEXT, component=values.word("Comp", COMPONENTS),
    deviceID=URI, deviceMetadata=URI, rawData=URI, dataProcessingMethod=URI, bizRules=URI,
    microorganism=URI, chemicalSubstance=URI, coordinateReferenceSystem=URI,
)  # fmt: skip
METADATA = _object(
    free=True, time=values.instant, startTime=values.instant, endTime=values.instant, deviceID=URI,
    deviceMetadata=URI, rawData=URI, dataProcessingMethod=URI, bizRules=URI,
)  # fmt: skip
SENSED = _list(
    _object(
        ("sensorReport",), free=True, sensorMetadata=METADATA, sensorReport=_list(REPORT, least=1)
    )
)
LASTING = _object(
    set=_list(DISPOSED, least=1, once=True), unset=_list(DISPOSED, least=1, once=True)
)

OF_ALL: dict[str, Check] = {
    "eventTime": values.instant,
    "eventTimeZoneOffset": values.offset,
    "recordTime": values.instant,
    "eventID": URI,
    "certificationInfo": _one_or_many(URI),
    "errorDeclaration": _object(
        ("declarationTime",), free=True, declarationTime=values.instant,
        reason=values.word("ER", ERRORS), correctiveEventIDs=_list(URI),
    ),
    "bizStep": STEP,
    "disposition": DISPOSED,
    "readPoint": PLACE,
    "bizLocation": PLACE,
    "bizTransactionList": _list(TRANSACTION),
    "sourceList": _list(_object(("type", "source"), type=PARTY, source=URI)),
    "destinationList": _list(_object(("type", "destination"), type=PARTY, destination=URI)),
    "sensorElementList": SENSED,
}  # fmt: skip
ACTION = {"action": values.action}
FAMILY = {**ACTION, "parentID": URI, "childEPCs": EPCS, "childQuantityList": QUANTITIES}
OF_KIND: dict[str, dict[str, Check]] = {
    "ObjectEvent": {
        **ACTION, "epcList": EPCS, "quantityList": QUANTITIES, "ilmd": _ilmd,
        "persistentDisposition": LASTING,
    },
    "AggregationEvent": FAMILY,
    "AssociationEvent": FAMILY,
    "TransactionEvent": {**ACTION, "parentID": URI, "epcList": EPCS, "quantityList": QUANTITIES},
    "TransformationEvent": {
        "inputEPCList": EPCS, "inputQuantityList": QUANTITIES, "outputEPCList": EPCS,
        "outputQuantityList": QUANTITIES, "transformationID": URI, "ilmd": _ilmd,
        "persistentDisposition": LASTING,
    },
}  # fmt: skip
WHEN = frozenset({"eventTime", "eventTimeZoneOffset"})
NEEDED: dict[str, frozenset[str]] = {
    "ObjectEvent": WHEN | {"action"},
    "AggregationEvent": WHEN | {"action"},
    "AssociationEvent": WHEN | {"action", "parentID"},
    "TransactionEvent": WHEN | {"action", "bizTransactionList"},
    "TransformationEvent": WHEN,
}


def _together(kind: str, one: Mapping[str, Any]) -> Iterator[Faulty]:
    """What no field alone can say."""
    if "ilmd" in one and one.get("action", "ADD") != "ADD":
        yield "ilmd", "only_when_added"
    if kind == "TransactionEvent" and one.get("bizTransactionList") == []:
        yield "bizTransactionList", "empty"
    if kind == "TransformationEvent":
        yield from _transformed(one)
    elif not _names_something(kind, one):
        yield NAMES[kind][0], "names_nothing"


NAMES = {
    "ObjectEvent": ("epcList", "quantityList"),
    "TransactionEvent": ("epcList", "quantityList"),
    "AggregationEvent": ("childEPCs", "childQuantityList"),
    "AssociationEvent": ("childEPCs", "childQuantityList"),
}


def _names_something(kind: str, one: Mapping[str, Any]) -> bool:
    if any(one.get(name) for name in NAMES[kind]):
        return True
    if kind == "ObjectEvent":
        sensed = bool(one.get("sensorElementList")) and "readPoint" in one
        return sensed or one.get("epcList") == []
    return one.get("action") == "DELETE" or (kind == "TransactionEvent" and "epcList" in one)


def _transformed(one: Mapping[str, Any]) -> Iterator[Faulty]:
    put_in = one.get("inputEPCList") or one.get("inputQuantityList")
    came_out = one.get("outputEPCList") or one.get("outputQuantityList")
    if "transformationID" in one and (put_in or came_out):
        return
    if not put_in:
        yield "inputQuantityList", "names_nothing"
    if not came_out:
        yield "outputQuantityList", "names_nothing"
