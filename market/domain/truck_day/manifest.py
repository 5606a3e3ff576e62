"""What a truck carries: what must be aboard, what is, and what became of it."""

from __future__ import annotations

from collections import Counter

import msgspec

from certification.basis.database import in_use
from market.domain.labels import queries as labels
from market.domain.lots import queries as lots
from market.domain.trips import queries as trips
from market.domain.truck_day.queries import TruckView, moved, route, stops
from market.domain.truck_day.refusals import NoPrice
from market.domain.truck_day.rules import WALKUP, is_short
from market.domain.walkup.rules import Goods


class LoadLine(msgspec.Struct, frozen=True):
    """What goes to one stop of one lot: wanted by orders, loaded by somebody, or decided."""

    goes_to: str
    stop_th: str
    stop_en: str
    lot: str
    lot_code: str
    name_th: str
    name_en: str
    wanted_grams: int
    orders: int
    loading: str | None
    loaded_grams: int
    decision: str | None
    cause: str
    """Why it is missing, where somebody decided."""
    handed_on: bool
    """It came from another truck of the day."""
    on_the_way: bool
    """Collected at its plot, not at the base."""
    stands: bool

    @property
    def is_missing(self) -> bool:
        if self.decision or self.handed_on:
            return False
        return is_short(self.wanted_grams, self.loaded_grams)


class LotAboard(msgspec.Struct, frozen=True):
    """What became of a lot on this truck so far."""

    lot: str
    lot_code: str
    name_th: str
    name_en: str
    loaded_grams: int
    """Without what was handed on to another truck or person."""
    handed_on_grams: int
    handed_grams: int
    sold_grams: int
    gone_grams: int
    """Explained: returned, given away, wasted, shrunk."""
    lease: str | None
    lease_grams: int
    """For sale still."""

    @property
    def left_grams(self) -> int:
        return self.loaded_grams - self.handed_grams - self.sold_grams - self.gone_grams


LOADINGS = (
    "SELECT g.id, g.goes_to, g.lot, g.grams, l.code AS lot_code, l.crop FROM truck_loading g"
    " JOIN lot l ON l.id = g.lot WHERE g.truck = {} AND g.unloaded_at IS NULL ORDER BY g.at, g.id"
)
ABOARD = (
    "SELECT m.lot, l.code AS lot_code, l.crop,"
    " CAST(SUM(m.loaded) AS BIGINT) AS loaded_grams, CAST(SUM(m.on_) AS BIGINT) AS handed_on_grams,"
    " CAST(SUM(m.handed) AS BIGINT) AS handed_grams, CAST(SUM(m.sold) AS BIGINT) AS sold_grams,"
    " CAST(SUM(m.gone) AS BIGINT) AS gone_grams FROM ("
    "SELECT g.lot, g.grams AS loaded, 0 AS on_, 0 AS handed, 0 AS sold, 0 AS gone"
    " FROM truck_loading g"
    " WHERE g.truck = {} AND g.unloaded_at IS NULL"
    " UNION ALL SELECT h.lot, -h.grams, h.grams, 0, 0, 0 FROM truck_handed_on h WHERE h.truck = {}"
    " UNION ALL SELECT h.lot, h.grams, 0, 0, 0, 0 FROM truck_handed_on h WHERE h.to_truck = {}"
    " UNION ALL SELECT f.lot, 0, 0, COALESCE(pl.actual_grams, 0), 0, 0 FROM truck_handover t"
    ' JOIN preorder_line pl ON pl."order" = t."order" JOIN offer f ON f.id = pl.offer'
    " WHERE t.truck = {}"
    " UNION ALL SELECT e.lot, 0, 0, 0, w.grams, 0 FROM walkup_line w"
    " JOIN lease e ON e.id = w.lease"
    " WHERE e.holder = {} AND NOT EXISTS (SELECT 1 FROM walkup_void v WHERE v.sale = w.sale)"
    " UNION ALL SELECT o.lot, 0, 0, 0, 0, o.grams FROM truck_leftover o WHERE o.truck = {}"
    ") m JOIN lot l ON l.id = m.lot GROUP BY m.lot, l.code, l.crop ORDER BY l.code"
)


