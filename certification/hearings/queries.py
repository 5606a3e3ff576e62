"""What is before a meeting about certificates, who may rule on it, and what became of appeals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import msgspec

from certification.applications import queries as applications
from certification.basis.rows import as_view
from certification.certificates import queries as certificates
from certification.certificates.history import latest_state
from certification.certificates.rules import FINAL
from certification.decisions import ballots
from certification.decisions import queries as decisions
from certification.decisions.votes import Assembly, Cause, Value
from certification.groups import queries as groups
from certification.groups.rules import NETWORK
from certification.hearings import refusals, rules
from certification.hearings.tables import (
    Appeal,
    Hearing,
    HearingRuling,
    HearingStep,
    HearingVote,
)
from certification.meetings import queries as meetings
from certification.meetings.queries import MeetingView
from certification.schemes import queries as schemes
from certification.schemes.rules import RuleSet


class HearingView(msgspec.Struct, frozen=True):
    id: str
    matter: str
    certificate: str | None
    application: str
    group: str
    holder: str
    body: str
    about: str | None
    because: str
    from_on: date | None
    crops: tuple[str, ...]
    note: str | None
    by: str
    at: datetime
    open: bool


class StepView(msgspec.Struct, frozen=True):
    kind: str
    day_on: date
    note: str | None
    by: str


class RulingView(msgspec.Struct, frozen=True):
    id: str
    hearing: str
    meeting: str
    outcome: str
    from_on: date | None
    present: int
    quorum_needed: int
    votes_for: int
    votes_against: int
    abstained: int
    recused: int
    share: str
    reason: str | None
    by: str
    at: datetime


class AppealView(msgspec.Struct, frozen=True):
    id: str
    against: str
    kind: str
    certificate: str | None
    application: str
    holder: str
    grounds: str
    last_on: date
    late: bool
    hearing: str | None
    by: str
    at: datetime


async def hearing(id: str) -> HearingView:
    found = await _hearings(Hearing.id == id)
    if not found:
        raise refusals.HearingMissing(hearing=id)
    return found[0]


async def of_certificate(certificate: str) -> list[HearingView]:
    """The oldest first."""
    return await _hearings(Hearing.certificate == certificate)


async def of_application(application: str) -> list[HearingView]:
    return await _hearings(Hearing.application == application)


async def steps(hearing: str) -> list[StepView]:
    rows = await HearingStep.select().where(HearingStep.hearing == hearing).order_by(HearingStep.at)
    return [as_view(StepView, row) for row in rows]


async def noted(hearing: str) -> dict[str, date]:
    return {one.kind: one.day_on for one in await steps(hearing)}


async def ruling(hearing: str) -> RulingView | None:
    found = await _rulings(HearingRuling.hearing == hearing)
    return found[0] if found else None


async def ruled_in(meeting: str) -> list[RulingView]:
    return await _rulings(HearingRuling.meeting == meeting)


async def waiting(organ: str, body: str) -> list[HearingView]:
    """What a meeting of that body may rule on; not what has lost its object."""
    view = await groups.group(organ)
    network = view.kind == NETWORK
    under = [g.id for g in await groups.networks_groups(organ)] if network else [organ]
    found = await _hearings(
        Hearing.group.is_in(under) & Hearing.open_for.is_not_null()
    ) if under else []  # fmt: skip
    return [
        one
        for one in found
        if (one.body == body or (not one.body and network == bool(await _network(one.group))))
        and not await moot(one)
    ]


async def moot(of: HearingView) -> bool:
    """The certificate has ended, or what was to be confirmed is no more."""
    if of.certificate is None or of.matter == "appeal":
        return False
    state = latest_state(await certificates.history(of.certificate))
    return state in FINAL or state not in rules.ASKED[of.matter]


async def _network(group: str) -> str | None:
    return (await groups.group(group)).network


async def settings(of: HearingView) -> RuleSet:
    """Of the version under which the certificate was asked for."""
    asked = await applications.application(of.application)
    return (await schemes.version(asked.scheme_version)).content.rules


async def cause(of: HearingView, on: date) -> tuple[Cause, frozenset[str]]:
    """Who stands back because of nearness, and who because of having judged it before."""
    farmers, too_near = await decisions.recused(of.application, on)
    judged = await judged_before(of)
    near = too_near | judged
    return Cause(of.application, farmers, near, frozenset(), {}, {}, {}), judged


async def judged_before(of: HearingView) -> frozenset[str]:
    """Of an appeal who voted on what it is against, of a confirmation who suspended alone."""
    if of.about is None:
        return frozenset()
    if of.certificate is None:
        return await _voted_on_application(of.application)
    event = next(e for e in await certificates.events(of.certificate) if e.id == of.about)
    if event.ruling is None:
        return frozenset({event.by})
    row = await HearingRuling.select().where(HearingRuling.id == event.ruling).first()
    return await _voters(row["hearing"]) if row else frozenset({event.by})


async def _voted_on_application(application: str) -> frozenset[str]:
    made = await decisions.of_application(application)
    found = set(await ballots.voted_in(application, [one.meeting for one in made]))
    for one in made:
        counted = await decisions.snapshot(one.id)
        if counted.hands:
            found |= set(counted.judges)
    return frozenset(found)


async def _voters(hearing: str) -> frozenset[str]:
    rows = await HearingVote.select(HearingVote.person).where(
        HearingVote.hearing == hearing, HearingVote.value != "recused"
    )
    return frozenset(row["person"] for row in rows)


async def cast(meeting: str, hearing: str) -> dict[str, Value]:
    rows = await HearingVote.select(HearingVote.person, HearingVote.value).where(
        HearingVote.meeting == meeting, HearingVote.hearing == hearing
    )
    return {row["person"]: row["value"] for row in rows}


async def assembly(view: MeetingView, hearing: str) -> Assembly:
    """As it is at this moment."""
    here = [one for one in await meetings.attendance(view.id) if one.gone_at is None]
    return Assembly(
        view.held_on,
        frozenset(one.person for one in here),
        await meetings.own_people(view),
        await cast(view.id, hearing),
        {one.person: one.leg for one in here},
        None,
        {one.person: one.seat for one in here},
    )


async def appeal(id: str) -> AppealView:
    found = await _appeals(Appeal.id == id)
    if not found:
        raise refusals.HearingMissing(hearing=id)
    return found[0]


async def appeals(certificate: str | None, application: str) -> list[AppealView]:
    """Of a certificate, and of the application before it."""
    where: Any = Appeal.application == application
    return await _appeals(where if certificate is None else Appeal.certificate == certificate)


async def appeal_of(hearing: str) -> AppealView | None:
    found = await _appeals(Appeal.hearing == hearing)
    return found[0] if found else None


async def state(of: AppealView) -> str:
    made = await ruling(of.hearing) if of.hearing else None
    heard = "heard" in await noted(of.hearing) if of.hearing else False
    return rules.state_of_appeal(of.late, heard, made.outcome if made else None)


async def _hearings(condition: Any) -> list[HearingView]:
    rows = await Hearing.select().where(condition).order_by(Hearing.at, Hearing.id)
    return [
        as_view(HearingView, {
            **row, "crops": tuple(row["crops"].split()), "open": row["open_for"] is not None,
        })
        for row in rows
    ]  # fmt: skip


async def _rulings(condition: Any) -> list[RulingView]:
    rows = await HearingRuling.select().where(condition).order_by(HearingRuling.at)
    return [as_view(RulingView, row) for row in rows]


async def _appeals(condition: Any) -> list[AppealView]:
    rows = await Appeal.select().where(condition).order_by(Appeal.at)
    return [as_view(AppealView, row) for row in rows]


async def by_rulings(ids: Iterable[str]) -> dict[str, str]:
    """The hearing of each ruling."""
    wanted = list(ids)
    found = await _rulings(HearingRuling.id.is_in(wanted)) if wanted else []
    return {one.id: one.hearing for one in found}
