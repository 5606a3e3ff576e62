"""What follows from a prohibited use: a critical finding, and the certificate rests from that day.

The diary stands below findings and certificates and knows neither; it tells the log.
"""

from __future__ import annotations

from datetime import date, datetime

from certification.basis import log
from certification.basis.ids import following
from certification.basis.transaction import run, transaction
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates.queries import CertificateView
from certification.certificates.rules import ChangeCertificate, latest_state
from certification.inspections import uses

BY = "clock"
"""Nobody decides it: it is the charter's word."""


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    if entry.event["type"] == "inputs.prohibited_used":
        event = entry.event
        on = date.fromisoformat(str(event["used_on"]))
        await run(_answer, event["use"], event["plot"], list(event["schemes"]), on, at)


async def _answer(use: str, plot: str, schemes: list[str], on: date, at: datetime) -> None:
    async with transaction():
        await uses.find_use(use, schemes[0], by=BY, at=at)
        for one in await held.of_plot(plot):
            if one.scheme in schemes and on <= one.valid_until:
                await _rest(one, use, on, at)


async def _rest(one: CertificateView, use: str, on: date, at: datetime) -> None:
    """From the day of use on, also backwards. What rests or has ended already stays as it is."""
    if latest_state(await held.history(one.id)) != "active":
        return
    from_on = max(on, one.valid_from)
    wanted = ChangeCertificate(following(use, one.id), one.id, "critical_finding", from_on)
    await certificates.suspend(wanted, by=BY, at=at)
