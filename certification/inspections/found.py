"""A finding, wherever it comes from: a visit, the diary, a residue test, a complaint.

    seen = Found(id, "test", test, plot, farmer, version, "N14", "critical", "…")
    await found.make(seen, by=by, at=at)

Once for an id, so a reader of the log may ask twice: give it `following(test, "finding")`.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Literal

import msgspec

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.inspections import refusals, rules
from certification.inspections.tables import Finding
from certification.schemes import queries as schemes
from certification.schemes.rules import Severity

Source = Literal["visit", "use", "test", "complaint"]


class Found(msgspec.Struct, frozen=True):
    id: str
    source: Source
    about: str
    """The visit, the use, the test or the complaint."""
    plot: str
    farmer: str
    """Who has to mend it."""
    version: str
    """Of the scheme; its settings hold for this finding whatever is published later."""
    item: str
    """Of the version's checklist."""
    severity: Severity
    what: str
    action: str | None = None
    due_on: date | None = None
    found_by: str | None = None
    """Whose word it is, where a clock writes it down."""


class FoundOutside(msgspec.Struct, frozen=True, tag="inspections.found"):
    """No visit made it."""

    finding: str
    source: str
    about: str
    plot: str
    farmer: str
    item: str
    severity: str
    due_on: str


async def make(data: Found, *, by: str, at: datetime) -> FoundOutside | None:
    """None where it was made before."""
    rules.ensure_words(data.what, "what")
    async with transaction():
        due = await write(data, by=by, at=at)
        if due is None:
            return None
        event = FoundOutside(
            data.id, data.source, data.about, data.plot, data.farmer, data.item, data.severity,
            str(due),
        )  # fmt: skip
        log.append(event, (Finding, data.id), subject=data.plot, by=by, at=at)
    return event


async def write(data: Found, *, by: str, at: datetime) -> date | None:
    """The row alone; its day, or none where it stands already."""
    content = (await schemes.version(data.version)).content
    if content.item(data.item) is None:
        raise refusals.UnknownItem(field="item", item=data.item[:20])
    due = rules.due_on(data.due_on, data.severity, content.rules, today=local_day(at))
    new = await in_use().query(
        "INSERT INTO finding (id, source, about, inspection, use, plot, farmer, scheme_version,"
        " item, severity, what, action, due_on, by, at, salt)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
        " ON CONFLICT (id) DO NOTHING RETURNING id",
        data.id, data.source, data.about,
        data.about if data.source == "visit" else None,
        data.about if data.source == "use" else None,
        data.plot, data.farmer, data.version, data.item, data.severity, data.what, data.action,
        due, data.found_by or by, at, secrets.token_bytes(16),
    )  # fmt: skip
    return due if new else None
