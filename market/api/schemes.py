"""Charters: what a PGS scheme asks, frozen in versions. Anybody may read them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from certification.basis.ids import is_id
from certification.basis.transaction import run
from certification.meetings import charters
from certification.schemes import changes, commands, queries
from certification.schemes.changes import Change
from certification.schemes.queries import Draft
from certification.schemes.rules import (
    AdoptScheme,
    Content,
    DraftMissing,
    FoundScheme,
    PublishScheme,
    SchemeAdopted,
    SchemeFounded,
    SchemeMissing,
    SchemePublished,
    UnknownPreset,
    Version,
)
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere

Mine = NamedDependency[Permit]
Now = NamedDependency[datetime]


class SaveDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    content: Content
    seen: int
    """The revision that was on the screen; 0 where there is no draft yet."""


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
    return await read_version(id)


async def read_version(id: str) -> Version:
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
    permit: Mine,
    at: Now,
) -> SchemePublished:
    _, place = await whose.scheme(data.content.scheme)
    permit.check(place)
    return await deeds.once(charters.publish, data, SchemePublished, by=permit.person, at=at)


@post(
    "/api/v1/scheme-foundings",
    opt={"op": "scheme.found"},
    tags=["schemes"],
    summary="A scheme of a network, with a draft of its first version from a preset",
)
async def found(data: JSONBody[FoundScheme], permit: Mine, at: Now) -> SchemeFounded:
    permit.check(await whose.of_group(data.owner))
    return await deeds.once(commands.found, data, SchemeFounded, by=permit.person, at=at)


@post(
    "/api/v1/scheme-adoptions",
    opt={"op": "scheme.adopt"},
    tags=["schemes"],
    summary="A network works by a scheme that another owns, as its meeting decided",
)
async def adopt(data: JSONBody[AdoptScheme], permit: Mine, at: Now) -> SchemeAdopted:
    permit.check(await whose.of_group(data.network))
    return await deeds.once(charters.adopt, data, SchemeAdopted, by=permit.person, at=at)


@get(
    "/api/v1/scheme-drafts/{code:str}",
    opt={"op": "scheme.edit"},
    tags=["schemes"],
    summary="The draft of a scheme's next version, with its revision",
)
async def read_draft(code: FromPath[str], permit: Mine) -> Draft:
    return await _draft(code, permit)


@put(
    "/api/v1/scheme-drafts/{code:str}",
    opt={"op": "scheme.edit"},
    tags=["schemes"],
    summary="Saved over the revision that was seen; begun where there is none and `seen` is 0",
)
async def save_draft(
    code: FromPath[str], data: JSONBody[SaveDraft], permit: Mine, at: Now
) -> Draft:
    _, place = await whose.scheme(code)
    permit.check(place)
    content = msgspec.structs.replace(data.content, scheme=code)
    deeds.ensure_storable(content)
    if data.seen:
        await run(commands.save_draft, code, content, seen=data.seen, by=permit.person, at=at)
    else:
        await run(commands.begin_draft, code, content, by=permit.person, at=at)
    return await _draft(code, permit)


async def _draft(code: str, permit: Permit) -> Draft:
    _, place = await whose.scheme(code)
    permit.check(place)
    try:
        return await queries.draft(code)
    except DraftMissing:
        raise NotThere from None


@get(
    "/api/v1/schemes/{id:str}/changes",
    opt={"op": "scheme.read"},
    tags=["schemes"],
    summary="What a version changed beside another, or beside the one before it",
)
async def read_changes(id: FromPath[str], against: FromQuery[str] = "") -> list[Change]:
    found = await read_version(id)
    if against:
        return changes.between((await read_version(against)).content, found.content)
    earlier = [v for v in await queries.versions(found.scheme) if v.version < found.version]
    return changes.between(earlier[-1].content, found.content) if earlier else []


DOORS = [
    list_schemes, read_scheme, read_preset, publish, found, adopt, read_draft, save_draft,
    read_changes,
]  # fmt: skip
