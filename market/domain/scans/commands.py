"""Counts are added up, lots that stand out are noted, and people say what it was."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import partial

from certification.basis import asked, log
from certification.basis.database import in_use
from certification.basis.ids import following, new_id
from certification.basis.inserting import insert
from certification.basis.transaction import run
from certification.basis.units import local_day
from certification.people import queries as people
from market.domain.scans import queries, rules
from market.domain.scans.queries import SignalView
from market.domain.scans.rules import Copied, End, Explained, Look, LookedInto, Unusual
from market.domain.scans.tables import ScanSignal

NEAR = ("household", "spouse", "kin")
CLOCK = "clock"


async def add(seen: Mapping[str, int], *, on: date) -> None:
    """By code. Processes that add at once add up: always in the order of codes, so that none waits
    for the other in a ring."""
    for code in sorted(seen):
        await _add(code, on, "", seen[code], 2**53)


async def tell_area(code: str, area: str, *, at: datetime) -> None:
    """Who holds a packet says in which district or province; not who, and not where in it."""
    if area not in queries.areas_to_choose():
        raise rules.NoArea(field="area")
    await _add(code, local_day(at), area, 1, rules.TOLD_MOST)


async def _add(code: str, on: date, area: str, times: int, most: int) -> None:
    await in_use().query(
        "INSERT INTO scan_count (id, lot, on_day, area, times)"
        " SELECT {}, l.id, {}, {}, {} FROM lot l WHERE l.code = {}"
        " ON CONFLICT (lot, on_day, area) DO UPDATE"
        " SET times = scan_count.times + excluded.times WHERE scan_count.times < {}",
        new_id(), on, area, times, code, most,
    )  # fmt: skip


async def judge(at: datetime) -> int:
    """Each lot that was scanned yesterday or today; answers how many were noted."""
    found = await queries.seen_since(local_day(at) - timedelta(days=1))
    unusual = [one.lot for one in found if rules.is_unusual(one.since, one.packets, one.day(at))]
    return sum([await run(_note, lot, at=at) for lot in unusual])


async def _note(lot: str, *, at: datetime) -> bool:
    """Once: of two who judge at once, the other sees that it is noted."""
    of = await queries.seen(lot)
    if of is None or not rules.is_unusual(of.since, of.packets, of.day(at)):
        return False
    seq, day = (of.seq or 0) + 1, of.day(at)
    id = following(lot, f"scanned unusually often {seq}")
    await insert(
        ScanSignal(
            id=id, lot=lot, seq=seq, scans=of.since, packets=of.packets, day=day,
            at=at, salt=secrets.token_bytes(16),
        )
    )  # fmt: skip
    event = Unusual(id, of.group, of.code, of.since, of.packets, day)
    log.append(event, (ScanSignal, id), subject=lot, by=CLOCK, at=at)
    return True


async def look(data: Look, *, by: str, at: datetime) -> LookedInto:
    """Others see who is at it. Again, by whomever, changes nothing."""

    async def do() -> LookedInto:
        of = await _open(data.signal, by, at)
        event = LookedInto(of.id)
        rows = await in_use().query(
            "UPDATE scan_signal SET looked_by = {}, looked_at = {}"
            " WHERE id = {} AND looked_at IS NULL AND ended_at IS NULL RETURNING id",
            by, at, of.id,
        )  # fmt: skip
        if rows:
            log.append(event, (ScanSignal, of.id), subject=of.id, by=by, at=at)
        return event

    return await asked.once(data.id, "scans.look", data, do, LookedInto, by=by, at=at)


async def end(data: End, *, by: str, at: datetime) -> Explained | Copied:
    """With what it was. What is scanned from now on is judged anew."""
    answer = Copied if rules.outcome(data) == "copied" else Explained
    do = partial(_end, data, by=by, at=at)
    return await asked.once(data.id, "scans.end", data, do, answer, by=by, at=at)


async def _end(data: End, *, by: str, at: datetime) -> Explained | Copied:
    of = await _open(data.signal, by, at)
    if of.looked_at is None:
        raise rules.LookFirst(signal=of.id)
    rows = await in_use().query(
        "UPDATE scan_signal SET because = {}, words = {}, ended_scans = {}, ended_by = {},"
        " ended_at = {} WHERE id = {} AND ended_at IS NULL RETURNING id",
        data.because, data.words.strip() or None, await queries.total(of.lot), by, at, of.id,
    )  # fmt: skip
    if not rows:
        raise rules.Ended(signal=of.id)
    event: Explained | Copied = Explained(of.id, data.because)
    if data.because == "copied":
        event = Copied(of.id, of.group, of.code)
    log.append(event, (ScanSignal, of.id), subject=of.lot, by=by, at=at)
    return event


async def _open(id: str, by: str, at: datetime) -> SignalView:
    """That stands open, and is not of the own land or of somebody near."""
    of = await queries.signal(id)
    related = await people.related(by, local_day(at))
    near = {by, *(one.person for one in related if one.kind in NEAR)}
    if of.farmer in near:
        raise rules.OwnLot(signal=of.id)
    if of.ended_at:
        raise rules.Ended(signal=of.id)
    return of
