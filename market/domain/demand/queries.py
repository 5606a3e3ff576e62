"""How much of what is asked for where and when: sums only, and everybody's own."""

from __future__ import annotations

from datetime import date

import msgspec

from certification.basis.database import in_use
from market.domain.demand.rules import monday


class Wanted(msgspec.Struct, frozen=True):
    """Of all who asked: no names. `guests` of them are known to nobody."""

    crop: str
    place: str
    place_th: str
    place_en: str
    week: date
    asked: int
    guests: int
    grams: int
    offered: bool
    """Something was offered to at least one of them."""


class WishView(msgspec.Struct, frozen=True):
    id: str
    crop: str
    place: str
    place_th: str
    place_en: str
    week: date
    grams: int
    offer: str | None
    cycle: str | None


WANTED = (
    "SELECT w.crop, w.place, p.name_th AS place_th, p.name_en AS place_en, w.week,"
    " COUNT(*) AS asked, SUM(CASE WHEN w.guest THEN 1 ELSE 0 END) AS guests,"
    " SUM(w.grams) AS grams, SUM(CASE WHEN w.offer IS NULL THEN 0 ELSE 1 END) AS offers"
    " FROM wish w JOIN place p ON p.id = w.place"
    " WHERE w.withdrawn_at IS NULL AND w.week >= {}{and_crop}"
    " GROUP BY w.crop, w.place, p.name_th, p.name_en, w.week ORDER BY w.week, grams DESC, w.crop,"
    " w.place LIMIT 500"
)
WISH = (
    "SELECT w.id, w.crop, w.place, p.name_th AS place_th, p.name_en AS place_en, w.week, w.grams,"
    " w.offer, o.cycle FROM wish w JOIN place p ON p.id = w.place"
    " LEFT JOIN offer o ON o.id = w.offer WHERE w.withdrawn_at IS NULL AND w.asker = {}"
)


async def wanted(today: date, crop: str = "") -> list[Wanted]:
    """From this week on; the next week first, then what most is asked of."""
    values: tuple[object, ...] = (monday(today), crop) if crop else (monday(today),)
    sql = WANTED.replace("{and_crop}", " AND w.crop = {}" if crop else "")
    rows = await in_use().query(sql, *values)
    return [
        Wanted(
            offered=bool(row.pop("offers")), guests=int(row.pop("guests")),
            grams=int(row.pop("grams")), **row,
        )
        for row in rows
    ]  # fmt: skip


async def of_asker(asker: str, today: date) -> list[WishView]:
    rows = await in_use().query(
        f"{WISH} AND w.week >= {{}} ORDER BY w.week, w.crop", asker, monday(today)
    )
    return [WishView(**row) for row in rows]


async def waiting(crop: str, places: list[str], weeks: list[date]) -> list[str]:
    """Wishes that such an offer meets, and that none has met before."""
    if not places or not weeks:
        return []
    marks = ", ".join(["{}"] * len(places)), ", ".join(["{}"] * len(weeks))
    rows = await in_use().query(
        "SELECT id FROM wish WHERE withdrawn_at IS NULL"  # noqa: S608  (marks)
        " AND offer IS NULL AND crop = {}"
        f" AND place IN ({marks[0]}) AND week IN ({marks[1]}) ORDER BY id",
        crop, *places, *weeks,
    )  # fmt: skip
    return [row["id"] for row in rows]
