"""The id of an event by what it says (CBV 2.0 section 8.9): one order, one spelling, one SHA-256.

Pure, and of its own making; tests hold it against GS1 Germany's generator. What makes no part of
the event itself (`eventID`, `recordTime`, `errorDeclaration`) makes no part of its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from market.domain.epcis.vocabulary import WEB

Namespaces = Mapping[str, str]
"""What a prefix of the document's context stands for."""

QUANTITY = ("epcClass", "quantity", "uom")
ORDER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("eventTime", "", ()),
    ("eventTimeZoneOffset", "", ()),
    ("certificationInfo", "", ()),
    ("parentID", "", ()),
    ("epcList", "epc", ()),
    ("inputEPCList", "epc", ()),
    ("childEPCs", "epc", ()),
    ("quantityList", "quantityElement", QUANTITY),
    ("childQuantityList", "quantityElement", QUANTITY),
    ("inputQuantityList", "quantityElement", QUANTITY),
    ("outputEPCList", "epc", ()),
    ("outputQuantityList", "quantityElement", QUANTITY),
    ("action", "", ()),
    ("transformationID", "", ()),
    ("bizStep", "", ()),
    ("disposition", "", ()),
    ("persistentDisposition", "", ("set", "unset")),
    ("readPoint", "", ("id",)),
    ("bizLocation", "", ("id",)),
)
"""Field, what each of a list is called, and what it has inside."""
PAIRS = {
    "bizTransactionList": ("BTT", "bizTransaction"),
    "sourceList": ("SDT", "source"),
    "destinationList": ("SDT", "destination"),
}
SPOKEN = {"bizStep": "BizStep", "disposition": "Disp", "set": "Disp", "unset": "Disp"}
"""Fields whose words are short for an address of the vocabulary."""
NOT_OF_IT = frozenset({"type", "eventID", "recordTime", "errorDeclaration", "@context"})


def event_id(event: Mapping[str, Any], namespaces: Namespaces) -> str:
    digest = hashlib.sha256(prehash(event, namespaces).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def prehash(event: Mapping[str, Any], namespaces: Namespaces) -> str:
    known = {name for name, _, _ in ORDER}
    said = [f"eventType={event['type']}"]
    for name, each, inside in ORDER:
        if name in event:
            said.append(_field(name, each, inside, event[name]))
    rest = (
        _rest(name, value, namespaces)
        for name, value in event.items()
        if name not in known and name not in NOT_OF_IT
    )
    return "".join([*said, *sorted(rest)])


def _field(name: str, each: str, inside: Sequence[str], value: Any) -> str:
    if each:
        many = sorted(
            each + _inside(one, inside) if inside else f"{each}={_plain(one)}" for one in value
        )
        return name + "".join(many) if many else ""
    if inside:
        return name + _inside(value, inside)
    return "".join(sorted(f"{name}={_value(name, one)}" for one in _listed(value)))


def _inside(value: Mapping[str, Any], names: Iterable[str]) -> str:
    return "".join(
        "".join(sorted(f"{name}={_value(name, one)}" for one in _listed(value[name])))
        for name in names
        if name in value
    )


def _rest(name: str, value: Any, namespaces: Namespaces) -> str:
    if name in PAIRS:
        kind, what = PAIRS[name]
        return name + "".join(sorted(_pair(kind, what, one) for one in value))
    return _free(name, value, namespaces)


def _pair(kind: str, what: str, one: Mapping[str, str]) -> str:
    typed = f"type={_web(kind, one['type'])}" if "type" in one else ""
    return f"{typed}{what}={one[what]}"


def _free(name: str, value: Any, namespaces: Namespaces) -> str:
    """What stands in nobody's order: by the alphabet, prefixes written out."""
    name = _written_out(name, namespaces)
    if isinstance(value, list | tuple):
        return "".join(sorted(_free(name, one, namespaces) for one in value))
    if isinstance(value, Mapping):
        return name + "".join(sorted(_free(key, one, namespaces) for key, one in value.items()))
    return f"{name}={_plain(value)}"


def _written_out(name: str, namespaces: Namespaces) -> str:
    prefix, colon, local = name.partition(":")
    return f"{{{namespaces[prefix]}}}{local}" if colon and prefix in namespaces else name


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _value(name: str, value: Any) -> str:
    if name == "eventTime":
        return in_utc(value)
    return _web(SPOKEN[name], value) if name in SPOKEN else _plain(value)


def _web(kind: str, word: str) -> str:
    return word if ":" in word else f"{WEB}{kind}-{word}"


def _plain(value: Any) -> str:
    """A number in its shortest form, also where it stands in quotes."""
    try:
        number = float(value)
        return str(int(number) if number.is_integer() else number)
    except ValueError:
        return str(value).strip()


def in_utc(said: str) -> str:
    """Whole milliseconds, the half to the even one."""
    at = datetime.fromisoformat(said).astimezone(UTC)
    whole = timedelta(microseconds=round(at.microsecond, -3) - at.microsecond)
    return (at + whole).isoformat(timespec="milliseconds").replace("+00:00", "Z")
