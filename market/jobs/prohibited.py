"""What follows from a prohibited use: a critical finding, and the certificate rests from that day.

The diary stands below findings and certificates and knows neither; it tells the log. What somebody
else typed waits there for the farmer's word, which is carried to it here.
"""

from __future__ import annotations

from datetime import date, datetime

from certification.basis import log
from certification.basis.ids import following
from certification.basis.transaction import run, transaction
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates.history import rests_since
from certification.certificates.queries import CertificateView
from certification.certificates.rules import ChangeCertificate
from certification.findings import commands as findings
from certification.inputs import commands as inputs
from certification.inputs.claims import Said
from certification.inspections import uses
from market.domain.spoken import queries as spoken

BY = "clock"
"""Nobody decides it: it is the charter's word."""
WORDS: dict[str, Said] = {"spoken.confirmed": "yes", "spoken.denied": "no"}


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    event = entry.event
    if event["type"] == "inputs.prohibited_used":
        on = date.fromisoformat(str(event["used_on"]))
        await run(_answer, event["use"], event["plot"], list(event["schemes"]), on, at)
    elif event["type"] == "inputs.claim_denied":
        await run(findings.deny_use, str(event["use"]), by=entry.by, at=at)
    elif event["type"] == "inputs.claim_judged":
        await run(findings.judge_use, event["use"], event["outcome"], by=entry.by, at=at)
    elif said := WORDS.get(str(event["type"])):
        told = await spoken.spoken(str(event["spoken"]))
        if told.deed == "inputs.used":
            await run(inputs.take_word, told.id, said, by=told.person, at=at)


async def _answer(use: str, plot: str, schemes: list[str], on: date, at: datetime) -> None:
    async with transaction():
        await uses.find_use(use, schemes[0], by=BY, at=at)
        for one in await held.of_plot(plot):
            if one.scheme in schemes and on <= one.valid_until:
                await _rest(one, use, on, at)


async def _rest(one: CertificateView, use: str, on: date, at: datetime) -> None:
    """From the day of use on, also backwards, and earlier than it rests already. What rests since
    an earlier day or has ended stays as it is."""
    since = rests_since(await held.history(one.id))
    from_on = max(on, one.valid_from)
    if since is not None and since > from_on:
        wanted = ChangeCertificate(following(use, one.id), one.id, "critical_finding", from_on)
        await certificates.suspend(wanted, by=BY, at=at)
