"""From entries about crates, dispatches and recalls to facts, as `gathered` does of all others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import msgspec

from certification.basis.database import in_use
from certification.basis.log import Entry, canonical
from market.domain.epcis.facts import CalledBack, Crated, Fact, Moved, Weighed

Rows = list[dict[str, Any]]
Amounts = dict[str, int]
"""Grams by the code of the lot."""

CONTENTS = (
    "SELECT c.id, c.grams, l.code, g.code AS group_code, k.code AS crate FROM crate_content c"
    " JOIN crate k ON k.id = c.crate JOIN lot l ON l.id = c.lot"
    ' JOIN producer_group g ON g.id = l."group" WHERE c.id IN ({}) ORDER BY k.code, g.code, l.code'
)
STEPS = (
    "SELECT k.code AS crate, s.place FROM crate_step s JOIN crate k ON k.id = s.crate"
    " JOIN place p ON p.id = s.place WHERE p.kind <> 'base' AND s.id IN ({})"
)
ENDS = (
    "SELECT f.id AS from_place, t.id AS to_place FROM custody_dispatch d"
    " LEFT JOIN place f ON f.id = d.from_place AND f.kind <> 'base'"
    " LEFT JOIN place t ON t.id = d.to_place AND t.kind <> 'base' WHERE d.id = {}"
)
SENT = (
    "SELECT n.grams, l.code, g.code AS group_code, k.code AS crate FROM custody_dispatch_line n"
    ' JOIN lot l ON l.id = n.lot JOIN producer_group g ON g.id = l."group"'
    " LEFT JOIN crate k ON k.id = n.crate WHERE n.dispatch = {} ORDER BY g.code, l.code, k.code"
)
COUNTED = (
    "SELECT a.at, n.grams, l.code, g.code AS group_code, k.code AS crate FROM custody_arrival a"
    " JOIN custody_arrival_line n ON n.arrival = a.id JOIN lot l ON l.id = n.lot"
    ' JOIN producer_group g ON g.id = l."group" LEFT JOIN crate k ON k.id = n.crate'
    " WHERE a.id = {} ORDER BY g.code, l.code, k.code"
)
LOT = (
    "SELECT l.code, g.code AS group_code FROM lot l"
    ' JOIN producer_group g ON g.id = l."group" WHERE l.id = {}'
)
HELD = (
    "SELECT coalesce(sum(CASE tag WHEN 'recalls.lot_recalled' THEN 1 ELSE -1 END), 0) AS many"
    " FROM log_entry WHERE subject = {} AND seq <= {}"
    " AND tag IN ('recalls.lot_recalled', 'recalls.lot_cleared')"
)


async def crated(entry: Entry) -> list[Fact]:
    """By the rows that the entry itself names: into which crate more went, out of which less."""
    touched = {
        row["id"]: row["cells"]["out_at"] != _blank(row["id"])
        for row in entry.rows
        if row["table"] == "crate_content"
    }
    places = {row["crate"]: row["place"] for row in await _among(STEPS, _steps(entry))}
    changed: dict[tuple[str, str], Amounts] = defaultdict(lambda: defaultdict(int))
    for row in await _among(CONTENTS, sorted(touched)):
        sign = -1 if touched[row["id"]] else 1
        changed[row["crate"], row["group_code"]][row["code"]] += sign * int(row["grams"])
    facts = list[Fact]()
    for (crate, group), amounts in changed.items():
        for turn, lots in _in_and_out(amounts):
            facts.append(
                Crated(
                    entry=entry.seq, told_at=_at(entry), group=group, crate=crate, lots=lots,
                    turn=turn, place=places.get(crate),
                )
            )  # fmt: skip
    return facts


def _blank(content: str) -> str:
    """The digest that says: nobody has taken it out."""
    return sha256(canonical(["crate_content", content, "out_at"])).hexdigest()


def _steps(entry: Entry) -> list[str]:
    """None of a loan: where its goods were taken out, nobody wrote down."""
    if entry.event["type"] == "custody.loan_ended":
        return []
    return sorted(row["id"] for row in entry.rows if row["table"] == "crate_step")


def _in_and_out(
    amounts: Amounts,
) -> list[tuple[Literal["emptied", "filled"], tuple[Weighed, ...]]]:
    out = tuple(Weighed(lot, -grams) for lot, grams in amounts.items() if grams < 0)
    put = tuple(Weighed(lot, grams) for lot, grams in amounts.items() if grams > 0)
    told: list[tuple[Literal["emptied", "filled"], tuple[Weighed, ...]]]
    told = [("emptied", out), ("filled", put)]
    return [(turn, lots) for turn, lots in told if lots]


async def dispatched(entry: Entry) -> list[Fact]:
    """And what was counted before anybody knew that it had been sent."""
    dispatch, met = entry.event["dispatch"], entry.event["met"]
    sent = await _rows(SENT, dispatch)
    facts = await _moved(entry, "sent", sent, _at(entry))
    return [*facts, *(await _counted(entry, met, sent) if met else [])]


async def received(entry: Entry) -> list[Fact]:
    """What came before its dispatch is told with that."""
    if entry.event["state"] != "counted":
        return []
    sent = await _rows(SENT, entry.event["dispatch"])
    return await _counted(entry, entry.event["arrival"], sent)


async def _counted(entry: Entry, arrival: str, sent: Rows) -> list[Fact]:
    """Of what had been sent; what somebody wrote down beside it came out of nothing."""
    known = {row["code"] for row in sent}
    counted = [row for row in await _rows(COUNTED, arrival) if row["code"] in known]
    if not counted:
        return await crated(entry)
    at = msgspec.convert(counted[0]["at"], datetime)
    here = [row for row in counted if row["grams"]]
    differs = {group for group, lots in _of(sent).items() if _of(counted).get(group) != lots}
    facts = await _moved(entry, "counted", here, at)
    told = [
        msgspec.structs.replace(one, turn="counted_otherwise") if one.group in differs else one
        for one in facts
    ]
    return [*told, *await crated(entry)]


async def _moved(
    entry: Entry, turn: Literal["sent", "counted"], rows: Rows, at: datetime
) -> list[Moved]:
    """One for each group, whose crates are those in which something of it lies."""
    [ends] = await _rows(ENDS, entry.event["dispatch"])
    crates: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        crates[row["group_code"]] |= {row["crate"]: None} if row["crate"] else {}
    return [
        Moved(
            entry=entry.seq, told_at=_at(entry), group=group, turn=turn, at=at,
            dispatch=entry.event["dispatch"], crates=tuple(sorted(crates[group])),
            lots=tuple(Weighed(code, grams) for code, grams in sorted(lots.items())), **ends,
        )
        for group, lots in _of(rows).items()
    ]  # fmt: skip


def _of(rows: Rows) -> dict[str, Amounts]:
    """By group."""
    found: dict[str, Amounts] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row["group_code"]][row["code"]] += int(row["grams"])
    return found


async def called_back(entry: Entry) -> list[Fact]:
    """Cleared of one recall while another holds it is not told: it is recalled still."""
    turn = str(entry.event["type"]).removeprefix("recalls.lot_")
    lot = entry.event["lot"]
    [held] = await _rows(HELD, lot, entry.seq)
    if turn == "cleared" and held["many"]:
        return []
    return [
        CalledBack(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"], lot=row["code"],
            turn="cleared" if turn == "cleared" else "recalled",
        )
        for row in await _rows(LOT, lot)
    ]  # fmt: skip


def _at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.at)


async def _rows(statement: str, *given: object) -> Rows:
    return await in_use().query(statement, *given)


async def _among(statement: str, ids: list[str]) -> Rows:
    if not ids:
        return []
    return await _rows(statement.format(", ".join(["{}"] * len(ids))), *ids)


BY_TAG: dict[str, Callable[[Entry], Awaitable[list[Fact]]]] = {
    "custody.filled": crated,
    "custody.emptied": crated,
    "custody.loan_ended": crated,
    "custody.dispatched": dispatched,
    "custody.received": received,
    "recalls.lot_recalled": called_back,
    "recalls.lot_cleared": called_back,
}
