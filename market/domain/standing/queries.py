"""Standing orders as their owner sees them, and which of them a round has not heard yet."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import Row, in_use
from market.domain.orders.rules import Rail
from market.domain.standing.rules import NoSuchStanding, Wish


class StandingRow(msgspec.Struct, frozen=True):
    id: str
    person: str
    merchant: str
    place: str
    rail: Rail
    every_weeks: int
    satang_most: int
    since: datetime
    paused_from: date | None
    paused_until: date | None
    skips_next: bool
    ended_at: datetime | None


class WishView(msgspec.Struct, frozen=True):
    product: str
    name_th: str
    name_en: str
    piece_grams: int | None
    grams: int
    satang_per_kg_most: int


class MissView(msgspec.Struct, frozen=True):
    name_th: str
    name_en: str
    grams: int
    why: str


class TurnView(msgspec.Struct, frozen=True):
    id: str
    cycle: str
    outcome: str
    code: str | None
    at: datetime
    misses: list[MissView]


class StandingView(msgspec.Struct, frozen=True):
    row: StandingRow
    wishes: list[WishView]
    turns: list[TurnView]
    """The newest first, those that were not its turn left out."""


class Due(msgspec.Struct, frozen=True):
    standing: str
    cycle: str


ROW = (
    "SELECT id, person, merchant, place, rail, every_weeks, satang_most, since, paused_from,"
    " paused_until, skips_next, ended_at FROM standing_order"
)
WISHES = (
    "SELECT w.product, p.name_th, p.name_en, p.piece_grams, w.grams, w.satang_per_kg_most"
    " FROM standing_wish w JOIN product p ON p.id = w.product WHERE w.standing = {}"
    " ORDER BY w.place_in_list"
)
TURNS = (
    "SELECT t.id, t.cycle, t.outcome, o.code, t.at FROM standing_turn t"
    ' JOIN cycle c ON c.id = t.cycle LEFT JOIN preorder o ON o.id = t."order"'
    " WHERE t.standing = {} AND t.outcome <> 'not_due' ORDER BY c.opens_at DESC, t.id LIMIT {}"
)
TURNS_SHOWN = 5


async def one(id: str, person: str) -> StandingRow:
    """NoSuchStanding, for another's too."""
    rows = await in_use().query(f"{ROW} WHERE id = {{}} AND person = {{}}", id, person)
    if not rows:
        raise NoSuchStanding
    return _row(rows[0])


async def stored(id: str) -> StandingRow:
    rows = await in_use().query(f"{ROW} WHERE id = {{}}", id)
    if not rows:
        raise NoSuchStanding
    return _row(rows[0])


def _row(row: Row) -> StandingRow:
    return StandingRow(**{**row, "skips_next": bool(row["skips_next"])})


async def of_person(person: str) -> list[StandingView]:
    """Those that go on, the oldest first."""
    rows = await in_use().query(
        f"{ROW} WHERE person = {{}} AND ended_at IS NULL ORDER BY since, id", person
    )
    return [await _view(_row(row)) for row in rows]


async def view(id: str, person: str) -> StandingView:
    return await _view(await one(id, person))


async def _view(row: StandingRow) -> StandingView:
    turns = await in_use().query(TURNS, row.id, TURNS_SHOWN)
    return StandingView(
        row,
        [WishView(**wish) for wish in await in_use().query(WISHES, row.id)],
        [TurnView(**turn, misses=await _misses(turn["id"])) for turn in turns],
    )


async def _misses(turn: str) -> list[MissView]:
    rows = await in_use().query(
        "SELECT p.name_th, p.name_en, m.grams, m.why FROM standing_miss m"
        " JOIN product p ON p.id = m.product WHERE m.turn = {} ORDER BY m.id",
        turn,
    )
    return [MissView(**row) for row in rows]


async def wishes(standing: str) -> list[Wish]:
    rows = await in_use().query(
        "SELECT product, grams, satang_per_kg_most FROM standing_wish WHERE standing = {}"
        " ORDER BY place_in_list",
        standing,
    )
    return [Wish(**row) for row in rows]


async def due(at: datetime, limit: int) -> list[Due]:
    """Rounds that are open now and have not been looked at for a standing order of before."""
    rows = await in_use().query(
        "SELECT s.id AS standing, c.id AS cycle FROM cycle c"
        " JOIN standing_order s ON s.merchant = c.merchant AND s.since <= c.opens_at"
        " JOIN person h ON h.id = s.person AND h.wrapped_key IS NOT NULL"
        " WHERE c.opens_at <= {} AND c.closes_at > {} AND s.ended_at IS NULL"
        " AND EXISTS (SELECT 1 FROM cycle_place p WHERE p.cycle = c.id AND p.place = s.place)"
        " AND NOT EXISTS (SELECT 1 FROM standing_turn t WHERE t.standing = s.id"
        " AND t.cycle = c.id) ORDER BY c.closes_at, s.since, s.id, c.id LIMIT {}",
        at, at, limit,
    )  # fmt: skip
    return [Due(**row) for row in rows]


async def last_pickup(standing: str, *, but: str) -> datetime | None:
    """Of the last round that was its turn, the turn `but` left out."""
    rows = await in_use().query(
        "SELECT p.pickup_from FROM standing_turn t JOIN standing_order s ON s.id = t.standing"
        " JOIN cycle_place p ON p.cycle = t.cycle AND p.place = s.place WHERE t.standing = {}"
        " AND t.id <> {} AND t.outcome NOT IN ('not_due', 'paused')"
        " ORDER BY p.pickup_from DESC LIMIT 1",
        standing, but,
    )  # fmt: skip
    return rows[0]["pickup_from"] if rows else None


async def owner_of(order: str) -> str:
    """Whose standing order it came of."""
    [row] = await in_use().query(
        "SELECT s.person FROM standing_order s JOIN standing_turn t ON t.standing = s.id"
        ' WHERE t."order" = {}',
        order,
    )
    return str(row["person"])


async def favourites(person: str) -> list[str]:
    """Products, the newest first."""
    rows = await in_use().query(
        "SELECT product FROM favourite WHERE person = {} ORDER BY at DESC, id DESC", person
    )
    return [row["product"] for row in rows]
