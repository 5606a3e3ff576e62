"""Which cycle is open, and what the shop holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby, islice

import msgspec

from certification.basis.database import Row, in_use
from market.domain.lineage import queries as lineage
from market.domain.offers.refusals import NoSuchCycle, NoSuchStock
from market.domain.offers.rules import CALLED_OFF, CycleStop, Goods, Terms, Times
from market.domain.splits.rules import Parts, Split, parts_of_kilo


class CycleView(msgspec.Struct, frozen=True):
    id: str
    merchant: str
    name_th: str
    name_en: str
    opens_at: datetime
    closes_at: datetime
    hold_minutes: int
    split_rule: str
    state: str
    """How far its clock has come; whether it is open follows the instants."""
    deposit_percent: int | None
    """Of the price, paid ahead by PromptPay, the rest at the pick-up; None: no deposit."""
    stops: tuple[CycleStop, ...]
    """The earliest first."""

    @property
    def pickup_from(self) -> datetime:
        return min(stop.pickup_from for stop in self.stops)

    @property
    def pickup_until(self) -> datetime:
        return max(stop.pickup_until for stop in self.stops)

    def at_place(self, place: str) -> list[CycleStop]:
        """Its hours there, as far as they may still be chosen."""
        return [one for one in self.stops if one.place == place and one.closed_at is None]

    def is_open(self, at: datetime) -> bool:
        return not self.called_off and self.opens_at <= at < self.closes_at

    @property
    def called_off(self) -> bool:
        return self.state in CALLED_OFF

    @property
    def times(self) -> Times:
        return Times(self.opens_at, self.closes_at, self.called_off)


class ShopLine(msgspec.Struct, frozen=True):
    """One offer as a buyer sees it; `parts` are satang of one kilo."""

    offer: str
    lot: str
    """With its code: empty of what is still to be harvested."""
    lot_code: str
    claim: str
    harvested_on: date
    """Or ready on, where that is still to come."""
    expected: bool
    crop: str
    product: str
    name_th: str
    name_en: str
    unit: str
    piece_grams: int | None
    """Of an expected piece; None where it is sold by weight."""
    piece_grams_max: int | None
    shared_by: str
    """How it is shared, should less come than was ordered."""
    group: str
    group_code: str
    group_th: str
    group_en: str
    group_area: str
    farmer: str | None
    satang_per_kg: int
    step_grams: int
    grams_left: int
    parts: Parts


CYCLE = (
    "SELECT id, merchant, name_th, name_en, opens_at, closes_at, hold_minutes, split_rule,"
    " state, deposit_percent FROM cycle"
)
PLACES = (
    "SELECT id, cycle, place, pickup_from, pickup_until, capacity_orders, capacity_grams, closed_at"
    " FROM cycle_place WHERE cycle IN (SELECT id FROM ({}) c)"
    " ORDER BY pickup_from, pickup_until, id"
)
STANDS = "state NOT IN ('cancelling', 'cancelled')"
OPEN = f"opens_at <= {{}} AND closes_at > {{}} AND {STANDS}"
RULE_OF_CYCLE = (
    "SELECT r.id, r.merchant, r.merchant_bp, r.truck_bp, r.fund_bp, r.group_bp"
    " FROM split_rule r JOIN cycle c ON c.split_rule = r.id WHERE c.id = {}"
)
LINE = (
    "SELECT o.id AS offer, COALESCE(l.id, '') AS lot, COALESCE(l.code, '') AS lot_code,"
    " COALESCE(l.claim, e.claim) AS claim, l.harvested_on, e.ready_on,"
    " COALESCE(l.crop, e.crop) AS crop,"
    " p.id AS product, p.name_th, p.name_en, p.unit, o.piece_grams, o.piece_grams_max,"
    " o.shared_by, g.id AS group_id, g.code AS group_code, g.name_th AS group_th,"
    " g.name_en AS group_en, g.area AS group_area, o.farmer, o.satang_per_kg, o.step_grams,"
    " s.available_grams AS grams_left"
    " FROM offer o JOIN stock s ON s.id = o.stock LEFT JOIN lot l ON l.id = o.lot"
    " LEFT JOIN forecast e ON e.id = s.source"
    ' JOIN product p ON p.id = o.product JOIN producer_group g ON g.id = o."group"'
    " WHERE o.withdrawn_at IS NULL AND p.crop = COALESCE(l.crop, e.crop)"
    " AND s.frozen = 0"
)
OF_CYCLE = " AND o.cycle = {} ORDER BY p.name_th, o.satang_per_kg, o.id"


TERMS = (
    "SELECT o.id, o.cycle, o.stock, o.satang_per_kg, o.step_grams, o.piece_grams,"
    " o.piece_grams_max, CASE WHEN p.crop <> l.crop THEN o.at ELSE o.withdrawn_at END"
    " AS withdrawn_at FROM offer o JOIN product p ON p.id = o.product"
    " LEFT JOIN lot l ON l.id = o.lot WHERE o.id IN ({})"
)


OF_ITS_CROP = (
    "SELECT a.id AS of, a.cycle, a.satang_per_kg, q.id AS product, q.name_th, q.name_en"
    " FROM offer a JOIN product p ON p.id = a.product JOIN product q ON q.crop = p.crop"
    " WHERE a.id IN ({}) AND EXISTS (SELECT 1 FROM offer b WHERE b.cycle = a.cycle"
    " AND b.product = q.id) ORDER BY a.id, q.id LIMIT 400"
)
"""SQLite joins five hundred answers at most."""
IN_PLACE_MOST = 12
IN_PLACE_OF = (
    "SELECT * FROM (SELECT {number} AS pair, b.id AS offer, b.satang_per_kg, g.name_th AS group_th,"
    ' g.name_en AS group_en FROM offer b JOIN producer_group g ON g.id = b."group"'
    " JOIN stock s ON s.id = b.stock WHERE b.cycle = {{}} AND b.product = {{}}"
    " AND b.satang_per_kg <= {{}} AND b.id <> {{}} AND b.withdrawn_at IS NULL"
    " AND s.available_grams >= b.step_grams AND s.frozen = 0"
    " ORDER BY b.satang_per_kg DESC, b.id DESC LIMIT {most}) AS of_{number}"
)
"""Read backwards in the index `offer_shelf`, and no further than that."""


async def cycle(id: str) -> CycleView:
    """NoSuchCycle."""
    found = await _views("WHERE id = {}", id)
    if not found:
        raise NoSuchCycle()
    return found[0]


async def _views(which: str, *values: object) -> list[CycleView]:
    """With their places: two statements, however many cycles."""
    rows = await in_use().query(f"{CYCLE} {which}", *values)
    stops = dict[str, list[CycleStop]]()
    if rows:
        for stop in await in_use().query(PLACES.replace("{}", f"{CYCLE} {which}"), *values):
            stops.setdefault(stop.pop("cycle"), []).append(CycleStop(**stop))
    return [CycleView(**row, stops=tuple(stops[row["id"]])) for row in rows]


async def cycles(merchant: str) -> list[CycleView]:
    """The newest first."""
    return await _views("WHERE merchant = {} ORDER BY opens_at DESC, id", merchant)


async def open_cycles(at: datetime) -> list[CycleView]:
    """Of all merchants, the one that closes first in front."""
    return await _views(f"WHERE {OPEN} ORDER BY closes_at, id", at, at)


async def nearest_cycle(at: datetime) -> CycleView | None:
    """The open one that closes first; else the next to open; else none."""
    found = await _views(f"WHERE {OPEN} ORDER BY closes_at, id LIMIT 1", at, at) or await _views(
        f"WHERE opens_at > {{}} AND {STANDS} ORDER BY opens_at, id LIMIT 1", at
    )
    return found[0] if found else None


async def shop(id: str) -> list[ShopLine]:
    """What may be ordered in a cycle and how much of it is left: sold out lines too, no recalled
    ones."""
    rule = await rule_of(id)
    return [shop_line(row, rule) for row in await in_use().query(LINE + OF_CYCLE, id)]


def shop_line(row: Row, rule: Split) -> ShopLine:
    parts, ready_on = parts_of_kilo(row["satang_per_kg"], rule), row.pop("ready_on")
    cut_on = row.pop("harvested_on") or ready_on
    return ShopLine(
        group=row.pop("group_id"), harvested_on=cut_on, expected=ready_on is not None, **row,
        parts=parts,
    )  # fmt: skip


async def terms(offers: Sequence[str]) -> dict[str, Terms]:
    """By id; an unknown one is absent. Of a lot that turned out to be another crop it counts as
    withdrawn."""
    if not offers:
        return {}
    rows = await in_use().query(TERMS.format(", ".join(["{}"] * len(offers))), *offers)
    return {row["id"]: Terms(**row) for row in rows}


LEFT = (
    "SELECT o.id, s.available_grams FROM offer o JOIN stock s ON s.id = o.stock WHERE o.id IN ({})"
)


async def are_left(wanted: Mapping[str, int]) -> bool:
    """Whether there are so many grams of each offer, at a glance; an unknown one has no end."""
    marks = ", ".join(["{}"] * len(wanted))
    found = await in_use().look(LEFT.format(marks), *wanted)
    return all(left >= wanted[offer] for offer, left in found)


class InPlaceOf(msgspec.Struct, frozen=True):
    """Another offer of the same crop in the same round, no dearer."""

    of: str
    offer: str
    name_th: str
    name_en: str
    group_th: str
    group_en: str


async def in_place_of(offers: Sequence[str]) -> list[InPlaceOf]:
    """Of which something is left: a dozen for each at most, the nearest in price first.

    Two statements, however many.
    """
    if not offers:
        return []
    marks = ", ".join(["{}"] * len(offers))
    pairs = await in_use().query(OF_ITS_CROP.format(marks), *offers)
    if not pairs:
        return []
    asked, values = list[str](), list[object]()
    for number, pair in enumerate(pairs):
        asked.append(IN_PLACE_OF.format(most=IN_PLACE_MOST, number=number))
        values += [pair["cycle"], pair["product"], pair["satang_per_kg"], pair["of"]]
    rows = await in_use().query(" UNION ALL ".join(asked), *values)
    rows.sort(key=lambda row: (pairs[row["pair"]]["of"], -row["satang_per_kg"], row["offer"]))
    found = list[InPlaceOf]()
    for of, several in groupby(rows, key=lambda row: str(pairs[row["pair"]]["of"])):
        for row in islice(several, IN_PLACE_MOST):
            pair, group = pairs[row["pair"]], (row["group_th"], row["group_en"])
            found.append(InPlaceOf(of, row["offer"], pair["name_th"], pair["name_en"], *group))
    return found


async def rule_of(cycle: str) -> Split:
    """The rule a cycle froze."""
    rows = await in_use().query(RULE_OF_CYCLE, cycle)
    if not rows:
        raise NoSuchCycle()
    return Split(**rows[0])


async def rule_version(cycle: str) -> int:
    """Of the rule a cycle froze."""
    [row] = await in_use().query(
        "SELECT r.version FROM split_rule r JOIN cycle c ON c.split_rule = r.id WHERE c.id = {}",
        cycle,
    )
    return int(row["version"])


class Selling(msgspec.Struct, frozen=True):
    """A round in which a group's goods may still be offered, and as what."""

    cycle: CycleView
    product: str
    piece_grams: int | None


