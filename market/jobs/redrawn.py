"""A plot that is drawn anew is another plot: the certificate of the old outline ends that day."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.certificates import commands as certificates
from certification.plots import queries as plots

BY = "clock"
"""Nobody decides it: nobody has looked at the new outline."""


async def follow(entry: log.Entry, *, at: datetime) -> None:
    """An entry that comes twice changes nothing."""
    if entry.event["type"] == "plots.registered":
        new = await plots.plot(str(entry.event["plot"]))
        if new.replaces:
            on = local_day(datetime.fromisoformat(entry.at))
            await run(certificates.drawn_anew, new.replaces, new.id, on, by=BY, at=at)
