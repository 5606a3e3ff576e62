"""Events by what they are about, by time, and by id: page after page in the order of the log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec

from certification.basis.database import in_use
from market.domain.epcis import rules

PAGE, PAGE_MAX = 30, 1000
CHAIN_MAX = 1000
STREAMED = 500
LAST = 2**62

BACK = "SELECT max(seq) AS seq FROM epcis_event"
UP = (
    "WITH RECURSIVE up (id) AS (SELECT id FROM lot WHERE code = {} UNION"
    " SELECT i.lot FROM up JOIN lot m ON m.id = up.id JOIN lot_input i ON i.deed = m.deed)"
    " SELECT l.code, p.code AS plot FROM up JOIN lot l ON l.id = up.id"
    " LEFT JOIN plot p ON p.id = l.plot"
)
"""A lot and all that went into it."""
OF = " FROM epcis_event e WHERE e.seq > {} AND e.seq <= {}"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    names: tuple[str, ...] = ()
    """`L/7K2M9QXD`: about any of these; none: about anything."""
    since: datetime | None = None
    before: datetime | None = None
    groups: frozenset[str] | None = None
    """Codes of the groups whose events that are not public may be read; None: everybody's."""
    areas: frozenset[str] = frozenset()
    """And those of groups in these areas."""
    within: tuple[str, ...] = ()
    """Of these groups, or of these networks' groups, alone."""
    public_only: bool = False


class Page(msgspec.Struct, frozen=True):
    bodies: tuple[str, ...]
    then: str | None
    """The token of the next page."""


class Told(msgspec.Struct, frozen=True):
    bodies: tuple[str, ...]
    newest: datetime | None
    """When the last of them was told."""


class After(msgspec.Struct, frozen=True):
    """Where a page begins, and the last event that was there when the first was asked for."""

    seq: int = 0
    upto: int = LAST

    def token(self) -> str:
        return f"{self.seq}-{self.upto}"


def after(token: str) -> After:
    seq, _, upto = token.partition("-")
    if not (seq.isascii() and seq.isdecimal() and upto.isascii() and upto.isdecimal()):
        raise rules.NotAsked(field="nextPageToken")
    return After(min(int(seq), LAST), min(int(upto), LAST))


async def page(asked: Asked, begins: After, limit: int = PAGE) -> Page:
    """Complete and without doubles while others are told: they come after `upto`."""
    upto = begins.upto
    if upto == LAST:
        [row] = await in_use().query(BACK)
        upto = row["seq"] or 0
    rows = await _rows(asked, After(begins.seq, upto), limit + 1)
    bodies = tuple(row["body"] for row in rows[:limit])
    more = len(rows) > limit
    return Page(bodies, After(rows[limit - 1]["seq"], upto).token() if more else None)


async def newest(asked: Asked) -> datetime | None:
    """When the last of them was told."""
    where, given = _where(asked)
    rows = await in_use().query(
        f"SELECT e.told_at{OF}{where} ORDER BY e.seq DESC LIMIT 1", 0, LAST, *given
    )
    return rows[0]["told_at"] if rows else None


async def count(asked: Asked) -> int:
    where, given = _where(asked)
    [row] = await in_use().query(f"SELECT count(*) AS many{OF}{where}", 0, LAST, *given)
    return int(row["many"])


async def stream(asked: Asked) -> AsyncIterator[str]:
    """All of them; no more than STREAMED are held at once."""
    [row] = await in_use().query(BACK)
    begins = After(0, row["seq"] or 0)
    while rows := await _rows(asked, begins, STREAMED):
        for row in rows:
            yield row["body"]
        begins = After(rows[-1]["seq"], begins.upto)


async def one(event_id: str, asked: Asked) -> list[str]:
    """The event, and where it was declared wrong that too."""
    where, given = _where(asked)
    rows = await in_use().query(
        f"SELECT e.body{OF}{where} AND (e.event = {{}} OR e.event LIKE {{}}) ORDER BY e.seq",
        0, LAST, *given, event_id, f"{event_id}#%",
    )  # fmt: skip
    if not rows:
        raise rules.NoSuchEvent(event=event_id[:100])
    return [row["body"] for row in rows]


async def chain(code: str) -> Told:
    """What everybody may know of a lot, of what went into it, and of the land it came from, in the
    order of time. Of what was declared wrong only the declaration, which says what is right."""
    rows = await in_use().query(UP, code)
    names = sorted(
        {f"L/{row['code']}" for row in rows} | {f"P/{r['plot']}" for r in rows if r["plot"]}
    )
    found = await in_use().query(
        "SELECT DISTINCT e.seq, e.at, e.told_at, e.event, e.body FROM epcis_event e"  # noqa: S608  (marks)
        " JOIN epcis_name n ON n.event = e.seq"
        f" WHERE e.public AND n.name IN ({_marks(names)}) ORDER BY e.at, e.seq LIMIT {CHAIN_MAX}",
        *names,
    ) if names else []  # fmt: skip
    wrong = {row["event"].partition("#")[0] for row in found if "#" in row["event"]}
    newest = max((row["told_at"] for row in found), default=None)
    return Told(tuple(row["body"] for row in found if row["event"] not in wrong), newest)


async def _rows(asked: Asked, begins: After, limit: int) -> list[dict[str, Any]]:
    where, given = _where(asked)
    return await in_use().query(
        f"SELECT e.seq, e.body{OF}{where} ORDER BY e.seq LIMIT {{}}",
        begins.seq, begins.upto, *given, limit,
    )  # fmt: skip


def _where(asked: Asked) -> tuple[str, list[object]]:
    said, given = "", list[object]()
    if asked.names:
        said += (
            " AND EXISTS (SELECT 1 FROM epcis_name n WHERE n.event = e.seq"  # noqa: S608  (marks)
            f" AND n.name IN ({_marks(asked.names)}))"
        )
        given += asked.names
    if asked.since is not None:
        said, given = f"{said} AND e.at >= {{}}", [*given, asked.since]
    if asked.before is not None:
        said, given = f"{said} AND e.at < {{}}", [*given, asked.before]
    if asked.within:
        whose, of = _reach(asked.within, ())
        said, given = f"{said} AND {whose}", [*given, *of]
    if asked.public_only:
        return f"{said} AND e.public", given
    if asked.groups is not None:
        reach, of = _reach(asked.groups, asked.areas)
        said, given = f"{said} AND {reach}", [*given, *of]
    return said, given


def _reach(groups: Collection[str], areas: Collection[str]) -> tuple[str, list[object]]:
    """Of a network's code, all its groups'; of an area, all that lie in it."""
    whose = []
    given = list[object]()
    if groups:
        whose.append(f"g.code IN ({_marks(groups)}) OR w.code IN ({_marks(groups)})")
        given += [*sorted(groups), *sorted(groups)]
    for area in sorted(areas):
        whose.append("g.area LIKE {}")
        given.append(f"{area}%")
    return (
        'e."group" IN (SELECT g.code FROM producer_group g'  # noqa: S608  (marks only)
        " LEFT JOIN producer_group w ON w.id = g.network"
        f" WHERE {' OR '.join(whose) or '1 = 0'})",
        given,
    )


def _marks(many: Collection[object] | Sequence[object]) -> str:
    return ", ".join(["{}"] * len(many))
