"""What is harvested for a cycle: as orders stand until the cut-off, then as it was told, with what
changed since beside it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from certification.basis.database import Row, in_use

NAMES = (
    " JOIN cycle_place s ON s.id = t.stop JOIN place w ON w.id = s.place"
    " JOIN offer f ON f.id = t.offer JOIN product p ON p.id = f.product"
    ' JOIN producer_group g ON g.id = f."group" LEFT JOIN lot l ON l.id = f.lot'
)
COLUMNS = (
    "SELECT t.stop, t.offer, s.place, w.name_th AS place_th, w.name_en AS place_en, s.pickup_from,"
    ' f."group" AS group_id, g.name_th AS group_th, g.name_en AS group_en, f.farmer, f.lot,'
    " l.code AS lot_code, p.crop, f.product, p.name_th, p.name_en, t.orders, t.grams, t.pieces"
)
ORDER = " ORDER BY s.pickup_from, s.id, p.name_th, f.farmer, f.id"
STANDS = (
    "SELECT o.stop, pl.offer, COUNT(*) AS orders, CAST(SUM(pl.grams) AS BIGINT) AS grams,"
    " CAST(SUM(pl.pieces) AS BIGINT) AS pieces FROM preorder o JOIN preorder_line pl"
    " ON pl.\"order\" = o.id <whose> o.state IN ('confirmed', 'handed_over') AND pl.grams > 0"
    " GROUP BY o.stop, pl.offer"
)
OF_CYCLE = "WHERE o.cycle = {} AND"
OF_FARMER = "JOIN offer x ON x.id = pl.offer WHERE o.cycle = {} AND x.farmer = {} AND"
AHEAD = (
    "SELECT DISTINCT c.id, c.name_th, c.name_en, c.opens_at, c.closes_at FROM offer f JOIN cycle c"
    " ON c.id = f.cycle JOIN cycle_place s ON s.cycle = c.id WHERE f.farmer = {}"
    " AND c.opens_at <= {} AND s.pickup_until >= {} ORDER BY c.opens_at, c.id"
)


class HarvestLine(msgspec.Struct, frozen=True):
    """`grams` are what farmers were told, or until the cut-off what is ordered; `grams_now` what
    stands, cancelled ones left out and late payments added."""

    stop: str
    offer: str
    place: str
    place_th: str
    place_en: str
    pickup_from: datetime
    group: str
    group_th: str
    group_en: str
    farmer: str | None
    lot: str | None
    lot_code: str | None
    crop: str
    product: str
    name_th: str
    name_en: str
    orders: int
    grams: int
    pieces: int | None
    grams_now: int
    pieces_now: int | None

    @property
    def changed(self) -> bool:
        return self.grams != self.grams_now


class HarvestView(msgspec.Struct, frozen=True):
    cycle: str
    frozen_at: datetime | None
    """None until the list was written; then it stays as it was told."""
    lines: list[HarvestLine]

    @property
    def grams(self) -> int:
        return sum(line.grams for line in self.lines)


class Ahead(msgspec.Struct, frozen=True):
    """A cycle of a farmer's that is still to be fetched."""

    cycle: str
    name_th: str
    name_en: str
    closes_at: datetime
    harvest: HarvestView


async def harvest(cycle: str, farmer: str = "") -> HarvestView:
    """By place and product; of one farmer alone where one is named."""
    rows = await in_use().query(
        "SELECT id, frozen_at FROM harvest_list WHERE cycle = {} AND frozen_at IS NOT NULL", cycle
    )
    now = await _stands(cycle, farmer)
    if not rows:
        return HarvestView(cycle, None, [_line(row, row) for row in now.values()])
    told = await _told(rows[0]["id"], farmer)
    both = [_line(row, now.get(at)) for at, row in told.items()]
    both += [_line(None, row) for at, row in now.items() if at not in told]
    both.sort(key=lambda line: (line.pickup_from, line.stop))
    return HarvestView(cycle, rows[0]["frozen_at"], both)


async def ahead(farmer: str, at: datetime) -> list[Ahead]:
    """The next to be fetched first."""
    found = await in_use().query(AHEAD, farmer, at, at)
    views = [
        Ahead(
            row["id"],
            row["name_th"],
            row["name_en"],
            row["closes_at"],
            await harvest(row["id"], farmer),
        )
        for row in found
    ]
    return [view for view in views if view.harvest.lines]


async def _stands(cycle: str, farmer: str) -> dict[tuple[str, str], Row]:
    whose, values = (OF_FARMER, [cycle, farmer]) if farmer else (OF_CYCLE, [cycle])
    asked = f"{COLUMNS} FROM ({STANDS.replace('<whose>', whose)}) t{NAMES}{ORDER}"
    return _by_key(await in_use().query(asked, *values))


async def _told(list: str, farmer: str) -> dict[tuple[str, str], Row]:
    of = " AND t.farmer = {}" if farmer else ""
    asked = f"{COLUMNS} FROM harvest_line t{NAMES} WHERE t.list = {{}}{of}{ORDER}"
    return _by_key(await in_use().query(asked, list, *([farmer] if farmer else [])))


def _by_key(rows: list[Row]) -> dict[tuple[str, str], Row]:
    return {(row["stop"], row["offer"]): row for row in rows}


def _line(told: Row | None, now: Row | None) -> HarvestLine:
    """`told` is none where it was ordered, or paid, after the list was frozen."""
    row = dict(told or now or {})
    if told is None:
        row |= {"orders": 0, "grams": 0, "pieces": 0 if row["pieces"] is not None else None}
    return HarvestLine(
        group=row.pop("group_id"), **row, grams_now=now["grams"] if now else 0,
        pieces_now=now["pieces"] if now else (0 if row["pieces"] is not None else None),
    )  # fmt: skip
