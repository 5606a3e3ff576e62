"""Dispatches and arrivals as they stand: under way, late, waiting, and what nobody explained."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from certification.basis.database import Row, in_use
from certification.basis.refusal import Refusal
from certification.basis.units import Instant
from market.domain.custody import refusals
from market.domain.custody.moves import Counted, Line
from market.domain.custody.queries import Inside, among


class DispatchView(msgspec.Struct, frozen=True):
    id: str
    owner: str
    from_place: str
    to_place: str
    due_at: Instant
    arrival: str | None
    at: Instant
    grams: int

    def is_late(self, at: datetime) -> bool:
        return self.arrival is None and self.due_at < at


class ArrivalView(msgspec.Struct, frozen=True):
    id: str
    dispatch: str
    place: str
    state: str
    by: str
    at: Instant


class DifferenceView(msgspec.Struct, frozen=True):
    id: str
    arrival: str
    dispatch: str
    owner: str
    lot_code: str
    crate_code: str | None
    sent_grams: int
    counted_grams: int
    reason: str | None
    """Null: nobody has said why yet."""
    wasted_grams: int
    owed_grams: int
    at: Instant


DISPATCH = (
    "SELECT d.id, d.owner, d.from_place, d.to_place, d.due_at, d.arrival, d.at,"
    " CAST((SELECT SUM(l.grams) FROM custody_dispatch_line l WHERE l.dispatch = d.id) AS BIGINT)"
    " AS grams FROM custody_dispatch d"
)
ARRIVAL = 'SELECT id, dispatch, place, state, "by", at FROM custody_arrival'
DIFFERENCE = (
    "SELECT f.id, f.arrival, a.dispatch, d.owner, l.code AS lot_code, c.code AS crate_code,"
    " f.sent_grams, f.counted_grams, f.reason, f.wasted_grams, f.owed_grams, f.at"
    " FROM custody_difference f JOIN custody_arrival a ON a.id = f.arrival"
    " JOIN custody_dispatch d ON d.id = a.dispatch"
    " JOIN lot l ON l.id = f.lot LEFT JOIN crate c ON c.id = f.crate"
)


async def dispatch(id: str) -> DispatchView:
    rows = await in_use().query(f"{DISPATCH} WHERE d.id = {{}}", id)
    if not rows:
        raise refusals.NoSuchDispatch()
    return _dispatch(rows[0])


async def sender(dispatch: str) -> str:
    """Who does not count it: for this alone, other groups of the network need not know."""
    rows = await in_use().query('SELECT "by" FROM custody_dispatch WHERE id = {}', dispatch)
    return str(rows[0]["by"])


async def known(id: str) -> bool:
    return bool(await in_use().query("SELECT id FROM custody_dispatch WHERE id = {}", id))


async def dispatches(owners: Collection[str], *, most: int = 500) -> list[DispatchView]:
    """Those under way first, what is due first of all; then the newest."""
    where, asked = among("d.owner", owners)
    rows = await in_use().query(
        f"{DISPATCH} WHERE {where} ORDER BY CASE WHEN d.arrival IS NULL THEN 0 ELSE 1 END,"
        f" CASE WHEN d.arrival IS NULL THEN d.due_at END, d.at DESC, d.id LIMIT {most}",
        *asked,
    )
    return [_dispatch(row) for row in rows]


async def sent(dispatch: str) -> list[Line]:
    rows = await in_use().query(
        "SELECT l.lot, l.crate, l.grams, COALESCE(o.code, c.code) AS name"
        " FROM custody_dispatch_line l LEFT JOIN lot o ON o.id = l.lot"
        " LEFT JOIN crate c ON c.id = l.crate WHERE l.dispatch = {} ORDER BY l.id",
        dispatch,
    )
    return [Line(**row) for row in rows]


async def waiting(dispatch: str) -> list[ArrivalView]:
    """Told before it, the first one first."""
    rows = await in_use().query(
        f"{ARRIVAL} WHERE dispatch = {{}} AND state = 'waits' ORDER BY at, id", dispatch
    )
    return [msgspec.convert(row, ArrivalView) for row in rows]


async def waiting_at(places: Collection[str]) -> list[ArrivalView]:
    where, asked = among("place", places)
    rows = await in_use().query(
        f"{ARRIVAL} WHERE {where} AND state = 'waits' ORDER BY at, id", *asked
    )
    return [msgspec.convert(row, ArrivalView) for row in rows]


async def arrival(id: str) -> ArrivalView:
    rows = await in_use().query(f"{ARRIVAL} WHERE id = {{}}", id)
    if not rows:
        raise refusals.NoSuchDispatch()
    return msgspec.convert(rows[0], ArrivalView)


async def counted(arrival: str) -> tuple[Counted, ...]:
    rows = await in_use().query(
        "SELECT grams, lot, crate, reason FROM custody_arrival_line WHERE arrival = {} ORDER BY id",
        arrival,
    )
    return tuple(Counted(**row) for row in rows)


async def differences(owners: Collection[str], *, most: int = 500) -> list[DifferenceView]:
    """Those that nobody explained first, then the newest."""
    where, asked = among("d.owner", owners)
    rows = await in_use().query(
        f"{DIFFERENCE} WHERE {where} ORDER BY CASE WHEN f.reason IS NULL THEN 0 ELSE 1 END,"
        f" f.at DESC, f.id LIMIT {most}",
        *asked,
    )
    return [msgspec.convert(row, DifferenceView) for row in rows]


async def difference(id: str) -> DifferenceView:
    rows = await in_use().query(f"{DIFFERENCE} WHERE f.id = {{}}", id)
    if not rows:
        raise refusals.NoSuchDifference()
    return msgspec.convert(rows[0], DifferenceView)


async def no_difference(id: str) -> Refusal:
    known = await in_use().query("SELECT id FROM custody_difference WHERE id = {}", id)
    return refusals.ExplainedAlready() if known else refusals.NoSuchDifference()


def summed(inside: Iterable[Inside]) -> list[Inside]:
    """A lot that was put in twice is one line."""
    by_lot = dict[str, Inside]()
    for one in inside:
        before = by_lot.get(one.lot)
        grams = one.grams + (before.grams if before else 0)
        by_lot[one.lot] = msgspec.structs.replace(one, grams=grams)
    return list(by_lot.values())


def _dispatch(row: Row) -> DispatchView:
    return msgspec.convert(row, DispatchView, strict=False)
