"""What is not harvested yet is offered by who grows it, lowered, taken back, and becomes a lot."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from certification.basis import asked as deeds
from certification.basis import log
from certification.basis.database import in_use
from certification.basis.ids import following
from certification.basis.transaction import transaction
from market.domain.forecasts import commands as forecasts
from market.domain.forecasts import queries as forecasts_seen
from market.domain.forecasts.rules import Bounds, Expect, Expected, GivenUp, Lowered
from market.domain.offers import commands, queries, refusals, rules
from market.domain.offers.tables import Offer

BESIDE = (
    'INSERT INTO offer (id, cycle, lot, stock, product, "group", farmer, satang_per_kg, step_grams,'
    ' piece_grams, piece_grams_max, shared_by, withdrawn_at, "by", at) SELECT {}, cycle, {}, {},'
    ' product, "group", farmer, satang_per_kg, step_grams, piece_grams, piece_grams_max, shared_by,'
    " withdrawn_at, {}, {} FROM offer WHERE id = {} RETURNING id"
)


async def offer_ahead(
    wanted: rules.OfferAhead, farmer: str, bounds: Bounds, *, by: str, at: datetime
) -> Expected:
    """Buyable at once, the part of it that the farmer's record allows."""
    do = partial(_offer_ahead, wanted, farmer, bounds, by=by, at=at)
    body = (wanted, farmer)
    return await deeds.once(wanted.id, "offers.offer_ahead", body, do, Expected, by=by, at=at)


async def _offer_ahead(
    wanted: rules.OfferAhead, farmer: str, bounds: Bounds, *, by: str, at: datetime
) -> Expected:
    cycle = await queries.cycle(wanted.cycle)
    rules.ensure_before_closing(cycle.times, at)
    rules.ensure_ready(wanted.ready_on, cycle.pickup_until)
    expect = Expect(wanted.id, wanted.planting, wanted.ready_on, wanted.grams)
    expected = await forecasts.expect(expect, farmer, bounds, by=by, at=at)
    offer = rules.MakeOffer(
        following(wanted.id, "offer"), wanted.cycle, expected.stock, wanted.product,
        wanted.satang_per_kg, wanted.step_grams,
    )  # fmt: skip
    await commands.offer(offer, by=by, at=at)
    return expected


async def lower(asked: rules.LowerAhead, *, by: str, at: datetime) -> Lowered:
    """Until the round closes; refused below what is ordered of it."""
    async with transaction():
        await _open_offer(asked.forecast, at)
        return await forecasts.lower(asked.forecast, asked.grams, by=by, at=at)


async def take_back(asked: rules.TakeBackAhead, *, by: str, at: datetime) -> GivenUp | Lowered:
    """Until the round closes. What is ordered stays promised; nothing more can be ordered."""
    async with transaction():
        offer = await _open_offer(asked.forecast, at)
        given_up = await forecasts.give_up(asked.forecast, by=by, at=at)
        await commands.withdraw(offer.id, by=by, at=at)
    return given_up


async def _open_offer(forecast: str, at: datetime) -> queries.Offer:
    known = await forecasts_seen.forecast(forecast)
    offer = await queries.of_stock(known.stock)
    if offer is None or offer.lot:
        raise refusals.NothingAhead()
    rules.ensure_before_closing((await queries.cycle(offer.cycle)).times, at)
    return offer


async def harvested(offer: str, lot: str, stock: str, *, by: str, at: datetime) -> None:
    """From now on it is an offer of that lot. Called by orders, who move what is reserved."""
    event = rules.Harvested(offer, lot, stock)
    async with transaction():
        await in_use().query(
            "UPDATE offer SET lot = {}, stock = {} WHERE id = {} AND lot IS NULL RETURNING id",
            lot, stock, offer,
        )  # fmt: skip
        log.append(event, (Offer, offer), subject=offer, by=by, at=at)


async def beside(offer: str, lot: str, stock: str, *, by: str, at: datetime) -> str:
    """The same goods at the same price, of a further lot of the same promise; its own offer, so
    that whatever asks an offer for its lot is answered truly."""
    id = following(offer, lot)
    async with transaction():
        await in_use().query(BESIDE, id, lot, stock, by, at, offer)
        event = rules.Harvested(id, lot, stock)
        log.append(event, (Offer, id), subject=id, by=by, at=at)
    return id
