"""Publishing a charter; a newer one never rewrites what was decided under an older."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from certification.schemes import rules
from certification.schemes.rules import PublishScheme, SchemePublished
from certification.schemes.tables import SchemeVersion


async def publish(data: PublishScheme, *, by: str, at: datetime) -> SchemePublished:
    async with transaction():
        event = rules.published(data, latest=await _latest(data.content.scheme))
        content, name = data.content, data.content.name
        written = await in_use().query(
            "INSERT INTO scheme_version (id, scheme, version, name_th, name_en, effective_from,"
            " content, digest, meeting_ref, by, at) VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {},"
            " {}) ON CONFLICT (scheme, version) DO NOTHING RETURNING id",
            data.id, event.scheme, event.version, name.th, name.en, data.effective_from,
            rules.canonical(content).decode(), event.digest, data.meeting_ref, by, at,
        )  # fmt: skip
        if not written:
            raise rules.PublishedMeanwhile(scheme=event.scheme)
        log.append(event, (SchemeVersion, data.id), subject=data.id, by=by, at=at)
    return event


async def _latest(scheme: str) -> int:
    rows = await in_use().query(
        "SELECT coalesce(max(version), 0) AS latest FROM scheme_version WHERE scheme = {}", scheme
    )
    return int(rows[0]["latest"])
