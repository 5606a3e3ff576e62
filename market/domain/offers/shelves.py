"""A round read a page at a time: as quick with ten thousand offers as with a hundred.

The goods stand by kind of crop, name and price. Which products a round has is found by leaping
from one to the next in the index; a page asks of each of its products no more than fits on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

import msgspec

from certification.basis.database import Row, in_use
from certification.crops import queries as crops
from market.domain.offers.queries import LINE, ShopLine, rule_of, shop_line

PAGE = 24
AT_ONCE = 8
"""Products in one query: few enough that those of ten thousand offers bring no page too many."""
Section = Literal["annual", "perennial"]
SECTIONS: tuple[Section, ...] = get_args(Section)
KINDS = (
    "WITH RECURSIVE kind(id) AS (SELECT min(product) FROM offer WHERE cycle = {} UNION ALL"
    " SELECT (SELECT min(o.product) FROM offer o WHERE o.cycle = {} AND o.product > kind.id)"
    " FROM kind WHERE kind.id IS NOT NULL)"
    " SELECT p.id, p.crop, p.name_th, p.name_en FROM kind JOIN product p ON p.id = kind.id"
)
OF_ONE = (
    "SELECT * FROM (SELECT CAST({} AS INTEGER) AS place, satang_per_kg, id FROM offer"
    " WHERE cycle = {} AND product = {} AND withdrawn_at IS NULL"
    " AND (satang_per_kg, id) > ({}, {}) ORDER BY satang_per_kg, id LIMIT {}) AS one"
)
START = (-1, "")
OF_CYCLE = "coalesce(o.cycle, '') = {}"
"""Not by the index of cycles: SQLite would read the whole round for a page of it."""


class Kind(msgspec.Struct, frozen=True):
    """A product that a round has offers of, sold out ones too."""

    id: str
    crop: str
    name_th: str
    name_en: str

    @property
    def section(self) -> Section:
        return crops.crop(self.crop).crop_class


class Shelf(msgspec.Struct, frozen=True):
    lines: list[ShopLine]
    after: str
    """The offer that the next page follows; empty on the last."""


async def kinds(cycle: str) -> list[Kind]:
    """In the order in which the shop shows them."""
    found = [Kind(**row) for row in await in_use().query(KINDS, cycle, cycle)]
    return sorted(found, key=lambda one: (one.section, one.name_th, one.id))


async def shelf(cycle: str, among: Sequence[Kind], *, after: str = "") -> Shelf:
    """The next page of these products. An `after` that is no offer of theirs begins anew."""
    ids = await _ids(cycle, [one.id for one in among], after)
    found = await lines(cycle, ids[:PAGE])
    return Shelf(found, ids[PAGE - 1] if len(ids) > PAGE else "")


async def lines(cycle: str, offers: Iterable[str]) -> list[ShopLine]:
    """Those of these offers that may be ordered in the round, in the order given."""
    asked = list(dict.fromkeys(offers))
    if not asked:
        return []
    rows = await in_use().query(
        f"{LINE} AND o.id IN ({marks(asked)}) AND {OF_CYCLE}", *asked, cycle
    )
    rule, place = await rule_of(cycle), {offer: at for at, offer in enumerate(asked)}
    return [shop_line(row, rule) for row in sorted(rows, key=lambda row: place[row["offer"]])]


async def lines_of(cycle: str, products: Iterable[str]) -> list[ShopLine]:
    """All offers of these products, the cheapest of each in front."""
    asked = sorted(set(products))
    if not asked:
        return []
    rows = await in_use().query(
        f"{LINE} AND o.cycle = {{}} AND o.product IN ({marks(asked)})"
        " ORDER BY o.satang_per_kg, o.id",
        cycle,
        *asked,
    )
    rule = await rule_of(cycle)
    return [shop_line(row, rule) for row in rows]


def marks(values: Sequence[object]) -> str:
    return ", ".join(["{}"] * len(values))


async def _ids(cycle: str, products: list[str], after: str) -> list[str]:
    """One more than a page, where there are so many."""
    found: list[str] = []
    begin = START
    if after and (last := await _last(cycle, after)) and last["product"] in products:
        products = products[products.index(last["product"]) :]
        begin = (last["satang_per_kg"], after)
    while products and len(found) <= PAGE:
        now, products = products[:AT_ONCE], products[AT_ONCE:]
        found += await _next(cycle, now, begin, PAGE + 1 - len(found))
        begin = START
    return found


async def _next(cycle: str, products: list[str], begin: tuple[int, str], most: int) -> list[str]:
    """`begin` is of the first of them; the others are read from their cheapest on."""
    values: list[object] = []
    for place, product in enumerate(products):
        values += [place, cycle, product, *(START if place else begin), most]
    parts = " UNION ALL ".join([OF_ONE] * len(products))
    rows = await in_use().query(
        f"{parts} ORDER BY place, satang_per_kg, id LIMIT {{}}", *values, most
    )
    return [row["id"] for row in rows]


async def _last(cycle: str, offer: str) -> Row | None:
    rows = await in_use().query(
        "SELECT product, satang_per_kg FROM offer WHERE id = {} AND cycle = {}", offer, cycle
    )
    return rows[0] if rows else None