async def load_list(of: TruckView) -> list[LoadLine]:
    """What is unloaded last stands first; what is sold on the way at the end."""
    ahead = await stops(of)
    plots = {v.id for v in route(of, await trips.published_plan(of.day)) if v.kind == "plot"}
    names = {one.place: one for one in ahead}
    loadings = {(r["goes_to"], r["lot"]): r for r in await in_use().query(LOADINGS, of.id)}
    decided = {(r["place"], r["lot"]): (r["decision"], r["cause"]) for r in await in_use().query(
        "SELECT place, lot, decision, cause FROM truck_left_behind WHERE truck = {}", of.id
    )}  # fmt: skip
    received = {r["lot"] for r in await in_use().query(
        "SELECT lot FROM truck_handed_on WHERE to_truck = {}", of.id
    )}  # fmt: skip
    wanted = await _wanted(of, tuple(s.place for s in ahead if not s.cancelled))
    lines = []
    for place, lot in sorted(wanted.keys() | loadings.keys() | decided.keys()):
        want, load = wanted.get((place, lot)), loadings.get((place, lot))
        known = await lots.lot(lot)
        to = names.get(place)
        name = await name_of(known.id)
        lines.append(LoadLine(
            place, to.name_th if to else "", to.name_en if to else "", lot, known.code, *name,
            want[0] if want else 0, want[1] if want else 0, load["id"] if load else None,
            load["grams"] if load else 0, *decided.get((place, lot), (None, "")), lot in received,
            known.plot in plots, await labels.claim_stands(known),
        ))  # fmt: skip
    order = {one.place: -one.seq for one in ahead}
    lines.sort(key=lambda line: (line.goes_to == WALKUP, order.get(line.goes_to, 0), line.name_th))
    return lines


async def _wanted(of: TruckView, at: tuple[str, ...]) -> dict[tuple[str, str], tuple[int, int]]:
    """By stop and lot: grams and orders; those moved to another stop count there, and those that
    were fetched elsewhere nowhere."""
    rows = await in_use().query('SELECT "order" AS id FROM truck_handover WHERE truck = {}', of.id)
    given = {row["id"] for row in rows}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    elsewhere = await moved(of.day)
    for line in await trips.pre_orders(await trips.head(of.day), at):
        if line.state != "confirmed" and line.order not in given:
            continue
        key = elsewhere.get(line.order, line.place), line.lot
        grams, orders = found.get(key, (0, 0))
        found[key] = grams + line.grams, orders + 1
    return found


async def name_of(lot: str) -> tuple[str, str]:
    """As the goods are called where the lot is offered or leased; else the crop."""
    rows = await in_use().query(
        "SELECT p.name_th, p.name_en FROM offer f JOIN product p ON p.id = f.product"
        " WHERE f.lot = {} UNION ALL SELECT p.name_th, p.name_en FROM lease l"
        " JOIN product p ON p.id = l.product WHERE l.lot = {} LIMIT 1",
        lot, lot,
    )  # fmt: skip
    if rows:
        return rows[0]["name_th"], rows[0]["name_en"]
    [row] = await in_use().query("SELECT crop FROM lot WHERE id = {}", lot)
    return row["crop"], row["crop"]


async def aboard(truck: str) -> list[LotAboard]:
    """By lot, all that was ever aboard."""
    leases = {row["lot"]: row for row in await in_use().query(
        "SELECT lot, id, left_grams FROM lease WHERE holder = {}", truck
    )}  # fmt: skip
    found = []
    for row in await in_use().query(ABOARD, *[truck] * 6):
        lease, name = leases.get(row["lot"], {}), await name_of(row["lot"])
        row.pop("crop")
        found.append(
            LotAboard(
                row.pop("lot"), row.pop("lot_code"), *name, **row, lease=lease.get("id"),
                lease_grams=lease.get("left_grams", 0),
            )
        )  # fmt: skip
    return found


async def grams_of(orders: list[str]) -> Counter[str]:
    """By lot, what these orders ask for."""
    found = Counter[str]()
    for order in orders:
        for row in await in_use().query(
            "SELECT f.lot, pl.grams FROM preorder_line pl JOIN offer f ON f.id = pl.offer"
            ' WHERE pl."order" = {}',
            order,
        ):
            found[row["lot"]] += row["grams"]
    return found


async def suspended(lots_: list[str]) -> list[str]:
    """Codes of those whose certificate does not hold any more."""
    known = [await lots.lot(lot) for lot in dict.fromkeys(lots_)]
    return [lot.code for lot in known if not await labels.claim_stands(lot)]


