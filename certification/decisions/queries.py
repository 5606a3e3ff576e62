"""Where each case stands in the order of bodies, and what was decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from certification.applications import queries as applications
from certification.basis.database import in_use
from certification.basis.rows import as_view
from certification.basis.units import local_day
from certification.conversion import queries as conversion
from certification.crops import queries as crops
from certification.decisions import ballots, rules
from certification.decisions.rules import Step
from certification.decisions.tables import Decision, DecisionCrop
from certification.decisions.votes import Assembly, Cause, Snapshot
from certification.groups import queries as groups
from certification.groups.rules import NETWORK
from certification.inspections import panel, views
from certification.inspections import queries as inspections
from certification.inspections.rules import grave as gravity
from certification.meetings import queries as meetings
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from certification.schemes.rules import RuleSet, Version
from certification.schemes.settings import CropClass, StageKind

WHEN_FINISHED = (
    "SELECT f.subject, f.seq > (SELECT max(d.seq) FROM log_entry d WHERE d.subject = v.application"
    " AND d.tag = 'decisions.decided') AS later"
    " FROM inspection v JOIN log_entry f ON f.subject = v.id AND f.tag = 'inspections.finished'"
    " WHERE v.application = {} AND v.state = 'signed'"
)
"""By the order of the record: what an inspector says of the hour does not move a visit."""


class DecisionView(msgspec.Struct, frozen=True):
    id: str
    meeting: str
    application: str
    turn: int
    body: str
    final: bool
    outcome: str
    stage: str | None
    present: int
    quorum_needed: int
    votes_for: int
    votes_against: int
    abstained: int
    recused: int
    reason: str | None
    by: str
    at: datetime
    crops: tuple[str, ...] = ()
    """Approved; empty where it was not."""
    left_out: tuple[str, ...] = ()


class Waiting(msgspec.Struct, frozen=True):
    """An application that an organ's next meeting may decide on."""

    application: str
    plot: str
    inspection: str | None
    grave: int
    """Open critical and major findings of the plot; many minor ones are a major."""
    minor: int
    body: str
    """Whose turn it is by the charter."""


class Case(msgspec.Struct, frozen=True):
    """An application on its way through the bodies that its scheme's version names."""

    application: str
    plot: str
    group: str
    network: str | None
    state: str
    seen_on: date | None
    """When it was inspected."""
    decided: list[DecisionView]
    step: Step
    one_vote: bool
    """Who voted on it before, for another body, is recused."""


async def case(application: str) -> Case:
    asked = await applications.application(application)
    settings = (await schemes.version(asked.scheme_version)).content.rules
    made = await of_application(application)
    return Case(
        application,
        asked.plot,
        asked.group,
        (await groups.group(asked.group)).network,
        asked.state,
        await inspected_on(application),
        made,
        rules.step([one.outcome for one in made], settings.decision_stages),
        settings.one_vote_per_case,
    )


async def voted_before(asked: Case) -> dict[str, str]:
    """Who voted on it for another body, and for which; where hands were counted without names,
    all who might vote."""
    earlier = [one for one in asked.decided if one.body != asked.step.body]
    bodies = {one.meeting: one.body for one in earlier}
    voted = await ballots.voted_in(asked.application, bodies) if bodies else {}
    found = {person: bodies[meeting] for person, meeting in voted.items()}
    for one in earlier:
        counted = await snapshot(one.id)
        if counted.hands:
            found |= dict.fromkeys(counted.judges, one.body)
    return found


async def decision(id: str) -> DecisionView:
    found = await _decisions(Decision.id == id)
    if not found:
        raise rules.DecisionMissing(decision=id)
    return found[0]


async def snapshot(decision: str) -> Snapshot:
    """Who decided at that moment, and by which counts."""
    row = await Decision.select(Decision.snapshot).where(Decision.id == decision).first()
    if row is None:
        raise rules.DecisionMissing(decision=decision)
    return msgspec.json.decode(row["snapshot"], type=Snapshot)


async def of_meeting(meeting: str) -> list[DecisionView]:
    return await _decisions(Decision.meeting == meeting)


async def of_application(application: str) -> list[DecisionView]:
    """The oldest first; the last is final unless it says otherwise."""
    return await _decisions(Decision.application == application)


async def waiting(organ: str, body: str | None = None) -> list[Waiting]:
    """What is inspected and not decided, of the group or of all groups of the network; only what is
    the turn of `body`, where one is named."""
    view = await groups.group(organ)
    under = [g.id for g in await groups.networks_groups(organ)] if view.kind == NETWORK else [organ]
    asked = [a for one in under for a in await applications.of_group(one, ["inspected"])]
    found = [await _waiting(one) for one in sorted(asked, key=lambda a: (a.submitted_at, a.id))]
    return [one for one in found if body in (None, one.body)]


