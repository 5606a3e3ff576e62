"""Which charter was in force, and what it said."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from certification.schemes.presets import PRESETS, preset
from certification.schemes.rules import Content, NotInForce, SchemeMissing, Version
from certification.schemes.tables import SchemeVersion

__all__ = ["PRESETS", "in_force", "preset", "schemes", "version", "versions"]


async def in_force(scheme: str, on: date) -> Version:
    """The newest version that had come into force; of two from the same day the later one."""
    row = await (
        SchemeVersion.select()
        .where((SchemeVersion.scheme == scheme) & (SchemeVersion.effective_from <= on))
        .order_by(SchemeVersion.effective_from, SchemeVersion.version, ascending=False)
        .first()
    )
    if row is None:
        raise NotInForce(scheme=scheme, on=on.isoformat())
    return _version(row)


async def version(id: str) -> Version:
    row = await SchemeVersion.select().where(SchemeVersion.id == id).first()
    if row is None:
        raise SchemeMissing(version=id)
    return _version(row)


async def versions(scheme: str) -> list[Version]:
    """Oldest first."""
    rows = SchemeVersion.select().where(SchemeVersion.scheme == scheme)
    return [_version(row) for row in await rows.order_by(SchemeVersion.version)]


async def schemes() -> list[str]:
    rows = await SchemeVersion.select(SchemeVersion.scheme).distinct()
    return sorted(row["scheme"] for row in rows)


def _version(row: dict[str, Any]) -> Version:
    return Version(
        row["id"],
        row["scheme"],
        row["version"],
        row["effective_from"],
        row["digest"],
        _content(row["content"]),
    )


@lru_cache(maxsize=64)
def _content(text: str) -> Content:
    """A version is never rewritten, so each is decoded once."""
    return msgspec.json.decode(text, type=Content)
