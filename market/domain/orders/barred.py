"""What loses its claim when a certificate stops holding, and the orders that wait for it."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from certification.basis.database import in_use
from certification.certificates import queries as certificates
from certification.certificates.history import Event, standing
from certification.certificates.queries import CertificateView


class Waiting(msgspec.Struct, frozen=True):
    """Lines of one order that are of that lot and not handed over."""

    order: str
    code: str
    state: str
    buyer: str
    merchant: str
    grams: int
    satang: int
    pickup_from: datetime
    name_th: str
    """Of the place where it is fetched."""
    name_en: str


class LotUnder(msgspec.Struct, frozen=True):
    """A lot under a certificate of which something is not sold, or not handed over yet; also one
    that was made of such a harvest, under the day of the oldest."""

    lot: str
    code: str
    crop: str
    harvested_on: date
    grams_left: int
    """Held ones too; what paid orders wait for is sold."""
    barred: bool
    """The certificate did not hold on the day of harvest, by all that is known now."""
    orders: tuple[Waiting, ...]


LEFT = "s.available_grams + s.held_grams + s.leased_grams"
RESTS = (
    "(SELECT l.id AS lot, l.id AS harvest FROM lot l WHERE l.certificate = {} AND l.deed IS NULL"
    " UNION SELECT x.lot, x.origin FROM lot_origin x JOIN lot h ON h.id = x.origin"
    " JOIN lot m ON m.id = x.lot WHERE h.certificate = {} AND m.claim <> 'plain')"
)
"""Harvests under a certificate, and what was made of them and bears a claim."""
LOTS = (
    f"SELECT l.id AS lot, l.code, l.crop, h.harvested_on, {LEFT} AS grams_left"  # noqa: S608  (constants)
    f" FROM {RESTS} y JOIN lot l ON l.id = y.lot JOIN lot h ON h.id = y.harvest"
    f" JOIN stock s ON s.source = l.id WHERE ({LEFT} > 0"
    " OR EXISTS (SELECT 1 FROM reservation r WHERE r.stock = s.id"
    " AND r.state IN ('held', 'confirmed'))) ORDER BY h.harvested_on DESC, l.code"
)
WAITING = (
    "SELECT f.lot, o.id AS order_id, o.code, o.state, o.buyer, o.merchant,"  # noqa: S608  (constants)
    " CAST(SUM(pl.grams) AS BIGINT) AS grams, CAST(SUM(pl.satang) AS BIGINT) AS satang,"
    f" c.pickup_from, w.name_th, w.name_en FROM (SELECT DISTINCT lot AS id FROM {RESTS} y) l"
    " JOIN offer f ON f.lot = l.id JOIN preorder_line pl ON pl.offer = f.id"
    ' JOIN preorder o ON o.id = pl."order" JOIN cycle_place c ON c.id = o.stop'
    " JOIN place w ON w.id = c.place WHERE o.state IN ('held', 'confirmed')"
    " GROUP BY f.lot, o.id, o.code, o.state, o.buyer,"
    " o.merchant, c.pickup_from, w.name_th, w.name_en ORDER BY c.pickup_from, o.code"
)


async def under(of: CertificateView, what_if: Event | None = None) -> list[LotUnder]:
    """The newest harvest first; as it stands, or as it would after one event more."""
    events = await certificates.history(of.id) + ((what_if,) if what_if else ())
    waiting = dict[str, list[Waiting]]()
    for row in await in_use().query(WAITING, of.id, of.id):
        lot = row.pop("lot")
        waiting.setdefault(lot, []).append(Waiting(order=row.pop("order_id"), **row))
    found = dict[str, LotUnder]()
    for row in await in_use().query(LOTS, of.id, of.id):
        bad = not standing(of.terms, events, row["crop"], row["harvested_on"]).held
        orders = tuple(waiting.get(row["lot"], ()))
        bad = bad or (row["lot"] in found and found[row["lot"]].barred)
        found[row["lot"]] = LotUnder(barred=bad, orders=orders, **row)
    return list(found.values())


WITHIN = (
    "JOIN lot l ON l.id = f.lot LEFT JOIN lot_origin x ON x.lot = l.id AND l.claim <> 'plain'"
    " JOIN lot h ON h.id = COALESCE(x.origin, l.id)"
)
"""`h`: the lot itself, or each harvest in it."""
CHANGED = (
    "SELECT DISTINCT h.certificate FROM preorder o JOIN preorder_line pl"  # noqa: S608  (constants)
    f' ON pl."order" = o.id JOIN offer f ON f.id = pl.offer {WITHIN}'
    " WHERE o.merchant = {} AND o.state IN ('held', 'confirmed') AND EXISTS"
    " (SELECT 1 FROM certificate_event e WHERE e.certificate = h.certificate)"
)


async def for_merchant(merchant: str) -> list[CertificateView]:
    """Certificates that bar lots for which orders of this merchant wait."""
    rows = await in_use().query(CHANGED, merchant)
    changed = [await certificates.certificate(row["certificate"]) for row in rows]
    found = [of for of in changed if any(lot.barred and lot.orders for lot in await under(of))]
    return sorted(found, key=lambda of: of.number)


OF_ORDER = (
    "SELECT DISTINCT l.code, h.certificate, h.crop, h.harvested_on"  # noqa: S608  (constants)
    " FROM preorder_line pl"
    f" JOIN offer f ON f.id = pl.offer {WITHIN}"
    ' WHERE pl."order" = {} AND h.certificate IS NOT NULL ORDER BY l.code'
)


class Lost(msgspec.Struct, frozen=True):
    """A lot in an order whose certificate did not hold on the day of harvest, as is known now."""

    code: str
    state: str
    """suspended, revoked, …"""
    since: date


async def of_order(order: str) -> list[Lost]:
    found = []
    for row in await in_use().query(OF_ORDER, order):
        of = await certificates.certificate(row["certificate"])
        then = await certificates.standing(of, row["crop"], row["harvested_on"])
        if not then.held:
            events = await certificates.events(of.id)
            found.append(
                Lost(row["code"], then.state, events[-1].from_on if events else of.valid_from)
            )
    return found
