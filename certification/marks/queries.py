"""Papers by others, how each stands today, and what a stranger may see of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import msgspec

from certification.basis.database import in_use
from certification.marks import rules
from certification.marks.rules import Kind, MarkMissing, State
from certification.marks.tables import Mark, MarkEnded, MarkPlot, MarkSeen

SHOWN = (
    "SELECT m.id, m.kind, m.name, m.issuer, m.number, m.covers, m.valid_until, m.scan_public,"
    " max(s.seen_on) AS seen_on FROM mark m JOIN mark_seen s ON s.mark = m.id"
    " WHERE m.issued_on <= {} AND (m.valid_until IS NULL OR m.valid_until >= {})"
    " AND NOT EXISTS (SELECT 1 FROM mark_ended e WHERE e.mark = m.id)"
)
GROUPED = (
    " GROUP BY m.id, m.kind, m.name, m.issuer, m.number, m.covers, m.valid_until, m.scan_public"
    " ORDER BY m.kind, m.id"
)


class MarkView(msgspec.Struct, frozen=True):
    id: str
    organ: str
    holder: str | None
    kind: Kind
    name: str | None
    issuer: str
    number: str
    covers: str | None
    issued_on: date
    valid_until: date | None
    scan: str | None
    scan_public: bool
    replaces: str | None
    by: str
    at: datetime
    plots: tuple[str, ...]
    seen_by: str | None
    """Who saw the original last."""
    seen_on: date | None
    ended: str | None
    """revoked, replaced, mistaken"""

    def state(self, on: date) -> State:
        return rules.state(
            seen=self.seen_on is not None, ended=self.ended is not None,
            valid_until=self.valid_until, on=on,
        )  # fmt: skip


class PublicMark(msgspec.Struct, frozen=True):
    """Whose it is stays untold; only what somebody else saw, and while it holds."""

    id: str
    kind: Kind
    name: str | None
    issuer: str
    number: str
    covers: str | None
    valid_until: date | None
    seen_on: date
    scan: bool


async def mark(id: str) -> MarkView:
    found = await _where(Mark.id == id)
    if not found:
        raise MarkMissing(mark=id)
    return found[0]


async def of_holder(person: str) -> list[MarkView]:
    return await _where(Mark.holder == person)


async def of_organs(organs: Collection[str]) -> list[MarkView]:
    return await _where(Mark.organ.is_in(list(organs))) if organs else []


ON_PLOT = (
    " AND (EXISTS (SELECT 1 FROM mark_plot p JOIN plot l ON l.id = p.plot"
    " WHERE p.mark = m.id AND l.code = {})"
    " OR (NOT EXISTS (SELECT 1 FROM mark_plot p WHERE p.mark = m.id) AND (m.holder = {}"
    ' OR (m.holder IS NULL AND m.organ = (SELECT l."group" FROM plot l WHERE l.code = {})))))'
)


async def on_plot(code: str, farmer: str, on: date) -> tuple[PublicMark, ...]:
    """Those that name the plot, and those of its farmer or group that name none."""
    rows = await in_use().query(SHOWN + ON_PLOT + GROUPED, on, on, code, farmer, code)
    return tuple(_public(row) for row in rows)


async def of_group(organ: str, on: date) -> tuple[PublicMark, ...]:
    """The group's own."""
    rows = await in_use().query(
        SHOWN + " AND m.holder IS NULL AND m.organ = {}" + GROUPED,
        on, on, organ,
    )  # fmt: skip
    return tuple(_public(row) for row in rows)


async def public_scan(id: str, on: date) -> str:
    """MarkMissing unless the holder allows it and the paper stands."""
    found = await mark(id)
    if not (found.scan and found.scan_public and found.state(on) in ("stands", "ending")):
        raise MarkMissing(mark=id)
    return found.scan


def _public(row: dict[str, Any]) -> PublicMark:
    return PublicMark(
        row["id"], row["kind"], row["name"], row["issuer"], row["number"], row["covers"],
        row["valid_until"] and msgspec.convert(row["valid_until"], date),
        msgspec.convert(row["seen_on"], date), bool(row["scan_public"]),
    )  # fmt: skip


async def _where(condition: Any) -> list[MarkView]:
    rows = await Mark.select().where(condition).order_by(Mark.at, Mark.id, ascending=False)
    ids = [row["id"] for row in rows] or [""]
    covered: dict[str, list[str]] = {}
    for each in await MarkPlot.select().where(MarkPlot.mark.is_in(ids)).order_by(MarkPlot.plot):
        covered.setdefault(each["mark"], []).append(each["plot"])
    sights = await MarkSeen.select().where(MarkSeen.mark.is_in(ids)).order_by(MarkSeen.seen_on)
    seen = {each["mark"]: each for each in sights}
    ends = await MarkEnded.select().where(MarkEnded.mark.is_in(ids))
    ended = {each["mark"]: each["why"] for each in ends}
    return [_view(row, covered, seen.get(row["id"]), ended.get(row["id"])) for row in rows]


def _view(
    row: dict[str, Any], covered: dict[str, list[str]], seen: dict[str, Any] | None, why: str | None
) -> MarkView:
    also: dict[str, Any] = {
        "plots": tuple(covered.get(row["id"], ())),
        "seen_by": seen["person"] if seen else None,
        "seen_on": seen["seen_on"] if seen else None,
        "ended": why,
    }
    own = {name: row[name] for name in MarkView.__struct_fields__ if name not in also}
    return MarkView(**own, **also)
