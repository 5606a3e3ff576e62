"""From an entry of the record and the rows around it to the facts that events are made of.

Only what no later deed changes is read, so that reading late and reading again finds the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any

from certification.basis.database import in_use
from certification.basis.log import Entry
from market.domain.epcis import gathered_moves
from market.domain.epcis.facts import (
    Carried,
    CertificateTurned,
    Fact,
    Harvested,
    Inspected,
    Made,
    Ordered,
    SoldInSum,
    Spoilt,
    Weighed,
)

Rows = list[dict[str, Any]]

HARVESTED = (
    "SELECT l.code, l.grams, l.crop, l.harvested_on, l.claim, p.code AS plot, g.code AS group_code,"
    " c.code AS certificate FROM lot l JOIN plot p ON p.id = l.plot"
    ' JOIN producer_group g ON g.id = l."group" LEFT JOIN certificate c ON c.id = l.certificate'
    " WHERE l.id = {}"
)
LOT = (
    "SELECT l.code, g.code AS group_code FROM lot l"
    ' JOIN producer_group g ON g.id = l."group" WHERE l.id = {}'
)
STOCKED = (
    "SELECT l.code, g.code AS group_code FROM stock s JOIN lot l ON l.id = s.source"
    ' JOIN producer_group g ON g.id = l."group" WHERE s.id = {}'
)
INSPECTED = (
    "SELECT p.code AS plot, g.code AS group_code, (SELECT count(*) FROM finding f"
    " WHERE f.inspection = i.id AND f.severity IN ('critical', 'major') AND f.at <= {}) AS found"
    ' FROM inspection i JOIN plot p ON p.id = i.plot JOIN producer_group g ON g.id = p."group"'
    " WHERE i.id = {}"
)
TURNED = (
    "SELECT c.code, p.code AS plot, g.code AS group_code FROM certificate c"
    ' JOIN plot p ON p.id = c.plot JOIN producer_group g ON g.id = p."group" WHERE c.id = {}'
)
LOADING = "SELECT grams, goes_to FROM truck_loading WHERE id = {}"
PLACE = "SELECT id FROM place WHERE id = {} AND kind <> 'base'"
RETURNED = (
    "SELECT l.code, g.code AS group_code, sum(f.grams) AS grams FROM truck_leftover f"
    ' JOIN lot l ON l.id = f.lot JOIN producer_group g ON g.id = l."group"'
    " WHERE f.truck = {} AND f.kind = 'returned' AND f.at <= {}"
    " GROUP BY l.code, g.code ORDER BY l.code"
)
LINES = (
    "SELECT l.code, g.code AS group_code, sum({}) AS grams FROM preorder_line n"
    " JOIN offer o ON o.id = n.offer JOIN lot l ON l.id = o.lot"
    ' JOIN producer_group g ON g.id = l."group" WHERE n."order" = {{}}'
    " GROUP BY l.code, g.code ORDER BY g.code, l.code"
)
CONFIRMED = "SELECT seq FROM log_entry WHERE subject = {} AND tag = 'orders.confirmed' AND seq < {}"
SETTLED_BEFORE = (
    "SELECT coalesce(max(seq), 0) AS seq FROM log_entry"
    " WHERE subject = {} AND tag = 'settlement.settled' AND seq < {}"
)
SOLD = (
    "SELECT l.code, g.code AS group_code, sum(x.grams) AS grams FROM ("
    "SELECT f.lot, n.actual_grams AS grams FROM preorder_line n"
    ' JOIN preorder o ON o.id = n."order" JOIN offer f ON f.id = n.offer'
    " JOIN log_entry e ON e.subject = o.id AND e.tag = 'orders.handed_over'"
    " WHERE o.cycle = {} AND e.seq > {} AND e.seq < {} UNION ALL"
    " SELECT a.lot, w.grams FROM walkup_line w JOIN lease a ON a.id = w.lease"
    " JOIN log_entry e ON e.subject = w.sale AND e.tag = 'walkup.sold'"
    " WHERE a.cycle = {} AND e.seq > {} AND e.seq < {} AND NOT EXISTS (SELECT 1 FROM log_entry v"
    " WHERE v.subject = w.sale AND v.tag = 'walkup.voided' AND v.seq < {})"
    ') x JOIN lot l ON l.id = x.lot JOIN producer_group g ON g.id = l."group"'
    " GROUP BY l.code, g.code HAVING sum(x.grams) > 0 ORDER BY l.code"
)
CORRECTED = (
    "SELECT l.code, k.new_grams AS grams, k.new_crop AS crop, k.new_harvested_on AS harvested_on,"
    " k.new_claim AS claim, p.code AS plot, g.code AS group_code, c.code AS certificate"
    " FROM lot_correction k JOIN lot l ON l.id = k.lot JOIN plot p ON p.id = l.plot"
    ' JOIN producer_group g ON g.id = l."group" LEFT JOIN certificate c ON c.id = k.new_certificate'
    " WHERE k.deed = {} AND k.lot = {} AND l.deed IS NULL"
)
"""Of a harvest; what it went into is not told otherwise, for its claim was not told."""
MADE = (
    "SELECT g.code AS group_code FROM lot_deed d"
    ' JOIN producer_group g ON g.id = d."group" WHERE d.id = {}'
)


async def facts(entry: Entry) -> list[Fact]:
    """Of most entries none."""
    found = BY_TAG.get(str(entry.event["type"]))
    return await found(entry) if found else []


def _at(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.at)


async def _harvested(entry: Entry) -> list[Fact]:
    return [_harvest(entry, row) for row in await _rows(HARVESTED, entry.event["lot"])]


async def _corrected(entry: Entry) -> list[Fact]:
    """The harvest as it is known now."""
    rows = await _rows(CORRECTED, entry.event["deed"], entry.event["lot"])
    return [_harvest(entry, row) for row in rows]


def _harvest(entry: Entry, row: dict[str, Any]) -> Harvested:
    return Harvested(
        entry=entry.seq, told_at=_at(entry), group=row["group_code"], plot=row["plot"],
        lot=Weighed(row["code"], row["grams"]), crop=row["crop"], claim=row["claim"],
        on=row["harvested_on"], certificate=row["certificate"],
    )  # fmt: skip


async def _made(entry: Entry) -> list[Fact]:
    event = entry.event
    taken = []
    for pick in event["inputs"]:
        [lot] = await _rows("SELECT code FROM lot WHERE id = {}", pick["lot"])
        taken.append(Weighed(lot["code"], int(pick["grams"])))
    return [
        Made(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"], kind=event["kind"],
            inputs=tuple(taken), loss_grams=int(event["loss_grams"]),
            outputs=tuple(Weighed(one["code"], int(one["grams"])) for one in event["lots"]),
        )
        for row in await _rows(MADE, event["deed"])
    ]  # fmt: skip


async def _inspected(entry: Entry) -> list[Fact]:
    return [
        Inspected(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"], plot=row["plot"],
            ended_at=datetime.fromisoformat(str(entry.event["ended_at"])),
            conformant=not row["found"],
        )
        for row in await _rows(INSPECTED, _at(entry), entry.event["inspection"])
    ]  # fmt: skip


async def _turned(entry: Entry) -> list[Fact]:
    return [
        CertificateTurned(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"], plot=row["plot"],
            certificate=row["code"], turn=_turn(entry),
            on=date.fromisoformat(str(entry.event["from_on"])),
        )
        for row in await _rows(TURNED, entry.event["certificate"])
    ]  # fmt: skip


def _turn(entry: Entry) -> Any:
    """The last word of the tag: the mapper's words are the record's."""
    return str(entry.event["type"]).partition(".")[2]


async def _poured(entry: Entry) -> list[Fact]:
    if entry.event["target"] != "waste":
        return []
    return [
        Spoilt(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"],
            lot=Weighed(row["code"], int(entry.event["grams"])),
        )
        for row in await _rows(STOCKED, entry.event["stock"])
    ]  # fmt: skip


async def _loaded(entry: Entry) -> list[Fact]:
    return await _onto_the_truck(entry, entry.event)


async def _unloaded(entry: Entry) -> list[Fact]:
    return [
        fact
        for row in await _rows(LOADING, entry.event["loading"])
        for fact in await _onto_the_truck(entry, row)
    ]


async def _onto_the_truck(entry: Entry, loading: dict[str, Any]) -> list[Fact]:
    place = await _rows(PLACE, loading["goes_to"])
    return [
        Carried(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"],
            lot=Weighed(row["code"], int(loading["grams"])), turn=_turn(entry),
            place=place[0]["id"] if place else None,
        )
        for row in await _rows(LOT, entry.event["lot"])
    ]  # fmt: skip


async def _closed(entry: Entry) -> list[Fact]:
    return [
        Carried(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"],
            lot=Weighed(row["code"], int(row["grams"])), turn="returned",
        )
        for row in await _rows(RETURNED, entry.event["truck"], _at(entry))
        if row["grams"] > 0
    ]  # fmt: skip


async def _reserved(entry: Entry) -> list[Fact]:
    return _ordered(entry, await _rows(LINES.format("n.grams"), entry.event["order"]))


async def _handed_over(entry: Entry) -> list[Fact]:
    return _ordered(entry, await _rows(LINES.format("n.actual_grams"), entry.event["order"]))


async def _cancelled(entry: Entry) -> list[Fact]:
    """Only where it had been told as reserved."""
    if not await _rows(CONFIRMED, entry.event["order"], entry.seq):
        return []
    return await _reserved(entry)


TURN_OF: dict[str, Any] = {
    "orders.confirmed": "reserved",
    "orders.handed_over": "handed_over",
    "orders.cancelled": "cancelled",
}


def _ordered(entry: Entry, rows: Rows) -> list[Fact]:
    """One for each group: who may read one group's does not see what else is in the basket."""
    of_group: dict[str, list[Weighed]] = {}
    for row in rows:
        if row["grams"]:
            of_group.setdefault(row["group_code"], []).append(
                Weighed(row["code"], int(row["grams"]))
            )
    return [
        Ordered(
            entry=entry.seq, told_at=_at(entry), group=group, lots=tuple(lots),
            order=str(entry.event["order"]), turn=TURN_OF[str(entry.event["type"])],
        )
        for group, lots in of_group.items()
    ]  # fmt: skip


