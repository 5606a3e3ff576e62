"""Goods are called back, confirmed or refused by a second person, and cleared lot by lot."""

from __future__ import annotations

import secrets
import time
from datetime import datetime
from functools import partial

import msgspec

from certification.basis import log
from certification.basis.asked import once
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.people import queries as people
from market.domain.lineage import commands as lineage
from market.domain.lots import queries as stock
from market.domain.recalls import balance, holders, queries, reached, rules
from market.domain.recalls.queries import RecallView
from market.domain.recalls.rules import Clear, Open, Opened, Say
from market.domain.recalls.tables import Recall, RecallDrill, RecallLot

NEAR = ("household", "spouse", "kin")


async def open_recall(data: Open, *, by: str, at: datetime) -> Opened:
    """For health reasons it holds from here on; else a second person says yes first. A drill finds
    who has it, and neither freezes nor tells anybody. The same id again is answered as before."""
    do = partial(_open, data, by=by, at=at)
    async with transaction():
        return await once(data.id, "recalls.open", data, do, Opened, by=by, at=at)


async def _open(data: Open, *, by: str, at: datetime) -> Opened:
    rules.check(data)
    began = time.perf_counter_ns()
    lots = await reached.lots(data)
    rules.check_lots(len(lots))
    result = await _found(data, lots, began, at) if data.drill else None
    state = rules.first_state(data)
    await insert(
        Recall(
            id=data.id, organ=data.organ, kind=data.kind, subject=data.subject,
            from_on=data.from_on, until_on=data.until_on, back=data.back, drill=data.drill,
            because=data.because, advice=data.advice, note=data.note, state=state, by=by, at=at,
            in_force_at=at if state == "in_force" else None, confirmed_by=None, confirmed_at=None,
            refused_because=None, salt=secrets.token_bytes(16),
        )
    )  # fmt: skip
    opened = Opened(data.id, data.organ, data.kind, data.because, int(data.drill), len(lots))
    log.append(opened, (Recall, data.id), subject=data.id, by=by, at=at)
    await _name(data.id, lots, at=at, by=by)
    if result:
        await insert(result)
        told = rules.Drilled(data.id, result.micros, result.lots, result.buyers, result.grams)
        log.append(told, (RecallDrill, str(result.id)), subject=data.id, by=by, at=at)
    if state == "in_force":
        await _begin(data.id, by=by, at=at)
    return opened


async def _found(data: Open, lots: list[reached.Reached], began: int, at: datetime) -> RecallDrill:
    found = await holders.found([one.lot for one in lots])
    totals = balance.totals(found)
    places = {one.place for one in found.orders} | {one.place for one in found.sold if one.place}
    micros = (time.perf_counter_ns() - began) // 1000
    return RecallDrill(
        id=following(data.id, "drill"), recall=data.id, micros=micros, lots=len(found.lots),
        orders=len({one.order for one in found.orders}),
        buyers=len({one.buyer for one in found.orders}), places=len(places),
        grams=totals.came_in + totals.mixed_in,
        totals=msgspec.json.encode(totals).decode(), at=at,
    )  # fmt: skip


async def _name(recall: str, lots: list[reached.Reached], *, by: str, at: datetime) -> list[str]:
    """Which lots it is; those already named stay as they are. Answers the new ones."""
    new: list[str] = []
    for one in lots:
        id = following(recall, one.lot)
        rows = await in_use().query(
            "INSERT INTO recall_lot (id, recall, lot, root, at, salt) VALUES ({}, {}, {}, {}, {},"
            " {}) ON CONFLICT (recall, lot) DO NOTHING RETURNING id",
            id, recall, one.lot, one.root, at, secrets.token_bytes(16),
        )  # fmt: skip
        if rows:
            new.append(one.lot)
            log.append(
                rules.LotNamed(recall, one.lot), (RecallLot, id), subject=recall, by=by, at=at
            )
    return new


