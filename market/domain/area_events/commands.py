"""An officer enters, corrects and ends an event; people say yes or no to what it proposes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from piccolo.table import Table

from certification.areas import queries as areas
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.land import queries as land
from market.domain.area_events import queries, rules
from market.domain.area_events.rules import (
    EnterEvent,
    EventEnded,
    EventEntered,
    EventProposed,
    EventStruck,
    ProposalAnswered,
    ProposalView,
)
from market.domain.area_events.tables import AreaEvent, AreaEventTambon, AreaProposal
from market.domain.offers import ahead
from market.domain.offers.rules import LowerAhead

CLOCK = "clock"
Rows = list[tuple[type[Table], Any]]


async def enter(data: EnterEvent, *, by: str, at: datetime) -> EventEntered:
    """With what it proposes; a correction voids what the one before still asked."""
    rules.ensure_sound(data, today=local_day(at))
    event = EventEntered(
        data.id, data.kind, data.from_on.isoformat(),
        data.until_on.isoformat() if data.until_on else "",
        tuple(sorted(set(data.tambons))), data.less_percent,
    )  # fmt: skip
    async with transaction():
        if data.corrects:
            await strike(data.corrects, by=by, at=at)
        told = await _written(data, "officer", by, at)
        told += await _propose(data.id, at)
        log.append(event, *told, subject=data.id, by=by, at=at)
    return event


async def propose(data: EnterEvent, *, by: str, at: datetime) -> EventProposed | None:
    """From the weather: it has no effect before an officer's yes. The same again is nothing."""
    rules.ensure_sound(data, today=local_day(at))
    event = EventProposed(data.id, data.kind, tuple(sorted(set(data.tambons))))
    async with transaction():
        if await in_use().query("SELECT id FROM area_event WHERE id = {}", data.id):
            return None
        told = await _written(data, "forecast", by, at)
        log.append(event, *told, subject=data.id, by=by, at=at)
    return event


async def confirm(id: str, *, by: str, at: datetime) -> EventEntered:
    """An officer says of what the weather proposed that it is so."""
    async with transaction():
        known = await queries.event(id)
        event = EventEntered(
            id, known.kind, known.from_on.isoformat(),
            known.until_on.isoformat() if known.until_on else "",
            known.tambons, known.less_percent,
        )  # fmt: skip
        if await in_use().query(
            "UPDATE area_event SET confirmed_by = {}, confirmed_at = {} WHERE id = {}"
            " AND confirmed_at IS NULL AND struck_at IS NULL RETURNING id",
            by, at, id,
        ):  # fmt: skip
            told: Rows = [(AreaEvent, id), *await _propose(id, at)]
            log.append(event, *told, subject=id, by=by, at=at)
        elif known.struck:
            raise rules.StruckAlready
    return event


async def end(id: str, until_on: date, *, by: str, at: datetime) -> EventEnded:
    """Its last day is known: only now is it sure whether soil is to be tested."""
    async with transaction():
        known = await queries.event(id)
        rules.ensure_until(known.from_on, until_on)
        event = EventEnded(id, known.kind, until_on.isoformat())
        if not await in_use().query(
            "UPDATE area_event SET until_on = {} WHERE id = {} AND until_on IS NULL"
            " AND struck_at IS NULL AND confirmed_at IS NOT NULL RETURNING id",
            until_on, id,
        ):  # fmt: skip
            raise rules.StruckAlready if known.struck else rules.EndedAlready
        told: Rows = [(AreaEvent, id), *await _propose(id, at)]
        log.append(event, *told, subject=id, by=by, at=at)
    return event


async def strike(id: str, *, by: str, at: datetime) -> EventStruck:
    """What was said yes to stays as it is; what is still open is asked no more."""
    async with transaction():
        known = await queries.event(id)
        event = EventStruck(id, known.kind)
        if not await in_use().query(
            "UPDATE area_event SET struck_by = {}, struck_at = {} WHERE id = {}"
            " AND struck_at IS NULL RETURNING id",
            by, at, id,
        ):  # fmt: skip
            raise rules.StruckAlready
        voided = await in_use().query(
            "UPDATE area_proposal SET state = 'void' WHERE event = {} AND state = 'open'"
            " RETURNING id",
            id,
        )
        told: Rows = [(AreaEvent, id), *((AreaProposal, row["id"]) for row in voided)]
        log.append(event, *told, subject=id, by=by, at=at)
    return event