async def selling(group: str, crop: str, at: datetime) -> list[Selling]:
    """Of the group or its network, open or still to open; the one that closes first in front."""
    rows = await in_use().query(
        "SELECT c.id, p.id AS product, p.piece_grams FROM cycle c"
        " JOIN producer_group m ON m.id = c.merchant JOIN producer_group g ON g.id = {}"
        " JOIN product p ON p.network IN (m.id, m.network) AND p.crop = {}"
        " WHERE c.merchant IN (g.id, g.network) AND c.closes_at > {} ORDER BY c.closes_at, c.id,"
        " p.at, p.id",
        group, crop, at,
    )  # fmt: skip
    first = {row["id"]: row for row in reversed(rows)}
    found = [Selling(await cycle(id), **{k: v for k, v in row.items() if k != "id"})
             for id, row in reversed(first.items())]  # fmt: skip
    return sorted(found, key=lambda one: (one.cycle.closes_at, one.cycle.id))


class Offer(msgspec.Struct, frozen=True):
    """An offer of what is still to be harvested, and the round it stands in."""

    id: str
    cycle: str
    closes_at: datetime
    satang_per_kg: int
    step_grams: int
    lot: str | None
    withdrawn_at: datetime | None


async def of_stock(stock: str) -> Offer | None:
    """The newest."""
    rows = await in_use().query(
        "SELECT o.id, o.cycle, c.closes_at, o.satang_per_kg, o.step_grams, o.lot, o.withdrawn_at"
        " FROM offer o JOIN cycle c ON c.id = o.cycle WHERE o.stock = {}"
        " ORDER BY o.at DESC, o.id DESC LIMIT 1",
        stock,
    )
    return Offer(**rows[0]) if rows else None