async def _waiting(asked: applications.ApplicationView) -> Waiting:
    found = await inspections.open_count(asked.plot)
    visit = await inspections.finished(asked.id)
    settings = (await schemes.version(asked.scheme_version)).content.rules
    grave = gravity(found, settings)
    return Waiting(
        asked.id, asked.plot, visit.id if visit else None, grave, found.get("minor", 0),
        (await case(asked.id)).step.body,
    )  # fmt: skip


async def cause(application: str, on: date) -> tuple[Cause, RuleSet]:
    """The case as it stands on that day, with the settings it was applied for under."""
    asked = await applications.application(application)
    version = await schemes.version(asked.scheme_version)
    settings = version.content.rules
    visit = await inspections.finished(application)
    farmers, too_near = await recused(application, on)
    signed = await inspections.members(visit.id) if visit else ()
    if settings.one_vote_per_case:
        too_near |= set(await voted_before(await case(application)))
    return Cause(
        application,
        farmers,
        too_near,
        frozenset(member.person for member in signed if member.signed_at),
        await inspections.open_count(asked.plot),
        await _stages(asked.plot, version, on),
        await _crops(application, asked.plot, on),
    ), settings


async def _stages(plot: str, version: Version, on: date) -> dict[CropClass, StageKind]:
    courses = await conversion.courses(plot, version)
    return {of: course.on(on).kind for of, course in courses.items()}


async def recused(application: str, on: date) -> tuple[frozenset[str], frozenset[str]]:
    """Who applied and who farms the plot; and they with all who are too near to them."""
    asked = await applications.application(application)
    settings = (await schemes.version(asked.scheme_version)).content.rules
    farmers = frozenset({asked.applicant, await plots.holder(asked.plot, on) or asked.applicant})
    near = [
        panel.too_near(await people.related(farmer, on), kin_degree=settings.kin_degree)
        for farmer in sorted(farmers)
    ]
    return farmers, farmers.union(*near)


async def _crops(application: str, plot: str, on: date) -> dict[str, CropClass]:
    """What grows there on that day or is planned, without what an earlier body has left out."""
    out = {crop for one in await of_application(application) for crop in one.left_out}
    return {
        p.crop: crops.crop(p.crop).crop_class
        for p in await plots.growing(plot, on)
        if p.crop not in out
    }


async def assembly(meeting_id: str, application: str) -> Assembly:
    """As it is at this moment."""
    view = await meetings.meeting(meeting_id)
    here = [one for one in await meetings.attendance(meeting_id) if one.gone_at is None]
    return Assembly(
        view.held_on,
        frozenset(one.person for one in here),
        await meetings.own_people(view),
        await ballots.cast(meeting_id, application),
        {one.person: one.leg for one in here},
        await ballots.hands(meeting_id, application),
        {one.person: one.seat for one in here},
    )


async def land_changed(
    asked: Case, on: date
) -> type[rules.LandChanged] | type[rules.FarmerChanged] | None:
    """Held against what the inspectors saw when they signed, not against what the rows say of
    that day now."""
    visit = await inspections.finished(asked.application)
    if visit is None or (await plots.plot(asked.plot)).replaced_by:
        return rules.LandChanged
    if await plots.seen(asked.plot, await plots.holder(asked.plot, on)) == visit.land_digest:
        return None
    others = [None, *await plots.holders(asked.plot)]
    shown = [await plots.seen(asked.plot, one) for one in others]
    return rules.FarmerChanged if visit.land_digest in shown else rules.LandChanged


async def visits(
    application: str,
) -> tuple[views.InspectionView | None, tuple[views.InspectionView, ...]]:
    """The visit on which its last decision rested, and those that were finished since."""
    rows = await in_use().query(WHEN_FINISHED, application)
    later = {row["subject"]: bool(row["later"]) for row in rows}
    signed = sorted(
        (i for i in await inspections.of_application(application) if i.id in later),
        key=lambda i: (i.ended_at or i.at, i.id),
    )
    before = [i for i in signed if not later[i.id]]
    return before[-1] if before else None, tuple(i for i in signed if later[i.id])


async def inspected_on(application: str) -> date | None:
    visit = await inspections.finished(application)
    return local_day(visit.ended_at) if visit and visit.ended_at else None


async def _decisions(condition: Any) -> list[DecisionView]:
    rows = await Decision.select().where(condition).order_by(Decision.at, Decision.turn)
    ids = [row["id"] for row in rows]
    scope = (
        await DecisionCrop.select()
        .where(DecisionCrop.decision.is_in(ids))
        .order_by(DecisionCrop.crop)
        if ids
        else []
    )  # fmt: skip
    found = []
    for row in rows:
        mine = [one for one in scope if one["decision"] == row["id"]]
        found.append(as_view(DecisionView, {
            **row,
            "crops": tuple(one["crop"] for one in mine if one["approved"]),
            "left_out": tuple(one["crop"] for one in mine if not one["approved"]),
        }))  # fmt: skip
    return found
