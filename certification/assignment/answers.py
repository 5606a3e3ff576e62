"""What an inspector answers to being asked: yes, no with a reason, or a swap with another."""

from __future__ import annotations

import secrets
from datetime import datetime

from certification.assignment import explain, plans, queries
from certification.assignment.plans import (
    CardKept,
    Decline,
    KeepCard,
    OfferSwap,
    SeatAccepted,
    SeatDeclined,
    SwapAnswered,
    SwapOffered,
)
from certification.assignment.queries import SeatView
from certification.assignment.tables import SeatSaid, SeatSwap
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import new_id
from certification.basis.inserting import insert
from certification.basis.transaction import transaction


async def accept(seat: str, *, by: str, at: datetime) -> SeatAccepted:
    """Twice is once. Who may not go any more by what was told since is refused by name."""
    async with transaction():
        found = await _mine(seat, by)
        plan = await queries.plan(found.plan)
        standing = await queries.standing(plan, at)
        if seat in standing.against:
            plans.ensure_free(standing.against[seat])
        event = SeatAccepted(seat, by)
        if await _answered(seat, by, "accepted", "asked", at):
            said = await _said(seat, by, "accepted", None, by=by, at=at)
            log.append(event, (SeatSaid, said), subject=found.plan, by=by, at=at)
    return event


async def decline(data: Decline, *, by: str, at: datetime) -> SeatDeclined:
    """The reason is for who keeps the plan. Not once a day was set: that visit is called off."""
    plans.ensure_reason(data.reason)
    async with transaction():
        found = await _mine(data.seat, by)
        plan = await queries.plan(found.plan)
        if not await _answered(data.seat, by, "declined", found.state, at):
            raise plans.NotAsked(seat=data.seat)
        said = await _said(data.seat, by, "declined", data.reason.strip(), by=by, at=at)
        event = SeatDeclined(data.seat, by, plan.organ)
        log.append(event, (SeatSaid, said), subject=found.plan, by=by, at=at)
    return event


async def offer(data: OfferSwap, *, by: str, at: datetime) -> SwapOffered:
    """Mine for theirs, in the same plan, where both may sit on the other's seat."""
    async with transaction():
        mine, theirs = await _mine(data.mine, by), await queries.seat(data.theirs)
        if (
            theirs.plan != mine.plan
            or theirs.id == mine.id
            or theirs.person is None
            or theirs.inspection
        ):
            raise plans.SwapGone
        await _ensure_may(mine, theirs, at)
        event = SwapOffered(data.id, theirs.person)
        await insert(SeatSwap(
            id=data.id, mine=mine.id, theirs=theirs.id, by=by, other=theirs.person,
            state="offered", at=at, answered_at=None,
        ))  # fmt: skip
        log.append(event, subject=mine.plan, by=by, at=at)
    return event


async def answer(swap: str, *, agreed: bool, by: str, at: datetime) -> SwapAnswered:
    """By whom it was offered to; agreed to, both sit on the other's seat and have accepted."""
    async with transaction():
        offered = await queries.swap(swap)
        if by != offered.other and (agreed or by != offered.by):
            raise plans.NotAsked(seat=offered.theirs)
        mine, theirs = await queries.seat(offered.mine), await queries.seat(offered.theirs)
        await _take_turn(mine.plan)
        claimed = await in_use().query(
            "UPDATE season_seat_swap SET state = {}, answered_at = {}"
            " WHERE id = {} AND state = 'offered' RETURNING id",
            "agreed" if agreed else "refused", at, swap,
        )  # fmt: skip
        if not claimed:
            raise plans.SwapGone
        event = SwapAnswered(swap, offered.by, "agreed" if agreed else "refused")
        rows = []
        if agreed:
            mine, theirs = await queries.seat(mine.id), await queries.seat(theirs.id)
            _ensure_there(mine, offered.by)
            _ensure_there(theirs, offered.other)
            await _ensure_may(mine, theirs, at)
            rows = [
                await _seated(mine.id, offered.other, by=by, at=at),
                await _seated(theirs.id, offered.by, by=by, at=at),
            ]
        log.append(event, *[(SeatSaid, row) for row in rows], subject=mine.plan, by=by, at=at)
    return event


async def keep_card(data: KeepCard, *, by: str, at: datetime) -> CardKept:
    """What is known of an inspector; the last said holds, and no log tells whose employer it is."""
    plans.ensure_card(data)
    event = CardKept(data.person)
    async with transaction():
        await in_use().query(
            "INSERT INTO inspector_card (id, person, seats, most, employer, by, at, salt)"
            " VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (person) DO UPDATE SET"
            " seats = excluded.seats, most = excluded.most, employer = excluded.employer,"
            " by = excluded.by, at = excluded.at, salt = excluded.salt",
            data.id, data.person, " ".join(data.seats), data.most, data.employer.strip() or None,
            by, at, secrets.token_bytes(16),
        )  # fmt: skip
        log.append(event, subject=data.person, by=by, at=at)
    return event


def _ensure_there(seat: SeatView, person: str) -> None:
    if seat.person != person or seat.inspection or seat.state not in ("asked", "accepted"):
        raise plans.SwapGone


async def _ensure_may(mine: SeatView, theirs: SeatView, at: datetime) -> None:
    """All rules, with both on the other's seat."""
    standing = await queries.standing(await queries.plan(mine.plan), at)
    seating, one, two = standing.seating, standing.places[mine.id], standing.places[theirs.id]
    if seating.taken[one] is None or seating.taken[two] is None:
        raise plans.SwapGone
    first, second = seating.rise(one), seating.rise(two)
    plans.ensure_free(explain.against(seating, one, second))
    seating.sit(one, second)
    plans.ensure_free(explain.against(seating, two, first))


async def _seated(seat: str, person: str, *, by: str, at: datetime) -> str:
    await in_use().query(
        "UPDATE season_seat SET person = {}, state = 'accepted', at = {} WHERE id = {}",
        person, at, seat,
    )  # fmt: skip
    return await _said(seat, person, "swapped", None, by=by, at=at)


async def _mine(seat: str, by: str) -> SeatView:
    """After the plan's turn was taken: nobody moves a seat meanwhile."""
    found = await queries.seat(seat)
    await _take_turn(found.plan)
    found = await queries.seat(seat)
    if found.person != by or found.inspection or found.state not in ("asked", "accepted"):
        raise plans.NotAsked(seat=seat)
    return found


async def _take_turn(plan: str) -> None:
    """Claims the row without a new revision: an answer does not make the board's page old."""
    await in_use().query("UPDATE season_plan SET revision = revision WHERE id = {}", plan)


async def _answered(seat: str, by: str, state: str, was: str, at: datetime) -> bool:
    rows = await in_use().query(
        "UPDATE season_seat SET state = {}, at = {}"
        " WHERE id = {} AND person = {} AND state = {} RETURNING id",
        state, at, seat, by, was,
    )  # fmt: skip
    return bool(rows)


async def _said(
    seat: str, person: str, word: str, reason: str | None, *, by: str, at: datetime
) -> str:
    id = new_id()
    await insert(SeatSaid(
        id=id, seat=seat, person=person, word=word, reason=reason, by=by, at=at,
        salt=secrets.token_bytes(16),
    ))  # fmt: skip
    return id
