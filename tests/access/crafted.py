"""Bodies that can be read and make no sense: what stands behind a Struct, filled with the worst."""

from base64 import b64encode
from typing import Any

from msgspec import inspect

HUGE = 2**62
TEXTS = {
    "nul": "a\0b",
    "empty": "",
    "long": "ก" * 30_000,
    "id": "01930000-0000-7000-8000-00000000ffff",
}
NUMBERS = {"nul": -1, "empty": 0, "long": HUGE, "id": 1}
DATES = {"nul": "0001-01-01", "empty": "9999-12-31", "long": "2026-02-29", "id": "2026-11-22"}
FLAVOURS = tuple(TEXTS)


def crafted(of: Any, flavour: str, *, least: bool = False) -> Any:
    """A value that decodes as `of` as far as types go; limits may refuse it.

    With `least` only what must be there.
    """
    return _made(inspect.type_info(of), flavour, 0, least=least)


def _made(info: Any, flavour: str, depth: int, *, least: bool) -> Any:
    match info:
        case inspect.StructType():
            return {
                f.encode_name: _made(f.type, flavour, depth + 1, least=least)
                for f in info.fields
                if f.required or not least
            }
        case inspect.UnionType():
            known = [t for t in info.types if not isinstance(t, inspect.NoneType)]
            return _made(known[0], flavour, depth, least=least)
        case inspect.ListType() | inspect.VarTupleType() | inspect.SetType():
            return [] if depth > 4 else [_made(info.item_type, flavour, depth + 1, least=least)] * 2
    return _plain(info, flavour)


def _plain(info: Any, flavour: str) -> Any:
    match info:
        case inspect.IntType() | inspect.FloatType():
            made: Any = NUMBERS[flavour]
        case inspect.BoolType():
            made = flavour == "id"
        case inspect.DateType():
            made = DATES[flavour]
        case inspect.DateTimeType():
            made = f"{DATES[flavour]}T00:00:00Z"
        case inspect.LiteralType():
            made = info.values[0]
        case inspect.ByteArrayType() | inspect.BytesType():
            made = b64encode(TEXTS[flavour].encode()).decode()
        case inspect.DictType() | inspect.AnyType():
            made = {} if flavour == "empty" else {"type": "Polygon", "coordinates": [[[0, 0]]]}
        case _:
            made = TEXTS[flavour]
    return made
