"""Charters: what a PGS scheme asks, frozen in versions. Anybody may read them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from certification.basis.ids import is_id
from certification.schemes import commands, queries
from certification.schemes.rules import (
    Content,
    PublishScheme,
    SchemeMissing,
    SchemePublished,
    UnknownPreset,
    Version,
)
from market.access import deeds
from market.access.permit import Permit
from market.access.refusals import NotThere


class VersionListed(msgspec.Struct, frozen=True):
    id: str
    scheme: str
    version: int
    name_th: str
    name_en: str
    effective_from: date
    digest: str


@get(
    "/api/v1/schemes",
    opt={"op": "scheme.read"},
    tags=["schemes"],
    summary="Every version of every scheme, the oldest first",
)
async def list_schemes() -> list[VersionListed]:
    found = [one for scheme in await queries.schemes() for one in await queries.versions(scheme)]
    return [
        VersionListed(
            one.id, one.scheme, one.version, one.content.name.th, one.content.name.en,
            one.effective_from, one.digest,
        )
        for one in found
    ]  # fmt: skip


@get(
    "/api/v1/schemes/{id:str}",
    opt={"op": "scheme.read"},
    tags=["schemes"],
    summary="One version: settings with their sources, checklist, pledge, prohibitions",
)
async def read_scheme(id: FromPath[str]) -> Version:
    try:
        if is_id(id):
            return await queries.version(id)
    except SchemeMissing:
        pass
    raise NotThere


@get(
    "/api/v1/scheme-presets/{name:str}",
    opt={"op": "scheme.read"},
    tags=["schemes"],
    summary="A scheme that ships with the product, to be amended and published",
)
async def read_preset(name: FromPath[str]) -> Content:
    try:
        return queries.preset(name)
    except UnknownPreset:
        raise NotThere from None


@post(
    "/api/v1/schemes",
    opt={"op": "scheme.publish"},
    tags=["schemes"],
    summary="A version that a meeting adopted; applications keep the one they were made under",
)
async def publish(
    data: JSONBody[PublishScheme],
    permit: NamedDependency[Permit],
    at: NamedDependency[datetime],
) -> SchemePublished:
    return await deeds.once(commands.publish, data, SchemePublished, by=permit.person, at=at)


DOORS = [list_schemes, read_scheme, read_preset, publish]