async def orders_with(of: TruckView, place: str, lot: str) -> list[str]:
    """Orders that wait at a stop and have a line of that lot."""
    elsewhere, places = await moved(of.day), tuple(s.place for s in await stops(of))
    lines = await trips.pre_orders(await trips.head(of.day), places)
    return sorted({
        line.order for line in lines
        if line.lot == lot and line.state == "confirmed"
        and elsewhere.get(line.order, line.place) == place
    })  # fmt: skip


async def goods(of: TruckView, lot: str) -> Goods:
    """As the truck sells that lot, or as it is offered in the merchant's newest round."""
    rows = await in_use().query(
        'SELECT stock, lot, product, cycle, "group" AS group_id, farmer, satang_per_kg, pack,'
        " pack_grams, pack_satang FROM lease WHERE holder = {} AND lot = {}",
        of.id, lot,
    ) or await in_use().query(
        'SELECT f.stock, f.lot, f.product, f.cycle, f."group" AS group_id, f.farmer,'
        " f.satang_per_kg FROM offer f JOIN cycle c ON c.id = f.cycle"
        " WHERE c.merchant = {} AND f.lot = {} ORDER BY c.closes_at DESC, f.id DESC LIMIT 1",
        of.operator, lot,
    )  # fmt: skip
    if not rows:
        raise NoPrice(lot=(await lots.lot(lot)).code)
    return Goods(group=rows[0].pop("group_id"), **rows[0])


class ToSell(msgspec.Struct, frozen=True):
    """A lot that may be taken along for who comes by."""

    lot: str
    lot_code: str
    name_th: str
    name_en: str
    satang_per_kg: int
    grams_left: int
    planned_grams: int


OFFERED = (
    "SELECT f.lot, l.code AS lot_code, p.name_th, p.name_en, f.satang_per_kg,"
    " s.available_grams AS grams_left FROM offer f JOIN cycle c ON c.id = f.cycle"
    " JOIN lot l ON l.id = f.lot JOIN product p ON p.id = f.product JOIN stock s ON s.id = f.stock"
    " WHERE c.merchant = {} AND EXISTS (SELECT 1 FROM cycle_place w WHERE w.cycle = c.id"
    " AND w.pickup_from < {} AND w.pickup_until > {})"
    " AND f.withdrawn_at IS NULL AND s.available_grams > 0 ORDER BY p.name_th, l.code"
)


async def to_sell(of: TruckView) -> list[ToSell]:
    """What is offered in the rounds of that day and not ordered, with what was planned of it."""
    planned = {one.lot: one.walk_up_grams for one in (await trips.day(of.day)).lots}
    rows = await in_use().query(OFFERED, of.operator, of.at(24 * 60), of.at(0))
    found = {row["lot"]: ToSell(**row, planned_grams=planned.get(row["lot"], 0)) for row in rows}
    return list(found.values())


STOCK_FAULTS = {
    ("truck_aboard", "grams", "not what was loaded"): (
        "SELECT a.truck AS id FROM truck_aboard a LEFT JOIN (SELECT truck, SUM(grams) AS grams"
        " FROM truck_loading WHERE unloaded_at IS NULL GROUP BY truck) g ON g.truck = a.truck"
        " WHERE a.grams <> COALESCE(g.grams, 0)"
    ),
    ("truck_aboard", "closed", "closed, or not, unlike the day"): (
        "SELECT a.truck AS id FROM truck_aboard a LEFT JOIN truck_closed c ON c.truck = a.truck"
        " WHERE a.closed <> (c.id IS NOT NULL)"
    ),
    ("truck_closed", "", "closed with grams still for sale"): (
        "SELECT c.id FROM truck_closed c JOIN lease l ON l.holder = c.truck WHERE l.left_grams > 0"
    ),
}
Fault = tuple[str, str, str, str]
"""Table, row, column (empty for the whole row) and what is wrong."""


async def kilo_faults() -> list[Fault]:
    """Closed days on which some lot's grams are not all explained."""
    found = [
        (table, str(row["id"]), column, why)
        for (table, column, why), statement in STOCK_FAULTS.items()
        for row in await in_use().query(statement)
    ]
    for row in await in_use().query("SELECT id, truck FROM truck_closed"):
        found += [
            ("truck_closed", row["id"], "", f"of lot {one.lot_code} {one.left_grams} g are nowhere")
            for one in await aboard(row["truck"])
            if one.left_grams
        ]
    return found
