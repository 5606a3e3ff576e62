"""Four taps: which planting, how much, at what price, offer. And less of it, until the cut-off."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.ids import is_id
from certification.basis.refusal import Missing, Refusal
from certification.basis.units import local_day
from certification.plots import queries as plots
from certification.plots.queries import PlantingView, PlotView
from market.access import deeds, whose
from market.access.permit import Permit
from market.access.refusals import NotThere
from market.answers.language import words_for
from market.answers.refusals import FieldMissing
from market.answers.words import Words
from market.domain.demand import queries as demand
from market.domain.floors import queries as floors
from market.domain.forecasts import queries
from market.domain.forecasts.queries import ForecastView
from market.domain.forecasts.rules import DAYS_EITHER_SIDE, GRAMS_MAX, presold
from market.domain.offers import ahead
from market.domain.offers import queries as offers
from market.domain.offers.rules import LowerAhead, OfferAhead, TakeBackAhead
from market.domain.orders import queries as orders
from market.web.form import Form
from market.web.page import onward, page
from market.web.pages import farm_view as view
from market.web.pages.farm_view import Ask, Shown

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
OTHER = "other"
FREQUENT_GRAMS = (5_000, 10_000, 20_000, 50_000)
CHOICES = 4
STEP_GRAMS = 500
BESIDE = timedelta(days=DAYS_EITHER_SIDE)


@get("/farm/offer", opt={"op": "forecast.offer"})
async def offer_page(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    farmer = await view.acting_for(request, permit, at)
    return await _shown(request, permit, farmer, at)


@post("/farm/offer", opt={"op": "forecast.offer"})
async def offer(request: Ask, permit: Mine, at: Now) -> Response[bytes]:
    form = await Form.of(request)
    farmer = await view.acting_for(request, permit, at, form.raw("of"))
    try:
        wanted = await _read(form, at)
        _, place = await whose.planting(wanted.planting, at)
        permit.check(place)
        bounds = request.app.state.settings.presold
        command = partial(ahead.offer_ahead, farmer=place.owner, bounds=bounds)
        whom = deeds.For(place.owner, place.group)
        done = await deeds.done(command, wanted, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        return await _shown(request, permit, farmer, at, no=no, form=form)
    return onward(f"/farm/offer/{done.forecast}?new=1")


async def _read(form: Form, at: datetime) -> OfferAhead:
    """Day and round have a choice already: what is left out is the first round's pick-up."""
    planting = form.text("planting")
    if planting and not is_id(planting):
        raise NotThere
    grams = _chosen(form, "kilos", form.grams)
    satang = _chosen(form, "price", form.satang)
    selling = await _selling(planting, at) if planting else []
    at_id = form.raw("cycle") or (selling[0].cycle.id if selling else "")
    sold = next((one for one in selling if one.cycle.id == at_id), None)
    if sold is None:
        form.wrong_is("cycle", FieldMissing(field="cycle"))
    form.done()
    assert sold
    growing = await plots.planting(planting)
    ready = form.day("ready_on", near=local_day(at)) if form.raw("ready_on") else None
    form.done()
    step = sold.piece_grams or STEP_GRAMS
    day = ready or _ready(growing, local_day(sold.cycle.pickup_from), local_day(at))
    return OfferAhead(form.id(), planting, at_id, sold.product, day, grams, satang, step)


def _chosen(form: Form, name: str, read: object) -> int:
    """One of the amounts that are offered as buttons, or what was typed."""
    if form.raw(name) in ("", OTHER):
        return int(read(f"{name}_other"))  # type: ignore[operator]  # form.grams, form.satang
    return form.whole(name, least=1, most=GRAMS_MAX)


async def _selling(planting: str, at: datetime) -> list[offers.Selling]:
    try:
        growing = await plots.planting(planting)
    except Missing:
        raise NotThere from None
    plot = await plots.plot(growing.plot)
    return await offers.selling(plot.group, growing.crop, at)


def _ready(growing: PlantingView, pickup: date, today: date) -> date:
    """The day of the pick-up, or the nearest on which this planting gives something."""
    return max(today, min(pickup, growing.harvest_until + BESIDE))


