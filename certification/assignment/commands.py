"""A season's plan from its proposal to the day of each visit. What changes a plan claims its row
first, so that of two who change or adopt it at once the second sees what the first did."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.assignment import explain, plans, queries
from certification.assignment.explain import Excluded
from certification.assignment.plans import (
    Adopted,
    Arrange,
    Arranged,
    AskOverride,
    KeepPlan,
    Move,
    OverrideAsked,
    OverrideSigned,
    Proposed,
    SeatMoved,
)
from certification.assignment.queries import PlanView, SeatView, Standing
from certification.assignment.rules import ANY
from certification.assignment.tables import SeasonPlan, SeasonSeat, SeatOverride, SeatSaid
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.inspections import assigning
from certification.inspections.panel import Assigned
from certification.inspections.rules import AssignInspection, InspectionAssigned


async def keep(data: KeepPlan, *, by: str, at: datetime) -> Proposed:
    """The plan of that organ and season; proposed again, the newer takes the place of the older."""
    plans.ensure_season(data.season)
    digest = plans.written((p.plot, p.seat, p.person) for p in data.places)
    async with transaction():
        id = await _begun(data, digest, by=by, at=at)
        await SeasonSeat.delete().where(SeasonSeat.plan == id)
        rows = _rows(id, data, at)
        for first in range(0, len(rows), 200):
            await insert(*rows[first : first + 200])
        empty = sum(place.person is None for place in data.places)
        event = Proposed(id, data.season, digest, len(rows), empty)
        log.append(event, (SeasonPlan, id), subject=id, by=by, at=at)
    return event


async def _begun(data: KeepPlan, digest: str, *, by: str, at: datetime) -> str:
    [row] = await in_use().query(
        "INSERT INTO season_plan (id, organ, season, scheme_version, seed, state, revision, digest,"
        ' by, at) VALUES ({}, {}, {}, {}, {}, \'proposed\', 1, {}, {}, {})'
        " ON CONFLICT (organ, season) DO UPDATE SET scheme_version = excluded.scheme_version,"
        " seed = excluded.seed, digest = excluded.digest, by = excluded.by, at = excluded.at,"
        " revision = season_plan.revision + 1 WHERE season_plan.state = 'proposed'"
        " RETURNING id",
        data.id, data.organ, data.season, data.scheme_version, data.seed, digest, by, at,
    ) or [{"id": ""}]  # fmt: skip
    if not row["id"]:
        raise plans.AdoptedAlready
    return str(row["id"])


def _rows(plan: str, data: KeepPlan, at: datetime) -> list[SeasonSeat]:
    count: dict[str, int] = {}
    rows = []
    for place in data.places:
        number = count.get(place.plot, 0)
        count[place.plot] = number + 1
        rows.append(SeasonSeat(
            id=following(plan, f"{place.plot} {number}"), plan=plan, plot=place.plot,
            application=data.applications[place.plot], seat=place.seat, number=number,
            person=place.person, state="proposed", inspection=None, at=at,
        ))  # fmt: skip
    return rows


async def move(data: Move, *, by: str, at: datetime) -> SeatMoved:
    """Somebody else, or nobody, by hand: refused with all that stands against it. Of a plan that
    was changed since it was read only who sees that may change it."""
    async with transaction():
        seat = await queries.seat(data.seat)
        plan = await _claimed(seat.plan, revision=data.revision)
        if data.person:
            plans.ensure_free(await _judged(plan, seat, data.person, at))
        return await _moved(plan, seat, data.person, by=by, at=at)


async def ask_override(data: AskOverride, *, by: str, at: datetime) -> OverrideAsked:
    plans.ensure_reason(data.reason)
    async with transaction():
        seat = await queries.seat(data.seat)
        plan = await _claimed(seat.plan, state="adopted")
        excluded = await _judged(plan, seat, data.person, at)
        plans.ensure_overridable(excluded)
        await _ensure_observer(seat, data)
        event = OverrideAsked(data.id, seat.id, " ".join(excluded.why))
        await insert(SeatOverride(
            id=data.id, seat=seat.id, person=data.person, why=event.why, reason=data.reason.strip(),
            observer=data.observer, by=by, at=at, signed_by=None, signed_at=None,
        ))  # fmt: skip
        log.append(
            event, (SeatOverride, data.id), (SeasonPlan, plan.id), subject=seat.plan, by=by, at=at
        )
    return event


async def _ensure_observer(seat: SeatView, data: AskOverride) -> None:
    panel = {one.person for one in await queries.seats(seat.plan) if one.plot == seat.plot}
    if data.observer in {data.person, *panel}:
        raise plans.ObserverToo(field="observer")


async def sign_override(override: str, *, by: str, at: datetime) -> OverrideSigned:
    """The second signature seats the person; what stands against it must still be the same."""
    async with transaction():
        found = await queries.override(override)
        if by in (found.by, found.person, found.observer):
            raise plans.SecondSignature
        seat = await queries.seat(found.seat)
        plan = await _claimed(seat.plan)
        excluded = await _judged(plan, seat, found.person, at)
        if not {*excluded.why} <= {*found.why.split()}:
            raise plans.Barred(person=found.person, why=list(excluded.why))
        signed = await in_use().query(
            "UPDATE season_seat_override SET signed_by = {}, signed_at = {}"
            " WHERE id = {} AND signed_at IS NULL RETURNING id",
            by, at, override,
        )  # fmt: skip
        if not signed:
            raise plans.SignedAlready
        await _moved(plan, seat, found.person, by=by, at=at)
        event = OverrideSigned(override, seat.id, found.person, found.observer)
        log.append(
            event, (SeatOverride, override), (SeasonPlan, plan.id), subject=seat.plan, by=by, at=at
        )
    return event


async def adopt(plan: str, revision: int, *, by: str, at: datetime) -> Adopted:
    """Everybody on it is asked; what has come to stand against it since is refused by name."""
    async with transaction():
        found = await _claimed(plan, revision=revision, state="proposed")
        standing = await queries.standing(found, at)
        for excluded in standing.against.values():
            plans.ensure_free(excluded)
        seats = await queries.seats(plan)
        digest = plans.written((s.plot, s.seat, s.person) for s in seats)
        await in_use().query(
            "UPDATE season_plan SET state = 'adopted', digest = {}, adopted_by = {},"
            " adopted_at = {} WHERE id = {}",
            digest, by, at, plan,
        )  # fmt: skip
        await in_use().query(
            "UPDATE season_seat SET at = {}, state = CASE WHEN person IS NULL THEN 'open'"
            " ELSE 'asked' END WHERE plan = {}",
            at, plan,
        )  # fmt: skip
        members = tuple(sorted({seat.person for seat in seats if seat.person}))
        empty = sum(seat.person is None for seat in seats)
        event = Adopted(plan, found.season, digest, len(seats), empty, members)
        log.append(event, (SeasonPlan, plan), subject=plan, by=by, at=at)
    return event


async def arrange(data: Arrange, *, by: str, at: datetime) -> InspectionAssigned:
    """A day for a panel that has agreed: it becomes a visit, and all rules are asked once more."""
    async with transaction():
        plan = await _claimed(data.plan, state="adopted")
        panel = [s for s in await queries.seats(plan.id) if s.plot == data.plot]
        if not panel or any(s.state != "accepted" or s.inspection for s in panel):
            raise plans.NotAllAgreed
        standing = await queries.standing(plan, at)
        for seat in panel:
            if seat.id in standing.against:
                plans.ensure_free(standing.against[seat.id])
        members = tuple(Assigned(str(s.person), _named(s, standing)) for s in panel)
        asked = AssignInspection(data.id, panel[0].application, members, data.planned_on, data.kind)
        signed = await queries.overrides(seat.id for seat in panel)
        excused = frozenset(one.person for one in signed if one.signed_at)
        event = await assigning.assign(asked, by=by, at=at, excused=excused)
        await in_use().query(
            "UPDATE season_seat SET inspection = {} WHERE plan = {} AND plot = {}",
            data.id, plan.id, data.plot,
        )  # fmt: skip
        told = Arranged(plan.id, data.plot, data.id)
        log.append(told, (SeasonPlan, plan.id), subject=plan.id, by=by, at=at)
    return event


def _named(seat: SeatView, standing: Standing) -> str:
    """A seat for anybody is signed in a seat that the person has."""
    if seat.seat != ANY:
        return seat.seat
    people = {person.person: person for person in standing.seating.people}
    return min(people[str(seat.person)].seats)


async def _claimed(plan: str, *, revision: int | None = None, state: str = "") -> PlanView:
    """Its row, so that others wait; and that it is as it was read."""
    rows = await in_use().query(
        "UPDATE season_plan SET revision = revision + 1 WHERE id = {} RETURNING revision", plan
    )
    if not rows:
        raise plans.PlanMissing(plan=plan)
    found = await queries.plan(plan)
    if state and found.state != state:
        raise plans.AdoptedAlready if state == "proposed" else plans.NotAdopted
    if revision is not None and found.revision != revision + 1:
        raise plans.ChangedMeanwhile
    return found


async def _judged(plan: PlanView, seat: SeatView, person: str, at: datetime) -> Excluded:
    """What stands against somebody there, as the others sit and with the seat empty."""
    standing = await queries.standing(plan, at)
    place = standing.places[seat.id]
    if standing.seating.taken[place] is not None:
        standing.seating.rise(place)
    number = {who.person: n for n, who in enumerate(standing.seating.people)}
    if person not in number:
        return Excluded(person, ("left",))
    return explain.against(standing.seating, place, number[person])


async def _moved(
    plan: PlanView, seat: SeatView, person: str, *, by: str, at: datetime
) -> SeatMoved:
    if seat.inspection:
        raise plans.NotAllAgreed
    asked = plan.state == "adopted"
    state = ("asked" if person else "open") if asked else "proposed"
    await in_use().query(
        "UPDATE season_seat SET person = {}, state = {}, at = {} WHERE id = {}",
        person or None, state, at, seat.id,
    )  # fmt: skip
    event, rows = SeatMoved(seat.id, person, seat.person or ""), list[str]()
    if asked:
        rows = [said := new_id()]
        await insert(SeatSaid(
            id=said, seat=seat.id, person=person or seat.person or by, word="moved", reason=None,
            by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
    told = [(SeatSaid, row) for row in rows]
    log.append(event, *told, (SeasonPlan, plan.id), subject=plan.id, by=by, at=at)
    return event