async def is_offered(cycle: str, stock: str) -> bool:
    return bool(
        await in_use().query("SELECT id FROM offer WHERE cycle = {} AND stock = {}", cycle, stock)
    )


async def to_be_fetched(offer: str) -> tuple[str, CycleView] | None:
    """Its crop, and the round it stands in; None where it was taken back."""
    rows = await in_use().query(
        "SELECT o.cycle, p.crop FROM offer o JOIN product p ON p.id = o.product"
        " WHERE o.id = {} AND o.withdrawn_at IS NULL",
        offer,
    )
    return (rows[0]["crop"], await cycle(rows[0]["cycle"])) if rows else None


async def growers(offer: str) -> tuple[list[str], str]:
    """Of what is offered, and its crop."""
    [row] = await in_use().query(
        "SELECT o.lot, o.farmer, p.crop FROM offer o JOIN product p ON p.id = o.product"
        " WHERE o.id = {}",
        offer,
    )
    many = [] if row["farmer"] else await lineage.farmers_of(row["lot"])
    return [row["farmer"]] if row["farmer"] else sorted(many), row["crop"]


async def last_prices(farmer: str, crop: str) -> list[int]:
    """At which the farmer's own was offered, satang per kilo; the newest first, each once."""
    rows = await in_use().query(
        "SELECT o.satang_per_kg FROM offer o JOIN product p ON p.id = o.product"
        " WHERE o.farmer = {} AND p.crop = {} ORDER BY o.at DESC, o.id DESC LIMIT 20",
        farmer, crop,
    )  # fmt: skip
    return list(dict.fromkeys(row["satang_per_kg"] for row in rows))


