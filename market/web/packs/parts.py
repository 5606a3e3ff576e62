"""What lies in a pack, one file after another: no more than one of them is held in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from certification.basis import blobs, checkpoints
from certification.basis.database import in_use
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.crops import queries as crops
from certification.meetings import queries as meetings
from certification.packs import queries
from certification.packs.queries import Scope
from certification.packs.rules import TakePack
from certification.people import queries as people
from certification.schemes import queries as schemes
from market.answers.words import Words
from market.web import sheets
from market.web.packs import lists, readme
from market.web.papers import certificate, minutes, press

Part = tuple[str, bytes]


class Taker(msgspec.Struct, frozen=True):
    say: Words
    origin: str
    at: datetime
    only: str | None
    """The farmer who takes the own plot along: other people's names are left out."""


async def parts(data: TakePack, taker: Taker) -> AsyncIterator[Part]:
    """The read-me comes last: it counts what is there and names what could not be put in."""
    scope, counts, lost = await queries.scope(data), {}, []
    for one in lists.LISTS if scope.plots else ():
        if not (one.whole and data.plot):
            heads, rows = await listed(one, scope, taker)
            counts[one.file] = len(rows)
            yield f"lists/{one.file}.xlsx", sheets.written(heads, rows, taker.at)
    if scope.plots:
        async for name, content in _photos(scope):
            counts["photos"] = counts.get("photos", 0) + bool(content)
            if content:
                yield name, content
            else:
                lost.append(name)
        async for part in _papers(scope, taker):
            yield part
    yield "record/checkpoint.txt", await _checkpoint()
    yield "README.txt", readme.text(data, scope, taker, counts, lost).encode()


async def listed(
    one: lists.List, scope: Scope, taker: Taker
) -> tuple[list[str], list[list[object]]]:
    statement, given = lists.filled(one.sql, scope)
    rows = await in_use().query(statement, *given)
    if not rows:
        return [taker.say("Nothing")], []
    columns = list(rows[0])
    names = await _names(rows, columns, taker)
    heads = [taker.say(column.split("#")[0].rstrip("@&")) for column in columns]
    return heads, [[_cell(c, row[c], names, taker.say) for c in columns] for row in rows]


async def _names(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], taker: Taker
) -> dict[str, str]:
    meant = {row[c] for c in columns if c.endswith("@") for row in rows if row[c]}
    if taker.only is not None:
        meant &= {taker.only}
    return await people.names(meant)


def _cell(column: str, value: object, names: Mapping[str, str], say: Words) -> object:
    if value is None:
        return None
    if column.endswith("@"):
        return names.get(str(value), "–")
    if column.endswith("&"):
        return say.name(crops.crop(str(value)).name)
    if "#" in column:
        key = f"{column.split('#')[1]}.{value}"
        return say(key) if say.knows(key) else value
    return value


async def _photos(scope: Scope) -> AsyncIterator[Part]:
    """Empty where the file is gone or is not what it was."""
    statement, given = lists.filled(lists.PHOTOS, scope)
    for row in await in_use().query(statement, *given):
        end = "png" if row["kind"] == "image/png" else "jpg"
        visit = f"{row['planned_on']}-{row['plot']}"
        name = f"photos/{visit}/{row['item'] or 'visit'}-{row['digest'][:12]}.{end}"
        try:
            _, content = await blobs.fetch(row["digest"])
        except blobs.BlobMissing:
            content = b""
        yield name, content


async def _papers(scope: Scope, taker: Taker) -> AsyncIterator[Part]:
    today = local_day(taker.at)
    for row in await _found(lists.CERTIFICATES, scope):
        view = await certificates.certificate(row["id"])
        written = await certificate.content(view, taker.origin, today)
        yield f"certificates/{view.number}.pdf", await _printed("certificate", written)
    if taker.only is None:
        for row in await _found(lists.MEETINGS, scope):
            meeting = await meetings.meeting(row["id"])
            written = await minutes.content(meeting, taker.at)
            yield (
                f"minutes/{meeting.held_on}-{meeting.id[-6:]}.pdf",
                await _printed("minutes", written),
            )
    for row in await _found(lists.VERSIONS, scope):
        version = await schemes.version(row["id"])
        told = msgspec.json.format(msgspec.json.encode(version), indent=1)
        yield f"charter/{row['scheme']}-{row['version']}.json", told


async def _found(sql: str, scope: Scope) -> list[dict[str, Any]]:
    statement, given = lists.filled(sql, scope)
    found: list[dict[str, Any]] = await in_use().query(statement, *given)
    return found


async def _printed(paper: str, content: Mapping[str, object]) -> bytes:
    return await asyncio.to_thread(press.printed, paper, content)


async def _checkpoint() -> bytes:
    newest = await checkpoints.latest(1)
    return newest[0].note.encode() if newest else b""
