"""Which stop brings what, and how much of each product to take there next time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from certification.basis.units import local_day
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.domain.truck_day import history
from market.domain.truck_day.history import StopPast
from market.domain.truck_day.learning import VISITS_ENOUGH, VISITS_MIN
from market.web import money
from market.web.page import Ask, page
from market.web.sheets import Baht, Kilos, sheet, wanted

At = NamedDependency[datetime]
Mine = NamedDependency[Permit]
WEEKS = 8


@get("/truck/stats", opt={"op": "truck_day.read"})
async def stats(request: Ask, permit: Mine, at: At) -> Response[bytes]:
    say, of = words_for(request), await money.shelf(request, permit)
    since = local_day(at) - timedelta(weeks=WEEKS)
    found = await history.stops(of.book.id, since)
    if wanted(request):
        return _csv(say, found)
    return page(
        request, "truck_stats.html", shelf=of, stops=found, since=since, weeks=WEEKS,
        most=max((one.report.sales_satang for one in found), default=0),
        visits_min=VISITS_MIN, visits_enough=VISITS_ENOUGH,
    )  # fmt: skip


def _csv(say: Words, found: list[StopPast]) -> Response[bytes]:
    words = (
        "Stop", "Times the truck came", "Sales", "Kilos", "Buyers", "No-shows", "Minutes late",
        "Baht per km", "Product", "Sold a visit", "Left a visit", "Sold out", "Bring next time",
        "Reckoned by",
    )  # fmt: skip
    head = [say(word) for word in words]
    rows = []
    for one in found:
        by = one.report
        start: tuple[object, ...] = (
            say.name(one), by.visits, Baht(by.sales_satang), Kilos(by.grams), by.buyers,
            by.no_shows, by.late_minutes, Baht(by.satang_per_km or 0),
        )  # fmt: skip
        if not one.pars:
            rows.append((*start, *[""] * 6))
        for par in one.pars:
            how = say(f"truck.par.{par.par.how}")
            rows.append(
                (*start, say.name(par), Kilos(par.sold_grams), Kilos(par.left_grams),
                 par.par.sold_out, Kilos(par.par.grams), f"{how} ({par.par.visits})")
            )  # fmt: skip
    return sheet("truck-stops", head, rows)


DOORS: list[Any] = [stats]
