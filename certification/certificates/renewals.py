"""Applying while a certificate still holds: not before its last days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from certification.applications import commands as applications
from certification.applications.rules import ApplicationSubmitted, SubmitApplication
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.certificates import queries
from certification.certificates.queries import CertificateView
from certification.certificates.rules import TooEarlyToRenew
from certification.schemes import queries as schemes


async def apply(data: SubmitApplication, *, by: str, at: datetime) -> ApplicationSubmitted:
    """For the first time, or anew within the charter's days before the end."""
    today = local_day(at)
    async with transaction():
        for one in await queries.of_plot(data.plot):
            if one.scheme == data.scheme and (await queries.standing(one, None, today)).held:
                first = await opens_on(one)
                if today < first:
                    raise TooEarlyToRenew(from_on=str(first), number=one.number)
        return await applications.submit(data, by=by, at=at)


async def opens_on(of: CertificateView) -> date:
    """The first day on which one may apply anew."""
    settings = (await schemes.version(of.scheme_version)).content.rules
    return of.valid_until - timedelta(days=settings.renewal_window_days)
