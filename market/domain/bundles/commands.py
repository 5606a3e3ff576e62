"""A merchant puts goods of a round together, and takes the bundle back."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from market.domain.bundles import queries, rules
from market.domain.bundles.tables import Bundle, BundleChoice, BundlePart
from market.domain.floors import queries as floors
from market.domain.offers import queries as offers
from market.domain.offers.rules import ensure_before_closing


async def make(asked: rules.MakeBundle, *, by: str, at: datetime) -> rules.Made:
    """Before the round closes, of what is offered in it; at no price below a grower's minimum."""
    do = partial(_make, asked, by=by, at=at)
    return await deeds.once(asked.id, "bundles.make", asked, do, rules.Made, by=by, at=at)


async def _make(asked: rules.MakeBundle, *, by: str, at: datetime) -> rules.Made:
    rules.ensure_bundle(asked)
    cycle = await offers.cycle(asked.cycle)
    ensure_before_closing(cycle.times, at)
    await insert(
        Bundle(
            id=asked.id, cycle=asked.cycle, name_th=asked.name_th.strip(),
            name_en=asked.name_en.strip(), satang=asked.satang, withdrawn_at=None, by=by, at=at,
        )
    )  # fmt: skip
    parts, choices = list[BundlePart](), list[BundleChoice]()
    for number, part in enumerate(asked.parts):
        id = following(asked.id, f"part {number}")
        parts.append(
            BundlePart(id=id, bundle=asked.id, number=number, grams=part.grams, pieces=part.pieces)
        )
        choices += [
            BundleChoice(id=following(id, product), part=id, product=product)
            for product in dict.fromkeys(part.products)
        ]
    await insert(*parts)
    await insert(*choices)
    await _ensure_can_be_packed(asked, at)
    event = rules.Made(asked.id, asked.cycle, asked.satang)
    rows = [
        *((BundlePart, str(p.id)) for p in parts),
        *((BundleChoice, str(c.id)) for c in choices),
    ]
    log.append(event, (Bundle, asked.id), *rows, subject=asked.id, by=by, at=at)
    return event


async def _ensure_can_be_packed(asked: rules.MakeBundle, at: datetime) -> None:
    filled = await queries.filled(asked.id, asked.cycle)
    for part in filled:
        if not part.choices:
            raise rules.NotOffered(part=part.name)
    for line in rules.packed(asked.satang, filled, 1):
        await ensure_not_below(line, at)


async def ensure_not_below(line: rules.Taken, at: datetime) -> None:
    """BelowMinimum: the part of the price is less than a grower allows."""
    growers, crop = await offers.growers(line.offer)
    await floors.ensure_not_below(line.satang_per_kg, growers, crop, local_day(at))


async def withdraw(bundle: str, *, by: str, at: datetime) -> rules.TakenBack:
    """What was ordered stays ordered. Again changes nothing."""
    async with transaction():
        known = await queries.bundle(bundle)
        event = rules.TakenBack(bundle, known.cycle)
        if await in_use().query(
            "UPDATE bundle SET withdrawn_at = {} WHERE id = {} AND withdrawn_at IS NULL"
            " RETURNING id",
            at, bundle,
        ):  # fmt: skip
            log.append(event, (Bundle, bundle), subject=bundle, by=by, at=at)
    return event
