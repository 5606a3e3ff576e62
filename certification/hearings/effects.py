"""What a ruling does to the certificate, or to the application that was refused."""

from __future__ import annotations

from datetime import date, datetime

from certification.applications import commands as applications
from certification.applications import queries as asked
from certification.basis.ids import following
from certification.certificates import commands as certificates
from certification.certificates import queries as held
from certification.certificates.history import latest_state
from certification.certificates.rules import BECAUSE, ChangeCertificate, Rescope
from certification.hearings.queries import HearingView
from certification.hearings.rules import Outcome, Rule
from certification.inspections import queries as inspections
from certification.schemes import queries as schemes
from certification.schemes.rules import RuleSet

CHANGES = {
    "suspend": certificates.suspend,
    "reinstate": certificates.reinstate,
    "revoke": certificates.revoke,
}


async def follow(
    data: Rule, found: HearingView, outcome: Outcome, held_on: date, *, by: str, at: datetime
) -> None:
    if found.matter == "appeal":
        await _appealed(data, found, outcome, held_on, by=by, at=at)
    elif found.matter == "confirm" and outcome == "refused":
        await certificates.restore(
            str(found.certificate), str(found.about), data.id, "not_confirmed", by=by, at=at
        )
    elif found.matter in CHANGES and outcome == "granted":
        await CHANGES[found.matter](_change(data, found), by=by, at=at)
    elif found.matter == "scope" and outcome == "granted":
        new = Rescope(
            following(data.id, "scope"), str(found.certificate), found.crops, held_on, data.id
        )
        await certificates.rescope(new, by=by, at=at)


def _change(data: Rule, found: HearingView, because: str = "") -> ChangeCertificate:
    return ChangeCertificate(
        following(data.id, "change"), str(found.certificate), because or found.because,
        data.from_on or found.at.date(), ruling=data.id,
    )  # fmt: skip


async def _appealed(
    data: Rule, found: HearingView, outcome: Outcome, held_on: date, *, by: str, at: datetime
) -> None:
    """Upheld: as if it had never been. Modified: suspended, from another day or instead of revoked;
    what was suspended before stays so.
    Dismissed: what rested during the appeal goes on from the day of the meeting, unless it has been
    suspended anew or has ended meanwhile."""
    if found.certificate is None:
        if outcome == "granted":
            await applications.reopen(found.application, by=by, at=at)
        return
    about = next(e for e in await held.events(found.certificate) if e.id == found.about)
    known = about.because if about.because in BECAUSE["suspended"] else "decision"
    state = latest_state(await held.history(found.certificate))
    if outcome == "refused":
        if state == "active" and await _rests(found, about.seq):
            again = ChangeCertificate(
                following(data.id, "again"), found.certificate, known, held_on, ruling=data.id
            )
            await certificates.suspend(again, by=by, at=at)
        return
    await certificates.restore(found.certificate, about.id, data.id, "appeal", by=by, at=at)
    state = latest_state(await held.history(found.certificate))
    if outcome == "modified" and state == "active":
        milder = ChangeCertificate(
            following(data.id, "milder"), found.certificate, known,
            data.from_on or about.from_on, ruling=data.id,
        )  # fmt: skip
        await certificates.suspend(milder, by=by, at=at)


async def _rests(found: HearingView, seq: int) -> bool:
    """Whether the charter let the suspension rest when the appeal was filed."""
    events = await held.events(str(found.certificate))
    return any(e.id == following(found.id, "rest") and e.seq > seq for e in events)


async def rest(found: HearingView, on: date, *, by: str, at: datetime) -> None:
    """During an appeal, where the charter says so."""
    id = following(found.id, "rest")
    await certificates.lift(id, str(found.certificate), on, "appeal", None, by=by, at=at)


async def may_lapse(found: HearingView) -> bool:
    """It is the last that happened to the certificate, and nothing grave is open on the land."""
    events = await held.events(str(found.certificate))
    plot = (await held.certificate(str(found.certificate))).plot
    grave = await inspections.open_count(plot)
    return events[-1].id == found.about and not (grave.get("critical", 0) + grave.get("major", 0))


async def lift(data: Rule, found: HearingView, *, by: str, at: datetime) -> None:
    on = max(data.from_on or date.min, found.from_on or date.min)
    id = following(data.id, "lapse")
    await certificates.lift(id, str(found.certificate), on, "not_confirmed", data.id, by=by, at=at)


async def settings_of(application: str) -> RuleSet:
    version = (await asked.application(application)).scheme_version
    return (await schemes.version(version)).content.rules
