"""The panel of a visit when it is not what it was: somebody else goes, or two excuse a signature.

Roles end and relations are told while people are in the field. At the assignment and at the
beginning the whole panel is asked, at each signature its signer; what was answered stays.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.applications import queries as applications
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.refusal import Invalid, Refusal
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.inspections import bound, commands, panel, queries, rules, states
from certification.inspections.panel import Assigned
from certification.inspections.tables import InspectionMember, MemberExcused
from certification.schemes import queries as schemes

NEVER = (panel.OwnPlot.code, panel.SameHousehold.code)
"""Nobody excuses the farmer, nor who lives in the same house."""


class NotOnThePanel(Refusal):
    """Not of this panel, replaced already, or has signed."""

    code = "inspections.not_on_the_panel"


class NothingAgainst(Refusal):
    code = "inspections.nothing_against"


class NeverExcused(Refusal):
    code = "inspections.never_excused"


class ExcuseMissing(Invalid):
    """Of this visit none has this id."""

    code = "inspections.excuse_missing"


class ExcusedBySecond(Refusal):
    """Two different people sign it, and neither is the one who is excused."""

    code = "inspections.excused_by_second"


class Replace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inspection: str
    person: str
    by_whom: Assigned


class Excuse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    inspection: str
    person: str
    reason: str


class MemberReplaced(msgspec.Struct, frozen=True, tag="inspections.member_replaced"):
    inspection: str
    was: str
    person: str


class ExcuseAsked(msgspec.Struct, frozen=True, tag="inspections.excuse_asked"):
    excuse: str
    inspection: str
    person: str
    why: str


class ExcuseSigned(msgspec.Struct, frozen=True, tag="inspections.excuse_signed"):
    excuse: str
    inspection: str
    person: str


async def replace(data: Replace, *, by: str, at: datetime) -> MemberReplaced:
    """Before or in the field; who has signed stays. The newcomer is asked all that a panel is."""
    event, id = MemberReplaced(data.inspection, data.person, data.by_whom.person), new_id()
    async with transaction():
        visit = await commands.hold(data.inspection)
        states.after("replace", visit.state)
        gone = await in_use().query(
            "UPDATE inspection_member SET left_at = {} WHERE inspection = {} AND person = {}"
            " AND signed_at IS NULL AND left_at IS NULL RETURNING id",
            at, visit.id, data.person,
        )  # fmt: skip
        if not gone:
            raise NotOnThePanel(person=data.person)
        if data.by_whom.person in [one.person for one in await queries.members(visit.id)]:
            raise panel.InspectorTwice(person=data.by_whom.person)
        settings = (await schemes.version(visit.scheme_version)).content.rules
        asked = await applications.application(visit.application)
        farmer = await bound.farmer(asked, carries=visit.carries, on=local_day(at))
        ties = await bound.tied(visit.plot, farmer, settings, on=local_day(at))
        if settings.seat(data.by_whom.seat) is None:
            raise panel.UnknownSeat(field="seat", seat=data.by_whom.seat[:20])
        panel.ensure_independent(data.by_whom, ties, kin_degree=settings.kin_degree)
        await insert(InspectionMember(
            id=id, inspection=visit.id, person=data.by_whom.person, seat=data.by_whom.seat
        ))  # fmt: skip
        seats = [one.seat for one in await queries.seats(visit.id)]
        panel.ensure_enough(seats, settings)
        rows = [(InspectionMember, gone[0]["id"]), (InspectionMember, id)]
        log.append(event, *rows, subject=visit.id, by=by, at=at)
    return event


async def excuse(data: Excuse, *, by: str, at: datetime) -> ExcuseAsked:
    """The first of two; the reason is public."""
    rules.ensure_words(data.reason, "reason")
    async with transaction():
        visit = await commands.hold(data.inspection)
        if data.person not in [one.person for one in await queries.seats(visit.id)]:
            raise NotOnThePanel(person=data.person)
        against = (await bound.standing(visit, at)).get(data.person)
        if against is None:
            raise NothingAgainst(person=data.person)
        if against.code in NEVER:
            raise NeverExcused(person=data.person)
        if by == data.person:
            raise ExcusedBySecond
        await insert(MemberExcused(
            id=data.id, inspection=visit.id, person=data.person, why=against.code,
            reason=data.reason.strip(), by=by, at=at, signed_by=None, signed_at=None,
        ))  # fmt: skip
        event = ExcuseAsked(data.id, visit.id, data.person, against.code)
        log.append(event, (MemberExcused, data.id), subject=visit.id, by=by, at=at)
    return event


async def sign_excuse(inspection: str, id: str, *, by: str, at: datetime) -> ExcuseSigned:
    """The second: what stands against the person must still be the same."""
    async with transaction():
        visit = await commands.hold(inspection)
        one = next((e for e in await queries.excuses(visit.id) if e.id == id), None)
        if one is None:
            raise ExcuseMissing(field="excuse")
        if by in (one.by, one.person):
            raise ExcusedBySecond
        against = (await bound.standing(visit, at)).get(one.person)
        if against is None or against.code != one.why:
            raise NothingAgainst(person=one.person)
        await in_use().query(
            "UPDATE inspection_member_excused SET signed_by = {}, signed_at = {}"
            " WHERE id = {} AND signed_at IS NULL",
            by, at, id,
        )  # fmt: skip
        [member] = await (
            InspectionMember.update({InspectionMember.excused: True})
            .where(InspectionMember.inspection == visit.id, InspectionMember.person == one.person)
            .returning(InspectionMember.id)
        )
        event = ExcuseSigned(id, visit.id, one.person)
        rows = [(MemberExcused, id), (InspectionMember, member["id"])]
        log.append(event, *rows, subject=visit.id, by=by, at=at)
    return event
