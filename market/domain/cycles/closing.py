"""At the cut-off: the orders that stand are set aside at once, and summed part by part.

What is set aside does not change while the parts are written, whatever happens to the orders;
each part is a transaction that first moves the mark `after`, so that two workers, or one that was
killed and began again, write each part once.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis import log
from certification.basis.database import Row, in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import run
from market.domain.cycles import rules, steps
from market.domain.cycles.rules import Due
from market.domain.cycles.tables import HarvestLine, HarvestList

OFFERS_AT_ONCE = 200
SET_ASIDE = (
    'INSERT INTO harvest_order (list, "order") SELECT CAST({} AS VARCHAR(36)), id FROM preorder'
    " WHERE cycle = {} AND state IN ('confirmed', 'handed_over')"
)
SUMS = (
    'SELECT COUNT(DISTINCT h."order") AS orders, COUNT(pl.id) AS lines,'
    " COALESCE(SUM(pl.grams), 0) AS grams FROM harvest_order h"
    ' JOIN preorder_line pl ON pl."order" = h."order" WHERE h.list = {}'
    " AND pl.grams > 0"
)
NEXT = "SELECT id FROM offer WHERE cycle = {} AND id > {} ORDER BY id LIMIT {}"
PART = (
    'SELECT o.stop, f.id AS offer, f."group" AS group_id, f.farmer, f.lot, f.product,'
    " COUNT(*) AS orders, CAST(SUM(pl.grams) AS BIGINT) AS grams,"
    " CAST(SUM(pl.pieces) AS BIGINT) AS pieces FROM offer f"
    ' JOIN preorder_line pl ON pl.offer = f.id JOIN harvest_order h ON h."order" = pl."order"'
    ' JOIN preorder o ON o.id = h."order" WHERE f.cycle = {} AND f.id > {} AND f.id <= {}'
    " AND pl.grams > 0"
    ' GROUP BY o.stop, f.id, f."group", f.farmer, f.lot, f.product ORDER BY f.id, o.stop'
)
MARK = (
    "UPDATE cycle_closing SET after = {}, done = done + {} WHERE cycle = {} AND after = {}"
    " RETURNING lines, done"
)


class Part(msgspec.Struct, frozen=True):
    lines: int
    done: int


async def begin(due: Due, *, by: str, at: datetime) -> bool:
    """Ordering is over: claim the closing, and set aside what is harvested. False: it was begun."""
    if not await steps.claim(due, rules.OPEN, by=by, at=at):
        return False
    id = list_of(due.cycle)
    await insert(
        HarvestList(id=id, cycle=due.cycle, orders=0, lines=0, grams=0, taken_at=at, frozen_at=None)
    )
    await in_use().query(SET_ASIDE, id, due.cycle)
    [sums] = await in_use().query(SUMS, id)
    orders, lines, grams = (int(sums[name]) for name in ("orders", "lines", "grams"))
    await in_use().query(
        "UPDATE harvest_list SET orders = {}, lines = {}, grams = {} WHERE id = {}",
        orders, lines, grams, id,
    )  # fmt: skip
    await in_use().query(
        "INSERT INTO cycle_closing (cycle, lines, done, after, began_at)"
        " VALUES ({}, {}, 0, '', {})",
        due.cycle, lines, at,
    )  # fmt: skip
    begun = rules.ClosingBegun(due.cycle, due.due_at, orders, grams)
    await steps.tell(due, begun, (HarvestList, id), by=by, at=at)
    return True


def list_of(cycle: str) -> str:
    return following(cycle, "harvest list")


async def go_on(due: Due, *, by: str, at: datetime) -> Part | None:
    """One part more; None when all is written and the list is frozen."""
    return await run(_go_on, due, by=by, at=at)


async def _go_on(due: Due, *, by: str, at: datetime) -> Part | None:
    [mark] = await in_use().query(
        "SELECT lines, done, after FROM cycle_closing WHERE cycle = {}", due.cycle
    )
    ahead = await in_use().query(NEXT, due.cycle, mark["after"], OFFERS_AT_ONCE)
    if not ahead:
        await _freeze(due, by=by, at=at)
        return None
    last = ahead[-1]["id"]
    found = await in_use().query(PART, due.cycle, mark["after"], last)
    lines = sum(int(row["orders"]) for row in found)
    marked = await in_use().query(MARK, last, lines, due.cycle, mark["after"])
    if not marked:  # another worker wrote this part
        return Part(mark["lines"], mark["done"])
    if found:
        rows = [_line(list_of(due.cycle), row) for row in found]
        await insert(*rows)
        told = rules.HarvestTold(due.cycle, len(rows))
        named = [(HarvestLine, row.id) for row in rows]
        log.append(told, *named, subject=due.cycle, by=by, at=at)
    return Part(int(marked[0]["lines"]), int(marked[0]["done"]))


def _line(list: str, row: Row) -> HarvestLine:
    return HarvestLine(
        id=following(list, f"{row['stop']} {row['offer']}"), list=list,
        group=row.pop("group_id"), **row,
    )  # fmt: skip


async def _freeze(due: Due, *, by: str, at: datetime) -> None:
    if not await steps.claim(due, rules.CLOSING, by=by, at=at):
        return
    id = list_of(due.cycle)
    await in_use().query("UPDATE harvest_list SET frozen_at = {} WHERE id = {}", at, id)
    closed = rules.Closed(due.cycle, due.due_at)
    await steps.tell(due, closed, (HarvestList, id), by=by, at=at)
