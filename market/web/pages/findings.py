"""What was found wrong and is not mended yet, what is due first."""

from __future__ import annotations

from datetime import date, datetime

from litestar import Response, get
from litestar.di import NamedDependency

from certification.basis.units import local_day
from certification.inspections import queries
from certification.inspections.queries import FindingView
from certification.people import queries as people
from certification.plots import queries as plots
from market.access import whose
from market.access.guard import may
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web.page import page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask, Shown, place_of, plot_name


@get("/findings", opt={"op": "finding.read"})
async def open_findings(
    request: Ask, permit: NamedDependency[Permit], at: NamedDependency[datetime]
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    found = await queries.open_in(await whose.groups_reached(permit))
    shown = [await _shown(request, say, one, today) for one in found]
    return page(request, "findings.html", findings=shown)


async def _shown(request: Ask, say: Words, of: FindingView, on: date) -> Shown:
    plot = await plots.plot(of.plot)
    farmer = await plots.holder(plot.id, on) or plot.farmer
    place = await whose.of_group(plot.group, owner=farmer)
    [line] = await view.findings(say, [of], None)
    return {
        **line,
        "plot": plot_name(say, plot),
        "farmer": (await people.names([farmer])).get(farmer, ""),
        "place": place_of(say, plot),
        "days_late": max((on - of.due_on).days, 0),
        "closes": may(request, "finding.close", place),
    }


DOORS = [open_findings]
