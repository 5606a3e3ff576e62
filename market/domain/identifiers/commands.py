"""Writing down a licensed prefix, giving a pack its number, and ending either.

What was printed is answered for ever; an end only stops what is new.
"""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.groups import queries as groups
from market.domain.identifiers import queries, rules
from market.domain.identifiers.rules import (
    GiveGtin,
    GtinGiven,
    GtinWithdrawn,
    HoldPrefix,
    PrefixGivenUp,
    PrefixHeld,
)
from market.domain.identifiers.tables import Gs1Prefix, Gtin
from market.domain.products import queries as products


async def hold(data: HoldPrefix, *, by: str, at: datetime) -> PrefixHeld:
    """Of two at the same moment one is refused where they say the same; where one only begins with
    the other both may pass, and no number under them is given twice all the same."""
    prefix, paper = rules.prefix(data.prefix), rules.paper(data.paper)
    event = PrefixHeld(data.id, data.organ, prefix)
    async with transaction():
        rules.ensure_apart(prefix, [one.prefix for one in await queries.held()])
        await Gs1Prefix.insert(Gs1Prefix(
            id=data.id, organ=data.organ, prefix=prefix, held=prefix, paper=paper,
            since=local_day(at), by=by,
        ))  # fmt: skip
        log.append(event, (Gs1Prefix, data.id), subject=data.id, by=by, at=at)
    return event


async def give_up(id: str, *, by: str, at: datetime) -> PrefixGivenUp:
    """No new number is given under it; those that were given stay those packs'."""
    today = local_day(at)
    async with transaction():
        ended = await in_use().query(
            "UPDATE gs1_prefix SET held = NULL, until = {}, ended_by = {}"
            " WHERE id = {} AND held IS NOT NULL RETURNING prefix",
            today, by, id,
        )  # fmt: skip
        if not ended:
            raise rules.PrefixEnded(prefix=(await queries.prefix(id)).prefix)
        event = PrefixGivenUp(id, ended[0]["prefix"], str(today))
        log.append(event, (Gs1Prefix, id), subject=id, by=by, at=at)
    return event


async def give(data: GiveGtin, *, by: str, at: datetime) -> GtinGiven:
    async with transaction():
        under = await queries.prefix(data.prefix)
        gtin, pack = rules.gtin(data.gtin, under.prefix), rules.pack(data.pack_grams)
        await _ensure_theirs(data.product, under.organ)
        await _claim(under)
        given = f"{under.organ}/{data.product}/{pack}"
        await _ensure_new(gtin, given, pack)
        await insert(Gtin(
            id=data.id, prefix=under.id, product=data.product, pack_grams=pack, gtin=gtin,
            given=given, since=local_day(at), by=by,
        ))  # fmt: skip
        event = GtinGiven(data.id, gtin, data.product, pack)
        log.append(event, (Gtin, data.id), subject=data.id, by=by, at=at)
    return event


async def _ensure_theirs(product: str, organ: str) -> None:
    group = await groups.group(organ)
    if (await products.product(product)).network not in (group.id, group.network):
        raise rules.NotTheirProduct(field="product")


async def _claim(under: rules.Prefix) -> None:
    """It is held, and stays so until this number is given."""
    held = await in_use().query(
        "UPDATE gs1_prefix SET held = held WHERE id = {} AND held IS NOT NULL RETURNING id",
        under.id,
    )
    if not held:
        raise rules.PrefixEnded(prefix=under.prefix)


async def _ensure_new(gtin: str, given: str, pack: int) -> None:
    if await Gtin.exists().where(Gtin.gtin == gtin):
        raise rules.GtinTaken(gtin=gtin)
    if await Gtin.exists().where(Gtin.given == given):
        raise rules.PackHasGtin(pack_grams=pack)


async def withdraw(id: str, *, by: str, at: datetime) -> GtinWithdrawn:
    today = local_day(at)
    async with transaction():
        ended = await in_use().query(
            "UPDATE gtin SET given = NULL, until = {}, ended_by = {}"
            " WHERE id = {} AND given IS NOT NULL RETURNING gtin",
            today, by, id,
        )  # fmt: skip
        if not ended:
            raise rules.GtinEnded(gtin=(await queries.given(id)).gtin)
        event = GtinWithdrawn(id, ended[0]["gtin"], str(today))
        log.append(event, (Gtin, id), subject=id, by=by, at=at)
    return event
