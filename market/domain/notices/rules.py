"""Who is told of what: by the event's tag, the roles or the persons that it concerns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

FACTS_KEPT = frozenset(
    ["code", "order_code", "number", "satang", "grams", "due_on", "valid_until", "planned_on"]
    + ["outcome", "stage", "reason", "kind", "from_on", "held_on", "state"]
)
"""What a notice may repeat of an event: codes, amounts and days, never a name."""


class Telling(msgspec.Struct, frozen=True):
    """`persons` are fields of the event that hold a person's id, or a list of them."""

    persons: tuple[str, ...] = ()
    role: str = ""
    group_field: str = ""
    """The event's field that names the group whose `role` is told."""


def facts(event: Mapping[str, object]) -> dict[str, str | int]:
    return {
        name: value
        for name, value in event.items()
        if name in FACTS_KEPT and isinstance(value, str | int)
    }


def persons(telling: Telling, event: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for field in telling.persons:
        match event.get(field):
            case str() as one if one:
                found.append(one)
            case list() as many:
                found += [str(each) for each in many]
    return found


TELLINGS: dict[str, Telling] = {}
