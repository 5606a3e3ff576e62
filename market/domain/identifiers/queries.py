"""Prefixes, numbers, and what a Digital Link of ours is of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from certification.basis import codes
from certification.basis.database import Row, in_use
from certification.groups import queries as groups
from market.domain.identifiers import rules
from market.domain.identifiers.digital_link import DigitalLink
from market.domain.identifiers.rules import Given, Prefix
from market.domain.lots import queries as lots
from market.domain.lots.queries import Lot
from market.domain.lots.refusals import NoLot
from market.domain.products import queries as products

PREFIXES = "SELECT id, organ, prefix, paper, since, until FROM gs1_prefix"
GIVEN = (
    "SELECT g.id, g.gtin, p.organ, g.prefix, g.product, g.pack_grams, g.since, g.until"
    " FROM gtin g JOIN gs1_prefix p ON p.id = g.prefix"
)
LOTS = (
    'SELECT l.code FROM lot l JOIN producer_group o ON o.id = l."group"'
    " WHERE l.crop = {} AND (o.id = {} OR o.network = {})"
    " ORDER BY l.harvested_on DESC, l.id LIMIT 20"
)


class Meant(msgspec.Struct, frozen=True):
    """What an address is of: goods in a pack, and a lot of them where it says one."""

    given: Given
    lot: Lot | None


async def prefix(id: str) -> Prefix:
    rows = await in_use().query(f"{PREFIXES} WHERE id = {{}}", id)
    if not rows:
        raise rules.NoPrefix(prefix=id)
    return msgspec.convert(rows[0], Prefix)


async def prefixes(organs: Iterable[str]) -> list[Prefix]:
    """The newest first, also those given up."""
    wanted = set(organs)
    rows = await in_use().query(f"{PREFIXES} ORDER BY id DESC")
    return [msgspec.convert(row, Prefix) for row in rows if row["organ"] in wanted]


async def held() -> list[Prefix]:
    rows = await in_use().query(f"{PREFIXES} WHERE held IS NOT NULL ORDER BY prefix")
    return [msgspec.convert(row, Prefix) for row in rows]


async def given(id: str) -> Given:
    return _one(await in_use().query(f"{GIVEN} WHERE g.id = {{}}", id))


async def by_gtin(gtin: str) -> Given:
    return _one(await in_use().query(f"{GIVEN} WHERE g.gtin = {{}}", gtin))


async def under(prefix: str) -> list[Given]:
    rows = await in_use().query(f"{GIVEN} WHERE g.prefix = {{}} ORDER BY g.gtin", prefix)
    return [msgspec.convert(row, Given) for row in rows]


async def any_given() -> bool:
    """Whether any address of GS1's is answered here."""
    return bool(await in_use().query("SELECT 1 FROM gtin LIMIT 1"))


async def meant(link: DigitalLink) -> Meant:
    """UnknownGtin, NotItsLot, SerialUnknown."""
    found = await by_gtin(link.value("01"))
    said = [ai for ai, _ in link.path[1:]]
    if said not in ([], ["10"]):
        raise rules.SerialUnknown(ai=next(ai for ai in said if ai != "10"))
    return Meant(found, await _lot(found, link.value("10")) if said else None)


async def _lot(of: Given, said: str) -> Lot:
    crop = (await products.product(of.product)).crop
    try:
        lot = await lots.by_code(codes.read(said))
    except NoLot:
        raise rules.NotItsLot(lot=said[:20], gtin=of.gtin) from None
    group = await groups.group(lot.group)
    if lot.crop != crop or of.organ not in (group.id, group.network):
        raise rules.NotItsLot(lot=said[:20], gtin=of.gtin)
    return lot


async def newest_lots(of: Given) -> list[str]:
    """Codes of lots of those goods."""
    crop = (await products.product(of.product)).crop
    return [str(row["code"]) for row in await in_use().query(LOTS, crop, of.organ, of.organ)]


def _one(rows: Sequence[Row]) -> Given:
    if not rows:
        raise rules.UnknownGtin
    return msgspec.convert(rows[0], Given)