async def answer(id: str, *, yes: bool, by: str, at: datetime) -> ProposalAnswered:
    """Yes to a lower harvest lowers the offer here and now, as the farmer's own page does; soil was
    tested where its day is written down."""
    state = "done" if yes else "declined"
    async with transaction():
        if not await in_use().query(
            "UPDATE area_proposal SET state = {}, answered_by = {}, answered_at = {}"
            " WHERE id = {} AND state = 'open' RETURNING id",
            state, by, at, id,
        ):  # fmt: skip
            await queries.proposal(id)
            raise rules.AnsweredAlready
        known = await queries.proposal(id)
        event = ProposalAnswered(id, known.kind, state)
        if yes and known.kind == "lower":
            await _lower(known, by, at)
        if yes and known.kind == "soil":
            await _ensure_tested(known)
        log.append(event, (AreaProposal, id), subject=known.event, by=by, at=at)
    return event


async def _lower(known: ProposalView, by: str, at: datetime) -> None:
    """Of two events over one harvest the lower figure holds; what is lower already stays."""
    [row] = await in_use().query("SELECT promised_grams FROM forecast WHERE id = {}", known.subject)
    if known.grams is not None and known.grams < row["promised_grams"]:
        await ahead.lower(LowerAhead(known.subject, known.grams), by=by, at=at)


async def _ensure_tested(known: ProposalView) -> None:
    """Its day, and what was found, stand under water of the land: that is the door of the duty."""
    event, water = await queries.event(known.event), await land.water(known.subject)
    tested = water.soil_tested_on if water else None
    if tested is None or tested < (event.until_on or event.from_on):
        raise rules.SoilNotNoted(since=(event.until_on or event.from_on).isoformat())


async def _written(data: EnterEvent, source: str, by: str, at: datetime) -> Rows:
    sure = source == "officer"
    for tambon in data.tambons:
        areas.area(tambon)
    await insert(AreaEvent(
        id=data.id, kind=data.kind, from_on=data.from_on, until_on=data.until_on,
        less_percent=data.less_percent, source=source, corrects=data.corrects or None, by=by,
        at=at, confirmed_by=by if sure else None, confirmed_at=at if sure else None,
    ))  # fmt: skip
    told: Rows = [(AreaEvent, data.id)]
    for tambon in sorted(set(data.tambons)):
        row = following(data.id, tambon)
        await insert(AreaEventTambon(id=row, event=data.id, tambon=tambon))
        told.append((AreaEventTambon, row))
    return told


async def _propose(id: str, at: datetime) -> Rows:
    """What is proposed already stays as it is."""
    event, today, told = await queries.event(id), local_day(at), list[tuple[type[Table], Any]]()
    for row in await queries.promised(event) if event.less_percent else ():
        grams = rules.lowered(row["promised_grams"], event.less_percent)
        told += await _asked(id, "lower", row["id"], row["group"], row["farmer"], grams, None)
    for row in await queries.stops(event) if event.kind in rules.STOPS else ():
        told += await _asked(id, "stop", row["id"], row["operator"], None, None, None)
    if event.kind == "flood":
        for one in await queries.hit(event, today):
            days = await queries.days_before_soil_test(one.group, today)
            if days is not None and rules.flooded_days(event, today) > days:
                due_on = rules.soil_due_on(event, today)
                told += await _asked(id, "soil", one.plot, one.group, one.person, None, due_on)
    return told


async def _asked(
    event: str, kind: str, subject: str, organ: str, person: str | None, grams: int | None,
    due_on: date | None,
) -> Rows:  # fmt: skip
    id = following(event, f"{kind} {subject}")
    new = await in_use().query(
        "INSERT INTO area_proposal (id, event, kind, subject, organ, person, grams, due_on, state)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}, {}, 'open')"
        " ON CONFLICT (event, kind, subject) DO NOTHING RETURNING id",
        id, event, kind, subject, organ, person, grams, due_on,
    )  # fmt: skip
    return [(AreaProposal, id)] if new else []
