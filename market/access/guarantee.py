"""Where visits, findings, meetings and certificates stand, for `Permit.check`.

visit, place = await guarantee.visit(id, permit)
permit.check(place)                      # 404 out of reach, just as if it were not there
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from certification.basis.ids import is_id
from certification.basis.refusal import Missing
from certification.basis.units import local_day
from certification.calls import queries as calls
from certification.calls.queries import CallView
from certification.certificates import queries as certificates
from certification.certificates.queries import CertificateView
from certification.decisions import queries as decisions
from certification.decisions.queries import DecisionView
from certification.findings import queries as standings
from certification.hearings import appeals
from certification.hearings import queries as hearings
from certification.hearings.appeals import Appealable
from certification.hearings.queries import HearingView
from certification.hearings.refusals import NothingToAppeal
from certification.inspections import bound
from certification.inspections import queries as inspections
from certification.inspections.views import FindingView, InspectionView
from certification.marks import queries as marks
from certification.marks.queries import MarkView
from certification.meetings import queries as meetings
from certification.meetings.queries import MeetingView
from certification.organs import queries as organs
from certification.plots import queries as plots
from market.access import deeds, whose
from market.access.permit import Permit, Place
from market.access.refusals import NotThere

T = TypeVar("T")


async def visit(id: str, permit: Permit) -> tuple[InspectionView, Place]:
    """Where its application stands; its owner is who applied. Not there for whom it would warn."""
    found = await _there(inspections.inspection, id)
    if permit.person in await bound.kept_from(found):
        raise NotThere
    _, place = await whose.application(found.application)
    return found, place


async def visit_call(id: str, permit: Permit, at: datetime) -> tuple[CallView, Place]:
    """Where its application stands. Not there for whom an unannounced visit would be told."""
    found = await _there(calls.call, id)
    if permit.person in await calls.kept_from(found, local_day(at)):
        raise NotThere
    return found, (await whose.application(found.application))[1]


async def visits_shown(found: Sequence[InspectionView], permit: Permit) -> list[InspectionView]:
    """Without the unannounced ones that this person must not know of before they begin."""
    return [one for one in found if permit.person not in await bound.kept_from(one)]


async def visit_seen(id: str, permit: Permit) -> InspectionView:
    """Whoever reaches the application, and those who were asked to look."""
    found, place = await visit(id, permit)
    if not await _assigned(id, permit.person):
        permit.check(place)
    return found


async def visit_done(id: str, permit: Permit) -> InspectionView:
    """Only those who were asked to look, from whichever group they come."""
    found = await _there(inspections.inspection, id)
    permit.check(Place(owner=permit.person if await _assigned(id, permit.person) else ""))
    return found


async def finding(id: str) -> tuple[FindingView, Place]:
    found = await _there(inspections.finding, id)
    if found.inspection is None:
        group = (await plots.plot(found.plot)).group
        return found, await whose.of_group(group, owner=found.farmer)
    seen = await _there(inspections.inspection, found.inspection)
    _, place = await whose.application(seen.application)
    return found, place


async def finding_answered(id: str, permit: Permit, at: datetime) -> deeds.For:
    """For whom it is answered: who farms the land now, which may be another than at the visit."""
    found = await _there(inspections.finding, id)
    farmer = await standings.answerable(found, local_day(at))
    group = (await plots.plot(found.plot)).group
    permit.check(await whose.of_group(group, owner=farmer))
    return deeds.For(farmer, group, found.plot)


async def ensure_on_agenda(of: str, what: str, meeting: str, permit: Permit) -> None:
    """An item of that meeting, or what else stands there, within reach."""
    if what == "case":
        permit.check((await whose.application(of))[1])
    elif what == "hearing":
        permit.check((await hearing(of))[1])
    elif what == "finding":
        permit.check((await finding(of))[1])
    elif of not in [one.id for one in await meetings.items(meeting)]:
        raise NotThere


async def meeting(id: str) -> tuple[MeetingView, Place]:
    """It stands where its organ does."""
    found = await _there(meetings.meeting, id)
    return found, await whose.of_group(found.organ)


async def seat(id: str) -> Place:
    """Where the body is; whose seat it is does not matter."""
    found = await _there(organs.appointment, id)
    return await whose.of_group(found.organ)


async def decision(id: str) -> tuple[DecisionView, Place]:
    found = await _there(decisions.decision, id)
    _, place = await whose.application(found.application)
    return found, place


async def mark(id: str) -> tuple[MarkView, Place]:
    """It stands where its group does; its owner is the holder, where it is not the group's own."""
    found = await _there(marks.mark, id)
    return found, await whose.of_group(found.organ, owner=found.holder or "")


async def certificate(id: str) -> tuple[CertificateView, Place]:
    found = await _there(certificates.certificate, id)
    return found, await whose.of_group(found.group, owner=found.holder)


async def hearing(id: str) -> tuple[HearingView, Place]:
    """It stands where the certificate does, or the application that was refused."""
    found = await _there(hearings.hearing, id)
    return found, await whose.of_group(found.group, owner=found.holder)


async def appealable(id: str) -> tuple[Appealable, Place]:
    """What is appealed against; what is none is not there."""
    if not is_id(id):
        raise NotThere
    try:
        found = await appeals.appealable(id)
    except NothingToAppeal:
        raise NotThere from None
    return found, await whose.of_group(found.group, owner=found.holder)


async def _assigned(visit: str, person: str) -> bool:
    return person in [member.person for member in await inspections.members(visit)]


async def _there(query: Callable[[str], Awaitable[T]], id: str) -> T:
    if not is_id(id):
        raise NotThere
    try:
        return await query(id)
    except Missing:
        raise NotThere from None
