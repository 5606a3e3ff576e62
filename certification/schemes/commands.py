"""Founding a scheme, changing its draft, publishing a version, adopting what another network owns.

A newer version never rewrites what was decided under an older. Who may do it for the owner is asked
at the doors; which meeting decided it is asked above, where meetings are known.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.groups.rules import NETWORK, NotANetwork
from certification.schemes import queries, rules
from certification.schemes.presets import preset
from certification.schemes.rules import (
    AdoptScheme,
    Content,
    FoundScheme,
    PublishScheme,
    SchemeAdopted,
    SchemeFounded,
    SchemePublished,
)
from certification.schemes.tables import Scheme, SchemeAdoption, SchemeVersion


async def found(data: FoundScheme, *, by: str, at: datetime) -> SchemeFounded:
    event = SchemeFounded(data.scheme, data.prefix, data.owner)
    content = _first_draft(data)
    async with transaction():
        await _ensure_network(data.owner)
        written = await in_use().query(
            "INSERT INTO scheme (id, code, prefix, owner, by, at) VALUES ({}, {}, {}, {}, {}, {})"
            " ON CONFLICT DO NOTHING RETURNING id",
            data.id, data.scheme, data.prefix, data.owner, by, at,
        )  # fmt: skip
        if not written:
            raise rules.CodeTaken(scheme=data.scheme, prefix=data.prefix)
        log.append(event, (Scheme, data.id), subject=data.id, by=by, at=at)
        if content:
            await _begin(content, None, by=by, at=at)
    return event


def _first_draft(data: FoundScheme) -> Content | None:
    """Of a preset; code and prefix are looked at as in a version, before anything stands."""
    whole = preset(data.preset or rules.PLAINEST)
    settings = msgspec.structs.replace(whole.rules, number_prefix=data.prefix)
    content = msgspec.structs.replace(
        whole, scheme=data.scheme, name=data.name or whole.name, rules=settings
    )
    if why := rules.unsound(content):
        raise rules.UnsoundContent(field=why, why=why)
    return content if data.preset else None


async def publish(data: PublishScheme, *, by: str, at: datetime) -> SchemePublished:
    rules.ensure_decided(data, today=local_day(at))
    async with transaction():
        scheme = await queries.scheme(data.content.scheme)
        older = await queries.versions(scheme.code)
        event = rules.published(data, older=older, prefix=scheme.prefix)
        if data.draft is not None:
            await _end_draft(scheme.code, data.draft)
        content, name = data.content, data.content.name
        written = await in_use().query(
            "INSERT INTO scheme_version (id, scheme, version, name_th, name_en, effective_from,"
            " content, digest, meeting_ref, minutes_on, meeting, by, at) VALUES ({}, {}, {}, {},"
            " {}, {}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (scheme, version) DO NOTHING RETURNING id",
            data.id, event.scheme, event.version, name.th, name.en, data.effective_from,
            rules.canonical(content).decode(), event.digest, data.meeting_ref, data.minutes_on,
            data.meeting, by, at,
        )  # fmt: skip
        if not written:
            raise rules.PublishedMeanwhile(scheme=event.scheme)
        log.append(event, (SchemeVersion, data.id), subject=data.id, by=by, at=at)
    return event


async def adopt(data: AdoptScheme, *, by: str, at: datetime) -> SchemeAdopted:
    rules.ensure_decided(data, today=local_day(at))
    event = SchemeAdopted(data.scheme, data.network)
    async with transaction():
        await _ensure_network(data.network)
        if (await queries.scheme(data.scheme)).owner == data.network:
            raise rules.AdoptedAlready(scheme=data.scheme)
        written = await in_use().query(
            "INSERT INTO scheme_adoption (id, scheme, network, meeting_ref, minutes_on, meeting,"
            " by, at) VALUES ({}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (scheme, network) DO NOTHING RETURNING id",
            data.id, data.scheme, data.network, data.meeting_ref, data.minutes_on, data.meeting,
            by, at,
        )  # fmt: skip
        if not written:
            raise rules.AdoptedAlready(scheme=data.scheme)
        log.append(event, (SchemeAdoption, data.id), subject=data.id, by=by, at=at)
    return event


async def begin_draft(
    scheme: str, content: Content | None = None, *, by: str, at: datetime
) -> None:
    """Of the newest version; a draft is no deed, so the record does not speak of it."""
    async with transaction():
        latest = (await queries.versions(scheme))[-1:]
        content = content or next((one.content for one in latest), None)
        if content is None:
            raise rules.SchemeUnknown(scheme=scheme)
        await _begin(content, latest[0].id if latest else None, by=by, at=at)


async def save_draft(scheme: str, content: Content, *, seen: int, by: str, at: datetime) -> int:
    """The new revision; refused where somebody saved since the revision that was `seen`."""
    async with transaction():
        saved = await in_use().query(
            "UPDATE scheme_draft SET content = {}, revision = revision + 1, by = {}, at = {}"
            " WHERE scheme = {} AND revision = {} RETURNING revision",
            rules.canonical(content).decode(), by, at, scheme, seen,
        )  # fmt: skip
        if not saved:
            raise rules.DraftChangedMeanwhile(
                seen=seen, revision=(await queries.draft(scheme)).revision
            )
    return int(saved[0]["revision"])


async def drop_draft(scheme: str, *, seen: int) -> None:
    async with transaction():
        await _end_draft(scheme, seen)


async def _begin(content: Content, based_on: str | None, *, by: str, at: datetime) -> None:
    written = await in_use().query(
        "INSERT INTO scheme_draft (id, scheme, revision, based_on, content, by, at)"
        " VALUES ({}, {}, 1, {}, {}, {}, {}) ON CONFLICT (scheme) DO NOTHING RETURNING id",
        new_id(), content.scheme, based_on, rules.canonical(content).decode(), by, at,
    )  # fmt: skip
    if not written:
        raise rules.DraftBegunAlready(scheme=content.scheme)


async def _end_draft(scheme: str, seen: int) -> None:
    ended = await in_use().query(
        "DELETE FROM scheme_draft WHERE scheme = {} AND revision = {} RETURNING id", scheme, seen
    )
    if not ended:
        revision = (await queries.draft(scheme)).revision
        raise rules.DraftChangedMeanwhile(seen=seen, revision=revision)


async def _ensure_network(id: str) -> None:
    if (await groups.group(id)).kind != NETWORK:
        raise NotANetwork(group=id)