async def _shown(
    request: Ask, permit: Permit, farmer: str, at: datetime, *, no: Refusal | None = None,
    form: Form | None = None,
) -> Response[bytes]:  # fmt: skip
    say, today = words_for(request), local_day(at)
    mine = [p for p in await plots.of_farmer(farmer, today) if not p.replaced_by]
    growing = [(plot, one) for plot in mine for one in await plots.growing(plot.id, today - BESIDE)]
    asked = (form.raw("planting") if form else "") or request.query_params.get("planting", "")
    if not asked and len(growing) == 1:
        asked = growing[0][1].id
    chosen = next(((plot, one) for plot, one in growing if one.id == asked), None)
    made = await queries.of_farmer(farmer, today - BESIDE)
    return page(
        request, "farm_offer.html", no=no, typed=form.typed if form else {},
        of=farmer if farmer != permit.person else "", helped=await view.helped(permit, farmer),
        growing=[_growing(say, plot, one) for plot, one in growing],
        chosen=await _choices(request, say, chosen, farmer, at) if chosen else None,
        made=[{"of": one, "crop": view.crop_name(say, one.crop)} for one in made],
    )  # fmt: skip


def _growing(say: Words, plot: PlotView, one: PlantingView) -> Shown:
    return {
        "of": one,
        "crop": view.crop_name(say, one.crop),
        "plot": view.plot_name(say, plot),
    }


async def _choices(
    request: Ask, say: Words, chosen: tuple[PlotView, PlantingView], farmer: str, at: datetime
) -> Shown:
    """This farmer's usual weights and last prices, and the share with its reason."""
    plot, one = chosen
    usual = await queries.usual_grams(farmer, one.crop)
    grams = list(dict.fromkeys([*usual[:2], *FREQUENT_GRAMS]))[:CHOICES]
    selling = await offers.selling(plot.group, one.crop, at)
    bounds = request.app.state.settings.presold
    return {
        **_growing(say, plot, one),
        "grams": sorted(grams),
        "prices": (await offers.last_prices(farmer, one.crop))[:CHOICES],
        "rounds": [{"of": sold.cycle, "name": say.name(sold.cycle)} for sold in selling],
        "ready": _ready(one, local_day(selling[0].cycle.pickup_from), local_day(at))
        if selling
        else None,
        "wanted": (await demand.wanted(local_day(at), one.crop))[:CHOICES],
        "least": await floors.least([farmer], one.crop, local_day(at)),
        "share": await queries.share(farmer, one.crop, local_day(at), bounds),
    }


@get("/farm/offer/{id:str}", opt={"op": "forecast.offer"})
async def one(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    known, place = await whose.forecast(id)
    permit.check(place)
    return await _one_shown(request, permit, known, at)


@post("/farm/offer/{id:str}", opt={"op": "forecast.offer"})
async def change(request: Ask, id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    """`look` shows who is touched before anything is changed; `back` offers it no longer."""
    known, place = await whose.forecast(id)
    permit.check(place)
    form = await Form.of(request)
    whom = deeds.For(known.farmer, known.group, id)
    try:
        if form.ticked("back"):
            data = TakeBackAhead(id)
            await deeds.claimed(ahead.take_back, data, by=permit.person, at=at, whom=whom)
            return onward(f"/farm/offer/{id}?less=1")
        grams = form.grams("weight")
        form.done()
        if form.ticked("look"):
            return await _one_shown(request, permit, known, at, form=form, look=grams)
        lower = LowerAhead(id, grams)
        await deeds.claimed(ahead.lower, lower, by=permit.person, at=at, whom=whom)
    except Refusal as no:
        return await _one_shown(request, permit, known, at, form=form, no=no)
    return onward(f"/farm/offer/{id}?less=1")


async def _one_shown(
    request: Ask, permit: Permit, known: ForecastView, at: datetime, *, form: Form | None = None,
    no: Refusal | None = None, look: int = 0,
) -> Response[bytes]:  # fmt: skip
    """Whose orders are touched: how many and how much; their codes to whom the group has chosen."""
    say = words_for(request)
    offer = await offers.of_stock(known.stock)
    touched = await orders.touched(known.stock, look) if look else []
    open_ = offer is not None and offer.withdrawn_at is None and at < offer.closes_at
    return page(
        request, "farm_offer_one.html", no=no, typed=form.typed if form else {}, known=known,
        crop=view.crop_name(say, known.crop), helped=await view.helped(permit, known.farmer),
        of=known.farmer if known.farmer != permit.person else "", offer=offer,
        open=open_ and known.given_up_at is None and not known.delivered_grams, look=look,
        can=look >= max(1, known.reserved_grams) and look < known.promised_grams,
        then=max(known.reserved_grams, presold(look, known.percent)) if look else 0,
        touched=len({one.order for one in touched}), short=known.reserved_grams - look,
        codes=[one.code for one in touched] if permit.person != known.farmer else [],
        new=request.query_params.get("new") == "1", less=request.query_params.get("less") == "1",
    )  # fmt: skip


DOORS = [offer_page, offer, one, change]
