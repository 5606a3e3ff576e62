"""Which charter was in force, and what it said."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from certification.basis.database import in_use
from certification.schemes.presets import PRESETS, preset
from certification.schemes.rules import (
    Content,
    DraftMissing,
    NotInForce,
    SchemeMissing,
    SchemeUnknown,
    Version,
)
from certification.schemes.tables import Scheme, SchemeDraft, SchemeVersion

__all__ = ["PRESETS", "in_force", "preset", "schemes", "version", "versions"]


class SchemeView(msgspec.Struct, frozen=True):
    id: str
    code: str
    prefix: str
    owner: str


class Draft(msgspec.Struct, frozen=True):
    scheme: str
    revision: int
    based_on: str | None
    content: Content
    by: str
    at: datetime


async def scheme(code: str) -> SchemeView:
    row = await Scheme.select().where(Scheme.code == code).first()
    if row is None:
        raise SchemeUnknown(scheme=code[:20])
    return SchemeView(row["id"], row["code"], row["prefix"], row["owner"])


async def founded() -> list[SchemeView]:
    """Every scheme, also one of which no version is published yet."""
    rows = await Scheme.select().order_by(Scheme.code)
    return [SchemeView(row["id"], row["code"], row["prefix"], row["owner"]) for row in rows]


async def draft(scheme: str) -> Draft:
    row = await SchemeDraft.select().where(SchemeDraft.scheme == scheme).first()
    if row is None:
        raise DraftMissing(scheme=scheme[:20])
    content = msgspec.json.decode(row["content"], type=Content)
    return Draft(row["scheme"], row["revision"], row["based_on"], content, row["by"], row["at"])


async def used_by(network: str) -> frozenset[str]:
    """The schemes that a network owns or has adopted."""
    rows = await in_use().query(
        "SELECT code FROM scheme WHERE owner = {}"
        " UNION SELECT scheme AS code FROM scheme_adoption WHERE network = {}",
        network, network,
    )  # fmt: skip
    return frozenset(row["code"] for row in rows)


async def adopters(scheme: str) -> list[str]:
    rows = await in_use().query(
        "SELECT network FROM scheme_adoption WHERE scheme = {} ORDER BY at, id", scheme
    )
    return [row["network"] for row in rows]


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
        row["meeting_ref"],
        row["minutes_on"],
        row["meeting"],
    )


@lru_cache(maxsize=64)
def _content(text: str) -> Content:
    """A version is never rewritten, so each is decoded once."""
    return msgspec.json.decode(text, type=Content)
