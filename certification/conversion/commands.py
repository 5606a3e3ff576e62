"""Writing down what a meeting granted; whether it may, `decisions` has asked."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.applications import queries as applications
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from certification.conversion import rules
from certification.conversion.rules import Shorten, Shortened
from certification.conversion.tables import ConversionShortened
from certification.schemes import queries as schemes


async def shorten(data: Shorten, *, by: str, at: datetime) -> Shortened:
    async with transaction():
        asked = await applications.application(data.application)
        version = await schemes.version(asked.scheme_version)
        rules.ensure_shorten(data, version.content.rules)
        event = Shortened(
            data.id, data.meeting, data.application, asked.plot, version.scheme, data.crop_class,
            data.months, data.votes_for, data.votes_against,
        )  # fmt: skip
        written = await in_use().query(
            "INSERT INTO conversion_shortened (id, meeting, application, plot, scheme, crop_class,"
            " months, evidence, reason, votes_for, votes_against, by, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
            " ON CONFLICT (meeting, application, crop_class) DO NOTHING RETURNING id",
            data.id, data.meeting, data.application, asked.plot, version.scheme, data.crop_class,
            data.months, data.evidence, data.reason.strip(), data.votes_for, data.votes_against,
            by, at, secrets.token_bytes(16),
        )  # fmt: skip
        if not written:
            raise rules.ShortenedAlready(crop_class=data.crop_class)
        log.append(event, (ConversionShortened, data.id), subject=asked.plot, by=by, at=at)
    return event
