"""Every visit of the groups in reach as a list, and the certified plots that lack this year's."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from certification.applications import queries as applications
from certification.basis.transaction import run
from certification.certificates import queries as certificates
from certification.certificates.queries import CertificateView
from certification.decisions import queries as decisions
from certification.inspections import bound, commands, queries
from certification.inspections.views import InspectionView
from certification.people import queries as people
from certification.plots import queries as plots
from certification.schemes import queries as schemes
from market.access import guarantee, whose
from market.access.permit import Permit
from market.answers.language import words_for
from market.answers.words import Words
from market.web import sheets
from market.web.page import onward, page
from market.web.pages import inspect_view as view
from market.web.pages.farm_view import Ask, Shown, plot_name

Now = NamedDependency[datetime]
Mine = NamedDependency[Permit]
SHOWN = 200


class Lacking(msgspec.Struct, frozen=True):
    """A certified plot with fewer announced visits this year than its charter says."""

    certificate: CertificateView
    application: str
    done: int
    planned: int
    wanted: int


async def lacking(group: str, on: date) -> list[Lacking]:
    seen, wanted = await queries.years_visits(group, on.year), dict[str, int]()
    done = Counter((one.plot, one.scheme) for one in seen if one.state == "signed")
    planned = Counter((one.plot, one.scheme) for one in seen if one.state != "signed")
    found = []
    for paper in await certificates.of_group(group):
        if paper.scheme_version not in wanted:
            version = await schemes.version(paper.scheme_version)
            wanted[paper.scheme_version] = version.content.rules.annual_inspections
        most, which = wanted[paper.scheme_version], (paper.plot, paper.scheme)
        holds = paper.valid_from <= on <= paper.valid_until
        if not holds or done[which] >= most:
            continue
        if (await certificates.standing(paper, None, on)).held:
            decision = await decisions.decision(paper.decision)
            found.append(
                Lacking(paper, decision.application, done[which], planned[which], most)
            )  # fmt: skip
    return found


@get("/board/visits", opt={"op": "inspection.assign"})
async def visits_page(request: Ask, permit: Mine) -> Response[bytes]:
    say, found = words_for(request), list[InspectionView]()
    for group in await whose.groups_reached(permit):
        found += await guarantee.visits_shown(await queries.of_group(group), permit)
    found.sort(key=lambda one: (one.planned_on, one.id), reverse=True)
    if kind := sheets.kind(request):
        made = sheets.book if kind == "xlsx" else sheets.sheet
        return made("visits", *await _listed(say, found))
    return page(
        request,
        "board_visits.html",
        visits=[await view.visit(say, one) for one in found[:SHOWN]],
        count=len(found),
    )


async def _listed(
    say: Words, found: list[InspectionView]
) -> tuple[list[str], list[tuple[object, ...]]]:
    heads = [
        say(word)
        for word in (
            "Planned day", "Kind of visit", "State", "Plot", "Farmer", "Begun", "Left the plot",
            "Inspectors", "Signatures", "The farmer's signature", "Findings",
        )
    ]  # fmt: skip
    return heads, [await _line(say, one) for one in found]


async def _line(say: Words, one: InspectionView) -> tuple[object, ...]:
    plot, members = await plots.plot(one.plot), await queries.members(one.id)
    asked = await applications.application(one.application)
    farmer = await bound.farmer(asked, carries=one.carries, on=one.planned_on)
    names = await people.names([farmer, *[member.person for member in members]])
    return (
        one.planned_on,
        say(f"inspect.kind.{one.kind}"),
        say(f"inspect.state.{one.state}"),
        plot_name(say, plot),
        names.get(farmer, ""),
        one.started_at,
        one.ended_at,
        " · ".join(names.get(member.person, "") for member in members),
        sum(member.signed_at is not None for member in members),
        say(f"inspect.farmer.{one.farmer_signature}") if one.farmer_signature else "",
        len(await queries.findings(one.id)),
    )


@post("/board/visits/{id:str}/cancel", opt={"op": "inspection.assign"})
async def cancel(id: FromPath[str], permit: Mine, at: Now) -> Response[bytes]:
    found, place = await guarantee.visit(id, permit)
    permit.check(place)
    await run(commands.cancel, id, by=permit.person, at=at)
    return onward(f"/board/assign/{found.application}")


async def lacking_shown(say: Words, reached: tuple[str, ...], on: date) -> list[Shown]:
    found = [one for group in reached for one in await lacking(group, on)]
    names = await people.names([one.certificate.holder for one in found])
    return [
        {
            "of": one,
            "holder": names.get(one.certificate.holder, ""),
            "name": plot_name(say, await plots.plot(one.certificate.plot)),
        }
        for one in found
    ]


DOORS = [visits_page, cancel]
