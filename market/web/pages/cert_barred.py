"""What a certificate that stops holding bars: its lots, the orders that wait, whom to call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.basis.units import local_day
from certification.certificates import history, queries
from certification.certificates.queries import CertificateView
from certification.people import queries as people
from certification.people.rules import Particulars
from market.access import guarantee, whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.orders import barred
from market.domain.orders.barred import LotUnder, Waiting
from market.web.page import page
from market.web.pages.farm_view import Ask, crop_name
from market.web.sheets import Baht, Kilos, kind, saved

Mine = NamedDependency[Permit]


class Barred(msgspec.Struct, frozen=True):
    lots: list[LotUnder]
    kept: int
    """Lots that keep their claim."""
    grams: int
    orders: int
    satang: int
    crops: dict[str, str]
    buyers: dict[str, Particulars]
    """By id; only whom this reader may call."""


async def seen(request: Ask, of: CertificateView, what_if: history.Event | None = None) -> Barred:
    """Buyers are told only once it happened, and only to who sells to them."""
    every = await barred.under(of, what_if)
    lots = [lot for lot in every if lot.barred]
    waiting = [one for lot in lots for one in lot.orders]
    say = words_for(request)
    return Barred(
        lots, len(every) - len(lots), sum(lot.grams_left for lot in lots),
        len({one.order for one in waiting}), sum(one.satang for one in waiting),
        {lot.crop: crop_name(say, lot.crop) for lot in lots},
        {} if what_if else await _buyers(request, waiting),
    )  # fmt: skip


async def _buyers(request: Ask, waiting: Iterable[Waiting]) -> dict[str, Particulars]:
    sells = {
        merchant: may(request, "handover.read", await whose.of_group(merchant))
        for merchant in {one.merchant for one in waiting}
    }
    return await people.particulars_of({one.buyer for one in waiting if sells[one.merchant]})


@get("/certs/{id:str}/barred", opt={"op": "certificate.barred"})
async def barred_page(
    request: Ask, id: FromPath[str], permit: Mine, at: NamedDependency[datetime]
) -> Response[bytes]:
    found, place = await guarantee.certificate(id)
    permit.check(place)
    under = await seen(request, found)
    if kind(request):
        return _table(request, under)
    today = await queries.standing(found, None, local_day(at))
    events = await queries.events(id)
    return page(
        request, "cert_barred.html", of=found, under=under, today=today,
        since=events[-1].from_on if events else None,
        may_read=may(request, "certificate.read", place),
    )  # fmt: skip


def _table(request: Ask, under: Barred) -> Response[bytes]:
    """A line for each order of a lot; a lot that nobody ordered has one without."""
    say, heads = words_for(request), (
        "Lot", "Crop", "Harvested", "Unsold kilos", "Order code", "State", "Kilos", "Baht",
        "Pick up", "Place", "Buyer", "Phone",
    )  # fmt: skip
    rows = [
        [lot.code, under.crops[lot.crop], lot.harvested_on, Kilos(lot.grams_left), *cells]
        for lot in under.lots
        for cells in [_order(say, under, one) for one in lot.orders] or [[None] * 8]
    ]
    return saved(request, "barred", heads, rows)


def _order(say: Words, under: Barred, one: Waiting) -> list[Any]:
    buyer = under.buyers.get(one.buyer)
    return [
        one.code, say(f"orders.state.{one.state}"), Kilos(one.grams), Baht(one.satang),
        say.day(local_day(one.pickup_from)), say.name(one),
        buyer and buyer.name, buyer and buyer.phone,
    ]  # fmt: skip


DOORS = [barred_page]
