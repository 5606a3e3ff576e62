"""What finding who got it costs beside bare SQL for the same rows: `./run bench recall`.

A market's sales of years (bench/ground/sold.py): a million order lines over lots that were mixed
six times over. From a harvest, from a plot, and from a stop in one week: every order with its buyer
and place, every truck, sale, mix, crate and pile of stock with its grams, summed up and looked
through for grams that are missing. Beside it, on the same database by its bare driver, the SQL that
reads these rows and nothing else; it is checked that both found the same. In turn within each
round; the ratio is that of its own round. Then the whole door: a drill, written and told to the
log, and a recall that freezes.
Keeps bench/results/recall.json; ends with 1 where a limit is passed: 3×, and one second.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from msgspec.structs import replace

from bench.ground import report, servers
from bench.ground.sold import Sold
from certification.basis import schema
from certification.basis.ids import new_id
from certification.basis.transaction import run
from market.db import BY_KEY, MIGRATIONS, open_database
from market.domain.recalls import balance, commands, holders, queries, reached
from market.domain.recalls.balance import Found
from market.domain.recalls.rules import Open

LINES, SEED, ROUNDS = 1_000_000, 20261126, 5
TIMES, SECONDS = 3, 1.0

Row = tuple[Any, ...]
Asked = dict[str, tuple[Row, ...]]
"""By kind of row."""

DOWN = (
    "WITH RECURSIVE d (lot) AS (SELECT id FROM lot WHERE id IN ({}) UNION SELECT l.id FROM d"
    " JOIN lot_input i ON i.lot = d.lot JOIN lot l ON l.deed = i.deed) "
)
BARE = {
    "lots": (
        "SELECT l.id, l.code, l.crop, l.harvested_on, l.grams, l.deed, s.available_grams,"
        " s.held_grams, s.leased_grams, s.sold_grams, s.waste_grams, s.used_grams"
        " FROM d JOIN lot l ON l.id = d.lot JOIN stock s ON s.source = l.id"
    ),
    "orders": (
        "SELECT o.id, o.code, s.source, r.state, o.buyer, o.merchant, r.grams,"
        " COALESCE(p.actual_satang, p.satang), w.id, w.name_th, w.name_en, c.pickup_from"
        " FROM d JOIN stock s ON s.source = d.lot JOIN reservation r ON r.stock = s.id"
        ' JOIN preorder_line p ON p.id = r.line JOIN preorder o ON o.id = p."order"'
        ' JOIN cycle_place c ON c.id = o.stop LEFT JOIN truck_handover h ON h."order" = o.id'
        " JOIN place w ON w.id = COALESCE(h.place, c.place)"
        " WHERE r.state IN ('held', 'confirmed', 'collected') AND r.grams > 0"
    ),
    "aboard": (
        'SELECT e.id, e.lot, e.holder, t.name, y."on", e.left_grams, e.sold_grams'
        " FROM d JOIN lease e ON e.lot = d.lot LEFT JOIN day_truck x ON x.id = e.holder"
        " LEFT JOIN truck t ON t.id = x.truck LEFT JOIN truck_day y ON y.id = x.day"
    ),
    "sold": (
        "SELECT e.id, e.lot, s.place, p.name_th, p.name_en, COUNT(DISTINCT s.id), SUM(w.grams),"
        " MAX(s.at) FROM d JOIN lease e ON e.lot = d.lot JOIN walkup_line w ON w.lease = e.id"
        " JOIN walkup_sale s ON s.id = w.sale LEFT JOIN place p ON p.id = s.place"
        " WHERE NOT EXISTS (SELECT 1 FROM walkup_void v WHERE v.sale = s.id)"
        " GROUP BY e.id, e.lot, s.place, p.name_th, p.name_en"
    ),
    "gone_in": (
        "SELECT a.deed, a.lot, a.grams FROM (SELECT DISTINCT i.deed FROM d"
        " JOIN lot_input i ON i.lot = d.lot) g JOIN lot_input a ON a.deed = g.deed"
    ),
    "crates": (
        "SELECT x.lot, k.code, x.grams, p.name_th, p.name_en FROM d"
        " JOIN crate_content x ON x.lot = d.lot JOIN crate k ON k.id = x.crate"
        " LEFT JOIN place p ON p.id = k.place WHERE x.out_at IS NULL"
    ),
}
"""Nothing is put in order, and nothing is made of what the driver answers."""

Bare = Callable[[str], Awaitable[Any]]


async def measure(url: str, lines: int, seed: int, rounds: int) -> dict[str, Any]:
    db = await open_database(url)
    try:
        await schema.migrate(db, MIGRATIONS)
        sold = Sold(db, lines, seed)
        began = time.perf_counter()
        await sold.lay()
        print(f"\n{db.engine_type}, {lines:,} order lines: {time.perf_counter() - began:.0f} s")
        async with driver(url) as bare:
            found = {what: await _in_turn(bare, of, named, rounds)
                     for what, (of, named) in (await _subjects(sold)).items()}  # fmt: skip
        return {"lines": lines, "seed": seed, "subjects": found, "doors": await _doors(sold)}
    finally:
        await db.close()


async def _subjects(sold: Sold) -> dict[str, tuple[Open, str]]:
    """What is asked of ours, and the same roots by bare SQL."""
    organ = await sold.id("group", 0)
    plot, place = await sold.id("plot", 3), await sold.id("place", 2)
    lot = await sold.id("lot", 5 + sold.seed % 100)
    of = Open(new_id(), organ, "lot", lot, "illness")
    first, last = date(2026, 3, 1), date(2026, 3, 7)
    hours = ("2026-02-28 17:00:00+00:00", "2026-03-07 17:00:00+00:00")
    at = "a.pickup_from >= '{}' AND a.pickup_from < '{}'".format(*hours)
    stop = (
        "SELECT f.lot FROM cycle_place a JOIN preorder o ON o.stop = a.id"
        ' LEFT JOIN truck_handover h ON h."order" = o.id JOIN preorder_line p ON p."order" = o.id'
        f" JOIN reservation r ON r.line = p.id JOIN offer f ON f.id = p.offer WHERE {at}"
        f" AND COALESCE(h.place, a.place) = '{place}'"
        " AND r.state IN ('held', 'confirmed', 'collected')"
        " UNION SELECT e.lot FROM walkup_sale a JOIN walkup_line w ON w.sale = a.id"
        f" JOIN lease e ON e.id = w.lease WHERE a.place = '{place}'"
        f" AND {at.replace('pickup_from', 'at')}"
    )
    return {
        "from a harvest": (of, f"SELECT '{lot}'"),
        "from a plot": (
            replace(of, kind="plot", subject=plot), f"SELECT id FROM lot WHERE plot = '{plot}'"
        ),
        "from a stop, a week": (
            replace(of, kind="stop", subject=place, from_on=first, until_on=last), stop
        ),
    }  # fmt: skip


async def _in_turn(bare: Bare, of: Open, named: str, rounds: int) -> dict[str, Any]:
    ours, floors = list[float](), list[float]()
    for _ in range(rounds + 1):
        began = time.perf_counter()
        rows = {kind: await bare(DOWN.format(named) + text) for kind, text in BARE.items()}
        floors.append(time.perf_counter() - began)
        began = time.perf_counter()
        found = await _who_has_it(of)
        ours.append(time.perf_counter() - began)
    _ensure_the_same(rows, found)
    ratio = report.spread([a / b for a, b in zip(ours[1:], floors[1:], strict=True)])
    told = {
        "lots": len(found.lots), "orders": len(found.orders), "rows": sum(map(len, rows.values())),
        "buyers": len({one.buyer for one in found.orders}),
        "seconds": report.spread(ours[1:], 3), "floor_seconds": report.spread(floors[1:], 3),
        "ratio": ratio, "limit": TIMES,
    }  # fmt: skip
    print(report.line(f"{told['lots']:,} lots, {told['orders']:,} lines of orders",
                      report.spread([1e6 * one for one in ours[1:]]), ratio, TIMES))  # fmt: skip
    return told


async def _who_has_it(of: Open) -> Found:
    """All that a drill looks for, from the question to the whole answer."""
    found = await holders.found([one.lot for one in await reached.lots(of)])
    totals = balance.totals(found)
    assert totals.unexplained == 0
    assert balance.unlike(found) == []
    assert len(balance.buyers(found.orders)) > 1
    return found


def _ensure_the_same(rows: Asked, found: Found) -> None:
    for kind, theirs in rows.items():
        mine = [tuple(getattr(one, name) for name in one.__struct_fields__)
                for one in getattr(found, kind)]  # fmt: skip
        assert sorted(map(_plain, mine)) == sorted(map(_plain, theirs)), kind


def _plain(row: Row) -> tuple[str, ...]:
    return tuple(str(one) for one in row)


async def _doors(sold: Sold) -> dict[str, float]:
    """Once each, for a recall lasts: what a person waits for."""
    at = datetime(2027, 1, 1, tzinfo=UTC)
    (of, _), *_ = (await _subjects(sold)).values()
    found = dict[str, float]()
    for what, data in (("a drill", replace(of, drill=True)), ("a recall", of)):
        wanted = replace(data, id=new_id())
        began = time.perf_counter()
        await run(commands.open_recall, wanted, by="p-ying", at=at)
        found[what] = round(time.perf_counter() - began, 3)
        began = time.perf_counter()
        await queries.whole(wanted.id)
        found[f"{what}, its page's rows"] = round(time.perf_counter() - began, 3)
    print(f"  {found}")
    return found


@asynccontextmanager
async def driver(url: str) -> AsyncIterator[Bare]:
    """On SQLite, which knows nothing of how much is where, joined in the order that is written."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:

            async def rows(text: str) -> Any:
                written = text.replace(" JOIN ", " CROSS JOIN ").replace("LEFT CROSS", "LEFT")
                return connection.execute(written).fetchall()

            yield rows
        return
    connection = await asyncpg.connect(url, server_settings=BY_KEY)
    try:
        yield connection.fetch
    finally:
        await connection.close()


def over(found: dict[str, Any]) -> list[str]:
    """Also a second is a limit, wherever the recall begins."""
    return [
        what
        for what, one in found["subjects"].items()
        if one["ratio"]["median"] > one["limit"] or one["seconds"]["median"] > SECONDS
    ]


def told(found: dict[str, Any]) -> list[str]:
    """A sentence for each figure."""
    return [
        *[
            f"{what}, {one['lots']:,} lots, {one['orders']:,} of {found['lines']:,} order lines:"
            f" {one['seconds']['median']} s, {one['ratio']['median']}x the bare SQL"
            f" ({one['ratio']['min']} to {one['ratio']['max']}; limit {one['limit']}x)"
            for what, one in found["subjects"].items()
        ],
        f"seed {found['seed']}; load {report.machine()['load_average'][0]}; {found['doors']}",
    ]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lines", type=int, default=LINES)
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    asked.add_argument("--only", choices=["sqlite", "postgres"])
    said = asked.parse_args()
    print(report.machine())
    found = {
        engine: asyncio.run(measure(url, said.lines, said.seed, said.rounds))
        for engine, _, url, _ in servers.engines(said.only)
    }
    report.keep("recall", found)
    return 1 if any(over(of) for of in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