async def _begin(id: str, *, by: str, at: datetime) -> None:
    of = await queries.recall(id)
    lots = [one.lot for one in await queries.lots_of(id)]
    await _freeze(of, lots, by=by, at=at)
    begun = rules.Begun(id, of.organ, of.because, of.advice, (await queries.recall(id)).lots)
    log.append(begun, subject=id, by=by, at=at)


async def _freeze(of: RecallView, lots: list[str], *, by: str, at: datetime) -> None:
    """Then looked again: a mix that was under way is found, and none begins any more."""
    waiting = lots
    while waiting:
        for lot in sorted(waiting):
            freeze = following(of.id, f"freeze {lot}")
            await lineage.freeze(freeze, lot, "recall", of.id, by=by, at=at)
            log.append(rules.LotRecalled(of.id, lot), subject=lot, by=by, at=at)
        waiting = await _name(of.id, await reached.lots(asked(of)), by=by, at=at)


def asked(of: RecallView) -> Open:
    return Open(
        of.id, of.organ, of.kind, of.subject, of.because, of.advice, of.from_on, of.until_on,
        of.back, of.drill,
    )  # fmt: skip


async def say(data: Say, *, by: str, at: datetime) -> rules.Confirmed | rules.Refused:
    """By a second person. Yes: it holds; no: what was frozen is free again. Again by the same
    person changes nothing."""
    reason = None if data.yes else rules.check_reason(data.reason)
    async with transaction():
        of = await queries.recall(data.recall)
        await _ensure_second(of, by, at)
        event = (rules.Confirmed if data.yes else rules.Refused)(of.id, of.organ, of.by)
        claimed = await in_use().query(
            "UPDATE recall SET confirmed_by = {}, confirmed_at = {}, refused_because = {},"
            " state = {}, in_force_at = COALESCE(in_force_at, {}) WHERE id = {}"
            " AND confirmed_by IS NULL AND state IN ('asked', 'in_force') RETURNING id",
            by, at, reason, "in_force" if data.yes else "refused", at if data.yes else None, of.id,
        )  # fmt: skip
        if not claimed:
            await _ensure_said_so(of.id, data, by)
            return event
        log.append(event, (Recall, of.id), subject=of.id, by=by, at=at)
        if not data.yes and of.state == "in_force":
            await _free_all(of, by=by, at=at)
        if data.yes and of.state == "asked":
            await _name(of.id, await reached.lots(asked(of)), by=by, at=at)
            await _begin(of.id, by=by, at=at)
    return event


async def _ensure_said_so(id: str, data: Say, by: str) -> None:
    now = await queries.recall(id)
    if now.confirmed_by is None or now.state not in ("in_force", "refused"):
        raise rules.Ended(state=now.state)
    if now.confirmed_by != by or data.yes != (now.state == "in_force"):
        raise rules.ConfirmedAlready(state=now.state)


async def _ensure_second(of: RecallView, by: str, at: datetime) -> None:
    related = await people.related(by, local_day(at))
    near = {one.person for one in related if one.kind in NEAR}
    rows = await in_use().query(FARMERS, of.id)
    rules.check_second(by, of.by, {row["farmer"] for row in rows}, near)


FARMERS = (
    "SELECT DISTINCT l.farmer FROM recall_lot x JOIN lot l ON l.id = x.lot"
    " WHERE x.recall = {} AND x.root AND l.farmer IS NOT NULL"
)
"""Of the harvests that it names; whose goods were mixed with them is another matter."""


async def _free_all(of: RecallView, *, by: str, at: datetime) -> None:
    for one in await queries.lots_of(of.id):
        if not one.cleared_at:
            await lineage.thaw(one.lot, of.id, by=by, at=at)
            cleared = rules.LotCleared(of.id, one.lot, one.code, of.organ)
            log.append(cleared, subject=one.lot, by=by, at=at)


