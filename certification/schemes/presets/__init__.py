"""Schemes that ship with the product, to be published as they are or amended first.

`checklist.json` and `inputs.json` are what all of them begin with; a preset says its own settings,
pledge and prohibitions, or which other preset it is `like` and in what it differs.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from certification.schemes.content import Content
from certification.schemes.refusals import UnknownPreset

PRESETS = ("sgs-pgs", "sgs-pgs-small", "sdgspgs", "vietnam-like")
_FILES = files("certification.schemes.presets")


@cache
def preset(name: str) -> Content:
    if name not in PRESETS:
        raise UnknownPreset(field="preset", preset=name[:40])
    told = _told(name)
    chapters = told.pop("chapters", {})
    items = _read("checklist")
    checklist = [item | {"chapter": chapters.get(item["code"], item["chapter"])} for item in items]
    return msgspec.convert(told | {"checklist": checklist, "inputs": _read("inputs")}, Content)


def _told(name: str) -> dict[str, Any]:
    told: dict[str, Any] = _read(name)
    if "like" not in told:
        return told
    base = _told(told.pop("like"))
    within = {key: base[key] | told.pop(key, {}) for key in ("rules", "sources")}
    return base | told | within


def _read(name: str) -> Any:
    return msgspec.json.decode((_FILES / f"{name}.json").read_bytes())
