"""Applying while a certificate still holds: not before its last days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from certification.applications import commands as applications
from certification.applications.refusals import BarredUntil
from certification.applications.rules import ApplicationSubmitted, SubmitApplication
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.certificates import queries, rules
from certification.certificates.queries import CertificateView
from certification.certificates.refusals import TooEarlyToRenew
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes


async def apply(data: SubmitApplication, *, by: str, at: datetime) -> ApplicationSubmitted:
    """For the first time, or anew within the charter's days before the end."""
    today = local_day(at)
    async with transaction():
        await ensure_not_barred(data, by=by, on=today)
        for one in await queries.of_plot(data.plot):
            if one.scheme == data.scheme and (await queries.standing(one, None, today)).held:
                first = await opens_on(one)
                if today < first:
                    raise TooEarlyToRenew(from_on=str(first), number=one.number)
        return await applications.submit(data, by=by, at=at)


async def ensure_not_barred(data: SubmitApplication, *, by: str, on: date) -> None:
    """Whoever farms the plot now and lives with whom it was taken from waits as long: another hand
    of the same household changes nothing, another plot neither."""
    farmer = await plots.holder(data.plot, on) or data.on_behalf_of or by
    home = await people.household(farmer, on)
    for person in home.persons if home else (farmer,):
        for one in await queries.of_holder(person):
            until = await barred_until(one) if one.scheme == data.scheme else None
            if until and on < until:
                raise BarredUntil(
                    until_on=str(until), number=one.number, clause="reapply_bar_months"
                )


async def barred_until(of: CertificateView) -> date | None:
    """Of a revoked certificate; an upheld appeal takes the bar away with the revocation."""
    events = await queries.events(of.id)
    if not events or events[-1].kind != "revoked":
        return None
    settings = (await schemes.version(of.scheme_version)).content.rules
    return rules.barred_until(local_day(events[-1].at), settings)


async def opens_on(of: CertificateView) -> date:
    """The first day on which one may apply anew."""
    settings = (await schemes.version(of.scheme_version)).content.rules
    return of.valid_until - timedelta(days=settings.renewal_window_days)
