"""No body carries a word that its door does not know: nobody slips an owner, a role, a state in."""

from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.routes import HTTPRoute
from msgspec import inspect

from tests.access import oracle
from tests.access.crafted import crafted
from tests.access.sown import Sown
from tests.cast import MALEE
from tests.databases import only_sqlite
from tests.doors import known

INNER = ("types", "item_types")
ONE = ("item_type", "value_type")


def structs(info: Any, seen: set[type]) -> Iterator[type]:
    """Every Struct that a body of this type may hold."""
    if isinstance(info, inspect.StructType):
        if info.cls in seen:
            return
        seen.add(info.cls)
        yield info.cls
        for field in info.fields:
            yield from structs(field.type, seen)
    for name in INNER:
        for inner in getattr(info, name, None) or ():
            yield from structs(inner, seen)
    for name in ONE:
        if hasattr(info, name):
            yield from structs(getattr(info, name), seen)


def bodies() -> Iterator[type]:
    seen = set[type]()
    for route in known().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if handler.parsed_data_field is not None:
                yield from structs(inspect.type_info(handler.parsed_data_field.raw), seen)


def test_every_body_refuses_what_it_does_not_know() -> None:
    known = list(bodies())
    loose = [one.__name__ for one in known if not one.__struct_config__.forbid_unknown_fields]
    assert not loose
    assert len(known) > 60


@only_sqlite  # refused before anything is read
async def test_a_word_too_many_is_refused_at_each_door(sown: Sown) -> None:
    wrong, tried = [], 0
    for door in sown.routes():
        if not door.api or door.handler.parsed_data_field is None:
            continue
        who, tried = sown.somebody(door), tried + 1
        await sown.doors.step_up(who)
        known = crafted(door.handler.parsed_data_field.raw, "id", least=True)
        body = msgspec.json.encode({"owned_by": MALEE, **known})
        said = await sown.ask(door, who, content=body, headers={"content-type": "application/json"})
        if said.status_code != 400 or "owned_by" not in said.text:
            wrong.append((door.name, said.status_code, said.text[:200]))
    assert not wrong, oracle.told(wrong)
    assert tried > 50
