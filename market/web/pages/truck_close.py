"""In the evening: costs, what is left of each lot, the drawer; then the day is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.refusal import Refusal
from certification.basis.transaction import run
from market.access import deeds, rides
from market.access.permit import Permit
from market.domain.truck_day import closing, drawer, elsewhere, manifest, queries, waiting
from market.domain.truck_day.manifest import LotAboard
from market.domain.truck_day.queries import TruckView
from market.domain.truck_day.rules import (
    CASH_KINDS,
    Close,
    Cost,
    ExplainElsewhere,
    LotLeft,
)
from market.domain.walkup import queries as walked
from market.web.form import Form
from market.web.page import Ask, onward, page
from market.web.pages.truck_load import pieces

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
COSTS = ("fuel", "ice", "wages", "fee", "other")
KINDS = ("returned", "donated", "wasted")


@get("/truck/{day:str}/close", opt={"op": "truck_day.read"})
async def close_page(request: Ask, day: FromPath[str], permit: Mine) -> Response[bytes]:
    return await _shown(request, await rides.ride(day, permit))


@post("/truck/{day:str}/close", opt={"op": "truck_day.work"})
async def close(request: Ask, day: FromPath[str], permit: Mine, at: At) -> Response[bytes]:
    ride, form = await rides.ride(day, permit), await Form.of(request)
    try:
        if form.raw("deed") == "cost":
            await _cost(form, ride, permit.person, at)
        elif form.raw("deed") == "explain":
            await _explain(form, ride, permit, at)
        else:
            await _close(form, ride, permit.person, at)
    except Refusal as no:
        return await _shown(request, ride, no=no, typed=form.typed)
    return onward(f"/truck/{ride.id}/close")


async def _cost(form: Form, ride: TruckView, by: str, at: datetime) -> None:
    cost = Cost(
        form.id(), ride.id, form.choice("kind", COSTS), form.satang("satang"),  # type: ignore[arg-type]
        form.choice("paid_from", ("drawer", "bank")),  # type: ignore[arg-type]
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(cost, cost.id)
    await run(closing.tell_cost, cost, by=by, at=at)


async def _explain(form: Form, ride: TruckView, permit: Permit, at: datetime) -> None:
    """`how`: drawer, other_purse (cash elsewhere, or paid before), aboard."""
    order = await rides.order(form.raw("order")[:36], ride, permit)
    how = form.choice("how", ("drawer", "other_purse", "aboard"))
    wanted = ExplainElsewhere(form.id(), ride.id, order.id, how != "aboard", how == "drawer")
    form.done()
    deeds.ensure_storable(wanted, wanted.id)
    await run(elsewhere.explain, wanted, by=permit.person, at=at)


async def _close(form: Form, ride: TruckView, by: str, at: datetime) -> None:
    left = tuple(lot_left(form, one) for one in await manifest.aboard(ride.id))
    seen = form.satang("promptpay") if form.raw("promptpay") else 0
    cash = pieces(form)
    wanted = Close(
        form.id(), ride.id, cash, seen, tuple(one for one in left if _says(one)),
        form.text("reason", most=300, required=False),
    )  # fmt: skip
    form.done()
    deeds.ensure_storable(wanted, wanted.id)
    await run(closing.close, wanted, by=by, at=at)


def lot_left(form: Form, of: LotAboard) -> LotLeft:
    """By the scales; what is not found, or is too much, is shrinkage where it was ticked so."""
    grams = {
        kind: form.grams(f"{kind}-{of.lot}") if form.raw(f"{kind}-{of.lot}") else 0
        for kind in KINDS
    }
    rest = of.left_grams - sum(grams.values())
    shrink = rest if form.ticked(f"shrink-{of.lot}") else 0
    return LotLeft(of.lot, grams["returned"], grams["donated"], grams["wasted"], shrink)


def _says(one: LotLeft) -> bool:
    told = (one.returned_grams, one.donated_grams, one.wasted_grams, one.shrink_grams)
    return any(told)


async def _shown(
    request: Ask, ride: TruckView, *, no: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> Response[bytes]:  # fmt: skip
    money = await drawer.of(ride.id)
    counted = await drawer.counted(ride.id, "close")
    late = [one for one in await walked.sales(ride.id) if one.late]
    return page(
        request, "truck_close.html", no=no, typed=typed or {}, ride=ride, kinds=CASH_KINDS,
        aboard=await manifest.aboard(ride.id), drawer=money, costs=await drawer.costs(ride.id),
        cost_kinds=COSTS, closed=await drawer.closed(ride.id),
        counted={str(each): many for each, many in counted.items() if many},
        at_stall=[] if ride.closed_at else await elsewhere.unexplained(ride),
        undecided=[] if ride.closed_at else await waiting.undecided(ride), late=late,
        at_stop=next((one for one in await queries.stops(ride) if one.is_here), None),
    )  # fmt: skip


DOORS: list[Any] = [close_page, close]
