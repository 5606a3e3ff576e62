"""Which plots are due to be visited, by tambon, and who may go where."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from litestar import Response, get
from litestar.di import NamedDependency

from certification.applications import queries as applications
from certification.areas import queries as areas
from certification.basis.units import local_day
from certification.certificates import queries as certificates
from certification.certificates.queries import CertificateView
from certification.inspections import bound as inspections_bound
from certification.inspections import queries as inspections
from certification.people import queries as people
from certification.plots import queries as plots
from certification.plots.queries import PlotView
from certification.schemes import queries as schemes
from market.access import whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.page import page
from market.web.pages.board_visits import lacking
from market.web.pages.farm_view import Ask, Shown, plot_name, sort_key

DUE_DAYS = 120
"""So long before a certificate ends the visit is planned."""
ON_THE_WAY = ("submitted", "returned", "accepted", "inspected")


@get("/rounds", opt={"op": "inspection.assign"})
async def rounds(
    request: Ask, permit: NamedDependency[Permit], at: NamedDependency[datetime]
) -> Response[bytes]:
    say, today = words_for(request), local_day(at)
    due: list[Shown] = []
    for group in await whose.groups_reached(permit):
        due += await _due(say, group, at)
    due.sort(key=lambda one: (one["due_on"], one["name"]))
    tambons = dict.fromkeys(one["plot"].tambon for one in due)
    named = {code: areas.area(code).name.in_language(say.language) for code in tambons}
    if sheets.kind(request):
        heads = ["Due", "Plot", "Farmer", "Tambon"]
        rows = [
            (one["due_on"], one["name"], one["farmer"], named[one["plot"].tambon]) for one in due
        ]
        return sheets.saved(request, "plots-due", heads, rows)
    by_tambon: dict[str, list[Shown]] = {}
    for one in due:
        by_tambon.setdefault(one["plot"].tambon, []).append(one)
    return page(
        request,
        "rounds.html",
        tambons=[
            {"name": named[code], "due": by_tambon[code]}
            for code in sorted(by_tambon, key=lambda code: sort_key(named[code]))
        ],
        count=len(due),
        today=today,
    )


async def _due(say: Words, group: str, at: datetime) -> list[Shown]:
    """Plots whose application waits for inspectors, those whose certificate ends soon, and late in
    the year those that nobody came to see in it."""
    today, found = local_day(at), []
    waiting = {a.plot: a for a in await applications.of_group(group, ON_THE_WAY)}
    unseen = {}
    if date(today.year, 12, 31) - today <= timedelta(days=DUE_DAYS):
        lacks = await lacking(group, today)
        unseen = {one.certificate.plot: one for one in lacks if not one.planned}
    ending = await _ending(group, today) | {k: one.certificate for k, one in unseen.items()}
    for id in dict.fromkeys([*waiting, *ending]):
        asked = waiting.get(id)
        planned = asked and [
            v for v in await inspections.of_application(asked.id) if v.state != "cancelled"
        ]
        if planned or (asked and asked.state == "inspected"):
            continue
        plot = await plots.plot(id)
        due_on = ending[id].valid_until if id in ending else today
        if id in unseen:
            due_on = min(due_on, date(today.year, 12, 31))
        found.append({
            "plot": plot,
            "name": plot_name(say, plot),
            "due_on": due_on,
            "late": due_on < today,
            "application": asked,
            "unseen": unseen[id].application if id in unseen else "",
            **await _who(plot, (asked or ending[id]).scheme_version, at),
        })  # fmt: skip
    return found


async def _ending(group: str, on: date) -> dict[str, CertificateView]:
    """By plot, the certificates that hold today and end soon."""
    soon = on + timedelta(days=DUE_DAYS)
    return {
        one.plot: one
        for one in await certificates.of_group(group)
        if on <= one.valid_until <= soon and (await certificates.standing(one, None, on)).held
    }


async def _who(plot: PlotView, charter: str, at: datetime) -> Shown:
    """The farmer, who may look at this plot, and how many are too near to judge it."""
    today = local_day(at)
    farmer = await plots.holder(plot.id, today) or plot.farmer
    settings = (await schemes.version(charter)).content.rules
    bound = await inspections_bound.tied(plot.id, farmer, settings, on=today)
    asked = await inspections_bound.candidates(plot.group, bound, settings, at=at)
    free = [one.person for one in asked if one.against is None]
    names = await people.names([farmer, *free])
    return {
        "farmer": names.get(farmer, ""),
        "free": sorted((names[p] for p in free if p in names), key=sort_key),
        "too_near": len(asked) - len(free),
    }


DOORS = [rounds]
