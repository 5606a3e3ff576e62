"""How each crop looks: the flat drawings of produce.svg, one for a crop or for several alike."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

SYMBOL = re.compile(r'<symbol id="([a-z]+)" viewBox="0 0 64 64" data-crops="([^"]*)">(.*)</symbol>')
PLAIN = "leafy"


class Look(NamedTuple):
    crops: tuple[str, ...]
    inside: str
    """Of an SVG, 64 by 64."""


@cache
def looks() -> dict[str, Look]:
    text = (files("market.web") / "produce.svg").read_text(encoding="utf-8")
    return {name: Look(tuple(of.split()), inside) for name, of, inside in SYMBOL.findall(text)}


@cache
def _by_crop() -> dict[str, str]:
    return {crop: name for name, look in looks().items() for crop in look.crops}


def look_of(crop: str) -> str:
    """The leafy one where we have no drawing of it."""
    return _by_crop().get(crop, PLAIN)