async def _settled(entry: Entry) -> list[Fact]:
    """Of sales in between two settlements, by the order of the record."""
    cycle = entry.event["cycle"]
    [before] = await _rows(SETTLED_BEFORE, cycle, entry.seq)
    window = cycle, before["seq"], entry.seq
    return [
        SoldInSum(
            entry=entry.seq, told_at=_at(entry), group=row["group_code"],
            lot=Weighed(row["code"], int(row["grams"])),
        )
        for row in await _rows(SOLD, *window, *window, entry.seq)
    ]  # fmt: skip


async def _rows(statement: str, *given: object) -> Rows:
    return await in_use().query(statement, *given)


BY_TAG: dict[str, Callable[[Entry], Awaitable[list[Fact]]]] = {
    "lots.harvested": _harvested,
    "inspections.finished": _inspected,
    "certificates.suspended": _turned,
    "certificates.reinstated": _turned,
    "certificates.revoked": _turned,
    "lots.poured": _poured,
    "truck_day.loaded": _loaded,
    "truck_day.unloaded": _unloaded,
    "truck_day.closed": _closed,
    "orders.confirmed": _reserved,
    "orders.handed_over": _handed_over,
    "orders.cancelled": _cancelled,
    "settlement.settled": _settled,
    "lineage.made": _made,
    "lineage.corrected": _corrected,
    **gathered_moves.BY_TAG,
}