async def clear(data: Clear, *, by: str, at: datetime) -> rules.LotCleared:
    """One lot is free again, by a second person and with a reason; with the last it is over."""
    reason = rules.check_reason(data.reason)
    async with transaction():
        of = await queries.recall(data.recall)
        await _ensure_second(of, by, at)
        named = {one.lot: one for one in await queries.lots_of(of.id)}
        if data.lot not in named:
            raise rules.NotInIt()
        known = named[data.lot]
        if (known.cleared_by, known.cleared_because) == (by, reason):
            return rules.LotCleared(of.id, data.lot, known.code, of.organ)
        if of.state != "in_force":
            raise rules.NotInForce(state=of.state)
        cleared = rules.LotCleared(of.id, data.lot, known.code, of.organ)
        rows = await in_use().query(
            "UPDATE recall_lot SET cleared_by = {}, cleared_at = {}, cleared_because = {}"
            " WHERE recall = {} AND lot = {} AND cleared_at IS NULL RETURNING id",
            by, at, reason, of.id, data.lot,
        )  # fmt: skip
        if not rows:
            raise rules.ClearedAlready(lot=known.code)
        await lineage.thaw(data.lot, of.id, by=by, at=at)
        log.append(cleared, (RecallLot, rows[0]["id"]), subject=data.lot, by=by, at=at)
        await _end_with_the_last(of, by=by, at=at)
    return cleared


async def _end_with_the_last(of: RecallView, *, by: str, at: datetime) -> None:
    over = await in_use().query(
        "UPDATE recall SET state = 'over' WHERE id = {} AND state = 'in_force' AND NOT EXISTS"
        " (SELECT 1 FROM recall_lot x WHERE x.recall = recall.id AND x.cleared_at IS NULL)"
        " RETURNING id",
        of.id,
    )
    if over:
        log.append(rules.Over(of.id, of.organ), (Recall, of.id), subject=of.id, by=by, at=at)


OPEN = (
    'SELECT r.id FROM recall r JOIN lot l ON l.id = {} JOIN producer_group g ON g.id = l."group"'
    " WHERE r.state = 'in_force' AND r.kind IN ('plot', 'farmer', 'input')"
    " AND r.organ IN (g.id, g.network) ORDER BY r.id"
)


async def reported_late(lot: str, *, by: str, at: datetime) -> list[str]:
    """A harvest of what is recalled already: it is called back as well. Answers the recalls."""
    joined: list[str] = []
    async with transaction():
        for row in await in_use().query(OPEN, lot):
            of = await queries.recall(row["id"])
            found = [one for one in await reached.lots(asked(of)) if one.lot == lot]
            if new := await _name(of.id, found, by=by, at=at):
                await _freeze(of, new, by=by, at=at)
                code = (await stock.lot(lot)).code
                told = rules.LotJoined(of.id, of.organ, lot, code)
                log.append(told, subject=of.id, by=by, at=at)
                joined.append(of.id)
    return joined


SOLD_SINCE = (
    'SELECT e.lot, l.code, CAST(SUM(w.grams) AS BIGINT) AS grams, s."by" AS person, s.buyer'
    " FROM walkup_sale s JOIN walkup_line w ON w.sale = s.id JOIN lease e ON e.id = w.lease"
    " JOIN lot l ON l.id = e.lot JOIN stock k ON k.source = l.id"
    ' WHERE s.id = {} AND k.frozen > 0 GROUP BY e.lot, l.code, s."by", s.buyer ORDER BY l.code'
)


async def sold_since(sale: str, *, by: str, at: datetime) -> None:
    """Typed in after the recall: who typed it, and a buyer who is known, is told once what of it
    was recalled."""
    for row in await in_use().query(SOLD_SINCE, sale):
        event = rules.SoldSince(sale, **row)
        do = partial(_told, event, by=by, at=at)
        id = following(sale, f"recalled {event.lot}")
        await once(id, "recalls.sold_since", [sale, event.lot], do, rules.SoldSince, by=by, at=at)


async def _told(event: rules.SoldSince, *, by: str, at: datetime) -> rules.SoldSince:
    log.append(event, subject=event.sale, by=by, at=at)
    return event
