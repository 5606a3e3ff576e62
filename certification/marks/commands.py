"""Writing down a paper by others, saying that one saw it, and that it holds no more."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from certification.basis import log
from certification.basis.blobs import Blob, BlobMissing
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import run, transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from certification.marks import queries, rules
from certification.marks.queries import MarkView
from certification.marks.rules import (
    EndMark,
    MarkEnding,
    MarkHasEnded,
    MarkNoted,
    NoteMark,
    OriginalSeen,
    SeeMark,
)
from certification.marks.tables import Mark, MarkEnded, MarkPlot, MarkReminded, MarkSeen
from certification.people import queries as people
from certification.people.rules import HOUSEHOLD
from certification.plots import queries as plots

CLOCK = "clock"
DUE = (
    "SELECT m.id, m.holder, m.organ, m.valid_until FROM mark m"
    " WHERE m.valid_until >= {} AND m.valid_until <= {}"
    " AND NOT EXISTS (SELECT 1 FROM mark_ended e WHERE e.mark = m.id)"
    " AND NOT EXISTS (SELECT 1 FROM mark_reminded r WHERE r.mark = m.id) ORDER BY m.id LIMIT 100"
)


async def note(data: NoteMark, *, by: str, at: datetime) -> MarkNoted:
    """A new paper ends the one whose place it takes."""
    rules.ensure_sound(data, today=local_day(at))
    event = MarkNoted(data.id, data.kind, data.organ)
    async with transaction():
        await _ensure_the_holders(data, at)
        await _ensure_showable(data)
        ended = await _take_the_place(data, by, at)
        await insert(Mark(
            id=data.id, organ=data.organ, holder=data.holder, kind=data.kind,
            name=data.name.strip() or None, issuer=data.issuer.strip(),
            number=data.number.strip(), covers=data.covers.strip() or None,
            issued_on=data.issued_on, valid_until=data.valid_until, scan=data.scan,
            scan_public=data.scan_public and data.scan is not None, replaces=data.replaces,
            by=by, at=at, salt=secrets.token_bytes(16),
        ))  # fmt: skip
        rows = [
            MarkPlot(id=following(data.id, plot), mark=data.id, plot=plot)
            for plot in dict.fromkeys(data.plots)
        ]
        for row in rows:
            await insert(row)
        told = [(MarkPlot, row.id) for row in rows]
        log.append(event, (Mark, data.id), *told, *ended, subject=data.id, by=by, at=at)
    return event


async def _ensure_the_holders(data: NoteMark, at: datetime) -> None:
    today = local_day(at)
    if data.holder and not await groups.belongs(data.holder, data.organ, at):
        raise rules.NotTheHolders(field="holder")
    for plot in data.plots:
        view = await plots.plot(plot)
        farms = not data.holder or await plots.holder(plot, today) == data.holder
        if view.group != data.organ or not farms:
            raise rules.NotTheHolders(field="plots")


async def _ensure_showable(data: NoteMark) -> None:
    if data.scan is None:
        return
    row = await Blob.select(Blob.kind).where(Blob.digest == data.scan).first()
    if row is None:
        raise BlobMissing(digest=data.scan)
    if data.scan_public and row["kind"] == "application/pdf":
        raise rules.PdfStaysInside(field="scan_public")


async def _take_the_place(
    data: NoteMark, by: str, at: datetime
) -> list[tuple[type[MarkEnded], str]]:
    if data.replaces is None:
        return []
    before = await queries.mark(data.replaces)
    if (before.holder, before.organ, before.kind) != (data.holder, data.organ, data.kind):
        raise rules.NotInItsPlace(mark=before.id)
    row = following(data.id, "replaced")
    await _ended(row, before, "replaced", local_day(at), by, at)
    return [(MarkEnded, row)]


async def see(data: SeeMark, *, by: str, at: datetime) -> OriginalSeen:
    """By a second person; the same again on the same day changes nothing."""
    event = OriginalSeen(data.mark, by, str(data.seen_on))
    async with transaction():
        found = await queries.mark(data.mark)
        await _ensure_another(found, by, at)
        rules.ensure_seen(data.seen_on, found.issued_on, today=local_day(at))
        if found.ended:
            raise rules.EndedAlready(mark=found.id)
        new = await in_use().query(
            "INSERT INTO mark_seen (id, mark, person, seen_on, at) VALUES ({}, {}, {}, {}, {})"
            " ON CONFLICT (mark, person, seen_on) DO NOTHING RETURNING id",
            data.id, data.mark, by, data.seen_on, at,
        )  # fmt: skip
        if new:
            log.append(event, (MarkSeen, data.id), subject=data.mark, by=by, at=at)
    return event


async def _ensure_another(found: MarkView, by: str, at: datetime) -> None:
    near = {found.holder or found.by}
    if found.holder:
        related = await people.related(found.holder, local_day(at))
        near |= {one.person for one in related if one.kind in (HOUSEHOLD, "spouse")}
    if by in near:
        raise rules.SeenByAnother(mark=found.id)


async def end(data: EndMark, *, by: str, at: datetime) -> MarkHasEnded:
    event = MarkHasEnded(data.mark, data.why)
    async with transaction():
        found = await queries.mark(data.mark)
        rules.ensure_ends(data.ended_on, found.issued_on, today=local_day(at))
        await _ended(data.id, found, data.why, data.ended_on, by, at)
        log.append(event, (MarkEnded, data.id), subject=data.mark, by=by, at=at)
    return event


async def _ended(id: str, found: MarkView, why: str, on: date, by: str, at: datetime) -> None:
    """Of two who end it, or put another in its place, the second is refused."""
    new = await in_use().query(
        "INSERT INTO mark_ended (id, mark, why, ended_on, by, at) VALUES ({}, {}, {}, {}, {}, {})"
        " ON CONFLICT (mark) DO NOTHING RETURNING id",
        id, found.id, why, on, by, at,
    )  # fmt: skip
    if not new:
        raise rules.EndedAlready(mark=found.id)


async def remind(*, at: datetime) -> int:
    """Who holds a paper that ends within sixty days is told once; how many were."""
    today = local_day(at)
    due = await in_use().query(DUE, today, today + rules.SOON)
    for row in due:
        ending = MarkEnding(row["id"], row["holder"] or "", row["organ"], str(row["valid_until"]))
        await run(_reminded, ending, at=at)
    return len(due)


async def _reminded(event: MarkEnding, *, at: datetime) -> None:
    id = following(event.mark, "reminded")
    async with transaction():
        new = await in_use().query(
            "INSERT INTO mark_reminded (id, mark, at) VALUES ({}, {}, {})"
            " ON CONFLICT (mark) DO NOTHING RETURNING id",
            id, event.mark, at,
        )  # fmt: skip
        if new:
            log.append(event, (MarkReminded, id), subject=event.mark, by=CLOCK, at=at)
