"""A farmer says what will be ripe; part of it can be ordered, and the harvest keeps the promise."""

from __future__ import annotations

from datetime import datetime

from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.inserting import insert
from certification.basis.transaction import transaction
from certification.basis.units import local_day
from certification.plots import queries as plots
from market.domain.forecasts import queries, rules
from market.domain.forecasts.tables import Forecast, ForecastDelivery
from market.domain.lots import commands as lots
from market.domain.lots import queries as lots_seen
from market.domain.lots.earning import foreseen
from market.domain.lots.refusals import NotTheHolder
from market.domain.lots.rules import HarvestLot


async def expect(
    asked: rules.Expect, farmer: str, bounds: rules.Bounds, *, by: str, at: datetime
) -> rules.Expected:
    """Of who farms the plot; never more than the planting is expected to yield, with what it gave
    already. The part that may be ordered follows from the farmer's record."""
    async with transaction():
        planted = await plots.planting(asked.planting)
        today = local_day(at)
        if await plots.holder(planted.plot, today) != farmer:
            raise NotTheHolder(plot=planted.plot)
        rules.ensure_day(asked, (planted.harvest_from, planted.harvest_until), today)
        group = (await plots.plot(planted.plot)).group
        wanted = HarvestLot(planted.plot, planted.crop, asked.ready_on, asked.grams, asked.planting)
        claimed, yields = await foreseen(wanted, group, at=at)
        spoken_for = yields.claimed_grams + await queries.still_to_come(asked.planting, today)
        rules.ensure_likely(asked.grams, yields.expected_grams, spoken_for)
        share = await queries.share(farmer, planted.crop, today, bounds)
        stock = following(asked.id, "stock")
        event = rules.Expected(
            asked.id, stock, asked.planting, asked.grams, share.percent, share.because,
            rules.presold(asked.grams, share.percent),
        )  # fmt: skip
        await insert(
            Forecast(
                id=asked.id, planting=asked.planting, group=group, farmer=farmer,
                crop=planted.crop, ready_on=asked.ready_on, promised_grams=asked.grams,
                percent=share.percent, because=share.because, claim=claimed.claim,
                given_up_at=None, by=by, at=at,
            )
        )  # fmt: skip
        log.append(event, (Forecast, asked.id), subject=asked.planting, by=by, at=at)
        await lots.open_stock(stock, "forecast", asked.id, event.presold_grams, by=by, at=at)
    return event


async def lower(id: str, grams: int, *, by: str, at: datetime) -> rules.Lowered:
    """Before it is there. Refused below what is ordered: `ReservedMore` with the grams."""
    async with transaction():
        known = await _claimed(id)
        if known.promised_grams == grams:
            return rules.Lowered(id, grams, known.presold_grams)
        most = rules.lowered(known.promised_grams, grams, known.reserved_grams, known.percent)
        await in_use().query("UPDATE forecast SET promised_grams = {} WHERE id = {}", grams, id)
        event = rules.Lowered(id, grams, most)
        log.append(event, (Forecast, id), subject=known.planting, by=by, at=at)
        if less := known.presold_grams - most:
            await lots.weigh_again(known.stock, -less, subject=id, by=by, at=at)
    return event


async def give_up(id: str, *, by: str, at: datetime) -> rules.GivenUp | rules.Lowered:
    """What is ordered of it stays promised; where nothing is, the whole is given up."""
    async with transaction():
        known = await _claimed(id)
        if known.reserved_grams == known.promised_grams:
            return rules.Lowered(id, known.promised_grams, known.presold_grams)
        if known.reserved_grams:
            return await lower(id, known.reserved_grams, by=by, at=at)
        await in_use().query("UPDATE forecast SET given_up_at = {} WHERE id = {}", at, id)
        event = rules.GivenUp(id)
        log.append(event, (Forecast, id), subject=known.planting, by=by, at=at)
        if known.presold_grams:
            await lots.weigh_again(known.stock, -known.presold_grams, subject=id, by=by, at=at)
    return event


async def _claimed(id: str) -> queries.ForecastView:
    """Held until the deed ends: who orders, lowers or delivers waits."""
    await lots.claim(id)
    known = await queries.forecast(id)
    if known.given_up_at or known.delivered_grams:
        raise rules.Ended()
    return known


async def deliver(lot: str, *, by: str, at: datetime) -> rules.Delivered | None:
    """What was harvested is what was promised of that planting for about that day, if anything.

    Called once a lot is there, by a reader of the log; again changes nothing.
    """
    async with transaction():
        known = await lots_seen.lot(lot)
        if known.planting is None:
            return None
        awaited = await queries.awaiting(known.planting, known.harvested_on, known.at)
        if awaited is None:
            return None
        return await keep(awaited.id, lot, by=by, at=at)


async def keep(forecast: str, lot: str, *, by: str, at: datetime) -> rules.Delivered | None:
    """That lot came of that promise, as whoever saw it says. A lot keeps one promise: None where
    it was said before."""
    async with transaction():
        await lots.claim(forecast)
        id = following(lot, "delivery")
        if not await in_use().query(
            "INSERT INTO forecast_delivery (id, forecast, lot, at) VALUES ({}, {}, {}, {})"
            " ON CONFLICT (lot) DO NOTHING RETURNING id",
            id, forecast, lot, at,
        ):  # fmt: skip
            return None
        cut, known = await lots_seen.lot(lot), await queries.forecast(forecast)
        event = rules.Delivered(forecast, lot, cut.grams)
        log.append(event, (ForecastDelivery, id), subject=known.planting, by=by, at=at)
    return event
