"""When a meeting has ended, a suspension that it might have confirmed and did not lapses. When a
test was corrected that a suspension may rest on, the next meeting looks at it: people lift it, no
clock."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.ids import following
from certification.basis.transaction import run
from certification.certificates import queries as certificates
from certification.certificates.history import latest_state
from certification.hearings import commands as hearings
from certification.hearings.refusals import OpenAlready
from certification.hearings.rules import OpenHearing
from certification.plots import queries as plots

BY, FOUND = "clock", "critical_finding"


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    if entry.event["type"] == "meetings.ended":
        await run(hearings.lapse, str(entry.event["meeting"]), at=at)
    if entry.event["type"] == "findings.retested":
        await run(_review, entry.event["plot"], entry.event["test"], at=at)


async def _review(plot: str, test: str, *, at: datetime) -> None:
    for outline in await plots.outlines(plot):
        for one in await certificates.of_plot(outline):
            since = await certificates.history(one.id)
            if latest_state(since) == "suspended" and since[-1].because == FOUND:
                await _bring(one.id, test, at)


async def _bring(certificate: str, test: str, at: datetime) -> None:
    """Once: what is before a meeting already stays as it is."""
    asked = OpenHearing(following(test, certificate), certificate, "reinstate", "mistake")
    try:
        await hearings.open_(asked, by=BY, at=at)
    except OpenAlready:
        return
