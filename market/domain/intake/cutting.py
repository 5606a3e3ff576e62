"""Of which lot a load is: what was promised and not written down becomes one at the scales."""

from __future__ import annotations

from datetime import datetime

from certification.basis.ids import following
from certification.basis.units import local_day
from certification.plots import queries as plots
from market.domain.forecasts import commands as forecasts
from market.domain.forecasts import queries as forecasts_seen
from market.domain.intake import queries, rules
from market.domain.intake.queries import IntakeView
from market.domain.intake.rules import WeighIn
from market.domain.lineage import correcting
from market.domain.lineage import queries as lineage
from market.domain.lineage.corrections import CorrectLot
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.rules import HarvestLot
from market.domain.orders import harvested
from market.domain.shortage.queries import Short

REASON = "ชั่งใหม่ที่จุดรับผลผลิต · weighed again where it was brought"
"""Beside the correction of the lot, for whoever reads its past."""


async def of_which_lot(
    asked: WeighIn, of: Short, wrong: IntakeView | None, *, by: str, at: datetime
) -> str | None:
    """What was cut in two trips are two lots; a weighing
    that is corrected corrects the lot that was made of it."""
    if wrong and wrong.lot:
        if await queries.made_here(wrong.lot):
            await _weigh_lot_again(asked, wrong.lot, by=by, at=at)
        return wrong.lot
    promise = await queries.promise(of)
    if asked.lot:
        await _ensure_of(promise, asked.lot, of)
        return asked.lot
    own = await queries.lot_of_offer(of.offer)
    if promise is None or (own and not await queries.made_here(own)):
        return own
    if not asked.accepted_grams:
        return None
    return await _cut(asked, promise, by=by, at=at)


async def _cut(asked: WeighIn, promise: str, *, by: str, at: datetime) -> str:
    known, lot = await forecasts_seen.forecast(promise), queries.lot_of(asked.id)
    planted = await plots.planting(known.planting)
    cut_on = asked.harvested_on or local_day(asked.weighed_at or at)
    wanted = HarvestLot(
        planted.plot, planted.crop, cut_on, asked.accepted_grams, known.planting,
        on_behalf_of=known.farmer if known.farmer != by else None, as_plain=asked.as_plain,
    )  # fmt: skip
    record = lots.harvest if asked.sure else lots.harvest_if_likely
    await record(lot, wanted, by=by, at=at)
    await forecasts.keep(promise, lot, by=by, at=at)
    await harvested.bind(promise, by=by, at=at)
    return lot


async def _ensure_of(promise: str | None, lot: str, of: Short) -> None:
    """It came of the same promise, or is what is offered."""
    if lot == await queries.lot_of_offer(of.offer):
        return
    if promise is None or lot not in await forecasts_seen.delivered(promise):
        raise rules.NotOfThePromise()


async def _weigh_lot_again(asked: WeighIn, lot: str, *, by: str, at: datetime) -> None:
    """Refused where more than that is sold of it already: `lineage.gone_already`."""
    if not asked.accepted_grams:
        raise rules.NothingOfTheLot()
    known, turns = await lots_seen.lot(lot), len(await lineage.corrections(lot))
    if known.grams == asked.accepted_grams:
        return
    right = CorrectLot(
        following(asked.id, "lot"), lot, known.crop, known.harvested_on, asked.accepted_grams,
        known.planting, REASON, turns,
    )  # fmt: skip
    await correcting.correct(right, by=by, at=at)
    if promise := await forecasts_seen.kept_by(lot):
        await harvested.bind(promise, by=by, at=at)
