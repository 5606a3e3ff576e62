"""Recalls and drills as those see them who run them, and what a stranger may know of a lot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

import msgspec

from certification.basis.database import Row, in_use
from certification.basis.units import Instant
from market.domain.recalls import balance, holders, rules
from market.domain.recalls.balance import Found, Totals
from market.domain.recalls.rules import Advice, Because, Kind, State


class RecallView(msgspec.Struct, frozen=True):
    id: str
    organ: str
    kind: Kind
    subject: str
    from_on: date | None
    until_on: date | None
    back: bool
    drill: bool
    because: Because
    advice: Advice
    note: str | None
    state: State
    by: str
    at: Instant
    in_force_at: Instant | None
    confirmed_by: str | None
    confirmed_at: Instant | None
    refused_because: str | None
    lots: int
    cleared: int

    @property
    def waits(self) -> bool:
        """For a second person."""
        return self.state in ("asked", "in_force") and self.confirmed_by is None


class LotOfIt(msgspec.Struct, frozen=True):
    lot: str
    code: str
    root: bool
    cleared_by: str | None
    cleared_at: Instant | None
    cleared_because: str | None


class DrillResult(msgspec.Struct, frozen=True):
    micros: int
    lots: int
    orders: int
    buyers: int
    places: int
    grams: int
    totals: Totals
    at: Instant


class Whole(msgspec.Struct, frozen=True):
    """As it stands now; of a drill also what it found that day."""

    recall: RecallView
    lots: list[LotOfIt]
    totals: Totals
    found: Found
    unlike: list[str]
    """Codes of lots whose stock is not what its rows tell."""
    drill: DrillResult | None


class Told(msgspec.Struct, frozen=True):
    """What anybody may know of a recalled lot."""

    since: Instant
    because: Because
    advice: Advice


RECALL = (
    "SELECT r.id, r.organ, r.kind, r.subject, r.from_on, r.until_on, r.back, r.drill, r.because,"
    ' r.advice, r.note, r.state, r."by", r.at, r.in_force_at, r.confirmed_by, r.confirmed_at,'
    " r.refused_because, (SELECT COUNT(*) FROM recall_lot x WHERE x.recall = r.id) AS lots,"
    " (SELECT COUNT(*) FROM recall_lot x WHERE x.recall = r.id AND x.cleared_at IS NOT NULL)"
    " AS cleared FROM recall r"
)
RECALL_OF = (
    "SELECT r.in_force_at AS since, r.because, r.advice FROM recall_lot x"
    " JOIN recall r ON r.id = x.recall WHERE x.lot = {} AND x.cleared_at IS NULL"
    " AND r.state = 'in_force' ORDER BY r.in_force_at, r.id LIMIT 1"
)
OF_ORDER = (
    "SELECT DISTINCT l.code, r.in_force_at AS since, r.because, r.advice FROM preorder_line pl"
    " JOIN offer f ON f.id = pl.offer JOIN lot l ON l.id = f.lot"
    " JOIN recall_lot x ON x.lot = l.id JOIN recall r ON r.id = x.recall"
    " WHERE pl.\"order\" = {} AND x.cleared_at IS NULL AND r.state = 'in_force' ORDER BY l.code"
)


async def recall(id: str) -> RecallView:
    rows = await in_use().query(f"{RECALL} WHERE r.id = {{}}", id)
    if not rows:
        raise rules.NoRecall(recall=id)
    return _view(rows[0])


async def recalls(organs: Collection[str], *, most: int = 200) -> list[RecallView]:
    """What holds or waits first, then the newest."""
    if not organs:
        return []
    marks = ", ".join(["{}"] * len(organs))
    rows = await in_use().query(
        f"{RECALL} WHERE r.organ IN ({marks}) ORDER BY"
        " CASE r.state WHEN 'asked' THEN 0 WHEN 'in_force' THEN 0 ELSE 1 END, r.at DESC, r.id"
        f" LIMIT {most}",
        *sorted(organs),
    )
    return [_view(row) for row in rows]


async def lots_of(recall: str) -> list[LotOfIt]:
    rows = await in_use().query(
        "SELECT x.lot, l.code, x.root, x.cleared_by, x.cleared_at, x.cleared_because"
        " FROM recall_lot x JOIN lot l ON l.id = x.lot WHERE x.recall = {}"
        " ORDER BY x.root DESC, l.harvested_on, l.code",
        recall,
    )
    return [msgspec.convert(row, LotOfIt, strict=False) for row in rows]


async def who_has_it(recall: str) -> Found:
    """As it stands now; what was sold since is in it."""
    return await holders.found([one.lot for one in await lots_of(recall)])


async def who_has(lots: Sequence[str]) -> Found:
    return await holders.found(lots)


class OnTruck(msgspec.Struct, frozen=True):
    """Of a recall, for sale or for orders, on a truck that is not home yet."""

    lot: str
    code: str
    driver: str | None
    operator: str
    """The group or network whose truck it is."""


ON_TRUCK = (
    "SELECT DISTINCT g.lot, l.code, t.driver, d.operator FROM truck_loading g"
    " JOIN lot l ON l.id = g.lot JOIN day_truck t ON t.id = g.truck"
    " JOIN truck_day d ON d.id = t.day WHERE g.lot <among> AND g.unloaded_at IS NULL"
    " AND t.state <> 'home' AND d.state NOT IN ('closed', 'cancelled') ORDER BY l.code"
)


async def on_trucks(lots: Sequence[str]) -> list[OnTruck]:
    asked = msgspec.json.encode(lots).decode()
    rows = await in_use().query(holders.among(ON_TRUCK), asked)
    return [OnTruck(**row) for row in rows]


class Held(msgspec.Struct, frozen=True):
    """A lot in which a sample found too much, since when it and what was made of it is held."""

    lot: str
    code: str
    crop: str
    group: str
    since: Instant


HELD = (
    'SELECT l.id AS lot, l.code, l.crop, l."group", f.at AS since FROM lot_freeze f'
    " JOIN lot l ON l.id = f.lot WHERE f.because = 'unsafe_residue' AND f.thawed_at IS NULL"
    ' AND f.lot = f.reference AND l."group" <among> ORDER BY f.at DESC, l.code'
)


async def held(groups: Collection[str]) -> list[Held]:
    asked = msgspec.json.encode(sorted(groups)).decode()
    return [Held(**row) for row in await in_use().query(holders.among(HELD), asked)]


async def held_by(lot: str) -> list[str]:
    """It and what was made of it, where a sample of it holds them."""
    rows = await in_use().query(
        "SELECT lot FROM lot_freeze WHERE reference = {} AND because = 'unsafe_residue'"
        " AND thawed_at IS NULL ORDER BY lot",
        lot,
    )
    return [row["lot"] for row in rows]


async def whole(id: str) -> Whole:
    found = await who_has_it(id)
    return Whole(
        await recall(id), await lots_of(id), balance.totals(found), found, balance.unlike(found),
        await drilled(id),
    )  # fmt: skip


async def drilled(recall: str) -> DrillResult | None:
    rows = await in_use().query(
        "SELECT micros, lots, orders, buyers, places, grams, totals, at FROM recall_drill"
        " WHERE recall = {}",
        recall,
    )
    for row in rows:
        totals = msgspec.json.decode(row.pop("totals"), type=Totals)
        return DrillResult(totals=totals, **row)
    return None


async def recall_of(lot: str) -> Told | None:
    """The oldest that holds; for pages, link sets and programs of others."""
    rows = await in_use().query(RECALL_OF, lot)
    return Told(**rows[0]) if rows else None


class LotTold(msgspec.Struct, frozen=True):
    code: str
    since: datetime
    because: Because
    advice: Advice


async def of_order(order: str) -> list[LotTold]:
    """Recalled lots in it, for its buyer."""
    rows = await in_use().query(OF_ORDER, order)
    first: dict[str, LotTold] = {}
    for row in rows:
        first.setdefault(row["code"], LotTold(**row))
    return list(first.values())


def _view(row: Row) -> RecallView:
    return msgspec.convert(row, RecallView, strict=False)
