"""Certificates that end soon: who has applied anew, and who is reminded when, once each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import msgspec

from certification.applications import queries as applications
from certification.applications.rules import CLOSED
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.transaction import run, transaction
from certification.basis.units import local_day
from certification.certificates import queries
from certification.certificates.queries import CertificateView
from certification.certificates.rules import CertificateEnds, reminded_at
from certification.certificates.tables import CertificateReminder
from certification.schemes import queries as schemes

CLOCK = "clock"


class Ending(msgspec.Struct, frozen=True):
    certificate: CertificateView
    days_left: int
    application: str
    """Open for the same plot and scheme; empty where nobody has applied."""
    state: str


async def ending(groups: Iterable[str], on: date) -> list[Ending]:
    """Those that hold and may be renewed by their charter, the first to end first."""
    found = []
    for group in groups:
        for one in await queries.of_group(group):
            settings = (await schemes.version(one.scheme_version)).content.rules
            left = (one.valid_until - on).days
            if (
                0 <= left <= settings.renewal_window_days
                and (await queries.standing(one, None, on)).held
            ):
                asked, state = await _applied(one)
                found.append(Ending(one, left, asked, state))
    return sorted(found, key=lambda one: (one.days_left, one.certificate.number))


async def remind(*, at: datetime) -> None:
    """By the clock. Who slept through a day is told of the nearest one only; whoever has applied
    is not told."""
    today = local_day(at)
    for version in await in_use().query(
        "SELECT DISTINCT scheme_version AS id FROM certificate WHERE valid_until >= {}", today
    ):
        settings = (await schemes.version(version["id"])).content.rules
        for over, days in reminded_at(settings):
            for row in await in_use().query(
                "SELECT c.id FROM certificate c WHERE c.scheme_version = {} AND c.valid_until > {}"
                " AND c.valid_until <= {} AND NOT EXISTS (SELECT 1 FROM certificate_reminder r"
                " WHERE r.certificate = c.id AND r.days <= {})",
                version["id"], today + timedelta(days=over), today + timedelta(days=days), days,
            ):  # fmt: skip
                await run(_remind, row["id"], days, today, at)


async def _remind(certificate: str, days: int, today: date, at: datetime) -> None:
    async with transaction():
        view = await queries.certificate(certificate)
        held = (await queries.standing(view, None, today)).held
        if not held or (await _applied(view))[0]:
            return
        id = new_id()
        new = await in_use().query(
            "INSERT INTO certificate_reminder (id, certificate, days, at) VALUES ({}, {}, {}, {})"
            " ON CONFLICT (certificate, days) DO NOTHING RETURNING id",
            id, certificate, days, at,
        )  # fmt: skip
        if new:
            event = CertificateEnds(certificate, (view.valid_until - today).days)
            row = (CertificateReminder, id)
            log.append(event, row, subject=certificate, by=CLOCK, at=at)


async def _applied(view: CertificateView) -> tuple[str, str]:
    for one in await applications.of_plot(view.plot):
        version = await schemes.version(one.scheme_version)
        if one.state not in CLOSED and version.scheme == view.scheme:
            return one.id, one.state
    return "", ""