async def selling_as(merchant: str) -> set[str]:
    """The merchant itself and the network it belongs to."""
    rows = await in_use().query("SELECT id, network FROM producer_group WHERE id = {}", merchant)
    return {id for row in rows for id in (row["id"], row["network"]) if id}


async def goods(stock: str, product: str, merchant: str) -> Goods:
    """What stands behind the stock of a lot or a forecast; NoSuchStock."""
    rows = await in_use().query(
        "SELECT l.id AS lot, COALESCE(l.crop, e.crop) AS crop, g.id AS group_id,"
        " g.network AS group_network, COALESCE(l.farmer, e.farmer) AS farmer, m.id AS merchant,"
        " m.network AS merchant_network, p.crop AS product_crop,"
        " p.network AS product_network, p.piece_grams FROM stock s"
        " LEFT JOIN lot l ON l.id = s.source LEFT JOIN forecast e ON e.id = s.source"
        ' JOIN producer_group g ON g.id = COALESCE(l."group", e."group")'
        " JOIN product p ON p.id = {} JOIN producer_group m ON m.id = {} WHERE s.id = {}",
        product, merchant, stock,
    )  # fmt: skip
    if not rows:
        raise NoSuchStock()
    return Goods(group=rows[0].pop("group_id"), **rows[0])
